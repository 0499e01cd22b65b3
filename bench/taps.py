"""Taps through 200 rules and 10,000 profiles, beside the store's own bare commits in one run."""

import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench import world
from contract.clock import ManualClock
from hub.engine.engine import Engine
from hub.engine.items import Arrived, Item
from hub.store import Group, Store

PEOPLE = 10_000
FEW = 2_000
"""People, where it is only rules that grow."""
TAPS = 20_000
GROUP = 256
SCALES = (10, 100, 1_000, 10_000)
"""Rules of mixed kinds."""
NEAR = 10
"""So many of them are about the ten places that people go to."""

Row = tuple[str, float, str]


def measure() -> list[Row]:
    """Rows two and five of the design's table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engine, kept, clock = world.engine_on(folder, PEOPLE)
        groups: list[Group] = []
        kept.commit = Keeping(kept.commit, groups)  # type: ignore[method-assign]
        rate = run(engine, clock, world.PLACES)
        kept.stop()
        bare = bare_rate(folder, groups)
    rows = [
        ("taps, the store alone committing the very same groups", bare, "1/s"),
        ("taps through 200 rules and 10,000 profiles, committed", rate, "1/s"),
        ("taps: ratio to the bare commits", rate / bare, "x"),
        ("taps: share of them that a rule fired for", _fired(groups), ""),
    ]
    return rows + _scales()


class Keeping:
    """A commit that keeps what it was given."""

    def __init__(self, commit: Callable[[Group], None], groups: list[Group]) -> None:
        self._commit = commit
        self._groups = groups

    def __call__(self, group: Group) -> None:
        """Commit, and keep."""
        self._groups.append(group)
        self._commit(group)


def bare_rate(folder: Path, groups: list[Group]) -> float:
    """Taps a second when the same groups are committed to an empty database, nothing decided."""
    store = Store(f"sqlite:///{folder}/bare.db", world.EVENT)
    store.start(migrate=True)
    start_s = time.perf_counter()
    for group in groups:
        store.commit(group)
    took_s = time.perf_counter() - start_s
    store.stop()
    return sum(len(group.log) for group in groups) / took_s


def _fired(groups: list[Group]) -> float:
    taps = sum(len(group.log) for group in groups)
    return sum(len(group.decisions) for group in groups) / taps


def run(
    engine: Engine, clock: ManualClock, places: int, taps: int = TAPS, people: int = PEOPLE
) -> float:
    """Taps a second, each a message of its own, decided in groups as they arrive together."""
    rng = random.Random(7)
    sequences = [1] * world.EDGES
    messages: list[Item] = []
    for _ in range(taps):
        place = rng.randrange(places)
        edge = place % world.EDGES
        clock.advance(100)
        badge = f"b{rng.randrange(people)}"
        topic, payload = world.tap_message(place, sequences[edge], [badge], clock.wall_ms())
        sequences[edge] += 1
        messages.append(Arrived(topic, payload, clock.wall_ms()))
    start_s = time.perf_counter()
    for first in range(0, taps, GROUP):
        engine.run_group(messages[first : first + GROUP])
    return taps / (time.perf_counter() - start_s)


def _scales() -> list[Row]:
    """The same taps, ten rules that they can touch, and more and more that they cannot.

    Each is measured three times in turns, and the best counts: other load only ever adds.
    """
    costs: dict[int, float] = {}
    for _ in range(3):
        for rules in SCALES:
            with tempfile.TemporaryDirectory() as name:
                far = rules - NEAR
                engine, kept, clock = world.engine_on(Path(name), FEW, NEAR, NEAR, far)
                cost = 1e6 / run(engine, clock, NEAR, 5_000, FEW)
                kept.stop()
                costs[rules] = min(cost, costs.get(rules, cost))
    rows = [(f"a tap with {rules} active rules", cost, "us") for rules, cost in costs.items()]
    ratio = costs[SCALES[-1]] / costs[SCALES[0]]
    return [*rows, ("a tap: 10,000 rules to 10", ratio, "x")]
