"""When the outbox is full sightings are thinned, then the oldest given up; a tap never is."""

from collections.abc import Iterable

import msgspec

from contract.readings import Record, Sighting
from edge.limits import SHRINK_ROWS, SHRINK_TO, THIN_CARDS_MAX, THIN_MS
from edge.outbox.gaps import Evicted, Gaps
from edge.outbox.records import Records, Span

Row = tuple[int, int, int, bytes]
_decoder: msgspec.json.Decoder[Record] = msgspec.json.Decoder(Record)


class Room:
    """Makes room. Everything written is part of the caller's transaction."""

    def __init__(self, records: Records, gaps: Gaps, bytes_max: int) -> None:
        """Store the parts and the bound."""
        self._records = records
        self._gaps = gaps
        self.bytes_max = bytes_max
        self.thinned_upto = 0
        self._kept: dict[tuple[str, str], tuple[int, int]] = {}

    @property
    def used_bytes(self) -> int:
        """What records and gaps need."""
        return self._records.used_bytes + self._gaps.used_bytes

    @property
    def over(self) -> bool:
        """Whether the bound is passed although nothing is left that may be given up."""
        return self.used_bytes > self.bytes_max

    def make(self) -> int:
        """Shrink the outbox when it is over its bound; returns how many sightings were given up."""
        if self.used_bytes <= self.bytes_max:
            return 0
        evicted = 0
        while self.used_bytes > self.bytes_max * SHRINK_TO and self._records["sightings"].rows:
            evicted += self._thin() if self._unthinned else self._evict()
        return evicted

    @property
    def _unthinned(self) -> bool:
        newest = self._records["sightings"].last
        seen = Span(self.thinned_upto + 1, newest)
        return seen.first <= newest and self._records.oldest("sightings", seen) is not None

    def _thin(self) -> int:
        """Give up, of the next rows not yet thinned, all but one of a badge, reader and time."""
        rows = self._records.rows_from("sightings", self.thinned_upto + 1, SHRINK_ROWS)
        self.thinned_upto = rows[-1][0]
        return self._give_up([row for row in rows if not self._first_of_its_time(row)])

    def _first_of_its_time(self, row: Row) -> bool:
        _, boot, boot_ms, body = row
        record = _decoder.decode(body)
        assert isinstance(record, Sighting)
        event_ms = boot_ms if record.wall_ms is None else record.wall_ms
        card, bucket = (record.badge, record.reader), (boot, event_ms // THIN_MS)
        if self._kept.get(card) == bucket:
            return False
        if len(self._kept) >= THIN_CARDS_MAX:
            self._kept.clear()
        self._kept[card] = bucket
        return True

    def _evict(self) -> int:
        """Give up the oldest rows, no more than needed."""
        rows = self._records.rows_from("sightings", 1, SHRINK_ROWS)
        surplus = self.used_bytes - self.bytes_max * SHRINK_TO
        chosen: list[Row] = []
        for row in rows:
            if surplus <= 0:
                break
            chosen.append(row)
            surplus -= len(row[3])
        return self._give_up(chosen)

    def _give_up(self, rows: Iterable[Row]) -> int:
        evicted = 0
        for gap in _runs(rows):
            evicted += self._records.drop("sightings", [Span(gap.first, gap.last)])
            self._gaps.add(gap)
        return evicted


def _runs(rows: Iterable[Row]) -> list[Evicted]:
    """Join consecutive rows of one boot."""
    runs: list[Evicted] = []
    for seq, boot, boot_ms, _ in rows:
        last = runs[-1] if runs else None
        if last is not None and last.last == seq - 1 and last.boot == boot:
            runs[-1] = Evicted(
                last.first,
                seq,
                boot,
                min(last.from_boot_ms, boot_ms),
                max(last.until_boot_ms, boot_ms),
            )
        else:
            runs.append(Evicted(seq, seq, boot, boot_ms, boot_ms))
    return runs
