"""The hub at a real broker: its state is retained, its will is kept, what arrives is handed on."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contract import topics
from contract.clock import ManualClock
from contract.codec import decode, encode
from contract.envelope import (
    ClockReply,
    ClockRequest,
    Committed,
    Desired,
    HubState,
    StreamPosition,
)
from hub.ingest.link import HubLink, LinkSettings
from hub.ingest.nudger import Nudger
from tests.broker.client import Client, connect
from tests.broker_process import EVENT, BrokerHandle, start_broker
from tests.waiting import wait_until

pytestmark = pytest.mark.processes

NOW_MS = 1_791_439_200_000
STATE = topics.hub_state(EVENT)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrokerHandle]:
    handle = start_broker("embedded", tmp_path_factory.mktemp("broker"))
    handle.add_device("engine", "hub")
    yield handle
    handle.stop()


class Wired:
    """A link whose messages, nudges and connections are kept."""

    def __init__(self, broker: BrokerHandle, session: int, secret: str) -> None:
        self.received: list[tuple[str, bytes, int]] = []
        self.nudges: list[None] = []
        self.connections: list[None] = []
        settings = LinkSettings(broker.host, broker.port, EVENT, "engine", secret, session)
        self.link = HubLink(
            settings,
            ManualClock(NOW_MS),
            lambda topic, payload, at_ms: self.received.append((topic, payload, at_ms)),
            lambda: self.nudges.append(None),
            lambda: self.connections.append(None),
        )

    def wait(self) -> None:
        """Wait until the broker has accepted it."""
        wait_until(lambda: self.connections and self.link.is_connected, what="a connection")


@contextmanager
def linked(broker: BrokerHandle, session: int) -> Iterator[Wired]:
    """A link for the length of a block, connected."""
    wired = Wired(broker, session, broker.add_device("engine", "hub"))
    wired.link.start()
    wired.link.start()
    try:
        wired.wait()
        yield wired
    finally:
        wired.link.stop()
        wired.link.stop()


@contextmanager
def edge(broker: BrokerHandle, name: str) -> Iterator[Client]:
    """An edge that reads what is meant for it."""
    with connect(broker, name, broker.add_device(name)) as client:
        assert client.subscribe(topics.down_all(EVENT, name), STATE) == [True, True]
        yield client


def state_seen(client: Client, *, session: int, alive: bool) -> None:
    """Wait until a client has seen a state of the hub."""
    wanted = HubState(session=session, alive=alive)
    wait_until(
        lambda: wanted in [decode(body, HubState) for body in client.payloads(STATE)],
        what=f"{wanted}",
    )


def test_the_hub_says_that_it_is_there_and_that_it_goes(broker: BrokerHandle) -> None:
    with linked(broker, 11), edge(broker, "pi-state") as client:
        state_seen(client, session=11, alive=True)
    with edge(broker, "pi-later") as client:
        state_seen(client, session=11, alive=False)


def test_a_hub_that_is_killed_is_said_to_be_gone(broker: BrokerHandle) -> None:
    secret = broker.add_device("engine", "hub")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.engine.link_process", str(broker.port), secret, "12"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    with process, edge(broker, "pi-will") as client:
        assert process.stdout is not None
        assert process.stdout.readline() == "connected\n"
        state_seen(client, session=12, alive=True)
        process.kill()
        state_seen(client, session=12, alive=False)


def test_readings_are_handed_on_with_the_instant_they_came(broker: BrokerHandle) -> None:
    with linked(broker, 13) as hub, edge(broker, "pi-read") as client:
        lanes: tuple[topics.UpLane, ...] = ("taps", "sightings", "health", "reported")
        for lane in lanes:
            client.publish(topics.up(EVENT, "pi-read", lane), lane.encode())
        wait_until(lambda: len(hub.received) >= len(lanes), what="four messages")
        assert hub.received == [
            (topics.up(EVENT, "pi-read", lane), lane.encode(), NOW_MS) for lane in lanes
        ]


def test_a_question_for_the_time_is_answered(broker: BrokerHandle) -> None:
    with linked(broker, 14) as hub, edge(broker, "pi-time") as client:
        asked = topics.up(EVENT, "pi-time", "clock")
        client.publish(asked, b"what time is it?")
        wait_until(lambda: hub.received, what="what cannot be read to be handed on")
        client.publish(asked, encode(ClockRequest(boot="ab", boot_ms=77)))
        reply = ClockReply(boot="ab", boot_ms=77, hub_ms=NOW_MS)
        client.wait_for(encode(reply))
        assert hub.received == [(asked, b"what time is it?", NOW_MS)]


def test_an_edge_reads_where_it_stands_and_how_to_be_set_whenever_it_comes(
    broker: BrokerHandle,
) -> None:
    committed = Committed(streams={"ab" * 8: StreamPosition(4, [(6, 7)])})
    desired = Desired(revision=3, config={"volume": 5})
    with linked(broker, 15) as hub:
        hub.link.publish_committed("pi-late", committed.streams)
        hub.link.publish_desired("pi-late", desired)
        assert hub.link.publish_raw("foyer/demo/dj/requests", b"[]")
    with edge(broker, "pi-late") as client:
        client.wait_for(encode(committed))
        client.wait_for(encode(desired))


def test_a_nudge_arrives_and_one_without_a_connection_is_lost_quietly(
    broker: BrokerHandle,
) -> None:
    nudger = Nudger(broker.host, broker.port, EVENT, "web", broker.add_device("web", "hub"))
    nudger.nudge()
    with linked(broker, 16) as hub:
        nudger.start()
        nudger.start()
        try:

            def nudged() -> bool:
                nudger.nudge()
                return bool(hub.nudges)

            wait_until(nudged, what="a nudge")
            before = len(hub.nudges)
            hub.link.publish_nudge(b"")
            wait_until(lambda: len(hub.nudges) > before, what="the link's own nudge")
        finally:
            nudger.stop()
            nudger.stop()
        nudger.nudge()
        assert hub.received == []


def test_without_a_connection_nothing_is_published(broker: BrokerHandle) -> None:
    wired = Wired(broker, 17, "not its secret")
    assert not wired.link.publish_raw("foyer/demo/dj/requests", b"[]")
    wired.link.start()
    wired.link.publish_committed("pi", {})
    assert not wired.link.is_connected
    wired.link.stop()
    assert wired.connections == []


def test_a_hub_that_starts_first_and_outlives_the_broker_finds_it_again(tmp_path: Path) -> None:
    broker = start_broker("embedded", tmp_path)
    secret = broker.add_device("engine", "hub")
    edge_secret = broker.add_device("pi")
    broker.stop()
    wired = Wired(broker, 18, secret)
    wired.link.start()
    try:
        for times in (1, 2):
            broker.start()
            wait_until(lambda n=times: len(wired.connections) >= n, what="a connection")  # type: ignore[misc]
            with connect(broker, "pi", edge_secret) as client:
                client.subscribe(STATE)
                state_seen(client, session=18, alive=True)
                wired.received.clear()
                client.publish(topics.up(EVENT, "pi", "taps"), b"a tap")
                wait_until(lambda: wired.received, what="a tap")
            broker.kill()
            wait_until(lambda: not wired.link.is_connected, what="the link to notice")
        assert len(wired.connections) == 2
    finally:
        wired.link.stop()
        broker.stop()
