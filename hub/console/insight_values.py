"""What every panel of a report is about, in one value."""

from dataclasses import dataclass

from hub.core.document import Venue
from hub.insight.spans import Asked


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of an event, up to ``now_ms`` (venue time)."""

    venue: Venue
    span: str
    asked: Asked
    now_ms: int

    @property
    def zone(self) -> str:
        """The venue's zone."""
        return self.venue.event.zone
