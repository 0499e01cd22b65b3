"""One badge goes from place to place and is never at two places at once."""

import random
from dataclasses import dataclass, field
from typing import Final

from hub.demo.script import Stay, Tap

WALK_S: Final = (20, 75)
"""Seconds between two places."""

TAP_AFTER_S: Final = (3, 15)
"""Seconds after arriving at which the badge is presented."""

STAY_MS_MIN: Final = 30_000
"""Nobody stays anywhere for less."""


@dataclass(slots=True)
class Walk:
    """The way of ``badge``, which has come to ``at_ms``."""

    badge: str
    dice: random.Random
    at_ms: int
    stays: list[Stay] = field(default_factory=list)
    taps: list[Tap] = field(default_factory=list)

    def go(self, place: str, minutes: tuple[float, float], tap: bool = False) -> None:
        """Walk to ``place`` and stay there for between so many minutes."""
        self._stay(place, self._ms(minutes, 60), tap)

    def stay_until(self, place: str, until_ms: int) -> None:
        """Walk to ``place`` and stay there until ``until_ms``, if that is worth the way."""
        if until_ms - self.at_ms > WALK_S[1] * 1000 + STAY_MS_MIN:
            walk_ms = self._ms(WALK_S, 1)
            self._add(place, self.at_ms + walk_ms, until_ms)

    def _stay(self, place: str, stay_ms: int, tap: bool) -> None:
        from_ms = self.at_ms + self._ms(WALK_S, 1)
        self._add(place, from_ms, from_ms + max(STAY_MS_MIN, stay_ms))
        if tap:
            self.taps.append(Tap(self.badge, place, from_ms + self._ms(TAP_AFTER_S, 1)))

    def _add(self, place: str, from_ms: int, until_ms: int) -> None:
        assert until_ms > from_ms >= self.at_ms  # noqa: S101 - an invariant of every walk
        self.stays.append(Stay(self.badge, place, from_ms, until_ms))
        self.at_ms = until_ms

    def _ms(self, bounds: tuple[float, float], unit_s: int) -> int:
        return round(self.dice.uniform(*bounds) * unit_s * 1000)
