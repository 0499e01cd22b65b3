"""All, any and none: what holds, what is told, and when it changes."""

from typing import Any

import pytest

from hub.core.asking import compile_condition
from hub.core.state import Person
from tests.core_asking.ground import GROUND, Hall, ask, somebody, view

ANN = Person("ann", attributes={"age": 30}, tags={"guest": 1, "fan": 2})
YES = {"check": "tag", "tag": "guest"}
NO = {"check": "tag", "tag": "vip"}
UNKNOWN = {"check": "attribute", "name": "shoe", "equals": 40}
FAULTY = {"check": "stock", "pool": "card"}
"""The scene of these tests knows no stock, and raises."""


@pytest.mark.parametrize(
    ("how", "of", "holds"),
    [
        ("all", [YES, YES], True),
        ("all", [YES, NO], False),
        ("all", [YES], True),
        ("any", [NO, YES], True),
        ("any", [NO, NO], False),
        ("none", [NO, NO], True),
        ("none", [NO, YES], False),
        ("none", [UNKNOWN], True),
        ("all", [{"check": "any", "of": [YES, NO]}, {"check": "none", "of": [NO]}], True),
        ("none", [{"check": "all", "of": [YES, NO]}], True),
        ("any", [{"check": "none", "of": [YES]}, {"check": "all", "of": [YES, YES]}], True),
        ("any", [{"check": "any", "of": [NO]}, NO], False),
        ("none", [FAULTY], False),
        ("none", [NO, FAULTY], False),
        ("all", [YES, FAULTY], False),
        ("all", [{"check": "none", "of": [FAULTY]}, YES], False),
        ("any", [FAULTY, YES], False),
        ("any", [{"check": "none", "of": [FAULTY]}, NO], False),
    ],
)
def test_what_holds(how: str, of: list[dict[str, Any]], holds: bool) -> None:
    asked = ask(how, of=of)
    assert asked.holds(view(ANN)) is holds
    assert all(one.held for one in asked.clauses(view(ANN))) is holds, "the clauses say why"


def test_one_line_is_told_for_each_thing_that_must_hold() -> None:
    either = {"check": "any", "of": [NO, {"check": "attribute", "name": "age", "at_least": 18}]}
    not_both = {"check": "none", "of": [{"check": "all", "of": [YES, NO]}]}
    nested = {"check": "all", "of": [YES, {"check": "all", "of": [NO]}]}
    asked = ask("all", of=[either, not_both, nested])
    assert [(one.text, one.held, one.saw) for one in asked.clauses(view(ANN))] == [
        ("(has the tag vip or age is at least 18.0)", True, "fan, guest; 30"),
        ("not: (has the tag guest and has the tag vip)", True, "fan, guest"),
        ("has the tag guest", True, "fan, guest"),
        ("has the tag vip", False, "fan, guest"),
    ]
    assert asked.keys == {"tag:vip", "tag:guest", "attribute:age"}


def test_without_a_condition_everything_is_well() -> None:
    asked = compile_condition("rule 'r'", None, GROUND)
    assert asked.holds(view(ANN))
    assert asked.clauses(view(ANN)) == []
    assert asked.until_ms(view(ANN)) is None
    assert (asked.keys, asked.is_timed, asked.is_personal) == (frozenset(), False, True)


def test_a_fault_is_a_no_and_says_so() -> None:
    asked = ask("all", of=[YES, FAULTY])
    assert not asked.holds(view(ANN))
    fine, faulty = asked.clauses(view(ANN))
    assert (fine.held, fine.saw) == (True, "fan, guest")
    assert (faulty.text, faulty.held) == ("at least 1 left of card", False)
    assert faulty.saw == "could not be evaluated: KeyError('card')"


def test_what_cannot_be_shown_holds_all_the_same() -> None:
    asked = ask("any", of=[YES, FAULTY])
    assert asked.holds(view(ANN))
    (found,) = asked.clauses(view(ANN))
    assert (found.held, found.saw) == (True, "could not be shown: KeyError('card')")


def test_a_fault_is_not_waited_for() -> None:
    soon = {"check": "counted", "place": "coffee", "within": "5ms", "at_least": 1}
    ann = somebody({"coffee": (0,)})
    asked = ask("all", of=[soon, FAULTY])
    assert asked.is_timed
    assert asked.until_ms(view(ann)) is None
    assert asked.until_ms(view(ann, scene=Hall(stock={"card": 1}))) == 5


def visited(within: str) -> dict[str, Any]:
    return {"check": "counted", "place": "coffee", "within": within, "at_least": 1}


def calm(within: str) -> dict[str, Any]:
    return {"check": "counted", "place": "coffee", "within": within, "at_most": 0}


@pytest.mark.parametrize(
    ("how", "of", "until_ms"),
    [
        ("all", [visited("5ms"), visited("9ms")], 5),  # holds until the first does not
        ("all", [calm("5ms"), calm("9ms")], 9),  # does not until the last does
        ("all", [calm("5ms"), visited("3ms")], 5),
        ("all", [visited("5ms"), NO], None),  # no time makes a tag
        ("all", [visited("5ms"), YES], 5),
        ("any", [visited("5ms"), visited("9ms")], 9),
        ("any", [calm("5ms"), calm("9ms")], 5),
        ("any", [visited("5ms"), YES], None),
        ("any", [calm("5ms"), NO], 5),
        ("none", [visited("5ms"), visited("9ms")], 9),
        ("none", [visited("5ms"), YES], None),
        ("none", [calm("5ms"), NO], 5),
        ("all", [YES, YES], None),
    ],
)
def test_when_a_tree_changes(how: str, of: list[dict[str, Any]], until_ms: int | None) -> None:
    ann = somebody({"coffee": (0,)})
    tagged = Person("ann", visits=ann.visits, tags={"guest": 1})
    assert ask(how, of=of).until_ms(view(tagged)) == until_ms
