"""What the desk looks up about badges and people, and what it writes beside its commands."""

from collections.abc import Collection
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, func, or_, select

from hub.core import events as ev
from hub.core.outcome import Note
from hub.core.persons import WALK_IN
from hub.core.state import Lease, Person
from hub.store import bulk, commands, identity, notes, tables
from hub.store.database import Database

ROWS_MAX: Final = 500
"""Most rows read at once."""

_history = msgspec.json.Decoder(tuple[Lease, ...])
_person = msgspec.json.Decoder(Person)
_r = tables.registration.c
_badges = bulk.Lookup(tables.lease, ("person", "badge"), "person")
_histories = bulk.Lookup(tables.lease, ("badge", "history"), "badge")
_NAMING_PEOPLE: Final = {
    "log": tables.log, "state": tables.person_state, "ids": tables.identity,
    "audiences": tables.membership, "decisions": tables.decision, "actions": tables.action,
    "messages": tables.message, "devices": tables.push_subscription, "timers": tables.timer,
    "registrations": tables.registration, "rewards": tables.reward_code, "badges": tables.lease,
    "notes": tables.note,
}  # fmt: skip
"""What is kept of people, by the word for it."""


class WalkIn(Struct, frozen=True):
    """Somebody of whom only a badge is known, under their pseudonym; instants are 0 when never."""

    person: str
    badges: tuple[str, ...]
    first_ms: int
    last_ms: int
    visits: int


class Registered(Struct, frozen=True):
    """A registration as it stands in its table."""

    person: str
    source_key: str
    name: str
    email: str | None
    phone: str | None
    company: str | None
    created_ms: int


class Device(Struct, frozen=True):
    """A browser that gets somebody's messages; its keys are left out."""

    endpoint: str
    created_ms: int


class Sent(Struct, frozen=True):
    """An action about somebody: what was to go to which outside system, and how far it is."""

    id: int
    key: str
    connector: str
    rule: str
    cause_ms: int
    status: str
    detail: str | None
    settled_ms: int | None
    body: bytes


class DeskReads:
    """The desk of one event."""

    def __init__(self, database: Database, event: str) -> None:
        self._database = database
        self._event = event

    def leases(self, badge: str) -> tuple[Lease, ...]:
        """Return everybody who has held a badge, ascending; none for an unknown one."""
        with self._database.read() as connection:
            rows = list(_histories.rows(connection, self._event, [badge]))
        return _history.decode(bytes(rows[0][1])) if rows else ()

    def badges_ever(self, persons: Collection[str]) -> dict[str, tuple[Lease, ...]]:
        """Return every badge that any of these ids was lent, with all of its leases."""
        c, log = tables.lease.c, tables.log.c
        lent = select(log.body).where(
            log.event == self._event, log.person.in_(list(persons)), log.kind == "leased"
        )
        with self._database.read() as connection:
            held = {str(badge) for _, badge in _badges.rows(connection, self._event, persons)}
            decoder = msgspec.json.Decoder(ev.Event)
            for body in connection.scalars(lent):
                event = decoder.decode(body)
                held |= {event.badge} if isinstance(event, ev.Leased) else set()
            rows = connection.execute(
                select(c.badge, c.history).where(c.event == self._event, c.badge.in_(held))
            )
            return {str(badge): _history.decode(bytes(body)) for badge, body in rows}

    def walk_ins(self, after: str = "", limit: int = ROWS_MAX) -> list[WalkIn]:
        """Return walk-ins by their ids, from the one after; those who were merged are left out."""
        c = tables.person_state.c
        query = (
            select(c.person, c.body)
            .where(c.event == self._event, c.person.startswith(WALK_IN, autoescape=True))
            .where(c.person > after)
            .order_by(c.person)
            .limit(min(limit, ROWS_MAX))
        )
        with self._database.read() as connection:
            rows = [(str(person), _person.decode(bytes(body)))
                    for person, body in connection.execute(query)]  # fmt: skip
            ids = [person for person, _ in rows]
            merged = identity.resolve_all(connection, self._event, ids)
            badges: dict[str, list[str]] = {}
            for person, badge in _badges.rows(connection, self._event, ids):
                badges.setdefault(str(person), []).append(str(badge))
        return [
            _walk_in(state, tuple(sorted(badges.get(person, ()))))
            for person, state in rows
            if merged[person] == person
        ]

    def registrations(self, after: str = "", limit: int = ROWS_MAX) -> list[Registered]:
        """Return registrations by person, from the one after."""
        query = _registrations(self._event).where(_r.person > after).order_by(_r.person)
        with self._database.read() as connection:
            rows = connection.execute(query.limit(min(limit, ROWS_MAX)))
            return [Registered(*row) for row in rows]

    def registrations_of(self, persons: Collection[str]) -> list[Registered]:
        """Return the registrations under these ids, the oldest first."""
        query = _registrations(self._event).where(_r.person.in_(list(persons)))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(_r.created_ms, _r.person))
            return [Registered(*row) for row in rows]

    def devices_of(self, persons: Collection[str]) -> list[Device]:
        """Return the browsers that get the messages of these ids."""
        c = tables.push_subscription.c
        query = select(c.endpoint, c.created_ms).where(
            c.event == self._event, c.person.in_(list(persons))
        )
        with self._database.read() as connection:
            return [Device(*row) for row in connection.execute(query.order_by(c.id))]

    def sent_about(self, persons: Collection[str], after_id: int = 0) -> list[Sent]:
        """Return actions about these ids above a number, oldest first."""
        c = tables.action.c
        columns = (
            c.id, c.key, c.connector, c.rule, c.cause_ms, c.status, c.detail, c.settled_ms, c.body,
        )  # fmt: skip
        query = select(*columns).where(
            c.event == self._event, c.person.in_(list(persons)), c.id > after_id
        )
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(c.id).limit(ROWS_MAX))
            return [Sent(*row) for row in rows]

    def lose(self, badge: str, key: str, note: Note) -> bool:
        """Ask that a badge belongs to nobody from the note's instant on, and leave the note."""
        with self._database.write() as connection:
            commands.take_turn(connection, self._event)
            notes.write(connection, self._event, [note])
            body = ev.Leased(badge, None, note.at_ms)
            return commands.add(connection, self._event, key, body, note.at_ms)

    def naming(self, persons: Collection[str]) -> dict[str, int]:
        """Return for each thing that is kept how many of it name these ids; what has none, not."""
        with self._database.read() as connection:
            counts = {word: self._count(connection, table, list(persons))
                      for word, table in _NAMING_PEOPLE.items()}  # fmt: skip
            a = tables.alias.c
            either = or_(a.other.in_(persons), a.survivor.in_(persons))
            merges = select(func.count()).where(a.event == self._event, either)
            counts["merges"] = connection.scalar(merges) or 0
        return {word: count for word, count in counts.items() if count}

    def _count(self, connection: Connection, table: Any, persons: list[str]) -> int:
        c = table.c
        query = select(func.count()).where(c.event == self._event, c.person.in_(persons))
        return connection.scalar(query) or 0


def _registrations(event: str) -> Any:
    columns = (
        _r.person, _r.source_key, _r.name, _r.email, _r.phone, _r.company, _r.created_ms,
    )  # fmt: skip
    return select(*columns).where(_r.event == event)


def _walk_in(state: Person, badges: tuple[str, ...]) -> WalkIn:
    seen = [at_ms for times in (*state.taps.values(), *state.visits.values()) for at_ms in times]
    seen += [stay.until_ms for stays in state.stays.values() for stay in stays]
    seen += [state.since_ms] if state.place is not None else []
    visits = sum(len(times) for times in state.visits.values())
    return WalkIn(state.id, badges, state.first_ms or min(seen, default=0), max(seen, default=0),
                  visits)  # fmt: skip
