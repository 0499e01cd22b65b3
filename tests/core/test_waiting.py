"""Rules and people that change while timers wait: what is still meant happens, and once."""

from typing import Any

import pytest

from hub.core import events as ev
from hub.core.compiled import compile_venue
from tests.core.fold import MIN, TAP, Fold, document, rule

TAG: dict[str, Any] = {"do": "tag", "tag": "guest"}
PUSH: dict[str, Any] = {"do": "push", "title": "Hello", "max_age": "12h"}
LATER: dict[str, Any] = {"do": "follow_up", "then": [PUSH], "after": "30min"}
VISIT: dict[str, Any] = {"kind": "visit", "place": "stage", "at_least": "10min"}
DWELL: dict[str, Any] = {"kind": "dwell", "place": "stage", "at_least": "45min"}
ABSENT: dict[str, Any] = {"kind": "absent", "place": "coffee", "for": "30min"}
NEVER: dict[str, Any] = {"check": "tag", "tag": "never"}
FIRST: dict[str, Any] = rule(TAP, TAG, name="first")


def after(length: str) -> dict[str, Any]:
    return rule({"kind": "rule", "rule": "first", "after": length}, TAG)


@pytest.mark.parametrize(("stage", "messages"), [("live", 1), ("paused", 0), ("shadow", 0)])
def test_a_follow_up_of_a_rule_that_is_no_longer_live_does_nothing(
    stage: str, messages: int
) -> None:
    fold = Fold(document(rule(TAP, LATER))).join("ann").taps(1)
    fold.publish(document(rule(TAP, LATER, stage=stage)), 10)
    fold.pass_to(60)
    assert len(fold.messages) == len(fold.actions) == messages
    assert fold.state.timers == {}


@pytest.mark.parametrize(("length", "fires"), [("10min", [11]), ("20min", []), ("5min", [])])
def test_a_rule_after_another_never_fires_at_an_instant_that_it_does_not_mean(
    length: str, fires: list[float]
) -> None:
    fold = Fold(document(FIRST, after("10min"))).join("ann").taps(1)
    fold.publish(document(FIRST, after(length)), 3)
    fold.pass_to(100)
    assert fold.fired() == fires


def test_a_rule_after_another_does_not_fire_for_a_firing_that_was_somebody_elses() -> None:
    fold = Fold(document(FIRST, after("10min"))).join("ann", "bob")
    fold.merge(1, "ann", "bob")
    fold.tap(2, "bob")
    fold.tap(3, "ann")
    fold.unmerge(4, "ann", "bob")
    fold.pass_to(100)
    fired = {who: fold.fired(who=who) for who in ("ann", "bob")}
    assert sorted(fired["ann"] + fired["bob"]) == [12, 13]


def test_a_total_dwell_that_was_reached_under_another_trigger_is_not_reached_again() -> None:
    fold = Fold(document(rule(VISIT))).join("ann")
    fold.enter(0)
    fold.leave(15)
    fold.enter(20)
    fold.publish(document(rule({**DWELL, "at_least": "12min"})), 25)
    fold.pass_to(60)
    assert (fold.fired(), fold.state.timers) == ([10], {})


def test_entering_again_does_not_ask_again_about_a_total_that_was_looked_at() -> None:
    fold = Fold(document(rule(DWELL, if_=NEVER))).join("ann")
    fold.enter(0)
    fold.pass_to(45)
    assert fold.state.timers == {}
    fold.tell(ev.Moved("ann", "stage", "entered", fold.at_ms(40)), fold.at_ms(50))
    assert fold.state.timers == {}


def test_entering_again_before_the_total_is_reached_goes_on_waiting() -> None:
    fold = Fold(document(rule(DWELL))).join("ann")
    fold.enter(0)
    fold.enter(20)
    fold.pass_to(60)
    assert fold.fired() == [45]


def test_an_absence_that_is_due_and_not_yet_looked_at_is_not_lost_by_a_publishing() -> None:
    other = rule({"kind": "absent", "place": "juice", "for": "35min"}, TAG, name="other")
    fold = Fold(document(rule(ABSENT))).join("ann").taps(0, place="bacon")
    fold.publish(document(rule(ABSENT), other), 32)
    fold.pass_to(100)
    assert (fold.fired(), fold.fired("other")) == ([30], [35])


def test_a_merge_does_not_lose_an_absence_that_is_due_at_that_very_instant() -> None:
    fold = Fold(document(rule(ABSENT))).join("ann", "bob").taps(0)
    fold.merge(30, "ann", "bob")
    fold.pass_to(100)
    assert fold.fired() == [30]


def test_follow_ups_of_whoever_was_merged_are_cancelled_too() -> None:
    button = {"kind": "button", "button": "stop", "about": "person"}
    stop = rule(button, {"do": "cancel", "rule": "r"}, name="stop")
    fold = Fold(document(rule(TAP, LATER), stop)).join("ann", "bob")
    fold.tap(1, "ann")
    fold.tap(2, "bob")
    fold.merge(3, "ann", "bob")
    fold.press(4, "stop", "bob")
    assert fold.decisions[-1].actions == ["2 follow-ups of r cancelled"]
    fold.pass_to(100)
    assert fold.messages == []


# A timer that is looked at late.


@pytest.mark.parametrize(
    ("until", "late", "held"),
    [("09:00", 0, 60), ("09:00", 60, None), ("09:00", 59.9, 60), ("08:15", 30, None)],
)
def test_quiet_hours_are_those_at_the_instant_at_which_a_late_timer_is_looked_at(
    until: str, late: float, held: float | None
) -> None:
    """The follow-up is due at 08:10, in hours that have begun; doors open at 08:00."""
    later = LATER | {"after": "9min"}
    quiet = [{"from": "08:05", "until": until}]
    fold = Fold(document(rule(TAP, later), quiet=quiet)).join("ann").taps(1)
    (timer,) = fold.state.timers.values()
    fold.tell(ev.Due(timer.key, timer.due_ms, "ann"), fold.at_ms(max(late, 10)))
    (action,) = fold.actions
    assert action.not_before_ms == (0 if held is None else fold.at_ms(held))


@pytest.mark.parametrize("late", [0, 100])
def test_what_falls_due_is_asked_as_of_its_instant(late: float) -> None:
    """At 11 minutes it is before 08:15, whenever the timer is looked at."""
    early = {"check": "time", "from": "08:00", "until": "08:15"}
    fold = Fold(document(rule(VISIT, TAG, if_=early))).join("ann")
    fold.tell(ev.Moved("ann", "stage", "entered", fold.at_ms(1)))
    (timer,) = fold.state.timers.values()
    fold.tell(ev.Due(timer.key, timer.due_ms, "ann"), fold.at_ms(11 + late))
    assert fold.fired() == [11]


@pytest.mark.parametrize("edge_ms", [-1, 0, 1])
def test_conditions_of_a_fact_are_asked_as_of_when_it_is_known(edge_ms: int) -> None:
    early = {"check": "time", "from": "08:00", "until": "08:15"}
    fold = Fold(document(rule(TAP, TAG, if_=early))).join("ann")
    fold.tap(1, late=14 + edge_ms / MIN)
    assert fold.fired() == ([1] if edge_ms < 0 else [])


# Pools.


def test_a_reward_that_was_never_given_cannot_be_given_back() -> None:
    fold = Fold(document()).join("ann")
    outcome = fold.tell(ev.Settled("k", "dead", fold.at_ms(1), "", "ann", "card", 0))
    assert (outcome.released, fold.state.pools["card"].left) == ((), 2)


def test_a_rule_about_the_venue_may_ask_about_the_crowd_the_stock_and_the_clock() -> None:
    asks = {"check": "any", "of": [
        {"check": "occupancy", "place": "stage", "at_least": 1},
        {"check": "all", "of": [{"check": "stock", "pool": "card"}, {"check": "time",
                                                                      "from": "08:30"}]},
    ]}  # fmt: skip
    button = rule({"kind": "button", "button": "go"}, {"do": "staff", "title": "x"}, if_=asks)
    fold = Fold(document(button)).join("ann")
    fold.press(1)
    fold.enter(2)
    fold.press(3)
    fold.leave(4)
    fold.press(31)
    assert fold.fired(who=None) == [3, 31]
    assert compile_venue(document(button), 1).rules["r"].about == "venue"
