"""What falls due is decided in order, once, also after a restart; the alarm is set for the next."""

from typing import Any

import pytest
from msgspec.structs import replace

from tests.core.fold import TAP
from tests.engine.parts import OPENS_MS, QUICK, FaultyStore, Hub, message, tap

MIN_MS = 60_000


def later(name: str, after: str, points: int) -> dict[str, Any]:
    """A rule that gives points some time after a tap."""
    follow: dict[str, Any] = {
        "do": "follow_up", "after": after, "then": [{"do": "points", "points": points}],
    }  # fmt: skip
    return {"name": name, "when": TAP, "then": [follow]}


RULES = (later("second", "20min", 10), later("first", "10min", 1), later("third", "30min", 100))


@pytest.fixture
def waiting(store: FaultyStore) -> Hub:
    """Ann has tapped, and three things wait for their time."""
    hub = Hub(store, *RULES)
    hub.join("ann")
    hub.run(message(tap()))
    assert len(store.load_engine().timers) == 3
    return hub


def test_each_falls_due_at_its_time_and_the_alarm_is_set_for_the_next(waiting: Hub) -> None:
    assert waiting.waker.asked[-1] == OPENS_MS + 10 * MIN_MS
    waiting.clock.advance(10 * MIN_MS - 1)
    waiting.run()
    assert waiting.points() == 0
    waiting.clock.advance(1)
    waiting.run()
    waiting.run()
    assert waiting.points() == 1
    assert waiting.waker.asked[-1] == OPENS_MS + 20 * MIN_MS
    waiting.clock.advance(20 * MIN_MS)
    waiting.run()
    assert waiting.points() == 111
    assert waiting.waker.asked[-1] is None


@pytest.mark.parametrize("restart", [False, True])
def test_what_fell_due_together_is_decided_in_order_and_once(waiting: Hub, restart: bool) -> None:
    waiting.clock.advance(60 * MIN_MS)
    if restart:
        waiting.make_engine()
    waiting.run()
    if restart:
        waiting.make_engine()
    waiting.run()
    keys = waiting.log("due")
    assert [name for key in keys for name in ("first", "second", "third") if name in key] == [
        "first", "second", "third",
    ]  # fmt: skip
    assert waiting.points() == 111
    assert waiting.store.load_engine().timers == []


def test_a_group_that_failed_leaves_what_fell_due_for_the_next(
    waiting: Hub, store: FaultyStore
) -> None:
    waiting.clock.advance(60 * MIN_MS)
    store.before = [ValueError("a fault")]
    with pytest.raises(ValueError, match="a fault"):
        waiting.run()
    waiting.run()
    assert waiting.points() == 111
    assert len(waiting.log("due")) == 3


def test_readings_under_way_are_waited_for_when_time_is_paced(sqlite_store: FaultyStore) -> None:
    hub = Hub(sqlite_store, *RULES, settings=replace(QUICK, settle_ms=5_000))
    hub.join("ann")
    hub.run(message(tap()))
    assert hub.waker.asked[-1] == OPENS_MS + 10 * MIN_MS + 5_000
    hub.clock.advance(10 * MIN_MS + 4_999)
    hub.run()
    assert hub.log("due") == []
    hub.clock.advance(1)
    hub.run()
    assert hub.points() == 1


def test_what_is_not_asked_for_any_more_falls_due_without_effect(waiting: Hub) -> None:
    waiting.publish(RULES[0])
    waiting.clock.advance(60 * MIN_MS)
    waiting.run()
    assert waiting.points() == 10
    assert waiting.waker.asked[-1] is None
