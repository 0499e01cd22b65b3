"""What cannot be meant is refused: the text says where, which field, and what there is."""

from typing import Any

import pytest

from hub.core import document as doc
from hub.core.asking import DEPTH_MAX, LEAVES_MAX, compile_condition
from hub.core.errors import RulesFault
from tests.core_asking.ground import ATTRIBUTES, GROUND, ask

PLACES = "bacon, coffee, juice, stage"


def counted(**fields: Any) -> dict[str, Any]:
    return {"check": "counted", **fields}


def attribute(name: str, **fields: Any) -> dict[str, Any]:
    return {"check": "attribute", "name": name, **fields}


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"check": "at", "place": "bar"}, f"place: there is no place 'bar'; there is: {PLACES}"),
    ({"check": "at", "group": "bars"}, "group: there is no group 'bars'; there is: food"),
    ({"check": "at"}, "place: give either a place or a group"),
    ({"check": "at", "place": "coffee", "group": "food"},
     "place: give either a place or a group, not both"),
    ({"check": "status", "one_of": []}, "one_of: name at least one status"),
    ({"check": "points"}, "at_least: give at_least, at_most or both"),
    ({"check": "points", "at_least": 3, "at_most": 2}, "at_least: 3 is more than at_most, 2"),
    ({"check": "audience", "audience": "vips"},
     "audience: there is no audience 'vips'; there is: fans, guests"),
    ({"check": "arm", "rule": "x", "arm": "y"}, "rule: there is no rule 'x'; there is: hello"),
    ({"check": "stock", "pool": "x"}, "pool: there is no pool 'x'; there is: card"),
    ({"check": "stock", "pool": "card", "at_least": 0},
     "at_least: 0 always holds; write 1 or more"),
    ({"check": "occupancy", "place": "x", "at_least": 1},
     f"place: there is no place 'x'; there is: {PLACES}"),
    ({"check": "occupancy", "place": "stage", "at_least": 1, "audience": "x"},
     "audience: there is no audience 'x'; there is: fans, guests"),
    ({"check": "occupancy", "place": "stage"}, "at_least: give at_least, at_most or both"),
    ({"check": "all", "of": []}, "of: name at least one condition"),
    ({"check": "any", "of": []}, "of: name at least one condition"),
    ({"check": "none", "of": [{"check": "any", "of": []}]},
     "of[0], of: name at least one condition"),
    ({"check": "all", "of": [{"check": "tag", "tag": "a"},
                             {"check": "any", "of": [{"check": "at", "place": "bar"}]}]},
     f"of[1], of[0], place: there is no place 'bar'; there is: {PLACES}"),
    ({"check": "none", "of": [{"check": "at", "place": "bar"}]},
     f"of[0], place: there is no place 'bar'; there is: {PLACES}"),
    ({"check": "time"}, "from: give from, until or days"),
    ({"check": "time", "days": []}, "days: name at least one day"),
    ({"check": "time", "from": "06:00", "until": "06:00"},
     "until: 06:00 is where it begins; leave both out"),
    (counted(), "at_least: give at_least, at_most or both"),
    (counted(place="bar", at_least=1), f"place: there is no place 'bar'; there is: {PLACES}"),
    (counted(place="coffee", group="food", at_least=1),
     "place: give either a place or a group, not both"),
    (counted(take="sum", at_least=1), "take: visits have no sum; they have: count, distinct"),
    (counted(of="taps", take="min", at_least=1),
     "take: taps have no min; they have: count, distinct"),
    (counted(of="points", take="distinct", at_least=1),
     "take: points have no distinct; they have: count, sum, min, max"),
    (counted(of="points", place="coffee", at_least=1),
     "place: points are not of a place; leave place and group out"),
    (counted(of="points", group="food", at_least=1),
     "place: points are not of a place; leave place and group out"),
    (counted(take="distinct", place="coffee", at_least=1),
     "place: one place is never several; give a group, or neither"),
    (counted(at_least="10min"), "at_least: '10min' is no number, and count of visits is one"),
    (counted(of="points", take="sum", at_most="10min"),
     "at_most: '10min' is no number, and sum of points is one"),
    (counted(of="stays", take="sum", at_least=10),
     "at_least: 10 is no duration, and sum of stays is one: write one like 10min"),
    (counted(of="stays", take="max", at_most="ten"),
     "at_most: 'ten' is no duration: write a number and ms, s, min, h or d"),
    (counted(of="stays", take="max", at_least="2h", at_most="1h"),
     "at_least: 2 h is more than at_most, 1 h"),
    (counted(at_least=2.5), "at_least: 2.5 is no whole number from 0 to 512"),
    (counted(at_least=-1), "at_least: -1 is no whole number from 0 to 512"),
    (counted(at_most=513), "at_most: 513 is no whole number from 0 to 512"),
    (counted(at_most=float("inf")), "at_most: inf is no whole number from 0 to 512"),
    (counted(of="stays", at_least=256), "at_least: 256 is no whole number from 0 to 255"),
    (counted(at_least=3, at_most=2), "at_least: 3 is more than at_most, 2"),
    (counted(at_least=1, within="0s"), "within: nothing is ever within 0s"),
    (attribute("age", contains="3"),
     "contains: age is a number, that has: at_least, at_most, equals, exists, one_of"),
    (attribute("city", at_least=3),
     "at_least: city is a text, that has: contains, equals, exists, matches, one_of"),
    (attribute("city", favourite="x"),
     "favourite: city is a text, that has: contains, equals, exists, matches, one_of"),
    (attribute("vip", matches="*"), "matches: vip is a boolean, that has: equals, exists, one_of"),
    (attribute("born", equals=3), "equals: born is a instant, that has: after, before, exists"),
    (attribute("likes", at_most=3),
     "at_most: likes is a set, that has: contains, equals, exists, matches, one_of"),
    (attribute("genres", equals="x"),
     "equals: genres is a tally, that has: contains, exists, favourite"),
    (attribute("city", equals=3), "equals: city is a text, 3 is none"),
    (attribute("age", equals="3"), "equals: age is a number, '3' is none"),
    (attribute("age", one_of=[3, True]), "one_of: age is a number, True is none"),
    (attribute("vip", equals=1), "equals: vip is a boolean, 1 is none"),
    (attribute("likes", equals="tea"), "equals: likes is a set, 'tea' is none"),
    (attribute("likes", one_of=[3]), "one_of: likes is a set, 3 is none"),
    (attribute("free", one_of=[]), "one_of: name at least one value"),
    (attribute("free", at_least=3, at_most=2), "at_least: 3 is more than at_most, 2"),
    (attribute("free", exists=False, equals=2),
     "exists: nothing else holds of an unknown free"),
    (attribute("born", before="noon"),
     "before: 'noon' is no local time: write YYYY-MM-DDTHH:MM"),
    (attribute("free", after="2026"), "after: '2026' is no local time: write YYYY-MM-DDTHH:MM"),
    (attribute("born", before="2026-01-01T00:00", after="2026-01-01T00:00"),
     "after: nothing lies after it and before 2026-01-01T00:00"),
]  # fmt: skip


@pytest.mark.parametrize(("test", "text"), FAULTS)
def test_what_cannot_be_meant(test: dict[str, Any], text: str) -> None:
    with pytest.raises(RulesFault) as refused:
        ask(**test)
    assert str(refused.value) == f"rule 'r', {text}"


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (doc.AtTime(from_="25:00"), "from: '25:00' is no time of day: write HH:MM"),
        (doc.AtTime(until="8:00"), "until: '8:00' is no time of day: write HH:MM"),
        (doc.Counted(within="soon", at_least=1),
         "within: 'soon' is no duration: write a number and ms, s, min, h or d"),
    ],
)  # fmt: skip
def test_what_no_document_can_hold_is_refused_too(condition: doc.Condition, text: str) -> None:
    with pytest.raises(RulesFault) as refused:
        compile_condition("audience 'a'", condition, GROUND)
    assert str(refused.value) == f"audience 'a', {text}"


def test_there_may_be_none() -> None:
    bare = type(GROUND)(GROUND.zone, {}, {}, {}, [], [], [])
    with pytest.raises(RulesFault, match="there is no place 'x'; there is: none"):
        compile_condition("rule 'r'", doc.IsAt(place="x"), bare)


def test_every_declared_type_is_among_those_that_are_tested() -> None:
    types = {info.type for info in ATTRIBUTES}
    assert types == {"text", "number", "boolean", "instant", "set", "tally"}


TAG: dict[str, Any] = {"check": "tag", "tag": "a"}


def nested(depth: int) -> dict[str, Any]:
    test = TAG
    for level in range(depth):
        test = {"check": ("all", "any", "none")[level % 3], "of": [test]}
    return test


def test_depth() -> None:
    ask(**nested(DEPTH_MAX))
    with pytest.raises(RulesFault, match=f"nested deeper than {DEPTH_MAX}"):
        ask(**nested(DEPTH_MAX + 1))


def test_how_many() -> None:
    half = {"check": "any", "of": [TAG] * (LEAVES_MAX // 2)}
    ask("all", of=[half, half])
    with pytest.raises(RulesFault) as refused:
        ask("all", of=[half, half, TAG])
    expected = f"rule 'r': {LEAVES_MAX + 1} conditions in one; at most {LEAVES_MAX} are allowed"
    assert str(refused.value) == expected
