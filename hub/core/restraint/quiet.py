"""In quiet hours an action waits, is given up, or goes to the inbox alone; a verdict says which.

Quiet hours begin at the first instant at which the venue's clock shows ``from`` or later, and end
at the last at which it shows ``until``: they have no hole where the clock is set back, and end at
the leap where it leaps over their end. They reach across midnight when ``from`` is after ``until``;
when the two are equal they are never.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta, tzinfo
from typing import Final, Literal

from msgspec import Struct

from hub.core.document.limits import Quiet
from hub.core.errors import RulesFault
from hub.core.events import Value
from hub.core.restraint.clock import first_shown_ms, last_shown_ms
from hub.core.spans import local, local_time

OWN_FROM: Final = "quiet_from"
OWN_UNTIL: Final = "quiet_until"
OWN_CHANNEL: Final = "push"

HELD_MAX_MS: Final = 3 * 86_400_000
"""Longest wait; hours that together leave no minute of three days free never end (ms)."""

_TIME_OF_DAY: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_STRENGTH: Final = {"hold": 0, "inbox": 1, "drop": 2}


class Verdict(Struct, frozen=True):
    """What becomes of an action; ``until_ms`` is the instant up to which it is held, else 0."""

    kind: Literal["act", "hold", "drop", "inbox"]
    until_ms: int = 0
    reason: str = ""


class _Own(Quiet, frozen=True):
    """Somebody's own quiet hours."""


class _Stretch(Struct, frozen=True):
    """Quiet hours that are going on."""

    then: Literal["hold", "drop", "inbox"]
    until_ms: int
    text: str


class Quieting(Struct, frozen=True):
    """The venue's quiet hours in its zone."""

    hours: tuple[Quiet, ...]
    zone: tzinfo

    def quiet(self, channel: str, at_ms: int, attributes: Mapping[str, Value]) -> Verdict:
        """What becomes of an action of the channel at ``at_ms``.

        ``attributes`` are those of the person whom it reaches: ``quiet_from`` and ``quiet_until``
        are their own hours for pushes, as ``HH:MM``; anything else there is ignored. Of several
        hours drop wins over inbox, and inbox over hold. What is held waits until it is outside of
        all of them, whatever they do.
        """
        hours = [quiet for quiet in self.hours if channel in quiet.channels]
        hours += _own(attributes) if channel == OWN_CHANNEL else ()
        found = list(_stretches(hours, at_ms, self.zone))
        if not found:
            return Verdict("act")
        worst = max(found, key=lambda stretch: _STRENGTH[stretch.then])
        if worst.then != "hold":
            return Verdict(worst.then, reason=worst.text)
        until_ms = _outside_ms(hours, at_ms, self.zone)
        if until_ms is None:
            return Verdict("drop", reason=f"{worst.text}, and no end to quiet hours after that")
        return Verdict("hold", until_ms, f"{worst.text}, until {local_time(until_ms, self.zone)}")


def compile_quiet(quiet: Sequence[Quiet], zone: tzinfo) -> Quieting:
    """Check the venue's quiet hours.

    Raises:
        RulesFault: they name no channel, or would deliver to the inbox what is no push.
    """
    for hours in quiet:
        where = f"quiet from {hours.from_} until {hours.until}"
        if not hours.channels:
            raise RulesFault(f"{where}: name a channel")
        if hours.then == "inbox" and set(hours.channels) != {"push"}:
            raise RulesFault(f"{where}: only a push can go to the inbox; write channels: [push]")
    return Quieting(tuple(quiet), zone)


def unless_expired(verdict: Verdict, expires_ms: int) -> Verdict:
    """The verdict; to drop, if the action is held until it expires or longer."""
    if verdict.kind != "hold" or verdict.until_ms < expires_ms:
        return verdict
    return Verdict("drop", reason=f"{verdict.reason}, but it expires before")


def _own(attributes: Mapping[str, Value]) -> tuple[Quiet, ...]:
    start, end = attributes.get(OWN_FROM), attributes.get(OWN_UNTIL)
    if isinstance(start, str) and isinstance(end, str) and all(map(_is_time, (start, end))):
        return (_Own(start, end),)
    return ()


def _is_time(text: str) -> bool:
    return _TIME_OF_DAY.fullmatch(text) is not None


def _outside_ms(hours: Sequence[Quiet], at_ms: int, zone: tzinfo) -> int | None:
    """The first instant outside of all the hours; None if there is none within bounds."""
    until_ms = at_ms
    while ends := [stretch.until_ms for stretch in _stretches(hours, until_ms, zone)]:
        until_ms = max(ends)
        if until_ms > at_ms + HELD_MAX_MS:
            return None
    return until_ms


def _stretches(hours: Sequence[Quiet], at_ms: int, zone: tzinfo) -> Iterator[_Stretch]:
    for quiet in hours:
        until_ms = _end_ms(quiet, at_ms, zone)
        if until_ms is not None:
            whose = "own quiet hours" if isinstance(quiet, _Own) else "quiet hours"
            yield _Stretch(quiet.then, until_ms, f"{whose} {quiet.from_} to {quiet.until}")


def _end_ms(quiet: Quiet, at_ms: int, zone: tzinfo) -> int | None:
    """When the hours end that ``at_ms`` lies in; None if it lies in none.

    They began on its day or the day before; on the next where a clock is set back past midnight.
    """
    start, end = time.fromisoformat(quiet.from_), time.fromisoformat(quiet.until)
    today = local(at_ms, zone).date()
    ends = []
    for day in (today + timedelta(days=offset) for offset in (-1, 0, 1)):
        following = day + timedelta(days=start > end)
        from_ms = first_shown_ms(datetime.combine(day, start), zone)
        until_ms = last_shown_ms(datetime.combine(following, end), zone)
        if start != end and from_ms <= at_ms < until_ms:
            ends.append(until_ms)
    return max(ends, default=None)
