"""Whoever is looked for is found by what any of their registrations, ids or badges says."""

from collections.abc import Collection
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, func, or_, select

from hub.store import bulk, identity, tables

_r = tables.registration.c
_desk = bulk.Lookup(
    tables.registration, ("person", "name", "email", "phone", "company", "created_ms"), "person"
)
_badges = bulk.Lookup(tables.lease, ("person", "badge"), "person")


class PersonInfo(Struct, frozen=True):
    """Somebody as the desk knows them."""

    person: str
    name: str
    email: str | None
    phone: str | None
    company: str | None
    created_ms: int
    others: tuple[str, ...] = ()
    """The ids of those who were merged into them."""
    badges: tuple[str, ...] = ()
    """The badges that they hold now, under any of their ids."""


def find(connection: Connection, event: str, text: str, limit: int) -> list[PersonInfo]:
    """Return those whose name, e-mail or company holds ``text``, or whose id or badge it is.

    They come in the order of the names that were found; an empty text finds everybody.
    """
    text = text.strip()
    lease = tables.lease.c
    holder = select(lease.person).where(
        lease.event == event, lease.badge == text, lease.person.is_not(None)
    )
    known = resolved(connection, event, {text, *connection.scalars(holder)}) if text else {}
    part = [
        func.lower(column).contains(text.lower(), autoescape=True)
        for column in (_r.name, _r.email, _r.company)
    ]
    named = select(_r.person).where(_r.event == event, or_(*part, _r.person.in_(list(known))))
    rows = connection.scalars(named.order_by(_r.name, _r.person).limit(limit))
    return infos(connection, event, list(resolved(connection, event, list(rows))))


def resolved(connection: Connection, event: str, persons: Collection[str]) -> dict[str, None]:
    """Return as whom ``persons`` are known now, each once, in their order."""
    ends = identity.resolve_all(connection, event, persons)
    return dict.fromkeys(ends[person] for person in persons)


def infos(connection: Connection, event: str, persons: Collection[str]) -> list[PersonInfo]:
    """Return what the desk knows of ``persons``, in their order; nobody for a walk-in.

    What the registration of theirs leaves out is taken from those who were merged into them.
    """
    ids = identity.below(connection, event, persons)
    every = [one for some in ids.values() for one in some]
    rows = {str(row[0]): row for row in _desk.rows(connection, event, every)}
    badges: dict[str, list[str]] = {}
    for holder, badge in _badges.rows(connection, event, every):
        badges.setdefault(str(holder), []).append(str(badge))
    held = {
        person: sorted(badge for one in some for badge in badges.get(one, ()))
        for person, some in ids.items()
    }
    return [
        _joined(person, [rows[one] for one in some if one in rows], some[1:], held[person])
        for person, some in ids.items()
        if any(one in rows for one in some)
    ]


def _joined(person: str, rows: list[Any], others: list[str], badges: list[str]) -> PersonInfo:
    first = [next((value for value in column if value), None) for column in zip(*rows, strict=True)]
    _, name, email, phone, company, _ = first
    created_ms = min(row[5] for row in rows)
    return PersonInfo(
        person, name or "", email, phone, company, created_ms, tuple(others), tuple(badges)
    )
