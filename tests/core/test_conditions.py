"""Conditions: what holds, what is unknown, and what the explanation shows of it."""

from typing import Any

import msgspec
import pytest

from hub.core import document as doc
from hub.core.conditions import check
from hub.core.events import Value
from hub.core.state import Person
from tests.core.fold import TAP, Fold, document, rule

ANN = Person(
    "ann",
    attributes={
        "age": 30, "vip": True, "city": "Bonn", "artists": ["Abba", "Blur"], "n": 0, "none": "",
    },
    consents=frozenset({"push"}),
    tags={"guest": 1, "fan": 2},
    place="stage",
)  # fmt: skip


def condition(**fields: Any) -> doc.Condition:
    return msgspec.convert(fields, doc.Condition)  # type: ignore[no-any-return]


def attribute(name: str, **tests: Any) -> dict[str, Any]:
    return {"check": "attribute", "name": name, **tests}


@pytest.mark.parametrize(
    ("name", "tests", "holds"),
    [
        ("age", {"equals": 30}, True),
        ("age", {"equals": 31}, False),
        ("age", {"at_least": 30}, True),
        ("age", {"at_least": 30.5}, False),
        ("age", {"at_most": 30}, True),
        ("age", {"at_most": 29}, False),
        ("age", {"at_least": 18, "at_most": 65}, True),
        ("age", {"at_least": 18, "equals": 31}, False),
        ("age", {"one_of": [29, 30]}, True),
        ("age", {"one_of": []}, False),
        ("age", {"contains": "3"}, False),
        ("n", {"equals": 0}, True),
        ("n", {"at_most": 0}, True),
        ("city", {"equals": "Bonn"}, True),
        ("city", {"contains": "on"}, True),
        ("city", {"at_least": 1}, False),
        ("city", {"at_most": 1}, False),
        ("artists", {"contains": "Abba"}, True),
        ("artists", {"contains": "Abb"}, False),
        ("vip", {"equals": True}, True),
        ("vip", {"at_least": 0}, False),
        ("vip", {}, True),
        ("none", {}, True),
        ("shoe", {}, False),
        ("shoe", {"equals": 40}, False),
        ("shoe", {"at_most": 40}, False),
    ],
)
def test_attributes(name: str, tests: dict[str, Any], holds: bool) -> None:
    held, (clause,) = check(condition(**attribute(name, **tests)), ANN)
    assert (held, clause.held) == (holds, holds)


@pytest.mark.parametrize(
    ("test", "text", "saw"),
    [
        (attribute("shoe", at_least=40), "shoe is at least 40.0", "unknown"),
        (attribute("age", at_most=40, at_least=1), "age is at least 1.0 and is at most 40.0", "30"),
        (attribute("city", contains="o"), "city contains o", "Bonn"),
        (attribute("city", one_of=["a"]), "city is one of ['a']", "Bonn"),
        (attribute("city"), "city is known", "Bonn"),
        ({"check": "tag", "tag": "guest"}, "has the tag guest", "fan, guest"),
        ({"check": "consent", "purpose": "music"}, "consents to music", "push"),
        ({"check": "at", "place": "stage"}, "is at stage", "stage"),
    ],
)
def test_a_clause_says_what_was_asked_and_what_was_seen(
    test: dict[str, Any], text: str, saw: str
) -> None:
    _, (clause,) = check(condition(**test), ANN)
    assert (clause.text, clause.saw) == (text, saw)


def test_nothing_seen_has_words_too() -> None:
    for test, saw in (
        ({"check": "tag", "tag": "x"}, "no tags"),
        ({"check": "consent", "purpose": "x"}, "no consents"),
        ({"check": "at", "place": "x"}, "nowhere"),
    ):
        held, (clause,) = check(condition(**test), Person("bob"))
        assert (held, clause.saw) == (False, saw)


YES = {"check": "tag", "tag": "guest"}
NO = {"check": "tag", "tag": "vip"}
UNKNOWN = attribute("shoe", equals=40)


@pytest.mark.parametrize(
    ("how", "of", "holds"),
    [
        ("all", [], True),
        ("all", [YES, YES], True),
        ("all", [YES, NO], False),
        ("any", [], False),
        ("any", [NO, YES], True),
        ("any", [NO, NO], False),
        ("none", [], True),
        ("none", [NO, NO], True),
        ("none", [NO, YES], False),
        ("none", [UNKNOWN], True),
        ("all", [{"check": "any", "of": [YES, NO]}, {"check": "none", "of": [NO]}], True),
        ("none", [{"check": "all", "of": [YES, NO]}], True),
        ("any", [{"check": "none", "of": [YES]}, {"check": "all", "of": [YES, YES]}], True),
        ("any", [{"check": "any", "of": []}, NO], False),
    ],
)
def test_trees(how: str, of: list[dict[str, Any]], holds: bool) -> None:
    held, clauses = check(condition(check=how, of=of), ANN)
    assert held is holds
    assert all(clause.held for clause in clauses) is holds, "the clauses say why"


def test_a_tree_is_told_in_one_line_for_each_thing_that_must_hold() -> None:
    either = {"check": "any", "of": [NO, attribute("age", at_least=18)]}
    not_both = {"check": "none", "of": [{"check": "all", "of": [YES, NO]}]}
    _, clauses = check(condition(check="all", of=[either, not_both]), ANN)
    assert [(clause.text, clause.saw) for clause in clauses] == [
        ("(has the tag vip or age is at least 18.0)", "fan, guest; 30"),
        ("not: (has the tag guest and has the tag vip)", "fan, guest"),
    ]


def test_no_condition_holds() -> None:
    assert check(None, ANN) == (True, [])


@pytest.mark.parametrize(("city", "fires"), [("Bonn", [1]), ("Ulm", []), (None, [])])
def test_a_rule_whose_condition_does_not_hold_is_a_plain_no(
    city: Value, fires: list[float]
) -> None:
    fold = Fold(document(rule(TAP, if_=attribute("city", equals="Bonn")))).join("ann", city=city)
    fold.taps(1)
    assert fold.fired() == fires
    assert len(fold.decisions) == len(fires)


def test_a_rule_sees_what_a_rule_before_it_gave() -> None:
    first = rule(TAP, {"do": "tag", "tag": "guest"}, name="first")
    second = rule(TAP, if_=YES, name="second")
    fold = Fold(document(first, second)).join("ann").taps(1)
    assert (fold.fired("first"), fold.fired("second")) == ([1], [1])
    fold = Fold(document(second, first)).join("ann").taps(1, 2)
    assert fold.fired("second") == [2]


def test_where_the_person_is_now() -> None:
    fold = Fold(document(rule(TAP, if_={"check": "at", "place": "stage"}))).join("ann").taps(1)
    fold.enter(2)
    fold.taps(3)
    assert fold.fired() == [3]
