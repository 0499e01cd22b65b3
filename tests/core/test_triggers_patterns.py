"""One place after another, or not: found from the history, so late arrival finds the same."""

from typing import Any

import pytest

from tests.core.fold import MIN, Fold, document, rule

A_THEN_B: dict[str, Any] = {
    "kind": "sequence", "first": "coffee", "then": "bacon", "within": "30min",
}  # fmt: skip
A_NOT_B: dict[str, Any] = {
    "kind": "without", "first": "coffee", "then": "bacon", "within": "30min",
}  # fmt: skip
HALF_HOUR = 30 * MIN


def fold_of(when: dict[str, Any], **more: Any) -> Fold:
    return Fold(document(rule(when, **more))).join("ann")


@pytest.mark.parametrize(
    ("gap_ms", "fires"),
    [
        (-1, False), (0, False), (1, True),
        (HALF_HOUR - 1, True), (HALF_HOUR, False), (HALF_HOUR + 1, False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("late", [False, True])
def test_b_follows_a_by_more_than_nothing_and_less_than_the_window(
    gap_ms: int, fires: bool, late: bool
) -> None:
    fold = fold_of(A_THEN_B)
    visits = [(100.0, "coffee"), (100 + gap_ms / MIN, "bacon")]
    for minute, place in reversed(visits) if late else visits:
        fold.tap(minute, place=place, late=300)
    assert [one.at_ms for one in fold.decisions] == ([fold.at_ms(100) + gap_ms] if fires else [])


def test_each_b_fires_whose_window_has_an_a_and_once() -> None:
    fold = fold_of(A_THEN_B)
    fold.taps(0, 5)
    fold.taps(6, 20, 29, 34, 35, place="bacon")
    assert fold.fired() == [6, 20, 29, 34]
    clause = fold.decisions[0].clauses[0]
    assert (clause.text, clause.held) == ("visits bacon within 30 min of coffee", True)
    assert clause.saw == "coffee 2: 08:00:00, 08:05:00"


def test_over_the_whole_event_any_a_before_will_do() -> None:
    fold = fold_of({"kind": "sequence", "first": "coffee", "then": "bacon"})
    fold.taps(9, place="bacon").taps(10).taps(900, 1000, place="bacon")
    assert fold.fired() == [900, 1000]


def test_within_the_same_day_of_the_venue() -> None:
    """Doors open at 08:00: midnight is after 960 minutes."""
    fold = fold_of(A_THEN_B | {"within": "day"})
    fold.taps(950).taps(959, 960, place="bacon")
    assert fold.fired() == [959]


def test_a_late_a_fires_only_those_bs_that_have_no_other_a() -> None:
    fold = fold_of(A_THEN_B)
    fold.taps(10).taps(20, place="bacon").taps(45, place="bacon")
    assert fold.fired() == [20]
    fold.tap(16, late=300)
    assert fold.fired() == [20, 45]
    fold.tap(17, late=300)
    assert fold.fired() == [20, 45]


def test_an_a_after_every_b_fires_nothing() -> None:
    fold = fold_of(A_THEN_B).taps(10, place="bacon").taps(20)
    assert fold.decisions == []


def test_after_itself_is_a_second_visit_soon_enough() -> None:
    fold = fold_of(A_THEN_B | {"then": "coffee"}).taps(0, 10, 40, 69)
    assert fold.fired() == [10, 69]


# A without B.


@pytest.mark.parametrize(
    ("gap_ms", "fires"),
    [(-1, True), (0, True), (1, False), (HALF_HOUR, False), (HALF_HOUR + 1, True)],
)
def test_without_b_after_a_up_to_the_end_of_the_time(gap_ms: int, fires: bool) -> None:
    fold = fold_of(A_NOT_B)
    visits = [(100.0, "coffee"), (100 + gap_ms / MIN, "bacon")]
    for minute, place in sorted(visits):  # readings are decided before the timer is looked at
        fold.tap(minute, place=place)
    fold.pass_to(130 - 1 / MIN)
    assert fold.fired() == []
    fold.pass_to(130)
    assert fold.fired() == ([130] if fires else [])
    assert fold.state.timers == {}


def test_each_a_is_waited_for_by_itself() -> None:
    fold = fold_of(A_NOT_B).taps(0, 10)
    fold.pass_to(60)
    assert fold.fired() == [30, 40]
    clause = fold.decisions[0].clauses[0]
    assert (clause.text, clause.held) == ("visits coffee and not bacon within 30 min", True)
    assert clause.saw == "bacon none"


def test_a_b_that_is_known_late_but_in_time_is_there() -> None:
    fold = fold_of(A_NOT_B).taps(0)
    fold.tap(10, place="bacon", late=19)
    fold.pass_to(60)
    assert fold.fired() == []


def test_an_a_that_is_known_after_its_time_is_over_fires_for_that_time() -> None:
    fold = fold_of(A_NOT_B)
    fold.tap(0, late=90)
    fold.pass_to(90)
    assert fold.fired() == [30]


def test_an_a_that_is_known_after_its_b_fires_nothing() -> None:
    fold = fold_of(A_NOT_B)
    fold.tap(10, place="bacon")
    fold.tap(0, late=90)
    fold.pass_to(90)
    assert fold.fired() == []


def test_what_was_waited_for_under_another_place_makes_nothing_true() -> None:
    fold = fold_of(A_NOT_B).taps(0)
    fold.publish(document(rule(A_NOT_B | {"first": "juice"})), 10)
    fold.pass_to(60)
    assert fold.decisions == []
