"""Rounds of one step: what is true is decided, and what that makes true is decided next."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal

from hub.core import document as doc
from tests.oracles.evaluator.acts import Acts, capped
from tests.oracles.evaluator.conditions import holds
from tests.oracles.evaluator.ledger import Ledger
from tests.oracles.evaluator.limits import arm_of, limited
from tests.oracles.evaluator.rows import Effect
from tests.oracles.evaluator.spans import duration_ms
from tests.oracles.evaluator.verdicts import Candidate, Times, Verdict
from tests.oracles.evaluator.view import View

ROUNDS_MAX: Final = 8
ASLEEP: Final = ("draft", "paused")


class Deciding:
    """What is asked of people, and what was said so far."""

    def __init__(self, venue: doc.Venue) -> None:
        """Nothing has been decided."""
        self.ledger = Ledger(venue)
        self.verdicts: list[Verdict] = []
        self.members: set[tuple[str, str]] = set()
        self.looked_ms: dict[tuple[str, str], int] = {}
        self.spent: set[str] = set()
        self.numbers: dict[str, int] = {}
        for rule in venue.rules:
            if isinstance(rule.when, doc.OnOccupancy):
                self._arm(rule.name, rule.when, 0, known=False)

    # What conditions ask.

    @property
    def venue(self) -> doc.Venue:
        """The document in force."""
        return self.ledger.venue

    def is_member(self, audience: str, person: str) -> bool:
        """Whether somebody is a member now."""
        return (audience, person) in self.members

    def number_at(self, place: str, audience: str | None) -> int:
        """How many are at a place now."""
        return sum(
            self.ledger.view(person).place == place
            and (audience is None or self.is_member(audience, person))
            for person in self.ledger.persons()
        )

    def left_in(self, pool: str) -> int:
        """How many rewards are left."""
        return self.ledger.left_in(pool)

    def arm_of(self, rule: str, person: str) -> str:
        """The arm of a rule's experiment somebody is in."""
        return next((arm_of(self.venue, r, person) for r in self.venue.rules if r.name == rule), "")

    def view(self, person: str | None) -> View | None:
        """The person, or nobody."""
        return None if person is None else self.ledger.view(person)

    # Steps.

    def settle(
        self,
        found: Iterable[Candidate],
        before: Mapping[str, View | None],
        asked_ms: int,
        now_ms: int | None = None,
    ) -> None:
        """Decide one step: what the event made true, and all that follows from it.

        ``before`` are the people it is about, as they were before it; None for whom all has to be
        looked at. Conditions are asked as of ``asked_ms``; what is done is done at ``now_ms``.
        """
        ripe = [*found, *self.changes(before, asked_ms), *self.crowds(asked_ms)]
        depth = 0
        times = Times(asked_ms, asked_ms if now_ms is None else now_ms)
        while ripe:
            ripe = self._round(ripe, times, depth)
            depth += 1

    def _round(self, ripe: Sequence[Candidate], times: Times, depth: int) -> list[Candidate]:
        following: list[Candidate] = []
        persons: dict[str, View | None] = {}
        won: dict[tuple[str, str], str] = {}
        for one in _in_order(ripe):
            before, rows = self.view(one.person), len(self.ledger.rows)
            beaten = won.get(_rivals(one), one.rule.name) != one.rule.name
            verdict = self._decide(one, times, depth, beaten=beaten)
            if verdict is None:
                continue
            self.verdicts.append(verdict)
            if verdict.outcome == "fired":
                won[_rivals(one)] = one.rule.name
                if one.person is not None:
                    following += [*self._chained(one), *self.follows(one, before, rows)]
                    persons.setdefault(one.person, before)
        return [*following, *self.changes(persons, times.asked_ms), *self.crowds(times.asked_ms)]

    def _decide(self, one: Candidate, times: Times, depth: int, *, beaten: bool) -> Verdict | None:
        rule, shadow = one.rule, one.rule.stage == "shadow"
        kind = "shadow" if shadow else "fired"
        done_ms = self.done_ms(kind, rule, one.person)
        if rule.stage in ASLEEP or not self._holds(one, times.asked_ms):
            return None
        if one.at_ms in done_ms:
            return None
        arm = "" if one.person is None else arm_of(self.venue, rule, one.person)
        because = self._held_back(one, depth, arm, beaten=beaten)
        acts = next((v.then for v in rule.variants if v.name == arm), rule.then)
        if not because:
            acting = Acts(self.ledger, rule.name, one.person, one.at_ms, times)
            reasons = self._rehearse(acting, acts) if shadow else acting.take(acts)
            because = reasons[0] if reasons and all(reasons) else ""
        if because:
            return Verdict(rule.name, one.person, one.at_ms, "suppressed", because)
        self.ledger.add(Effect(kind, one.person, rule.name, one.at_ms))
        if not shadow and rule.group is not None:
            for cap in self._group_caps(rule):
                self.ledger.add(Effect("sent", one.person, cap.name, one.at_ms))
        outcome: Literal["shadow", "fired"] = "shadow" if shadow else "fired"
        return Verdict(rule.name, one.person, one.at_ms, outcome)

    def done_ms(self, kind: str, rule: doc.Rule, person: str | None) -> list[int]:
        """When the rule did so for this subject."""
        return sorted(
            effect.at_ms
            for effect in self.ledger.effects(kind)
            if effect.name == rule.name
            and (effect.owner and self.ledger.who(effect.owner)) == person
        )

    def _rehearse(self, acting: Acts, acts: Sequence[doc.Act]) -> list[str]:
        rows = len(self.ledger.rows)
        reasons = acting.take(acts)
        self.ledger.forget(rows)
        return reasons

    def _holds(self, one: Candidate, asked_ms: int) -> bool:
        return holds(one.rule.if_, self.view(one.person), asked_ms, self)

    def _group_caps(self, rule: doc.Rule) -> list[doc.Cap]:
        return [cap for cap in self.venue.caps if cap.of == f"group:{rule.group}"]

    def _held_back(self, one: Candidate, depth: int, arm: str, *, beaten: bool) -> str:
        rule = one.rule
        kind = "shadow" if rule.stage == "shadow" else "fired"
        if depth >= ROUNDS_MAX:
            return "depth"
        if beaten:
            return "priority"
        done_ms = self.done_ms(kind, rule, one.person)
        if rule.limit.per == "event":
            done_ms = self.ledger.done_ms(kind, rule.name)
        if limited(rule, done_ms, one.at_ms, self.view(one.person), self.venue):
            return "limit"
        if arm == "holdout":
            return "holdout"
        caps = self._group_caps(rule)
        return "cap" * any(capped(self.ledger, c, one.person, one.at_ms) for c in caps)

    # What follows.

    def _chained(self, one: Candidate) -> Iterator[Candidate]:
        """Rules that wait for this one to have fired."""
        for order, rule in enumerate(self.venue.rules):
            match rule.when:
                case doc.OnRule(name, long) if (name, duration_ms(long)) == (one.rule.name, 0):
                    yield Candidate(order, one.person, one.at_ms, rule)

    def follows(self, one: Candidate, before: View | None, rows: int) -> Iterator[Candidate]:
        """Rules that are true because of what was done since there were so many rows."""
        done = [row for row in self.ledger.rows[rows:] if isinstance(row, Effect)]
        for order, rule in enumerate(self.venue.rules):
            if before is not None and _changed(rule.when, before, done):
                yield Candidate(order, one.person, one.at_ms, rule)

    def changes(self, before: Mapping[str, View | None], now_ms: int) -> list[Candidate]:
        """Rules about the audiences that these people came into, or went out of, by this."""
        found: list[Candidate] = []
        for person in sorted(self.ledger.seen().intersection(before)):
            names = self._affected(before[person], person, now_ms)
            self._glance(person, now_ms - 1)
            found += self.changed(person, self.look(person, now_ms, names), now_ms)
        return found

    def changed(self, person: str, audiences: Iterable[str], now_ms: int) -> Iterator[Candidate]:
        """Rules about these audiences, in which somebody is now, or is not."""
        for audience in audiences:
            change = "entered" if self.is_member(audience, person) else "left"
            for order, rule in enumerate(self.venue.rules):
                match rule.when:
                    case doc.OnAudience(name, wanted) if (name, wanted) == (audience, change):
                        yield Candidate(order, person, now_ms, rule)

    def _affected(self, before: View | None, person: str, now_ms: int) -> set[str]:
        """Audiences of which something else holds than before, at one and the same instant."""
        names = {audience.name for audience in self.venue.audiences}
        if before is None:
            return names
        after, inner = self.ledger.view(person), set(self.members)
        same = {
            audience.name
            for audience in self.venue.audiences
            if holds(audience.if_, before, now_ms, self) == holds(audience.if_, after, now_ms, self)
        }
        self.look(person, now_ms, names - same)
        moved = {audience for audience, _ in inner ^ self.members}
        self.members = inner
        return (names - same) | self.asking(moved)

    def asking(self, audiences: set[str]) -> set[str]:
        """Audiences whose conditions ask about one of these."""
        return {one.name for one in self.venue.audiences if _asks_about(one.if_, audiences)}

    def _glance(self, person: str, at_ms: int) -> None:
        """What time changed until then has been seen to."""
        for audience in self.venue.audiences:
            entry = (audience.name, person)
            self.looked_ms[entry] = max(at_ms, self.looked_ms.get(entry, 0))

    def look(self, person: str, now_ms: int, names: set[str]) -> list[str]:
        """Bring these memberships of somebody up to an instant; those that changed."""
        view, changed = self.ledger.view(person), []
        for audience in self.venue.audiences:
            if audience.name not in names:
                continue
            entry = (audience.name, person)
            at_ms = max(now_ms, self.looked_ms.get(entry, 0))
            self.looked_ms[entry] = at_ms
            if holds(audience.if_, view, at_ms, self) != (entry in self.members):
                changed.append(audience.name)
                self.members ^= {entry}
        return changed

    def crowds(self, now_ms: int) -> list[Candidate]:
        """Rules about how many are somewhere, when the number has passed their mark."""
        found: list[Candidate] = []
        for order, rule in enumerate(self.venue.rules):
            if not isinstance(rule.when, doc.OnOccupancy) or rule.stage in ASLEEP:
                continue
            number = self.number_at(rule.when.place, rule.when.audience)
            was = self.numbers.get(rule.name, 0)
            self.numbers[rule.name] = number
            if _passes(rule.when, was, number) and rule.name not in self.spent:
                self.spent.add(rule.name)
                found.append(Candidate(order, None, now_ms, rule))
            elif _is_back(rule.when, number):
                self.spent.discard(rule.name)
        return found

    def forget_members(self, person: str) -> None:
        """Somebody is not who they were: their memberships are worked out anew."""
        self.members = {entry for entry in self.members if entry[1] != person}

    def erase(self, ids: frozenset[str]) -> None:
        """Somebody is forgotten, under all the ids they went by."""
        self.ledger.erase(ids)
        self.members = {entry for entry in self.members if entry[1] not in ids}
        self.looked_ms = {k: ms for k, ms in self.looked_ms.items() if k[1] not in ids}

    def publish(self, venue: doc.Venue, now_ms: int, *, past: bool) -> None:
        """Another document is in force: everybody is looked at, and no rule is true for it."""
        same = [] if past else self.venue.audiences
        other = {one.name for one in venue.audiences if one not in same}
        self.ledger.publish(venue)
        names = {audience.name for audience in venue.audiences}
        self.members = {entry for entry in self.members if entry[0] in names}
        for person in self.ledger.persons():
            self.look(person, now_ms, other)
        before, self.numbers = self.numbers, {}
        for rule in venue.rules:
            if isinstance(rule.when, doc.OnOccupancy):
                number = self.number_at(rule.when.place, rule.when.audience)
                self.numbers[rule.name] = number
                self._arm(rule.name, rule.when, number, known=rule.name in before)

    def _arm(self, name: str, when: doc.OnOccupancy, number: int, *, known: bool) -> None:
        """One that waits for fewer has to see many first."""
        if not known and when.at_most is not None:
            self.spent.add(name)
        if _is_back(when, number):
            self.spent.discard(name)


def _asks_about(condition: doc.Condition, audiences: set[str]) -> bool:
    match condition:
        case doc.All(of) | doc.AnyOf(of) | doc.NoneOf(of):
            return any(_asks_about(one, audiences) for one in of)
        case doc.InAudience(audience):
            return audience in audiences
    return False


def _changed(when: doc.Trigger, before: View, done: Iterable[Effect]) -> bool:
    points, value = before.points, None
    for effect in done:
        match when, effect.kind:
            case doc.OnPoints(at_least), "points":
                if points < at_least <= points + effect.value:
                    return True
                points += effect.value
            case doc.OnAttribute(name), "set" if effect.name == name:
                old = before.attributes.get(name) if value is None else value
                value = effect.value
                if value != old:
                    return True
    return False


def _rivals(one: Candidate) -> tuple[str, str]:
    return (one.person or "", f"group {one.rule.group}" if one.rule.group else one.rule.name)


def _in_order(ripe: Sequence[Candidate]) -> list[Candidate]:
    """By their instants, then as they are written; rivals stand together where the first stands."""
    first: dict[tuple[str, str], tuple[int, int]] = {}
    for one in sorted(ripe, key=lambda one: (one.at_ms, one.order)):
        first.setdefault(_rivals(one), (one.at_ms, one.order))
    in_group = [one for one in ripe if one.rule.group is not None]
    alone = [((one.at_ms, one.order), one.person or "", 0, 0, one) for one in ripe]
    return [
        entry[-1]
        for entry in sorted(
            [entry for entry in alone if entry[-1].rule.group is None]
            + [
                (first[_rivals(one)], one.person or "", -one.rule.priority, one.order, one)
                for one in in_group
            ],
            key=lambda entry: (*entry[:4], entry[4].at_ms),
        )
    ]


def _passes(when: doc.OnOccupancy, was: int, number: int) -> bool:
    if when.at_least is not None:
        return was < when.at_least <= number
    assert when.at_most is not None
    return was > when.at_most >= number


def _is_back(when: doc.OnOccupancy, number: int) -> bool:
    if when.at_least is not None:
        return number <= (when.at_least - 1 if when.until is None else when.until)
    assert when.at_most is not None
    return number >= (when.at_most + 1 if when.until is None else when.until)
