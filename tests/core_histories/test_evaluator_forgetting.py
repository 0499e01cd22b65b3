"""The evaluator against tables by hand: erasing, earlier forms of a rule, a clock set back."""

from typing import Any, Final

import pytest

from hub.core import events as ev
from tests.core_histories.telling import Told, document, rule, taps
from tests.oracles.evaluator.spans import instant_of

TAP: Final = {"kind": "tap", "place": "coffee"}
CARD: Final = {"do": "reward", "pool": "card", "title": "A card"}
LATER: Final = {"do": "follow_up", "after": "10s", "then": [{"do": "tag", "tag": "red"}]}


def erase(told: Told, second: float, who: str = "ann") -> Told:
    told.tell(ev.Erased(who, told.at_ms(second)))
    return told


def test_nothing_remains_of_somebody_but_what_pools_and_the_event_count() -> None:
    limit = {"at_most": 2, "per": "event"}
    told = Told(document(rule(TAP, CARD, LATER), rule(TAP, limit=limit, name="all")))
    told.register("bob", 0)
    erase(taps(told, 1), 5).until(30)
    ledger = told.evaluator.ledger
    assert (told.said(), ledger.persons(), ledger.left_in("card")) == ([1], ["bob"], 1)
    told.tap(31)
    told.tap(32, who="bob")
    told.tap(33, who="bob")
    assert (told.said(name="all", who="bob"), ledger.left_in("card")) == ([32], 0)
    told.register("ann", 40)
    taps(told, 41)
    assert told.because()[-2:] == ["", "limit"]
    assert ledger.view("ann").taps == {"coffee": [told.at_ms(41)]}


@pytest.mark.parametrize("who", ["ann", "bob"])
def test_somebody_is_forgotten_under_all_their_ids(who: str) -> None:
    told = Told(document())
    told.register("bob", 0)
    told.tell(ev.Merged("ann", "bob", told.at_ms(1)))
    erase(told, 2, who)
    assert told.evaluator.ledger.persons() == []
    told.register("bob", 3)
    assert told.evaluator.ledger.who("bob") == "bob"


def test_a_badge_of_somebody_who_is_forgotten_is_not_anybodys_again() -> None:
    told = Told(document(rule(TAP)))
    told.register("bob", 0)
    told.tell(ev.Leased("ann-badge", "bob", told.at_ms(10)))
    erase(told, 20, "bob")
    for second in (9, 11, 21):
        told.tap(second, late=30 - second)
    assert told.said() == [9]


def test_who_leaves_by_being_forgotten_is_not_counted() -> None:
    few = rule({"kind": "occupancy", "place": "stage", "at_most": 0}, {"do": "staff", "title": "x"})
    told = Told(document(few))
    told.move(1, "entered")
    assert erase(told, 5).said(who=None) == [5]


VISIT: Final[dict[str, Any]] = {"kind": "visit", "place": "stage"}


@pytest.mark.parametrize(
    ("earlier", "later", "script", "fires"),
    [
        ({"at_least": "30s"}, {"at_least": "10s"}, [], [30]),
        ({"at_least": "30s"}, {"at_least": "25s"}, [], [25]),
        ({"at_least": "30s"}, {"at_least": "40s"}, [], [40]),
        ({"at_least": "30s"}, {"at_least": "10s"}, [(25, "out", "stage"), (26, "in", "stage")],
         [36]),
        ({"at_least": "30s"}, {"at_least": "10s", "place": "floor"}, [], []),
        ({"at_least": "30s"}, {"at_least": "10s", "kind": "dwell"}, [], [30]),
        ({"at_least": "30s"}, {}, [], []),
        ({"at_least": "20s"}, {"at_least": "10s"}, [], [20]),
        ({"at_least": "19s"}, {"at_least": "10s"}, [], [19]),
    ],
)  # fmt: skip
def test_who_waits_under_an_earlier_form_of_a_rule(
    earlier: dict[str, Any], later: dict[str, Any], script: Any, fires: list[float]
) -> None:
    told = Told(document(rule(VISIT | earlier)))
    told.move(0, "entered")
    told.evaluator.publish(document(rule(VISIT | later)), told.at_ms(20))
    assert told.play(script).until(100).said() == fires


@pytest.mark.parametrize(
    ("cron", "fires"),
    [
        ("*/30 2 * * *", [30, 1_830, 3_630, 5_430]),
        ("30 2 * * *", [1_830]),
        ("0 3 * * *", [7_230]),
    ],
)
def test_cron_where_the_clock_is_set_back(cron: str, fires: list[float]) -> None:
    opens_ms = instant_of("2026-10-25T02:00", "Europe/Berlin") - 30_000
    told = Told(document(rule({"kind": "schedule", "cron": cron, "each": "everyone"})), opens_ms)
    assert told.until(10_000).said() == fires


def test_what_was_reached_before_a_rule_went_live_is_past() -> None:
    dwell = {"kind": "dwell", "place": "stage", "at_least": "10s"}
    told = Told(document(rule(dwell, stage="shadow")))
    told.play([(0, "in", "stage")]).until(20)
    told.evaluator.publish(document(rule(dwell)), told.at_ms(21))
    assert (told.until(100).said("shadow"), told.said()) == ([10], [])


def test_what_was_decided_of_the_one_before_a_merge_does_not_count_for_the_other_after_it() -> None:
    told = Told(document(rule({"kind": "absent", "for": "10s"})))
    told.register("bob", 0)
    told.tap(5)
    told.until(20)
    told.tell(ev.Merged("ann", "bob", told.at_ms(21)))
    told.tell(ev.Unmerged("ann", "bob", told.at_ms(22)))
    told.tell(ev.Tapped("bob-badge", "coffee", told.at_ms(5)), late=20)
    assert (told.until(60).said(), told.said(who="bob")) == ([15], [15])
