"""However deliveries come, no target is asked more often than it takes, and each gets its turn."""

import heapq
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.clock import ManualClock
from integrations.port import Done, RetryAt
from integrations.webhook.emulator import Receiver
from integrations.webhook.pace import Pace
from tests.webhook.conftest import BODY, SECRET, VARIABLE, connector
from tests.webhook.shared import NOW, Peer

ARRIVALS = st.lists(st.integers(0, 400), min_size=1, max_size=30)
DELAYS = st.lists(st.integers(0, 300), max_size=60)
"""How late each delivery comes to its turn."""


@given(ARRIVALS, DELAYS)
def test_requests_are_spread_and_nobody_is_forgotten(
    arrivals: list[int], delays: list[int]
) -> None:
    pace, late = Pace(100.0), iter(delays)
    due = [(at_ms, str(number)) for number, at_ms in enumerate(arrivals)]
    heapq.heapify(due)
    now_ms, sent = 0, list[int]()
    while due:
        at_ms, key = heapq.heappop(due)
        now_ms = max(now_ms, at_ms) + next(late, 0)
        wait_ms = pace.wait_ms(key, now_ms)
        if wait_ms:
            heapq.heappush(due, (now_ms + wait_ms, key))
        else:
            sent.append(now_ms)
    assert len(sent) == len(arrivals)
    assert all(later - earlier >= 100 for earlier, later in pairwise(sent))


def test_turns_are_given_once_and_without_delay_none_is_wasted() -> None:
    pace = Pace(100.0)
    waits = [pace.wait_ms(str(number), 0) for number in range(5)]
    assert waits == [0, 101, 201, 301, 401]
    again = [pace.wait_ms(str(number), 100 * number + 1) for number in range(1, 5)]
    assert again == [0, 0, 0, 0]


def test_who_asks_too_early_keeps_its_turn() -> None:
    pace = Pace(100.0)
    assert [pace.wait_ms(key, 0) for key in "abc"] == [0, 101, 201]
    assert pace.wait_ms("c", 50) == 151
    assert pace.wait_ms("b", 50) == 51


def test_places_are_bounded_and_the_oldest_gets_another() -> None:
    pace = Pace(100.0, keys_max=2)
    assert [pace.wait_ms(key, 0) for key in "abcd"] == [0, 101, 201, 301]
    assert pace.wait_ms("b", 101) == 300


def test_a_target_is_paced_in_real_time_at_any_speed(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, SECRET)
    clock = ManualClock(NOW, speed=60.0)
    found = connector(receiver, clock, per_second=2)
    peer = Peer(receiver, found, clock, BODY, lambda: 0, SECRET, lambda: None, lambda: None)
    assert isinstance(peer.deliver("a", 0), Done)
    verdict = peer.deliver("b", 0)
    assert isinstance(verdict, RetryAt)
    assert verdict.at_ms == NOW + 30_001
    assert isinstance(peer.deliver("b", 30_001), Done)
    found.stop()
