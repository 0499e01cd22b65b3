"""No stretch of a cap's length ever holds more than it allows, in whatever order causes arrive.

So a cause is counted in every window that it lies in: the one that ends at it, and those that end
at later instants which are there already. Of a calendar hour, day or week there is only one.
Histories are ascending tuples of Unix milliseconds.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo
from typing import Final, get_args

from msgspec import Struct

from hub.core.document.limits import Cap, Channel
from hub.core.document.rule import Rule
from hub.core.errors import RulesFault
from hub.core.periods import Window, window
from hub.core.spans import local
from hub.core.state import SENT_KEPT_MAX
from hub.core.windows import Times, insert

GROUP: Final = "group:"
EVERYTHING: Final = "everything"

SHOWN_MAX: Final = 6
"""Most instants that a reason lists: the last ones."""


class CompiledCap(Struct, frozen=True):
    """A cap with its window."""

    cap: Cap
    window: Window


class Caps(Struct, frozen=True):
    """All caps, by what they count. Those on everything stand with every channel."""

    by_name: Mapping[str, CompiledCap] = {}
    by_channel: Mapping[str, tuple[CompiledCap, ...]] = {}
    by_group: Mapping[str, tuple[CompiledCap, ...]] = {}


def compile_caps(caps: Sequence[Cap], rules: Iterable[Rule], zone: tzinfo) -> Caps:
    """Check the caps and index them; each list in the order of the document.

    Raises:
        RulesFault: a name is there twice, no rule is of the group, or ``at_most`` is more than can
            be remembered.
    """
    groups = {rule.group for rule in rules if rule.group is not None}
    by_name: dict[str, CompiledCap] = {}
    for cap in caps:
        if cap.name in by_name:
            raise RulesFault(f"cap {cap.name!r} is there twice")
        _check(cap, groups)
        by_name[cap.name] = CompiledCap(cap, window(cap.within, zone))
    return Caps(
        by_name,
        {channel: _of(by_name, channel, EVERYTHING) for channel in get_args(Channel)},
        {group: _of(by_name, GROUP + group) for group in sorted(groups)},
    )


def _check(cap: Cap, groups: set[str]) -> None:
    group = cap.of.removeprefix(GROUP)
    if cap.of.startswith(GROUP) and group not in groups:
        listed = ", ".join(sorted(groups)) or "none"
        raise RulesFault(f"cap {cap.name!r}: no rule is of group {group!r}; there is: {listed}")
    if cap.at_most > SENT_KEPT_MAX:
        raise RulesFault(f"cap {cap.name!r}: at_most is {SENT_KEPT_MAX} or less")


def _of(caps: Mapping[str, CompiledCap], *counted: str) -> tuple[CompiledCap, ...]:
    return tuple(compiled for compiled in caps.values() if compiled.cap.of in counted)


def fullest(times: Times, at_ms: int, window: Window) -> Times:
    """What the fullest of the windows that ``at_ms`` lies in holds; of equals the earliest."""
    leaves_ms = window.leaves_ms(at_ms)
    upto = len(times) if leaves_ms is None else bisect_left(times, leaves_ms)
    ends = (at_ms, *times[bisect_right(times, at_ms) : upto])
    bounds = [(bisect_right(times, window.after_ms(end)), bisect_right(times, end)) for end in ends]
    start, stop = max(bounds, key=lambda bound: bound[1] - bound[0])
    return times[start:stop]


def most_within(times: Times, at_ms: int, window: Window) -> int:
    """The most instants in any window that ``at_ms`` lies in, later ones included."""
    return len(fullest(times, at_ms, window))


def over(
    compiled: CompiledCap, times: Times, at_ms: int, zone: tzinfo, kept_max: int = SENT_KEPT_MAX
) -> str | None:
    """Why nothing more may act at ``at_ms``, or None.

    Once ``kept_max`` instants are kept, older ones are forgotten; a cause so late that its window
    reaches back among those does not act, since nobody knows how full that window is.
    """
    cap = compiled.cap
    allowed = f"cap {cap.name}: {cap.at_most} within {compiled.window.text}"
    found = fullest(times, at_ms, compiled.window)
    if len(found) >= cap.at_most:
        return f"{allowed}, and {len(found)} were at {_listed(found, at_ms, zone)}"
    if len(times) >= kept_max and compiled.window.after_ms(at_ms) < times[0]:
        return f"{allowed}, and what was before {_clock(times[0], at_ms, zone)} is not known"
    return None


def noted(times: Times, at_ms: int, kept_max: int = SENT_KEPT_MAX) -> Times:
    """The history with one more instant; past ``kept_max`` the oldest is forgotten."""
    return insert(times, at_ms, kept_max)


def _listed(found: Times, at_ms: int, zone: tzinfo) -> str:
    shown = ", ".join(_clock(one_ms, at_ms, zone) for one_ms in found[-SHOWN_MAX:])
    return shown if len(found) <= SHOWN_MAX else f"..., {shown}"


def _clock(one_ms: int, at_ms: int, zone: tzinfo) -> str:
    """Hours and minutes; with the date where it is of another day than ``at_ms``."""
    one = local(one_ms, zone)
    is_same_day = one.date() == local(at_ms, zone).date()
    return f"{one:%H:%M}" if is_same_day else f"{one:%Y-%m-%d %H:%M}"
