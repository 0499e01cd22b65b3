"""Whatever changes state is one of these events, and nothing else is.

Instants are Unix milliseconds (UTC). ``at_ms`` is when it happened; when it became known stands
beside the event in the log (``recorded_ms``), so that a fold needs no other clock.
"""

from typing import Literal

from msgspec import Struct

Value = str | float | int | bool | list[str] | None
"""An attribute's value; ``None`` takes the attribute away."""


class Registered(Struct, frozen=True, tag_field="event", tag="registered", omit_defaults=True):
    """Somebody registered, or changed what they said about themselves."""

    person: str
    at_ms: int
    attributes: dict[str, Value] = {}
    consents: list[str] | None = None
    """The purposes consented to, all of them; ``None`` leaves them as they are."""


class Leased(Struct, frozen=True, tag_field="event", tag="leased", omit_defaults=True):
    """A badge belongs to a person from ``at_ms`` on, until it is leased or returned again."""

    badge: str
    person: str | None
    at_ms: int


class Tapped(Struct, frozen=True, tag_field="event", tag="tapped", omit_defaults=True):
    """A badge was presented at a place."""

    badge: str
    place: str
    at_ms: int
    via: str = "rfid"


class Moved(Struct, frozen=True, tag_field="event", tag="moved", omit_defaults=True):
    """The presence tracker is of the opinion that a person entered or left a place."""

    person: str
    place: str
    kind: Literal["entered", "left", "left_venue"]
    at_ms: int
    reason: str = ""


class GapReported(Struct, frozen=True, tag_field="event", tag="gap", omit_defaults=True):
    """An edge gave up sightings of a stretch of time: what was not seen then is unknown."""

    edge: str
    place: str
    at_ms: int
    until_ms: int
    rows: int
    reason: str


class Due(Struct, frozen=True, tag_field="event", tag="due", omit_defaults=True):
    """A timer that was set earlier has come due at ``at_ms``."""

    timer: str
    at_ms: int
    person: str | None = None


class VenuePublished(Struct, frozen=True, tag_field="event", tag="venue", omit_defaults=True):
    """A new version of the venue and its rules is in force; the document is JSON."""

    version: int
    at_ms: int
    document: str
    by: str = ""


class Redeemed(Struct, frozen=True, tag_field="event", tag="redeemed", omit_defaults=True):
    """A reward was handed over at a stand."""

    person: str
    pool: str
    index: int
    at_ms: int
    by: str = ""


class Settled(Struct, frozen=True, tag_field="event", tag="settled", omit_defaults=True):
    """An outgoing action came to its end."""

    key: str
    outcome: Literal["done", "dropped", "expired", "superseded", "dead"]
    at_ms: int
    detail: str = ""
    person: str | None = None
    pool: str | None = None
    index: int | None = None
    """For a reward: which one, so that it can be given back when it was not delivered."""


class Played(Struct, frozen=True, tag_field="event", tag="played", omit_defaults=True):
    """The DJ played, or skipped, an artist that people of a place wished for."""

    place: str
    artist: str
    at_ms: int
    skipped: bool = False
    by: str = ""


Event = (
    Registered
    | Leased
    | Tapped
    | Moved
    | GapReported
    | Due
    | VenuePublished
    | Redeemed
    | Settled
    | Played
)
