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


class Shown(Struct, frozen=True, array_like=True):
    """What a rule that follows a place sent last, and when."""

    at_ms: int
    content: str


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
    """``stay``, ``follow_up`` or ``show``."""
    rule: str
    person: str | None = None
    place: str | None = None
    cause_ms: int = 0
    occurrence: str = ""
