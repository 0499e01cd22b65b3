"""Nothing is sent before the bridge can take it and the eye can bear it.

Times are real milliseconds of a monotonic clock, handed in. What has been done is dated with the
instant its answer came, and asked about before the next request leaves: whatever the network does
to either, the bridge sees no more than the limit.

Source of the flash limit: WCAG 2.2, success criterion 2.3.1, "three flashes or below threshold".
A flash is a pair of opposing changes in relative luminance of 10 % or more, or to and from a
saturated red. Here every change of a lamp counts as half a flash, opposing or not, and every
visible change in an area.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from integrations.lights import limits
from integrations.lights.arbiter import Look
from integrations.lights.colour import red_share, relative_luminance

SECOND_MS = 1000


@dataclass(slots=True)
class Window:
    """At most ``count_max`` in any ``length_ms``."""

    count_max: int
    length_ms: int
    _past: deque[int] = field(default_factory=deque)

    def wait_ms(self, now_ms: int, count: int = 1) -> int:
        """How long until ``count`` more fit; more than ``count_max`` waits for an empty window."""
        self._forget(now_ms)
        too_many = len(self._past) + min(count, self.count_max) - self.count_max
        return 0 if too_many <= 0 else self._past[too_many - 1] + self.length_ms + 1 - now_ms

    def record(self, now_ms: int, count: int = 1) -> None:
        """Note ``count`` that have happened by ``now_ms``."""
        self._past.extend([now_ms] * count)

    def _forget(self, now_ms: int) -> None:
        while self._past and self._past[0] + self.length_ms < now_ms:
            self._past.popleft()


@dataclass(frozen=True, slots=True)
class Change:
    """A lamp of ``area`` goes from ``before`` (None: not known) to ``after``, and may breathe."""

    lamp: str
    area: str
    before: Look | None
    after: Look
    flash: bool = False

    def steps(self) -> int:
        """How many changes the lamp makes."""
        return 1 + (limits.FLASH_CHANGES if self.flash else 0)

    def visible(self) -> bool:
        """Say whether it could be half of a flash."""
        return self.flash or self.before is None or _visible(self.before, self.after)


@dataclass(slots=True)
class Pace:
    """The windows of one bridge and of all its lamps and areas."""

    requests: Window = field(
        default_factory=lambda: Window(limits.REQUESTS_PER_WINDOW_MAX, limits.REQUEST_WINDOW_MS)
    )
    lights: Window = field(
        default_factory=lambda: Window(limits.LIGHT_COMMANDS_PER_S_MAX, SECOND_MS)
    )
    groups: Window = field(
        default_factory=lambda: Window(limits.GROUP_COMMANDS_PER_S_MAX, SECOND_MS)
    )
    _lamps: dict[str, Window] = field(default_factory=dict)
    _areas: dict[str, Window] = field(default_factory=dict)

    def wait_ms(self, changes: Iterable[Change], now_ms: int, *, group: bool) -> int:
        """How long until ``changes``, made by one command, may be sent."""
        commands = self.groups if group else self.lights
        waits = [self.requests.wait_ms(now_ms), commands.wait_ms(now_ms)]
        for change in changes:
            waits.append(self._lamp(change.lamp).wait_ms(now_ms, change.steps()))
            if change.visible():
                waits.append(self._area(change.area).wait_ms(now_ms, change.steps()))
        return max(waits)

    def record(self, changes: Iterable[Change], now_ms: int, *, group: bool) -> None:
        """Note that ``changes`` were sent by one command, answered by ``now_ms``."""
        self.requests.record(now_ms)
        (self.groups if group else self.lights).record(now_ms)
        areas: dict[str, int] = {}
        for change in changes:
            self._lamp(change.lamp).record(now_ms, change.steps())
            if change.visible():
                areas[change.area] = max(areas.get(change.area, 0), change.steps())
        for area, steps in areas.items():
            self._area(area).record(now_ms, steps)

    def _lamp(self, lamp: str) -> Window:
        return self._lamps.setdefault(lamp, Window(limits.LAMP_CHANGES_PER_S_MAX, SECOND_MS))

    def _area(self, area: str) -> Window:
        return self._areas.setdefault(area, Window(limits.AREA_CHANGES_PER_S_MAX, SECOND_MS))


def _visible(before: Look, after: Look) -> bool:
    was = relative_luminance(before.colour, before.brightness)
    will_be = relative_luminance(after.colour, after.brightness)
    if abs(was - will_be) >= limits.LUMINANCE_CHANGE_VISIBLE:
        return True
    reds = [look for look in (before, after) if _saturated_red(look)]
    return bool(reds) and before != after


def _saturated_red(look: Look) -> bool:
    return look.brightness > 0 and red_share(look.colour) >= limits.SATURATED_RED_SHARE
