"""What falls due by itself, found by looking at every instant at which something could."""

from collections.abc import Iterator
from dataclasses import dataclass

from hub.core import document as doc
from tests.oracles.evaluator.acts import Acts
from tests.oracles.evaluator.carried import Carried, lasting, still_true, waiting_now
from tests.oracles.evaluator.conditions import edges, holds, places_of
from tests.oracles.evaluator.deciding import ASLEEP, Deciding
from tests.oracles.evaluator.instants import fallen
from tests.oracles.evaluator.limits import arm_of
from tests.oracles.evaluator.rows import Effect
from tests.oracles.evaluator.spans import cron_ms, duration_ms, instant_of, next_ms
from tests.oracles.evaluator.verdicts import Candidate, Times, Verdict
from tests.oracles.evaluator.view import View, gather


@dataclass(frozen=True, slots=True)
class Item:
    """Something that falls due: a rule's instant, a look at somebody's audiences, a follow-up."""

    due_ms: int
    kind: str
    name: str
    person: str | None
    index: int = 0
    path: str = ""
    row: int = -1

    @property
    def key(self) -> tuple[int, str, str | None, int]:
        """What tells it apart from all others, whoever somebody is by now."""
        return (self.due_ms, self.name, None if self.row >= 0 else self.person, self.row)

    @property
    def order(self) -> tuple[int, int, str, str]:
        """Audiences first, then rules as they are written, then people."""
        return (self.kind != "audience", self.index, self.person or "", self.path)


class Waiting:
    """What was not done yet of what has fallen due, or will when nothing else happens."""

    def __init__(self, deciding: Deciding, begins_ms: int, ends_ms: int) -> None:
        """Nothing is done; nobody will ask about instants before or after these."""
        self.deciding = deciding
        self.ledger = deciding.ledger
        self.begins_ms = begins_ms
        self.ends_ms = ends_ms
        self.done: set[tuple[int, str, str | None, int]] = set()
        self.apart: dict[tuple[str, str], set[tuple[int, str, str | None, int]]] = {}
        self.carried: dict[tuple[str, str], Carried] = {}
        self._known: tuple[int, tuple[int, ...]] = (-1, ())
        self._found: list[Item] = []
        self._flips: dict[str, tuple[tuple[int, ...], list[Item]]] = {}

    def publish(self, before: doc.Venue, now_ms: int) -> None:
        """Rules that are other rules now are not acted upon for the past."""
        self._known = (-1, ())
        self._flips.clear()
        carried = self._carry(before, now_ms)
        rules = self.deciding.venue.rules
        other = other_rules(before, self.deciding.venue)
        self.done = {key for key in self.done if key[1] not in other or key[3] >= 0}
        persons = set(self.ledger.persons())
        self.forget_past(now_ms - 1, persons, {rule.name for rule in rules})
        self.forget_past(now_ms, persons, other)
        chained = {rule.name for rule in rules if isinstance(rule.when, doc.OnRule)}
        self.forget_past(self.ends_ms, persons, other & chained)
        self.carried = carried
        self.done -= {(one.due_ms, *who, -1) for who, one in carried.items()}
        self.done -= set(self._missing_now(before, now_ms))

    def _missing_now(
        self, before: doc.Venue, now_ms: int
    ) -> Iterator[tuple[int, str, str | None, int]]:
        """Absences of who was never there, due at this instant: as the rules of today have them."""
        lengths = {length for rule in before.rules for length in _missing_ms(rule)}
        for person in self.ledger.persons():
            first_ms = self.ledger.view(person).first_ms
            if first_ms is None or now_ms - first_ms not in lengths:
                continue
            for index, rule in self._rules():
                item = Item(now_ms, "rule", rule.name, person, index)
                is_due = now_ms - first_ms in _missing_ms(rule)
                if is_due and self._never_there(rule.when, item):
                    yield item.key

    def _carry(self, before: doc.Venue, now_ms: int) -> dict[tuple[str, str], Carried]:
        """What people waited for under rules that ask for another length of stay by now."""
        earlier = {one.name: one for one in before.rules if one.stage not in ASLEEP}
        found: dict[tuple[str, str], Carried] = {}
        for _, rule in self._rules():
            then = earlier.get(rule.name)
            if then is None or not (lasting(then.when) and lasting(rule.when)):
                continue
            for person in self.ledger.persons():
                view, who = self.ledger.view(person), (rule.name, person)
                old = list(waiting_now(then.when, view, before, now_ms))
                if isinstance(then.when, doc.OnDwell) and self._has_fired(then, view):
                    old = []
                old += [self.carried[who]] if who in self.carried else []
                new = waiting_now(rule.when, view, self.deciding.venue, now_ms + 1)
                old = [one for one in old if (one.due_ms, *who, -1) not in self.done]
                if then.when != rule.when and old and not list(new):
                    found[who] = old[0]
                elif then.when == rule.when and who in self.carried:
                    found[who] = self.carried[who]
        return found

    def merge(self, person: str, other: str) -> None:
        """What was done for the one was done for the other: they are the same."""
        self._forget_carried(person, other)
        self.apart[person, other] = {key for key in self.done if key[2] == person}
        self.done |= {(*key[:2], person, key[3]) for key in self.done if key[2] == other}

    def unmerge(self, person: str, other: str) -> None:
        """What was done for them while they were the same was done for both."""
        self._forget_carried(person, other)
        mine = self.apart.pop((person, other), set())
        self.done |= {(*key[:2], other, key[3]) for key in self.done - mine if key[2] == person}

    def _forget_carried(self, *persons: str) -> None:
        self.carried = {k: v for k, v in self.carried.items() if k[1] not in persons}

    def erase(self, ids: frozenset[str]) -> None:
        """Somebody is forgotten: nothing of theirs waits, or was done."""
        self.done = {key for key in self.done if key[2] not in ids}
        self._forget_carried(*ids)
        self._known = (-1, ())
        self._flips.clear()

    def forget_past(self, now_ms: int, persons: set[str], rules: set[str] | None = None) -> None:
        """What is true of the past by what is known now is not acted upon."""
        found = [item for person in persons for item in self._of_rules(person)]
        if rules is not None:
            found += self._of_venue(now_ms)
        self.done |= {
            item.key
            for item in found
            if item.due_ms <= now_ms and (rules is None or item.name in rules)
        }

    def items(self, until_ms: int) -> list[Item]:
        """All that waits and is due by then."""
        known = (len(self.ledger.rows), tuple(self.deciding.looked_ms.values()))
        if known != self._known:
            self._known, self._found = known, list(self._all())
        return [i for i in self._found if i.due_ms <= until_ms and i.key not in self.done]

    def _all(self) -> Iterator[Item]:
        yield from self._of_venue(self.ends_ms)
        yield from self._follow_ups()
        for person in self.ledger.persons():
            yield from self._of_rules(person)
            yield from self._audiences(person)

    def at_once(self, index: int, rule: doc.Rule, person: str, at_ms: int) -> Iterator[Candidate]:
        """What is due at the instant of the very fact that makes it so is a part of its step."""
        item = Item(at_ms, "rule", rule.name, person, index)
        if item.key not in self.done and item in self._of_rules(person):
            self.done.add(item.key)
            yield Candidate(index, person, at_ms, rule)

    def _rules(self) -> Iterator[tuple[int, doc.Rule]]:
        awake = enumerate(self.deciding.venue.rules)
        return ((index, rule) for index, rule in awake if rule.stage not in ASLEEP)

    def _of_rules(self, person: str) -> Iterator[Item]:
        view = self.ledger.view(person)
        for index, rule in self._rules():
            if isinstance(rule.when, doc.OnRule):
                times = set(self._after(rule.when, view))
            else:
                times = fallen(rule.when, view, self.deciding.venue)
                carried = self.carried.get((rule.name, person))
                if carried and still_true(carried, rule.when, view, self.deciding.venue):
                    times.add(carried.due_ms)
                if isinstance(rule.when, doc.OnDwell) and self._has_fired(rule, view):
                    times = set()
            for at_ms in times:
                yield Item(at_ms, "rule", rule.name, person, index)

    def _has_fired(self, rule: doc.Rule, view: View) -> bool:
        name = f"{rule.name}~shadow" if rule.stage == "shadow" else rule.name
        return bool(view.given.fired.get(name))

    def _after(self, when: doc.OnRule, view: View) -> Iterator[int]:
        if (long_ms := duration_ms(when.after)) > 0:
            for at_ms in view.given.fired.get(when.rule, ()):
                yield at_ms + long_ms

    def _of_venue(self, until_ms: int) -> Iterator[Item]:
        event = self.deciding.venue.event
        starts_ms = instant_of(event.starts, event.zone)
        ends_ms = instant_of(event.ends, event.zone)
        for index, rule in self._rules():
            match rule.when:
                case doc.OnSchedule():
                    within = (max(starts_ms, self.begins_ms), until_ms)
                    for due_ms in _times(rule.when, starts_ms, within, event.zone):
                        if within[0] <= due_ms <= ends_ms:
                            yield Item(due_ms, "schedule", rule.name, None, index)
                case doc.OnAbsent(by=str() as by):
                    yield Item(instant_of(by, event.zone), "by", rule.name, None, index)

    def _follow_ups(self) -> Iterator[Item]:
        rules = {rule.name: index for index, rule in enumerate(self.deciding.venue.rules)}
        cancelled = {index for row in self.ledger.effects("cancel") for index in row.value}
        for index, row in enumerate(self.ledger.rows):
            if not isinstance(row, Effect) or row.kind != "follow" or row.owner is None:
                continue
            if index not in cancelled:
                path, _ = row.value
                at = rules.get(row.name, len(rules))
                who = self.ledger.who(row.owner)
                yield Item(row.at_ms, "follow_up", row.name, who, at, path, index)

    def _audiences(self, person: str) -> list[Item]:
        """The next instant at which each membership changes with nothing happening."""
        looked_ms = [
            self.deciding.looked_ms.get((audience.name, person), 0)
            for audience in self.deciding.venue.audiences
        ]
        key = (len(self.ledger.rows), *looked_ms)
        if self._flips.get(person, ((-1,), []))[0] != key:
            self._flips[person] = (key, list(self._flip(person, looked_ms)))
        return self._flips[person][1]

    def _flip(self, person: str, looked_ms: list[int]) -> Iterator[Item]:
        view, venue = self.ledger.view(person), self.deciding.venue
        for index, audience in enumerate(venue.audiences):
            is_in = self.deciding.is_member(audience.name, person)
            times = set(edges(audience.if_, view, looked_ms[index], self.ends_ms, venue))
            times.add(looked_ms[index] + 1)
            for at_ms in sorted(t for t in times if looked_ms[index] < t <= self.ends_ms):
                if holds(audience.if_, view, at_ms, self.deciding) != is_in:
                    yield Item(at_ms, "audience", audience.name, person, index)
                    break

    def do(self, item: Item, now_ms: int) -> None:
        """Do what has fallen due, as a step of its own."""
        deciding = self.deciding
        if item.kind == "audience":
            self._look(item, now_ms)
            return
        self.done.add(item.key)
        rules = {rule.name: rule for rule in deciding.venue.rules}
        if item.kind == "follow_up":
            if item.name in rules:
                self._follow_up(item, rules[item.name], now_ms)
            return
        rule = rules[item.name]
        persons = [item.person] if item.kind == "rule" else self._asked(rule.when, item.due_ms)
        found = [Candidate(item.index, person, item.due_ms, rule) for person in persons]
        found += self._missing_too(item, rule)
        deciding.settle(found, {}, item.due_ms, now_ms)

    def _look(self, item: Item, now_ms: int) -> None:
        """An audience, and those that ask about it, change by time alone."""
        assert item.person is not None
        view = self.ledger.view(item.person)
        changed = self.deciding.look(item.person, item.due_ms, {item.name})
        found = list(self.deciding.changed(item.person, changed, item.due_ms))
        others = self.deciding.asking(set(changed))
        changed = self.deciding.look(item.person, item.due_ms, others)
        found += self.deciding.changed(item.person, changed, item.due_ms)
        self.deciding.settle(found, {item.person: view}, item.due_ms, now_ms)

    def _missing_too(self, item: Item, rule: doc.Rule) -> Iterator[Candidate]:
        """Absences that somebody's first visit began are one step, as they are of one length."""
        if item.person is None or not self._never_there(rule.when, item):
            return
        for other in self._of_rules(item.person):
            when = self.deciding.venue.rules[other.index].when
            is_due = other.due_ms == item.due_ms and other.key not in self.done
            if is_due and self._never_there(when, other):
                self.done.add(other.key)
                one = self.deciding.venue.rules[other.index]
                yield Candidate(other.index, item.person, item.due_ms, one)

    def _never_there(self, when: doc.Trigger, item: Item) -> bool:
        if not isinstance(when, doc.OnAbsent) or item.person is None:
            return False
        places = places_of(self.deciding.venue, when.place, when.group)
        visits = gather(self.ledger.view(item.person).visits, places)
        return not any(t <= item.due_ms for t in visits)

    def _asked(self, when: doc.Trigger, due_ms: int) -> list[str | None]:
        """About whom something is that concerns many."""
        registered = [p for p in self.ledger.persons() if self._registered(p)]
        match when:
            case doc.OnSchedule(each="everyone"):
                return [*registered]
            case doc.OnSchedule(each=str() as each):
                persons = self.ledger.persons()
                return [p for p in persons if self.deciding.is_member(each, p)]
            case doc.OnAbsent(place, group):
                places = places_of(self.deciding.venue, place, group)
                return [
                    p
                    for p in registered
                    if not any(t <= due_ms for t in gather(self.ledger.view(p).visits, places))
                ]
        return [None]

    def _registered(self, person: str) -> bool:
        return self.ledger.view(person).registered_known_ms is not None

    def _follow_up(self, item: Item, rule: doc.Rule, now_ms: int) -> None:
        assert item.person is not None
        arm = arm_of(self.deciding.venue, rule, item.person)
        acts: list[doc.Act] = next((v.then for v in rule.variants if v.name == arm), rule.then)
        for step in item.path.strip("/").split("/"):
            act = acts[int(step)] if int(step) < len(acts) else None
            acts = act.then if isinstance(act, doc.FollowUp) else []
        if rule.stage != "live" or not acts or arm == "holdout":
            return
        before, rows = self.ledger.view(item.person), len(self.ledger.rows)
        acting = Acts(self.ledger, rule.name, item.person, item.due_ms, Times(item.due_ms, now_ms))
        reasons = acting.take(acts, item.path)
        because = reasons[0] if all(reasons) else ""
        verdict = Verdict(
            rule.name, item.person, item.due_ms, "suppressed" if because else "fired", because
        )
        self.deciding.verdicts.append(verdict)
        one = Candidate(item.index, item.person, item.due_ms, rule)
        found = list(self.deciding.follows(one, before, rows))
        self.deciding.settle(found, {item.person: before}, item.due_ms, now_ms)


def _missing_ms(rule: doc.Rule) -> list[int]:
    """How long somebody has to be absent, for a rule that waits for that."""
    waits = isinstance(rule.when, doc.OnAbsent) and rule.stage not in ASLEEP
    long = rule.when.for_ if isinstance(rule.when, doc.OnAbsent) else None
    return [duration_ms(long)] if waits and long is not None else []


def other_rules(before: doc.Venue, venue: doc.Venue) -> set[str]:
    """Rules that did not ask for the same before, or were not asked at all."""
    same = {(one.name, one.when) for one in before.rules if one.stage not in ASLEEP}
    return {rule.name for rule in venue.rules if (rule.name, rule.when) not in same}


def _times(
    when: doc.OnSchedule, starts_ms: int, within: tuple[int, int], zone: str
) -> Iterator[int]:
    """All instants of a schedule between two instants."""
    from_ms, until_ms = within
    if when.at is not None:
        yield instant_of(when.at, zone)
    if when.daily is not None:
        due_ms = next_ms(when.daily, from_ms - 1, zone)
        while due_ms <= until_ms:
            yield due_ms
            due_ms = next_ms(when.daily, due_ms, zone)
    if when.every is not None:
        every_ms = duration_ms(when.every)
        passed_ms = max(1, (from_ms - starts_ms) // every_ms) * every_ms
        yield from range(starts_ms + passed_ms, until_ms + 1, every_ms)
    if when.cron is not None:
        yield from cron_ms(when.cron, from_ms, until_ms, zone)
