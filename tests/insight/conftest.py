from collections.abc import Iterator

import pytest

from hub.store import Store
from tests.databases import EVENT, database_url, postgres, sqlite_template
from tests.insight.made import Made, made_event

__all__ = ["database_url", "postgres", "sqlite_template"]


@pytest.fixture
def empty(database_url: str) -> Iterator[Store]:
    """A started store without anything."""
    with Store(database_url, EVENT) as store:
        yield store


@pytest.fixture
def made(empty: Store) -> Made:
    """A small event, written through the store's own commit."""
    return made_event(empty)
