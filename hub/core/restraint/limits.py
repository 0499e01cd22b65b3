"""A rule's limit says no with a sentence, or nothing at all; every part of it has to allow.

No stretch of the limit's length holds more firings than allowed, those that lie after a cause which
arrives late included.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import tzinfo
from typing import Final

from msgspec import Struct

from hub.core.document.limits import Limit, Period
from hub.core.errors import RulesFault
from hub.core.periods import EVER_MS, Window, window
from hub.core.restraint.caps import fullest
from hub.core.spans import clock_time, local_time, spell
from hub.core.state import FIRED_KEPT_MAX, Fired
from hub.core.windows import Times

FOR_WHOM: Final = {"person": "each person", "visit": "each visit", "event": "all together"}


class Allowance(Struct, frozen=True):
    """So many firings in any window; ``text`` is how an organiser would say it."""

    at_most: int
    window: Window
    text: str
    is_counted: bool
    """Whether the reason says how many there were, or when the last one was."""


class CompiledLimit(Struct, frozen=True):
    """All that one limit allows; ``is_by_visit``: within the visit that the cause lies in."""

    allowances: tuple[Allowance, ...] = ()
    is_by_visit: bool = False


def compile_limit(limit: Limit, where: str, zone: tzinfo) -> CompiledLimit:
    """Check a limit; ``where`` begins the sentence of what is wrong.

    Raises:
        RulesFault: more firings than are remembered, or a window of nothing.
    """
    is_by_visit = limit.per == "visit"
    for period in _periods(limit):
        is_total = period.within == "event" and not is_by_visit
        if period.at_most > FIRED_KEPT_MAX and not is_total:
            exception = "for each visit" if is_by_visit else "unless it is within the event"
            raise RulesFault(f"{where}, limit: at_most is {FIRED_KEPT_MAX} or less {exception}")
    if limit.at_most is None and limit.within != "event":
        raise RulesFault(f"{where}, limit: within {limit.within!r} needs at_most")
    return CompiledLimit(tuple(_allowances(limit, zone)), is_by_visit)


def _periods(limit: Limit) -> Iterator[Period]:
    if limit.at_most is not None:
        yield Period(limit.at_most, limit.within)
    yield from limit.also


def _allowances(limit: Limit, zone: tzinfo) -> Iterator[Allowance]:
    whom = FOR_WHOM[limit.per]
    suffix = "" if limit.per == "person" else f" for {whom}"
    if limit.once:
        yield Allowance(1, window("event", zone), f"once for {whom}", is_counted=False)
    if limit.every is not None:
        rolling = window(limit.every, zone)
        text = f"once every {spell(rolling.length_ms or 0)}{suffix}"
        yield Allowance(1, rolling, text, is_counted=False)
    for period in _periods(limit):
        within = window(period.within, zone)
        text = f"{period.at_most} within {within.text}{suffix}"
        yield Allowance(period.at_most, within, text, is_counted=True)


def over_limit(
    compiled: CompiledLimit, fired: Fired | None, at_ms: int, zone: tzinfo, visits: Times = ()
) -> str | None:
    """Why the rule may not fire at ``at_ms``, or None.

    ``fired`` is the person's, or the venue's where the limit is for all together. ``visits`` are
    the instants at which the person's visits to places of the rule began; a limit by visit counts
    from the last one that is not after ``at_ms`` until before the next.

    A cause so late that its window reaches back among firings that are forgotten does not fire,
    since nobody knows how full that window is.
    """
    if fired is None:
        return None
    history = _by_visit(fired, at_ms, visits) if compiled.is_by_visit else _whole(fired)
    reasons = (_says(allowance, history, at_ms, zone) for allowance in compiled.allowances)
    return next((f"limit: {reason}" for reason in reasons if reason is not None), None)


class _History(Struct, frozen=True):
    """The firings that a limit looks at: all that are kept, or those of one visit."""

    times: Times
    total: int | None
    """How many there were since the event began; None by visit."""
    since_ms: int
    known_ms: int
    """What was after ``since_ms`` and before this instant is forgotten."""


def _whole(fired: Fired) -> _History:
    return _History(fired.recent_ms, fired.count, EVER_MS, _known_ms(fired))


def _by_visit(fired: Fired, at_ms: int, visits: Times) -> _History:
    times = fired.recent_ms
    index = bisect_right(visits, at_ms)
    since_ms = visits[index - 1] if index else EVER_MS
    upto = bisect_left(times, visits[index]) if index < len(visits) else len(times)
    return _History(times[bisect_left(times, since_ms) : upto], None, since_ms, _known_ms(fired))


def _known_ms(fired: Fired) -> int:
    return fired.recent_ms[0] if fired.count > len(fired.recent_ms) else EVER_MS


def _says(allowance: Allowance, history: _History, at_ms: int, zone: tzinfo) -> str | None:
    total = history.total if allowance.window.is_event else None
    found = fullest(history.times, at_ms, allowance.window)
    count = len(found) if total is None else total
    if count >= allowance.at_most:
        fired = f"{count} times" if allowance.is_counted else f"at {clock_time(found[-1], zone)}"
        return f"{allowance.text}, and it fired {fired}"
    reach_ms = max(allowance.window.after_ms(at_ms), history.since_ms - 1)
    if total is None and reach_ms < history.known_ms:
        known = local_time(history.known_ms, zone)
        return f"{allowance.text}, and what it did before {known} is not known"
    return None
