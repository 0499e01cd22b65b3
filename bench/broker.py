"""What a broker costs: four edges publish, one bare paho consumer decodes, in one run.

The consumer is the slowest part on purpose: what a broker lets through is measured against a
consumer that does nothing but decode, and nothing is left waiting beyond a broker's bounds.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

import paho.mqtt.client as mqtt
import psutil
from paho.mqtt.enums import CallbackAPIVersion

from bench.broker_load import batch
from contract.codec import decode, encode
from contract.envelope import Batch
from hub.broker.settings import KINDS, Kind
from tests.broker_process import EVENT, BrokerHandle, start_broker
from tests.waiting import wait_until

EDGES = 4
RUN_S_MAX = 60.0
Row = tuple[str, float, str]


@dataclass(frozen=True, slots=True)
class Load:
    """What is sent in one run."""

    name: str
    lane: str
    messages: int
    records: int
    rate: float = 0.0


LOADS = (
    Load("taps of one record, flat out", "taps", 8_000, 1),
    Load("batches of 50 sightings, flat out", "sightings", 4_000, 50),
    Load("batches of 50 sightings, 1,000 a second", "sightings", 3_000, 50, 1_000.0),
)


@dataclass(slots=True)
class Consumer:
    """A bare paho consumer: it decodes, notes the delay, and does nothing else."""

    expected: int
    delays_ms: list[float] = field(default_factory=list)
    ready: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)

    def take(self, _client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage) -> None:
        """Decode one batch."""
        sent_us = decode(bytes(message.payload), Batch).sent_boot_ms or 0
        self.delays_ms.append((time.monotonic_ns() / 1_000 - sent_us) / 1_000)
        if len(self.delays_ms) == self.expected:
            self.done.set()


def measure() -> list[Row]:
    """Return rows for each broker that is installed, and the rate of decoding alone."""
    rows = [row for kind in KINDS if _installed(kind) for row in _measure_broker(kind)]
    return [*rows, *_measure_decoding()]


def _installed(kind: Kind) -> bool:
    return kind == "embedded" or any(
        (Path(folder) / "mosquitto").exists()
        for folder in [*os.environ.get("PATH", "").split(":"), "/usr/sbin"]
    )


def _measure_broker(kind: Kind) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        handle = start_broker(kind, Path(folder), quiet=True)
        try:
            secrets = {
                f"edge-{number}": handle.add_device(f"edge-{number}") for number in range(EDGES)
            }
            engine = handle.add_device("engine", "hub")
            rows = [row for load in LOADS for row in _run(handle, load, secrets, engine)]
            return [*rows, (f"broker {kind}: memory after it", _memory_mb(handle), "MB")]
        finally:
            handle.stop()


def _run(handle: BrokerHandle, load: Load, secrets: dict[str, str], engine: str) -> list[Row]:
    consumer = Consumer(load.messages)
    client = _subscribe(handle, consumer, load.lane, engine)
    senders = [_sender(handle, load, name, secret) for name, secret in secrets.items()]
    busy_s, started_s = _processor_s(handle), time.monotonic()
    for sender in senders:
        _go(sender)
    consumer.done.wait(RUN_S_MAX)
    took_s = time.monotonic() - started_s
    busy_s = _processor_s(handle) - busy_s
    for sender in senders:
        sender.communicate(timeout=RUN_S_MAX)
    client.disconnect()
    client.loop_stop()
    return _rows(f"broker {handle.kind}: {load.name}", load, consumer, took_s, busy_s)


def _rows(name: str, load: Load, consumer: Consumer, took_s: float, busy_s: float) -> list[Row]:
    arrived = len(consumer.delays_ms)
    lost = [(f"{name}, lost", float(load.messages - arrived), "messages")]
    cost = [(f"{name}, processor", busy_s / arrived * 1e6, "us/message")]
    if not load.rate:
        return [(name, arrived / took_s, "messages/s"), *cost, *lost]
    cuts = quantiles(consumer.delays_ms, n=100)
    return [(f"{name}, p50", cuts[49], "ms"), (f"{name}, p99", cuts[98], "ms"), *cost, *lost]


def _subscribe(handle: BrokerHandle, consumer: Consumer, lane: str, secret: str) -> mqtt.Client:
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="engine")
    client.username_pw_set("engine", secret)
    client.on_message = consumer.take
    client.on_subscribe = lambda *_: consumer.ready.set()
    client.connect(handle.host, handle.port)
    client.loop_start()
    wait_until(client.is_connected)
    client.subscribe(f"foyer/{EVENT}/+/up/{lane}", 1)
    if not consumer.ready.wait(RUN_S_MAX):
        raise TimeoutError("no SUBACK")
    return client


def _sender(handle: BrokerHandle, load: Load, name: str, secret: str) -> "subprocess.Popen[str]":
    topic = f"foyer/{EVENT}/{name}/up/{load.lane}"
    figures = [load.messages // EDGES, load.records, load.rate / EDGES]
    sender = subprocess.Popen(
        [
            *(sys.executable, "-m", "bench.broker_load", str(handle.port), name, secret, topic),
            *(str(figure) for figure in figures),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert sender.stdout is not None
    assert sender.stdout.readline() == "in\n"
    return sender


def _go(sender: "subprocess.Popen[str]") -> None:
    assert sender.stdin is not None
    sender.stdin.write("go\n")
    sender.stdin.flush()


def _processes(handle: BrokerHandle) -> list[psutil.Process]:
    assert handle.process is not None
    top = psutil.Process(handle.process.pid)
    return [top, *top.children(recursive=True)]


def _processor_s(handle: BrokerHandle) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in _processes(handle))


def _memory_mb(handle: BrokerHandle) -> float:
    return sum(process.memory_info().rss for process in _processes(handle)) / 1e6


def _measure_decoding() -> list[Row]:
    payload = encode(batch(50))
    started_s, rounds = time.perf_counter(), 2_000
    for _ in range(rounds):
        decode(payload, Batch)
    return [
        ("decoding alone: batches of 50", rounds / (time.perf_counter() - started_s), "batches/s")
    ]


if __name__ == "__main__":
    for name, figure, unit in measure():
        print(f"{name:72} {figure:12,.2f} {unit}")
