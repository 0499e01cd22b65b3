"""What a rule announces reaches who may listen, once the broker has it, and names nobody."""

import json
import time
from collections.abc import Iterator
from typing import Any, Final

import pytest

from contract.clock import ManualClock
from hub.broker.settings import KINDS, Kind
from hub.ingest.link import HubLink, LinkSettings
from integrations.announce.connector import AnnounceConnector
from integrations.announce.errors import SettingsError
from integrations.announce.settings import AnnounceSettings
from integrations.port import Delivery, Done, Drop, RetryLater
from integrations.webhook.keys import public_key
from tests import needs
from tests.broker.client import connect
from tests.broker_process import EVENT, BrokerHandle, start_broker
from tests.waiting import wait_until

NOW: Final = 1_700_000_000_000
PERSON: Final = "person-7f3a"
BODY: Final[dict[str, Any]] = {
    "topic": "stage/welcome",
    "event": EVENT,
    "rule": "third-stand",
    "person": PERSON,
    "at_ms": NOW - 5,
    "fields": {"name": "Ann Ö"},
}
_MARKS: Final = {"embedded": (), "mosquitto": (pytest.mark.needs_mosquitto,)}


def delivery(key: str = f"rule/{PERSON}/1#0", **body: Any) -> Delivery:
    return Delivery(
        key=key,
        connector="mqtt",
        body=BODY | body,
        attempt=1,
        now_ms=NOW,
        expires_ms=NOW + 60_000,
    )


class Broker:
    """Takes what is published, or says that it is away."""

    def __init__(self, *, away: bool = False) -> None:
        self.away = away
        self.taken: list[tuple[str, bytes]] = []

    def publish(self, topic: str, payload: bytes) -> bool:
        if not self.away:
            self.taken.append((topic, payload))
        return not self.away


def test_an_announcement_says_what_was_decided_and_names_nobody() -> None:
    broker = Broker()
    verdict = AnnounceConnector(broker.publish).deliver(delivery("rule/x#1"))
    assert verdict == Done("published to out/stage/welcome")
    ((topic, payload),) = broker.taken
    assert topic == "out/stage/welcome"
    assert json.loads(payload) == {
        "key": public_key("rule/x#1"),
        "event": EVENT,
        "rule": "third-stand",
        "at_ms": NOW - 5,
        "fields": {"name": "Ann Ö"},
    }
    assert PERSON.encode() not in payload


def test_each_try_sends_the_same_bytes_until_the_broker_has_them() -> None:
    broker = Broker(away=True)
    announce = AnnounceConnector(broker.publish)
    announce.start()
    assert announce.deliver(delivery()) == RetryLater("the broker has not taken it")
    broker.away = False
    for _ in range(2):
        assert isinstance(announce.deliver(delivery()), Done)
    announce.stop()
    assert broker.taken[0] == broker.taken[1]
    assert announce.coalesce_key(BODY) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"topic": "up/taps"},
        {"topic": "down/committed"},
        {"topic": "up"},
        {"topic": "/stage"},
        {"topic": "stage/"},
        {"topic": "stage/#"},
        {"topic": "stage/+"},
        {"topic": "Stage"},
        {"topic": "stage\n"},
        {"topic": "a/b/c/d/e/f/g"},
        {"topic": "x" * 65},
        {"topic": None},
        {"fields": {"a": 1}},
        {"fields": {"a": "\ud800"}},
        {"fields": {"a": "x" * 70_000}},
        {"at_ms": "soon"},
    ],
)
def test_what_cannot_be_announced_is_dropped(wrong: dict[str, Any]) -> None:
    broker = Broker()
    verdict = AnnounceConnector(broker.publish).deliver(delivery(**wrong))
    assert isinstance(verdict, Drop)
    assert broker.taken == []


def test_the_payload_is_bounded() -> None:
    broker = Broker()
    announce = AnnounceConnector(broker.publish, AnnounceSettings(payload_bytes_max=100))
    verdict = announce.deliver(delivery())
    assert isinstance(verdict, Drop)
    assert "100 allowed" in verdict.reason
    for wrong in (0, 65_537):
        with pytest.raises(SettingsError, match="payload_bytes_max"):
            AnnounceSettings(payload_bytes_max=wrong)


@pytest.fixture(scope="module", params=[pytest.param(kind, marks=_MARKS[kind]) for kind in KINDS])
def broker(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrokerHandle]:
    kind: Kind = request.param
    if kind == "mosquitto":
        needs.mosquitto()
    handle = start_broker(kind, tmp_path_factory.mktemp(kind))
    yield handle
    handle.stop()


@pytest.fixture
def link(broker: BrokerHandle) -> Iterator[HubLink]:
    """The hub's own client at the broker."""
    settings = LinkSettings(
        host=broker.host,
        port=broker.port,
        event=EVENT,
        username="engine",
        password=broker.add_device("engine", "hub"),
        session=time.time_ns() // 1_000_000,
    )
    found = HubLink(settings, ManualClock(NOW), lambda *_: None, lambda: None, lambda: None)
    found.start()
    wait_until(lambda: found.is_connected, what="the hub at the broker")
    yield found
    found.stop()


@pytest.mark.processes
def test_a_listener_hears_it_and_it_is_not_retained(broker: BrokerHandle, link: HubLink) -> None:
    secret = broker.add_device("screen", "listener")
    everything = f"foyer/{EVENT}/out/#"
    with connect(broker, "screen", secret) as screen:
        assert screen.subscribe(everything) == [True]
        assert isinstance(AnnounceConnector(link.publish_raw).deliver(delivery()), Done)
        wait_until(lambda: screen.messages, what="the announcement")
        (message,) = screen.messages
    assert message.topic == f"foyer/{EVENT}/out/stage/welcome"
    assert message.qos == 1
    assert json.loads(message.payload)["rule"] == "third-stand"
    with connect(broker, "screen", secret) as late:
        late.subscribe(everything, f"foyer/{EVENT}/hub/state")
        wait_until(lambda: late.messages, what="the hub's state")
        assert [one.topic for one in late.messages] == [f"foyer/{EVENT}/hub/state"]


@pytest.mark.processes
def test_a_listener_reads_nothing_else_and_says_nothing(
    broker: BrokerHandle, link: HubLink
) -> None:
    secret = broker.add_device("nosy", "listener")
    with connect(broker, "nosy", secret) as nosy:
        nosy.subscribe(
            f"foyer/{EVENT}/#", f"foyer/{EVENT}/+/up/taps", f"foyer/{EVENT}/hub/nudge", "#"
        )
        nosy.subscribe(f"foyer/{EVENT}/out/#")
        link.publish_nudge(b"secret")
        link.publish_raw("music/wishes", b"secret")
        nosy.publish(f"foyer/{EVENT}/out/stage/welcome", b"forged")
        AnnounceConnector(link.publish_raw).deliver(delivery())
        announced = f"foyer/{EVENT}/out/stage/welcome"
        wait_until(lambda: nosy.payloads(announced), what="the announcement")
        assert {one.topic for one in nosy.messages} <= {announced, f"foyer/{EVENT}/hub/state"}
        assert not {b"secret", b"forged"} & set(nosy.payloads())


def test_a_broker_that_is_away_is_tried_again() -> None:
    settings = LinkSettings(
        host="127.0.0.1", port=1, event=EVENT, username="engine", password="x", session=1
    )
    away = HubLink(settings, ManualClock(NOW), lambda *_: None, lambda: None, lambda: None)
    assert isinstance(AnnounceConnector(away.publish_raw).deliver(delivery()), RetryLater)
