"""Windows are judged instant by instant, in the zone of the venue; instants are Unix ms."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from cronsim import CronSim

UNITS_MS: Final = {"ms": 1, "s": 1_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
PERIODS: Final = ("hour", "day", "week")
RUN_UP_MS: Final = 6 * UNITS_MS["h"]
"""So long before what is asked cron starts to count: not where the clock is set back."""


@lru_cache(maxsize=10_000)
def duration_ms(text: str) -> int:
    """How long a duration such as ``90s`` is."""
    figure = text.rstrip("abcdefghijklmnopqrstuvwxyz")
    return int(figure) * UNITS_MS[text[len(figure) :]]


@lru_cache(maxsize=100_000)
def local(instant_ms: int, zone: str) -> datetime:
    """The venue's clock at an instant."""
    return datetime.fromtimestamp(instant_ms / 1_000, ZoneInfo(zone))


@lru_cache(maxsize=100_000)
def instant(day: date, clock: time, zone: str, *, last: bool = False) -> int:
    """When the venue's clock shows this; the ``last`` time where it is set back."""
    shown = datetime.combine(day, clock, ZoneInfo(zone)).replace(fold=int(last))
    return round(shown.timestamp() * 1_000)


def instant_of(text: str, zone: str) -> int:
    """When ``YYYY-MM-DDTHH:MM`` is at the venue."""
    when = datetime.fromisoformat(text)
    return instant(when.date(), when.time(), zone)


@lru_cache(maxsize=100_000)
def period(kind: str, instant_ms: int, zone: str) -> tuple[int, int]:
    """The hour, day or week that an instant lies in: its start, and the start of the next."""
    if kind == "hour":
        at = local(instant_ms, zone)
        start_ms = instant_ms - ((at.minute * 60 + at.second) * 1_000 + instant_ms % 1_000)
        return start_ms, start_ms + UNITS_MS["h"]
    day = local(instant_ms, zone).date()
    first = day - timedelta(days=day.weekday() if kind == "week" else 0)
    after = first + timedelta(days=7 if kind == "week" else 1)
    return instant(first, time(), zone), instant(after, time(), zone)


def inside(window: str, then_ms: int, end_ms: int, zone: str) -> bool:
    """Whether an instant lies in the window that ends at ``end_ms``, both its edges told apart."""
    if then_ms > end_ms or window == "event":
        return then_ms <= end_ms
    if window in PERIODS:
        return then_ms >= period(window, end_ms, zone)[0]
    return then_ms > end_ms - duration_ms(window)


def gone_ms(window: str, then_ms: int, zone: str) -> int | None:
    """When an instant stops counting inside the window; None for never."""
    if window == "event":
        return None
    if window in PERIODS:
        return period(window, then_ms, zone)[1]
    return then_ms + duration_ms(window)


def in_hours(from_: str | None, until: str | None, instant_ms: int, zone: str) -> bool:
    """Whether the venue's clock is from ``from_`` until before ``until``, across midnight too.

    Until midnight is until the end of the day.
    """
    clock = local(instant_ms, zone).strftime("%H:%M")
    until = "24:00" if until == "00:00" else until
    if from_ is None or until is None:
        return (from_ is None or clock >= from_) and (until is None or clock < until)
    if from_ <= until:
        return from_ <= clock < until
    return clock >= from_ or clock < until


def quiet_until_ms(from_: str, until: str, instant_ms: int, zone: str) -> list[int]:
    """When hours of quiet end that an instant lies in; those of other days are none.

    From the first time at which the clock shows their beginning until the last at which it shows
    their end: they have no hole where the clock is set back.
    """
    found: list[int] = []
    for days in (-1, 0, 1):
        day = local(instant_ms, zone).date() + timedelta(days=days)
        from_ms = instant(day, time.fromisoformat(from_), zone)
        following = day + timedelta(days=from_ > until)
        until_ms = instant(following, time.fromisoformat(until), zone, last=True)
        found += [until_ms] * (from_ != until and from_ms <= instant_ms < until_ms)
    return found


def next_ms(clock: str, after_ms: int, zone: str) -> int:
    """When the venue's clock next shows ``HH:MM`` after an instant."""
    day = local(after_ms, zone).date()
    shown = time.fromisoformat(clock)
    while (found := instant(day, shown, zone)) <= after_ms:
        day += timedelta(days=1)
    return found


@lru_cache(maxsize=1_000)
def cron_ms(cron: str, from_ms: int, until_ms: int, zone: str) -> tuple[int, ...]:
    """The instants of a cron expression from one instant until another, both included."""
    found: list[int] = []
    for at in CronSim(cron, local(from_ms - RUN_UP_MS, zone)):
        at_ms = round(at.timestamp() * 1_000)
        if at_ms > until_ms:
            break
        found += [at_ms] * (at_ms >= from_ms)
    return tuple(found)
