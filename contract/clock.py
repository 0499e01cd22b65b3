"""Time is handed in: every process reads it from one of these, so a venue can run faster than life.

A paced clock is a straight line between real and venue time; processes that are given the same
three numbers agree on the time without talking. Waiting is always done in real time, so a duration
of venue time is divided by ``speed`` first.
"""

import time
from dataclasses import dataclass
from typing import Protocol

from contract.envelope import ClockQuality

MS_PER_S = 1000


class Clock(Protocol):
    """Where a process gets the time from."""

    @property
    def speed(self) -> float:
        """Venue milliseconds that pass in a real one."""

    @property
    def quality(self) -> ClockQuality:
        """How far wall time is to be trusted."""

    def wall_ms(self) -> int:
        """Venue time, Unix milliseconds UTC."""

    def boot_ms(self) -> int:
        """Venue milliseconds since boot; never goes back."""


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's own clock."""

    quality: ClockQuality = "ntp"
    speed: float = 1.0

    def wall_ms(self) -> int:
        """Unix milliseconds of the system clock."""
        return time.time_ns() // 1_000_000

    def boot_ms(self) -> int:
        """Milliseconds of the system's monotonic clock."""
        return time.monotonic_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class PacedClock:
    """Venue time that started at ``venue_origin_ms`` when real time was ``real_origin_ms``."""

    venue_origin_ms: int
    real_origin_ms: int
    speed: float
    quality: ClockQuality = "hub"

    def wall_ms(self) -> int:
        """Venue Unix milliseconds."""
        elapsed_ms = time.time_ns() / 1_000_000 - self.real_origin_ms
        return self.venue_origin_ms + int(elapsed_ms * self.speed)

    def boot_ms(self) -> int:
        """Venue milliseconds since the origin."""
        return self.wall_ms() - self.venue_origin_ms


@dataclass(slots=True)
class ManualClock:
    """A clock that stands still until it is moved: for tests and backtests."""

    now_ms: int
    booted_ms: int = 0
    speed: float = 1.0
    quality: ClockQuality = "hub"

    def wall_ms(self) -> int:
        """The instant it was last moved to."""
        return self.now_ms

    def boot_ms(self) -> int:
        """Milliseconds since ``booted_ms``."""
        return self.now_ms - self.booted_ms

    def advance(self, duration_ms: int) -> int:
        """Move forward and return the new instant."""
        self.now_ms += duration_ms
        return self.now_ms


def parse_clock(text: str) -> Clock:
    """Make a clock from its command-line form.

    ``system`` is the machine's; ``paced:VENUE_MS:REAL_MS:SPEED`` is a :class:`PacedClock`;
    ``fixed:VENUE_MS`` stands still.

    Raises:
        ValueError: another form; the text says which forms there are.
    """
    kind, _, rest = text.partition(":")
    try:
        if kind == "system" and not rest:
            return SystemClock()
        if kind == "fixed":
            return ManualClock(int(rest))
        if kind == "paced":
            venue_ms, real_ms, speed = rest.split(":")
            return PacedClock(int(venue_ms), int(real_ms), float(speed))
    except ValueError as error:
        raise ValueError(_clock_help(text)) from error
    raise ValueError(_clock_help(text))


def _clock_help(text: str) -> str:
    return f"clock {text!r}: write system, fixed:VENUE_MS, or paced:VENUE_MS:REAL_MS:SPEED"
