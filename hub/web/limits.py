"""Nobody may try more often than a person would; what is remembered of them is bounded."""

from collections import OrderedDict
from threading import Lock
from typing import Final

SOURCES_MAX: Final = 4096
"""Addresses remembered; beyond that the one that came longest ago is forgotten."""


class RateLimit:
    """At most ``tries`` for each source in ``within_ms``, refilled evenly (a token bucket)."""

    def __init__(self, tries: int, within_ms: int) -> None:
        self._tries = tries
        self._refill_per_ms = tries / within_ms
        self._left: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._lock = Lock()

    def allow(self, source: str, now_ms: int) -> bool:
        """Take a try of ``source`` at ``now_ms``, in ms; False when none is left."""
        with self._lock:
            tokens, at_ms = self._left.pop(source, (float(self._tries), now_ms))
            tokens = min(self._tries, tokens + max(0, now_ms - at_ms) * self._refill_per_ms)
            allowed = tokens >= 1
            self._left[source] = (tokens - 1 if allowed else tokens, now_ms)
            if len(self._left) > SOURCES_MAX:
                self._left.popitem(last=False)
            return allowed

    def __len__(self) -> int:
        return len(self._left)
