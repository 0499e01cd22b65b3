"""Publishes as fast as the broker acknowledges, or at a rate: one connection, bare sockets.

It costs so little itself that a machine with two cores measures the broker and its consumer. Every
payload carries its instant of sending, so that the consumer can tell how long it took.
"""

import socket
import sys
import time

from contract.codec import encode
from contract.envelope import Batch, Clock
from contract.readings import Sighting
from hub.broker import packets, writing

WINDOW_MAX = 50
"""Most messages sent and not yet acknowledged."""
PUBACK_BYTES = 4


def batch(records: int) -> Batch:
    """Make a batch whose ``sent_boot_ms`` is now, in microseconds of the monotonic clock."""
    return Batch(
        stream="0123456789abcdef",
        first=1,
        boot="01234567",
        clock=Clock(boot_ms=1, wall_ms=1, quality="ntp"),
        sent_boot_ms=time.monotonic_ns() // 1_000,
        records=[
            Sighting(badge=f"badge-{number:05}", reader="hci0", boot_ms=number, rssi_dbm=-61.5)
            for number in range(records)
        ],
    )


def run(link: socket.socket, topic: str, count: int, records: int, rate: float) -> None:
    """Publish ``count`` batches with QoS 1, ``rate`` a second or as fast as it goes (0)."""
    sent = acknowledged = 0
    started_s = time.monotonic()
    while acknowledged < count * PUBACK_BYTES:
        while sent < count and sent - acknowledged // PUBACK_BYTES < WINDOW_MAX:
            if rate:
                time.sleep(max(0.0, started_s + sent / rate - time.monotonic()))
            packet_id = (sent % 65_000 + 1).to_bytes(2)
            link.sendall(writing.make_publish(topic, encode(batch(records)), 1, packet_id))
            sent += 1
            if rate:
                break
        acknowledged += len(link.recv(65_536))


def main() -> None:
    """Connect, wait for a line on standard input, publish."""
    port, name, secret, topic, count, records, rate = sys.argv[1:]
    with socket.create_connection(("127.0.0.1", int(port)), timeout=60) as link:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link.sendall(writing.make_connect(name, name, secret, clean=True, keep_alive_s=60))
        if link.recv(PUBACK_BYTES) != writing.make_connack(packets.ACCEPTED):
            sys.exit("not let in")
        print("in", flush=True)
        sys.stdin.readline()
        run(link, topic, int(count), int(records), float(rate))


if __name__ == "__main__":
    main()
