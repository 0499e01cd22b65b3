"""From a tap's arrival at the hub to its action in the connector's hands, under load."""

import statistics
import tempfile
import time
from pathlib import Path

from bench import world
from bench.pipeline import BATCH_SIGHTINGS, Message, go, publishers, running_engine, sighting_rows
from contract.codec import decode
from contract.envelope import Batch
from hub.engine.engine import Engine
from hub.outbox.pending import Pending
from tests.broker_process import BrokerHandle, start_broker

SECONDS = 10
TAPS_S = 1_000
SIGHTINGS_S = 20_000
TAP_EDGES = 10
SIGHTING_EDGES = 20
PEOPLE = 12_000

Row = tuple[str, float, str]


def measure() -> list[Row]:
    """The third row of the design's table."""
    with tempfile.TemporaryDirectory() as name:
        broker = start_broker("embedded", Path(name) / "broker", event=world.EVENT, quiet=True)
        try:
            delays_ms = _delays_ms(broker, Path(name))
        finally:
            broker.stop()
    cuts = statistics.quantiles(delays_ms, n=100)
    load = f"{TAPS_S} taps/s and {SIGHTINGS_S} sightings/s"
    return [
        (f"tap to action at {load}: p50", cuts[49], "ms"),
        (f"tap to action at {load}: p99", cuts[98], "ms"),
        ("tap to action: actions measured", float(len(delays_ms)), ""),
    ]


def _delays_ms(broker: BrokerHandle, folder: Path) -> list[float]:
    arrivals: list[tuple[bytes, float]] = []
    actions: list[tuple[Pending, float]] = []
    with running_engine(broker, folder, PEOPLE, _note_arrivals(arrivals)) as (engine, nowhere):
        nowhere.noted = actions
        sightings, taps = _sightings(), _taps()
        with (
            publishers(
                broker, folder, {"sightings": sightings}, SIGHTINGS_S / BATCH_SIGHTINGS
            ) as a,
            publishers(broker, folder, {"taps": taps}, TAPS_S) as b,
        ):
            go(a + b)
            deadline_s = time.perf_counter() + SECONDS + 60
            wanted = len(taps) + len(sightings) * BATCH_SIGHTINGS
            while engine.committed_records() < wanted and time.perf_counter() < deadline_s:
                time.sleep(0.01)
    received_s = {}
    for payload, at_s in arrivals:
        batch = decode(payload, Batch)
        for record in batch.records:
            received_s[getattr(record, "badge", "")] = at_s
    return [
        (at_s - received_s[f"b{str(action.person)[1:]}"]) * 1e3
        for action, at_s in {a.key: (a, at_s) for a, at_s in reversed(actions)}.values()
        if action.person is not None
    ]


def _note_arrivals(arrivals: list[tuple[bytes, float]]) -> type[Engine]:
    class Noting(Engine):
        """An engine that notes when each tap arrived."""

        def arrived(self, topic: str, payload: bytes, received_ms: int) -> None:
            if topic.endswith("/taps"):
                arrivals.append((payload, time.perf_counter()))
            super().arrived(topic, payload, received_ms)

    return Noting


def _taps() -> list[Message]:
    """One tap for each of 10,000 people, each an action: the reward of a rule on that place."""
    start_ms = time.time_ns() // 1_000_000
    rows = []
    for number in range(SECONDS * TAPS_S):
        edge = number % TAP_EDGES
        badge = [f"b{number + 2_000}"]
        rows.append(world.tap_message(edge, 1 + number // TAP_EDGES, badge, start_ms))
    return rows


def _sightings() -> list[Message]:
    start_ms = time.time_ns() // 1_000_000
    per_edge_s = SIGHTINGS_S / BATCH_SIGHTINGS / SIGHTING_EDGES
    count = int(SECONDS * per_edge_s)
    edges = [sighting_rows(10 + n, count, start_ms, per_edge_s) for n in range(SIGHTING_EDGES)]
    return [row for turn in zip(*edges, strict=True) for row in turn]
