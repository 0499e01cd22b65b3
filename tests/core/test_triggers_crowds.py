"""How many are at a place: true on getting there, once until the number has been back."""

from typing import Any

import pytest

from hub.core import events as ev
from tests.core.fold import Fold, document, rule

STAFF: dict[str, Any] = {"do": "staff", "title": "Look at the stage"}
PEOPLE = ("ann", "bob", "cid", "dan", "eve")


def crowd(**more: Any) -> dict[str, Any]:
    return {"kind": "occupancy", "place": "stage", **more}


def fold_of(when: dict[str, Any], *rules: dict[str, Any], **more: Any) -> Fold:
    return Fold(document(rule(when, STAFF), *rules, **more)).join(*PEOPLE)


def walk(fold: Fold, numbers: list[int]) -> Fold:
    """Minute by minute, so many are at the stage."""
    there = 0
    for minute, number in enumerate(numbers):
        for who in PEOPLE[there:number]:
            fold.enter(minute, who=who)
        for who in reversed(PEOPLE[number:there]):
            fold.leave(minute, who=who)
        there = number
    return fold


@pytest.mark.parametrize(
    ("asked", "numbers", "fires"),
    [
        ({"at_least": 2}, [1, 2, 3, 2, 1, 2], [1, 5]),
        ({"at_least": 1}, [0, 1, 0, 1], [1, 3]),
        ({"at_least": 2, "until": 0}, [2, 1, 2, 1, 0, 1, 2], [0, 6]),
        ({"at_least": 4, "until": 2}, [4, 3, 4, 2, 3, 4, 5], [0, 5]),
        ({"at_most": 1}, [0, 1, 0, 1, 2, 1, 0, 1, 3, 0], [5, 9]),
        ({"at_most": 0}, [0, 2, 1, 0, 0, 1, 0], [3, 6]),
        ({"at_most": 1, "until": 3}, [2, 1, 2, 1, 3, 2, 1, 2, 1], [6]),
    ],
)
def test_true_on_getting_there_and_again_after_having_been_back(
    asked: dict[str, int], numbers: list[int], fires: list[float]
) -> None:
    fold = walk(fold_of(crowd(**asked)), numbers)
    assert fold.fired(who=None) == fires
    assert [note.title for note in fold.notes] == ["Look at the stage"] * len(fires)


def test_it_says_how_many_and_is_about_no_person() -> None:
    fold = walk(fold_of(crowd(at_least=2)), [3, 0])
    (one,) = fold.decisions
    assert (one.person, one.place, one.key) == (None, "stage", f"r/*/{fold.at_ms(0)}")
    assert [(clause.text, clause.saw) for clause in one.clauses] == [("2 or more at stage", "2")]
    fold = walk(fold_of(crowd(at_most=1)), [3, 0])
    assert fold.decisions[0].clauses[0].text == "1 or fewer at stage"


def test_going_from_one_place_to_another_counts_once_for_both() -> None:
    rules = rule({"kind": "occupancy", "place": "floor", "at_least": 1}, STAFF, name="floor")
    fold = fold_of(crowd(at_most=0), rules)
    fold.enter(0)
    fold.enter(5, "floor")
    assert (fold.fired(who=None), fold.fired("floor", None)) == ([5], [5])


def test_entering_where_one_is_already_is_not_getting_there() -> None:
    fold = fold_of(crowd(at_least=1))
    fold.enter(0)
    fold.enter(5)
    assert fold.fired(who=None) == [0]


MEMBERS: dict[str, Any] = {
    "audiences": [{"name": "speakers", "if": {"check": "tag", "tag": "speaker"}}]
}
TAGS = (
    rule({"kind": "button", "button": "tag", "about": "person"}, {"do": "tag", "tag": "speaker"},
         name="tag"),
    rule({"kind": "button", "button": "untag", "about": "person"},
         {"do": "untag", "tag": "speaker"}, name="untag"),
)  # fmt: skip


def test_of_an_audience_only_members_count_and_they_may_become_so_there() -> None:
    fold = fold_of(crowd(at_least=2, audience="speakers"), *TAGS, **MEMBERS)
    fold.press(0, "tag", "ann")
    for minute, who in enumerate(("ann", "bob", "cid"), 1):
        fold.enter(minute, who=who)
    assert fold.fired(who=None) == []
    fold.press(10, "tag", "bob")
    assert fold.fired(who=None) == [10]
    assert next(one for one in fold.decisions if one.rule == "r").clauses[0].text == (
        "2 of speakers or more at stage"
    )
    fold.press(11, "tag", "cid")
    fold.press(12, "untag", "ann")
    assert fold.fired(who=None) == [10]
    fold.press(13, "untag", "bob")
    fold.press(14, "tag", "ann")
    assert fold.fired(who=None) == [10, 14]


def test_who_becomes_a_member_by_entering_is_counted_once() -> None:
    inside = [{"name": "inside", "if": {"check": "at", "place": "stage"}}]
    fold = fold_of(crowd(at_least=2, audience="inside"), audiences=inside)
    fold = walk(fold, [1, 2, 3, 1, 2])
    assert fold.fired(who=None) == [1, 4]


def test_limits_of_a_rule_about_the_venue_are_counted_for_the_venue() -> None:
    rules = rule(crowd(at_least=1), STAFF, limit={"every": "5min"}, name="every")
    fold = walk(fold_of(crowd(at_least=1), rules), [1, 0] * 6)
    assert fold.fired(who=None) == [0, 2, 4, 6, 8, 10]
    assert fold.fired("every", None) == [0, 6]
    assert fold.because("every", None).count("limit") == 4
    assert fold.state.zones["*"].fired["every"].count == 2


def test_conditions_about_the_crowd_are_asked_too() -> None:
    rules = rule(
        crowd(at_least=1), STAFF, name="quiet",
        if_={"check": "occupancy", "place": "floor", "at_most": 0},
    )  # fmt: skip
    fold = fold_of(crowd(at_least=1), rules)
    fold.enter(1)
    fold.leave(2)
    fold.enter(3, "floor", "bob")
    fold.enter(4)
    assert (fold.fired(who=None), fold.fired("quiet", None)) == ([1, 4], [1])


@pytest.mark.parametrize(
    ("asked", "numbers", "fires"), [({"at_least": 2}, [1, 2], [11]), ({"at_most": 1}, [1], [10])]
)
def test_a_number_that_was_reached_before_the_publishing_lies_in_the_past(
    asked: dict[str, int], numbers: list[int], fires: list[float]
) -> None:
    fold = Fold(document()).join(*PEOPLE)
    walk(fold, [3])
    fold.publish(document(rule(crowd(**asked), STAFF)), 5)
    assert fold.decisions == []
    there = 3
    for minute, number in enumerate(numbers, 10):
        for who in PEOPLE[there:number]:
            fold.enter(minute, who=who)
        for who in reversed(PEOPLE[number:there]):
            fold.leave(minute, who=who)
        there = number
    assert fold.fired(who=None) == fires


def test_counting_another_audience_from_a_publishing_on_counts_who_is_there() -> None:
    fold = Fold(document(*TAGS, **MEMBERS)).join(*PEOPLE)
    for minute, who in enumerate(("ann", "bob"), 1):
        fold.press(minute, "tag", who)
        fold.enter(minute, who=who)
    seen = [fold.state.zones["stage"].present["ann"].audiences]
    venue = document(rule(crowd(at_least=2, audience="speakers"), STAFF), *TAGS, **MEMBERS)
    fold.publish(venue, 5)
    seen.append(fold.state.zones["stage"].present["ann"].audiences)
    assert seen == [(), ("speakers",)]
    assert fold.fired(who=None) == []
    fold.leave(6, who="bob")
    fold.enter(7, who="bob")
    assert fold.fired(who=None) == [7]


def test_whoever_leaves_the_venue_is_no_longer_counted() -> None:
    fold = walk(fold_of(crowd(at_most=0)), [1])
    fold.tell(ev.Moved("ann", "stage", "left_venue", fold.at_ms(9)))
    assert fold.fired(who=None) == [9]
