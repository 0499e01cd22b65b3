"""Counting over windows (:mod:`hub.core.periods`): how many, how many different, and since when.

Histories are ascending tuples of Unix milliseconds. A crossing is the instant at which a count
rises to ``n``: it is found from the history alone, so late and shuffled arrival find the same.
"""

from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from heapq import merge
from itertools import islice

from hub.core.periods import Window

Times = tuple[int, ...]


def insert(times: Times, at_ms: int, kept_max: int) -> Times:
    """Add an instant in its place; past ``kept_max`` the oldest is forgotten."""
    if not times or at_ms >= times[-1]:
        grown = (*times, at_ms)
    else:
        values = list(times)
        insort(values, at_ms)
        grown = tuple(values)
    return grown[-kept_max:]


def count_within(times: Times, at_ms: int, window: Window) -> int:
    """How many instants lie inside the window of ``at_ms``."""
    upto = bisect_right(times, at_ms)
    if window.is_event:
        return upto
    return upto - bisect_right(times, window.after_ms(at_ms), 0, upto)


def inside(times: Times, at_ms: int, window: Window) -> Times:
    """The instants inside the window of ``at_ms``."""
    upto = bisect_right(times, at_ms)
    return times[upto - count_within(times, at_ms, window) : upto]


def merged(histories: Iterable[Times]) -> Times:
    """Several histories as one."""
    return tuple(merge(*histories))


def crossings(times: Times, count: int, window: Window) -> Times:
    """The instants at which the count inside the window rose to ``count``."""
    if window.is_event:
        return times[count - 1 : count]
    found = []
    start = 0
    for index, at_ms in enumerate(times):
        after_ms = window.after_ms(at_ms)
        while times[start] <= after_ms:
            start += 1
        if index - start + 1 == count:
            found.append(at_ms)
    return tuple(found)


def distinct_crossings(histories: Mapping[str, Times], count: int, window: Window) -> Times:
    """The instants at which the number of different places inside the window rose to ``count``."""
    steps = sorted((at_ms, place) for place, times in histories.items() for at_ms in times)
    last: dict[str, int] = {}
    found = []
    for at_ms, place in steps:
        after_ms = window.after_ms(at_ms)
        before = {known for known, seen_ms in last.items() if seen_ms > after_ms}
        is_new = place not in before
        last[place] = at_ms
        if is_new and len(before) + 1 == count:
            found.append(at_ms)
    return tuple(found)


def newly_crossed(before: Sequence[int], after: Sequence[int]) -> Times:
    """The crossings that a late arrival added; none if it only moved or removed one."""
    known = set(before)
    new = (at_ms for at_ms in after if at_ms not in known)
    return tuple(islice(new, max(0, len(after) - len(before))))
