"""Registering writes master data and asks the engine for the rest, in one transaction.

The link that opens a person's own page holds a token of 32 random bytes; only its hash is kept.
"""

import hashlib
import secrets
from collections.abc import Iterable
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Connection, Select, func, insert, select, update

from hub.core.events import Leased, Registered, Value
from hub.store import commands, finding, identity, tables
from hub.store.database import Database
from hub.store.finding import PersonInfo

LINK_BYTES: Final = 32
PERSON_ID_BYTES: Final = 8
SEARCH_ROWS_MAX: Final = 500

_r = tables.registration.c


class Registration(Struct, frozen=True):
    """What it came to. ``link_token`` is None when it was known before: see ``new_link``."""

    person: str
    link_token: str | None


class NewPerson(Struct, frozen=True, kw_only=True):
    """What is known of somebody who registers.

    ``source_key`` is what the source calls this registration; a second import of it changes
    nothing. Without one every call registers somebody new. ``person`` is given for somebody who
    was at an earlier event. ``consents`` are the purposes consented to; None when nothing was said
    of any. ``ids`` are those by which other systems know them, kind to values, and ``source`` is
    the system that said so.
    """

    name: str
    email: str | None = None
    phone: str | None = None
    company: str | None = None
    attributes: dict[str, Value] = {}
    consents: list[str] | None = []
    badge: str | None = None
    source_key: str | None = None
    person: str | None = None
    ids: dict[str, list[str]] = {}
    source: str = ""


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
            return register(connection, self._event, new, at_ms)

    def register_all(self, new: Iterable[NewPerson], at_ms: int) -> list[Registration]:
        """Register many in one transaction, all or none; otherwise as :meth:`register`."""
        with self._database.write() as connection:
            return [register(connection, self._event, one, at_ms) for one in new]

    def new_link(self, person: str) -> str | None:
        """Make a new link token; the old one opens nothing from then on. None for nobody.

        Links of those who were merged into them go on opening the same page.
        """
        token = _new_token()
        with self._database.write() as connection:
            end = identity.resolve(connection, self._event, person)
            statement = (
                update(tables.registration)
                .where(_r.event == self._event, _r.person == end)
                .values(link_hash=_hash(token))
            )
            return token if connection.execute(statement).rowcount else None

    def by_link(self, token: str) -> str | None:
        """Return whose link holds ``token``: as whom they are known now."""
        query = select(_r.person).where(_r.event == self._event, _r.link_hash == _hash(token))
        return self._known(query)

    def by_source(self, source_key: str) -> str | None:
        """Return whom a source calls so: as whom they are known now."""
        query = select(_r.person).where(_r.event == self._event, _r.source_key == source_key)
        return self._known(query)

    def by_badge(self, badge: str) -> str | None:
        """Return who holds the badge now: as whom they are known now."""
        c = tables.lease.c
        return self._known(select(c.person).where(c.event == self._event, c.badge == badge))

    def badges_of(self, person: str) -> list[str]:
        """Return the badges that somebody holds now, under any of their ids."""
        c = tables.lease.c
        with self._database.read() as connection:
            ids = identity.ids_of(connection, self._event, person)
            query = select(c.badge).where(c.event == self._event, c.person.in_(ids))
            return list(connection.scalars(query.order_by(c.badge)))

    def get(self, person: str) -> PersonInfo | None:
        """Return somebody, by any of their ids; None for a walk-in."""
        with self._database.read() as connection:
            end = identity.resolve(connection, self._event, person)
            return next(iter(finding.infos(connection, self._event, [end])), None)

    def names(self) -> dict[str, str]:
        """Return person to name, of everybody."""
        query = select(_r.person, _r.name).where(_r.event == self._event)
        with self._database.read() as connection:
            return dict(connection.execute(query).all())

    def search(self, text: str, limit: int = 50) -> list[PersonInfo]:
        """Return those whose name, e-mail or company holds ``text``, or whose id or badge it is."""
        with self._database.read() as connection:
            return finding.find(connection, self._event, text, min(limit, SEARCH_ROWS_MAX))

    def count(self) -> int:
        """Return how many are registered; somebody who was merged is not counted."""
        with self._database.read() as connection:
            return count(connection, self._event)

    def _known(self, query: Select[Any]) -> str | None:
        with self._database.read() as connection:
            person: str | None = connection.scalar(query)
            return person and identity.resolve(connection, self._event, person)


def count(connection: Connection, event: str) -> int:
    """Return how many are registered; somebody who was merged is not counted."""
    a = tables.alias.c
    merged = select(a.other).where(a.event == event, a.other == _r.person).exists()
    query = select(func.count()).select_from(tables.registration)
    return connection.scalar(query.where(_r.event == event, ~merged)) or 0


def register(connection: Connection, event: str, new: NewPerson, at_ms: int) -> Registration:
    """Write somebody down in the caller's transaction; see :meth:`People.register`."""
    commands.take_turn(connection, event)
    source_key = new.source_key or f"desk/{secrets.token_hex(PERSON_ID_BYTES)}"
    known = select(_r.person).where(_r.event == event, _r.source_key == source_key)
    if (found := connection.scalar(known)) is not None:
        return Registration(found, None)
    person = new.person or f"p{secrets.token_hex(PERSON_ID_BYTES)}"
    token = _new_token()
    _write_rows(connection, event, new, person, source_key, token, at_ms)
    consents = None if new.consents is None else sorted(set(new.consents))
    said = Registered(person, at_ms, new.attributes, consents, new.ids, new.source)
    commands.add(connection, event, f"register/{source_key}", said, at_ms)
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
