"""What follows from a verdict, as a table."""

import pytest

from hub.outbox.retry import (
    BACKOFF_MS_MAX,
    REASON_CHARS_MAX,
    STOPPED_PROBE_MS,
    Again,
    Settle,
    backoff_ms,
    decide,
)
from integrations.port import Done, Drop, RetryAt, RetryLater, StopConnector, Verdict

NOW = 1_000_000


@pytest.mark.parametrize(
    ("verdict", "attempt", "expires_in_ms", "follows"),
    [
        (Done("ok"), 1, 5, Settle("done", "ok")),
        (Done("ok"), 9, -5, Settle("done", "ok")),
        (Drop("no such lamp"), 1, 5, Settle("dropped", "no such lamp")),
        (RetryLater("busy"), 1, 1_001, Again(NOW + 1_000, "busy")),
        (RetryLater("busy"), 3, 99_999, Again(NOW + 4_000, "busy")),
        (RetryLater("busy"), 1, 1_000, Settle("dead", "gave up after 1 tries: busy")),
        (RetryAt(NOW + 70, "wait"), 1, 71, Again(NOW + 70, "wait")),
        (RetryAt(NOW - 70, "wait"), 1, 1, Again(NOW, "wait")),
        (RetryAt(NOW + 70, "wait"), 2, 70, Settle("dead", "gave up after 2 tries: wait")),
        (StopConnector("key"), 1, 10**6, Again(NOW + STOPPED_PROBE_MS, "key", stops=True)),
        (StopConnector("key"), 1, 10_000, Settle("dead", "gave up after 1 tries: key")),
    ],
)
def test_what_follows(
    verdict: Verdict, attempt: int, expires_in_ms: int, follows: Settle | Again
) -> None:
    assert decide(verdict, attempt, NOW, NOW + expires_in_ms) == follows


def test_waiting_doubles_up_to_a_bound() -> None:
    assert [backoff_ms(n) for n in (1, 2, 3, 4)] == [1_000, 2_000, 4_000, 8_000]
    assert [backoff_ms(n) for n in (9, 10, 100, 10**9)] == [256_000] + [BACKOFF_MS_MAX] * 3


@pytest.mark.parametrize("verdict", [Done("x" * 999), Drop("x" * 999)])
def test_an_end_is_told_in_bounds(verdict: Verdict) -> None:
    settled = decide(verdict, 1, NOW, NOW + 1)
    assert isinstance(settled, Settle)
    assert len(settled.detail) == REASON_CHARS_MAX


@pytest.mark.parametrize(
    "verdict", [RetryLater("x" * 999), RetryAt(0, "x" * 999), StopConnector("x" * 999)]
)
def test_a_reason_is_told_in_bounds(verdict: Verdict) -> None:
    again = decide(verdict, 1, NOW, NOW * 9)
    assert isinstance(again, Again)
    assert len(again.reason) == REASON_CHARS_MAX
