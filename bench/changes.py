"""A changed rule, a new audience and a merge on an event with 10,000 people, while taps come in.

Everybody is looked at in parts, each within a group of its own: so long may a tap wait.
"""

import tempfile
import time
from pathlib import Path

import msgspec

from bench import taps, world
from contract.clock import ManualClock
from hub.core import document as doc
from hub.core import events as ev
from hub.engine.engine import Engine
from hub.engine.items import Arrived, Item
from hub.engine.process import tune
from hub.store import Store

PEOPLE = 10_000
TAPS_PER_GROUP = 10
"""What arrives at 1,000 taps a second while a group of ten milliseconds is decided."""

Row = tuple[str, float, str]


def measure() -> list[Row]:
    """How long until everybody was looked at, and the longest that a tap had to wait for it."""
    with tempfile.TemporaryDirectory() as name:
        engine, store, clock = world.engine_on(Path(name), PEOPLE)
        taps.run(engine, clock, world.PLACES, 40_000)
        tune()
        store.tidy()
        alone = _longest(engine, clock, 100)
        rows = [("a group of ten taps, nothing else to do, longest of 100", alone, "ms")]
        for what, document in _changes().items():
            body = msgspec.json.encode(document).decode()
            key, now_ms = f"venue/{what}", clock.wall_ms()
            store.add_command(key, ev.VenuePublished(0, now_ms, body), now_ms)
            took_s, longest_ms = _until_swept(engine, clock)
            rows += [
                (f"{what}: until it counts for 10,000 people, with taps", took_s, "s"),
                (f"{what}: longest group with ten taps meanwhile", longest_ms, "ms"),
            ]
        rows.append(
            ("a merge of two people with their histories", _merge(engine, store, clock), "ms")
        )
        store.stop()
    return rows


def _changes() -> dict[str, doc.Venue]:
    venue = world.venue()
    regulars = doc.Audience(name="regulars", if_=doc.Counted(at_least=5, within="2h"))
    longer = [
        msgspec.structs.replace(rule, when=msgspec.structs.replace(rule.when, for_="40min"))
        if isinstance(rule.when, doc.OnAbsent)
        else rule
        for rule in venue.rules
    ]
    bigger = msgspec.structs.replace(venue, audiences=[*venue.audiences, regulars])
    return {
        "a new audience": bigger,
        "20 changed rules": msgspec.structs.replace(bigger, rules=longer),
    }


def _groups(clock: ManualClock) -> list[Item]:
    messages: list[Item] = []
    for place in range(TAPS_PER_GROUP):
        clock.advance(1)
        _sequence[place] = _sequence.get(place, 1_000_000) + 1
        badge = f"b{_sequence[place] * 7 % PEOPLE}"
        topic, payload = world.tap_message(place, _sequence[place], [badge], clock.wall_ms())
        messages.append(Arrived(topic, payload, clock.wall_ms()))
    return messages


_sequence: dict[int, int] = {}


def _longest(engine: Engine, clock: ManualClock, groups: int) -> float:
    longest_s = 0.0
    for _ in range(groups):
        items = _groups(clock)
        start_s = time.perf_counter()
        engine.run_group(items)
        longest_s = max(longest_s, time.perf_counter() - start_s)
    return longest_s * 1e3


def _until_swept(engine: Engine, clock: ManualClock) -> tuple[float, float]:
    took_s = longest_s = 0.0
    swept = False
    while not swept:
        items = _groups(clock)
        start_s = time.perf_counter()
        engine.run_group(items)
        spent_s = time.perf_counter() - start_s
        took_s, longest_s = took_s + spent_s, max(longest_s, spent_s)
        swept = not engine._memory.sweeps  # noqa: SLF001 - nobody else needs to ask
    return took_s, longest_s * 1e3


def _merge(engine: Engine, store: Store, clock: ManualClock) -> float:
    now_ms = clock.wall_ms()
    store.add_command("merge", ev.Merged("p1", "p2", now_ms), now_ms)
    start_s = time.perf_counter()
    engine.run_group([])
    return (time.perf_counter() - start_s) * 1e3
