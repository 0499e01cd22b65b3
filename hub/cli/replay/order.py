"""What was asked for, all of it, before anything starts."""

from dataclasses import dataclass, field
from pathlib import Path

from hub.cli.replay.pace import Speed
from hub.cli.replay.recording import Recording, Survey


@dataclass(frozen=True, slots=True)
class Order:
    """A replay as the command line asks for it.

    ``data`` is an installation to replay into; without it a private one is made, in ``keep`` or in
    a temporary folder. ``interval_s`` and ``leave_after_s`` are those of the presence settings.
    """

    what: Recording
    seen: Survey
    speed: Speed
    zone: str
    venue_file: Path | None = None
    place_map: dict[str, str] = field(default_factory=dict)
    parts: int = 1
    register: bool = True
    keep: Path | None = None
    interval_s: float = 1.0
    leave_after_s: float = 60.0

    @property
    def agents(self) -> int:
        """How many agents replay it."""
        return len(self.what.files) * self.parts
