"""No target is asked more often than it takes; who comes too early is told when its turn is.

Nobody waits here, so that a slow target holds up no other. Instants are venue milliseconds.
"""

from collections import OrderedDict

from integrations.webhook.limits import WAITING_KEYS_MAX


class Pace:
    """At least ``interval_ms`` between two requests; used by one thread."""

    def __init__(self, interval_ms: float, keys_max: int = WAITING_KEYS_MAX) -> None:
        self._interval_ms = interval_ms
        self._keys_max = keys_max
        self._free_ms = 0.0
        """The first instant that is nobody's turn yet."""
        self._last_ms = -interval_ms
        self._turns: OrderedDict[str, float] = OrderedDict()

    def wait_ms(self, key: str, now_ms: int) -> int:
        """Give 0 and count the request as made, or say how long ``key`` waits for its turn.

        Who comes later than its turn, and finds another's request just made, gets the next one.
        """
        earliest_ms = self._last_ms + self._interval_ms
        turn_ms = self._turns.pop(key, None)
        if turn_ms is None or (turn_ms <= now_ms < earliest_ms):
            turn_ms = max(now_ms, earliest_ms, self._free_ms)
            self._free_ms = turn_ms + self._interval_ms
        if turn_ms <= now_ms:
            self._last_ms = now_ms
            return 0
        self._turns[key] = turn_ms
        if len(self._turns) > self._keys_max:
            self._turns.popitem(last=False)
        return int(turn_ms - now_ms) + 1
