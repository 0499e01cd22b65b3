"""How the web is told to run, checked before anything starts."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

SESSION_MS_MAX: Final = 12 * 3_600_000
"""Real milliseconds after which somebody has to sign in again."""

BODY_BYTES_MAX: Final = 2_097_152
"""Largest request body that is read; a CSV of 10,000 attendees is about half of it."""


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Where the web keeps its key, and how it is reached.

    ``public_url`` stands in the links of badges: ``https://foyer.example.org``, without a slash at
    the end.
    """

    data_dir: Path
    public_url: str = "http://127.0.0.1:8000"
    title: str = "Foyer"
    feed_rows: int = 40
    """Decisions that the live page shows."""
    tips_groups: tuple[str, ...] = ()
    """Groups of places that attendees get tips for; none stands for every place."""
    sign_ins_a_minute: int = 10
    """Tries from one address; an account has its own lock besides."""

    @property
    def secure(self) -> bool:
        """Whether cookies are sent over HTTPS only."""
        return self.public_url.startswith("https://")

    @property
    def public_host(self) -> str:
        """Host, and port if any, under which browsers know the hub."""
        return self.public_url.split("://", 1)[-1].split("/", 1)[0]
