"""Rules that count visits: which of them is the n-th, and of how many places."""

from typing import Any

import pytest

from tests.core.fold import MIN, TAP, Fold, document, rule, visits

HOUR = 60.0


def of_group(count: int, kind: str = "visits", within: str = "event") -> dict[str, Any]:
    return {"kind": kind, "group": "food", "count": count, "within": within}


@pytest.mark.parametrize(
    ("when", "minutes", "fires"),
    [
        (TAP, [1, 2, 3], [1, 2, 3]),
        ({"kind": "visit", "place": "coffee"}, [1, 2, 3], [1, 2, 3]),
        (visits(3), [0, 600, 1200, 1300], [1200]),
        (visits(3, within="2h"), [0, 60, 119], [119]),
        (visits(1, within="1h"), [0, 59, 61, 121], [0, 121]),
        (visits(2, within="1h"), [0, 10, 20, 75], [10, 75]),
    ],
)
def test_fires_at(when: dict[str, Any], minutes: list[float], fires: list[float]) -> None:
    fold = Fold(document(rule(when))).join("ann").taps(*minutes)
    assert fold.fired() == fires
    assert fold.person().points == len(fires)


@pytest.mark.parametrize(("gap_ms", "counts"), [(-1, True), (0, False), (1, False)])
def test_a_visit_stops_counting_exactly_a_window_after_it_began(gap_ms: int, counts: bool) -> None:
    """Inside is ``instant - within < t <= instant``."""
    fold = Fold(document(rule(visits(2, within="1h")))).join("ann").taps(0)
    fold.tap(60 + gap_ms / MIN)
    assert bool(fold.fired()) is counts


def test_in_at_two_out_at_three_in_again_when_one_ages_out() -> None:
    """A count that was passed is reached again only after some visits have aged out."""
    fold = Fold(document(rule(visits(2, within="1h")))).join("ann")
    fold.taps(0, 1, 2, 60.5, 61.5)  # at 60.5 inside are 1, 2, 60.5; at 61.5 are 2, 60.5, 61.5
    assert fold.fired() == [1]
    fold.taps(121)  # 61.5 and this one
    assert fold.fired() == [1, 121]


def test_visits_of_a_group_are_counted_together() -> None:
    fold = Fold(document(rule(of_group(3)))).join("ann")
    fold.taps(0, 1).tap(2, place="stage")
    assert fold.fired() == []
    fold.tap(3, place="bacon")
    assert fold.fired() == [3]


def test_distinct_counts_places_and_not_visits() -> None:
    fold = Fold(document(rule(of_group(2, "distinct")))).join("ann").taps(0, 1, 2)
    assert fold.fired() == []
    fold.taps(3, place="bacon").taps(4, place="juice").taps(5)
    assert fold.fired() == [3]
    assert fold.decisions[0].clauses[0].saw == "2 of 3: bacon, coffee"


def test_distinct_within_a_window_needs_the_other_place_to_be_recent() -> None:
    fold = Fold(document(rule(of_group(2, "distinct", "1h")))).join("ann")
    fold.taps(0).taps(60, place="bacon")
    assert fold.fired() == []
    fold.taps(61)
    assert fold.fired() == [61]
    fold.taps(62, place="bacon").taps(200, place="bacon").taps(259)
    assert fold.fired() == [61, 259]


def test_visits_that_presence_counts_begin_on_entering() -> None:
    fold = Fold(document(rule(visits(2, "stage")))).join("ann")
    fold.enter(0)
    fold.leave(1)
    fold.tap(2, place="stage")
    assert fold.fired() == []
    fold.enter(3)
    assert fold.fired() == [3]
    assert fold.person().taps["stage"] == (fold.at_ms(2),)


def test_presence_at_a_place_where_taps_count_is_no_visit() -> None:
    fold = Fold(document(rule(visits(1)), rule({"kind": "visit", "place": "coffee"}, name="v")))
    fold.join("ann").enter(1, "coffee")
    assert fold.decisions == []
    fold.tap(2)
    assert (fold.fired(), fold.fired("v")) == ([2], [2])


# Late is not never.


@pytest.mark.parametrize(
    ("kind", "order", "fires"),
    [
        ("visits", [0, 2, 1], [2]),
        ("visits", [2, 1, 0], [2]),
        ("visits", [0, 1, 3, 2], [3]),
    ],
)
def test_a_late_visit_counts_and_fires_at_the_instant_that_was_the_nth(
    kind: str, order: list[int], fires: list[int]
) -> None:
    when = {"kind": kind, "place": "coffee", "count": 3}
    fold = Fold(document(rule(when, limit={"once": True}))).join("ann")
    for minute in order:
        fold.tap(minute, late=90)
    assert fold.fired() == fires


def test_a_late_visit_that_makes_two_crossings_fires_for_both() -> None:
    fold = Fold(document(rule(visits(2, within="10min")))).join("ann").taps(0, 15)
    fold.tap(8, late=20)
    assert fold.fired() == [8, 15]


def test_a_late_visit_that_only_moves_a_crossing_fires_nothing() -> None:
    fold = Fold(document(rule(visits(2, within="1h")))).join("ann").taps(0, 10)
    fold.tap(5, late=60)
    assert fold.fired() == [10]


def test_late_distinct_visits() -> None:
    for within in ("event", "1h"):
        fold = Fold(document(rule(of_group(3, "distinct", within)))).join("ann")
        fold.taps(0).taps(2, place="bacon").tap(1, place="juice", late=5)
        assert fold.fired() == [2]


def test_two_visits_at_the_same_instant_are_two() -> None:
    fold = Fold(document(rule(visits(2)))).join("ann").taps(1, 1)
    assert fold.fired() == [1]


def test_a_rule_fires_once_for_an_instant() -> None:
    fold = Fold(document(rule(TAP))).join("ann").taps(1, 1, 1)
    assert fold.fired() == [1]
    assert len(fold.person().taps["coffee"]) == 3


# Bounds.


@pytest.mark.parametrize("count", [511, 512])
def test_the_largest_count_fires_once_and_not_again_when_the_oldest_is_forgotten(
    count: int,
) -> None:
    fold = Fold(document(rule(visits(count)))).join("ann").taps(*range(1, 520))
    assert fold.fired() == [count]
    assert len(fold.person().visits["coffee"]) == 513


def test_a_late_visit_older_than_all_that_are_kept_changes_nothing() -> None:
    fold = Fold(document(rule(visits(3)))).join("ann").taps(*range(1, 520))
    fold.tap(0.5, late=999)
    assert fold.fired() == [3]
    assert fold.person().visits["coffee"][0] == fold.at_ms(7)


def test_rules_that_count_the_same_are_each_decided() -> None:
    rules = [rule(visits(count), name=f"r{count}") for count in (1, 2, 3)]
    fold = Fold(document(*rules)).join("ann").taps(1, 2)
    assert [fold.fired(f"r{count}") for count in (1, 2, 3)] == [[1], [2], []]


def test_a_rule_that_is_paused_does_nothing() -> None:
    fold = Fold(document(rule(TAP, stage="paused"))).join("ann").taps(1)
    assert fold.decisions == []
