"""The tables are those of the newest migration, or the store says clearly what is wrong."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from hub.store import (
    SchemaForeign,
    SchemaOutdated,
    SchemaTooNew,
    Store,
    StoreError,
    StoreUnavailable,
    StoreUnreadable,
    schema,
    tables,
)
from hub.store.database import Database
from tests.databases import EVENT


def change(url: str, statement: str) -> None:
    database = Database(url)
    database.start()
    with database.write() as connection:
        connection.execute(text(statement))
    database.stop()


def test_models_and_migrations_agree(store: Store) -> None:
    with store.database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.METADATA) == []


def test_an_empty_database_asks_to_be_upgraded(empty_database_url: str) -> None:
    store = Store(empty_database_url, EVENT)
    with pytest.raises(SchemaOutdated, match="foyer db upgrade"):
        store.start()
    store.start(migrate=True)
    store.start(migrate=True)
    assert store.load_engine().last_pos == 0
    store.stop()
    store.stop()


def test_several_may_migrate_at_once(empty_database_url: str) -> None:
    stores = [Store(empty_database_url, EVENT) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda store: store.start(migrate=True), stores))
    for store in stores:
        assert store.count_people() == 0
        store.stop()


def test_an_older_version_asks_to_be_upgraded(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "newest_revision", lambda: "9999")
    with pytest.raises(SchemaOutdated, match="this version needs 9999"):
        Store(database_url, EVENT).start()


@pytest.mark.parametrize("migrate", [False, True])
def test_a_newer_version_is_refused(database_url: str, migrate: bool) -> None:
    change(database_url, "UPDATE alembic_version SET version_num = '4711'")
    with pytest.raises(SchemaTooNew, match="schema 4711"):
        Store(database_url, EVENT).start(migrate=migrate)


@pytest.mark.parametrize("migrate", [False, True])
def test_somebody_elses_tables_are_refused(empty_database_url: str, migrate: bool) -> None:
    change(empty_database_url, "CREATE TABLE invoices (id INTEGER)")
    with pytest.raises(SchemaForeign, match="invoices"):
        Store(empty_database_url, EVENT).start(migrate=migrate)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(b"Dear diary, " * 1_000)
    with pytest.raises(StoreUnreadable, match="not a database"):
        Store(f"sqlite:///{path}", EVENT).start()


def test_a_damaged_database(tmp_path: Path, sqlite_template: Path) -> None:
    path = tmp_path / "foyer.sqlite"
    whole = sqlite_template.read_bytes()
    path.write_bytes(whole[:100] + b"\xff" * (len(whole) - 100))
    with pytest.raises(StoreUnreadable, match="malformed"):
        Store(f"sqlite:///{path}", EVENT).start()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="unable to open"):
        Store(f"sqlite:///{tmp_path}/none/foyer.sqlite", EVENT).start()


def test_no_server_at_the_address() -> None:
    url = "postgresql://foyer:very-secret@127.0.0.1:1/foyer"
    with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1") as caught:
        Store(url, EVENT).start()
    assert "very-secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["", "mysql://localhost/x", "sqlite://", "sqlite:///:memory:"])
def test_addresses_that_cannot_be_used(url: str) -> None:
    with pytest.raises(StoreError, match="sqlite:///FILE"):
        Store(url, EVENT)


def test_a_store_that_is_not_started(database_url: str) -> None:
    with pytest.raises(StoreUnavailable, match="not started"):
        Store(database_url, EVENT).load_engine()
