"""The last that a process of the hub said of itself, for the others to read."""

from sqlalchemy import select

from hub.store import bulk, tables
from hub.store.database import Database

_s = tables.status.c
_put = bulk.upsert(tables.status, ("event", "name", "body", "at_ms"))


class Status:
    """Small notes of one event, each with a name; the newest replaces the one before."""

    def __init__(self, database: Database, event: str) -> None:
        self._database = database
        self._event = event

    def put(self, name: str, body: bytes, at_ms: int) -> None:
        """Replace a note."""
        with self._database.write() as connection:
            _put.run(connection, [(self._event, name, body, at_ms)])

    def get(self, name: str) -> bytes | None:
        """Read a note."""
        query = select(_s.body).where(_s.event == self._event, _s.name == name)
        with self._database.read() as connection:
            return connection.scalar(query)
