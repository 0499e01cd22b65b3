"""Registering writes master data and asks the engine for the rest, in one transaction.

The link that opens a person's own page holds a token of 32 random bytes; only its hash is kept.
"""

import hashlib
import secrets
from collections.abc import Iterable
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Connection, Select, func, insert, or_, select, update

from hub.core.events import Leased, Registered, Value
from hub.store import commands, tables
from hub.store.database import Database

LINK_BYTES: Final = 32
PERSON_ID_BYTES: Final = 8
SEARCH_ROWS_MAX: Final = 500

_r = tables.registration.c


class Registration(Struct, frozen=True):
    """What it came to. ``link_token`` is None when it was known before: see ``new_link``."""

    person: str
    link_token: str | None


class PersonInfo(Struct, frozen=True):
    """Somebody as the desk knows them."""

    person: str
    name: str
    email: str | None
    phone: str | None
    company: str | None
    created_ms: int


class NewPerson(Struct, frozen=True, kw_only=True):
    """What is known of somebody who registers.

    ``source_key`` is what the source calls this registration; a second import of it changes
    nothing. Without one every call registers somebody new. ``person`` is given for somebody who
    was at an earlier event. ``consents`` are the purposes consented to.
    """

    name: str
    email: str | None = None
    phone: str | None = None
    company: str | None = None
    attributes: dict[str, Value] = {}
    consents: list[str] = []
    badge: str | None = None
    source_key: str | None = None
    person: str | None = None


class People:
    """The registrations of one event."""

    def __init__(self, database: Database, event: str) -> None:
        self._database = database
        self._event = event

    def register(self, new: NewPerson, at_ms: int) -> Registration:
        """Write somebody down and leave the commands Registered and, with a badge, Leased.

        Raises:
            StoreConflict: ``new.person`` is registered already under another source key.
        """
        with self._database.write() as connection:
            return _register(connection, self._event, new, at_ms)

    def register_all(self, new: Iterable[NewPerson], at_ms: int) -> list[Registration]:
        """Register many in one transaction, all or none; otherwise as :meth:`register`."""
        with self._database.write() as connection:
            return [_register(connection, self._event, one, at_ms) for one in new]

    def new_link(self, person: str) -> str | None:
        """Make a new link token; the old one opens nothing from then on. None for nobody."""
        token = _new_token()
        statement = (
            update(tables.registration)
            .where(_r.event == self._event, _r.person == person)
            .values(link_hash=_hash(token))
        )
        with self._database.write() as connection:
            return token if connection.execute(statement).rowcount else None

    def by_link(self, token: str) -> str | None:
        """Return whose link holds ``token``."""
        query = select(_r.person).where(_r.event == self._event, _r.link_hash == _hash(token))
        with self._database.read() as connection:
            return connection.scalar(query)

    def by_source(self, source_key: str) -> str | None:
        """Return whom a source calls so."""
        query = select(_r.person).where(_r.event == self._event, _r.source_key == source_key)
        with self._database.read() as connection:
            return connection.scalar(query)

    def by_badge(self, badge: str) -> str | None:
        """Return who holds the badge now."""
        c = tables.lease.c
        with self._database.read() as connection:
            query = select(c.person).where(c.event == self._event, c.badge == badge)
            return connection.scalar(query)

    def badges_of(self, person: str) -> list[str]:
        """Return the badges that somebody holds now."""
        c = tables.lease.c
        query = select(c.badge).where(c.event == self._event, c.person == person)
        with self._database.read() as connection:
            return list(connection.scalars(query.order_by(c.badge)))

    def get(self, person: str) -> PersonInfo | None:
        """Return somebody."""
        with self._database.read() as connection:
            row = connection.execute(self._select().where(_r.person == person)).one_or_none()
        return PersonInfo(*row) if row else None

    def names(self) -> dict[str, str]:
        """Return person to name, of everybody."""
        query = select(_r.person, _r.name).where(_r.event == self._event)
        with self._database.read() as connection:
            return dict(connection.execute(query).all())

    def search(self, text: str, limit: int = 50) -> list[PersonInfo]:
        """Return those whose name, e-mail or company holds ``text``, or who hold that badge."""
        part = text.strip().lower()
        lease = tables.lease.c
        holder = select(lease.person).where(
            lease.event == self._event, lease.badge == text.strip(), lease.person.is_not(None)
        )
        columns = (_r.name, _r.email, _r.company)
        holds = [func.lower(column).contains(part, autoescape=True) for column in columns]
        query = self._select().where(or_(*holds, _r.person == text.strip(), _r.person.in_(holder)))
        limited = query.order_by(_r.name, _r.person).limit(min(limit, SEARCH_ROWS_MAX))
        with self._database.read() as connection:
            return [PersonInfo(*row) for row in connection.execute(limited)]

    def count(self) -> int:
        """Return how many are registered."""
        query = select(func.count()).where(_r.event == self._event)
        with self._database.read() as connection:
            return connection.scalar(query) or 0

    def _select(self) -> Select[Any]:
        columns = (_r.person, _r.name, _r.email, _r.phone, _r.company, _r.created_ms)
        return select(*columns).where(_r.event == self._event)


def _register(connection: Connection, event: str, new: NewPerson, at_ms: int) -> Registration:
    commands.take_turn(connection, event)
    source_key = new.source_key or f"desk/{secrets.token_hex(PERSON_ID_BYTES)}"
    known = select(_r.person).where(_r.event == event, _r.source_key == source_key)
    if (found := connection.scalar(known)) is not None:
        return Registration(found, None)
    person = new.person or f"p{secrets.token_hex(PERSON_ID_BYTES)}"
    token = _new_token()
    _write_rows(connection, event, new, person, source_key, token, at_ms)
    consents = sorted(set(new.consents))
    registered = Registered(person, at_ms, new.attributes, consents)
    commands.add(connection, event, f"register/{source_key}", registered, at_ms)
    if new.badge is not None:
        leased = Leased(new.badge, person, at_ms)
        commands.add(connection, event, f"lease/{source_key}", leased, at_ms)
    return Registration(person, token)


def _write_rows(
    connection: Connection,
    event: str,
    new: NewPerson,
    person: str,
    source_key: str,
    token: str,
    at_ms: int,
) -> None:
    known = select(tables.person.c.id).where(tables.person.c.id == person)
    if connection.scalar(known) is None:
        connection.execute(insert(tables.person).values(id=person, created_ms=at_ms))
    row = insert(tables.registration).values(
        event=event, person=person, source_key=source_key, name=new.name, email=new.email,
        phone=new.phone, company=new.company, link_hash=_hash(token), created_ms=at_ms,
    )  # fmt: skip
    connection.execute(row)


def _new_token() -> str:
    return secrets.token_urlsafe(LINK_BYTES)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
