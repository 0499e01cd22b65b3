"""What insight reads: frozen rows, instants in Unix ms (UTC), nothing left to join."""

from typing import Literal

from msgspec import Struct

from hub.core.state import Person


class DecisionCount(Struct, frozen=True, array_like=True):
    """How many decisions of a rule fell into the stretch that begins at ``start_ms``."""

    rule: str
    outcome: str
    because: str
    start_ms: int
    number: int


class ActionCount(Struct, frozen=True, array_like=True):
    """How many actions of a rule came to an end, and to which, in the stretch from ``start_ms``."""

    rule: str
    status: str
    start_ms: int
    number: int


class Move(Struct, frozen=True, array_like=True):
    """One log row about where somebody was; ``person`` is the raw id, before aliases."""

    pos: int
    person: str
    kind: Literal["tapped", "entered", "left", "left_venue"]
    place: str
    at_ms: int


class RewardLine(Struct, frozen=True, array_like=True):
    """A reward that is reserved, issued or redeemed, without its code.

    ``issued_ms`` is None while it is reserved, and when its action is known no more.
    """

    pool: str
    index: int
    status: str
    person: str | None
    at_ms: int
    """When it came to its ``status``."""
    issued_ms: int | None
    redeemed_ms: int | None
    redeemed_by: str | None


class PersonLine(Struct, frozen=True, array_like=True):
    """Somebody: what the desk knows, empty for a walk-in, and what the engine keeps."""

    person: str
    name: str | None
    email: str | None
    phone: str | None
    company: str | None
    registered_ms: int | None
    state: Person


class Member(Struct, frozen=True, array_like=True):
    """Somebody is in an audience since an instant."""

    audience: str
    person: str
    since_ms: int
    name: str | None
    email: str | None


class DecisionLine(Struct, frozen=True, array_like=True):
    """A decision; ``id`` ascends in the order of commits."""

    id: int
    at_ms: int
    rule: str
    version: int
    person: str | None
    place: str | None
    outcome: str
    because: str
    arm: str
    reason: str
    actions: tuple[str, ...]


class EdgeLine(Struct, frozen=True, array_like=True):
    """What an edge last said of itself."""

    edge: str
    alive: bool
    at_ms: int
    outbox_rows: int
