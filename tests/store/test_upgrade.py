"""A database of an older version is brought up to date with all that is in it."""

from typing import Any

import msgspec
import pytest
from alembic import command
from sqlalchemy import Connection, MetaData, Table

from hub.core import events as ev
from hub.core.outcome import Action, Decision
from hub.core.state import Lease, Person
from hub.store import Group, SchemaOutdated, Store, schema
from hub.store.database import Database
from tests.databases import EVENT
from tests.store.erasing import found, row

_json = msgspec.json.Encoder()


def first_version(url: str) -> None:
    """Make the tables of the first version, with somebody in them."""
    database = Database(url)
    database.start()
    with database.write() as connection:
        command.upgrade(schema.config(connection), "0001")
        fill(connection)
    database.stop()


def fill(connection: Connection) -> None:
    tables = MetaData()
    tables.reflect(connection)

    def put(name: str, **values: Any) -> None:
        table: Table = tables.tables[name]
        connection.execute(table.insert().values(event=EVENT, **values))

    first = row(1, ev.Registered("ann", 1_000), "ann")
    put(
        "log", pos=1, key=first.key, person="ann", kind="registered", at_ms=1_000,
        recorded_ms=1_005, body=first.body,
    )  # fmt: skip
    put("person_state", person="ann", since_ms=0, body=b'{"id":"ann","points":3}')
    put("lease", badge="b1", person="ann", from_ms=1, history=b'[[1,"ann"]]')
    put(
        "decision", key="d1", rule="greet", person="ann", at_ms=1_000, outcome="fired",
        body=b'{"key":"d1","rule":"greet","version":1,"person":"ann","place":null,"at_ms":1000,'
        b'"outcome":"fired","reason":"so"}',
    )  # fmt: skip
    put(
        "action", key="a1", connector="push", rule="greet", person="ann", cause_ms=1_000,
        expires_ms=9_000, status="waiting", not_before_ms=0, lease_until_ms=0, attempts=1,
        replays=0, body=_json.encode(Action("a1", "push", {}, "greet", "ann", 1_000, 9_000)),
    )  # fmt: skip
    put("venue", version=1, document="{}", at_ms=500, by="eva")


def test_the_first_version_is_brought_up_to_date(empty_database_url: str) -> None:
    first_version(empty_database_url)
    store = Store(empty_database_url, EVENT)
    with pytest.raises(SchemaOutdated, match="has schema 0001"):
        store.start()
    store.start(migrate=True)
    state = store.load_engine()
    assert (state.last_pos, state.leases, state.aliases) == (1, {"b1": (Lease(1, "ann"),)}, {})
    assert store.load_people(["ann"]) == {"ann": Person("ann", points=3)}
    (made,) = store.views.decisions(person="ann")
    assert made.decision == Decision("d1", "greet", 1, "ann", None, 1_000, "fired", "so")
    (waiting,) = store.actions_to_deliver(1_000, 10)
    assert (waiting.action.needs, waiting.action.not_before_ms, waiting.attempts) == ((), 0, 1)
    assert (state.venue, store.notes.rows(), store.audiences.counts()) == (
        store.venue_version(1),
        [],
        {},
    )
    store.stop()


def test_what_was_there_before_can_be_erased(empty_database_url: str) -> None:
    first_version(empty_database_url)
    store = Store(empty_database_url, EVENT)
    store.start(migrate=True)
    assert list(found(store, ("ann",)))
    store.commit(Group(forgotten={"ann"}))
    assert list(found(store, ("ann", "b1"))) == []
    store.stop()


def test_tables_that_were_upgraded_are_those_of_a_fresh_database(empty_database_url: str) -> None:
    first_version(empty_database_url)
    store = Store(empty_database_url, EVENT)
    store.start(migrate=True)
    store.start(migrate=True)
    later = Decision(
        "d2", "greet", 1, "ann", None, 2_000, "suppressed", "no", because="cap", arm="a", pos=2
    )
    store.commit(Group(decisions=[later]))
    with store.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT because, arm, pos FROM decision ORDER BY id")
        assert [tuple(line) for line in rows] == [("", "", 0), ("cap", "a", 2)]
    assert store.folded().decisions["d2"] == later
    store.stop()
