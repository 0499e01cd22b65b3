"""Whom to look at when nothing is heard: everybody has one entry, and a sighting never moves it.

An entry that comes up too early is put back at its new instant. So the hot path does not touch
the heap, each person costs one push and one pop for each ``leave_after_ms``, and a tick looks
only at those whose entry has come up.
"""

import heapq

from hub.core.presence.memory import Track


class Agenda:
    """Instants at which people are to be looked at, soonest first, then by name."""

    __slots__ = ("_heap",)

    def __init__(self) -> None:
        self._heap: list[tuple[int, str]] = []

    def arm(self, person: str, track: Track, due_ms: int) -> None:
        """See to it that ``person`` comes up at ``due_ms`` or before."""
        if track.armed_ms == 0 or due_ms < track.armed_ms:
            track.armed_ms = due_ms
            heapq.heappush(self._heap, (due_ms, person))

    def pop(self, now_ms: int) -> tuple[int, str] | None:
        """Take the soonest entry that has come up by ``now_ms``."""
        if not self._heap or self._heap[0][0] > now_ms:
            return None
        return heapq.heappop(self._heap)
