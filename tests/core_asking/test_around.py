"""A crowd, a stock, an experiment: what the scene says at the instant of asking."""

import pytest

from hub.core.state import Person, Presence
from tests.core_asking.ground import Hall, ask, clause, view

ANN = Person("ann")
FAN = Presence(0, None, (), ("fans", "guests"))
OTHER = Presence(0, None, ())
HALL = Hall(
    crowds={"stage": {"ann": FAN, "bob": OTHER, "cid": FAN}},
    stock={"card": 2},
    arms={("hello", "ann"): "short"},
)


@pytest.mark.parametrize(
    ("place", "bounds", "audience", "text", "held", "saw"),
    [
        ("stage", {"at_least": 3}, None, "at least 3 people at stage", True, "3"),
        ("stage", {"at_least": 4}, None, "at least 4 people at stage", False, "3"),
        ("stage", {"at_most": 3}, None, "at most 3 people at stage", True, "3"),
        ("stage", {"at_most": 2}, None, "at most 2 people at stage", False, "3"),
        ("coffee", {"at_most": 0}, None, "at most 0 people at coffee", True, "0"),
        ("stage", {"at_least": 2}, "fans", "at least 2 of fans at stage", True, "2"),
        ("stage", {"at_least": 3}, "fans", "at least 3 of fans at stage", False, "2"),
    ],
)
def test_a_crowd(
    place: str, bounds: dict[str, int], audience: str | None, text: str, held: bool, saw: str
) -> None:
    asked = ask("occupancy", place=place, audience=audience, **bounds)
    found = clause(asked, ANN, scene=HALL)
    assert (found.text, found.held, found.saw) == (text, held, saw)
    assert asked.keys == {f"occupancy:{place}"}
    assert not asked.is_personal


@pytest.mark.parametrize(("at_least", "held"), [(1, True), (2, True), (3, False)])
def test_a_stock(at_least: int, held: bool) -> None:
    asked = ask("stock", pool="card", at_least=at_least)
    found = clause(asked, ANN, scene=HALL)
    assert (found.text, found.held, found.saw) == (f"at least {at_least} left of card", held, "2")
    assert asked.keys == {"stock:card"}
    assert not asked.is_personal


@pytest.mark.parametrize(
    ("person", "arm", "held", "saw"),
    [("ann", "short", True, "short"), ("ann", "holdout", False, "short"),
     ("bob", "short", False, "no arm")],
)  # fmt: skip
def test_an_arm(person: str, arm: str, held: bool, saw: str) -> None:
    asked = ask("arm", rule="hello", arm=arm)
    found = clause(asked, Person(person), scene=HALL)
    assert (found.text, found.held, found.saw) == (f"is in the arm {arm} of hello", held, saw)
    assert asked.keys == frozenset()
    assert asked.is_personal
    assert asked.until_ms(view(ANN, scene=HALL)) is None


def test_what_is_inside_a_tree_counts_too() -> None:
    tree = ask("none", of=[{"check": "tag", "tag": "a"}, {"check": "stock", "pool": "card"}])
    assert tree.keys == {"tag:a", "stock:card"}
    assert not tree.is_personal
