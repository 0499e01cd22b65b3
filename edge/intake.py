"""Reads become records, and records are on disk before anything else happens to them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from contract.clock import Clock
from contract.readings import Record
from edge.aggregate import Bounce, Summary, records_of, summarise
from edge.limits import SIGHTINGS_COMMIT_MS, SIGHTINGS_COMMIT_REAL_S_MIN
from edge.outbox import Outbox
from edge.readers.port import Chunk, Read, unfit_read

MS_PER_S = 1_000


@dataclass(slots=True)
class _Work:
    """What the next commit stores."""

    taps: list[Record] = field(default_factory=list)
    sightings: list[Record] = field(default_factory=list)
    positions: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.taps or self.sightings or self.positions)


class Intake:
    """Aggregates what readers bring; taps are due at once, sightings once a second."""

    def __init__(self, outbox: Outbox, clock: Clock, tap_bounce_s: float) -> None:
        """Store the parts."""
        self._outbox = outbox
        self._clock = clock
        self.bounce = Bounce(int(tap_bounce_s * MS_PER_S))
        self._summary = Summary()
        self._work = _Work()
        self._sightings_due_s = 0.0
        self.refused = 0
        self.fault = ""
        self._every_s = max(
            SIGHTINGS_COMMIT_MS / MS_PER_S / clock.speed, SIGHTINGS_COMMIT_REAL_S_MIN
        )

    def take(self, chunks: Sequence[Chunk]) -> None:
        """Aggregate ``chunks``. What a durable reader brings is stored whole with its position."""
        for chunk in chunks:
            taps, sightings = records_of(self._fit(chunk.reads), self.bounce)
            self._work.taps += taps
            if chunk.position is None:
                for read in sightings:
                    self._summary.add(read)
            else:
                self._work.sightings += summarise(sightings)
                self._work.positions[chunk.reader] = chunk.position

    def _fit(self, reads: Sequence[Read]) -> list[Read]:
        """Leave out what the hub would refuse, and with it the whole batch."""
        fit: list[Read] = []
        for read in reads:
            fault = unfit_read(read)
            if fault is None:
                fit.append(read)
            else:
                self.refused, self.fault = self.refused + 1, fault
        return fit

    @property
    def notes(self) -> list[str]:
        """A sentence when reads had to be left out."""
        return [f"{self.refused} reads left out, one for: {self.fault}"] if self.refused else []

    def ripen(self, now_s: float, *, everything: bool = False) -> None:
        """Add the sightings of seconds that are over, when it is time (real seconds)."""
        if everything or self._summary.full:
            self._work.sightings += self._summary.take()
        elif now_s >= self._sightings_due_s:
            self._work.sightings += self._summary.take(self._clock.boot_ms())
            self._sightings_due_s = now_s + self._every_s

    def wait_s(self, now_s: float) -> float:
        """Real time until sightings are due."""
        return max(0.0, self._sightings_due_s - now_s)

    @property
    def waiting(self) -> bool:
        """Whether something has to be stored."""
        return bool(self._work)

    @property
    def rows(self) -> int:
        """Records not stored yet, summaries being made among them."""
        return len(self._work.taps) + len(self._work.sightings) + len(self._summary)

    def write(self) -> None:
        """Write what waits, as part of the caller's transaction."""
        self._outbox.append("taps", self._work.taps)
        self._outbox.append("sightings", self._work.sightings)
        for reader, position in self._work.positions.items():
            self._outbox.set_position(reader, position)
        self._outbox.make_room()

    def written(self) -> None:
        """Let go of what was written: call after the commit, and only then."""
        self._work = _Work()
