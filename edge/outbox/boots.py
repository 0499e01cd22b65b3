"""A record's time means nothing without the boot it was read in, so each boot keeps its anchor."""

import sqlite3

from edge.anchors import Anchor


class Boots:
    """Boots that still have records, each with the best clock anchor known of it."""

    def __init__(self, database: sqlite3.Connection) -> None:
        """Store the connection; everything written is part of the caller's transaction."""
        self._database = database

    def begin(self, boot_id: str, anchor: Anchor) -> int:
        """Return the number of boot ``boot_id``, noting ``anchor`` when it is new here.

        Boots without records are forgotten.
        """
        self._database.execute(
            "DELETE FROM boots WHERE id <> ? AND number NOT IN (SELECT boot FROM records)"
            " AND number NOT IN (SELECT boot FROM gaps)",
            (boot_id,),
        )
        self._database.execute(
            "INSERT OR IGNORE INTO boots (id, boot_ms, wall_ms, quality, doubt_ms)"
            " VALUES (?, ?, ?, ?, ?)",
            (boot_id, anchor.boot_ms, anchor.wall_ms, anchor.quality, anchor.doubt_ms),
        )
        row = self._database.execute("SELECT number FROM boots WHERE id = ?", (boot_id,))
        return int(row.fetchone()[0])

    def anchor(self, number: int, anchor: Anchor) -> None:
        """Note a better anchor of a boot."""
        self._database.execute(
            "UPDATE boots SET boot_ms = ?, wall_ms = ?, quality = ?, doubt_ms = ? WHERE number = ?",
            (anchor.boot_ms, anchor.wall_ms, anchor.quality, anchor.doubt_ms, number),
        )

    def get(self, number: int) -> tuple[str, Anchor]:
        """Look up a boot's id and anchor."""
        boot_id, boot_ms, wall_ms, quality, doubt_ms = self._database.execute(
            "SELECT id, boot_ms, wall_ms, quality, doubt_ms FROM boots WHERE number = ?",
            (number,),
        ).fetchone()
        return boot_id, Anchor(boot_ms, wall_ms, quality, doubt_ms)
