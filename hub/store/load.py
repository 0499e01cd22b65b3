"""What an engine needs to go on where the last one stopped is read here; people come on demand."""

from collections.abc import Collection
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Exists, Select, func, select

from contract.envelope import StreamPosition
from hub.core.state import Lease, Person, Pool, Timer, Zone
from hub.store import bulk, identity, tables
from hub.store.group import LogRow, PublishedVenue

LOG_PAGE_ROWS: Final = 5_000
"""Most log rows read into memory at once."""

_person = msgspec.json.Decoder(Person)
_zone = msgspec.json.Decoder(Zone)
_pool = msgspec.json.Decoder(Pool)
_timer = msgspec.json.Decoder(Timer)
_history = msgspec.json.Decoder(tuple[Lease, ...])
_ranges = msgspec.json.Decoder(list[tuple[int, int]])

_known = bulk.Lookup(tables.log, ("key",), "key")
_people = bulk.Lookup(tables.person_state, ("body",), "person")


class Whereabouts(Struct, frozen=True, array_like=True):
    """Where somebody is, and since when."""

    place: str
    since_ms: int


class VenueVersionInfo(Struct, frozen=True):
    """A version of the venue, who published it, and when it came into force."""

    version: int
    at_ms: int
    by: str


class EngineState(Struct, frozen=True):
    """All that is in memory from the start; ``places`` has those who are somewhere now."""

    last_pos: int
    venue: PublishedVenue | None
    zones: dict[str, Zone]
    pools: dict[str, Pool]
    leases: dict[str, tuple[Lease, ...]]
    streams: dict[tuple[str, str], StreamPosition]
    places: dict[str, Whereabouts]
    timers: list[Timer]
    """Ascending by when they are due."""
    aliases: dict[str, str] = {}
    """Everybody who was merged, and into whom, as it was written."""


def engine_state(connection: Connection, event: str) -> EngineState:
    """Read everything but the people."""
    return EngineState(
        last_pos=last_pos(connection, event),
        venue=latest_venue(connection, event),
        zones={z.id: z for z in zones(connection, event)},
        pools={p.id: p for p in pools(connection, event)},
        leases=_leases(connection, event),
        streams=_streams(connection, event),
        places=_places(connection, event),
        timers=_timers(connection, event),
        aliases=identity.aliases(connection, event),
    )


def last_pos(connection: Connection, event: str) -> int:
    """Return the newest position in the log, 0 when it is empty."""
    log = tables.log.c
    newest = select(func.max(log.pos)).where(log.event == event)
    return connection.scalar(newest) or 0


def latest_venue(
    connection: Connection, event: str, at_ms: int | None = None
) -> PublishedVenue | None:
    """Return the version in force now, or at an instant."""
    venue = tables.venue.c
    query = select(venue.version, venue.document, venue.at_ms, venue.by).where(venue.event == event)
    if at_ms is not None:
        query = query.where(venue.at_ms <= at_ms)
    row = connection.execute(query.order_by(venue.version.desc()).limit(1)).one_or_none()
    return PublishedVenue(*row) if row else None


def zones(connection: Connection, event: str) -> list[Zone]:
    """Return every place that anything is known of."""
    table = tables.zone_state.c
    rows = connection.execute(select(table.body).where(table.event == event))
    return [_zone.decode(row[0]) for row in rows]


def pools(connection: Connection, event: str) -> list[Pool]:
    """Return every pool of rewards with its counts."""
    table = tables.pool_state.c
    rows = connection.execute(select(table.body).where(table.event == event))
    return [_pool.decode(row[0]) for row in rows]


def known_keys(connection: Connection, event: str, keys: Collection[str]) -> set[str]:
    """Return those of ``keys`` that are in the log."""
    return {row[0] for row in _known.rows(connection, event, keys)}


def people(connection: Connection, event: str, ids: Collection[str]) -> dict[str, Person]:
    """Return the state of those of ``ids`` that have any."""
    found = [_person.decode(row[0]) for row in _people.rows(connection, event, ids)]
    return {person.id: person for person in found}


def log_page(connection: Connection, event: str, after_pos: int, limit: int) -> list[LogRow]:
    """Return log rows in order, from the one after ``after_pos``."""
    log = tables.log.c
    query = _log(event).where(log.pos > after_pos).order_by(log.pos).limit(limit)
    return _log_rows(connection, query)


def log_of(
    connection: Connection, event: str, ids: Collection[str], until_ms: int | None
) -> list[LogRow]:
    """Return the log rows of these ids in order, those that happened up to and at ``until_ms``."""
    log = tables.log.c
    query = _log(event).where(log.person.in_(ids)).order_by(log.pos)
    if until_ms is not None:
        query = query.where(log.at_ms <= until_ms)
    return _log_rows(connection, query)


def _log(event: str) -> Select[*tuple[Any, ...]]:
    log = tables.log.c
    columns = (log.pos, log.key, log.person, log.kind, log.at_ms, log.recorded_ms, log.body)
    return select(*columns).where(log.event == event)


def _log_rows(connection: Connection, query: Select[*tuple[Any, ...]]) -> list[LogRow]:
    return [LogRow(*row) for row in connection.execute(query)]


def _leases(connection: Connection, event: str) -> dict[str, tuple[Lease, ...]]:
    table = tables.lease.c
    query = select(table.badge, table.history).where(table.event == event)
    return {badge: _history.decode(history) for badge, history in connection.execute(query)}


def _streams(connection: Connection, event: str) -> dict[tuple[str, str], StreamPosition]:
    table = tables.stream.c
    query = select(table.edge, table.stream, table.upto, table.ranges).where(table.event == event)
    return {
        (edge, stream): StreamPosition(upto, _ranges.decode(ranges))
        for edge, stream, upto, ranges in connection.execute(query)
    }


def _places(connection: Connection, event: str) -> dict[str, Whereabouts]:
    table = tables.person_state.c
    query = select(table.person, table.place, table.since_ms).where(
        table.event == event, table.place.is_not(None)
    )
    return {
        person: Whereabouts(place, since_ms)
        for person, place, since_ms in connection.execute(query)
    }


def _timers(connection: Connection, event: str) -> list[Timer]:
    table = tables.timer.c
    query = select(table.body).where(table.event == event).order_by(table.due_ms, table.key)
    return [_timer.decode(row[0]) for row in connection.execute(query)]


def count_people(connection: Connection, event: str) -> int:
    """Return how many people have state; somebody who was merged is not counted."""
    table = tables.person_state.c
    query = select(func.count()).where(table.event == event, ~_merged(table.person, event))
    return connection.scalar(query) or 0


def person_ids(connection: Connection, event: str, after: str, limit: int) -> list[str]:
    """Return people with state in the database's order, from the one after ``after``."""
    table = tables.person_state.c
    query = (
        select(table.person)
        .where(table.event == event, table.person > after, ~_merged(table.person, event))
        .order_by(table.person)
        .limit(limit)
    )
    return list(connection.scalars(query))


def venue_versions(connection: Connection, event: str) -> list[VenueVersionInfo]:
    """Return every version of the venue that was ever in force, newest first."""
    venue = tables.venue.c
    query = select(venue.version, venue.at_ms, venue.by).where(venue.event == event)
    rows = connection.execute(query.order_by(venue.version.desc()))
    return [VenueVersionInfo(*row) for row in rows]


def venue_version(connection: Connection, event: str, version: int) -> PublishedVenue | None:
    """Return one version of the venue."""
    venue = tables.venue.c
    columns = (venue.version, venue.document, venue.at_ms, venue.by)
    chosen = select(*columns).where(venue.event == event, venue.version == version)
    row = connection.execute(chosen).one_or_none()
    return PublishedVenue(*row) if row else None


def _merged(person: ColumnElement[str], event: str) -> Exists:
    alias = tables.alias.c
    return select(alias.other).where(alias.event == event, alias.other == person).exists()
