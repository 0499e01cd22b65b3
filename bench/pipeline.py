"""Sightings through a real broker and the engine, beside a bare consumer in the same run."""

import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from bench import world
from bench.world import Nowhere, engine_on
from contract.clock import SystemClock
from contract.codec import decode
from contract.envelope import Batch
from contract.limits import SIGHTING_BATCHES_OUTSTANDING_MAX
from contract.topics import up_all
from hub.engine.engine import Engine
from hub.engine.process import tune
from hub.engine.settings import EngineSettings
from hub.ingest.link import HubLink, LinkSettings
from hub.schedule.alarm import Alarm
from hub.store import Store
from tests.broker_process import BrokerHandle, start_broker

EDGES = 24
PUBLISHERS = 2
BATCH_SIGHTINGS = 50
BADGES_AT_A_PLACE = 100
WINDOW = SIGHTING_BATCHES_OUTSTANDING_MAX
MESSAGES = 250
"""For each edge."""

Row = tuple[str, float, str]
Message = tuple[str, bytes]


def sighting_rows(edge: int, count: int, start_ms: int, per_s: float = 0.0) -> list[Message]:
    """Batches of one edge: people who stay where they are, heard once a second."""
    rng = random.Random(edge)
    badges = [f"b{edge * BADGES_AT_A_PLACE + n}" for n in range(BADGES_AT_A_PLACE)]
    rows = []
    for number in range(count):
        heard = rng.sample(badges, BATCH_SIGHTINGS)
        step_ms = 1000 / per_s if per_s else 250
        at_ms = start_ms + int(number * step_ms)
        rows.append(
            world.sighting_message(edge, f"{edge:016x}", 1 + number * BATCH_SIGHTINGS, heard, at_ms)
        )
    return rows


@contextmanager
def publishers(
    broker: BrokerHandle,
    folder: Path,
    rows: dict[str, list[Message]],
    per_s: float = 0.0,
    window: int = 0,
) -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that are connected and wait for a line before they publish."""
    processes = []
    for name, messages in rows.items():
        file = folder / f"{name}.rows"
        file.write_bytes(msgspec.msgpack.encode(messages))
        secret = broker.add_device(name, "hub")
        command = [sys.executable, "-m", "bench.publisher", "--port", str(broker.port),
                   "--username", name, f"--secret={secret}", "--file", str(file),
                   "--per-s", str(per_s), "--window", str(window)]  # fmt: skip
        processes.append(
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        )
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()


def go(processes: list[subprocess.Popen[str]]) -> None:
    """Let them publish."""
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()


def bare_rate(broker: BrokerHandle, folder: Path, rows: dict[str, list[Message]]) -> float:
    """Sightings a second of a paho consumer that only decodes."""
    total = sum(len(messages) for messages in rows.values())
    seen = 0
    done = threading.Event()

    def on_message(_client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage) -> None:
        nonlocal seen
        decode(bytes(message.payload), Batch)
        seen += 1
        if seen == total:
            done.set()

    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="bare")
    client.username_pw_set("bare", broker.add_device("bare", "hub"))
    client.on_message = on_message
    client.connect(broker.host, broker.port)
    client.subscribe(up_all(world.EVENT, "sightings"), 1)
    client.loop_start()
    with publishers(broker, folder, rows) as processes:
        start_s = time.perf_counter()
        go(processes)
        assert done.wait(120), f"{seen} of {total}"
        took_s = time.perf_counter() - start_s
    client.disconnect()
    client.loop_stop()
    return total * BATCH_SIGHTINGS / took_s


@contextmanager
def running_engine(
    broker: BrokerHandle, folder: Path, people: int, kind: type[Engine] = Engine
) -> Iterator[tuple[Engine, Nowhere]]:
    """An engine in this process, on the broker, in real time."""
    _, store, _ = engine_on(folder, people)
    store.stop()
    clock = SystemClock()
    store = Store(f"sqlite:///{folder}/bench.db", world.EVENT)
    store.start()
    engine = kind(store, clock, EngineSettings(), world.EVENT)
    session = time.time_ns() // 1_000_000
    secret = broker.add_device("engine", "hub")
    settings = LinkSettings(broker.host, broker.port, world.EVENT, "engine", secret, session)
    link = HubLink(settings, clock, engine.arrived, engine.nudge, engine.connected)
    alarm = Alarm(clock)
    alarm.start()
    nowhere = Nowhere()
    engine.connect(link, nowhere, alarm)
    engine.start()
    alarm.every(1.0, store.tidy)
    link.start()
    tune()
    while not link.is_connected:
        time.sleep(0.01)
    try:
        yield engine, nowhere
    finally:
        link.stop()
        engine.stop()
        alarm.stop()
        store.stop()


def engine_rate(broker: BrokerHandle, folder: Path, rows: dict[str, list[Message]]) -> float:
    """Sightings a second through decode, dedupe, presence, commits and watermarks."""
    total = sum(len(messages) for messages in rows.values())
    with (
        running_engine(broker, folder, EDGES * BADGES_AT_A_PLACE) as (engine, _),
        publishers(broker, folder, rows, window=WINDOW) as processes,
    ):
        start_s = time.perf_counter()
        go(processes)
        while engine.committed_records() < total * BATCH_SIGHTINGS:
            time.sleep(0.005)
            assert time.perf_counter() - start_s < 180, engine.committed_records()
        took_s = time.perf_counter() - start_s
    return total * BATCH_SIGHTINGS / took_s


def measure() -> list[Row]:
    """The first row of the design's table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        start_ms = time.time_ns() // 1_000_000 - MESSAGES * 250
        edges = [sighting_rows(n, MESSAGES, start_ms) for n in range(EDGES)]
        rows = {
            f"sender-{n}": [row for turn in zip(*edges[n::PUBLISHERS], strict=True) for row in turn]
            for n in range(PUBLISHERS)
        }
        broker = start_broker("embedded", folder / "broker", event=world.EVENT, quiet=True)
        try:
            bare = bare_rate(broker, folder, rows)
            engine = engine_rate(broker, folder, rows)
        finally:
            broker.stop()
    return [
        ("sightings, bare paho consumer that only decodes", bare, "1/s"),
        ("sightings through broker, presence, commits, acks", engine, "1/s"),
        ("sightings: ratio to the bare consumer", engine / bare, "x"),
    ]
