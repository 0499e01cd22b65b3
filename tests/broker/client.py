"""A paho client that remembers what it was told."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from tests.broker_process import BrokerHandle
from tests.waiting import wait_until

ANSWER_S_MAX = 20.0
P = Properties | None


class Refused(Exception):  # noqa: N818 - named after what happened
    """The broker did not let the client in."""


class Client:
    """One connection, its messages in the order they came."""

    def __init__(self, name: str, secret: str, *, clean: bool = True) -> None:
        self.name = name
        self.messages: list[mqtt.MQTTMessage] = []
        self.answers: list[bool] = []
        """Whether each CONNACK let the client in."""
        self.closed = threading.Event()
        self.granted: list[list[bool]] = []
        """For each SUBACK, whether each filter was granted."""
        self.paho = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=f"{name}/1", clean_session=clean,
            reconnect_on_failure=False,
        )  # fmt: skip
        if name:
            self.paho.username_pw_set(name, secret)
        self.paho.on_connect = self._connected
        self.paho.on_message = self._arrived
        self.paho.on_subscribe = self._granted
        self.paho.on_disconnect = self._disconnected

    def open(self, broker: BrokerHandle) -> None:
        """Connect and wait for the answer.

        Raises:
            Refused: the broker said no, or closed the connection.
        """
        self.paho.connect(broker.host, broker.port)
        self.paho.loop_start()
        wait_until(lambda: self.answers or self.closed.is_set(), what="CONNACK")
        if not self.answers or not self.answers[-1]:
            raise Refused(self.name)

    def close(self) -> None:
        """Say goodbye."""
        self.paho.disconnect()
        self.paho.loop_stop()

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> mqtt.MQTTMessageInfo:
        """Publish with QoS 1 and wait for the PUBACK."""
        info = self.paho.publish(topic, payload, qos=1, retain=retain)
        info.wait_for_publish(ANSWER_S_MAX)
        return info

    def subscribe(self, *filters: str) -> list[bool]:
        """Subscribe with QoS 1 and return which filters were granted."""
        before = len(self.granted)
        self.paho.subscribe([(topic_filter, 1) for topic_filter in filters])
        wait_until(lambda: len(self.granted) > before, what="SUBACK")
        return self.granted[-1]

    def payloads(self, topic: str | None = None) -> list[bytes]:
        """Return what has arrived, on one topic or all."""
        return [bytes(m.payload) for m in self.messages if topic in {None, m.topic}]

    def wait_for(self, payload: bytes) -> mqtt.MQTTMessage:
        """Wait until ``payload`` has arrived."""
        wait_until(lambda: payload in self.payloads(), what=f"{payload!r} at {self.name}")
        return self.messages[self.payloads().index(payload)]

    def _connected(
        self, _c: mqtt.Client, _u: object, _f: mqtt.ConnectFlags, code: ReasonCode, _p: P
    ) -> None:
        self.answers.append(not code.is_failure)

    def _arrived(self, _client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage) -> None:
        self.messages.append(message)

    def _granted(
        self, _c: mqtt.Client, _u: object, _mid: int, codes: list[ReasonCode], _p: P
    ) -> None:
        self.granted.append([not code.is_failure for code in codes])

    def _disconnected(
        self, _c: mqtt.Client, _u: object, _f: mqtt.DisconnectFlags, _r: ReasonCode, _p: P
    ) -> None:
        self.closed.set()


@contextmanager
def connect(
    broker: BrokerHandle, name: str, secret: str, *, clean: bool = True
) -> Iterator[Client]:
    """Open a client for the length of a block."""
    client = Client(name, secret, clean=clean)
    try:
        client.open(broker)
        yield client
    finally:
        client.close()
