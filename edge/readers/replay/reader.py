"""A recording comes in the order and at the pace it happened, or as fast as the outbox takes it.

The position is the number of entries stored, with the fingerprint of file and mapping: another file
begins anew.
"""

import hashlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final

from contract.clock import MS_PER_S, Clock
from edge.errors import ReaderError
from edge.readers.port import Chunk, Emit, Progress, Read
from edge.readers.replay.mapping import Entry, Mapping
from edge.readers.replay.spool import Spool
from edge.readers.replay.table import fingerprint, header_of
from edge.readers.worker import Worker

CHUNK_READS: Final = 200
"""Entries stored together at most."""

PACE_REAL_S: Final = 0.02
"""Least real time between two looks at the clock."""


class ReplayReader:
    """Replays one file through the agent."""

    def __init__(
        self,
        clock: Clock,
        source: Path,
        mapping: Mapping,
        folder: Path,
        *,
        columns: Sequence[str] | None = None,
        paced: bool = True,
    ) -> None:
        """Store what to replay and how.

        ``columns`` names the columns of a file without a header, separated by blanks. ``paced``:
        an entry comes when the clock reaches its time, in order of time; otherwise at once, in the
        order of the file.
        """
        self.name = f"replay:{source.name}"
        self._clock = clock
        self._source = source
        self._mapping = mapping
        self._columns = columns
        self._paced = paced
        self.quarantine = folder / f"{source.name}.refused.jsonl"
        self._spool = Spool(folder / f"{source.name}.spool", self.quarantine)
        self._worker = Worker(self.name)
        self._progress = Progress()

    @property
    def progress(self) -> Progress:
        """Rows read, of all that pass the filter; rows put aside count as read."""
        return self._progress

    @property
    def fault(self) -> Exception | None:
        """Why it stopped by itself."""
        return self._worker.fault

    def check(self) -> None:
        """Look whether the file is there and has the columns that are mapped.

        Raises:
            ReaderError: it is not, or has not.
        """
        self._mapping.check(self._columns or header_of(self._source))
        if not self._source.is_file():
            raise ReaderError(f"cannot read {self._source}: there is no such file")

    def start(self, emit: Emit, position: str | None) -> None:
        """Go on after the entries of ``position``."""
        self._worker.start(lambda stopping: self._work(emit, position, stopping))

    def stop(self) -> None:
        """End the thread."""
        self._worker.stop()

    def _work(self, emit: Emit, position: str | None, stopping: threading.Event) -> None:
        try:
            mark = self._mark()
            found = self._spool.fill(self._source, self._columns, self._mapping)
            stored = _stored(position, mark)
            self._progress = Progress(
                read=stored + found.refused, total=found.rows + found.refused, refused=found.refused
            )
            entries = self._spool.entries(stored, in_time=self._paced)
            self._replay(entries, stored, mark, emit, stopping)
        finally:
            self._spool.close()

    def _replay(
        self,
        entries: Iterator[Entry],
        stored: int,
        mark: str,
        emit: Emit,
        stopping: threading.Event,
    ) -> None:
        for part in self._parts(entries, stopping):
            stored += len(part)
            reads = tuple(self._read(entry) for entry in part)
            emit(Chunk(self.name, reads, position=f"{mark} {stored}"))
            self._progress = replace(self._progress, read=stored + self._progress.refused)
        if not stopping.is_set():
            self._progress = replace(self._progress, done=True)

    def _parts(self, entries: Iterator[Entry], stopping: threading.Event) -> Iterator[list[Entry]]:
        """Cut the entries into what is due together."""
        if not self._paced:
            while not stopping.is_set() and (part := list(islice(entries, CHUNK_READS))):
                yield part
            return
        part = []
        for entry in entries:
            if part and (len(part) >= CHUNK_READS or entry.wall_ms > self._clock.wall_ms()):
                yield part
                part = []
            if not self._wait_for(entry.wall_ms, stopping):
                return
            part.append(entry)
        if part:
            yield part

    def _wait_for(self, wall_ms: int, stopping: threading.Event) -> bool:
        """Wait until the clock reaches ``wall_ms``; False when asked to stop meanwhile."""
        while not stopping.is_set():
            ahead_ms = wall_ms - self._clock.wall_ms()
            if ahead_ms <= 0:
                return True
            real_s = ahead_ms / MS_PER_S / max(self._clock.speed, 1e-9)
            stopping.wait(min(max(real_s, PACE_REAL_S), 1.0))
        return False

    def _read(self, entry: Entry) -> Read:
        return Read(
            badge=entry.badge,
            reader=entry.reader,
            boot_ms=self._clock.boot_ms(),
            rssi_dbm=entry.rssi_dbm,
            wall_ms=entry.wall_ms,
            key=entry.key,
            via="replay",
        )

    def _mark(self) -> str:
        """Name file, mapping and order."""
        text = f"{fingerprint(self._source)}|{self._mapping!r}|{self._columns}|{self._paced}"
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def _stored(position: str | None, mark: str) -> int:
    known, _, count = (position or "").partition(" ")
    return int(count) if known == mark else 0
