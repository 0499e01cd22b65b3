"""Rules about leaving a place and the venue: true at that instant, after long enough there."""

from typing import Any

import pytest

from hub.core import events as ev
from hub.core.errors import RulesFault
from tests.core.fold import MIN, TAP, Fold, document, rule

LEFT: dict[str, Any] = {"kind": "left", "place": "stage"}
LEFT_VENUE: dict[str, Any] = {"kind": "left_venue"}


def fold_of(when: dict[str, Any], **more: Any) -> Fold:
    return Fold(document(rule(when, **more))).join("ann", "bob")


def test_it_is_true_at_the_instant_of_leaving() -> None:
    fold = fold_of(LEFT)
    fold.enter(1)
    assert fold.fired() == []
    fold.leave(5)
    assert fold.fired() == [5]
    assert fold.decisions[0].clauses[0].text == "leaves stage"
    assert fold.decisions[0].clauses[0].held


@pytest.mark.parametrize(
    ("left_ms", "fires"), [(10 * MIN - 1, False), (10 * MIN, True), (10 * MIN + 1, True)]
)
def test_a_stay_of_exactly_the_length_is_long_enough(left_ms: int, fires: bool) -> None:
    fold = fold_of(LEFT | {"at_least": "10min"})
    fold.enter(0)
    fold.leave(left_ms / MIN)
    assert fold.fired() == ([left_ms / MIN] if fires else [])


def test_each_stay_has_to_be_long_enough_by_itself() -> None:
    fold = fold_of(LEFT | {"at_least": "10min"})
    for minute in (0, 20, 40):
        fold.enter(minute)
        fold.leave(minute + 9)
    fold.enter(60)
    fold.leave(70)
    assert fold.fired() == [70]
    assert fold.decisions[0].clauses[0].text == "leaves stage after 10 min"


def test_going_from_one_place_of_a_group_to_another_is_leaving_the_first() -> None:
    fold = fold_of({"kind": "left", "group": "halls"})
    fold.enter(0, "stage")
    fold.enter(5, "floor")
    fold.leave(9, "floor")
    assert fold.fired() == [5, 9]


def test_who_was_elsewhere_has_not_left() -> None:
    fold = fold_of(LEFT)
    fold.enter(0, "floor")
    fold.leave(5, "floor")
    fold.tell(ev.Moved("bob", "stage", "left", fold.at_ms(6)))
    assert fold.decisions == []


def test_leaving_the_venue_is_leaving_the_place_too() -> None:
    fold = Fold(document(rule(LEFT), rule(LEFT_VENUE, name="gone"))).join("ann")
    fold.enter(0)
    fold.leave(5)
    assert (fold.fired(), fold.fired("gone")) == ([5], [])
    fold.enter(10)
    fold.tell(ev.Moved("ann", "stage", "left_venue", fold.at_ms(30)))
    assert (fold.fired(), fold.fired("gone")) == ([5, 30], [30])
    assert fold.decisions[-1].clauses[0].text == "leaves the venue"


def test_who_was_at_no_place_may_leave_the_venue() -> None:
    fold = fold_of(LEFT_VENUE)
    fold.tell(ev.Moved("ann", "", "left_venue", fold.at_ms(3)))
    assert fold.fired() == [3]


def test_what_was_complete_before_leaving_is_asked_while_they_are_still_there() -> None:
    """Leaving is known before the timer was looked at: the condition sees who was there then."""
    stays = rule(
        {"kind": "visit", "place": "stage", "at_least": "10min"},
        {"do": "tag", "tag": "stayed"},
        if_={"check": "at", "place": "stage"},
        name="stays",
    )
    tagged = rule(LEFT, if_={"check": "tag", "tag": "stayed"})
    fold = Fold(document(stays, tagged)).join("ann")
    fold.enter(0)
    fold.tell(ev.Moved("ann", "stage", "left", fold.at_ms(30)))
    assert (fold.fired("stays"), fold.fired()) == ([10], [30])


def test_nobody_leaves_a_place_where_visits_are_taps() -> None:
    with pytest.raises(RulesFault, match="are taps, which nobody leaves"):
        fold_of({"kind": "left", "group": "food"})


def test_a_tap_where_presence_counts_is_a_tap_and_no_visit() -> None:
    tap = rule(TAP | {"place": "stage"})
    visit = rule({"kind": "visit", "place": "stage"}, name="visit")
    fold = Fold(document(tap, visit)).join("ann")
    fold.tap(1, place="stage")
    assert (fold.fired(), fold.fired("visit")) == ([1], [])
    fold.enter(2)
    assert (fold.fired(), fold.fired("visit")) == ([1], [2])
