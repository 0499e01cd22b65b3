"""What of its surroundings a rule asks about."""

from typing import Any

import pytest

from hub.core.compiled import compile_venue
from hub.core.explaining.around import needs_of_rule
from tests.core.fold import TAP, document, rule

CARD = {"do": "reward", "pool": "card", "title": "A card"}
STAGE = {"check": "occupancy", "place": "stage", "at_least": 2}
STOCK = {"check": "stock", "pool": "mug"}


@pytest.mark.parametrize(
    ("made", "places", "pools"),
    [
        (rule(TAP), set(), set()),
        (rule(TAP, CARD), set(), {"card", "mug"}),
        (rule(TAP, if_={"check": "any", "of": [STAGE, STOCK]}), {"stage"}, {"mug"}),
        (rule({"kind": "present", "place": "floor"}, {"do": "music"}), {"floor"}, set()),
    ],
)
def test_needs(made: dict[str, Any], places: set[str], pools: set[str]) -> None:
    listed = [
        {"id": name, "title": name, "stock": 2, "cost": 1} for name in ("card", "mug", "other")
    ]
    budgets = [
        {"name": "both", "amount": 9, "pools": ["card", "mug"]},
        {"name": "other", "amount": 9, "pools": ["other"]},
    ]
    rules = compile_venue(document(made, pools=listed, budgets=budgets), 1)
    needs = needs_of_rule(rules, rules.rules["r"])
    assert (set(needs.places), set(needs.pools)) == (places, pools)
