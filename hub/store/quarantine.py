"""What could not be taken in is held with its reason until a person says what becomes of it.

held -> requested -> replayed | held        held -> discarded
"""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Connection, delete, func, select, update

from hub.store import bulk, tables
from hub.store.database import Database
from hub.store.group import QuarantineRow

ROWS_MAX: Final = 500
"""Most rows read at once."""
PAYLOAD_BYTES_MAX: Final = 65_536
"""Of a longer payload only the beginning is kept: it cannot be taken in again, but looked at."""
KEPT_ROWS_MAX: Final = 100_000
"""Most rows kept, by their numbers; the oldest make room."""

_q = tables.quarantine.c
_COLUMNS: Final = (
    _q.id, _q.source, _q.edge, _q.badge, _q.reason, _q.payload, _q.at_ms, _q.status,
    _q.settled_ms, _q.settled_by,
)  # fmt: skip


_insert = bulk.insert(
    tables.quarantine,
    ("event", "source", "edge", "badge", "reason", "payload", "at_ms", "status"),
)


class Held(Struct, frozen=True):
    """One thing in quarantine; ``status`` is held, requested, replayed or discarded."""

    id: int
    source: str
    edge: str
    badge: str | None
    reason: str
    payload: bytes
    at_ms: int
    status: str
    settled_ms: int | None
    settled_by: str | None


class Quarantine:
    """The quarantine of one event."""

    def __init__(self, database: Database, event: str) -> None:
        self._database = database
        self._event = event

    def rows(
        self, status: str = "held", *, before_id: int | None = None, limit: int = 100
    ) -> list[Held]:
        """Return what has that status, newest first."""
        query = select(*_COLUMNS).where(_q.event == self._event, _q.status == status)
        if before_id is not None:
            query = query.where(_q.id < before_id)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(_q.id.desc()).limit(min(limit, ROWS_MAX)))
            return [_held(row) for row in rows]

    def requested(self, limit: int = 100) -> list[Held]:
        """Return what the engine is asked to take in again, oldest first."""
        query = select(*_COLUMNS).where(_q.event == self._event, _q.status == "requested")
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(_q.id).limit(min(limit, ROWS_MAX)))
            return [_held(row) for row in rows]

    def get(self, number: int) -> Held | None:
        """Return one."""
        query = select(*_COLUMNS).where(_q.event == self._event, _q.id == number)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return _held(row) if row else None

    def counts(self) -> dict[str, int]:
        """Return status to how many."""
        query = select(_q.status, func.count()).where(_q.event == self._event)
        with self._database.read() as connection:
            rows = connection.execute(query.group_by(_q.status))
            return dict(rows.all())

    def requeue(self, number: int, by: str, at_ms: int) -> bool:
        """Ask the engine to take it in again; returns False when it is not held."""
        return self._move(number, ("held",), "requested", by, at_ms)

    def discard(self, number: int, by: str, at_ms: int) -> bool:
        """Give it up for good; returns False when it is not held."""
        return self._move(number, ("held",), "discarded", by, at_ms)

    def replayed(self, number: int, at_ms: int) -> bool:
        """Say that it was taken in this time."""
        return self._move(number, ("held", "requested"), "replayed", None, at_ms)

    def hold_again(self, number: int, reason: str, at_ms: int) -> bool:
        """Say that it could not be taken in this time either, and why."""
        return self._move(number, ("requested",), "held", None, at_ms, reason=reason)

    def _move(
        self,
        number: int,
        of: tuple[str, ...],
        to: str,
        by: str | None,
        at_ms: int,
        **more: str,
    ) -> bool:
        values = {"status": to, "settled_ms": at_ms, **more}
        who = {} if by is None else {"settled_by": by}
        statement = (
            update(tables.quarantine)
            .where(_q.event == self._event, _q.id == number, _q.status.in_(of))
            .values(**values, **who)
        )
        with self._database.write() as connection:
            return connection.execute(statement).rowcount == 1


def _held(row: Sequence[Any]) -> Held:
    return Held(*row)


def write(connection: Connection, event: str, rows: Sequence[QuarantineRow]) -> None:
    """Hold ``rows``; text that a database cannot hold is replaced, long payloads are cut."""
    _insert.run(
        connection,
        [
            (
                event, _plain(q.source), _plain(q.edge), q.badge and _plain(q.badge),
                _plain(q.reason), q.payload[:PAYLOAD_BYTES_MAX], q.at_ms, "held",
            )
            for q in rows
        ],
    )  # fmt: skip
    newest = connection.scalar(select(func.max(_q.id))) or 0
    old = delete(tables.quarantine).where(_q.event == event, _q.id <= newest - KEPT_ROWS_MAX)
    connection.execute(old)


def _plain(text: str) -> str:
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
