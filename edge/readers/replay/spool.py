"""The recording, understood and put in order once, so that memory does not grow with its length."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from edge.readers.replay.mapping import BadRow, Entry, Mapping
from edge.readers.replay.table import Row, header_of, rows_of

BATCH_ROWS: Final = 500

_SCHEMA: Final = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE entries (
    line INTEGER PRIMARY KEY, wall_ms INTEGER NOT NULL, badge TEXT NOT NULL,
    reader TEXT NOT NULL, rssi_dbm REAL);
"""

_ENTRIES: Final = "SELECT wall_ms, badge, reader, rssi_dbm FROM entries"
_IN_TIME: Final = _ENTRIES + " ORDER BY wall_ms, line LIMIT -1 OFFSET ?"
_IN_FILE: Final = _ENTRIES + " ORDER BY line LIMIT -1 OFFSET ?"


@dataclass(frozen=True, slots=True)
class Spooled:
    """What a recording holds: rows to replay, rows put aside, and the instant of the first."""

    rows: int
    refused: int
    first_wall_ms: int | None


class Spool:
    """A scratch file beside the outbox. Used by the reader's thread alone."""

    def __init__(self, path: Path, quarantine: Path) -> None:
        """Store where it is, and where rows that cannot be replayed are listed."""
        self._path = path
        self._quarantine = quarantine
        self._database: sqlite3.Connection | None = None

    def fill(self, source: Path, columns: Sequence[str] | None, mapping: Mapping) -> Spooled:
        """Read all of ``source``.

        Raises:
            ReaderError: it cannot be read, or lacks a column.
        """
        mapping.check(columns or header_of(source))
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.unlink(missing_ok=True)
        self._database = sqlite3.connect(self._path, isolation_level=None)
        self._database.executescript(_SCHEMA)
        self._quarantine.unlink(missing_ok=True)
        refused = self._read(source, columns, mapping)
        self._database.execute("CREATE INDEX in_time ON entries (wall_ms, line)")
        rows, first_wall_ms = self._database.execute(
            "SELECT count(*), min(wall_ms) FROM entries"
        ).fetchone()
        return Spooled(rows, refused, first_wall_ms)

    def entries(self, skip: int, *, in_time: bool) -> Iterator[Entry]:
        """List the entries after the first ``skip``, in order of time or of the file."""
        assert self._database is not None
        rows = self._database.execute(_IN_TIME if in_time else _IN_FILE, (skip,))
        for row in rows:
            yield Entry(*row)

    def close(self) -> None:
        """Delete the scratch file."""
        if self._database is not None:
            self._database.close()
            self._database = None
        self._path.unlink(missing_ok=True)

    def _read(self, source: Path, columns: Sequence[str] | None, mapping: Mapping) -> int:
        refused = 0
        waiting: list[tuple[int, int, str, str, float | None]] = []
        for line, row in rows_of(source, columns):
            if not mapping.wants(row):
                continue
            try:
                entry = mapping.read(row)
            except BadRow as fault:
                refused += 1
                self._refuse(line, str(fault), row)
                continue
            waiting.append((line, entry.wall_ms, entry.badge, entry.reader, entry.rssi_dbm))
            if len(waiting) >= BATCH_ROWS:
                waiting = self._write(waiting)
        self._write(waiting)
        return refused

    def _write(
        self, rows: list[tuple[int, int, str, str, float | None]]
    ) -> list[tuple[int, int, str, str, float | None]]:
        assert self._database is not None
        self._database.execute("BEGIN")
        self._database.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?)", rows)
        self._database.execute("COMMIT")
        return []

    def _refuse(self, line: int, reason: str, row: Row) -> None:
        with self._quarantine.open("a", encoding="utf-8") as file:
            _write_refusal(file, line, reason, row)


def _write_refusal(file: IO[str], line: int, reason: str, row: Row) -> None:
    file.write(json.dumps({"line": line, "reason": reason, "row": row}) + "\n")
