"""What those who work here ought to know waits for them until somebody has read it."""

from collections.abc import Collection, Sequence
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection, delete, func, select, update

from hub.core.outcome import Note
from hub.store import bulk, tables
from hub.store.database import Database

ROWS_MAX: Final = 500
"""Most notes read at once."""
KEPT_ROWS_MAX: Final = 20_000
"""Most notes kept, by their numbers; the oldest make room."""

_n = tables.note.c
_insert = bulk.insert_new(
    tables.note, ("event", "key", "at_ms", "title", "text", "rule", "person"), ("event", "key")
)


class NoteInfo(Struct, frozen=True):
    """One note; ``id`` ascends in the order of commits."""

    id: int
    key: str
    at_ms: int
    title: str
    text: str
    rule: str | None
    person: str | None
    read_ms: int | None
    read_by: str | None


class Notes:
    """The notes of one event."""

    def __init__(self, database: Database, event: str) -> None:
        self._database = database
        self._event = event

    def rows(
        self, *, unread: bool = False, before_id: int | None = None, limit: int = 100
    ) -> list[NoteInfo]:
        """Return notes, newest first; only those that nobody has read when ``unread``."""
        columns = (
            _n.id, _n.key, _n.at_ms, _n.title, _n.text, _n.rule, _n.person, _n.read_ms, _n.read_by,
        )  # fmt: skip
        query = select(*columns).where(_n.event == self._event)
        query = query.where(_n.read_ms.is_(None)) if unread else query
        query = query if before_id is None else query.where(_n.id < before_id)
        newest = query.order_by(_n.id.desc()).limit(min(limit, ROWS_MAX))
        with self._database.read() as connection:
            return [NoteInfo(*row) for row in connection.execute(newest)]

    def count_unread(self) -> int:
        """Return how many nobody has read."""
        query = select(func.count()).where(_n.event == self._event, _n.read_ms.is_(None))
        with self._database.read() as connection:
            return connection.scalar(query) or 0

    def mark_read(self, numbers: Collection[int], by: str, at_ms: int) -> int:
        """Say that somebody has read these; returns how many nobody had read before."""
        statement = (
            update(tables.note)
            .where(_n.event == self._event, _n.id.in_(list(numbers)[:ROWS_MAX]))
            .where(_n.read_ms.is_(None))
            .values(read_ms=at_ms, read_by=by)
        )
        with self._database.write() as connection:
            return connection.execute(statement).rowcount


def write(connection: Connection, event: str, notes: Sequence[Note]) -> None:
    """Keep ``notes``; one whose key is there already is left alone."""
    rows = [(event, n.key, n.at_ms, n.title, n.text, n.rule, n.person) for n in notes]
    _insert.run(connection, rows)
    newest = connection.scalar(select(func.max(_n.id))) or 0
    old = delete(tables.note).where(_n.event == event, _n.id <= newest - KEPT_ROWS_MAX)
    connection.execute(old)
