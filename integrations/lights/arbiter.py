"""Of all who want a lamp the highest priority has it, of equals the latest, until its time is up.

Pure: boards are frozen, time is an argument, nothing is sent anywhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from integrations.lights.errors import BoardFull
from integrations.lights.limits import CLAIMS_PER_LAMP_MAX


@dataclass(frozen=True, slots=True)
class Look:
    """How a lamp should look: colour ``#rrggbb``, brightness 0 to 1."""

    colour: str
    brightness: float


@dataclass(frozen=True, slots=True)
class Claim:
    """What ``source`` wants of ``lamp`` from ``from_ms`` until just before ``until_ms``.

    Times are Unix milliseconds; ``until_ms`` None has no end. ``key`` is that of the delivery, so
    that a repeated one changes nothing. ``lapses_ms``: a claim that has not been settled by then
    was too late to mean anything and is void; a settled one (``settled``) never lapses.
    """

    lamp: str
    source: str
    priority: int
    look: Look
    from_ms: int
    until_ms: int | None = None
    flash: bool = False
    key: str = ""
    lapses_ms: int | None = None
    settled: bool = False

    def end_ms(self) -> int | None:
        """The first instant at which it no longer counts, or None."""
        lapse = None if self.settled else self.lapses_ms
        ends = [end for end in (self.until_ms, lapse) if end is not None]
        return min(ends, default=None)

    def live(self, now_ms: int) -> bool:
        """Say whether it counts at ``now_ms``."""
        end_ms = self.end_ms()
        return end_ms is None or now_ms < end_ms


@dataclass(frozen=True, slots=True)
class Board:
    """All claims, for each lamp in the order in which they were placed; one for each source."""

    lamps: dict[str, tuple[Claim, ...]] = field(default_factory=dict)

    def place(self, claim: Claim, now_ms: int) -> "Board":
        """Put ``claim`` in place of its source's former one.

        The same key again changes nothing while the first one lives: its end stays where it was.

        Raises:
            BoardFull: too many other sources claim the lamp.
        """
        live = [c for c in self.lamps.get(claim.lamp, ()) if c.live(now_ms)]
        if claim.key and any((c.key, c.source) == (claim.key, claim.source) for c in live):
            return self._with(claim.lamp, live)
        others = [c for c in live if c.source != claim.source]
        if len(others) >= CLAIMS_PER_LAMP_MAX:
            raise BoardFull(
                f"{claim.lamp} is claimed by {len(others)} sources, the most there may be"
            )
        return self._with(claim.lamp, [*others, claim])

    def release(self, lamp: str, source: str) -> "Board":
        """Take away what ``source`` wants of ``lamp``; nothing, if it wants nothing."""
        kept = [c for c in self.lamps.get(lamp, ()) if c.source != source]
        return self._with(lamp, kept)

    def forget(self, lamp: str) -> "Board":
        """Take away every claim on ``lamp``."""
        return self._with(lamp, ())

    def settle(self, lamp: str, now_ms: int) -> "Board":
        """Note that the lamp obeys: what lives now no longer lapses."""
        live = [replace(c, settled=True) for c in self.lamps.get(lamp, ()) if c.live(now_ms)]
        return self._with(lamp, live)

    def prune(self, now_ms: int) -> "Board":
        """Drop what is over."""
        kept = {lamp: tuple(c for c in cs if c.live(now_ms)) for lamp, cs in self.lamps.items()}
        return Board({lamp: claims for lamp, claims in kept.items() if claims})

    def effective(self, lamp: str, now_ms: int) -> Claim | None:
        """The claim that has the lamp at ``now_ms``, or None."""
        live = [(c.priority, c.from_ms, i, c) for i, c in self._numbered(lamp) if c.live(now_ms)]
        return max(live, key=lambda ranked: ranked[:3])[3] if live else None

    def next_end_ms(self, now_ms: int) -> int | None:
        """The next instant after ``now_ms`` at which some claim ends, or None."""
        ends = (c.end_ms() for claims in self.lamps.values() for c in claims)
        return min((end for end in ends if end is not None and end > now_ms), default=None)

    def _numbered(self, lamp: str) -> Iterable[tuple[int, Claim]]:
        return enumerate(self.lamps.get(lamp, ()))

    def _with(self, lamp: str, claims: Iterable[Claim]) -> "Board":
        others = {name: kept for name, kept in self.lamps.items() if name != lamp}
        placed = tuple(claims)
        return Board({**others, lamp: placed} if placed else others)
