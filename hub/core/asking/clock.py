"""The venue's clock: what it shows goes back and jumps where the zone says so, instants do not."""

import re
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final

from msgspec import Struct

from hub.core import document as doc
from hub.core.asking.node import Node
from hub.core.asking.view import Ground
from hub.core.errors import RulesFault
from hub.core.spans import instant_ms, local

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

DAY_MINUTES: Final = 1_440

LOOKS_MAX: Final = 32
"""Most changes of the clock that are looked at for another answer: more than in a week."""

_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")

MINUTE_MS: Final = 60_000

Spans = tuple[tuple[int, int], ...]


class Clock(Struct, frozen=True):
    """On these days (Monday is 0) and during these minutes of a day, half-open, it holds."""

    zone: tzinfo
    days: frozenset[int]
    spans: Spans

    def holds(self, at_ms: int) -> bool:
        """Whether the clock shows one of those at ``at_ms``."""
        moment = datetime.fromtimestamp(at_ms / 1000, self.zone)
        minute = moment.hour * 60 + moment.minute
        is_then = any(begin <= minute < end for begin, end in self.spans)
        return is_then and moment.weekday() in self.days

    @property
    def marks(self) -> tuple[int, ...]:
        """The minutes of a day at which the answer may change; none when it always holds."""
        edges = {edge % DAY_MINUTES for span in self.spans for edge in span}
        holds_around_midnight = {0, DAY_MINUTES} <= {edge for span in self.spans for edge in span}
        if holds_around_midnight and len(self.days) == len(DAYS):
            edges.remove(0)
        elif len(self.days) < len(DAYS):
            edges.add(0)
        return tuple(sorted(edges))


def at_time(where: str, test: doc.AtTime, ground: Ground) -> Node:
    """The clock is from ``from`` until before ``until``, across midnight too, on one of the days.

    Raises:
        RulesFault: of a time that is none, of no days, or of nothing at all.
    """
    clock = Clock(ground.zone, _days(where, test), _spans(where, test))
    return Node(
        text=_text(test),
        holds=lambda view: clock.holds(view.at_ms),
        saw=lambda view: _shown(view.at_ms, ground.zone),
        until_ms=(lambda view: _flip_ms(clock, view.at_ms // MINUTE_MS)) if clock.marks else None,
    )


def _days(where: str, test: doc.AtTime) -> frozenset[int]:
    if test.days is None:
        return frozenset(range(7))
    if not test.days:
        raise RulesFault(f"{where}, days: name at least one day")
    return frozenset(DAYS.index(day) for day in test.days)


def _spans(where: str, test: doc.AtTime) -> Spans:
    if test.from_ is None and test.until is None:
        if test.days is None:
            raise RulesFault(f"{where}, from: give from, until or days")
        return ((0, DAY_MINUTES),)
    if test.from_ == test.until:
        raise RulesFault(f"{where}, until: {test.until} is where it begins; leave both out")
    begin = _minutes(where, "from", test.from_ or "00:00")
    end = _minutes(where, "until", test.until or "00:00") or DAY_MINUTES
    return ((begin, end),) if begin < end else ((0, end), (begin, DAY_MINUTES))


def _minutes(where: str, field: str, text: str) -> int:
    match = _TIME.fullmatch(text)
    if match is None:
        raise RulesFault(f"{where}, {field}: {text!r} is no time of day: write HH:MM")
    return int(match[1]) * 60 + int(match[2])


@lru_cache(maxsize=256)
def _flip_ms(clock: Clock, minute: int) -> int:
    """The first instant after the minute with another answer, or one before which there is none.

    Clocks come to what is asked of them at full minutes, and are put at full minutes: within one
    the answer is the same for all people.
    """
    at_ms = minute * MINUTE_MS
    now = clock.holds(at_ms)
    for _ in range(LOOKS_MAX):
        at_ms = _next_ms(clock, at_ms)
        if clock.holds(at_ms) is not now:
            break
    return at_ms


def _next_ms(clock: Clock, at_ms: int) -> int:
    """The next instant at which the clock comes to a mark, or is put forward or back."""
    today = local(at_ms, clock.zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    ahead = (
        instant_ms((today + timedelta(days=days, minutes=mark)).replace(fold=fold))
        for days in range(3)
        for mark in clock.marks
        for fold in (0, 1)
    )
    next_ms = min(instant for instant in ahead if instant > at_ms)
    put_ms = _put_ms(at_ms, next_ms, clock.zone)
    return next_ms if put_ms is None else put_ms


def _put_ms(from_ms: int, until_ms: int, zone: tzinfo) -> int | None:
    """When the clock is put forward or back after ``from_ms``, up to ``until_ms``; None: never.

    No zone does so twice within the two days between which it is looked for.
    """
    before = local(from_ms, zone).utcoffset()
    if local(until_ms, zone).utcoffset() == before:
        return None
    while until_ms - from_ms > 1:
        middle_ms = (from_ms + until_ms) // 2
        if local(middle_ms, zone).utcoffset() == before:
            from_ms = middle_ms
        else:
            until_ms = middle_ms
    return until_ms


def _text(test: doc.AtTime) -> str:
    parts = [
        f"from {test.from_}" if test.from_ else "",
        f"until {test.until}" if test.until else "",
        f"on {', '.join(test.days)}" if test.days else "",
    ]
    return f"the clock is {' '.join(part for part in parts if part)}"


def _shown(at_ms: int, zone: tzinfo) -> str:
    moment = local(at_ms, zone)
    return f"{DAYS[moment.weekday()]} {moment:%H:%M}"
