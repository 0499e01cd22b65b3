"""One wake-up at the next instant that matters, in venue time; others at a steady pace."""

import time
from collections.abc import Iterator
from queue import Empty, Queue

import pytest

from contract.clock import ManualClock, PacedClock
from hub.schedule.alarm import Alarm

VENUE_MS = 1_791_439_200_000
HOUR_MS = 3_600_000
SPEED = 36_000.0
"""Ten venue hours in a real second."""
WAIT_S = 20


class Rings:
    """Keeps the venue instants at which somebody was woken."""

    def __init__(self) -> None:
        self.clock = PacedClock(VENUE_MS, time.time_ns() // 1_000_000, SPEED)
        self.alarm = Alarm(self.clock)
        self.at_ms: Queue[int] = Queue()

    def wake(self) -> None:
        self.at_ms.put(self.clock.wall_ms())

    def next_ms(self) -> int:
        """Wait for the next ring."""
        return self.at_ms.get(timeout=WAIT_S)


@pytest.fixture
def rings() -> Iterator[Rings]:
    made = Rings()
    made.alarm.start()
    made.alarm.start()
    yield made
    made.alarm.stop()
    made.alarm.stop()


def test_it_rings_at_the_instant_and_not_before(rings: Rings) -> None:
    due_ms = rings.clock.wall_ms() + HOUR_MS
    rings.alarm.at(due_ms, rings.wake)
    rings.alarm.at(due_ms, rings.wake)
    assert rings.next_ms() >= due_ms - SPEED
    with pytest.raises(Empty):
        rings.at_ms.get_nowait()


def test_a_nearer_instant_takes_the_place_of_a_far_one(rings: Rings) -> None:
    rings.alarm.at(VENUE_MS + 365 * 24 * HOUR_MS, rings.wake)
    rings.alarm.at(rings.clock.wall_ms(), rings.wake)
    assert rings.next_ms() < VENUE_MS + 365 * 24 * HOUR_MS


def test_the_same_instant_can_be_asked_for_again_once_it_has_rung(rings: Rings) -> None:
    due_ms = rings.clock.wall_ms()
    for _ in range(3):
        rings.alarm.at(due_ms, rings.wake)
        assert rings.next_ms() >= due_ms


def test_an_alarm_that_is_taken_back_does_not_ring(rings: Rings) -> None:
    early: Queue[str] = Queue()
    rings.alarm.at(rings.clock.wall_ms() + 3 * HOUR_MS, lambda: early.put("rang"))
    rings.alarm.at(None, rings.wake)
    rings.alarm.at(rings.clock.wall_ms() + 5 * HOUR_MS, rings.wake)
    rings.next_ms()
    assert early.empty()


@pytest.mark.parametrize("far_ms", [10**14, 2**53, 10**18])
def test_an_instant_that_no_calendar_reaches_is_waited_for(far_ms: int) -> None:
    alarm = Alarm(ManualClock(VENUE_MS))
    alarm.start()
    try:
        alarm.at(far_ms, lambda: None)
        done: Queue[str] = Queue()
        alarm.at(VENUE_MS, lambda: done.put("rang"))
        assert done.get(timeout=WAIT_S) == "rang"
    finally:
        alarm.stop()


def test_a_steady_pace(rings: Rings) -> None:
    rings.alarm.every(0.02, rings.wake)
    first, second = rings.next_ms(), rings.next_ms()
    assert first <= second


def test_one_that_is_not_started_rings_for_nobody() -> None:
    alarm = Alarm(ManualClock(VENUE_MS))
    alarm.at(VENUE_MS, lambda: None)
    alarm.stop()
