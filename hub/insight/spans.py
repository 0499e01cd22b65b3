"""Time is cut into buckets that begin with the venue's day; the last of a day may be shorter.

Instants are Unix ms (UTC); a stretch is ``since <= t < until``. On a day of 23 or 25 hours, hours
are counted from midnight, so each but the last is as long as it says.
"""

from bisect import bisect_right
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from hub.insight.errors import BadSpan, TooManyBuckets

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
DAY_MS: Final = 24 * HOUR_MS
WIDTHS_MS: Final = {
    "1min": MINUTE_MS,
    "5min": 5 * MINUTE_MS,
    "15min": 15 * MINUTE_MS,
    "1h": HOUR_MS,
    "6h": 6 * HOUR_MS,
    "1d": DAY_MS,
}
"""The buckets there are, and how long they are."""
BUCKETS_CHOSEN_MAX: Final = 100
"""Without a width the shortest is taken that needs no more buckets than this."""
BUCKETS_MAX: Final = 3_000
"""Most buckets of one report."""
QUANTUM_MS_MAX: Final = 15 * MINUTE_MS
"""Databases count in stretches of UTC at most this long: every zone's midnight begins one."""


class Asked(Struct, frozen=True):
    """What a report is to be about; no bound is all there is, no width is a fitting one."""

    since_ms: int | None = None
    until_ms: int | None = None
    width: str | None = None


class Buckets(Struct, frozen=True):
    """Consecutive buckets without holes; ``starts_ms`` ascends."""

    width: str
    starts_ms: tuple[int, ...]

    def index(self, at_ms: int) -> int:
        """Return the number of the bucket in which an instant from within lies."""
        return bisect_right(self.starts_ms, at_ms) - 1

    @property
    def quantum_ms(self) -> int:
        """Length of the stretches that add up to buckets, counted from 1970 in UTC."""
        return min(WIDTHS_MS[self.width], QUANTUM_MS_MAX)


NO_BUCKETS: Final = Buckets("1d", ())


def asked(since_ms: int | None, until_ms: int | None, width: str | None) -> Asked:
    """Check what is asked for.

    Raises:
        BadSpan: it ends before it begins, or there is no such width.
    """
    if since_ms is not None and until_ms is not None and until_ms <= since_ms:
        raise BadSpan("the stretch ends before it begins: until must be after since")
    if width is not None and width not in WIDTHS_MS:
        raise BadSpan(f"a bucket is one of {', '.join(WIDTHS_MS)}: not {width!r}")
    return Asked(since_ms, until_ms, width)


def instant_ms(text: str, zone: str) -> int:
    """Read an instant: ``2026-11-12T09:30`` at the venue, with an offset, or Unix milliseconds.

    Raises:
        BadSpan: it is none.
    """
    if text.isdigit():
        return int(text)
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadSpan(
            f"{text!r} is no instant: write 2026-11-12T09:30 (local time of the venue) or Unix "
            "milliseconds"
        ) from error
    return _ms(read if read.tzinfo else read.replace(tzinfo=ZoneInfo(zone)))


def buckets(first_ms: int, last_ms: int, zone: str, width: str | None = None) -> Buckets:
    """Cut the stretch from ``first_ms`` to ``last_ms``, both inside, into buckets.

    Raises:
        TooManyBuckets: there would be more than ``BUCKETS_MAX``.
    """
    chosen = width or _fitting(last_ms - first_ms)
    if (last_ms - first_ms) // WIDTHS_MS[chosen] >= BUCKETS_MAX:
        raise TooManyBuckets(
            f"buckets of {chosen} would be more than {BUCKETS_MAX}: ask for longer ones, or for a "
            "shorter stretch with since and until"
        )
    starts = [
        start
        for day_ms, next_ms in _days(first_ms, last_ms, ZoneInfo(zone))
        for start in range(
            day_ms, next_ms, max(WIDTHS_MS[chosen], _at_least(chosen, day_ms, next_ms))
        )
    ]
    begin = bisect_right(starts, first_ms) - 1
    return Buckets(chosen, tuple(starts[begin : bisect_right(starts, last_ms)]))


def day_of(at_ms: int, zone: ZoneInfo) -> int:
    """Return the venue's day as a number that grows by one from day to day."""
    return datetime.fromtimestamp(at_ms / 1000, zone).toordinal()


def _fitting(length_ms: int) -> str:
    for width, width_ms in WIDTHS_MS.items():
        if length_ms // width_ms < BUCKETS_CHOSEN_MAX:
            return width
    return "1d"


def _at_least(width: str, day_ms: int, next_ms: int) -> int:
    """A day is one bucket, however long it is."""
    return next_ms - day_ms if width == "1d" else 0


def _days(first_ms: int, last_ms: int, zone: ZoneInfo) -> list[tuple[int, int]]:
    begin, end = (datetime.fromtimestamp(ms / 1000, zone).date() for ms in (first_ms, last_ms))
    days = [begin + timedelta(days=number) for number in range((end - begin).days + 2)]
    starts = [_midnight_ms(day, zone) for day in days]
    return list(pairwise(starts))


def _midnight_ms(day: date, zone: ZoneInfo) -> int:
    return _ms(datetime(day.year, day.month, day.day, tzinfo=zone))


def _ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)
