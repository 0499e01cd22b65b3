"""How times, counts and names are said, so that every page says them alike."""

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

BACKLOG_ROWS: Final = 250
"""Readings of an edge that wait without anybody needing to know: a moment's worth."""
ENDINGS: Final = {1: "st", 2: "nd", 3: "rd"}


def zone_of(name: str) -> ZoneInfo:
    """Return the venue's zone; UTC for one that this machine does not know."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def local(at_ms: int, zone: str) -> datetime:
    """Return the venue's local time at an instant."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone_of(zone))


def clock(at_ms: int, zone: str) -> str:
    """``14:32:05``."""
    return local(at_ms, zone).strftime("%H:%M:%S")


def minute(at_ms: int, zone: str) -> str:
    """``14:32``."""
    return local(at_ms, zone).strftime("%H:%M")


def day(at_ms: int, zone: str) -> str:
    """``Thursday 12 November``."""
    moment = local(at_ms, zone)
    return f"{moment:%A} {moment.day} {moment:%B}"


def when(at_ms: int, now_ms: int, zone: str) -> str:
    """``14:32`` today, ``Fri 14:32`` on another day."""
    moment, now = local(at_ms, zone), local(now_ms, zone)
    return f"{moment:%H:%M}" if moment.date() == now.date() else f"{moment:%a %H:%M}"


def lasting(duration_ms: int) -> str:
    """``45 s``, ``12 min``, ``2 h 05``."""
    seconds = max(0, duration_ms) // 1000
    if seconds < 60:  # noqa: PLR2004 - seconds of a minute
        return f"{seconds} s"
    minutes = seconds // 60
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d}"  # noqa: PLR2004 - minutes of an hour


def count(number: int) -> str:
    """``12 345``, with a thin space."""
    return f"{number:,}".replace(",", "\u2009")


def speed(factor: float) -> str:
    """``x 120``; empty at the speed of life."""
    return "" if factor == 1 else f"\u00d7{factor:g}"


def backlog(rows: int, before: str = "") -> str:
    """``1 525 waiting``; empty for what a busy edge always has on its way."""
    return f"{before}{count(rows)} waiting" if rows >= BACKLOG_ROWS else ""


def ordinal(number: int) -> str:
    """``1st``, ``2nd``, ``11th``."""
    teen = number // 10 % 10 == 1
    return f"{number}{'th' if teen else ENDINGS.get(number % 10, 'th')}"


def people(number: int) -> str:
    """``1 person``, ``7 people``."""
    return "1 person" if number == 1 else f"{count(number)} people"
