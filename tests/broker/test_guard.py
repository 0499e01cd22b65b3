"""The embedded broker's guard: hostile, confused and vanished clients harm nobody else."""

import random
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from hub.broker import limits, packets, writing
from tests.broker.client import Client, connect
from tests.broker_process import BrokerHandle, start_broker
from tests.waiting import wait_until

pytestmark = pytest.mark.processes


@contextmanager
def _socket(broker: BrokerHandle) -> Iterator[socket.socket]:
    with socket.create_connection((broker.host, broker.port), timeout=20) as link:
        yield link


def _closed_by_broker(link: socket.socket) -> bool:
    """Read until the end: a time-out of the socket fails the test."""
    try:
        while link.recv(65_536):
            pass
    except ConnectionError:
        return True
    return True


def _hello(broker: BrokerHandle, name: str, keep_alive_s: int = 60) -> bytes:
    secret = broker.add_device(name)
    return writing.make_connect("raw", name, secret, clean=True, keep_alive_s=keep_alive_s)


def _serves(broker: BrokerHandle, tag: str) -> bool:
    name = f"witness-{tag}"
    with connect(broker, name, broker.add_device(name)) as edge:
        topic = f"foyer/demo/{name}/up/taps"
        return edge.publish(topic, b"tap").is_published()


@pytest.mark.parametrize(
    "poison",
    [
        pytest.param(b"\x10\xff\xff\xff\xff\x7f", id="length of five bytes"),
        pytest.param(b"\x30\xff\xff\xff\x7f", id="256 MB announced"),
        pytest.param(b"\x30\x00", id="publish without a topic"),
        pytest.param(b"\x30\x03\x00\x00x", id="publish with an empty topic"),
        pytest.param(b"\x32\x03\x00\x01a", id="publish without a packet id"),
        pytest.param(b"\x32\x05\x00\x01a\x00\x00", id="packet id 0"),
        pytest.param(b"\x34\x05\x00\x01a\x00\x01", id="QoS 2"),
        pytest.param(b"\x36\x05\x00\x01a\x00\x01", id="QoS 3"),
        pytest.param(b"\x30\x04\x00\x02\xff\xfe", id="topic not UTF-8"),
        pytest.param(b"\x82\x02\x00\x01", id="subscribe to nothing"),
        pytest.param(b"\x82\x06\x00\x01\x00\x01a\x03", id="subscribe with QoS 3"),
        pytest.param(b"\x80\x06\x00\x01\x00\x01a\x01", id="subscribe with wrong flags"),
        pytest.param(b"\x00\x00", id="reserved packet type"),
        pytest.param(b"\xf0\x00", id="another reserved packet type"),
        pytest.param(b"\x20\x02\x00\x00", id="a broker's packet"),
        pytest.param(b"\x62\x02\x00\x01", id="QoS 2 release"),
        pytest.param(b"\x10\x00", id="second CONNECT"),
    ],
)
def test_a_malformed_packet_ends_its_own_connection_alone(
    embedded: BrokerHandle, tag: str, poison: bytes
) -> None:
    name = f"bystander-{tag}"
    with (
        connect(embedded, name, embedded.add_device(name)) as bystander,
        _socket(embedded) as link,
    ):
        link.sendall(_hello(embedded, f"evil-{tag}") + poison)
        assert _closed_by_broker(link)
        bystander.publish(f"foyer/demo/{name}/up/taps", b"tap")
        assert not bystander.closed.is_set()


def test_random_bytes_from_strangers_and_devices(embedded: BrokerHandle, tag: str) -> None:
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    hello = _hello(embedded, f"evil-{tag}")
    for number in range(40):
        with _socket(embedded) as link:
            noise = chance.randbytes(chance.randrange(1, 4_000))
            link.sendall((hello if number % 2 else b"") + noise)
    assert _serves(embedded, tag), f"seed {seed}"


def test_connections_cut_at_every_step_do_no_harm(embedded: BrokerHandle, tag: str) -> None:
    hello = _hello(embedded, f"flapping-{tag}")
    for length in range(0, len(hello) + 1, 5):
        with _socket(embedded) as link:
            link.sendall(hello[:length])
    for _ in range(20):
        with _socket(embedded) as link:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            link.sendall(hello)
    assert _serves(embedded, tag)


def test_silent_connections_are_closed(embedded: BrokerHandle, tag: str) -> None:
    """Nothing said at all, and a device that misses its own keep-alive interval."""
    hello = _hello(embedded, f"asleep-{tag}", keep_alive_s=1)
    with _socket(embedded) as stranger, _socket(embedded) as asleep:
        asleep.sendall(hello)
        assert asleep.recv(4) == writing.make_connack(packets.ACCEPTED)
        assert _closed_by_broker(asleep)
        assert _closed_by_broker(stranger)


def test_a_crowd_of_strangers_does_not_keep_devices_out(embedded: BrokerHandle, tag: str) -> None:
    crowd = [
        socket.create_connection((embedded.host, embedded.port))
        for _ in range(limits.STRANGERS_MAX + 20)
    ]
    try:
        assert _serves(embedded, tag)
    finally:
        for link in crowd:
            link.close()


def test_a_stranger_cannot_take_over_by_using_a_client_id(embedded: BrokerHandle, tag: str) -> None:
    name = f"stage-{tag}"
    with connect(embedded, name, embedded.add_device(name)) as edge:
        for user in ("", f"other-{tag}"):
            secret = embedded.add_device(user) if user else ""
            other = Client(user, secret)
            other.paho._client_id = f"{name}/1".encode()
            other.paho.connect(embedded.host, embedded.port)
            other.paho.loop_start()
            wait_until(lambda: other.answers, what="CONNACK")  # noqa: B023 - waited for in this round
            other.close()
        edge.publish(f"foyer/demo/{name}/up/taps", b"tap")
        assert not edge.closed.is_set()


def test_refused_filters_are_named_one_by_one(embedded: BrokerHandle, tag: str) -> None:
    name = f"stage-{tag}"
    with connect(embedded, name, embedded.add_device(name)) as edge:
        own = f"foyer/demo/{name}/down/+"
        assert edge.subscribe("#", own, "foyer/demo/other/down/+") == [False, True, False]
        assert edge.subscribe("$share/x/foyer/#") == [False]


def test_another_protocol_version_is_told_so(embedded: BrokerHandle) -> None:
    with _socket(embedded) as link:
        link.sendall(b"\x10\x0d\x00\x04MQTT\x05\x02\x00\x3c\x00\x00\x00")
        assert link.recv(4) == writing.make_connack(packets.BAD_PROTOCOL)


def test_a_client_without_an_id_must_not_ask_for_a_session(
    embedded: BrokerHandle, tag: str
) -> None:
    secret = embedded.add_device(f"stage-{tag}")
    with _socket(embedded) as link:
        link.sendall(writing.make_connect("", f"stage-{tag}", secret, clean=False, keep_alive_s=9))
        assert link.recv(4) == writing.make_connack(packets.BAD_CLIENT_ID)
    with _socket(embedded) as one, _socket(embedded) as two:
        for link in (one, two):
            link.sendall(
                writing.make_connect("", f"stage-{tag}", secret, clean=True, keep_alive_s=9)
            )
            assert link.recv(4) == writing.make_connack(packets.ACCEPTED)


def test_a_will_on_another_edges_topic_is_refused(embedded: BrokerHandle, tag: str) -> None:
    client = Client(f"stage-{tag}", embedded.add_device(f"stage-{tag}"))
    client.paho.will_set("foyer/demo/other/up/health", b"gone", qos=1)
    client.paho.connect(embedded.host, embedded.port)
    client.paho.loop_start()
    assert wait_until(lambda: client.answers, what="CONNACK") == [False]
    client.close()


def test_a_client_that_never_reads_costs_bounded_memory(tmp_path: Path) -> None:
    broker = start_broker("embedded", tmp_path)
    secret = broker.add_device("engine", "hub")
    hello = writing.make_connect("deaf", "engine", secret, clean=True, keep_alive_s=0)
    wanted = writing.make_subscribe(b"\0\1", [("foyer/demo/+/up/sightings", 0)])
    with _socket(broker) as deaf, connect(broker, "e", broker.add_device("e")) as edge:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        deaf.sendall(hello + wanted)
        assert deaf.recv(4) == writing.make_connack(packets.ACCEPTED)
        for _ in range(30):
            infos = [
                edge.paho.publish("foyer/demo/e/up/sightings", bytes(65_000), qos=1)
                for _ in range(50)
            ]
            infos[-1].wait_for_publish(20)
        assert broker.process is not None
        guard = psutil.Process(broker.process.pid)
        program = guard.children()[0]
        assert guard.memory_info().rss < 100_000_000
        assert program.memory_info().rss < 200_000_000
    broker.stop()


def test_a_dead_program_ends_the_broker_with_an_error(tmp_path: Path) -> None:
    broker = start_broker("embedded", tmp_path)
    process = broker.process
    assert process is not None
    psutil.Process(process.pid).children()[0].kill()
    assert process.wait(20) == 1
    assert process.stdout is not None
    process.stdout.close()
    broker.process = None


def test_without_devices_it_says_so_and_ends(tmp_path: Path) -> None:
    result = subprocess.run(
        [
            *(sys.executable, "-m", "hub.broker", "--port", "0", "--data", str(tmp_path)),
            *("--devices", str(tmp_path / "none.json")),
        ],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert result.returncode == 1
    assert "cannot read the devices" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_broken_device_file_changes_nothing(embedded: BrokerHandle, tag: str) -> None:
    name = f"stage-{tag}"
    with connect(embedded, name, embedded.add_device(name)) as edge:
        embedded.device_file.write_text("{")
        edge.publish(f"foyer/demo/{name}/up/taps", b"tap")
        assert embedded.admits(name, "wrong") is False
        assert not edge.closed.is_set()
        embedded.write_devices()
