"""What 10,000 profiles with their windows weigh, in a process that holds nothing else."""

import subprocess
import sys
import tempfile
from pathlib import Path

from bench import taps, world

PEOPLE = 10_000
PROGRAM = """
import gc, sys, tracemalloc
import psutil
from hub.engine.memory import Memory
from hub.store import Store
store = Store(sys.argv[1], "bench")
store.start()
store.load_people(["p0"])
gc.collect()
before = psutil.Process().memory_info().rss
if sys.argv[2] == "traced":
    tracemalloc.start()
memory = Memory(store)
everybody = [f"p{n}" for n in range(%d)]
for first in range(0, len(everybody), 500):
    memory.need(everybody[first : first + 500])
    for person in everybody[first : first + 500]:
        memory.people[person]
    memory.make_room()
gc.collect()
after = psutil.Process().memory_info().rss
if sys.argv[2] == "traced":
    before, after = 0, tracemalloc.get_traced_memory()[0]
people = memory.people
visits = sum(len(times) for person in people.values() for times in person.visits.values())
print(len(people), visits, after - before)
"""

Row = tuple[str, float, str]


def measure() -> list[Row]:
    """The sixth row of the design's table: after 200,000 taps, twenty visits for each."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engine, kept, clock = world.engine_on(folder, PEOPLE)
        taps.run(engine, clock, world.PLACES, 200_000)
        kept.stop()
        url = f"sqlite:///{folder}/bench.db"
        figures = [_grown(url, how) for how in ("traced", "resident")]
    return [
        ("memory of 10,000 profiles with 20 visits each, Python's own count", figures[0], "MiB"),
        ("memory of the same, growth of the resident process", figures[1], "MiB"),
    ]


def _grown(url: str, how: str) -> float:
    command = [sys.executable, "-c", PROGRAM % PEOPLE, url, how]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    people, visits, grown = map(int, done.stdout.split())
    assert (people, visits // people) == (PEOPLE, 20)
    return grown / 2**20
