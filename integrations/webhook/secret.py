"""The configuration says where a secret lies; the secret itself is read when it is needed.

A secret that was replaced in its file is in force with the next delivery.
"""

import os
import re
from pathlib import Path
from typing import Final

from integrations.webhook.errors import SecretUnusable, SettingsError
from integrations.webhook.limits import SECRET_BYTES_MAX

_REFERENCE: Final = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|file:/[^\x00]+")
HINT: Final = "write env:NAME or file:/PATH, where the secret lies, and never the secret itself"


class Secret:
    """A text that shows itself to nobody who does not ask for it by name."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "Secret(hidden)"

    def reveal(self) -> str:
        """Give the text."""
        return self._text


def is_reference(text: str) -> bool:
    """Say whether ``text`` names a place where a secret lies."""
    return _REFERENCE.fullmatch(text) is not None


def check_reference(text: str, setting: str) -> None:
    """Refuse a secret that stands in the configuration itself.

    Raises:
        SettingsError: it does; the text names the setting and not the secret.
    """
    if not is_reference(text):
        raise SettingsError(f"{setting}: {HINT}")


def read_secret(reference: str) -> Secret:
    """Read what ``reference`` (``env:NAME`` or ``file:/PATH``) names, without blanks around it.

    Raises:
        SecretUnusable: nothing is there, or what is no line of plain text.
    """
    kind, _, place = reference.partition(":")
    text = os.environ.get(place, "") if kind == "env" else _read_file(Path(place))
    text = text.strip()
    if not text:
        raise SecretUnusable(f"there is no secret in {reference}: put it there")
    if not text.isascii() or not all(one.isprintable() or one.isspace() for one in text):
        raise SecretUnusable(f"the secret in {reference} is no plain ASCII text")
    return Secret(text)


def _read_file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(SECRET_BYTES_MAX).decode("latin-1")
    except OSError as error:
        raise SecretUnusable(f"the secret in file:{path}: {error.strerror}") from error
