"""A venue in Berlin, and how its clock runs minute by minute: what the slow oracles scan."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

BERLIN: Final = ZoneInfo("Europe/Berlin")
MIN: Final = 60_000
HOUR: Final = 60 * MIN
DAY: Final = 24 * HOUR

LEAP: Final = "2026-03-29"
"""02:00 is followed by 03:00: a day of 23 hours."""
PLAIN: Final = "2026-10-08"
SET_BACK: Final = "2026-10-25"
"""02:59 is followed by 02:00: a day of 25 hours."""

Scan = list[tuple[int, datetime]]
"""Minutes, ascending, each with what the clock shows."""


def ms(text: str, fold: int = 0, zone: ZoneInfo = BERLIN) -> int:
    """``2026-03-29T02:30`` by the venue's clock; with a fold of 1 the second time it shows that."""
    there = datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)
    return round(there.astimezone(UTC).timestamp() * 1000)


def wall(at_ms: int, zone: ZoneInfo = BERLIN) -> datetime:
    """What the venue's clock shows."""
    return datetime.fromtimestamp(at_ms / 1000, zone).replace(tzinfo=None)


def minutes(day: str, before: int = 2, after: int = 3) -> Scan:
    """Every minute from some days before to some days after, each with what the clock shows."""
    middle = round(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1000)
    span = range(middle - before * DAY, middle + after * DAY, MIN)
    return [(at_ms, wall(at_ms)) for at_ms in span]


def dates(day: str, before: int, after: int) -> Iterator[datetime]:
    """The midnights of the days around, naive."""
    for offset in range(-before, after + 1):
        yield datetime.fromisoformat(day) + timedelta(days=offset)


def first_ms(scan: Scan, time: datetime) -> int:
    """The first minute that shows the time or a later one; the end of the scan otherwise."""
    return min((at_ms for at_ms, shown in scan if shown >= time), default=scan[-1][0] + MIN)


def last_ms(scan: Scan, time: datetime) -> int:
    """The last minute that shows the time; the first that shows a later one otherwise."""
    return max((at_ms for at_ms, shown in scan if shown == time), default=first_ms(scan, time))
