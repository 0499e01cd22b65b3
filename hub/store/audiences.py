"""Who belongs to which audience now; the engine alone changes it."""

from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Connection, Select, func, select

from hub.store import bulk, identity, tables
from hub.store.database import Database
from hub.store.group import Group

MEMBERS_MAX: Final = 5_000
"""Most members read at once."""

_m = tables.membership.c
_write = bulk.upsert(tables.membership, ("event", "audience", "person", "since_ms"))
_gone = bulk.delete(tables.membership, ("event", "audience", "person"))


class Member(Struct, frozen=True, array_like=True):
    """Somebody who belongs to an audience; ``name`` is empty for a walk-in."""

    person: str
    name: str
    since_ms: int


class Audiences:
    """The audiences of one event."""

    def __init__(self, database: Database, event: str) -> None:
        self._database = database
        self._event = event

    def members(self, audience: str, after: str = "", limit: int = 500) -> list[Member]:
        """Return members, ascending by person in the database's order, from the one after."""
        query = self._select(audience).where(_m.person > after).order_by(_m.person)
        return self._read(query, limit)

    def newest(self, audience: str, limit: int = 50) -> list[Member]:
        """Return those who became members last, newest first."""
        return self._read(self._select(audience).order_by(_m.since_ms.desc(), _m.person), limit)

    def of(self, person: str) -> dict[str, int]:
        """Return the audiences of somebody, each with the instant since which they belong."""
        with self._database.read() as connection:
            end = identity.resolve(connection, self._event, person)
            query = select(_m.audience, _m.since_ms).where(
                _m.event == self._event, _m.person == end
            )
            rows = connection.execute(query.order_by(_m.audience))
            return {audience: since_ms for audience, since_ms in rows}  # noqa: C416 - typed rows

    def counts(self) -> dict[str, int]:
        """Return audience to how many members; one without any is left out."""
        query = select(_m.audience, func.count()).where(_m.event == self._event)
        with self._database.read() as connection:
            rows = connection.execute(query.group_by(_m.audience))
            return {audience: number for audience, number in rows}  # noqa: C416 - typed rows

    def _select(self, audience: str) -> Select[Any]:
        r = tables.registration.c
        named = tables.membership.outerjoin(
            tables.registration, (r.event == _m.event) & (r.person == _m.person)
        )
        columns = (_m.person, func.coalesce(r.name, ""), _m.since_ms)
        mine = (_m.event == self._event, _m.audience == audience)
        return select(*columns).select_from(named).where(*mine)

    def _read(self, query: Select[Any], limit: int) -> list[Member]:
        with self._database.read() as connection:
            rows = connection.execute(query.limit(min(limit, MEMBERS_MAX)))
            return [Member(*row) for row in rows]


def write(connection: Connection, event: str, group: Group) -> None:
    """Write who became a member, and who is one no longer (None)."""
    changes = group.memberships.items()
    _write.run(connection, [(event, *key, since) for key, since in changes if since is not None])
    _gone.run(connection, [(event, *key) for key, since in changes if since is None])


def memberships(connection: Connection, event: str) -> dict[tuple[str, str], int]:
    """Return (audience, person) to the instant since which they belong."""
    query = select(_m.audience, _m.person, _m.since_ms).where(_m.event == event)
    rows = connection.execute(query)
    return {(audience, person): since_ms for audience, person, since_ms in rows}
