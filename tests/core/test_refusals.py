"""A document that cannot be meant is refused with a sentence that says where and what there is."""

from typing import Any

import pytest

from hub.core.compiled import compile_venue
from hub.core.errors import RulesFault
from tests.core.fold import TAP, document, rule

CITY: list[dict[str, Any]] = [{"name": "city"}]
AUDIENCES: list[dict[str, Any]] = [{"name": "guests", "if": {"check": "tag", "tag": "guest"}}]
STAFF: dict[str, Any] = {"do": "staff", "title": "x"}


def refused(*rules: dict[str, Any], **changes: Any) -> str:
    with pytest.raises(RulesFault) as error:
        compile_venue(document(*rules, **changes), 1)
    return str(error.value)


def crowd(**more: Any) -> dict[str, Any]:
    return {"kind": "occupancy", "place": "stage", **more}


@pytest.mark.parametrize(
    ("when", "sentence"),
    [
        ({"kind": "absent", "place": "coffee"}, "absent has either for or by"),
        (
            {"kind": "absent", "place": "coffee", "for": "1h", "by": "2026-10-08T12:00"},
            "absent has either for or by",
        ),
        ({"kind": "absent", "by": "noon"}, "'noon' is no local time: write YYYY-MM-DDTHH:MM"),
        (
            {"kind": "absent", "place": "coffee", "group": "food", "for": "1h"},
            "rule 'r': give either a place or a group",
        ),
        ({"kind": "left"}, "rule 'r': give either a place or a group"),
        (
            {"kind": "sequence", "first": "coffee", "then": "moon"},
            "rule 'r': there is no place 'moon'; there is: bacon, coffee, floor, juice, stage",
        ),
        (
            {"kind": "without", "first": "moon", "then": "coffee", "within": "1h"},
            "rule 'r': there is no place 'moon'",
        ),
        ({"kind": "attribute", "name": "town"}, "rule 'r': there is no attribute 'town'"),
        ({"kind": "redeemed", "pool": "mug"}, "rule 'r': there is no pool 'mug'; there is: card"),
        ({"kind": "rule", "rule": "other"}, "rule 'r': there is no rule 'other'; there is: r"),
        ({"kind": "left", "place": "coffee"}, "'coffee' are taps, which nobody leaves"),
        (
            {"kind": "visit", "place": "coffee", "at_least": "1min"},
            "visits to 'coffee' are taps, which have no length",
        ),
    ],
)
def test_a_trigger_that_cannot_be_meant(when: dict[str, Any], sentence: str) -> None:
    assert sentence in refused(rule(when, STAFF), attributes=CITY)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({}, "rule 'r': occupancy has either at_least or at_most"),
        ({"at_least": 2, "at_most": 3}, "rule 'r': occupancy has either at_least or at_most"),
        ({"at_least": 2, "until": 2}, "rule 'r': until 2 has to be below at_least 2"),
        ({"at_most": 2, "until": 2}, "rule 'r': until 2 has to be above at_most 2"),
        ({"at_least": 2, "audience": "some"}, "rule 'r': there is no audience 'some'"),
    ],
)
def test_a_crowd_that_cannot_be_meant(asked: dict[str, Any], sentence: str) -> None:
    assert sentence in refused(rule(crowd(**asked), STAFF), audiences=AUDIENCES)


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        ({"do": "reward", "pool": "mug", "title": "x"}, "rule 'r': there is no pool 'mug'"),
        ({"do": "light", "lamp": "Moon", "colour": "#000000"}, "rule 'r': there is no lamp 'Moon'"),
        ({"do": "follow_up", "then": []}, "rule 'r': a follow-up has either after or at"),
        (
            {"do": "follow_up", "then": [], "after": "1h", "at": "12:00"},
            "rule 'r': a follow-up has either after or at",
        ),
        ({"do": "cancel", "rule": "other"}, "rule 'r': there is no rule 'other'; there is: r"),
        ({"do": "mqtt", "topic": "up/x"}, "topic 'up/x' begins like a lane of an edge"),
        ({"do": "mqtt", "topic": "down"}, "topic 'down' begins like a lane of an edge"),
        ({"do": "set", "attribute": "town", "value": 1}, "rule 'r': there is no attribute 'town'"),
        ({"do": "mood", "lamps": ["Left"]}, "mood and music belong to rules with kind: present"),
    ],
)
def test_an_action_that_cannot_be_meant_wherever_it_stands(
    act: dict[str, Any], sentence: str
) -> None:
    later = {"do": "follow_up", "after": "1min", "then": [act]}
    assert sentence in refused(rule(TAP, act), attributes=CITY)
    assert sentence in refused(rule(TAP, later), attributes=CITY)
    variants = [{"name": "a", "then": [act]}]
    assert sentence in refused(rule(TAP, variants=variants) | {"then": []}, attributes=CITY)


def test_lamps_of_a_mood_are_lamps_that_there_are() -> None:
    present = rule({"kind": "present", "place": "floor"}, {"do": "mood", "lamps": ["Left", "Moon"]})
    assert refused(present) == ("rule 'r': there is no lamp 'Moon'; there is: Door, Left, Right")


@pytest.mark.parametrize(
    "more", [{"limit": {"once": True}}, {"group": "g"}, {"holdout": 5}]
)  # fmt: skip
def test_a_rule_that_follows_a_place_has_no_person_to_be_limited_for(more: dict[str, Any]) -> None:
    present = rule({"kind": "present", "place": "floor"}, {"do": "music"}, **more)
    assert "follows a place, not a person" in refused(present)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"event": {"zone": "Mars/Olympus"}}, "'Mars/Olympus' is no time zone"),
        ({"event": {"starts": "today"}}, "'today' is no local time"),
        ({"audiences": AUDIENCES * 2}, "audience 'guests' is there twice"),
        ({"pools": [{"id": "a", "title": "a", "stock": 1}] * 2}, "pool 'a' is there twice"),
        ({"edges": [{"name": "pi", "readers": {"*": "moon"}}]}, "there is no place 'moon'"),
        ({"edges": [{"name": "pi", "readers": {}}] * 2}, "edge 'pi' is there twice"),
    ],
)
def test_a_venue_that_cannot_be_meant(changes: dict[str, Any], sentence: str) -> None:
    assert sentence in refused(**changes)


def test_what_is_not_declared_may_be_named_where_nothing_is_declared() -> None:
    sets = {"do": "set", "attribute": "town", "value": 1}
    compile_venue(document(rule({"kind": "attribute", "name": "town"}, sets)), 1)
