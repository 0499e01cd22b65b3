"""What falls due does so in the order of its instants, and never before the step that set it."""

import heapq
from collections.abc import Iterable

from hub.core.state import Timer


class Waiting:
    """The timers of a fold; ``timers`` are all of them by key, ``sweeps`` those that ask for all.

    ``settle_ms`` is how long a timer gives way to facts, as in the engine.
    """

    def __init__(self, settle_ms: int) -> None:
        self.timers: dict[str, Timer] = {}
        self.sweeps: dict[str, Timer] = {}
        self._settle_ms = settle_ms
        self._heap: list[tuple[int, int, str]] = []

    def change(self, cancelled: Iterable[str], put: Iterable[Timer], now_ms: int) -> None:
        """Take timers away, then set some; what is due already is due now."""
        timers, sweeps = self.timers, self.sweeps
        for key in cancelled:
            timers.pop(key, None)
            sweeps.pop(key, None)
        for timer in put:
            timers[timer.key] = timer
            if timer.kind == "sweep":
                sweeps[timer.key] = timer
            else:
                rings_ms = max(timer.due_ms + self._settle_ms, now_ms)
                heapq.heappush(self._heap, (rings_ms, timer.due_ms, timer.key))

    def next_ms(self) -> int | None:
        """The instant at which the next timer rings."""
        heap, timers = self._heap, self.timers
        while heap:
            rings_ms, due_ms, key = heap[0]
            timer = timers.get(key)
            if timer is not None and timer.due_ms == due_ms:
                return rings_ms
            heapq.heappop(heap)
        return None

    def ring(self) -> Timer:
        """Take the next timer; it stays set until its step takes it away."""
        return self.timers[heapq.heappop(self._heap)[2]]
