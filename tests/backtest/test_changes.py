"""Small changes of which everybody can work out who gains and who loses."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from hub.backtest.comparing import Both, Change
from hub.core import document as doc
from hub.core import events as ev
from tests.backtest.files import Script, report, told
from tests.backtest.made import POINT, REWARD, venue_of
from tests.core.fold import MIN, rule, visits
from tests.engine.parts import OPENS_MS

ONCE = {"once": True}
PUSH = {"do": "push", "title": "Hello"}


def at_ms(minute: float) -> int:
    return OPENS_MS + round(minute * MIN)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Ann taps three times, Bob twice, Cid once; three visits give a card."""
    script = Script("ann", "bob", "cid")
    script.tap("ann", "coffee", 10, 20).tap("bob", "coffee", 25).tap("ann", "coffee", 30)
    script.tap("bob", "coffee", 35.5).tap("cid", "coffee", 40)
    venue = venue_of(
        rule(visits(3), REWARD, name="card", limit=ONCE),
        pools=[{"id": "card", "title": "A card", "stock": 2, "cost": 1.5}],
    )
    return script.write(tmp_path / "event.jsonl", venue)


def test_the_same_document_changes_nothing(path: Path) -> None:
    found = report(path, {"rules": [rule(visits(3), REWARD, name="card", limit=ONCE)]})
    assert (found.gains, found.losses) == ([], [])
    [one] = found.rules
    assert (one.fired, one.unchanged, one.moved) == (Both(1, 1), 1, 0)
    assert not one.is_changed


def test_a_lower_count_gives_more_people_a_card(path: Path) -> None:
    found = report(path, {"rules": [rule(visits(2), REWARD, name="card", limit=ONCE)]})
    assert found.gains == [Change("bob", "card", 0, 1, at_ms(35.5))]
    assert found.losses == []
    [one] = found.rules
    assert (one.fired, one.gain, one.lose, one.moved, one.unchanged) == (Both(1, 2), 1, 0, 1, 0)
    live, proposed = found.pools["card"].live, found.pools["card"].proposed
    assert live is not None
    assert proposed is not None
    assert (live.given, live.cost, live.left, live.ran_out_ms) == (1, 1.5, 1, None)
    assert (proposed.given, proposed.cost, proposed.left) == (2, 3.0, 0)
    assert proposed.ran_out_ms == at_ms(35.5)


def test_a_higher_count_takes_it_away(path: Path) -> None:
    found = report(path, {"rules": [rule(visits(4), REWARD, name="card", limit=ONCE)]})
    assert found.losses == [Change("ann", "card", 1, 0, at_ms(30))]
    assert found.gains == []


def test_stock_that_runs_out_is_a_reason(path: Path) -> None:
    found = report(path, {"rules": [rule(visits(1), REWARD, name="card", limit=ONCE)]})
    [one] = found.rules
    assert one.fired == Both(1, 2)
    assert one.suppressed == Both({}, {"stock": 1})
    assert [change.person for change in found.gains] == ["bob"]


def test_another_rule_and_how_fast_it_writes(path: Path) -> None:
    rules = [
        rule({"kind": "tap", "place": "coffee"}, PUSH, name="each"),
        rule(visits(3), REWARD, name="card", limit=ONCE),
    ]
    found = report(path, {"rules": rules})
    assert [(one.person, one.live, one.proposed) for one in found.gains] == [
        ("ann", 0, 3), ("bob", 0, 2), ("cid", 0, 1),
    ]  # fmt: skip
    push = found.channels["push"].proposed
    assert push is not None
    assert (push.count, push.minute, push.second) == (7, 2, 2)  # a card is announced too
    assert push.minute_ms == at_ms(30)


def test_a_draft_is_judged_as_live_only_when_asked(path: Path) -> None:
    rules = [rule(visits(2), REWARD, name="card", stage="draft")]
    assert [one.person for one in report(path, {"rules": rules}).losses] == ["ann"]
    judged = report(path, {"rules": rules}, as_live=True)
    assert [one.person for one in judged.gains] == ["bob"]
    assert judged.losses == []


def test_a_shadow_is_counted_apart(path: Path) -> None:
    found = report(path, {"rules": [rule(visits(2), POINT, name="card", stage="shadow")]})
    [one] = found.rules
    assert (one.fired, one.shadow) == (Both(1, 0), Both(0, 2))


def test_budgets_and_audiences_stand_beside_each_other(path: Path) -> None:
    parts = {
        "rules": [rule(visits(1), REWARD, name="card", limit=ONCE)],
        "budgets": [{"name": "cards", "amount": 2, "pools": ["card"]}],
        "audiences": [
            {"name": "seen", "if": {"check": "counted", "of": "visits", "at_least": 2}}
        ],
    }  # fmt: skip
    found = report(path, parts)
    budget = found.budgets["cards"].proposed
    assert budget is not None
    assert (budget.spent, budget.refused_ms) == (1.5, at_ms(25))
    assert found.budgets["cards"].live is None
    assert found.audiences == {"seen": Both(None, 2)}


def test_only_decisions_since_then_count(path: Path) -> None:
    venue = venue_of(rule({"kind": "tap", "place": "coffee"}, name="each"))
    _, all_of_it = told(path, venue)
    _, some = told(path, venue, since_ms=at_ms(30))
    counts = [len(one.rules["each"].firings.all_ms()) for one in (all_of_it, some)]
    assert counts == [6, 3]


def test_what_nobody_was_given_is_not_redeemed(tmp_path: Path) -> None:
    script = Script("ann").tap("ann", "coffee", 10)
    script.add(20, ev.Redeemed("ann", "card", 0, at_ms(20)))
    script.add(21, ev.Redeemed("ann", "card", 0, at_ms(21)))
    thanks = rule({"kind": "redeemed"}, name="thanks")
    venue = venue_of(rule(visits(1), REWARD, name="card"), thanks)
    path = script.write(tmp_path / "event.jsonl.gz", venue)
    found = report(path, {"rules": [rule(visits(2), REWARD, name="card"), thanks]})
    assert [(one.rule, one.person) for one in found.losses] == [("card", "ann"), ("thanks", "ann")]
    assert found.not_redeemed == Both(1, 2)


def test_a_fact_that_a_document_refuses_is_counted(path: Path) -> None:
    venue = venue_of(rule(visits(1, "bacon"), name="card"))
    places = [place for place in venue.places if place.id != "coffee"]
    live, proposed = told(path, _with_places(venue, places))
    assert live.refused == {}
    assert sum(proposed.refused.values()) == 6
    assert "coffee" in next(iter(proposed.refused))


def _with_places(venue: doc.Venue, places: list[doc.Place]) -> doc.Venue:
    return replace(venue, places=places)


def test_what_is_forgotten_stays_given(tmp_path: Path) -> None:
    script = Script("ann")
    script.add(5, ev.Tombstone(at_ms(5), {"card": [0], "gone": [3]}, {}, {"card": 1}))
    script.add(6, ev.Erased("", at_ms(6))).tap("ann", "coffee", 10, 11)
    venue = venue_of(rule(visits(1), REWARD, name="card", limit=ONCE))
    path = script.write(tmp_path / "event.jsonl", venue)
    pool = report(path, {"rules": []}).pools["card"].live
    assert pool is not None
    assert (pool.given, pool.left) == (1, 0)


def test_two_runs_are_equal(path: Path) -> None:
    parts = {"rules": [rule(visits(2), REWARD, name="card")]}
    assert report(path, parts) == report(path, parts)
