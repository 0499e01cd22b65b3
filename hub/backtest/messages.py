"""How much goes out by each channel, and when most: held messages go when they may."""

from collections import Counter
from typing import Final

from hub.backtest.told import ToldChannel
from hub.core.outcome import Outcome

SECOND_MS: Final = 1_000
MINUTE_MS: Final = 60_000

INBOX: Final = "inbox"
STAFF: Final = "staff"
"""Messages and notes are no actions: they are there at once."""


class Messages:
    """Counts by channel and second what goes out from ``since_ms`` to ``until_ms``."""

    def __init__(self, since_ms: int, until_ms: int) -> None:
        self._since_ms = since_ms
        self._until_ms = until_ms
        self._seconds: dict[str, Counter[int]] = {}

    def take(self, outcome: Outcome, now_ms: int) -> None:
        """Count what an event that became known at ``now_ms`` sends."""
        for action in outcome.actions:
            self._count(action.connector, max(now_ms, action.not_before_ms))
        for _ in outcome.messages:
            self._count(INBOX, now_ms)
        for _ in outcome.notes:
            self._count(STAFF, now_ms)

    def _count(self, channel: str, at_ms: int) -> None:
        if self._since_ms <= at_ms <= self._until_ms:
            seconds = self._seconds.get(channel)
            if seconds is None:
                seconds = self._seconds[channel] = Counter()
            seconds[at_ms // SECOND_MS] += 1

    def channels(self) -> dict[str, ToldChannel]:
        """Each channel, by name."""
        return {name: _told(self._seconds[name]) for name in sorted(self._seconds)}


def _told(seconds: Counter[int]) -> ToldChannel:
    minutes: Counter[int] = Counter()
    for second, count in seconds.items():
        minutes[second * SECOND_MS // MINUTE_MS] += count
    second, most = _busiest(seconds)
    minute, most_in_minute = _busiest(minutes)
    return ToldChannel(
        count=seconds.total(),
        second=most,
        second_ms=second * SECOND_MS,
        minute=most_in_minute,
        minute_ms=minute * MINUTE_MS,
    )


def _busiest(counts: Counter[int]) -> tuple[int, int]:
    """The first of those with most, and how many."""
    return min(counts.items(), key=lambda one: (-one[1], one[0]))
