"""A schedule is a rule of the calendar alone: from an instant follows the next one, and no other.

``at`` and ``daily`` fall on the first instant at which the venue's clock shows that time, or at the
leap where the clock leaps over it; a time that is shown twice comes once. ``every`` is counted from
the start of the event in plain milliseconds; its first instant is one ``every`` after the start.
``cron`` has five fields (minute, hour, day of the month, month, day of the week) and means what
Debian's cron means: fixed times behave like ``daily``, and with ``*`` in the minute or the hour it
follows the clock, so an hour that is shown twice counts twice and one that is leapt over never.
"""

import re
from collections.abc import Iterator
from datetime import datetime, time, timedelta, tzinfo
from typing import Final

from cronsim import CronSim, CronSimError

from hub.core.document.triggers import OnSchedule
from hub.core.errors import RulesFault
from hub.core.restraint.clock import first_shown_ms
from hub.core.spans import duration_ms, instant_ms, local

EVERY_MIN_MS: Final = 1_000
"""Shortest ``every`` (ms)."""

CRON_LENGTH_MAX: Final = 100
"""Longest cron text (characters)."""

CRON_FIELDS: Final = 5

_LOCAL: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d", re.ASCII)


def next_instant_ms(
    when: OnSchedule, after_ms: int, zone: tzinfo, starts_ms: int, ends_ms: int
) -> int | None:
    """The first instant of the schedule after ``after_ms``, from ``starts_ms`` up to ``ends_ms``.

    Raises:
        RulesFault: the schedule cannot be read.
    """
    lower_ms = max(after_ms, starts_ms - 1)
    if lower_ms >= ends_ms:
        return None
    found = (at_ms for at_ms in _instants(when, lower_ms, zone, starts_ms) if at_ms > lower_ms)
    try:
        first_ms = next(found, None)
    except OverflowError:  # the calendar ends with the year 9999
        return None
    return first_ms if first_ms is not None and first_ms <= ends_ms else None


def check_schedule(
    when: OnSchedule, where: str, zone: tzinfo, starts_ms: int, ends_ms: int
) -> None:
    """Check that the schedule can be read and comes at all; ``where`` begins the sentence.

    Raises:
        RulesFault: it cannot be read, or has no instant while the event lasts.
    """
    try:
        first_ms = next_instant_ms(when, starts_ms - 1, zone, starts_ms, ends_ms)
    except RulesFault as fault:
        raise RulesFault(f"{where}: {fault}") from fault
    if first_ms is None:
        raise RulesFault(f"{where}: it has no instant between the start and the end of the event")


def _instants(when: OnSchedule, lower_ms: int, zone: tzinfo, starts_ms: int) -> Iterator[int]:
    """Ascending instants, from a few that may lie before ``lower_ms`` on."""
    given = [text for text in (when.at, when.daily, when.every, when.cron) if text is not None]
    if len(given) != 1:
        raise RulesFault("a schedule has exactly one of at, daily, every and cron")
    if when.at is not None:
        return iter((first_shown_ms(_wall(when.at), zone),))
    if when.daily is not None:
        return _daily(when.daily, lower_ms, zone)
    if when.every is not None:
        return _every(when.every, lower_ms, starts_ms)
    return _cron(given[0], lower_ms, zone)


def _wall(text: str) -> datetime:
    if _LOCAL.fullmatch(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    raise RulesFault(f"{text!r} is no local time: write YYYY-MM-DDTHH:MM")


def _daily(text: str, lower_ms: int, zone: tzinfo) -> Iterator[int]:
    day = local(lower_ms, zone).date()
    while True:
        yield first_shown_ms(datetime.combine(day, time.fromisoformat(text)), zone)
        day += timedelta(days=1)


def _every(text: str, lower_ms: int, starts_ms: int) -> Iterator[int]:
    every_ms = duration_ms(text)
    if every_ms < EVERY_MIN_MS:
        raise RulesFault(f"every {text}: a schedule comes at most once a second")
    count = max(1, (lower_ms - starts_ms) // every_ms + 1)
    return iter((starts_ms + count * every_ms,))


def _cron(text: str, lower_ms: int, zone: tzinfo) -> Iterator[int]:
    if len(text) > CRON_LENGTH_MAX or len(text.split()) != CRON_FIELDS:
        raise RulesFault(
            f"cron {text[:CRON_LENGTH_MAX]!r}: write five fields, minute to day of the week"
        )
    try:
        moments = CronSim(text, local(lower_ms, zone))
    except CronSimError as error:
        raise RulesFault(f"cron {text!r}: {str(error).lower()}") from error
    return map(instant_ms, moments)
