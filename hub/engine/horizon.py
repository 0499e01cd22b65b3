"""Silence may be judged only up to where readings are complete: an edge may still bring history.

An edge that was cut off sends what it heard meanwhile in order, faster than it happened. Until it
has caught up, or falls silent itself, nobody is declared gone later than its newest sighting.
"""

from typing import Final

from msgspec import Struct

QUIET_REORDERS: Final = 5
"""An edge that brings nothing for so many reorder windows has no more history to bring."""
BEHIND_REORDERS_MAX: Final = 200
"""An edge that is behind for longer than so many reorder windows has a wrong clock, not a history;
with the default window that is ten minutes."""


class _Seen(Struct):
    newest_ms: int
    came_ms: int
    behind_since_ms: int


class Horizon:
    """Knows which edges are behind. All instants are venue milliseconds."""

    def __init__(self, reorder_ms: int) -> None:
        self._reorder_ms = reorder_ms
        self._behind: dict[str, _Seen] = {}

    def note(self, edge: str, at_ms: int, now_ms: int) -> None:
        """An edge brought a sighting of ``at_ms``; each edge brings them in order of time."""
        if at_ms >= now_ms - self._reorder_ms:
            if self._behind:
                self._behind.pop(edge, None)
            return
        seen = self._behind.get(edge)
        if seen is None:
            self._behind[edge] = _Seen(at_ms, now_ms, now_ms)
        else:
            seen.newest_ms, seen.came_ms = at_ms, now_ms

    def complete_ms(self, now_ms: int, until_ms: int) -> int:
        """The instant up to which readings are complete, ``until_ms`` at most."""
        quiet_ms = QUIET_REORDERS * self._reorder_ms
        for edge, seen in list(self._behind.items()):
            if now_ms - seen.came_ms > quiet_ms:
                del self._behind[edge]
            elif now_ms - seen.behind_since_ms <= BEHIND_REORDERS_MAX * self._reorder_ms:
                until_ms = min(until_ms, seen.newest_ms)
        return until_ms
