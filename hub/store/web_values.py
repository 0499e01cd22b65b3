"""What pages read: frozen rows with everything looked up, nothing left to join."""

from dataclasses import dataclass

from hub.core.outcome import Clause
from hub.core.state import Person, Play, Wanted


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A decision with the name of whom it is about. ``id`` grows with each decision."""

    id: int
    at_ms: int
    person: str | None
    name: str
    place: str | None
    rule: str
    version: int
    outcome: str
    reason: str
    actions: tuple[str, ...] = ()
    clauses: tuple[Clause, ...] = ()
    because: str = ""
    """What suppressed it, in one word."""
    arm: str = ""
    """The arm of the rule's experiment that the person is in."""


@dataclass(frozen=True, slots=True)
class EdgeRow:
    """What an edge last said of itself."""

    edge: str
    alive: bool
    at_ms: int
    outbox_rows: int = 0
    evicted_rows: int = 0
    clock_quality: str = ""
    software: str = ""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """The music wanted at a place, best first, and what was played there, newest last."""

    place: str
    wanted: tuple[Wanted, ...]
    plays: tuple[Play, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts of the event so far. ``inside`` are people who are at some place now."""

    people: int = 0
    inside: int = 0
    taps: int = 0
    decisions: int = 0
    rewards_given: int = 0
    rewards_redeemed: int = 0
    messages: int = 0
    quarantined: int = 0
    dead_letters: int = 0


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One line of the list of people. ``badges`` are those leased now.

    ``others`` are the ids of those who were merged into them.
    """

    id: str
    name: str
    company: str
    email: str
    badges: tuple[str, ...]
    place: str | None
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonPage:
    """All that the organiser sees of one person."""

    row: PersonRow
    state: Person
    decisions: tuple[FeedRow, ...]


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How often a rule fired, how often something suppressed it, and how often a shadow fired."""

    rule: str
    fired: int
    suppressed: int
    last_ms: int
    shadow: int = 0


@dataclass(frozen=True, slots=True)
class DeadRow:
    """An action that was given up."""

    key: str
    connector: str
    rule: str
    person: str | None
    name: str
    attempts: int
    error: str
    cause_ms: int
