"""What the store can take by itself: log rows with state, committed in groups, nothing decided.

Each tap is one log row and the whole state of the person who tapped, drawn from 10,000 people with
a day's history of about 1 kB. Commits are durable: SQLite with ``synchronous=FULL``, PostgreSQL
with ``fsync`` on. Microseconds are of this process's processor; taps a second are by the wall.
"""

import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from hub.core.events import Tapped
from hub.core.state import Fired, Lease, Person
from hub.store import Group, LogRow, Store
from tests.databases import private_server

EVENT = "bench"
PEOPLE = 10_000
TAPS = 12_800
GROUPS = (64, 256)
RESTART_PEOPLE = 100_000
START_MS = 1_780_000_000_000
POSTGRES_HOMES = "/usr/lib/postgresql"

Figure = tuple[str, float, str]


def measure() -> list[Figure]:
    """Measure each database that is here; (what, figure, unit) of each."""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        for rows in GROUPS:
            figures += commit_rate(f"sqlite:///{folder}/{rows}.sqlite", "SQLite", rows)
        figures += restart(f"sqlite:///{folder}/restart.sqlite", "SQLite")
    with postgres() as url:
        if url is not None:
            for rows in GROUPS:
                figures += commit_rate(url, "PostgreSQL", rows)
            figures += restart(url, "PostgreSQL")
    return figures


def commit_rate(url: str, name: str, rows: int, taps: int = TAPS) -> list[Figure]:
    """Commit ``taps`` taps in groups of ``rows``; the database is given its tables first."""
    what = f"store, {name}, groups of {rows}"
    store = Store(url, f"{EVENT}-{rows}")
    store.start(migrate=True)
    groups = list(make_groups(taps, rows))
    began_s, used_s = time.perf_counter(), time.process_time()
    for group in groups:
        store.commit(group)
    took_s, used_s = time.perf_counter() - began_s, time.process_time() - used_s
    store.stop()
    return [
        (f"{what}: taps", taps / took_s, "1/s"),
        (f"{what}: processor", used_s / taps * 1e6, "us/tap"),
        (f"{what}: one commit", took_s / len(groups) * 1e3, "ms"),
    ]


def restart(url: str, name: str, people: int = RESTART_PEOPLE) -> list[Figure]:
    """Fill in ``people`` with a badge each, half of them somewhere, and read an engine's start."""
    event = f"{EVENT}-restart"
    store = Store(url, event)
    store.start(migrate=True)
    for first in range(0, people, 5_000):
        some = [_person(number, visits=3) for number in range(first, first + 5_000)]
        badges: dict[str, tuple[Lease, ...]] = {
            f"badge-{person.id}": (Lease(START_MS, person.id),) for person in some
        }
        store.commit(Group(people={person.id: person for person in some}, leases=badges))
    store.stop()
    began_s = time.perf_counter()
    store.start()
    state = store.load_engine()
    took_s = time.perf_counter() - began_s
    store.stop()
    assert len(state.leases) == people
    return [(f"store, {name}: start with {people} people", took_s, "s")]


def make_groups(taps: int, rows: int) -> Iterator[Group]:
    """Make groups of ``rows`` taps by people at random."""
    chance = random.Random(1)
    people = [_person(number, visits=8) for number in range(PEOPLE)]
    for first in range(1, taps + 1, rows):
        who = chance.choices(people, k=rows)
        yield Group(
            log=[_tap(pos, person) for pos, person in enumerate(who, first)],
            people={person.id: person for person in who},
        )


@contextmanager
def postgres() -> Iterator[str | None]:
    """Run a private PostgreSQL as durable as it comes; None when there is no such program."""
    homes = sorted(Path(POSTGRES_HOMES).glob("*/bin/postgres"), reverse=True)
    if not homes:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="foyer-bench-"))
    try:
        with private_server(homes[0].parent, folder, settings=()) as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _person(number: int, visits: int) -> Person:
    instants = tuple(START_MS + 60_000 * n for n in range(visits))
    return Person(
        f"p{number:016x}",
        attributes={"first_name": "Ann", "colour": "#ff8800", "artists": ["Nena", "ABBA", "Blur"]},
        consents=frozenset({"push", "presence"}),
        points=number,
        taps={"coffee": instants, "bacon": instants},
        visits={"coffee": instants, "bacon": instants, "stage": instants[:1]},
        place="coffee" if number % 2 else None,
        since_ms=START_MS,
        fired={"third-coffee": Fired(1, instants[:1])},
    )


def _tap(pos: int, person: Person) -> LogRow:
    at_ms = START_MS + pos
    body = msgspec.json.encode(Tapped(f"badge-{person.id}", "coffee", at_ms))
    key = f"pi-coffee/0123456789abcdef/{pos}"
    return LogRow(pos, key, person.id, "tapped", at_ms, at_ms, body)


if __name__ == "__main__":
    for what, figure, unit in measure():
        print(f"{what:45} {figure:12.1f} {unit}")
