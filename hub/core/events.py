"""Whatever changes state is one of these events, and nothing else is.

Instants are Unix milliseconds (UTC). ``at_ms`` is when it happened; when it became known stands
beside the event in the log (``recorded_ms``), so that a fold needs no other clock.
"""

from typing import Literal

from msgspec import Struct

Value = str | float | int | bool | list[str] | dict[str, int] | None
"""An attribute's value; ``None`` takes the attribute away."""


class Registered(Struct, frozen=True, tag_field="event", tag="registered", omit_defaults=True):
    """Somebody registered, or changed what they said about themselves."""

    person: str
    at_ms: int
    attributes: dict[str, Value] = {}
    consents: list[str] | None = None
    """The purposes consented to, all of them; ``None`` leaves them as they are."""
    ids: dict[str, list[str]] = {}
    """Kind of id to the values by which other systems know them."""
    source: str = ""
    """The system that said so."""


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
    past: bool = False
    """Whether it fires for what lies in the past as well."""


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


class Merged(Struct, frozen=True, tag_field="event", tag="merged", omit_defaults=True):
    """Two people are one: ``other`` is known as ``person`` from now on, the older registration."""

    person: str
    other: str
    at_ms: int
    reason: str = ""
    by: str = ""


class Unmerged(Struct, frozen=True, tag_field="event", tag="unmerged", omit_defaults=True):
    """``other`` was somebody else than ``person`` after all."""

    person: str
    other: str
    at_ms: int
    by: str = ""


class Called(Struct, frozen=True, tag_field="event", tag="called", omit_defaults=True):
    """An organiser pressed a button, or an outside system called."""

    name: str
    kind: Literal["button", "call"]
    at_ms: int
    person: str | None = None
    by: str = ""


class Swept(Struct, frozen=True, tag_field="event", tag="swept", omit_defaults=True):
    """A part of the people is looked at for something that concerns many of them.

    ``sweep`` is the key of the timer that asked for it; ``persons`` are those of this part,
    ascending; after the part with ``last`` the sweep is over.
    """

    sweep: str
    at_ms: int
    persons: list[str]
    last: bool = False


class Erased(Struct, frozen=True, tag_field="event", tag="erased", omit_defaults=True):
    """Somebody is forgotten; their own rows of the log become :class:`Tombstone`."""

    person: str
    at_ms: int


class Tombstone(Struct, frozen=True, tag_field="event", tag="tombstone", omit_defaults=True):
    """What stood here was about somebody who is forgotten; what it did to pools remains."""

    at_ms: int
    taken: dict[str, list[int]] = {}
    """Pool to the rewards that were given."""
    returned: dict[str, list[int]] = {}
    """Pool to the rewards that were given back."""
    redeemed: dict[str, int] = {}
    """Pool to how many were handed over."""


Event = (
    Registered | Leased | Tapped | Moved | GapReported | Due | VenuePublished | Redeemed | Settled
    | Played | Merged | Unmerged | Called | Swept | Erased | Tombstone
)  # fmt: skip
