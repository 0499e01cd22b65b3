"""What the embedded broker and Mosquitto both hold to."""

import subprocess
import sys

import pytest

from tests.broker.client import Client, Refused, connect
from tests.broker_process import BrokerHandle
from tests.waiting import wait_until

pytestmark = pytest.mark.processes
TAPS = "foyer/demo/stage/up/taps"
DOWN = "foyer/demo/stage/down/committed"
STATE = "foyer/demo/hub/state"
_DOOMED = """
import sys
import paho.mqtt.client as mqtt
host, port, name, secret = sys.argv[1:]
client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="doomed")
client.username_pw_set(name, secret)
client.will_set(f"foyer/demo/{name}/up/health", b"gone", qos=1, retain=True)
client.on_connect = lambda *_: print("in", flush=True)
client.connect(host, int(port))
client.loop_forever()
"""


def _refused(broker: BrokerHandle, name: str, secret: str) -> bool:
    try:
        with connect(broker, name, secret):
            return False
    except Refused:
        return True


def test_anonymous_is_refused(broker: BrokerHandle) -> None:
    assert _refused(broker, "", "")


def test_wrong_secret_and_unknown_name_are_refused(broker: BrokerHandle) -> None:
    secret = broker.add_device("stage")
    assert _refused(broker, "stage", secret + "x")
    assert _refused(broker, "nobody", secret)
    assert not _refused(broker, "stage", secret)


def test_an_edge_is_heard_on_its_own_lanes(hub: Client, edge: Client) -> None:
    edge.publish(TAPS, b"tap")
    assert hub.wait_for(b"tap").topic == TAPS


def test_an_edge_hears_its_own_lanes_and_the_hub_state(hub: Client, edge: Client) -> None:
    assert edge.subscribe("foyer/demo/stage/down/+", STATE) == [True, True]
    hub.publish(DOWN, b"to the edge")
    hub.publish(STATE, b"to all")
    edge.wait_for(b"to the edge")
    edge.wait_for(b"to all")


@pytest.mark.parametrize(
    "topic",
    ["foyer/demo/bar/up/taps", "foyer/demo/stage/down/committed", "foyer/demo/stage/up/other"]
    + ["foyer/demo/hub/state", "foyer/other/stage/up/taps", "elsewhere"],
)
def test_what_an_edge_publishes_elsewhere_reaches_nobody(
    broker: BrokerHandle, edge: Client, topic: str
) -> None:
    with connect(broker, "all", broker.add_device("all", "hub")) as everything:
        everything.subscribe("foyer/demo/#")
        edge.publish(topic, b"stray")
        edge.publish(TAPS, b"after")
        everything.wait_for(b"after")
        assert everything.payloads() == [b"after"]


def test_a_stray_retained_message_is_not_kept(hub: Client, edge: Client) -> None:
    edge.publish(DOWN, b"stray", retain=True)
    edge.subscribe("foyer/demo/stage/down/+")
    hub.publish(DOWN, b"after")
    edge.wait_for(b"after")
    assert edge.payloads() == [b"after"]


def test_an_edge_cannot_listen_to_another(
    broker: BrokerHandle, hub: Client, edge: Client
) -> None:
    other = "foyer/demo/bar/down/committed"
    edge.subscribe("foyer/demo/bar/down/+", "foyer/demo/+/down/+", "foyer/#", "#", other, TAPS)
    edge.subscribe("foyer/demo/stage/down/+")
    with connect(broker, "bar", broker.add_device("bar")) as bar:
        bar.publish("foyer/demo/bar/up/taps", b"bar's tap")
    hub.publish(other, b"for bar", retain=True)
    hub.publish("foyer/demo/hub/nudge", b"between the hub's processes")
    hub.publish(DOWN, b"for stage")
    edge.wait_for(b"for stage")
    assert set(edge.payloads()) == {b"for stage"}


def test_the_hub_has_its_event_and_no_other(broker: BrokerHandle, hub: Client) -> None:
    with connect(broker, "web", broker.add_device("web", "hub")) as web:
        web.subscribe("foyer/demo/#", "foyer/other/#")
        hub.publish("foyer/other/hub/nudge", b"other event")
        hub.publish("foyer/demo/hub/nudge", b"news")
        web.wait_for(b"news")
        assert web.payloads() == [b"news"]


def test_a_guest_reads_the_hub_state_alone(broker: BrokerHandle, hub: Client) -> None:
    hub.publish(DOWN, b"not for guests", retain=True)
    hub.publish(STATE, b"alive", retain=True)
    with connect(broker, "lamp", broker.add_device("lamp", "guest")) as guest:
        guest.subscribe(DOWN, STATE)
        guest.wait_for(b"alive")
        guest.publish(STATE, b"lie", retain=True)
        assert guest.payloads() == [b"alive"]
    hub.subscribe(STATE)
    assert hub.wait_for(b"alive").retain


def test_retained_messages_reach_who_comes_later(hub: Client, edge: Client) -> None:
    hub.publish(DOWN, b"first", retain=True)
    hub.publish(DOWN, b"second", retain=True)
    edge.subscribe("foyer/demo/stage/down/+")
    assert edge.wait_for(b"second").retain
    assert edge.payloads() == [b"second"]


def test_an_empty_retained_message_clears(hub: Client, edge: Client) -> None:
    hub.publish(DOWN, b"old", retain=True)
    hub.publish(DOWN, b"", retain=True)
    edge.subscribe("foyer/demo/stage/down/+")
    hub.publish(DOWN, b"new")
    edge.wait_for(b"new")
    assert edge.payloads() == [b"new"]


def test_a_killed_client_leaves_its_will(broker: BrokerHandle, hub: Client) -> None:
    secret = broker.add_device("stage")
    arguments = [broker.host, str(broker.port), "stage", secret]
    with subprocess.Popen(
        [sys.executable, "-c", _DOOMED, *arguments], stdout=subprocess.PIPE, text=True
    ) as doomed:
        assert doomed.stdout is not None
        assert doomed.stdout.readline() == "in\n"
        doomed.kill()
    assert hub.wait_for(b"gone").topic == "foyer/demo/stage/up/health"
    with connect(broker, "late", broker.add_device("late", "hub")) as late:
        late.subscribe("foyer/demo/+/up/health")
        assert late.wait_for(b"gone").retain


def test_a_farewell_voids_the_will(broker: BrokerHandle, hub: Client, edge: Client) -> None:
    polite = Client("bar", broker.add_device("bar"))
    polite.paho.will_set("foyer/demo/bar/up/health", b"gone", qos=1)
    polite.open(broker)
    polite.close()
    edge.publish(TAPS, b"after")
    hub.wait_for(b"after")
    with connect(broker, "bar", broker.devices["bar"].secret_hash) if False else connect(
        broker, "web", broker.add_device("web", "hub")
    ):
        assert hub.payloads() == [b"after"]


def test_a_taken_over_connection_is_closed(broker: BrokerHandle, edge: Client) -> None:
    secret = broker.add_device("bar")
    with connect(broker, "bar", secret) as first, connect(broker, "bar", secret) as second:
        assert first.closed.wait(10)
        assert not second.closed.is_set()
    assert not edge.closed.is_set()


def test_messages_keep_their_order(hub: Client, edge: Client) -> None:
    sent = [b"%d" % number for number in range(500)]
    for payload in sent:
        edge.paho.publish(TAPS, payload, qos=1)
    hub.wait_for(sent[-1])
    assert hub.payloads(TAPS) == sent
    wait_until(lambda: not edge.paho.want_write())


def test_a_huge_payload_disconnects_only_its_sender(
    broker: BrokerHandle, hub: Client, edge: Client
) -> None:
    with connect(broker, "bar", broker.add_device("bar")) as bar:
        bar.paho.publish("foyer/demo/bar/up/taps", bytes(2_000_000), qos=1)
        assert bar.closed.wait(10)
    edge.publish(TAPS, bytes(65_536))
    hub.wait_for(bytes(65_536))
    assert not edge.closed.is_set()
    assert [len(payload) for payload in hub.payloads()] == [65_536]


def test_a_revoked_device_is_disconnected_and_stays_out(
    broker: BrokerHandle, hub: Client, edge: Client
) -> None:
    secret = broker.add_device("bar")
    with connect(broker, "bar", secret) as bar:
        broker.revoke("bar")
        assert bar.closed.wait(10)
    assert _refused(broker, "bar", secret)
    edge.publish(TAPS, b"still here")
    hub.wait_for(b"still here")


def test_a_new_secret_ends_the_old(broker: BrokerHandle) -> None:
    old = broker.add_device("bar")
    new = broker.add_device("bar")
    assert _refused(broker, "bar", old)
    assert not _refused(broker, "bar", new)


def test_after_a_restart_the_same_devices_are_known(broker: BrokerHandle) -> None:
    secret, hub_secret = broker.add_device("stage"), broker.add_device("engine", "hub")
    broker.restart()
    with connect(broker, "engine", hub_secret) as hub, connect(broker, "stage", secret) as edge:
        hub.subscribe("foyer/demo/+/up/+")
        edge.publish(TAPS, b"tap")
        hub.wait_for(b"tap")


def test_a_killed_broker_starts_again_on_its_port(broker: BrokerHandle) -> None:
    secret = broker.add_device("stage")
    port = broker.port
    broker.kill()
    wait_until(lambda: not _listens(broker), what="the port to be free")
    broker.start()
    assert broker.port == port
    assert not _refused(broker, "stage", secret)


def _listens(broker: BrokerHandle) -> bool:
    return broker.admits("nobody", "x") or _connects(broker)


def _connects(broker: BrokerHandle) -> bool:
    try:
        Client("", "").paho.connect(broker.host, broker.port)
    except OSError:
        return False
    return True


def test_a_thousand_messages_wait_for_an_absent_consumer(broker: BrokerHandle) -> None:
    secret = broker.add_device("engine", "hub")
    with connect(broker, "engine", secret, clean=False) as hub:
        hub.subscribe("foyer/demo/+/up/taps")
    sent = [b"%d" % number for number in range(1_200)]
    with connect(broker, "stage", broker.add_device("stage")) as edge:
        waiting = [edge.paho.publish(TAPS, payload, qos=1) for payload in sent]
        for info in waiting:
            info.wait_for_publish(20)
    with connect(broker, "engine", secret, clean=False) as hub:
        hub.wait_for(sent[-1])
        assert hub.payloads() == sent


def test_what_was_not_acknowledged_comes_again(broker: BrokerHandle) -> None:
    secret = broker.add_device("engine", "hub")
    first = Client("engine", secret, clean=False)
    first.paho.manual_ack_set(True)
    first.open(broker)
    first.subscribe("foyer/demo/+/up/taps")
    with connect(broker, "stage", broker.add_device("stage")) as edge:
        for number in range(20):
            edge.publish(TAPS, b"%d" % number)
    first.wait_for(b"19")
    first.close()
    with connect(broker, "engine", secret, clean=False) as again:
        again.wait_for(b"19")
        assert again.payloads() == [b"%d" % number for number in range(20)]


def test_a_thousand_messages_to_a_slow_consumer(broker: BrokerHandle, edge: Client) -> None:
    slow = Client("slow", broker.add_device("slow", "hub"))
    slow.paho.manual_ack_set(True)
    slow.open(broker)
    slow.subscribe("foyer/demo/+/up/taps")
    sent = [b"%d" % number for number in range(1_000)]
    for info in [edge.paho.publish(TAPS, payload, qos=1) for payload in sent]:
        info.wait_for_publish(20)
    acknowledged = 0
    while acknowledged < len(sent):
        count = wait_until(lambda: max(0, len(slow.messages) - acknowledged), what="more messages")
        for message in slow.messages[acknowledged : acknowledged + count]:
            slow.paho.ack(message.mid, 1)
        acknowledged += count
    assert slow.payloads() == sent
    slow.close()
