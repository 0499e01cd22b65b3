from collections.abc import Iterator

import pytest

from hub.store import Store
from tests.databases import EVENT, database_url, postgres, sqlite_template

__all__ = ["database_url", "postgres", "sqlite_template"]


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A started store without anything."""
    with Store(database_url, EVENT) as started:
        yield started
