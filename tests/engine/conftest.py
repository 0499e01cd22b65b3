"""Each test gets a started store, which can be told to fail, on a fresh database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.engine import engine as engine_module
from tests.databases import EVENT, database_url, postgres, sqlite_template
from tests.engine.parts import GREETING, FaultyStore, Hub

__all__ = ["database_url", "postgres", "sqlite_template"]


@pytest.fixture(autouse=True)
def _short_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look again soon whether the store is back."""
    monkeypatch.setattr(engine_module, "UNAVAILABLE_WAIT_S", 0.01)


@pytest.fixture
def store(database_url: str) -> Iterator[FaultyStore]:
    """A store on either database."""
    with FaultyStore(database_url, EVENT) as started:
        yield started


@pytest.fixture
def sqlite_store(tmp_path: Path, sqlite_template: Path) -> Iterator[FaultyStore]:
    """A store on SQLite, where the database makes no difference."""
    path = tmp_path / "hub.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    with FaultyStore(f"sqlite:///{path}", EVENT) as started:
        yield started


@pytest.fixture
def hub(store: FaultyStore) -> Hub:
    """A venue in force, where Ann and Bob are registered."""
    made = Hub(store, GREETING)
    made.join("ann", "bob")
    return made


@pytest.fixture
def quick_hub(sqlite_store: FaultyStore) -> Hub:
    """The same on SQLite alone."""
    made = Hub(sqlite_store, GREETING)
    made.join("ann", "bob")
    return made
