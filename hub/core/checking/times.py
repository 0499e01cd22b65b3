"""Times are times: of the event, of schedules, of quiet hours and of comparisons with instants."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from cronsim import CronSim, CronSimError

from hub.core import document as doc
from hub.core.checking import walk
from hub.core.checking.finding import Finding, Path, error, nearest, note, warning
from hub.core.spans import duration_ms, local

LOCAL_EXAMPLE: Final = "2026-10-08T18:30"
OUTSIDE: Final = "has no instant between the start and the end of the event"
CRON_EXAMPLE: Final = "0 9 * * mon-fri"

_LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """From when until when the event is, Unix milliseconds."""

    zone: tzinfo
    starts_ms: int
    ends_ms: int


def local_ms(text: str, zone: tzinfo) -> int | None:
    """Unix milliseconds of ``YYYY-MM-DDTHH:MM``; None when it is not one."""
    if not _LOCAL.fullmatch(text):
        return None
    try:
        return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None


def span_of(venue: doc.Venue) -> Span | None:
    """When the event is; None where it does not say so."""
    zone = _zone(venue.event.zone)
    if zone is None:
        return None
    starts_ms, ends_ms = local_ms(venue.event.starts, zone), local_ms(venue.event.ends, zone)
    if starts_ms is None or ends_ms is None or ends_ms <= starts_ms:
        return None
    return Span(zone, starts_ms, ends_ms)


def check_times(venue: doc.Venue) -> Iterator[Finding]:
    """Times that are none, and schedules that never come."""
    yield from _event(venue.event)
    for index, quiet in enumerate(venue.quiet):
        yield from _quiet(("quiet", index), quiet)
    span = span_of(venue)
    for path, rule in walk.rules(venue):
        yield from _trigger((*path, "when"), rule.when, span)
    for path, condition in walk.conditions(venue):
        if isinstance(condition, doc.Attribute):
            yield from _local((*path, "before"), condition.before)
            yield from _local((*path, "after"), condition.after)


def zone_of(venue: doc.Venue) -> tzinfo:
    """The venue's time zone; UTC where it names none that there is."""
    return _zone(venue.event.zone) or UTC


def _zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _event(event: doc.EventInfo) -> Iterator[Finding]:
    zone = _zone(event.zone)
    if zone is None:
        hint = nearest(event.zone, available_timezones())
        yield error(
            ("event", "zone"),
            f"{event.zone!r} is no time zone; write one like Europe/Berlin", hint,
        )  # fmt: skip
        return
    yield from _local(("event", "starts"), event.starts)
    yield from _local(("event", "ends"), event.ends)
    starts_ms, ends_ms = local_ms(event.starts, zone), local_ms(event.ends, zone)
    if starts_ms is not None and ends_ms is not None and ends_ms <= starts_ms:
        yield error(("event", "ends"), f"the event ends before it starts, at {event.starts}")


def _local(path: Path, text: str | None) -> Iterator[Finding]:
    if text is not None and local_ms(text, ZoneInfo("UTC")) is None:
        message = f"{text!r} is no local time: write YYYY-MM-DDTHH:MM"
        yield error(path, message, f"such as {LOCAL_EXAMPLE}")


def _quiet(path: Path, quiet: doc.Quiet) -> Iterator[Finding]:
    if quiet.from_ == quiet.until:
        yield error(path, f"from {quiet.from_} until {quiet.until} is no time at all")
    if not quiet.channels:
        yield warning((*path, "channels"), "these hours are quiet for no channel")
    others = [channel for channel in quiet.channels if channel != "push"]
    if quiet.then == "inbox" and others:
        yield error((*path, "then"), f"inbox is for push alone, and {others[0]} is among channels")


def _trigger(path: Path, when: doc.Trigger, span: Span | None) -> Iterator[Finding]:
    match when:
        case doc.OnAbsent(by=by) if by is not None:
            yield from _moment((*path, "by"), by, span)
        case doc.OnSchedule(at=at) if at is not None:
            yield from _moment((*path, "at"), at, span)
        case doc.OnSchedule(cron=cron) if cron is not None:
            yield from _cron((*path, "cron"), cron, span)
        case doc.OnSchedule(daily=daily) if daily is not None and span is not None:
            if not _comes(daily, span):
                yield error((*path, "daily"), f"{daily} {OUTSIDE}")
        case doc.OnSchedule(every=every) if every is not None:
            yield from _every((*path, "every"), every, span)
        case doc.WhilePresent(every=every) if duration_ms(every) == 0:
            yield error((*path, "every"), "every is more than nothing", "such as every: 5s")
        case _:
            pass


def _moment(path: Path, text: str, span: Span | None) -> Iterator[Finding]:
    yield from _local(path, text)
    at_ms = None if span is None else local_ms(text, span.zone)
    if span is not None and at_ms is not None and not span.starts_ms <= at_ms <= span.ends_ms:
        yield error(path, f"{text} {OUTSIDE}")


def _every(path: Path, every: str, span: Span | None) -> Iterator[Finding]:
    every_ms = duration_ms(every)
    if every_ms == 0:
        yield error(path, "every is more than nothing", "such as every: 30min")
    elif span is not None and every_ms > span.ends_ms - span.starts_ms:
        yield note(path, f"{every} is longer than the event: it comes once, at the start")


def _comes(daily: str, span: Span) -> bool:
    """Whether the venue's clock shows that time during the event."""
    starts, ends = local(span.starts_ms, span.zone), local(span.ends_ms, span.zone)
    first = starts.replace(hour=int(daily[:2]), minute=int(daily[3:]))
    return (first >= starts and first <= ends) or first + timedelta(days=1) <= ends


def _cron(path: Path, cron: str, span: Span | None) -> Iterator[Finding]:
    start = (
        datetime(2026, 1, 1, tzinfo=UTC) if span is None else local(span.starts_ms - 1, span.zone)
    )
    try:
        following = next(CronSim(cron, start), None)
    except CronSimError as fault:
        reason = str(fault) or "it has five fields"
        yield error(path, f"{cron!r} is no cron expression: {reason}", f"such as {CRON_EXAMPLE}")
        return
    if following is None or (span is not None and following.timestamp() * 1000 > span.ends_ms):
        yield error(path, f"{cron!r} {OUTSIDE}")
