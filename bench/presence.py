"""What a sighting costs the presence tracker, and a person its memory."""

import time
import tracemalloc
from collections.abc import Callable

from hub.core.presence import PresenceSettings, Tracker

PEOPLE = 10_000
ROUNDS = 5
SIGHTINGS = 100_000
SECONDS = 12
READERS = 3
BASE_MS = 1_700_000_000_000

Figure = tuple[str, float, str]


def _best(run: Callable[[], int]) -> float:
    """Microseconds for one of what ``run`` says it did, in the quickest of several runs."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        did = run()
        times.append((time.perf_counter() - began) / did * 1e6)
    return min(times)


def _alone() -> int:
    tracker = Tracker(PresenceSettings())
    sighted = tracker.sighted
    for second in range(SIGHTINGS):
        sighted("ada", "stage", BASE_MS + second * 1_000, -60.0)
    return SIGHTINGS


def _watched() -> int:
    tracker = Tracker(PresenceSettings())
    sighted = tracker.sighted
    for second in range(SIGHTINGS // READERS):
        at_ms = BASE_MS + second * 1_000
        sighted("ada", "stage", at_ms, -60.0)
        sighted("ada", "coffee", at_ms, -75.0)
        sighted("ada", "bacon", at_ms, -80.0)
    return SIGHTINGS // READERS * READERS


def _crowd() -> tuple[Tracker, list[str]]:
    names = [f"person-{number}" for number in range(PEOPLE)]
    tracker = Tracker(PresenceSettings())
    for second in range(SECONDS):
        for number, name in enumerate(names):
            for reader in range(READERS):
                at_ms = BASE_MS + second * 1_000 + reader * 100 + number % 100
                dbm = -60.0 - reader * 10 - (number + second) % 7 / 3
                tracker.sighted(name, f"zone-{(number + reader) % 10}", at_ms, dbm)
    return tracker, names


def _memory_bytes() -> float:
    tracemalloc.start()
    kept = _crowd()
    taken = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return taken / len(kept[1])


def measure() -> list[Figure]:
    """The figures: what was measured, how much, in which unit."""
    tracker, names = _crowd()
    now_ms = BASE_MS + SECONDS * 1_000

    def idle_tick() -> int:
        nonlocal now_ms
        now_ms += 1
        tracker.tick(now_ms)
        return 1

    def snapshot() -> int:
        tracker.snapshot()
        return len(names)

    def leaving() -> int:
        other = Tracker.restore(tracker.settings, saved)
        return len(other.tick(BASE_MS + 100_000))

    saved = tracker.snapshot()
    return [
        ("repeat sighting, one reader", _best(_alone), "us"),
        ("sighting, three readers hear everybody", _best(_watched), "us"),
        (f"tick with nothing due, {PEOPLE} people", _best(idle_tick), "us"),
        ("restore, and leave by silence, a person", _best(leaving), "us"),
        ("snapshot, a person", _best(snapshot), "us"),
        ("snapshot, a person", len(saved) / len(names), "bytes"),
        ("memory, a person heard by three readers", _memory_bytes(), "bytes"),
    ]


if __name__ == "__main__":
    for what, figure, unit in measure():
        print(f"{what:45} {figure:10.2f} {unit}")
