"""State is a fold of the log: frozen values, each the work of one function in ``hub.core.step``.

Instants are Unix milliseconds (UTC), durations milliseconds. Histories are sorted ascending.
"""

from typing import Final

from msgspec import Struct

from hub.core.events import Value

VISITS_KEPT_MAX: Final = 513
"""Most instants kept for one person and place; the oldest are forgotten first. One more than the
largest count that a rule may ask for, so that the visit after it is seen to be one too many."""

STAYS_KEPT_MAX: Final = 256
"""Most closed stays kept for one person and place; older ones are joined into the first."""

FIRED_KEPT_MAX: Final = 64
"""Most instants kept of what one rule did for one person."""

EARNED_KEPT_MAX: Final = 256
"""Most additions of points kept for one person; older ones are joined into the first."""

SENT_KEPT_MAX: Final = 512
"""Most instants kept of what one cap has counted."""

MERGED_KEPT_MAX: Final = 16
"""Most people who can be merged into one."""

LEASES_KEPT_MAX: Final = 64
"""Most leases kept for one badge."""

PLAYS_KEPT_MAX: Final = 200
"""Most plays kept for one place."""


class Stay(Struct, frozen=True, array_like=True):
    """A closed stretch of presence at a place."""

    from_ms: int
    until_ms: int


class Fired(Struct, frozen=True, array_like=True):
    """How often a rule fired for a person, and the last instants (ascending, bounded)."""

    count: int
    recent_ms: tuple[int, ...]


class Earned(Struct, frozen=True, array_like=True):
    """Points that were added, or taken away."""

    at_ms: int
    points: int


class Given(Struct, frozen=True, omit_defaults=True):
    """What rules gave a person: it is not in their own events, so a merge has to carry it."""

    tags: dict[str, int] = {}
    points: int = 0
    draws: dict[str, int] = {}
    honours: dict[str, int] = {}
    status: str | None = None
    assigned: dict[str, Value] = {}
    fired: dict[str, Fired] = {}
    earned: tuple[Earned, ...] = ()
    sent: dict[str, tuple[int, ...]] = {}


class Joined(Struct, frozen=True, omit_defaults=True):
    """Somebody who was merged into this person, and what each of the two had been given then."""

    other: str
    at_ms: int
    mine: Given
    theirs: Given


class Person(Struct, frozen=True, omit_defaults=True):
    """All that the engine keeps of one person at one event."""

    id: str
    attributes: dict[str, Value] = {}
    consents: frozenset[str] = frozenset()
    tags: dict[str, int] = {}
    """Tag to the instant it was given."""
    points: int = 0
    draws: dict[str, int] = {}
    """Prize draw to the instant of entry."""
    taps: dict[str, tuple[int, ...]] = {}
    """Place to the instants of taps."""
    visits: dict[str, tuple[int, ...]] = {}
    """Place to the instants at which visits began."""
    stays: dict[str, tuple[Stay, ...]] = {}
    place: str | None = None
    since_ms: int = 0
    fired: dict[str, Fired] = {}
    """Rule to what it did so far."""
    ids: dict[str, tuple[str, ...]] = {}
    """Kind of id to the values that are theirs, normalised."""
    honours: dict[str, int] = {}
    """Badge of honour to the instant it was awarded."""
    status: str | None = None
    assigned: dict[str, Value] = {}
    """Attributes that rules set; they are among ``attributes`` too."""
    audiences: dict[str, int] = {}
    """Audience to the instant since which they are a member."""
    earned: tuple[Earned, ...] = ()
    sent: dict[str, tuple[int, ...]] = {}
    """Name of a cap to the instants it has counted."""
    registered_ms: int = 0
    """When they registered; 0 for somebody who never did: a walk-in."""
    asked_ms: int = 0
    """When they last said what they consent to; 0 when they were never asked."""
    first_ms: int = 0
    """When they were first at a place of the event; 0 before."""
    joined: tuple[Joined, ...] = ()
    looked_ms: int = 0
    """As of when their audiences were last looked at: they do not go back in time."""


class Lease(Struct, frozen=True, array_like=True):
    """A badge belongs to ``person`` from ``from_ms`` on; ``None`` means it lies in the drawer."""

    from_ms: int
    person: str | None


class Play(Struct, frozen=True, array_like=True):
    """An artist was played for a place, satisfying those who wished for it then."""

    artist: str
    at_ms: int
    persons: tuple[str, ...]
    skipped: bool = False


class Wanted(Struct, frozen=True, array_like=True):
    """One row of a place's music queue: best first."""

    artist: str
    wanted_by: int
    score: float
    reason: str


class Presence(Struct, frozen=True, array_like=True):
    """What a place needs to know of somebody who is there."""

    since_ms: int
    colour: str | None
    artists: tuple[str, ...]
    audiences: tuple[str, ...] = ()
    """Those of their audiences that some rule counts at a place."""


class Shown(Struct, frozen=True, array_like=True):
    """What a rule that follows a place sent last, and when."""

    at_ms: int
    content: str


VENUE: Final = "*"
"""The id of the zone that is the venue as a whole."""


class Zone(Struct, frozen=True, omit_defaults=True):
    """A place as a whole: who is there, and what follows from that."""

    id: str
    present: dict[str, Presence] = {}
    plays: tuple[Play, ...] = ()
    queue: tuple[Wanted, ...] = ()
    asked: dict[str, int] = {}
    """Artist to the instant at which a player was asked for them, while they rest."""
    shown: dict[str, Shown] = {}
    """Rule to what it last sent on behalf of the place."""
    spent: dict[str, int] = {}
    """Rule about occupancy to the instant it became true; it waits until the number is back."""
    fired: dict[str, Fired] = {}
    """Rule about the place, or counted for all together, to what it did so far."""
    sent: dict[str, tuple[int, ...]] = {}
    """Name of a cap for all at the event to the instants it has counted."""


class Pool(Struct, frozen=True, omit_defaults=True):
    """A pool of rewards: numbers 0 to ``stock - 1``, handed out in order."""

    id: str
    stock: int
    next_index: int = 0
    returned: tuple[int, ...] = ()
    """Numbers that were reserved and given back, handed out again first."""
    redeemed: int = 0

    @property
    def left(self) -> int:
        """Rewards that can still be given."""
        return self.stock - self.next_index + len(self.returned)


class Timer(Struct, frozen=True, omit_defaults=True):
    """Something that falls due by itself. Setting a timer with the same key replaces it."""

    key: str
    due_ms: int
    kind: str
    """``stay``, ``follow_up``, ``show``, ``absent``, ``without``, ``audience``, ``rule``,
    ``schedule`` or ``sweep``."""
    rule: str
    person: str | None = None
    place: str | None = None
    cause_ms: int = 0
    occurrence: str = ""
