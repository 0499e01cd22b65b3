"""What a person has, and where they are."""

from typing import Any

import pytest

from hub.core.state import Person
from tests.core_asking.ground import ask, clause, view

ANN = Person(
    "ann",
    consents=frozenset({"push", "music"}),
    tags={"guest": 1, "fan": 2},
    honours={"pioneer": 1, "early-bird": 2},
    status="gold",
    points=7,
    place="coffee",
    audiences={"guests": 3},
)
BOB = Person("bob")


@pytest.mark.parametrize(
    ("test", "text", "ann", "bob", "keys"),
    [
        ({"check": "tag", "tag": "fan"}, "has the tag fan",
         (True, "fan, guest"), (False, "no tags"), {"tag:fan"}),
        ({"check": "tag", "tag": "vip"}, "has the tag vip",
         (False, "fan, guest"), (False, "no tags"), {"tag:vip"}),
        ({"check": "consent", "purpose": "push"}, "consents to push",
         (True, "music, push"), (False, "no consents"), {"consent:push"}),
        ({"check": "consent", "purpose": "lights"}, "consents to lights",
         (False, "music, push"), (False, "no consents"), {"consent:lights"}),
        ({"check": "honour", "honour": "pioneer"}, "has the honour pioneer",
         (True, "early-bird, pioneer"), (False, "no honours"), {"honour"}),
        ({"check": "status", "one_of": ["silver", "gold"]}, "has the status silver or gold",
         (True, "gold"), (False, "no status"), {"status"}),
        ({"check": "status", "one_of": ["silver"]}, "has the status silver",
         (False, "gold"), (False, "no status"), {"status"}),
        ({"check": "points", "at_least": 7}, "has at least 7 points",
         (True, "7"), (False, "0"), {"points"}),
        ({"check": "points", "at_least": 8}, "has at least 8 points",
         (False, "7"), (False, "0"), {"points"}),
        ({"check": "points", "at_most": 6}, "has at most 6 points",
         (False, "7"), (True, "0"), {"points"}),
        ({"check": "points", "at_least": 0, "at_most": 7}, "has at least 0 and at most 7 points",
         (True, "7"), (True, "0"), {"points"}),
        ({"check": "points", "at_least": 7, "at_most": 7}, "has exactly 7 points",
         (True, "7"), (False, "0"), {"points"}),
        ({"check": "at", "place": "coffee"}, "is at coffee",
         (True, "coffee"), (False, "nowhere"), {"at"}),
        ({"check": "at", "place": "stage"}, "is at stage",
         (False, "coffee"), (False, "nowhere"), {"at"}),
        ({"check": "at", "group": "food"}, "is at a place of food",
         (True, "coffee"), (False, "nowhere"), {"at"}),
        ({"check": "audience", "audience": "guests"}, "is in the audience guests",
         (True, "guests"), (False, "no audiences"), {"audience:guests"}),
        ({"check": "audience", "audience": "fans"}, "is in the audience fans",
         (False, "guests"), (False, "no audiences"), {"audience:fans"}),
    ],
)  # fmt: skip
def test_what_holds_and_what_is_seen(
    test: dict[str, Any],
    text: str,
    ann: tuple[bool, str],
    bob: tuple[bool, str],
    keys: set[str],
) -> None:
    asked = ask(**test)
    for person, (held, saw) in ((ANN, ann), (BOB, bob)):
        found = clause(asked, person)
        assert (found.text, found.held, found.saw) == (text, held, saw)
    assert asked.keys == keys
    assert asked.is_personal
    assert not asked.is_timed
    assert asked.until_ms(view(ANN)) is None
