"""What was known of a person at an instant is a fold of the log up to there, and of the decisions.

An event counts from the instant at which it was known: its row of the log says when.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import merge
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from hub.core import events as ev
from hub.core import profile
from hub.core.asking import View
from hub.core.explaining.around import Around
from hub.core.explaining.given import RulesOf, with_decision
from hub.core.outcome import Decision
from hub.core.people import merging
from hub.core.people.refold import registered
from hub.core.plan import Compiled
from hub.core.state import Person

NEAR_MS: Final = 60_000
"""What was known so short before the instant that is asked about may be what is meant."""

NEAR_MAX: Final = 50
"""Most moments that are looked at for it: the latest."""


class Known(Struct, frozen=True):
    """A row of the log: an event, where it stands, whose it is, and since when it is known."""

    pos: int
    raw: str
    known_ms: int
    event: ev.Event

    @property
    def counts_ms(self) -> int:
        """From when on it counts."""
        return max(self.known_ms, self.event.at_ms)


class Moment(Struct, frozen=True):
    """A person at an instant; ``before`` is who they were before what happened then.

    ``event`` is what happened; None of what a decision changed, and of an instant as such.
    """

    person: Person
    before: Person
    at_ms: int
    """When it happened."""
    asked_ms: int
    """As of when conditions are asked."""
    event: ev.Event | None = None
    pos: int = 0
    """Where in the log it stands; 0 of an instant as such."""


class Past(Struct, frozen=True):
    """All that is stored of somebody and those who were merged with them, in the log's order."""

    rows: tuple[Known, ...] = ()
    decisions: tuple[Decision, ...] = ()


class Folded(Struct, frozen=True):
    """Somebody at an instant, the moments shortly before it, and what was known too late."""

    person: Person
    near: tuple[Moment, ...]
    late: tuple[Known, ...]


@dataclass(slots=True)
class _People:
    """Everybody whom the rows are about; it lives for one fold only."""

    rules: Compiled
    rules_of: RulesOf
    people: dict[str, Person] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    past: dict[str, list[ev.Event]] = field(default_factory=dict)

    def resolve(self, raw: str) -> str:
        while raw in self.aliases:
            raw = self.aliases[raw]
        return raw

    def get(self, raw: str) -> Person:
        """Who an id stands for now."""
        person = self.resolve(raw)
        return self.people.get(person) or Person(person)

    def take(self, row: Known | Decision) -> None:
        """Take in an event, or a decision."""
        if isinstance(row, Decision):
            person = self.get(str(row.person))
            self.people[person.id] = with_decision(self.rules_of, person, row)
            return
        match row.event:
            case ev.Merged(person=one, other=other, at_ms=at_ms):
                self._join(one, other, at_ms)
            case ev.Unmerged(person=one, other=other):
                self._part(one, other)
            case event:
                person = self.get(row.raw)
                self.people[person.id] = _after(self.rules, person, event)
        self.past.setdefault(row.raw, []).append(row.event)

    def _join(self, one: str, other: str, at_ms: int) -> None:
        mine, theirs = self.get(one), self.get(other)
        if mine.id != theirs.id:
            self.people[mine.id] = merging.join(self.rules, mine, theirs, self.past, at_ms)
            self.aliases[theirs.id] = mine.id
            self.people.pop(theirs.id, None)

    def _part(self, one: str, other: str) -> None:
        both = self.get(one)
        if any(joined.other == other for joined in both.joined):
            mine, theirs = merging.part(self.rules, both, other, self.past)
            del self.aliases[other]
            self.people[mine.id], self.people[theirs.id] = mine, theirs


def _after(rules: Compiled, person: Person, event: ev.Event) -> Person:
    match event:
        case ev.Registered():
            return registered(rules, person, event)
        case ev.Tapped(place=place) if place in rules.places:
            return profile.tapped(person, rules.places[place], event.at_ms)
        case ev.Moved():
            return _moved(rules, person, event)
        case _:
            return person


def _moved(rules: Compiled, person: Person, event: ev.Moved) -> Person:
    if event.kind != "left" or event.place == person.place:
        person = profile.left(person, event.at_ms)
    if event.kind == "entered" and event.place in rules.places:
        person = profile.entered(person, rules.places[event.place], event.at_ms)
    return person


def fold(
    rules: Compiled,
    rules_of: RulesOf,
    person: str,
    past: Past,
    at_ms: int,
    around: Around,
    upto_pos: int | None = None,
) -> Folded:
    """Fold what was known at ``at_ms``; with ``upto_pos`` what stood in the log up to there.

    ``person`` is any of the ids in ``past``, and means who that was at the instant.
    """
    known = [row for row in past.rows if _is_known(row, at_ms, upto_pos)]
    counted = {row.pos for row in known}
    late = [r for r in past.rows if r.pos not in counted and r.event.at_ms <= at_ms]
    made = _made(past, at_ms, upto_pos)
    people = _People(rules, rules_of)
    near: list[Moment] = []
    asked_ms = at_ms
    for row in _in_order(known, made):
        asked_ms = asked_at(row, asked_ms)
        if asked_ms < at_ms - NEAR_MS:
            people.take(row)
        else:
            near.append(_take(people, person, row, asked_ms, around))
    now = with_audiences(rules, people.get(person), at_ms, around)
    if upto_pos is None:
        near += _known_late(people, person, past, late, made, at_ms, around)
    return Folded(now, tuple(near[-NEAR_MAX:]), tuple(late))


def _take(
    people: _People, person: str, row: Known | Decision, asked_ms: int, around: Around
) -> Moment:
    before = with_audiences(people.rules, people.get(person), asked_ms - 1, around)
    people.take(row)
    after = with_audiences(people.rules, people.get(person), asked_ms, around)
    if isinstance(row, Decision):
        return Moment(after, before, row.at_ms, asked_ms, None, row.pos)
    return Moment(after, before, row.event.at_ms, asked_ms, row.event, row.pos)


def _known_late(
    people: _People,
    person: str,
    past: Past,
    late: list[Known],
    made: list[Decision],
    at_ms: int,
    around: Around,
) -> Iterable[Moment]:
    """What happened just before the instant was decided about when it became known."""
    meant = {row.pos for row in late if row.event.at_ms > at_ms - NEAR_MS}
    last_pos = max(meant, default=0)
    unknown = [row for row in late if row.pos <= last_pos]
    done = {id(one) for one in made}
    others = [one for one in past.decisions if id(one) not in done and one.pos < last_pos]
    for row in _in_order(unknown, others):
        if isinstance(row, Known) and row.pos in meant:
            yield _take(people, person, row, asked_at(row, at_ms), around)
        else:
            people.take(row)


def asked_at(row: Known | Decision, last_ms: int) -> int:
    """As of when conditions are asked; of what a decision changes as of its event, or itself."""
    if isinstance(row, Decision):
        return max(last_ms, row.at_ms) if row.pos else row.at_ms
    return row.event.at_ms if isinstance(row.event, ev.Due) else row.counts_ms


def with_sent(folded: Folded, sent: Mapping[str, tuple[int, ...]], at_ms: int) -> Folded:
    """With what caps had counted by then; no event of the person says so."""
    upto = {name: tuple(t for t in times if t <= at_ms) for name, times in sent.items()}
    near = (replace(one, person=replace(one.person, sent=upto)) for one in folded.near)
    return replace(folded, person=replace(folded.person, sent=upto), near=tuple(near))


def _is_known(row: Known, at_ms: int, upto_pos: int | None) -> bool:
    return row.counts_ms <= at_ms if upto_pos is None else row.pos <= upto_pos


def _made(past: Past, at_ms: int, upto_pos: int | None) -> list[Decision]:
    """The decisions that had been made: the log knows one row after the other."""
    if upto_pos is not None:
        return [one for one in past.decisions if one.pos <= upto_pos]
    unknown = (row.pos for row in past.rows if row.known_ms > at_ms)
    cut_pos = min(unknown, default=None)
    return [
        one
        for one in past.decisions
        if one.at_ms <= at_ms and (cut_pos is None or one.pos < cut_pos)
    ]


def _in_order(rows: Sequence[Known], decisions: Iterable[Decision]) -> Iterable[Known | Decision]:
    """What an event led to comes after it."""
    events = ((row.pos, 0, index, row) for index, row in enumerate(rows))
    made = sorted(decisions, key=lambda one: one.pos)
    led_to = ((one.pos, 1, index, one) for index, one in enumerate(made))
    merged: Iterable[tuple[int, int, int, Known | Decision]]
    merged = merge(events, led_to, key=lambda one: one[:3])
    return (one for *_, one in merged)


def with_audiences(rules: Compiled, person: Person, at_ms: int, around: Around) -> Person:
    """The person with the audiences that their conditions let them into at the instant."""
    person = replace(person, audiences={})
    for audience in sorted(rules.audiences.values(), key=lambda one: one.order):
        if audience.ask.holds(View(person, at_ms, around)):
            person = replace(person, audiences={**person.audiences, audience.name: at_ms})
    return person
