"""Rules about how long somebody stays: a visit of some length, and all stays together."""

from typing import Any

import pytest

from hub.core import events as ev
from tests.core.fold import MIN, Fold, document, rule

VISIT: dict[str, Any] = {"kind": "visit", "place": "stage", "at_least": "10min"}
DWELL: dict[str, Any] = {"kind": "dwell", "place": "stage", "at_least": "45min"}


def fold_of(when: dict[str, Any], **more: Any) -> Fold:
    return Fold(document(rule(when, **more))).join("ann")


def test_a_visit_without_length_fires_on_entering() -> None:
    fold = fold_of({"kind": "visit", "place": "stage"})
    fold.enter(1)
    fold.leave(2)
    fold.enter(3)
    assert fold.fired() == [1, 3]


def test_a_visit_fires_when_it_has_lasted_with_nobody_moving() -> None:
    fold = fold_of(VISIT)
    fold.enter(1)
    fold.pass_to(11 - 1 / MIN)
    assert fold.fired() == []
    fold.pass_to(11)
    assert fold.fired() == [11]
    fold.leave(30)
    assert fold.state.timers == {}


@pytest.mark.parametrize(("left", "fires"), [(10.99, []), (11, []), (11 + 1 / MIN, [11])])
def test_a_visit_that_ends_too_early_fires_nothing(left: float, fires: list[float]) -> None:
    fold = fold_of(VISIT)
    fold.enter(1)
    fold.leave(left)
    fold.pass_to(60)
    assert fold.fired() == fires


@pytest.mark.parametrize(("left", "fires"), [(11, []), (11 + 1 / MIN, [11])])
def test_leaving_that_is_known_before_the_timer_is_looked_at_changes_nothing(
    left: float, fires: list[float]
) -> None:
    fold = fold_of(VISIT)
    fold.enter(1)
    fold.tell(ev.Moved("ann", "stage", "left", fold.at_ms(left)))
    assert fold.fired() == fires
    assert fold.state.timers == {}


def test_each_visit_has_to_last_by_itself() -> None:
    fold = fold_of(VISIT)
    for minute in (0, 9, 18):
        fold.enter(minute)
        fold.leave(minute + 8)
    assert fold.fired() == []


def test_entering_again_while_there_begins_a_new_visit() -> None:
    fold = fold_of(VISIT)
    fold.enter(0)
    fold.enter(6)
    fold.pass_to(15)
    assert fold.fired() == []
    fold.pass_to(16)
    assert fold.fired() == [16]
    assert [(s.until_ms - s.from_ms) / MIN for s in fold.person().stays["stage"]] == [6]


def test_stays_add_up_to_a_dwell_and_it_fires_once() -> None:
    fold = fold_of(DWELL)
    fold.enter(0)
    fold.leave(20)
    fold.enter(100)
    fold.leave(120)
    fold.pass_to(200)
    assert fold.fired() == []
    fold.enter(200)
    fold.pass_to(204.9)
    assert fold.fired() == []
    fold.leave(206)
    assert fold.fired() == [205]
    fold.enter(300)
    fold.pass_to(400)
    assert fold.fired() == [205]
    assert fold.decisions[0].clauses[0].saw == "45 min, now stage"


def test_a_dwell_that_is_complete_at_the_instant_of_leaving_fires_on_coming_back() -> None:
    fold = fold_of(DWELL)
    fold.enter(0)
    fold.leave(45)
    assert fold.fired() == []
    fold.enter(50)
    assert fold.fired() == [50]
    fold.leave(50)
    fold.enter(60)
    assert fold.fired() == [50]


def test_elsewhere_does_not_count() -> None:
    fold = fold_of(DWELL)
    fold.enter(0, "floor")
    fold.enter(40)
    fold.pass_to(84)
    assert fold.fired() == []
    fold.pass_to(85)
    assert fold.fired() == [85]


def test_the_oldest_stays_are_joined_and_the_total_is_kept() -> None:
    fold = fold_of(DWELL)
    for index in range(300):
        fold.tell(ev.Moved("ann", "stage", "entered", fold.at_ms(index)))
        fold.tell(ev.Moved("ann", "stage", "left", fold.at_ms(index + 0.1)))
    stays = fold.person().stays["stage"]
    assert len(stays) == 256
    assert sum(stay.until_ms - stay.from_ms for stay in stays) == 300 * 6_000


# Moves that do not fit.


def test_leaving_a_place_one_is_not_at_changes_nothing() -> None:
    fold = fold_of(VISIT)
    fold.enter(0)
    fold.tell(ev.Moved("ann", "floor", "left", fold.at_ms(5)))
    fold.pass_to(10)
    assert fold.fired() == [10]
    fold.tell(ev.Moved("ann", "floor", "left_venue", fold.at_ms(20)))
    fold.tell(ev.Moved("ann", "stage", "left", fold.at_ms(21)))
    assert fold.person().place is None


def test_leaving_dated_before_entering_is_a_stay_of_no_length() -> None:
    fold = fold_of(VISIT)
    fold.enter(5)
    fold.tell(ev.Moved("ann", "stage", "left", fold.at_ms(4)))
    (stay,) = fold.person().stays["stage"]
    assert stay.from_ms == stay.until_ms


def test_entering_a_place_that_is_no_longer_part_of_the_venue_is_being_nowhere() -> None:
    fold = fold_of(VISIT)
    fold.enter(0)
    fold.enter(1, "gallery")
    assert fold.person().place is None


# Rules that change while somebody waits.


@pytest.mark.parametrize(
    ("then", "fires"),
    [
        (VISIT, [10]),
        ({**VISIT, "at_least": "20min"}, [20]),
        ({**VISIT, "at_least": "5min"}, [5]),
        ({**DWELL, "at_least": "15min"}, [15]),
        ({"kind": "tap", "place": "stage"}, []),
        ({**VISIT, "place": "floor"}, []),
    ],
)
def test_the_rule_of_the_day_decides_what_was_waited_for(
    then: dict[str, Any], fires: list[float]
) -> None:
    fold = fold_of(VISIT)
    fold.enter(0)
    fold.publish(document(rule(then)), 3)
    fold.pass_to(60)
    assert fold.fired() == fires
    assert fold.state.timers == {}


@pytest.mark.parametrize("when", [VISIT, {**DWELL, "at_least": "10min"}])
@pytest.mark.parametrize(("published", "fires"), [(9.9, [10]), (10, []), (11, [])])
def test_a_new_rule_counts_the_time_spent_and_never_fires_for_the_past(
    when: dict[str, Any], published: float, fires: list[float]
) -> None:
    fold = Fold(document()).join("ann")
    fold.enter(0)
    fold.pass_to(published)
    fold.publish(document(rule(when)), published)
    assert fold.decisions == []
    fold.pass_to(60)
    assert fold.fired() == fires


def test_a_new_rule_about_a_visit_that_came_too_late_fires_for_the_next() -> None:
    fold = Fold(document()).join("ann")
    fold.enter(0)
    fold.publish(document(rule(VISIT)), 30)
    fold.leave(40)
    fold.enter(50)
    fold.pass_to(70)
    assert fold.fired() == [60]


def test_a_new_rule_about_dwell_counts_the_stays_before_it() -> None:
    fold = Fold(document()).join("ann", "bob")
    fold.enter(0)
    fold.enter(0, who="bob")
    fold.leave(30)
    fold.enter(100)
    fold.publish(document(rule(DWELL)), 101)
    fold.pass_to(200)
    assert fold.fired() == [115]
    assert fold.fired(who="bob") == []


def test_who_entered_after_the_publishing_that_is_decided_only_now_waits_from_then_on() -> None:
    fold = Fold(document()).join("ann")
    fold.enter(0)
    fold.leave(5)
    fold.enter(20)
    fold.publish(document(rule(VISIT), rule(DWELL, name="dwell")), 10)
    fold.pass_to(120)
    assert fold.fired() == [30]
    assert fold.fired("dwell") == [60]


def test_who_waits_for_a_rule_that_now_asks_for_less_than_they_spent_loses_nothing() -> None:
    fold = fold_of(VISIT)
    fold.enter(0)
    fold.publish(document(rule({**VISIT, "at_least": "5min"})), 7)
    fold.pass_to(60)
    assert fold.fired() == [10]


def test_publishing_the_same_again_changes_nothing() -> None:
    fold = fold_of(VISIT)
    fold.enter(0)
    timers = dict(fold.state.timers)
    fold.publish(document(rule(VISIT)), 5)
    assert fold.state.timers == timers
    fold.pass_to(20)
    fold.publish(document(rule(VISIT)), 20)
    fold.pass_to(60)
    assert fold.fired() == [10]


def test_a_rule_that_is_gone_or_switched_off_is_not_waited_for() -> None:
    for venue in (document(), document(rule(VISIT, stage="paused"))):
        fold = fold_of(VISIT)
        fold.enter(0)
        fold.publish(venue, 1)
        fold.pass_to(60)
        assert fold.state.timers == {}
        assert fold.decisions == []


def test_a_timer_that_was_replaced_or_taken_back_is_ignored() -> None:
    fold = fold_of(VISIT)
    fold.enter(0)
    (key,) = fold.state.timers
    for name, minute in (("stay:x/ann", 10), (key, 9)):
        outcome = fold.tell(ev.Due(name, fold.at_ms(minute), "ann"))
        assert outcome.timers_cancelled == ()
    assert fold.fired() == []


def test_a_timer_of_somebody_who_is_elsewhere_is_ignored() -> None:
    fold = fold_of(VISIT)
    fold.enter(0)
    timers = dict(fold.state.timers)
    fold.leave(1)
    fold.state.timers = timers
    fold.pass_to(60)
    assert fold.decisions == []


def test_a_total_that_was_reached_before_the_publishing_never_fires() -> None:
    fold = Fold(document()).join("ann")
    fold.enter(0)
    fold.leave(50)
    fold.publish(document(rule(DWELL)), 60)
    fold.enter(70)
    fold.pass_to(200)
    fold.leave(200)
    assert (fold.decisions, fold.state.timers) == ([], {})


def test_a_timer_that_comes_before_the_rule_of_today_was_waited_for_fires_nothing() -> None:
    fold = fold_of(VISIT)
    fold.enter(0)
    fold.rules = Fold(document(rule({**VISIT, "at_least": "20min"}))).rules
    fold.pass_to(60)
    assert fold.decisions == []


@pytest.mark.parametrize("edge_ms", [-1, 0, 1])
@pytest.mark.parametrize("when", [VISIT, {**DWELL, "at_least": "10min"}])
def test_a_stay_is_long_enough_at_exactly_its_length(when: dict[str, Any], edge_ms: int) -> None:
    fold = fold_of(when)
    fold.enter(3)
    fold.pass_to(13 + edge_ms / MIN)
    assert fold.fired() == ([] if edge_ms < 0 else [13])
