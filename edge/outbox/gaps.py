"""What was given up is known to the record: gaps wait here, growing together, until sent."""

import sqlite3
from dataclasses import dataclass

from contract.readings import Gap
from edge.limits import GAP_BYTES


@dataclass(frozen=True, slots=True)
class Evicted:
    """Sightings ``first`` to ``last`` of one boot, given up."""

    first: int
    last: int
    boot: int
    from_boot_ms: int
    until_boot_ms: int

    def record(self, stream: str) -> Gap:
        """Make the record that tells the hub; it is dated at the newest sighting given up."""
        return Gap(
            stream=stream,
            first=self.first,
            last=self.last,
            from_boot_ms=self.from_boot_ms,
            until_boot_ms=self.until_boot_ms,
            boot_ms=self.until_boot_ms,
        )


class Gaps:
    """Gaps not yet put into the taps lane. Written within the caller's transaction."""

    def __init__(self, database: sqlite3.Connection) -> None:
        """Store the connection and count what waits."""
        self._database = database
        self.rows = 0
        self.reload()

    @property
    def used_bytes(self) -> int:
        """What they need."""
        return self.rows * GAP_BYTES

    def reload(self) -> None:
        """Count again, as after a transaction that was rolled back."""
        (self.rows,) = self._database.execute("SELECT count(*) FROM gaps").fetchone()

    def add(self, gap: Evicted) -> None:
        """Note a gap, joining it to its neighbours of the same boot."""
        neighbours = self._database.execute(
            "SELECT first, last, from_boot_ms, until_boot_ms FROM gaps"
            " WHERE (last = ? OR first = ?) AND boot = ?",
            (gap.first - 1, gap.last + 1, gap.boot),
        ).fetchall()
        for first, last, from_ms, until_ms in neighbours:
            gap = Evicted(
                min(gap.first, first),
                max(gap.last, last),
                gap.boot,
                min(gap.from_boot_ms, from_ms),
                max(gap.until_boot_ms, until_ms),
            )
            self._database.execute("DELETE FROM gaps WHERE first = ?", (first,))
        self._database.execute(
            "INSERT INTO gaps VALUES (?, ?, ?, ?, ?)",
            (gap.first, gap.last, gap.boot, gap.from_boot_ms, gap.until_boot_ms),
        )
        self.rows += 1 - len(neighbours)

    def before(self, seq: int, limit: int) -> list[Evicted]:
        """List the first gaps that begin before ``seq``, in order."""
        rows = self._database.execute(
            "SELECT first, last, boot, from_boot_ms, until_boot_ms FROM gaps"
            " WHERE first < ? ORDER BY first LIMIT ?",
            (seq, limit),
        )
        return [Evicted(*row) for row in rows]

    def drop(self, gap: Evicted) -> None:
        """Forget a gap that is now a record of its own."""
        self._database.execute("DELETE FROM gaps WHERE first = ?", (gap.first,))
        self.rows -= 1

    def clear(self) -> None:
        """Forget all: their stream is no more."""
        self._database.execute("DELETE FROM gaps")
        self.rows = 0
