"""Not having been somewhere: true by itself at an instant, with no other event."""

from typing import Any

import pytest

from hub.core import events as ev
from tests.core.fold import MIN, Fold, document, rule

HALF_HOUR: dict[str, Any] = {"kind": "absent", "place": "coffee", "for": "30min"}
BY_NOON: dict[str, Any] = {"kind": "absent", "place": "coffee", "by": "2026-10-08T12:00"}
NOON = 240.0
"""Doors open at 08:00."""


def fold_of(when: dict[str, Any], *people: str, **more: Any) -> Fold:
    return Fold(document(rule(when, **more))).join(*(people or ("ann",)))


def test_not_seen_for_t_is_false_after_a_visit_and_true_exactly_t_later_with_no_other_event() -> (
    None
):
    fold = fold_of(HALF_HOUR).taps(5)
    fold.pass_to(35 - 1 / MIN)
    assert fold.fired() == []
    fold.pass_to(35)
    assert fold.fired() == [35]
    clause = fold.decisions[0].clauses[0]
    assert (clause.text, clause.held) == ("has not visited coffee for 30 min", True)
    fold.pass_to(900)
    assert fold.fired() == [35]


def test_each_visit_begins_another_absence() -> None:
    fold = fold_of(HALF_HOUR)
    for minute in (0, 20, 100):
        fold.pass_to(minute)
        fold.tap(minute)
    fold.pass_to(200)
    assert fold.fired() == [50, 130]


@pytest.mark.parametrize(
    ("back", "fires"), [(30 - 1 / MIN, [60 - 1 / MIN]), (30, [60]), (30 + 1 / MIN, [30])]
)
def test_a_visit_at_the_very_instant_ends_the_absence(back: float, fires: list[float]) -> None:
    fold = fold_of(HALF_HOUR).taps(0)
    fold.tap(back)  # readings are decided before the timer is looked at
    fold.pass_to(30 + 1 / MIN)
    assert fold.fired() == [minute for minute in fires if minute < 31]
    fold.pass_to(60)
    assert fold.fired() == [minute for minute in fires if minute < 60.00001]


def test_who_was_never_there_is_absent_since_they_were_first_anywhere() -> None:
    fold = fold_of(HALF_HOUR).taps(7, place="bacon")
    fold.pass_to(37 - 1 / MIN)
    assert fold.fired() == []
    fold.pass_to(37)
    assert fold.fired() == [37]
    assert fold.decisions[0].clauses[0].saw == "none"


def test_who_has_been_nowhere_is_not_absent() -> None:
    fold = fold_of(HALF_HOUR)
    fold.pass_to(900)
    assert fold.decisions == []


def test_who_came_meanwhile_is_asked_about_by_their_visit_and_no_more_by_their_first() -> None:
    fold = fold_of(HALF_HOUR).taps(0, place="bacon").taps(20)
    fold.pass_to(49)
    assert fold.fired() == []
    fold.pass_to(50)
    assert fold.fired() == [50]


def test_absent_from_a_group_and_from_everywhere() -> None:
    group = rule({"kind": "absent", "group": "food", "for": "30min"})
    anywhere = rule({"kind": "absent", "for": "30min"}, name="any")
    fold = Fold(document(group, anywhere)).join("ann").taps(0)
    fold.enter(10, "stage")
    fold.pass_to(25)
    fold.tap(25, place="juice")
    fold.pass_to(100)
    assert (fold.fired(), fold.fired("any")) == ([55], [55])
    fold = Fold(document(group, anywhere)).join("ann").taps(0)
    fold.enter(10, "stage")
    fold.pass_to(100)
    assert (fold.fired(), fold.fired("any")) == ([30], [40])
    assert "any place" in fold.decisions[-1].clauses[0].text


def test_different_lengths_are_waited_for_one_after_the_other() -> None:
    rules = [rule(HALF_HOUR | {"for": f"{n}min"}, name=f"r{n}") for n in (60, 30, 90)]
    fold = Fold(document(*rules)).join("ann").taps(0, place="bacon")
    fold.pass_to(60)
    fold.tap(61)
    fold.pass_to(100)
    assert [fold.fired(f"r{n}") for n in (30, 60, 90)] == [[30, 91], [60], []]


def test_a_late_visit_that_is_older_than_the_last_moves_nothing() -> None:
    fold = fold_of(HALF_HOUR).taps(20)
    fold.tap(10, late=15)
    fold.pass_to(100)
    assert fold.fired() == [50]


def test_a_late_first_visit_anywhere_begins_the_absence_earlier() -> None:
    fold = fold_of(HALF_HOUR).taps(20, place="bacon")
    fold.tap(10, place="juice", late=15)
    fold.pass_to(100)
    assert fold.fired() == [40]


def test_a_late_visit_that_is_the_last_fires_for_when_it_was_long_enough() -> None:
    fold = fold_of(HALF_HOUR)
    fold.tap(10, late=500)
    fold.pass_to(600)
    assert fold.fired() == [40]


def test_what_was_asked_and_answered_no_is_not_asked_again_by_a_late_visit() -> None:
    """An absence that was looked at once is over, whatever older visit becomes known."""
    tagged = {"check": "tag", "tag": "guest"}
    button = {"kind": "button", "button": "go", "about": "person"}
    give = rule(button, {"do": "tag", "tag": "guest"}, name="give")
    fold = Fold(document(rule(HALF_HOUR, if_=tagged), give)).join("ann").taps(20)
    fold.pass_to(60)
    assert fold.fired() == []
    fold.press(61, who="ann")
    fold.tap(10, late=60)
    fold.pass_to(100)
    assert fold.fired() == []


def test_a_late_older_visit_fires_nothing_for_the_time_before_the_publishing() -> None:
    fold = Fold(document()).join("ann").taps(20)
    fold.publish(document(rule(HALF_HOUR)), 60)
    fold.tap(10, late=60)
    fold.pass_to(100)
    assert fold.decisions == []


# By an instant.


@pytest.mark.parametrize(
    ("minute", "fires"), [(NOON - 1 / MIN, []), (NOON, []), (NOON + 1 / MIN, [NOON])]
)
def test_by_an_instant_a_visit_at_it_is_in_time(minute: float, fires: list[float]) -> None:
    fold = fold_of(BY_NOON)
    fold.tap(minute)
    fold.pass_to(NOON + 1)
    assert fold.fired() == fires


def test_by_an_instant_everybody_who_is_registered_is_asked_about() -> None:
    fold = fold_of(BY_NOON, "ann", "bob", "cid")
    fold.tap(1, "bob")
    fold.tell(ev.Leased("b9", "eve", fold.at_ms(0)))
    fold.tap(2, "b9", "bacon")
    fold.pass_to(NOON - 1 / MIN)
    assert fold.decisions == []
    fold.pass_to(NOON)
    assert [one.person for one in fold.decisions] == ["ann", "cid"]
    assert fold.decisions[0].clauses[0].text == "has not visited coffee by 2026-10-08T12:00"
    fold.pass_to(2000)
    assert len(fold.decisions) == 2


@pytest.mark.parametrize(
    ("where", "absent"),
    [({"group": "food"}, []), ({"group": "halls"}, ["ann"]), ({}, [])],
)
def test_by_an_instant_from_a_group_or_from_everywhere(
    where: dict[str, str], absent: list[str]
) -> None:
    fold = fold_of({"kind": "absent", "by": "2026-10-08T12:00"} | where).taps(1, place="bacon")
    fold.pass_to(NOON)
    assert [one.person for one in fold.decisions] == absent
