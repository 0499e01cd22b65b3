"""Who is not the engine asks for a change by leaving a command; the engine alone writes the log.

Commands become visible in the order of their numbers, also on PostgreSQL, where writers would
otherwise overtake each other between taking a number and committing: they take turns.
"""

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, select, text

from hub.core.events import Event
from hub.store import bulk, tables

_event = msgspec.json.Decoder(Event)
_json = msgspec.json.Encoder()
_c = tables.command.c
_insert = bulk.insert_new(
    tables.command, ("event", "key", "body", "at_ms", "done"), ("event", "key")
)


class CommandRow(Struct, frozen=True):
    """An event that somebody asks for."""

    id: int
    key: str
    event: Event
    at_ms: int


class CommandResult(Struct, frozen=True):
    """Whether the engine has seen it, and why it refused it if it did."""

    done: bool
    error: str | None


def add(connection: Connection, event: str, key: str, body: Event, at_ms: int) -> bool:
    """Leave a command; returns False when one with that key was left before."""
    take_turn(connection, event)
    if result(connection, event, key) is not None:
        return False
    _insert.run(connection, [(event, key, _json.encode(body), at_ms, False)])
    return True


def waiting(connection: Connection, event: str, after_id: int, limit: int) -> list[CommandRow]:
    """Return commands that are not settled, in order, from the one after ``after_id``."""
    query = (
        select(_c.id, _c.key, _c.body, _c.at_ms)
        .where(_c.event == event, _c.done.is_(False), _c.id > after_id)
        .order_by(_c.id)
        .limit(limit)
    )
    return [
        CommandRow(number, key, _event.decode(body), at_ms)
        for number, key, body, at_ms in connection.execute(query)
    ]


def result(connection: Connection, event: str, key: str) -> CommandResult | None:
    """Return how far the command with that key is, or None when there is none."""
    query = select(_c.done, _c.error).where(_c.event == event, _c.key == key)
    row = connection.execute(query).one_or_none()
    return CommandResult(*row) if row else None


def take_turn(connection: Connection, event: str) -> None:
    """Wait until no other transaction is adding commands to ``event``; SQLite has one writer."""
    if connection.dialect.name == "postgresql":
        turn = text("SELECT pg_advisory_xact_lock(hashtext(:name))")
        connection.execute(turn, {"name": f"foyer command {event}"})
