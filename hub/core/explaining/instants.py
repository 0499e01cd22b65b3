"""The instant that somebody means who asks why: a time of day is one of the event's day."""

import re
from datetime import datetime, tzinfo
from typing import Final

from hub.core import document as doc
from hub.core.errors import RulesFault
from hub.core.spans import instant_ms, local, parse_local

MINUTE_END_MS: Final = 59_999
SECOND_END_MS: Final = 999

_CLOCK: Final = re.compile(r"^(\d{1,2}):(\d{2})(?::(\d{2}))?$", re.ASCII)
_NUMBER: Final = re.compile(r"^\d{1,15}$", re.ASCII)


def asked_ms(text: str, event: doc.EventInfo, zone: tzinfo, now_ms: int) -> int:
    """Unix milliseconds of ``2026-10-08T10:42``, ``10:42``, ``now``, or a number of them.

    A time of day is that of now's day at the venue, or of the event's nearest day when now is
    outside it. A minute is meant up to its end, a second too.

    Raises:
        RulesFault: not of these forms.
    """
    text = text.strip()
    if text == "now":
        return now_ms
    if _NUMBER.match(text):
        return int(text)
    match = _CLOCK.match(text)
    if match is None:
        return _full(text, zone)
    starts_ms, ends_ms = parse_local(event.starts, zone), parse_local(event.ends, zone)
    day = local(min(max(now_ms, starts_ms), ends_ms), zone)
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    try:
        moment = day.replace(hour=hour, minute=minute, second=second, microsecond=0)
    except ValueError as error:
        raise _unreadable(text) from error
    return instant_ms(moment) + (SECOND_END_MS if match[3] else MINUTE_END_MS)


def _full(text: str, zone: tzinfo) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise _unreadable(text) from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    has_seconds = text.count(":") > 1 or bool(moment.second)
    return instant_ms(moment) + (SECOND_END_MS if has_seconds else MINUTE_END_MS)


def _unreadable(text: str) -> RulesFault:
    return RulesFault(
        f"{text!r}: write a time of the venue as 2026-10-08T10:42 or 10:42, now, or Unix "
        "milliseconds"
    )
