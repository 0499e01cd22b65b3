"""A card lying still is one tap, and a beacon is one sighting a second.

Pure: times come with the reads.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from contract.readings import Record, Sighting, Tap
from edge.limits import BOUNCE_CARDS_MAX, SUMMARY_ROWS_MAX
from edge.readers.port import Read

SECOND_MS = 1_000


def tap_of(read: Read) -> Tap:
    """Make the record of a read that is a tap."""
    return Tap(
        badge=read.badge,
        reader=read.reader,
        boot_ms=read.boot_ms,
        via=read.via,
        wall_ms=read.wall_ms,
        key=read.key,
    )


class Bounce:
    """Recognises the further reads of a card that has not left the reader.

    A card is still there while the time between two of its reads is under ``bounce_ms``, however
    long it lies.
    """

    def __init__(self, bounce_ms: int) -> None:
        """Store the longest time between two reads of a still card, venue milliseconds."""
        self.bounce_ms = bounce_ms
        self._last_ms: dict[tuple[str, str], int] = {}

    def admits(self, read: Read) -> bool:
        """Say whether ``read`` is a new presentation of the card, and remember it."""
        if read.key is not None:
            return True
        card = (read.badge, read.reader)
        last_ms = self._last_ms.pop(card, None)
        self._last_ms[card] = read.boot_ms
        if len(self._last_ms) > BOUNCE_CARDS_MAX:
            del self._last_ms[next(iter(self._last_ms))]
        return last_ms is None or abs(read.boot_ms - last_ms) >= self.bounce_ms


@dataclass(slots=True)
class _Sum:
    first: Read
    total_dbm: float = 0.0
    count: int = 0

    def add(self, rssi_dbm: float) -> None:
        self.total_dbm += rssi_dbm
        self.count += 1

    def sighting(self) -> Sighting:
        return Sighting(
            badge=self.first.badge,
            reader=self.first.reader,
            boot_ms=self.first.boot_ms,
            rssi_dbm=round(self.total_dbm / self.count, 1),
            count=self.count,
            wall_ms=self.first.wall_ms,
        )


class Summary:
    """Sightings of the seconds that are not over yet, one sum for each badge, reader and second."""

    def __init__(self) -> None:
        """Begin with nothing heard."""
        self._sums: dict[tuple[str, str, int], _Sum] = {}

    def __len__(self) -> int:
        """Summaries being made."""
        return len(self._sums)

    @property
    def full(self) -> bool:
        """Whether the bound is reached, so that all should be taken now."""
        return len(self._sums) >= SUMMARY_ROWS_MAX

    def add(self, read: Read) -> None:
        """Count a read that has a strength."""
        assert read.rssi_dbm is not None
        key = (read.badge, read.reader, read.event_ms // SECOND_MS)
        summed = self._sums.get(key)
        if summed is None:
            summed = self._sums[key] = _Sum(read)
        summed.add(read.rssi_dbm)

    def take(self, before_boot_ms: int | None = None) -> list[Sighting]:
        """Remove and return, in order of time, the seconds that began before ``before_boot_ms``.

        None takes all.
        """
        ripe = {
            key: summed
            for key, summed in self._sums.items()
            if before_boot_ms is None
            or summed.first.boot_ms // SECOND_MS < before_boot_ms // SECOND_MS
        }
        for key in ripe:
            del self._sums[key]
        return [summed.sighting() for _, summed in sorted(ripe.items(), key=_event_order)]


def _event_order(item: tuple[tuple[str, str, int], _Sum]) -> tuple[int, str, str]:
    (badge, reader, _), summed = item
    return summed.first.event_ms, badge, reader


def summarise(reads: Iterable[Read]) -> list[Sighting]:
    """Summarise reads that are stored together with their reader's position: all of them, now."""
    summary = Summary()
    for read in reads:
        summary.add(read)
    return summary.take()


def records_of(reads: Iterable[Read], bounce: Bounce) -> tuple[list[Record], list[Read]]:
    """Split reads into the taps to store at once and the sightings to summarise."""
    taps: list[Record] = []
    sightings: list[Read] = []
    for read in reads:
        if read.rssi_dbm is not None:
            sightings.append(read)
        elif bounce.admits(read):
            taps.append(tap_of(read))
    return taps, sightings
