"""The cost of a tap as stored profiles grow: people are read when they are needed, some are kept.

Of a million people with a profile 200,000 have a badge, and taps come from any of those, so that
three of four find theirs among the 50,000 that are held in memory no longer.
"""

import tempfile
from pathlib import Path

from bench import taps, world
from hub.core.state import Lease, Person
from hub.store import Group

SCALES = (1_000, 10_000, 100_000, 1_000_000)
"""Profiles in the store."""
BADGES_MAX = 200_000
TAPS = 20_000
CHUNK = 20_000
VISITS = tuple(world.START_MS + minute * 60_000 for minute in range(0, 400, 20))

Row = tuple[str, float, str]


def measure() -> list[Row]:
    """Each scale by itself, twenty visits in every profile."""
    costs = {}
    for people in SCALES:
        with tempfile.TemporaryDirectory() as name:
            costs[people] = _cost(Path(name), people)
    rows = [(f"a tap with {people:,} profiles stored", costs[people], "us") for people in SCALES]
    return [*rows, ("a tap: 1,000,000 profiles to 1,000", costs[SCALES[-1]] / costs[1_000], "x")]


def _cost(folder: Path, people: int) -> float:
    engine, kept, clock = world.engine_on(folder, 0)
    badges = min(people, BADGES_MAX)
    step = people // badges
    for first in range(0, people, CHUNK):
        group = Group()
        for number in range(first, min(first + CHUNK, people)):
            group.people[f"p{number}"] = _profile(number)
            if number % step == 0:
                group.leases[f"b{number // step}"] = (Lease(world.START_MS, f"p{number}"),)
        kept.commit(group)
    kept.tidy()
    engine.load()
    clock.advance(400 * 60_000)
    cost_us = 1e6 / taps.run(engine, clock, world.PLACES, TAPS, badges)
    kept.stop()
    return cost_us


def _profile(number: int) -> Person:
    place = f"place-{number % world.PLACES}"
    return Person(
        id=f"p{number}",
        attributes={"first_name": f"N{number}", "favourite_colour": "#ff8800"},
        consents=frozenset(["rewards", "presence", "lights", "push"]),
        taps={place: VISITS},
        visits={place: VISITS},
        registered_ms=world.START_MS,
        first_ms=VISITS[0],
    )
