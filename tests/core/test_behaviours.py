"""What everybody is promised, as far as the core alone can show it.

"Not seen for t" stands in ``test_triggers_absent``, the maximum count in ``test_audiences``,
counters after a merge in ``test_merges``, quiet hours and the days of 23 and 25 hours in
``test_sending``, and rules with a fault in ``test_faulty_rules``.
"""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hub.core import events as ev
from hub.core.compiled import Compiled
from hub.core.document import Venue
from hub.core.errors import ImplausibleInstant
from hub.core.outcome import Outcome
from hub.core.state import Person
from tests.core.fold import MIN, TAP, Fold, State, document, rule, visits

TAG: dict[str, Any] = {"do": "tag", "tag": "guest"}
REWARD: dict[str, Any] = {"do": "reward", "pool": "card", "title": "A card"}
PUSH: dict[str, Any] = {"do": "push", "title": "Hello", "max_age": "12h"}
DRAW: dict[str, Any] = {"do": "draw", "draw": "grand"}


def test_the_third_visit_inside_the_window_fires_at_once() -> None:
    fold = Fold(document(rule(visits(3, within="2h")))).join("ann").taps(0, 60)
    outcome = fold.tell(ev.Tapped("ann", "coffee", fold.at_ms(120) - 1))
    assert [one.outcome for one in outcome.decisions] == ["fired"]


def test_a_visit_before_the_window_does_not_count() -> None:
    fold = Fold(document(rule(visits(3, within="2h")))).join("ann").taps(0, 60, 120)
    assert fold.decisions == []
    fold.taps(180 - 1 / MIN)
    assert [one.at_ms for one in fold.decisions] == [fold.at_ms(180) - 1]


def test_a_visit_that_is_dated_in_the_future_is_refused() -> None:
    fold = Fold(document(rule(visits(3, within="2h")))).join("ann").taps(0, 60)
    with pytest.raises(ImplausibleInstant, match="dated in the future"):
        fold.tell(ev.Tapped("ann", "coffee", fold.at_ms(100)), fold.at_ms(61))
    assert (fold.decisions, len(fold.person().visits["coffee"])) == ([], 2)


HISTORY: st.SearchStrategy[list[tuple[int, str]]] = st.lists(
    st.tuples(st.integers(0, 110), st.sampled_from(["coffee", "bacon", "juice"])),
    max_size=10,
    unique=True,
)


@settings(max_examples=40, deadline=None)
@given(history=HISTORY, chance=st.randoms(use_true_random=False))
def test_duplicated_reordered_and_two_hours_late_delivery_end_in_the_same_state_as_in_order(
    history: list[tuple[int, str]], chance: Any
) -> None:
    """Each delivery has its key in the log, which makes one of two."""
    some = [
        {"name": "often", "if": {"check": "counted", "place": "coffee", "at_least": 2}},
        {"name": "lately", "if": {"check": "counted", "within": "1h", "at_least": 1}},
    ]
    rules = [rule(visits(3), TAG, name="third"), rule(TAP, TAG, name="each"),
             rule({"kind": "distinct", "group": "food"}, TAG, name="all")]  # fmt: skip
    venue = document(*rules, audiences=some)

    def deliver(taps: list[tuple[int, str]], now: int | None) -> Fold:
        fold, seen = Fold(venue).join("ann"), set()
        for minute, place in taps:
            if (minute, place) not in seen:
                seen.add((minute, place))
                fold.tap(minute, place=place, late=0 if now is None else now - minute)
        fold.pass_to(125)
        return fold

    shuffled = history * 2
    chance.shuffle(shuffled)
    in_order, late = deliver(sorted(history), None), deliver(shuffled, 120)

    def known(fold: Fold) -> tuple[Person, set[str]]:
        person = fold.person()
        return replace(person, audiences={}, looked_ms=0, tags={}, fired={}), set(person.audiences)

    assert known(late) == known(in_order)
    for name in ("third", "each", "all"):
        fired = in_order.fired(name)
        assert len(late.fired(name)) == len(fired)
        if name == "each":
            assert set(late.fired(name)) == set(fired)


@pytest.mark.parametrize("kind", ["tap", "call", "visits", "points"])
def test_once_for_each_person_holds_under_100_identical_simultaneous_events(kind: str) -> None:
    whens = {
        "tap": TAP, "visits": visits(1), "points": {"kind": "points", "at_least": 1},
        "call": {"kind": "call", "call": "go"},
    }  # fmt: skip
    once = rule(whens[kind], REWARD, limit={"once": True})
    give = rule(TAP, {"do": "points", "points": 1}, name="give")
    fold = Fold(document(once, give)).join("ann")
    for _ in range(100):
        if kind == "call":
            fold.tell(ev.Called("go", "call", fold.at_ms(1), "ann"))
        else:
            fold.tap(1)
    assert (fold.fired(), len(fold.grants)) == ([1], 1)
    assert len([one for one in fold.messages if one.reward_pool]) == 1


class Recorded(Fold):
    """Keeps what it was told, with the rules of that time."""

    def __init__(self, venue: Venue) -> None:
        self.log: list[tuple[Compiled, Compiled | None, ev.Event, int]] = []
        self.depth = 0
        super().__init__(venue)

    def tell(self, event: ev.Event, now_ms: int | None = None) -> Outcome:
        if not self.depth:
            now = event.at_ms if now_ms is None else now_ms
            self.log.append((self.rules, self.previous, event, now))
        self.depth += 1
        try:
            return super().tell(event, now_ms)
        finally:
            self.depth -= 1


def test_replaying_the_log_from_empty_gives_the_same_state_and_the_same_decisions() -> None:
    """Everything that there is: late taps, stays, merges, publishing, sweeps, timers, erasure."""
    later = {"do": "follow_up", "then": [PUSH], "after": "20min"}
    rules = [
        rule(TAP, REWARD, later, limit={"every": "5min"}),
        rule({"kind": "dwell", "place": "stage", "at_least": "10min"}, TAG, name="dwell"),
        rule({"kind": "absent", "place": "bacon", "for": "30min"}, name="absent"),
        rule({"kind": "schedule", "every": "25min", "each": "everyone"}, name="hourly"),
        rule({"kind": "occupancy", "place": "stage", "at_least": 2}, {"do": "staff", "title": "x"},
             name="crowd"),
        rule({"kind": "audience", "audience": "lately", "change": "left"}, DRAW, name="left"),
    ]  # fmt: skip
    lately = {"name": "lately", "if": {"check": "counted", "within": "15min", "at_least": 1}}
    ids = [{"name": "email", "per_person": 1}]
    caps = [{"name": "few", "of": "push", "at_most": 3, "within": "1h"}]
    venue = document(*rules, audiences=[lately], ids=ids, caps=caps, unknown_badges="walk_in")
    fold = Recorded(venue)
    fold.join("ann", "bob", "cid")
    fold.tap(1, "ann")
    fold.tap(2, "b7")
    fold.enter(3, who="ann")
    fold.enter(4, who="bob")
    fold.tap(5, "bob", late=9)
    fold.say(15, "cid", ids={"email": ["x@x.org"]})
    fold.say(16, "bob", ids={"email": ["x@x.org"]})
    fold.tell(ev.Leased("b7", "ann", fold.at_ms(17)))
    fold.tap(18, "b7", "bacon")
    for minute in (20, 21):
        fold.tap(minute, "bob")
    fold.pass_to(40)
    more = rule({"kind": "visit", "group": "food"}, TAG, name="more")
    fold.publish(document(*rules[1:], more, audiences=[lately], ids=ids), 41, past=True)
    fold.unmerge(45, "bob", "cid")
    fold.leave(50, who="ann")
    fold.erase(55, "ann")
    fold.pass_to(400)

    again = Fold(venue, State())
    for rules_then, previous, event, now_ms in fold.log:
        again.rules, again.previous = rules_then, previous
        again.tell(event, now_ms)
    assert {one.outcome for one in fold.decisions} == {"fired", "suppressed"}
    assert again.state == fold.state
    assert again.decisions == fold.decisions
    assert (again.actions, again.messages, again.notes) == (fold.actions, fold.messages, fold.notes)
    assert (again.grants, again.pos) == (fold.grants, fold.pos)


def test_a_withdrawn_consent_stops_what_is_still_to_come() -> None:
    """What is in the outbox names the purposes that are asked for again when it is delivered."""
    later = {"do": "follow_up", "then": [PUSH], "after": "30min"}
    share = {"do": "webhook", "target": "crm", "needs": ["sharing", "profiling"]}
    fold = Fold(document(rule(TAP, PUSH, REWARD, share, later)))
    fold.join("ann", consents=["push", "rewards", "sharing", "profiling"]).taps(1)
    asked = [(one.connector, one.consent, one.needs) for one in fold.actions]
    assert asked == [
        ("push", "push", ()), ("reward", "rewards", ()), ("push", "push", ()),
        ("webhook", "sharing", ("profiling",)),
    ]  # fmt: skip
    fold.say(10, consents=["rewards"])
    fold.pass_to(60)
    assert (fold.suppressed(), fold.because()[-1]) == ([31], "consent")
    assert len(fold.actions) == len(asked)


@pytest.mark.parametrize("odd", [{"shoe_size": None}, {"shoe_size": {"a": 1}}, {"moon": ["x"]}])
def test_an_unknown_attribute_stops_nothing_else(odd: dict[str, Any]) -> None:
    asks = {"check": "attribute", "name": "shoe_size", "at_least": 40}
    fold = Fold(document(rule(TAP, TAG, name="odd", if_=asks), rule(TAP, TAG))).join("ann", **odd)
    fold.taps(1)
    assert (fold.fired("odd"), fold.fired()) == ([], [1])
