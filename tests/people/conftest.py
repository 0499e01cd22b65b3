"""Each test gets a hub whose venue declares attributes, a source and a rule."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from hub.people.files import RecordFile, read_content
from hub.people.importing import Report, import_file
from hub.people.sources import choose, venue_of
from hub.store import Store
from tests.databases import EVENT, database_url, postgres, sqlite_template
from tests.engine.parts import GREETING, Hub

__all__ = ["database_url", "postgres", "sqlite_template"]

CRM: Final[dict[str, Any]] = {
    "name": "crm",
    "fields": [
        {"to": "source_key", "from": ["id"]},
        {"to": "name", "from": ["full_name"]},
        {"to": "email", "from": ["visitor_email", "mail"], "normalise": "email"},
        {"to": "phone", "from": ["tel"], "normalise": "phone"},
        {"to": "ids.crm", "from": ["id"]},
        {"to": "attributes.spent", "from": ["cents"], "unit": 0.01},
        {"to": "attributes.allergies", "from": ["diet"], "separator": "|"},
        {"to": "consents.push", "from": ["mailing"], "values": {"yes please": True}},
    ],
}
ATTRIBUTES: Final[list[dict[str, Any]]] = [
    {"name": "spent", "type": "number"},
    {"name": "allergies", "type": "set", "privacy": "sensitive", "one_of": ["nuts", "milk"]},
    {"name": "first_name"},
    {"name": "email"},
    {"name": "company"},
    {"name": "favourite_colour"},
    {"name": "quiet_from"},
    {"name": "quiet_until"},
]
VENUE: Final[dict[str, Any]] = {
    "sources": [CRM],
    "attributes": ATTRIBUTES,
    "unknown_badges": "walk_in",
}


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A store on either database."""
    with Store(database_url, EVENT) as started:
        yield started


@pytest.fixture
def hub(store: Store) -> Hub:
    """A venue in force, with nobody in it."""
    return opened(store)


@pytest.fixture
def quick_hub(tmp_path: Path, sqlite_template: Path) -> Iterator[Hub]:
    """The same on SQLite alone."""
    path = tmp_path / "hub.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    with Store(f"sqlite:///{path}", EVENT) as started:
        yield opened(started)


def opened(store: Store) -> Hub:
    """A hub with the venue in force."""
    hub = Hub(store)
    assert hub.publish(GREETING, **VENUE) is None
    return hub


def taken(
    hub: Hub, content: str, format_: str = "csv", source: str = "", *, dry_run: bool = False
) -> Report:
    """Import what a file holds, and let the engine take it."""
    file: RecordFile = read_content(content.encode(), format_)
    chosen = choose(venue_of(hub.store), file, source)
    report = import_file(hub.store, file, chosen, hub.clock.wall_ms(), dry_run=dry_run)
    hub.run()
    hub.run()
    return report
