"""When a figure is within its bounds no longer, or again, although nothing happens.

What lies inside leaves, the oldest first, and the stay that goes on gets longer by a millisecond
each millisecond. Between two that leave a figure never falls, so it passes each bound at most once.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import takewhile
from math import inf
from typing import Final

from hub.core.asking.history import Item, Seen
from hub.core.asking.naming import Bounds
from hub.core.periods import Window

Total = Callable[[Sequence[int]], int | None]

TOTALS: Final[dict[str, Total]] = {
    "count": sum,
    "distinct": sum,
    "sum": sum,
    "min": lambda worths: min(worths, default=None),
    "max": lambda worths: max(worths, default=None),
}
"""What the worth of several comes to; of none ``min`` and ``max`` are unknown."""

GROWING: Final = frozenset({"sum", "min", "max"})
"""Where a stay that goes on is worth its length so far; elsewhere it is worth 1."""


def figure(take: str, seen: Seen, at_ms: int) -> int | None:
    """What is seen comes to this at ``at_ms``."""
    worths = [worth for _, worth, _ in seen.items]
    return TOTALS[take](worths + _going(take, seen.since_ms, at_ms))


def _going(take: str, since_ms: int | None, at_ms: int) -> list[int]:
    if since_ms is None:
        return []
    return [at_ms - since_ms if take in GROWING else 1]


def flip_ms(take: str, bounds: Bounds, window: Window, seen: Seen, at_ms: int) -> int | None:
    """The first instant after ``at_ms`` at which it is otherwise; None for never."""
    if take not in GROWING:
        return _count_flip_ms(bounds, window, seen)
    rests = _rests(TOTALS[take], seen.items)

    def holds(gone: int, then_ms: int) -> bool:
        return _within(take, bounds, [*rests[gone], *_going(take, seen.since_ms, then_ms)])

    now = holds(0, at_ms)
    for gone, from_ms, until_ms in _stretches(seen.items, window, at_ms):
        passed = _passes(take, bounds, seen.since_ms, rests[gone])
        for then_ms in (from_ms, *passed):
            if from_ms <= then_ms < until_ms and holds(gone, int(then_ms)) is not now:
                return int(then_ms)
    return None


def _count_flip_ms(bounds: Bounds, window: Window, seen: Seen) -> int | None:
    """A count only falls: below its lower bound, or to its upper one."""
    count = len(seen.items) + (seen.since_ms is not None)
    gone = count - bounds.high if count > bounds.high else count - bounds.low + 1
    if count < bounds.low or gone > len(seen.items):
        return None
    at_ms = window.leaves_ms(seen.items[int(gone) - 1][0])
    if at_ms is None or count <= bounds.high:
        return at_ms
    together = takewhile(lambda item: window.leaves_ms(item[0]) == at_ms, seen.items[int(gone) :])
    return at_ms if bounds.high - sum(1 for _ in together) >= bounds.low else None


def _within(take: str, bounds: Bounds, worths: list[int]) -> bool:
    found = TOTALS[take](worths)
    return found is not None and bounds.low <= found <= bounds.high


def _rests(total: Total, items: list[Item]) -> list[list[int]]:
    """What is left, as one worth or none, when so many of the oldest are gone."""
    rests: list[list[int]] = [[]]
    for _, worth, _ in reversed(items):
        come_to = total([worth, *rests[-1]])
        assert come_to is not None, "of one at least it is known"
        rests.append([come_to])
    return rests[::-1]


def _stretches(items: list[Item], window: Window, from_ms: int) -> Iterator[tuple[int, int, float]]:
    """How many of the oldest are gone, from when on, and until when nothing else leaves."""
    for gone, (counts_ms, _, _) in enumerate(items):
        until_ms = window.leaves_ms(counts_ms)
        if until_ms is None:
            yield gone, from_ms, inf
            return
        if until_ms > from_ms:  # else it leaves together with the one before
            yield gone, from_ms, until_ms
            from_ms = until_ms
    yield len(items), from_ms, inf


def _passes(take: str, bounds: Bounds, since_ms: int | None, rest: list[int]) -> tuple[float, ...]:
    """When the stay that goes on takes the figure to its lower bound, and past the upper one."""
    if since_ms is None:
        return ()
    begun_ms = since_ms - sum(rest) if take == "sum" else since_ms
    return begun_ms + bounds.low, begun_ms + bounds.high + 1
