"""A process that publishes prepared batches as fast as the broker takes them, or at a pace."""

import argparse
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import msgspec
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from contract.codec import decode
from contract.envelope import Committed
from hub.ingest.link import send_at_once

INFLIGHT_MAX = 200
BATCH_RECORDS = 50


class Window:
    """How many batches of each edge the hub has committed, by its watermarks."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._batches: dict[str, int] = {}

    def on_message(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        """Take a watermark."""
        committed = decode(bytes(message.payload), Committed)
        upto = max((position.upto for position in committed.streams.values()), default=0)
        with self._changed:
            self._batches[message.topic.split("/")[2]] = upto // BATCH_RECORDS
            self._changed.notify()

    def wait(self, edge: str, batches: int) -> None:
        """Wait until so many batches of an edge are committed."""
        with self._changed:
            self._changed.wait_for(lambda: self._batches.get(edge, 0) >= batches, 60)


def main() -> None:
    """Publish every message of a file of ``[topic, payload]`` rows, QoS 1."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--username", required=True)
    parser.add_argument("--secret", required=True)
    parser.add_argument("--file", type=Path, required=True)
    parser.add_argument(
        "--per-s", type=float, default=0.0, help="messages a second; 0: all at once"
    )
    parser.add_argument("--window", type=int, default=0, help="batches beyond the watermark")
    options = parser.parse_args()
    rows = msgspec.msgpack.decode(options.file.read_bytes(), type=list[tuple[str, bytes]])
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"bench-{options.username}")
    client.username_pw_set(options.username, options.secret)
    client.max_inflight_messages_set(INFLIGHT_MAX)
    client.max_queued_messages_set(0)
    window = Window()
    client.on_message = window.on_message
    client.on_socket_open = send_at_once
    client.connect("127.0.0.1", options.port)
    client.loop_start()
    while not client.is_connected():
        time.sleep(0.01)
    if options.window:
        client.subscribe(f"foyer/{rows[0][0].split('/')[1]}/+/down/committed", 1)
    print("ready", flush=True)
    sys.stdin.readline()
    start_s = time.perf_counter()
    last = None
    sent: Counter[str] = Counter()
    for number, (topic, payload) in enumerate(rows):
        edge = topic.split("/")[2]
        sent[edge] += 1
        if options.window:
            window.wait(edge, sent[edge] - options.window)
        if options.per_s:
            wait_s = start_s + number / options.per_s - time.perf_counter()
            if wait_s > 0:
                time.sleep(wait_s)
        last = client.publish(topic, payload, qos=1)
    if last is not None:
        last.wait_for_publish(120)
    print(f"sent {time.perf_counter() - start_s:.3f}", flush=True)
    client.disconnect()
    client.loop_stop()


if __name__ == "__main__":
    main()
