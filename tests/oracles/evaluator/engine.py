"""Tells facts one by one, lets the clock run between them, and writes down every verdict."""

from collections.abc import Callable, Iterator, Sequence

from hub.core import document as doc
from hub.core import events as ev
from tests.oracles.evaluator.conditions import places_of
from tests.oracles.evaluator.deciding import Deciding
from tests.oracles.evaluator.identity import claims, joining
from tests.oracles.evaluator.instants import happened
from tests.oracles.evaluator.rows import Fact, holder
from tests.oracles.evaluator.verdicts import Candidate
from tests.oracles.evaluator.view import View
from tests.oracles.evaluator.waiting import Item, Waiting

Hint = Callable[[Item], tuple[int, ...]]
"""Where something that falls due stands among others that are due at the same instant."""


def in_order(_: Item) -> tuple[int, ...]:
    """No hint: audiences first, then rules as they are written, then people."""
    return ()


class Evaluator:
    """The whole of an event, told in the order in which it became known."""

    def __init__(self, venue: doc.Venue, now_ms: int, ends_ms: int, hint: Hint = in_order) -> None:
        """Begin with a document that is in force from ``now_ms``; the clock ends at ``ends_ms``."""
        self.deciding = Deciding(venue)
        self.ledger = self.deciding.ledger
        self.waiting = Waiting(self.deciding, now_ms, ends_ms)
        self.hint = hint
        self.clock_ms = now_ms
        self.keys: set[str] = set()
        self.waiting.forget_past(now_ms, set(), {rule.name for rule in venue.rules})

    def know(self, event: ev.Event, now_ms: int, key: str | None = None) -> None:
        """A fact becomes known. The same key is the same fact."""
        if key is not None and key in self.keys:
            return
        self.keys |= {key} if key is not None else set()
        self.pass_to(now_ms - 1)
        self.clock_ms = max(self.clock_ms, now_ms)
        if isinstance(event, ev.Merged | ev.Unmerged):
            if self._can_join(event):
                self._join(event, now_ms)
            return
        effective_ms = max(now_ms, event.at_ms)
        if isinstance(event, ev.Erased):
            ids = self.ledger.ids_of(self.ledger.who(event.person))
            self.deciding.erase(ids)
            self.waiting.erase(ids)
            self.deciding.settle([], {}, effective_ms)
            return
        person = self._about(event)
        who = None if person is None else self.ledger.who(person)
        before = None if who is None else self.ledger.view(who)
        seen = self.ledger.seen()
        if who is not None and who not in seen and isinstance(event, ev.Redeemed | ev.Called):
            return
        self.ledger.add(Fact(event, now_ms, person))
        after = None if who is None else self.ledger.view(who)
        touched = {} if who is None else {who: before if who in seen else None}
        self.deciding.settle(self._true(event, before, after), touched, effective_ms)
        if isinstance(event, ev.Registered) and event.ids:
            self._identify(event, now_ms)

    def _identify(self, event: ev.Registered, now_ms: int) -> None:
        """Those who share an id become one, each merge a fact of its own."""
        joined = joining(self.ledger, event)
        for row in claims(joined, event):
            self.ledger.add(row)
        for other in joined.persons[1:]:
            self._join(ev.Merged(joined.persons[0], other, event.at_ms), now_ms)

    def publish(self, venue: doc.Venue, now_ms: int, *, past: bool = False) -> None:
        """Another document is in force; it fires nothing for the past, unless asked to."""
        self.pass_to(now_ms - 1)
        self.clock_ms = max(self.clock_ms, now_ms)
        before = self.deciding.venue
        self.deciding.publish(venue, now_ms, past=past)
        self.waiting.publish(before, now_ms)
        if past:
            self.deciding.settle(self._ever(now_ms), {}, now_ms)

    def _ever(self, now_ms: int) -> Iterator[Candidate]:
        """All that was ever true for anybody by what happened.

        Who is in an audience came in now.
        """
        for order, rule in enumerate(self.ledger.venue.rules):
            asked = rule.stage in ("live", "shadow")
            for person in self.ledger.persons() if asked else ():
                times = sorted(happened(rule.when, self.ledger.view(person), self.ledger.venue))
                match rule.when:
                    case doc.OnLeft() | doc.OnLeftVenue():
                        times = []
                    case doc.OnAudience(audience, "entered"):
                        times = [now_ms] * self.deciding.is_member(audience, person)
                for at_ms in times:
                    yield Candidate(order, person, at_ms, rule)

    def pass_to(self, until_ms: int) -> None:
        """Time passes; what falls due until then is done, one thing after the other."""
        while items := [i for i in self.waiting.items(until_ms) if i.due_ms <= until_ms]:
            item = min(items, key=lambda one: (one.due_ms, *self.hint(one), *one.order))
            self.clock_ms = max(self.clock_ms, item.due_ms)
            self.waiting.do(item, self.clock_ms)
        self.clock_ms = max(self.clock_ms, until_ms)

    def _about(self, event: ev.Event) -> str | None:
        if isinstance(event, ev.Tapped):
            return holder(self.ledger.rows, event.badge, event.at_ms)
        if isinstance(event, ev.Leased):
            return None
        return getattr(event, "person", None)

    def _can_join(self, event: ev.Merged | ev.Unmerged) -> bool:
        """Whether both are known, and are two; or were one."""
        if isinstance(event, ev.Unmerged):
            return any(
                (event.person, event.other) == (m.person, m.other) for m in self.ledger.merges
            )
        known = self.ledger.seen()
        return event.person in known and event.other in known and event.person != event.other

    def _join(self, event: ev.Merged | ev.Unmerged, now_ms: int) -> None:
        """Two become one, and fire what their visits together add; or one becomes two again."""
        merged = isinstance(event, ev.Merged)
        before = [self.ledger.view(who) for who in (event.person, event.other) if merged]
        self.ledger.add(Fact(event, now_ms, event.person))
        self.deciding.forget_members(event.other)
        touched = {self.ledger.who(event.person), self.ledger.who(event.other)}
        became = self.waiting.merge if merged else self.waiting.unmerge
        became(event.person, event.other)
        self.waiting.forget_past(now_ms - 1, touched)
        found = self._added(event.person, before) if merged else []
        self.deciding.settle(found, dict.fromkeys(touched), now_ms)

    def _added(self, person: str, before: Sequence[View]) -> Iterator[Candidate]:
        for order, rule in enumerate(self.ledger.venue.rules):
            counts = isinstance(rule.when, doc.OnVisits | doc.OnDistinct | doc.OnSequence)
            if rule.stage in ("draft", "paused") or not counts:
                continue
            venue = self.ledger.venue
            apart = set().union(*(happened(rule.when, view, venue) for view in before))
            together = happened(rule.when, self.ledger.view(person), venue)
            for at_ms in added(rule.when, apart, together):
                yield Candidate(order, person, at_ms, rule)

    def _true(
        self, event: ev.Event, before: View | None, after: View | None
    ) -> Iterator[Candidate]:
        for order, rule in enumerate(self.ledger.venue.rules):
            if rule.stage in ("draft", "paused"):
                continue
            if isinstance(event, ev.Called):
                about = rule.when.about if isinstance(rule.when, doc.OnButton | doc.OnCall) else ""
                if _called(rule.when, event) and (about == "person") == (after is not None):
                    who = None if after is None else after.id
                    yield Candidate(order, who, event.at_ms, rule)
            elif before is not None and after is not None:
                for at_ms in self._times(rule.when, event, before, after):
                    yield Candidate(order, after.id, at_ms, rule)
                if isinstance(rule.when, doc.OnDwell) and isinstance(event, ev.Moved):
                    yield from self.waiting.at_once(order, rule, after.id, event.at_ms)

    def _times(
        self, when: doc.Trigger, event: ev.Event, before: View, after: View
    ) -> Sequence[int]:
        venue = self.ledger.venue
        match when, event:
            case doc.OnAttribute() | doc.OnConsent(), _ if before.registered_known_ms is None:
                return []
            case doc.OnAttribute(name), ev.Registered():
                true = before.attributes.get(name) != after.attributes.get(name)
                return [event.at_ms] * true
            case doc.OnConsent(purpose, given), ev.Registered():
                now = purpose in after.consents
                return [event.at_ms] * (now == given and now != (purpose in before.consents))
            case doc.OnRedeemed(pool), ev.Redeemed():
                return [event.at_ms] * (pool in (None, event.pool))
            case doc.OnTap() | doc.OnVisit(at_least=None) | doc.OnSequence(), (
                ev.Tapped() | ev.Moved()
            ) if self._at(when, event):
                came = happened(when, after, venue)
                others = came - happened(when, before, venue)
                return sorted(others | (came & {event.at_ms}))
            case doc.OnTap() | doc.OnVisit(at_least=None), ev.Tapped() | ev.Moved():
                return []
            case _, ev.Tapped() | ev.Moved():
                return added(when, happened(when, before, venue), happened(when, after, venue))
        return []

    def _at(
        self, when: doc.OnTap | doc.OnVisit | doc.OnSequence, event: ev.Tapped | ev.Moved
    ) -> bool:
        """Whether it is this event that the trigger is about."""
        if isinstance(when, doc.OnTap):
            return isinstance(event, ev.Tapped) and event.place == when.place
        entered = isinstance(event, ev.Tapped) or event.kind == "entered"
        by = "tap" if isinstance(event, ev.Tapped) else "presence"
        kinds = {place.id: place.visits_by for place in self.ledger.venue.places}
        if isinstance(when, doc.OnSequence):
            places = [when.then]
        else:
            places = places_of(self.ledger.venue, when.place, when.group)
        return entered and event.place in places and kinds[event.place] == by


def added(when: doc.Trigger, before: set[int], after: set[int]) -> list[int]:
    """The instants that came, ascending; of crossings not more than there are more now."""
    came = sorted(after - before)
    if isinstance(when, doc.OnVisits | doc.OnDistinct):
        return came[: max(0, len(after) - len(before))]
    return came


def _called(when: doc.Trigger, event: ev.Called) -> bool:
    match when:
        case doc.OnButton(name):
            return (event.kind, event.name) == ("button", name)
        case doc.OnCall(name):
            return (event.kind, event.name) == ("call", name)
    return False
