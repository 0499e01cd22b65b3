"""Which pair of boot and wall clock to believe: better quality first, then less doubt. Pure."""

from dataclasses import dataclass
from typing import Final

from contract import clock, envelope
from contract.envelope import ClockQuality, ClockReply
from edge.limits import CLOCK_DRIFT

READINGS: Final = 5
"""How often both clocks are read to find a pair of the same instant."""

RANK: Final[dict[ClockQuality, int]] = {"hub": 3, "ntp": 2, "rtc": 1, "unset": 0}


@dataclass(frozen=True, slots=True)
class Anchor:
    """The same instant on both clocks; wall time may be wrong by ``doubt_ms`` either way."""

    boot_ms: int
    wall_ms: int
    quality: ClockQuality
    doubt_ms: float = 0.0

    def on_wire(self) -> envelope.Clock:
        """Give it the form that travels."""
        return envelope.Clock(boot_ms=self.boot_ms, wall_ms=self.wall_ms, quality=self.quality)

    def doubt_at_ms(self, boot_ms: int) -> float:
        """Doubt grown by what the crystal may have drifted since."""
        return self.doubt_ms + abs(boot_ms - self.boot_ms) * CLOCK_DRIFT


def own_anchor(own: clock.Clock) -> Anchor:
    """Read both clocks of this machine at, as nearly as can be had, the same instant.

    A fast venue makes seconds of a moment's interruption between the two readings, so it is tried
    a few times and the closest pair taken.
    """
    return min((_pair(own) for _ in range(READINGS)), key=lambda pair: pair.doubt_ms)


def _pair(own: clock.Clock) -> Anchor:
    before_ms, wall_ms, after_ms = own.boot_ms(), own.wall_ms(), own.boot_ms()
    half_ms = (after_ms - before_ms) / 2
    return Anchor(before_ms + int(half_ms), wall_ms, own.quality, half_ms)


def hub_anchor(reply: ClockReply, arrived_boot_ms: int) -> Anchor | None:
    """Work an anchor out of the hub's answer, assuming that both ways took equally long.

    None for an answer to a question that was never asked (it would have come before the question).
    The doubt is half the round trip: Cristian, Probabilistic clock synchronization (1989).
    """
    round_trip_ms = arrived_boot_ms - reply.boot_ms
    if round_trip_ms < 0:
        return None
    return Anchor(
        boot_ms=reply.boot_ms + round_trip_ms // 2,
        wall_ms=reply.hub_ms,
        quality="hub",
        doubt_ms=round_trip_ms / 2 + 1,
    )


def better(known: Anchor, heard: Anchor, boot_ms: int) -> Anchor:
    """Choose between two anchors of one boot, at ``boot_ms``.

    Of two readings of the own clock the newer wins, since the clock may have been set meanwhile.
    """
    if RANK[heard.quality] != RANK[known.quality]:
        return heard if RANK[heard.quality] > RANK[known.quality] else known
    if known.quality != "hub":
        return heard
    return heard if heard.doubt_at_ms(boot_ms) < known.doubt_at_ms(boot_ms) else known
