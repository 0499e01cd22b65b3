"""What a step decided: values only. The shell commits them, all or none, and acts afterwards."""

from typing import Any, Literal

from msgspec import Struct

from hub.core.events import Event
from hub.core.state import Lease, Person, Pool, Timer, Zone


class Clause(Struct, frozen=True, array_like=True):
    """One clause of a rule with the value it saw: ``3 visits at coffee within 2 h`` / ``saw 2``."""

    text: str
    held: bool
    saw: str


class Decision(Struct, frozen=True, omit_defaults=True):
    """A rule fired or was suppressed for somebody (or for a place, then ``person`` is None)."""

    key: str
    rule: str
    version: int
    person: str | None
    place: str | None
    at_ms: int
    outcome: Literal["fired", "suppressed", "shadow"]
    """``shadow`` is what would have fired, had the rule been live."""
    reason: str
    because: str = ""
    """What suppressed it, in one word: ``limit``, ``cap``, ``consent``, ``quiet``, ``holdout``,
    ``stock``, ``budget``, ``late``, ``priority``, ``depth``, ``unknown``, ``fault``."""
    arm: str = ""
    """The arm of the rule's experiment that the person is in."""
    clauses: list[Clause] = []
    actions: list[str] = []
    """One line for each action: what was done, or what suppressed it."""
    pos: int = 0
    """The position in the log of the event that was decided."""


class Action(Struct, frozen=True, omit_defaults=True):
    """One effect on an outside system, for the outbox."""

    key: str
    connector: str
    body: dict[str, Any]
    rule: str
    person: str | None
    cause_ms: int
    expires_ms: int
    consent: str | None = None
    """Purpose that is checked again when it is delivered."""
    coalesce: str | None = None
    """What it overwrites: of several waiting ones with this name only the newest is sent."""
    not_before_ms: int = 0
    """Held until then: quiet hours."""
    needs: tuple[str, ...] = ()
    """Further purposes that are checked again when it is delivered."""


class Message(Struct, frozen=True, omit_defaults=True):
    """Something for a person's inbox."""

    key: str
    person: str
    at_ms: int
    title: str
    text: str
    reward_pool: str | None = None
    reward_index: int | None = None


class Grant(Struct, frozen=True):
    """Reward ``index`` of ``pool`` is reserved for a person until action ``action`` is settled."""

    pool: str
    index: int
    person: str
    action: str
    at_ms: int


class Note(Struct, frozen=True, omit_defaults=True):
    """Something that those who work here ought to know."""

    key: str
    at_ms: int
    title: str
    text: str = ""
    rule: str | None = None
    person: str | None = None


class Membership(Struct, frozen=True, array_like=True):
    """Somebody is a member of an audience since an instant, or no longer (None)."""

    audience: str
    person: str
    since_ms: int | None


class Outcome(Struct, frozen=True, omit_defaults=True):
    """Everything that one event changes."""

    person_id: str | None = None
    """Whom the event is about, for the log's index."""
    people: tuple[Person, ...] = ()
    zones: tuple[Zone, ...] = ()
    pools: tuple[Pool, ...] = ()
    leases: dict[str, tuple[Lease, ...]] = {}
    decisions: tuple[Decision, ...] = ()
    actions: tuple[Action, ...] = ()
    messages: tuple[Message, ...] = ()
    grants: tuple[Grant, ...] = ()
    released: tuple[Grant, ...] = ()
    timers_set: tuple[Timer, ...] = ()
    timers_cancelled: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    memberships: tuple[Membership, ...] = ()
    identities: dict[str, str | None] = {}
    """``kind:value`` to whose it is now; None takes it away."""
    aliases: dict[str, str | None] = {}
    """Somebody who was merged to whom they are known as; None when that was undone."""
    forgotten: tuple[str, ...] = ()
    """People of whom nothing may remain."""
    follows: tuple[Event, ...] = ()
    """Events that follow from this one and are decided next, each with its own row in the log."""
