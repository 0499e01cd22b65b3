"""Durations and times of day, as organisers write them and as people read them."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from hub.core.errors import RulesFault

MS_PER: Final = {"ms": 1, "s": 1_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
_DURATION = re.compile(r"^(\d{1,6})(ms|s|min|h|d)$")


def duration_ms(text: str) -> int:
    """Milliseconds of ``90s``, ``45min``, ``2h``, ``3d``.

    Raises:
        RulesFault: not of that form.
    """
    match = _DURATION.match(text)
    if match is None:
        raise RulesFault(f"{text!r} is no duration: write a number and ms, s, min, h or d")
    return int(match[1]) * MS_PER[match[2]]


def window_ms(text: str) -> int | None:
    """Milliseconds of a window; ``event`` is ``None``, the whole event."""
    return None if text == "event" else duration_ms(text)


def spell(duration: int) -> str:
    """A duration as a person would write it: ``2 h``, ``45 min``, ``12.5 s``."""
    for unit in ("d", "h", "min", "s"):
        if duration >= MS_PER[unit]:
            return f"{duration / MS_PER[unit]:.3g} {unit}"
    return f"{duration} ms"


def local(at_ms: int, zone: tzinfo) -> datetime:
    """The venue's local time of an instant."""
    return datetime.fromtimestamp(at_ms / 1000, zone)


def local_time(at_ms: int, zone: tzinfo) -> str:
    """An instant as date and time at the venue, or as a number where no calendar reaches."""
    try:
        return f"{local(at_ms, zone):%Y-%m-%d %H:%M:%S}"
    except (ValueError, OverflowError, OSError):
        return f"{at_ms} ms"


def clock_time(at_ms: int, zone: tzinfo) -> str:
    """An instant as a clock on the venue's wall shows it."""
    moment = local(at_ms, zone)
    return f"{moment.hour:02}:{moment.minute:02}:{moment.second:02}"


def instant_ms(moment: datetime) -> int:
    """Unix milliseconds of an aware datetime."""
    return int(moment.astimezone(UTC).timestamp() * 1000)


def parse_local(text: str, zone: tzinfo) -> int:
    """Unix milliseconds of ``YYYY-MM-DDTHH:MM`` at the venue.

    Raises:
        RulesFault: not of that form.
    """
    try:
        return instant_ms(datetime.fromisoformat(text).replace(tzinfo=zone))
    except ValueError as error:
        raise RulesFault(f"{text!r} is no local time: write YYYY-MM-DDTHH:MM") from error


def next_time_of_day(after_ms: int, text: str, zone: tzinfo) -> int:
    """The first instant after ``after_ms`` at which the venue's clock shows ``HH:MM``.

    With ``next morning`` it is the morning after the current day of the venue, which for somebody
    who dances past midnight is still the same morning: a day ends at 05:00.
    """
    hour, minute = int(text[:2]), int(text[3:5])
    now = local(after_ms, zone)
    day = now.date()
    if text.endswith("next morning"):
        day = (now - timedelta(hours=5)).date() + timedelta(days=1)
    moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
    if instant_ms(moment) <= after_ms:
        tomorrow = day + timedelta(days=1)
        moment = moment.replace(year=tomorrow.year, month=tomorrow.month, day=tomorrow.day)
    return instant_ms(moment)
