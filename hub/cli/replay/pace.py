"""At which pace a recording happens again, as one clock for all processes.

Taps are facts: at ``max`` they all come late, to a clock that stands one hour after the last of
them, and only what may be that old is done about them. Sightings need time to pass, since silence
decides who has left: at ``max`` their clock runs so that the hub keeps up with it.
"""

import time
from dataclasses import dataclass
from typing import Final, Literal

from contract.clock import MS_PER_S
from hub.cli.replay.errors import ReplayFault
from hub.cli.replay.recording import Survey

AFTER_MS: Final = 3_600_000
"""How long after the last row the clock stands when all comes late."""
BEFORE_MS: Final = 60_000
"""How long before the first row people are registered."""
LEAD_S: Final = 4.0
"""Real seconds from the start of a paced clock to the first row: the processes start meanwhile."""
ROWS_A_SECOND: Final = 1_000
"""Sightings for each real second at ``max``: far below what the hub can take."""
SHORTEST_S: Final = 5.0
SPEED_MAX: Final = 100_000.0

Speed = float | Literal["max"]


@dataclass(frozen=True, slots=True)
class Pace:
    """``speed`` is None when the clock stands still; ``clock`` is its command-line form."""

    clock: str
    speed: float | None

    @property
    def of_agents(self) -> str:
        """What the agents' replay reader is told."""
        return "max" if self.speed is None else "clock"


def parse_speed(text: str) -> Speed:
    """Read ``max`` or a number of venue seconds for each real one.

    Raises:
        ReplayFault: neither.
    """
    if text == "max":
        return "max"
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed <= SPEED_MAX:
        raise ReplayFault(f"--speed {text!r}: write max, or a number up to {SPEED_MAX:.0f}")
    return speed


def pace(speed: Speed, seen: Survey, *, silence_counts: bool) -> Pace:
    """Choose the clock, to be started now. ``silence_counts``: somebody's leaving matters."""
    if speed == "max" and not silence_counts:
        return Pace(f"fixed:{seen.last_ms + AFTER_MS}", None)
    chosen = _quickest(seen) if speed == "max" else speed
    origin_ms = seen.first_ms - int(LEAD_S * MS_PER_S * chosen)
    return Pace(f"paced:{origin_ms}:{time.time_ns() // 1_000_000}:{chosen}", chosen)


def _quickest(seen: Survey) -> float:
    """The speed at which the rows come as quickly as the hub surely takes them."""
    span_s = (seen.last_ms - seen.first_ms) / MS_PER_S
    speed = span_s / max(SHORTEST_S, seen.rows / ROWS_A_SECOND)
    return min(SPEED_MAX, max(1.0, speed))
