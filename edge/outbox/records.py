"""A stream is random, born with its file, and numbers its records from 1 without a hole."""

import secrets
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import msgspec

from contract.limits import BATCH_RECORDS_MAX, PAYLOAD_BYTES_MAX
from contract.readings import Record
from edge.limits import ROW_OVERHEAD_BYTES

Lane = Literal["taps", "sightings"]
LANES: Final[tuple[Lane, ...]] = ("taps", "sightings")
_NUMBER: Final[dict[Lane, int]] = {"taps": 0, "sightings": 1}

ENVELOPE_BYTES: Final = 512
"""Room in a payload for all but the records and the commas between them."""

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Record] = msgspec.json.Decoder(Record)


class Span(NamedTuple):
    """Sequence numbers from ``first`` to ``last``, both included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Slice:
    """Consecutive records of one boot that fit into one payload."""

    first: int
    boot: int
    records: tuple[Record, ...]

    @property
    def span(self) -> Span:
        """Sequence numbers of the records."""
        return Span(self.first, self.first + len(self.records) - 1)


@dataclass(slots=True)
class Stream:
    """One lane's stream: what was numbered, what is kept, and what was there when opened."""

    id: str
    last: int
    last_at_open: int
    rows: int = 0
    used_bytes: int = 0


class Records:
    """The two streams. Everything written is part of the caller's transaction."""

    def __init__(self, database: sqlite3.Connection) -> None:
        """Read the figures of both streams, making them in a new file."""
        self._database = database
        self._streams: dict[Lane, Stream] = {}
        self.reload()

    def reload(self) -> None:
        """Read the figures again, as after a transaction that was rolled back."""
        for lane in LANES:
            before = self._streams.get(lane)
            stream = self._read(lane)
            if before is not None:
                stream.last_at_open = before.last_at_open
            self._streams[lane] = stream

    def __getitem__(self, lane: Lane) -> Stream:
        """Figures of one lane."""
        return self._streams[lane]

    @property
    def rows(self) -> int:
        """Records kept, of both lanes."""
        return sum(stream.rows for stream in self._streams.values())

    @property
    def used_bytes(self) -> int:
        """Bytes kept, of both lanes."""
        return sum(stream.used_bytes for stream in self._streams.values())

    def append(self, lane: Lane, boot: int, records: Sequence[Record]) -> None:
        """Number ``records``, read during ``boot``, and keep them."""
        if not records:
            return
        stream, number = self._streams[lane], _NUMBER[lane]
        bodies = [_encoder.encode(record) for record in records]
        self._database.executemany(
            "INSERT INTO records VALUES (?, ?, ?, ?, ?)",
            [
                (number, stream.last + 1 + i, boot, record.boot_ms, body)
                for i, (record, body) in enumerate(zip(records, bodies, strict=True))
            ],
        )
        stream.last += len(records)
        stream.rows += len(records)
        stream.used_bytes += sum(map(len, bodies)) + ROW_OVERHEAD_BYTES * len(records)
        self._database.execute("UPDATE streams SET last = ? WHERE lane = ?", (stream.last, number))

    def slice(self, lane: Lane, within: Span) -> Slice | None:
        """Read as many of the first kept records of ``within`` as one batch may carry."""
        rows = self._database.execute(
            "SELECT seq, boot, body FROM records WHERE lane = ? AND seq BETWEEN ? AND ?"
            " ORDER BY seq LIMIT ?",
            (_NUMBER[lane], within.first, within.last, BATCH_RECORDS_MAX),
        ).fetchall()
        if not rows:
            return None
        first, boot, _ = rows[0]
        bodies = _that_fit(rows)
        return Slice(first, boot, tuple(_decoder.decode(body) for body in bodies))

    def oldest(self, lane: Lane, within: Span) -> int | None:
        """Sequence number of the first kept record of ``within``."""
        row = self._database.execute(
            "SELECT min(seq) FROM records WHERE lane = ? AND seq BETWEEN ? AND ?",
            (_NUMBER[lane], within.first, within.last),
        ).fetchone()
        return row[0] if row[0] is None else int(row[0])

    def rows_from(self, lane: Lane, first: int, limit: int) -> list[tuple[int, int, int, bytes]]:
        """Read ``limit`` rows (seq, boot, boot_ms, body) in order, from ``first`` on."""
        return self._database.execute(
            "SELECT seq, boot, boot_ms, body FROM records WHERE lane = ? AND seq >= ?"
            " ORDER BY seq LIMIT ?",
            (_NUMBER[lane], first, limit),
        ).fetchall()

    def drop(self, lane: Lane, spans: Iterable[Span]) -> int:
        """Delete what is kept of ``spans``; returns how many records that were."""
        dropped = 0
        for span in spans:
            where = (_NUMBER[lane], span.first, span.last)
            rows, size = self._database.execute(
                "SELECT count(*), coalesce(sum(length(body)), 0) FROM records"
                " WHERE lane = ? AND seq BETWEEN ? AND ?",
                where,
            ).fetchone()
            if rows:
                self._database.execute(
                    "DELETE FROM records WHERE lane = ? AND seq BETWEEN ? AND ?", where
                )
                self._streams[lane].rows -= rows
                self._streams[lane].used_bytes -= size + ROW_OVERHEAD_BYTES * rows
                dropped += rows
        return dropped

    def renew(self, lane: Lane) -> None:
        """Begin a new stream with the records read since the file was opened.

        For a file older than the hub remembers (restored, or an SD card that lied about what it
        had written): its next numbers were used already, so the hub would take new records for
        old ones. What was there when the file was opened is known to the hub.
        """
        stream, number = self._streams[lane], _NUMBER[lane]
        self.drop(lane, [Span(1, stream.last_at_open)])
        # In two steps, so that no number is ever used twice on the way.
        self._database.execute(
            "UPDATE records SET seq = ? - seq WHERE lane = ?", (stream.last_at_open, number)
        )
        self._database.execute("UPDATE records SET seq = -seq WHERE lane = ?", (number,))
        stream.id = secrets.token_hex(8)
        stream.last -= stream.last_at_open
        stream.last_at_open = 0
        self._database.execute(
            "UPDATE streams SET id = ?, last = ? WHERE lane = ?", (stream.id, stream.last, number)
        )

    def _read(self, lane: Lane) -> Stream:
        number = _NUMBER[lane]
        self._database.execute(
            "INSERT OR IGNORE INTO streams VALUES (?, ?, 0)", (number, secrets.token_hex(8))
        )
        name, last = self._database.execute(
            "SELECT id, last FROM streams WHERE lane = ?", (number,)
        ).fetchone()
        rows, size = self._database.execute(
            "SELECT count(*), coalesce(sum(length(body)), 0) FROM records WHERE lane = ?",
            (number,),
        ).fetchone()
        return Stream(name, last, last, rows, size + ROW_OVERHEAD_BYTES * rows)


def _that_fit(rows: Sequence[tuple[int, int, bytes]]) -> list[bytes]:
    """Take the bodies from the front that are consecutive, of one boot, and within the payload."""
    first, boot, _ = rows[0]
    bodies: list[bytes] = []
    room = PAYLOAD_BYTES_MAX - ENVELOPE_BYTES
    for i, (seq, row_boot, body) in enumerate(rows):
        room -= len(body) + 1
        if seq != first + i or row_boot != boot or room < 0:
            break
        bodies.append(body)
    return bodies
