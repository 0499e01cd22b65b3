"""A time on the venue's wall clock is one instant, also where the clock leaps or is set back.

A time that the clock leaps over is the instant of the leap. A time that it shows twice is the first
of the two where something begins, and the last where something ends.
"""

from bisect import bisect_left
from datetime import datetime, tzinfo

from hub.core.spans import instant_ms, local


def first_shown_ms(wall: datetime, zone: tzinfo) -> int:
    """The first instant at which the clock shows ``wall`` (naive, local); the leap over it."""
    first_ms, last_ms = _both(wall, zone)
    return first_ms if first_ms <= last_ms else _leap_ms(wall, zone, last_ms, first_ms)


def last_shown_ms(wall: datetime, zone: tzinfo) -> int:
    """The last instant at which the clock shows ``wall`` (naive, local); the leap over it."""
    first_ms, last_ms = _both(wall, zone)
    return last_ms if first_ms <= last_ms else _leap_ms(wall, zone, last_ms, first_ms)


def _both(wall: datetime, zone: tzinfo) -> tuple[int, int]:
    """By the offset before a change, then by the one after: in a leap the second is earlier."""
    there = wall.replace(tzinfo=zone)
    return instant_ms(there), instant_ms(there.replace(fold=1))


def _leap_ms(wall: datetime, zone: tzinfo, before_ms: int, after_ms: int) -> int:
    def is_past(at_ms: int) -> bool:
        return local(at_ms, zone).replace(tzinfo=None) >= wall

    return before_ms + bisect_left(range(before_ms, after_ms), True, key=is_past)
