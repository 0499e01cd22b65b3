"""What a plain no says of each condition, and of what would hold an action back."""

from typing import Any

import pytest

from hub.core.explain import explain
from hub.core.state import Person
from tests.core.fold import CONSENTS, TAP, document, rule
from tests.core.test_explain import CARD, coffees, held
from tests.core_explaining.told import Logged

COUNT = {"check": "counted", "of": "visits", "place": "coffee", "within": "1h"}


@pytest.mark.parametrize(
    ("test", "said"),
    [
        (
            COUNT | {"at_least": 3},
            (
                "“at least 3 visits at coffee within 1 h” does not hold: 2: 08:50:00, 08:55:00; "
                "1 more needed; the visit at 08:00 is outside the window by 1 min"
            ),
        ),
        (
            COUNT | {"at_most": 1},
            (
                "“at most 1 visits at coffee within 1 h” does not hold: 2: 08:50:00, 08:55:00; "
                "1 too many until 09:50; the visit at 08:00 is outside the window by 1 min"
            ),
        ),
        (
            COUNT | {"at_most": 1, "within": "event"},
            (
                "“at most 1 visits at coffee within the event” does not hold: 3: 08:00:00, "
                "08:50:00, 08:55:00; 2 too many"
            ),
        ),
        (
            COUNT | {"at_least": 3, "at_most": 9},
            (
                "“at least 3 and at most 9 visits at coffee within 1 h” does not hold: "
                "2: 08:50:00, 08:55:00; 1 more needed; the visit at 08:00 is outside the "
                "window by 1 min"
            ),
        ),
        (
            COUNT | {"at_least": 0, "at_most": 1},
            (
                "“at least 0 and at most 1 visits at coffee within 1 h” does not hold: "
                "2: 08:50:00, 08:55:00; 1 too many until 09:50; the visit at 08:00 is outside the "
                "window by 1 min"
            ),
        ),
        (
            {"check": "counted", "of": "taps", "take": "distinct", "group": "food", "at_least": 2},
            (
                "“at least 2 different places of food with taps within the event” does not hold: "
                "1 of 3: coffee"
            ),
        ),
        (
            {"check": "counted", "of": "stays", "take": "sum", "at_least": "1h"},
            "“at least 1 h spent at any place within the event” does not hold: 0 ms",
        ),
        (
            {"check": "counted", "of": "points", "take": "sum", "at_least": 5},
            "“at least 5 points added within the event” does not hold: 3",
        ),
        (
            {"check": "none", "of": [{"check": "tag", "tag": "x"}]},
            "“not: has the tag x” does not hold: x",
        ),
        (
            {"check": "all", "of": [{"check": "tag", "tag": "y"}, {"check": "tag", "tag": "x"}]},
            "“has the tag y” does not hold: x",
        ),
        (
            {"check": "any", "of": [{"check": "tag", "tag": "y"}]},
            "“(has the tag y)” does not hold: x",
        ),
        (
            {"check": "occupancy", "place": "stage", "at_least": 2},
            "“at least 2 people at stage” does not hold: 1",
        ),
        (
            {"check": "stock", "pool": "card", "at_least": 3},
            "“at least 3 left of card” does not hold: 2",
        ),
        (
            {"check": "arm", "rule": "r", "arm": "one"},
            "“is in the arm one of r” does not hold: no arm",
        ),
    ],
)
def test_each_condition_says_what_it_saw(test: dict[str, Any], said: str) -> None:
    give: list[dict[str, Any]] = [{"do": "points", "points": 3}, {"do": "tag", "tag": "x"}]
    venue = document(
        rule({"kind": "tap", "place": "bacon"}, if_=test),
        rule(TAP, *give, name="gives", limit={"once": True}),
    )
    fold = coffees(0, 50, 55, venue=venue)
    fold.join("bob")
    fold.move(55, "entered", who="bob")
    fold.tap(61, place="bacon" if "group" not in test else "coffee")
    answer = fold.why(61.1)
    if "group" in test:
        assert said in answer.sentence
    else:
        assert answer.sentence == f"No: {said}"


def test_stays_and_points_are_listed_too() -> None:
    stays = {"check": "counted", "of": "stays", "take": "sum", "group": "halls", "at_least": "1h"}
    points = {"check": "counted", "of": "points", "take": "count", "at_least": 9, "within": "1h"}
    venue = document(
        rule(TAP, if_={"check": "all", "of": [stays | {"within": "1h"}, points]}),
        rule(TAP, name="p"),
    )
    fold = Logged(venue).join("ann")
    fold.tap(1)
    fold.move(2, "entered").move(5, "left").move(70, "entered").move(75, "left")
    fold.move(80, "entered", "floor")
    fold.tap(85)
    events = fold.why(85.5).events
    assert [(one.kind, one.what, one.is_counted) for one in events] == [
        ("points", "+1 points", False),
        ("tap", "tap", True),
        ("stay", "stay of 3 min", False),
        ("stay", "stay of 5 min", True),
        ("stay", "here for 5 min, and still is", True),
        ("tap", "tap", True),
    ]


def test_what_would_hold_it_back_is_said() -> None:
    venue = document(
        rule(
            TAP, CARD, {"do": "push", "title": "x"}, {"do": "staff", "title": "y"}, group="g",
            holdout=100,
        ),
        rule(
            {"kind": "tap", "place": "bacon"}, CARD, {"do": "push", "title": "x"}, group="g",
            name="b", limit={"at_most": 1, "per": "event"},
        ),
        rule({"kind": "tap", "place": "juice"}, CARD, name="j",
             limit={"once": True, "per": "visit"}),
        caps=[
            {"name": "group", "of": "group:g", "at_most": 1},
            {"name": "all", "of": "everything", "at_most": 1, "per": "event"},
        ],
        quiet=[{"from": "08:30", "until": "09:00", "channels": ["push", "reward"], "then": "drop"}],
        pools=[{"id": "card", "title": "A card", "stock": 1, "cost": 2}],
        budgets=[{"name": "money", "amount": 3, "pools": ["card"]}],
    )  # fmt: skip
    fold = Logged(venue).join("ann", consents=["rewards"])
    fold.tap(1, place="bacon")
    assert held(fold, 40) == {"taps at coffee": False, "is not in the holdout": False,
                              "is within the cap group": False}  # fmt: skip
    assert held(fold, 40, "b") == {
        "taps at bacon": False,
        "is within its limit": False,
        "is within the cap group": False,
        "consents to push": False,
        "consents to rewards": True,
        "a reward is left in card": False,
        "card is within its budget": False,
        "it is not quiet for reward": False,
        "it is not quiet for push": False,
        "is within the cap all": False,
    }
    assert "is within its limit" not in held(fold, 40, "j")
    globally = document(rule(TAP), holdout=100)
    assert "in the event's holdout" in Logged(globally).join("ann").why(1).sentence
    assert explain(fold.rules, "j", fold.folded("eve", fold.at_ms(1)), 0, fold.around()).person == (
        Person("eve").id
    )


def test_consents_that_are_needed_are_those_of_the_arm() -> None:
    fold = Logged(document(rule(TAP, {"do": "draw", "draw": "x"}))).join("ann", consents=CONSENTS)
    assert held(fold, 1) == {"taps at coffee": False, "consents to rewards": True}
