"""Each test gets a started store on a fresh database."""

from collections.abc import Iterator

import pytest

from hub.store import Store
from tests.databases import EVENT, database_url, empty_database_url, postgres, sqlite_template

__all__ = ["database_url", "empty_database_url", "postgres", "sqlite_template"]


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with Store(database_url, EVENT) as started:
        yield started
