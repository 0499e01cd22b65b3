"""The evaluator against tables written by hand: who is who, and what is known of them."""

from typing import Any, Final

import pytest

from hub.core import events as ev
from tests.core_histories.telling import Told, document, rule, taps

TAP: Final = {"kind": "tap", "place": "coffee"}
TAG: Final = {"do": "tag", "tag": "red"}


def test_attributes_consents_rewards_and_calls() -> None:
    rules = [
        rule({"kind": "attribute", "name": "company"}, name="company"),
        rule({"kind": "consent", "purpose": "push"}, name="given"),
        rule({"kind": "consent", "purpose": "push", "given": False}, name="taken"),
        rule({"kind": "redeemed", "pool": "card"}, name="redeemed"),
        rule({"kind": "button", "button": "go", "about": "person"}, name="button"),
    ]
    told = Told(document(*rules))
    told.register("ann", 1, company="north")
    told.register("ann", 2, company="north", consents=[])
    told.register("ann", 3, company="south", consents=["push"])
    told.register("ann", 4, consents=None)
    for event in (
        ev.Redeemed("ann", "card", 0, told.at_ms(5)),
        ev.Redeemed("ann", "big", 0, told.at_ms(6)),
        ev.Called("go", "button", told.at_ms(7), "ann"),
        ev.Called("go", "call", told.at_ms(8), "ann"),
        ev.Called("go", "button", told.at_ms(9)),
    ):
        told.tell(event)
    said = {name: told.said(name=name) for name in ("company", "given", "taken")}
    assert said == {"company": [1, 3], "given": [3], "taken": [2]}
    assert (told.said(name="redeemed"), told.said(name="button")) == ([5], [7])


def test_a_badge_is_whose_it_was_at_the_tap() -> None:
    told = Told(document(rule(TAP)))
    told.register("bob", 0)
    told.tell(ev.Leased("ann-badge", "bob", told.at_ms(10)))
    told.tell(ev.Leased("ann-badge", None, told.at_ms(20)))
    for second in (9.999, 10, 19.999, 20, 21):
        told.tap(second, late=30)
    assert (told.said(), told.said(who="bob")) == ([9.999], [10, 19.999])


def test_the_same_key_is_one_fact() -> None:
    told = Told(document(rule(TAP)))
    tap = ev.Tapped("ann-badge", "coffee", told.at_ms(1))
    for late in (0, 5):
        told.evaluator.know(tap, tap.at_ms + late, "k")
    assert told.evaluator.ledger.view("ann").taps == {"coffee": [tap.at_ms]}


def test_publishing_fires_nothing_for_the_past() -> None:
    told = Told(document(rule(TAP)))
    told.move(0, "entered")
    told.evaluator.publish(
        document(*(
            rule({"kind": "visit", "place": "stage", "at_least": length}, name=length)
            for length in ("9s", "10s", "11s")
        )),
        told.at_ms(10),
    )  # fmt: skip
    told.until(100)
    assert [told.said(name=name) for name in ("9s", "10s", "11s")] == [[], [], [11]]


def test_two_who_are_one_and_two_again() -> None:
    thrice = {"kind": "visits", "place": "coffee", "count": 3}
    told = Told(document(rule(thrice), rule(TAP, TAG, limit={"at_most": 2}, name="tags")))
    told.register("bob", 0, consents=["push"])
    taps(told, 1, 3).tap(2, who="bob")
    told.tell(ev.Merged("ann", "bob", told.at_ms(4)))
    ann = told.evaluator.ledger.view("ann")
    assert (told.said(), sorted(ann.consents)) == ([3], ["push"])
    assert (len(ann.visits["coffee"]), ann.points, len(ann.given.fired["tags"])) == (3, 1, 3)
    told.tap(5, who="bob")
    assert told.said("suppressed", name="tags") == [5]
    told.tell(ev.Unmerged("ann", "bob", told.at_ms(6)))
    seen = [told.evaluator.ledger.view(who) for who in ("ann", "bob")]
    assert [len(view.visits["coffee"]) for view in seen] == [2, 2]
    assert [view.points for view in seen] == [1, 0]
    assert [len(view.given.fired["tags"]) for view in seen] == [2, 1]


CONDITIONS: Final[list[tuple[dict[str, Any], bool]]] = [
    ({"name": "company", "equals": "north"}, True),
    ({"name": "company", "one_of": ["south"]}, False),
    ({"name": "company", "contains": "ort"}, True),
    ({"name": "company", "matches": "n?rt*"}, True),
    ({"name": "age", "at_least": 30, "at_most": 30}, True),
    ({"name": "age", "at_least": 31}, False),
    ({"name": "likes", "contains": "tea"}, True),
    ({"name": "drinks", "favourite": "tea"}, True),
    ({"name": "diet", "equals": "vegan"}, False),
    ({"name": "diet", "exists": False}, True),
    ({"name": "nothing", "exists": False}, True),
    ({"name": "nothing", "exists": True}, False),
    ({"name": "born", "before": "2026-10-10T10:00", "after": "2026-10-10T09:58"}, True),
    ({"name": "born", "before": "2026-10-10T09:59"}, False),
]


@pytest.mark.parametrize(("asks", "held"), CONDITIONS)
def test_attributes(asks: dict[str, Any], held: bool) -> None:
    one = {"check": "attribute"} | asks
    for condition, fires in ((one, held), ({"check": "none", "of": [one]}, not held)):
        told = Told(document(rule(TAP, if_=condition)))
        told.register(
            "ann", 0, company="north", age=30, likes=["tea"], drinks={"tea": 2, "beer": 1},
            diet="vegan", born=told.at_ms(-60),
        )  # fmt: skip
        assert taps(told, 1).said() == ([1] if fires else [])


IDS: Final = [
    {"name": "crm", "priority": 40, "per_person": 2, "blocked": ["unknown"]},
    {"name": "email", "priority": 60},
]
Ids = dict[str, list[str]]


@pytest.mark.parametrize(
    ("ann", "bob", "joined"),
    [
        ({"email": ["a"]}, {"email": ["a"]}, True),
        ({"email": ["a"]}, {"email": ["b"]}, False),
        ({"crm": ["unknown"]}, {"crm": ["unknown"]}, False),
        ({"crm": ["1", "2"]}, {"crm": ["2"]}, True),
        ({"crm": ["1", "2"]}, {"crm": ["2", "3"]}, False),
        ({"email": ["a"], "crm": ["1", "2"]}, {"email": ["a"], "crm": ["3"]}, True),
        ({"email": ["a"], "crm": ["1"]}, {"email": ["b"], "crm": ["1"]}, False),
    ],
)
def test_who_shares_an_id_is_one(ann: Ids, bob: Ids, joined: bool) -> None:
    told = Told(document(ids=IDS))
    told.tell(ev.Registered("bob", told.at_ms(1), {}, None, bob))
    told.tell(ev.Registered("ann", told.at_ms(2), {}, None, ann))
    assert (told.evaluator.ledger.who("bob") == "ann") is joined


def test_a_walk_in_never_survives() -> None:
    told = Told(document(ids=IDS))
    told.tell(ev.Moved("guest", "stage", "entered", told.at_ms(-100)), late=101)
    told.tell(ev.Merged("ann", "guest", told.at_ms(2)))
    told.tell(ev.Registered("bob", told.at_ms(3), {}, None, {"email": ["a"]}))
    told.tell(ev.Registered("guest", told.at_ms(4), {}, None, {"email": ["a"]}))
    assert told.evaluator.ledger.who("bob") == "ann"
