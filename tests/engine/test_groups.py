"""What arrives together is committed together, and an edge is told of what is committed alone."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from contract.envelope import StreamPosition
from contract.topics import up
from hub.engine.engine import STREAMS_TOLD_MAX
from hub.engine.items import Arrived, Connected
from hub.engine.settings import EngineSettings
from tests.databases import EVENT
from tests.engine.parts import (
    BOOT,
    GREETING,
    OPENS_MS,
    OTHER_STREAM,
    QUICK,
    STREAM,
    FaultyStore,
    Hub,
    heard,
    message,
    sighting,
    tap,
)
from tests.waiting import wait_until

PATIENT = replace(QUICK, samples_wait_s=3_600.0)
"""Positions of samples wait for other things to be committed."""


def bare(*records: Any, lane: Any = "sightings", edge: str = "pi-stage") -> Arrived:
    """A batch whose records need not be any."""
    batch = {
        "v": 1, "stream": STREAM, "first": 1, "boot": BOOT, "records": records,
        "clock": {"boot_ms": 0, "wall_ms": OPENS_MS, "quality": "hub"},
    }  # fmt: skip
    return Arrived(up(EVENT, edge, lane), json.dumps(batch).encode(), OPENS_MS)


# One transaction.


def test_messages_of_a_group_are_one_transaction(hub: Hub, store: FaultyStore) -> None:
    store.groups.clear()
    hub.run(
        message(tap("ann"), tap("bob")),
        message(tap("bob", boot_ms=5), first=3),
        message(tap("ann", boot_ms=9), stream=OTHER_STREAM),
    )
    (group,) = [group for group in store.groups if group.log]
    assert [row.kind for row in group.log] == ["tapped"] * 4
    assert set(group.people) == {"ann", "bob"}
    assert group.streams == {
        ("pi", STREAM): StreamPosition(3, []),
        ("pi", OTHER_STREAM): StreamPosition(1, []),
    }
    assert (hub.points("ann"), hub.points("bob")) == (2, 2)
    assert hub.committed("pi") == StreamPosition(3, [])
    assert [one.connector for one in hub.deliverer.submitted] == ["push"] * 4


def test_what_is_not_committed_is_told_to_nobody(hub: Hub, store: FaultyStore) -> None:
    store.before = [ValueError("a fault")]
    with pytest.raises(ValueError, match="a fault"):
        hub.run(message(tap()))
    assert hub.publisher.told == []
    assert hub.deliverer.submitted == []
    assert hub.committed("pi") is None
    hub.run(message(tap()))
    assert hub.publisher.position("pi") == StreamPosition(1, [])
    assert len(hub.log("tapped")) == 1


def test_a_watermark_is_never_ahead_of_the_store(hub: Hub) -> None:
    seen = []

    def compare(edge: str, streams: dict[str, StreamPosition]) -> None:
        seen.append({(edge, name): position for name, position in streams.items()})
        known = hub.store.load_engine().streams
        assert all(known[stream] == position for stream, position in seen[-1].items())

    hub.publisher.on_told = compare
    hub.run(message(tap()), heard(sighting()))
    hub.run(message(tap(boot_ms=3), first=3))
    hub.run(message(tap(boot_ms=2), first=2), message(tap(boot_ms=9), stream=OTHER_STREAM))
    assert seen[-1] == {
        ("pi", STREAM): StreamPosition(3, []),
        ("pi", OTHER_STREAM): StreamPosition(1, []),
    }
    assert StreamPosition(1, [(3, 3)]) in [told.get(("pi", STREAM)) for told in seen]


# Positions of samples may wait; nobody hears of them meanwhile.


@pytest.fixture
def patient(sqlite_store: FaultyStore) -> Hub:
    """A hub where Ann is on the stage, and further sightings of her change nothing."""
    made = Hub(sqlite_store, GREETING, settings=PATIENT)
    made.join("ann")
    made.run(heard(sighting()))
    assert made.where() == "stage"
    made.publisher.told.clear()
    return made


def test_samples_wait_for_the_next_commit_and_so_does_their_edge(patient: Hub) -> None:
    patient.run(heard(sighting(boot_ms=10), first=2))
    patient.run()
    patient.run(heard(sighting(boot_ms=20), first=3))
    assert patient.publisher.told == []
    assert patient.committed("pi-stage") == StreamPosition(1, [])
    patient.run(message(tap()))
    assert patient.committed("pi-stage") == StreamPosition(3, [])
    assert patient.publisher.position("pi-stage") == StreamPosition(3, [])
    assert patient.publisher.position("pi") == StreamPosition(1, [])


def test_whoever_connects_meanwhile_is_told_nothing_that_is_not_committed(patient: Hub) -> None:
    patient.run(heard(sighting(boot_ms=10), first=2))
    patient.run(Connected())
    assert patient.publisher.told == []
    patient.run(message(tap()))
    assert patient.publisher.position("pi-stage") == StreamPosition(2, [])
    assert patient.committed("pi-stage") == StreamPosition(2, [])


def test_samples_that_waited_long_enough_are_committed_alone(sqlite_store: FaultyStore) -> None:
    hub = Hub(sqlite_store, GREETING, settings=replace(PATIENT, samples_wait_s=0.0))
    hub.join("ann")
    hub.run(heard(sighting()))
    hub.run(heard(sighting(boot_ms=10), first=2))
    assert hub.committed("pi-stage") == StreamPosition(2, [])
    assert hub.publisher.position("pi-stage") == StreamPosition(2, [])


def test_a_restart_forgets_the_samples_that_waited_and_takes_them_again(patient: Hub) -> None:
    patient.run(heard(sighting(boot_ms=10), first=2))
    patient.make_engine()
    patient.run(Connected())
    assert patient.publisher.position("pi-stage") == StreamPosition(1, [])
    patient.run(heard(sighting(boot_ms=10), first=2), message(tap()))
    assert patient.publisher.position("pi-stage") == StreamPosition(2, [])


# Twice.


def test_what_comes_again_is_answered_again_and_decided_once(hub: Hub) -> None:
    for _ in range(3):
        hub.run(message(tap(), tap("bob")))
    hub.make_engine()
    hub.run(message(tap(), tap("bob"), tap("ann", boot_ms=7)))
    assert len(hub.log("tapped")) == 3
    assert (hub.points("ann"), hub.points("bob")) == (2, 1)
    assert hub.publisher.told == [("pi", {STREAM: StreamPosition(3, [])})]


@pytest.mark.parametrize("together", [True, False])
def test_taps_with_the_same_key_are_one(hub: Hub, together: bool) -> None:
    items = [
        message(tap(key="scan-1"), tap(key="scan-1")),
        message(tap(key="scan-1", boot_ms=4), stream=OTHER_STREAM),
        message(tap(key="scan-1", boot_ms=9), edge="pi", first=3),
    ]
    if together:
        hub.run(*items)
    else:
        for item in items:
            hub.run(item)
    assert hub.log("tapped") == ["tap:scan-1"]
    assert hub.points() == 1
    assert hub.committed("pi") == StreamPosition(3, [])
    assert hub.committed("pi", OTHER_STREAM) == StreamPosition(1, [])


def test_connecting_tells_every_edge_where_it_stands(quick_hub: Hub) -> None:
    quick_hub.run(message(tap()), heard(sighting()))
    quick_hub.make_engine()
    quick_hub.run(Connected())
    told = dict(quick_hub.publisher.told)
    assert told["pi"] == {STREAM: StreamPosition(1, [])}
    assert told["pi-stage"] == {STREAM: StreamPosition(1, [])}


def test_an_edge_with_many_old_streams_is_told_of_the_one_it_uses(quick_hub: Hub) -> None:
    streams = [f"{number:016x}" for number in range(STREAMS_TOLD_MAX + 4)]
    for number, stream in enumerate(streams):
        quick_hub.run(message(tap(boot_ms=number), stream=stream))
    quick_hub.make_engine()
    for used in streams:
        quick_hub.run(message(tap(boot_ms=99), stream=used, first=2))
        _, told = quick_hub.publisher.told[-1]
        assert len(told) == STREAMS_TOLD_MAX
        assert told[used] == StreamPosition(2, [])


# One bad record.


def test_a_bad_record_among_sightings_costs_no_good_one(quick_hub: Hub) -> None:
    good = {"kind": "sighting", "badge": "ann", "reader": "r", "rssi_dbm": -50}
    quick_hub.run(bare(good | {"boot_ms": 0}, {"kind": "sighting"}, good | {"boot_ms": 1_500}))
    assert quick_hub.where("ann") == "stage"
    assert quick_hub.committed("pi-stage") == StreamPosition(3, [])
    (reason,) = quick_hub.held()
    assert "record 2" in reason


def test_a_tap_in_a_batch_of_sightings_counts_and_so_do_they(quick_hub: Hub) -> None:
    seen = {"kind": "sighting", "badge": "bob", "reader": "r", "rssi_dbm": -50, "boot_ms": 0}
    tapped = {"kind": "tap", "badge": "ann", "reader": "r", "boot_ms": 0}
    quick_hub.run(bare(seen, tapped))
    assert quick_hub.where("bob") == "stage"
    assert quick_hub.log("tapped") == [f"pi-stage/{STREAM}/2"]


def test_a_badge_that_nobody_holds_is_set_aside_once(quick_hub: Hub) -> None:
    for first in (1, 2, 3):
        quick_hub.run(heard(sighting("stray", boot_ms=first), first=first))
    (reason,) = quick_hub.held()
    assert "stray" in reason


def test_nothing_is_decided_before_a_venue_is_there(sqlite_store: FaultyStore) -> None:
    hub = Hub(sqlite_store, settings=EngineSettings(poll_s=0.0))
    hub.run(message(tap()), heard(sighting()), Connected())
    assert sqlite_store.last_pos() == 0
    assert hub.publisher.told == []
    assert hub.publisher.desired == []


def test_samples_are_committed_a_moment_later_if_nothing_else_comes(
    sqlite_store: FaultyStore,
) -> None:
    hub = Hub(sqlite_store, GREETING, settings=replace(QUICK, samples_wait_s=0.05, poll_s=60.0))
    hub.join("ann")
    with hub.running(heard(sighting())):
        for first in range(2, 5):
            item = heard(sighting(boot_ms=first), first=first)
            hub.engine.arrived(item.topic, item.payload, item.received_ms)
        wait_until(lambda: hub.committed("pi-stage") == StreamPosition(4, []), what="the commit")
        wait_until(lambda: hub.publisher.position("pi-stage") == StreamPosition(4, []))
        assert hub.engine.committed_records() == 4
