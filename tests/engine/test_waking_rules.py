"""The calendar, calls and the number of people make rules true, also after the power was gone."""

import dataclasses
from typing import Any, Final

import pytest

from hub.core import events as ev
from hub.core.asking import View
from tests.core.fold import TAP, rule
from tests.engine.day import Day
from tests.engine.parts import FaultyStore

STAFF: Final = {"do": "staff", "title": "Look"}


def schedule(name: str, **when: Any) -> dict[str, Any]:
    """A rule that the calendar makes true."""
    then = {"do": "points", "points": 1} if "each" in when else STAFF
    return rule({"kind": "schedule", **when}, then, name=name)


CALENDAR: Final = (
    schedule("at", at="2026-10-08T08:30"),
    schedule("daily", daily="09:00"),
    schedule("every", every="25min"),
    schedule("each", at="2026-10-08T08:40", each="everyone"),
    schedule("fans", every="1h", each="fans"),
    rule({"kind": "absent", "place": "coffee", "by": "2026-10-08T08:50"}, name="by"),
)
FANS: Final = {"name": "fans", "if": {"check": "attribute", "name": "fan", "equals": True}}


@pytest.mark.parametrize("way", ["minute by minute", "restarting", "overdue"])
def test_the_calendar_makes_rules_true_once_each(store: FaultyStore, way: str) -> None:
    day = Day(store, *CALENDAR, audiences=[FANS], restarts=way == "restarting")
    day.join("ann", "bob")
    day.registers("bob", fan=True)
    day.at(10).happens(day.taps("ann"))
    if way == "overdue":
        day.make_engine()
        day.at(70).lives_on()
    else:
        for minute in range(11, 71):
            day.at(minute).lives_on()
    assert day.fired("at") == [(None, 30)]
    assert day.fired("daily") == [(None, 60)]
    assert day.fired("every") == [(None, 25), (None, 50)]
    assert day.fired("each") == [("ann", 40), ("bob", 40)]
    assert day.fired("fans") == [("bob", 60)]
    assert day.fired("by") == [("bob", 50)]
    assert day.engine._memory.next_due_ms() == day.clock.now_ms + 5 * 60_000
    day.agrees()
    day.folds_again()


def test_buttons_and_calls(store: FaultyStore) -> None:
    day = Day(
        store,
        rule({"kind": "button", "button": "doors"}, STAFF, name="doors"),
        rule({"kind": "button", "button": "gift", "about": "person"}, name="gift"),
        rule({"kind": "call", "call": "paid"}, name="paid"),
    )
    day.join("ann", "bob")
    now_ms = day.at(1).clock.now_ms
    assert day.tell(ev.Called("doors", "button", now_ms)) is None
    assert day.tell(ev.Called("gift", "button", now_ms, "ann")) is None
    day.tell(ev.Merged("bob", "ann", now_ms))
    day.make_engine()
    day.at(2)
    assert day.tell(ev.Called("paid", "call", day.clock.now_ms, "ann")) is None
    day.tell(ev.Called("nobody-asks", "call", day.clock.now_ms))
    assert day.fired("doors") == [(None, 1)]
    assert day.fired("gift") == [("ann", 1)]
    assert day.fired("paid") == [("bob", 2)], "who was called is known as Bob by now"
    assert day.person("bob").points == 2
    assert [row.title for row in store.notes.rows()] == ["Look"]
    day.agrees()
    day.folds_again()


@pytest.mark.parametrize("restarts", [False, True])
def test_a_place_that_fills_fires_once_until_it_has_emptied(
    store: FaultyStore, restarts: bool
) -> None:
    full = rule({"kind": "occupancy", "place": "stage", "at_least": 2}, STAFF, name="full")
    empty = rule({"kind": "occupancy", "place": "stage", "at_most": 0, "until": 2}, STAFF,
                 name="empty")  # fmt: skip
    day = Day(store, full, empty, restarts=restarts)
    day.join("ann", "bob", "cid")
    for second, badge in enumerate(("ann", "bob", "cid", "ann", "bob")):
        day.at(1 + second / 60).happens(day.hears(badge))
    assert [place for place, _ in day.fired("full")] == [None]
    day.agrees()
    day.at(4).lives_on()
    assert len(day.fired("empty")) == 1
    for second, badge in enumerate(("ann", "bob")):
        day.at(5 + second / 60).happens(day.hears(badge))
    assert len(day.fired("full")) == 2
    day.agrees()
    day.folds_again()


def test_what_people_do_or_leave_undone_is_due_after_a_restart(store: FaultyStore) -> None:
    day = Day(
        store,
        rule({"kind": "absent", "place": "coffee", "for": "30min"}, name="absent"),
        rule({"kind": "without", "first": "bacon", "then": "coffee", "within": "10min"},
             name="without"),
        rule({"kind": "rule", "rule": "without", "after": "5min"}, name="after"),
        rule(TAP, {"do": "follow_up", "after": "20min", "then": [STAFF]}, name="later"),
    )  # fmt: skip
    day.join("ann")
    day.at(1).happens(day.taps("ann"))
    day.at(2).happens(day.taps("ann", reader="grill"))
    day.make_engine()
    day.at(60).lives_on()
    assert day.fired("without") == [("ann", 12)]
    assert day.fired("after") == [("ann", 17)]
    assert day.fired("absent") == [("ann", 31)]
    assert len(store.notes.rows()) == 1
    assert day.timers() == []
    day.agrees()
    day.folds_again()


def fails(_: View) -> bool:
    raise ZeroDivisionError("no number")


def break_rule(day: Day, name: str) -> None:
    """Let a rule's condition fail whenever it is asked, in the engine that runs."""
    world = day.engine._memory.world
    assert world is not None
    compiled = world.rules.rules[name]
    broken = dataclasses.replace(compiled, ask=dataclasses.replace(compiled.ask, holds=fails))
    sparked = {
        key: tuple(broken if one.name == name else one for one in listed)
        for key, listed in world.rules.sparked_by.items()
    }
    rules = dataclasses.replace(
        world.rules, rules=world.rules.rules | {name: broken}, sparked_by=sparked
    )
    day.engine._memory.use(rules)


def test_a_rule_with_a_fault_stops_no_other_rule_and_no_other_tap(store: FaultyStore) -> None:
    push = {"do": "push", "title": "Hello"}
    day = Day(store, rule(TAP, name="before"), rule(TAP, push, name="bad"), rule(TAP, name="after"))
    day.join("ann", "bob")
    break_rule(day, "bad")
    day.at(1).happens(day.taps("ann", "bob"))
    day.at(2).happens(day.taps("ann"))
    told = [(one.person, one.outcome, one.because) for one in day.decided("bad")]
    assert told == [(who, "suppressed", "fault") for who in ("ann", "bob", "ann")]
    assert "no number" in day.decided("bad")[0].reason
    assert day.fired("before") == day.fired("after") == [("ann", 1), ("bob", 1), ("ann", 2)]
    assert (day.person("ann").points, day.person("bob").points) == (4, 2)
    assert (day.held(), day.deliverer.keys) == ([], [])
    day.make_engine()  # it compiles the rule anew: the fault is gone
    day.at(3).happens(day.taps("ann"))
    assert day.fired("bad") == [("ann", 3)]
    assert len(day.deliverer.keys) == 1
