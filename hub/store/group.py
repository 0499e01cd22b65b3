"""A group is what one transaction writes: the log rows of many events and all that follows of them.

It is filled while a run of events is decided, which is why it is the one value here that is not
frozen; :meth:`hub.store.Store.commit` reads it and changes nothing in it.
"""

from typing import Literal

import msgspec
from msgspec import Struct

from contract.envelope import StreamPosition
from hub.core.outcome import Action, Decision, Grant, Message, Note, Outcome
from hub.core.state import Lease, Person, Pool, Timer, Zone

SettledOutcome = Literal["done", "dropped", "expired", "superseded", "dead"]


class LogRow(Struct, frozen=True, array_like=True):
    """One event in the log. ``pos`` counts from 1 without holes; ``body`` is the event as JSON."""

    pos: int
    key: str
    person: str | None
    kind: str
    at_ms: int
    recorded_ms: int
    body: bytes


class QuarantineRow(Struct, frozen=True):
    """Something that could not be taken in; ``source`` is a lane, a file or a page."""

    source: str
    edge: str
    reason: str
    payload: bytes
    at_ms: int
    badge: str | None = None


class SettledRow(Struct, frozen=True, array_like=True):
    """An action came to its end."""

    key: str
    outcome: SettledOutcome
    detail: str
    at_ms: int


class RetryRow(Struct, frozen=True, array_like=True):
    """An action is to be tried again; ``attempts`` have been made."""

    key: str
    attempts: int
    not_before_ms: int
    error: str


class PublishedVenue(Struct, frozen=True):
    """A version of the venue and its rules; ``document`` is JSON."""

    version: int
    document: str
    at_ms: int
    by: str = ""


class Group(Struct):
    """Everything that one commit writes, all or nothing.

    Actions are inserted as leased by ``lease_owner`` until ``lease_until_ms`` when there is one,
    so that the running dispatcher may start on them at once; those that are held until an instant
    (their own ``not_before_ms``, or the group's for their key, which counts more), and all when
    there is no owner, are inserted as waiting.
    """

    log: list[LogRow] = msgspec.field(default_factory=list)
    people: dict[str, Person] = msgspec.field(default_factory=dict)
    zones: dict[str, Zone] = msgspec.field(default_factory=dict)
    pools: dict[str, Pool] = msgspec.field(default_factory=dict)
    leases: dict[str, tuple[Lease, ...]] = msgspec.field(default_factory=dict)
    """Badge to all its leases, ascending; a badge without any is forgotten."""
    decisions: list[Decision] = msgspec.field(default_factory=list)
    actions: list[Action] = msgspec.field(default_factory=list)
    lease_owner: str | None = None
    lease_until_ms: int = 0
    not_before_ms: dict[str, int] = msgspec.field(default_factory=dict)
    """Action key to the instant before which it must not be delivered."""
    messages: list[Message] = msgspec.field(default_factory=list)
    grants: list[Grant] = msgspec.field(default_factory=list)
    released: list[Grant] = msgspec.field(default_factory=list)
    timers: dict[str, Timer | None] = msgspec.field(default_factory=dict)
    """Key to the timer as it now stands; None is cancelled."""
    streams: dict[tuple[str, str], StreamPosition] = msgspec.field(default_factory=dict)
    """(edge, stream) to its committed position."""
    quarantine: list[QuarantineRow] = msgspec.field(default_factory=list)
    commands_done: list[tuple[int, str | None]] = msgspec.field(default_factory=list)
    """Command id, and why it was refused."""
    settled: list[SettledRow] = msgspec.field(default_factory=list)
    retries: list[RetryRow] = msgspec.field(default_factory=list)
    venue: PublishedVenue | None = None
    notes: list[Note] = msgspec.field(default_factory=list)
    memberships: dict[tuple[str, str], int | None] = msgspec.field(default_factory=dict)
    """(audience, person) to the instant since which they belong; None is a member no longer."""
    identities: dict[str, str | None] = msgspec.field(default_factory=dict)
    """``kind:value`` to whose it is; None takes it away."""
    aliases: dict[str, str | None] = msgspec.field(default_factory=dict)
    """Somebody who was merged to whom they are known as; None when that was undone."""
    forgotten: set[str] = msgspec.field(default_factory=set)
    """People of whom nothing may remain, with all who were merged into them. This is done last: the
    group must hold nothing of them that happened after the erasure."""

    def add(self, outcome: Outcome) -> None:
        """Take in what one more event changed; of state the later value counts."""
        self.people.update((person.id, person) for person in outcome.people)
        self.zones.update((zone.id, zone) for zone in outcome.zones)
        self.pools.update((pool.id, pool) for pool in outcome.pools)
        self.leases.update(outcome.leases)
        self.timers.update(dict.fromkeys(outcome.timers_cancelled))
        self.timers.update((timer.key, timer) for timer in outcome.timers_set)
        self.decisions.extend(outcome.decisions)
        self.actions.extend(outcome.actions)
        self.messages.extend(outcome.messages)
        self.grants.extend(outcome.grants)
        self.released.extend(outcome.released)
        self.notes.extend(outcome.notes)
        self.memberships.update(((m.audience, m.person), m.since_ms) for m in outcome.memberships)
        self.identities.update(outcome.identities)
        self.aliases.update(outcome.aliases)
        self.forgotten.update(outcome.forgotten)
