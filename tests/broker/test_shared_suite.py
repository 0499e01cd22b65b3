"""What the embedded broker and Mosquitto both hold to."""

import subprocess
import sys
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest

from hub.broker.settings import Kind
from tests.broker.client import Client, Refused, connect
from tests.broker_process import BrokerHandle, start_broker
from tests.waiting import wait_until

pytestmark = pytest.mark.processes
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


def _taps(edge: str) -> str:
    return f"foyer/demo/{edge}/up/taps"


def _down(edge: str) -> str:
    return f"foyer/demo/{edge}/down/committed"


def _refused(broker: BrokerHandle, name: str, secret: str) -> bool:
    try:
        with connect(broker, name, secret):
            return False
    except Refused:
        return True


def test_anonymous_is_refused(broker: BrokerHandle) -> None:
    assert _refused(broker, "", "")


def test_wrong_secret_and_unknown_name_are_refused(broker: BrokerHandle, stage: str) -> None:
    secret = broker.add_device(stage)
    assert _refused(broker, stage, secret + "x")
    assert _refused(broker, f"not-{stage}", secret)
    assert not _refused(broker, stage, secret)


def test_an_edge_is_heard_on_its_own_lanes(hub: Client, edge: Client, stage: str) -> None:
    edge.publish(_taps(stage), b"tap")
    assert hub.wait_for(b"tap").topic == _taps(stage)


def test_an_edge_hears_its_own_lanes_and_the_hub_state(
    hub: Client, edge: Client, stage: str
) -> None:
    assert edge.subscribe(f"foyer/demo/{stage}/down/+", STATE) == [True, True]
    hub.publish(_down(stage), b"to the edge")
    hub.publish(STATE, b"to all")
    edge.wait_for(b"to the edge")
    edge.wait_for(b"to all")


def test_what_an_edge_publishes_elsewhere_reaches_nobody(
    broker: BrokerHandle, edge: Client, stage: str, bar: str, tag: str
) -> None:
    name = f"all-{tag}"
    with connect(broker, name, broker.add_device(name, "hub")) as everything:
        everything.subscribe("foyer/demo/#")
        for topic in (
            *(_taps(bar), _down(stage), f"foyer/demo/{stage}/up/other", STATE),
            *(f"foyer/other/{stage}/up/taps", "elsewhere", f"foyer/demo/{stage}/up"),
        ):
            edge.publish(topic, b"stray")
        edge.publish(_taps(stage), b"after")
        everything.wait_for(b"after")
        assert b"stray" not in everything.payloads()


def test_a_stray_retained_message_is_not_kept(hub: Client, edge: Client, stage: str) -> None:
    edge.publish(_down(stage), b"stray", retain=True)
    edge.subscribe(f"foyer/demo/{stage}/down/+")
    hub.publish(_down(stage), b"after")
    edge.wait_for(b"after")
    assert edge.payloads() == [b"after"]


def test_an_edge_cannot_listen_to_another(
    broker: BrokerHandle, hub: Client, edge: Client, stage: str, bar: str
) -> None:
    edge.subscribe(f"foyer/demo/{bar}/down/+", "foyer/demo/+/down/+", "foyer/#", "#", "+/+/+/+/+")
    edge.subscribe(_down(bar), _taps(stage), _taps(bar), f"foyer/demo/{stage}/#")
    edge.subscribe(f"foyer/demo/{stage}/down/+")
    with connect(broker, bar, broker.add_device(bar)) as other:
        other.publish(_taps(bar), b"bar's tap")
    hub.publish(_down(bar), b"for bar", retain=True)
    hub.publish("foyer/demo/hub/nudge", b"between the hub's processes")
    hub.publish(_down(stage), b"for stage")
    edge.wait_for(b"for stage")
    unheard = {b"bar's tap", b"for bar", b"between the hub's processes"}
    assert not unheard & set(edge.payloads())


def test_the_hub_has_its_event_and_no_other(broker: BrokerHandle, hub: Client, tag: str) -> None:
    name = f"web-{tag}"
    with connect(broker, name, broker.add_device(name, "hub")) as web:
        web.subscribe("foyer/demo/#", "foyer/other/#")
        hub.publish("foyer/other/hub/nudge", b"other event")
        hub.publish("foyer/demo/hub/nudge", b"news")
        web.wait_for(b"news")
        assert b"other event" not in web.payloads()


def test_a_guest_reads_the_hub_state_alone(
    broker: BrokerHandle, hub: Client, stage: str, tag: str
) -> None:
    hub.publish(_down(stage), b"not for guests", retain=True)
    hub.publish(STATE, b"alive %s" % tag.encode(), retain=True)
    name = f"lamp-{tag}"
    with connect(broker, name, broker.add_device(name, "guest")) as guest:
        guest.subscribe(_down(stage), STATE)
        guest.wait_for(b"alive %s" % tag.encode())
        guest.publish(STATE, b"lie", retain=True)
        assert guest.payloads() == [b"alive %s" % tag.encode()]
    hub.subscribe(STATE)
    assert hub.wait_for(b"alive %s" % tag.encode()).retain


def test_retained_messages_reach_who_comes_later(hub: Client, edge: Client, stage: str) -> None:
    hub.publish(_down(stage), b"first", retain=True)
    hub.publish(_down(stage), b"second", retain=True)
    edge.subscribe(f"foyer/demo/{stage}/down/+")
    assert edge.wait_for(b"second").retain
    assert edge.payloads() == [b"second"]


def test_an_empty_retained_message_clears(hub: Client, edge: Client, stage: str) -> None:
    hub.publish(_down(stage), b"old", retain=True)
    hub.publish(_down(stage), b"", retain=True)
    edge.subscribe(f"foyer/demo/{stage}/down/+")
    hub.publish(_down(stage), b"new")
    edge.wait_for(b"new")
    assert edge.payloads() == [b"new"]


def test_an_edge_that_returns_gets_what_is_retained(
    broker: BrokerHandle, hub: Client, stage: str
) -> None:
    secret = broker.add_device(stage)
    hub.publish(_down(stage), b"watermark", retain=True)
    for _ in range(2):
        with connect(broker, stage, secret, clean=False) as edge:
            edge.subscribe(f"foyer/demo/{stage}/down/+")
            assert edge.wait_for(b"watermark").retain


def test_a_killed_client_leaves_its_will(
    broker: BrokerHandle, hub: Client, stage: str, tag: str
) -> None:
    secret = broker.add_device(stage)
    arguments = [broker.host, str(broker.port), stage, secret]
    with subprocess.Popen(
        [sys.executable, "-c", _DOOMED, *arguments], stdout=subprocess.PIPE, text=True
    ) as doomed:
        assert doomed.stdout is not None
        assert doomed.stdout.readline() == "in\n"
        doomed.kill()
    assert hub.wait_for(b"gone").topic == f"foyer/demo/{stage}/up/health"
    name = f"late-{tag}"
    with connect(broker, name, broker.add_device(name, "hub")) as late:
        late.subscribe(f"foyer/demo/{stage}/up/health")
        assert late.wait_for(b"gone").retain


def test_a_farewell_voids_the_will(
    broker: BrokerHandle, hub: Client, edge: Client, stage: str, bar: str
) -> None:
    polite = Client(bar, broker.add_device(bar))
    polite.paho.will_set(f"foyer/demo/{bar}/up/health", b"gone", qos=1)
    polite.open(broker)
    polite.publish(_taps(bar), b"last tap")
    polite.close()
    hub.wait_for(b"last tap")
    edge.publish(_taps(stage), b"after")
    hub.wait_for(b"after")
    assert b"gone" not in hub.payloads()


def test_a_newer_connection_takes_over_and_keeps_its_will(
    broker: BrokerHandle, hub: Client, stage: str
) -> None:
    secret = broker.add_device(stage)
    health = f"foyer/demo/{stage}/up/health"
    older, newer = Client(stage, secret), Client(stage, secret)
    older.paho.will_set(health, b"session 1 gone", qos=1)
    newer.paho.will_set(health, b"session 2 gone", qos=1)
    older.open(broker)
    newer.open(broker)
    assert older.closed.wait(10)
    newer.publish(_taps(stage), b"after")
    hub.wait_for(b"after")
    hub.wait_for(b"session 1 gone")
    assert b"session 2 gone" not in hub.payloads()
    newer.close()


def test_messages_keep_their_order(hub: Client, edge: Client, stage: str) -> None:
    sent = [b"%d" % number for number in range(500)]
    for payload in sent:
        edge.paho.publish(_taps(stage), payload, qos=1)
    hub.wait_for(sent[-1])
    assert hub.payloads() == sent


def test_a_huge_payload_disconnects_only_its_sender(
    broker: BrokerHandle, hub: Client, edge: Client, stage: str, bar: str
) -> None:
    with connect(broker, bar, broker.add_device(bar)) as greedy:
        greedy.paho.publish(_taps(bar), bytes(2_000_000), qos=1)
        assert greedy.closed.wait(10)
    edge.publish(_taps(stage), bytes(65_536))
    hub.wait_for(bytes(65_536))
    assert not edge.closed.is_set()
    assert [len(payload) for payload in hub.payloads()] == [65_536]


def test_a_revoked_device_is_disconnected_and_stays_out(
    broker: BrokerHandle, hub: Client, edge: Client, stage: str, bar: str
) -> None:
    secret = broker.add_device(bar)
    with connect(broker, bar, secret) as revoked:
        broker.revoke(bar)
        assert revoked.closed.wait(10)
    assert _refused(broker, bar, secret)
    edge.publish(_taps(stage), b"still here")
    hub.wait_for(b"still here")


def test_a_new_secret_ends_the_old(broker: BrokerHandle, stage: str) -> None:
    old = broker.add_device(stage)
    new = broker.add_device(stage)
    assert _refused(broker, stage, old)
    assert not _refused(broker, stage, new)


def test_after_a_restart_the_same_devices_are_known(own_broker: BrokerHandle) -> None:
    secret, hub_secret = own_broker.add_device("stage"), own_broker.add_device("engine", "hub")
    own_broker.restart()
    with (
        connect(own_broker, "engine", hub_secret) as hub,
        connect(own_broker, "stage", secret) as edge,
    ):
        hub.subscribe(_taps("stage"))
        edge.publish(_taps("stage"), b"tap")
        hub.wait_for(b"tap")


def test_a_killed_broker_starts_again_on_its_port(own_broker: BrokerHandle) -> None:
    secret = own_broker.add_device("stage")
    port = own_broker.port
    own_broker.kill()
    wait_until(lambda: not own_broker.listens(), what="the port to be free")
    own_broker.start()
    assert own_broker.port == port
    assert not _refused(own_broker, "stage", secret)


def test_a_taken_port_is_said_to_be_taken(broker: BrokerHandle, kind: Kind, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="did not start"):
        start_broker(kind, tmp_path, broker.port)


def test_more_than_a_thousand_messages_wait_for_an_absent_consumer(
    broker: BrokerHandle, stage: str, tag: str
) -> None:
    name = f"engine-{tag}"
    secret = broker.add_device(name, "hub")
    with connect(broker, name, secret, clean=False) as hub:
        hub.subscribe(_taps(stage))
    sent = [b"%d" % number for number in range(1_200)]
    with connect(broker, stage, broker.add_device(stage)) as edge:
        for info in [edge.paho.publish(_taps(stage), payload, qos=1) for payload in sent]:
            info.wait_for_publish(20)
    with connect(broker, name, secret, clean=False) as hub:
        hub.wait_for(sent[-1])
        assert hub.payloads() == sent


def test_what_was_not_acknowledged_comes_again(broker: BrokerHandle, stage: str, tag: str) -> None:
    name = f"engine-{tag}"
    secret = broker.add_device(name, "hub")
    first = Client(name, secret, clean=False)
    first.paho.manual_ack_set(True)
    first.open(broker)
    first.subscribe(_taps(stage))
    sent = [b"%d" % number for number in range(20)]
    with connect(broker, stage, broker.add_device(stage)) as edge:
        for payload in sent:
            edge.publish(_taps(stage), payload)
    first.wait_for(sent[-1])
    first.close()
    with connect(broker, name, secret, clean=False) as again:
        again.wait_for(sent[-1])
        assert again.payloads() == sent


def test_a_thousand_messages_to_a_slow_consumer(
    broker: BrokerHandle, edge: Client, stage: str, tag: str
) -> None:
    slow = Client(f"slow-{tag}", broker.add_device(f"slow-{tag}", "hub"))
    slow.paho.manual_ack_set(True)
    slow.open(broker)
    slow.subscribe(_taps(stage))
    sent = [b"%d" % number for number in range(1_000)]
    for info in [edge.paho.publish(_taps(stage), payload, qos=1) for payload in sent]:
        info.wait_for_publish(20)
    done = 0
    while done < len(sent):
        message = _nth(slow, done)
        slow.paho.ack(message.mid, 1)
        done += 1
    assert slow.payloads() == sent
    slow.close()


def _nth(client: Client, number: int) -> mqtt.MQTTMessage:
    wait_until(lambda: len(client.messages) > number, what=f"message {number}")
    return client.messages[number]
