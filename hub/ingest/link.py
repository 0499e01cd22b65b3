"""The hub's connection to the broker: what arrives goes into one bounded queue, unread.

When the queue is full the network thread waits, the broker's in-flight window fills, and edges
keep what they have: nothing is thrown away here.
"""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from contract import topics
from contract.clock import Clock
from contract.codec import decode, encode
from contract.envelope import (
    ClockReply,
    ClockRequest,
    Committed,
    Desired,
    HubState,
    StreamPosition,
)
from contract.errors import ContractError

KEEPALIVE_S: Final = 20
RECONNECT_S_MAX: Final = 5
FAREWELL_S: Final = 2.0
"""How long a last message may take."""
TAKEN_WAIT_S: Final = 5.0
"""How long the broker's word is waited for when something is published for an outside system."""
OUTGOING_MESSAGES_MAX: Final = 10_000
"""Most messages waiting to be sent; a watermark that does not fit is sent with the next commit."""

READING_LANES: Final[tuple[topics.UpLane, ...]] = ("taps", "sightings", "health", "reported")


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """Where the broker is and who we are there."""

    host: str
    port: int
    event: str
    username: str
    password: str
    session: int


def send_at_once(_client: mqtt.Client, _userdata: Any, sock: Any) -> None:
    """Watermarks are small and waited for: do not let TCP hold them back for company."""
    if isinstance(sock, socket.socket):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class HubLink:
    """Connects, subscribes to every edge, and tells them what is committed."""

    def __init__(
        self,
        settings: LinkSettings,
        clock: Clock,
        received: Callable[[str, bytes, int], None],
        nudged: Callable[[], None],
        connected: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._received = received
        self._nudged = nudged
        self._on_connected = connected
        self._connected = threading.Event()
        self._client: mqtt.Client | None = None

    def start(self) -> None:
        """Begin to connect, and keep at it; returns at once."""
        if self._client is not None:
            return
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"{self._settings.username}-{self._settings.session}",
            reconnect_on_failure=True,
        )
        client.username_pw_set(self._settings.username, self._settings.password)
        client.max_queued_messages_set(OUTGOING_MESSAGES_MAX)
        client.reconnect_delay_set(1, RECONNECT_S_MAX)
        client.will_set(self._state_topic, self._state(alive=False), qos=1, retain=True)
        client.on_socket_open = send_at_once
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        self._client = client
        client.connect_async(self._settings.host, self._settings.port, KEEPALIVE_S)
        client.loop_start()

    def stop(self) -> None:
        """Say goodbye and disconnect."""
        client, self._client = self._client, None
        if client is None:
            return
        if client.is_connected():
            sent = client.publish(self._state_topic, self._state(alive=False), 1, retain=True)
            with suppress(RuntimeError, ValueError):  # not sent after all: then the will is
                sent.wait_for_publish(FAREWELL_S)
        client.disconnect()
        client.loop_stop()
        self._connected.clear()

    @property
    def is_connected(self) -> bool:
        """Whether the broker has accepted us."""
        return self._connected.is_set()

    def publish_committed(self, edge: str, streams: dict[str, StreamPosition]) -> None:
        """Tell an edge up to where it may forget."""
        topic = topics.down(self._settings.event, edge, "committed")
        self._publish(topic, encode(Committed(streams=streams)), retain=True)

    def publish_desired(self, edge: str, desired: Desired) -> None:
        """Tell an edge which configuration to run."""
        topic = topics.down(self._settings.event, edge, "desired")
        self._publish(topic, encode(desired), retain=True)

    def publish_nudge(self, payload: bytes) -> None:
        """Tell the hub's other processes that the database has news."""
        self._publish(topics.hub_nudge(self._settings.event), payload, retain=False)

    def publish_raw(self, topic: str, payload: bytes) -> bool:
        """Publish something for an outside system; say whether the broker has taken it.

        ``topic`` stands below ``foyer/<event>/``, the hub having no right to any other. Waits for
        the broker, so it is for a connector's thread and not for the engine's.
        """
        client = self._client
        if client is None or not client.is_connected():
            return False
        sent = client.publish(f"foyer/{self._settings.event}/{topic}", payload, qos=1)
        if sent.rc != mqtt.MQTT_ERR_SUCCESS:
            return False
        sent.wait_for_publish(TAKEN_WAIT_S)
        return sent.is_published()

    @property
    def _state_topic(self) -> str:
        return topics.hub_state(self._settings.event)

    def _state(self, *, alive: bool) -> bytes:
        return encode(HubState(session=self._settings.session, alive=alive))

    def _publish(self, topic: str, payload: bytes, *, retain: bool) -> bool:
        client = self._client
        if client is None or not client.is_connected():
            return False
        return client.publish(topic, payload, qos=1, retain=retain).rc == mqtt.MQTT_ERR_SUCCESS

    def _on_connect(
        self,
        client: mqtt.Client,
        _userdata: Any,
        _flags: mqtt.ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            return
        event = self._settings.event
        lanes = [*READING_LANES, "clock"]
        filters = [(topics.up_all(event, lane), 1) for lane in lanes]
        client.subscribe([*filters, (topics.hub_nudge(event), 1)])
        client.publish(self._state_topic, self._state(alive=True), qos=1, retain=True)
        self._connected.set()
        self._on_connected()

    def _on_disconnect(self, *_: object) -> None:
        self._connected.clear()

    def _on_message(self, client: mqtt.Client, _userdata: Any, message: mqtt.MQTTMessage) -> None:
        received_ms = self._clock.wall_ms()
        topic = message.topic
        if topic.endswith("/up/clock"):
            self._answer_clock(client, topic, bytes(message.payload), received_ms)
        elif topic.endswith("/hub/nudge"):
            self._nudged()
        else:
            self._received(topic, bytes(message.payload), received_ms)

    def _answer_clock(
        self, client: mqtt.Client, topic: str, payload: bytes, received_ms: int
    ) -> None:
        """Say what time it is; a question that cannot be read is passed on like a reading."""
        try:
            address = topics.parse_up(topic)
            request = decode(payload, ClockRequest)
        except ContractError:
            self._received(topic, payload, received_ms)
            return
        reply = ClockReply(boot=request.boot, boot_ms=request.boot_ms, hub_ms=received_ms)
        where = topics.down(address.event, address.edge, "clock")
        client.publish(where, encode(reply), qos=1)
