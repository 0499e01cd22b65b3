"""Reads what a kept replay came to out of its store."""

from pathlib import Path

from hub.config import read_config
from hub.core.state import Person
from hub.home import Home
from hub.store import Store


def store_of(folder: Path) -> Store:
    """The store of a kept installation, to be used in a ``with``."""
    return Home(folder, read_config(folder)).store()


def people_of(store: Store) -> dict[str, Person]:
    """Badge to the state of who holds it; each person has one badge."""
    states = store.load_people(list(store.people.names()))
    found = {}
    for person, state in states.items():
        [badge] = store.people.badges_of(person)
        found[badge] = state
    return found
