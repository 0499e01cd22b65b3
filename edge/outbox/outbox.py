"""What a turn stores is committed as one, before anything else happens to it."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from contract.readings import Record
from edge.anchors import Anchor
from edge.errors import OutboxError
from edge.limits import GAPS_RELEASED_MAX, OUTBOX_BYTES_MAX
from edge.outbox.boots import Boots
from edge.outbox.file import open_file
from edge.outbox.gaps import Gaps
from edge.outbox.records import Lane, Records, Slice, Span
from edge.outbox.room import Room

FILE_NAME = "outbox.db"


class Outbox:
    """The agent's memory: both streams, boots, gaps, positions of readers, session number.

    Used by one thread. All writing happens inside :meth:`transaction`.
    """

    def __init__(self, folder: Path, bytes_max: int = OUTBOX_BYTES_MAX) -> None:
        """Store where the file is and how large it may grow, in bytes."""
        self.path = folder / FILE_NAME
        self._bytes_max = bytes_max
        self._database: sqlite3.Connection | None = None
        self.note: str | None = None
        """A sentence when an unusable file was moved aside on opening."""

    def start(self, boot_id: str, anchor: Anchor) -> None:
        """Open the file and begin, or resume, a boot. Does nothing when open.

        Raises:
            OutboxInUse: another agent has it open.
            OutboxError: it can be neither used nor made.
        """
        if self._database is not None:
            return
        self._database, self.note = open_file(self.path)
        with self._begun():
            self.records = Records(self._database)
            self.gaps = Gaps(self._database)
            self.room = Room(self.records, self.gaps, self._bytes_max)
            self.boots = Boots(self._database)
            self.boot = self.boots.begin(boot_id, anchor)
            self.anchor = self.boots.get(self.boot)[1]
            self.room.thinned_upto = int(self.recall("thinned_upto", "0"))
            self.evicted_rows = int(self.recall("evicted_rows", "0"))

    def stop(self) -> None:
        """Close the file; what was committed stays."""
        if self._database is not None:
            self._database.close()
            self._database = None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit all that is written inside, or nothing of it.

        Raises:
            OutboxError: the disk refused (full, torn out); nothing was stored.
        """
        try:
            with self._begun():
                yield
        except sqlite3.OperationalError as error:
            self._reload()
            raise OutboxError(f"the outbox cannot be written: {error}") from error
        except BaseException:
            self._reload()
            raise

    def append(self, lane: Lane, records: Sequence[Record]) -> None:
        """Number and keep ``records`` of the running boot."""
        self.records.append(lane, self.boot, records)

    def make_room(self) -> int:
        """Keep the bound; returns how many sightings were given up."""
        evicted = self.room.make()
        if evicted:
            self.evicted_rows += evicted
            self.remember("evicted_rows", str(self.evicted_rows))
            self.remember("thinned_upto", str(self.room.thinned_upto))
        return evicted

    def note_anchor(self, anchor: Anchor) -> None:
        """Keep a better anchor of the running boot."""
        self.anchor = anchor
        self.boots.anchor(self.boot, anchor)

    def release_gaps(self, before: int) -> int:
        """Put the gaps that begin before sighting ``before`` into the taps lane; returns how many.

        Not earlier: the hub keeps few ranges beyond its watermark.
        """
        released = self.gaps.before(before, GAPS_RELEASED_MAX)
        stream = self.records["sightings"].id
        for gap in released:
            self.records.append("taps", gap.boot, [gap.record(stream)])
            self.gaps.drop(gap)
        return len(released)

    def renew(self, lane: Lane) -> None:
        """Begin a new stream in ``lane``: see :meth:`Records.renew`."""
        self.records.renew(lane)
        if lane == "sightings":
            self.gaps.clear()
            self.room.thinned_upto = 0
            self.remember("thinned_upto", "0")

    def slice(self, lane: Lane, within: Span) -> Slice | None:
        """See :meth:`Records.slice`."""
        return self.records.slice(lane, within)

    def position(self, reader: str) -> str | None:
        """Where a durable reader goes on; None when it never stored anything."""
        row = self._open.execute(
            "SELECT value FROM positions WHERE reader = ?", (reader,)
        ).fetchone()
        return None if row is None else str(row[0])

    def set_position(self, reader: str, value: str) -> None:
        """Remember where a durable reader goes on, together with what it read."""
        self._open.execute("INSERT OR REPLACE INTO positions VALUES (?, ?)", (reader, value))

    def recall(self, name: str, default: str) -> str:
        """Read a remembered value."""
        row = self._open.execute("SELECT value FROM notes WHERE name = ?", (name,)).fetchone()
        return default if row is None else str(row[0])

    def remember(self, name: str, value: str) -> None:
        """Keep a value over restarts."""
        self._open.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, value))

    @property
    def empty(self) -> bool:
        """Whether nothing waits for the hub."""
        return not self.records.rows and not self.gaps.rows

    @property
    def _open(self) -> sqlite3.Connection:
        assert self._database is not None, "the outbox is not started"
        return self._database

    @contextmanager
    def _begun(self) -> Iterator[None]:
        database = self._open
        database.execute("BEGIN IMMEDIATE")
        try:
            yield
            database.execute("COMMIT")
        except BaseException:
            if database.in_transaction:
                database.execute("ROLLBACK")
            raise

    def _reload(self) -> None:
        """Bring the figures in memory back to what is on disk."""
        self.records.reload()
        self.gaps.reload()
        self.room.thinned_upto = int(self.recall("thinned_upto", "0"))
        self.evicted_rows = int(self.recall("evicted_rows", "0"))
        self.anchor = self.boots.get(self.boot)[1]
