"""The one place with paho: a connection is a client of its own, born with its session number.

Nothing is decided here. What happens is posted to the inbox; a client that lost its connection is
thrown away with all it had queued, since only the outbox knows what has to go again.
"""

import logging
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from contract.limits import SIGHTING_BATCHES_OUTSTANDING_MAX, TAP_BATCHES_OUTSTANDING_MAX

LINK: Final = "link"
"""Topic of the inbox under which the state of the connection is posted."""

KEEPALIVE_S: Final = 15
CONNECT_TIMEOUT_S: Final = 5.0
FAREWELL_S: Final = 2.0
"""How long a last message may take."""

QUEUED_MAX: Final = 2 * (TAP_BATCHES_OUTSTANDING_MAX + SIGHTING_BATCHES_OUTSTANDING_MAX) + 32
"""Messages inside paho: batches outstanding, those sent again, and a few small ones."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LinkState:
    """Whether connection ``session`` can be used; if not, why."""

    session: int
    up: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message, with the boot clock when it came."""

    topic: str
    payload: bytes
    boot_ms: int


@dataclass(frozen=True, slots=True)
class Credentials:
    """Where and as whom to connect."""

    host: str
    port: int
    name: str
    secret: str


class Link:
    """Connects, publishes, and can be cut off like Wi-Fi that goes away."""

    def __init__(
        self,
        credentials: Credentials,
        filters: Sequence[str],
        boot_ms: Callable[[], int],
        post: Callable[[str, object], None],
    ) -> None:
        """Store what to subscribe to, the boot clock, and where to post what happens."""
        self._credentials = credentials
        self._filters = list(filters)
        self._boot_ms = boot_ms
        self._post = post
        self._client: mqtt.Client | None = None
        self._lock = threading.Lock()
        self._cut = False
        self._dialling: threading.Thread | None = None

    @property
    def is_cut(self) -> bool:
        """Whether the network is away."""
        return self._cut

    def dial(self, session: int, will_topic: str, will: bytes) -> None:
        """Connect in the background; the outcome is posted as a :class:`LinkState`."""
        self.hang_up()
        client = self._new_client(session)
        client.will_set(will_topic, will, qos=1, retain=True)
        with self._lock:
            self._client = client
        self._dialling = threading.Thread(
            target=self._connect, args=(client, session), name="dial", daemon=True
        )
        self._dialling.start()

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Give a message to the connection; False when there is none. QoS 1."""
        client = self._client
        if client is None:
            return False
        info = client.publish(topic, payload, qos=1, retain=retain)
        return info.rc == mqtt.MQTT_ERR_SUCCESS

    def farewell(self, topic: str, payload: bytes) -> None:
        """Publish a last retained message and disconnect, so that the broker sends no will."""
        client = self._client
        if client is not None and client.is_connected():
            with suppress(ValueError, RuntimeError):
                client.publish(topic, payload, qos=1, retain=True).wait_for_publish(FAREWELL_S)
            client.disconnect()
        self.hang_up()

    def hang_up(self) -> None:
        """Close the connection; does nothing when there is none."""
        with self._lock:
            client, self._client = self._client, None
        if client is None:
            return
        _silence(client)
        _shut(client)
        if self._dialling is not None:
            self._dialling.join(CONNECT_TIMEOUT_S)
        _shut(client)
        client.loop_stop()

    def cut(self) -> None:
        """Take the network away: the socket is closed without a word."""
        self._cut = True
        client = self._client
        if client is not None:
            _shut(client)

    def restore(self) -> None:
        """Give the network back."""
        self._cut = False

    def _new_client(self, session: int) -> mqtt.Client:
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._credentials.name,
            clean_session=True,
            reconnect_on_failure=False,
        )
        client.username_pw_set(self._credentials.name, self._credentials.secret)
        client.connect_timeout = CONNECT_TIMEOUT_S
        client.max_inflight_messages_set(QUEUED_MAX)
        client.max_queued_messages_set(QUEUED_MAX)
        _Connection(session, self._filters, self._post).listen(client)
        client.on_message = self._message
        client.on_socket_open = _send_at_once
        return client

    def _message(self, _client: mqtt.Client, _user: Any, message: mqtt.MQTTMessage) -> None:
        self._post(message.topic, Arrived(message.topic, bytes(message.payload), self._boot_ms()))

    def _connect(self, client: mqtt.Client, session: int) -> None:
        if self._cut:
            self._post(LINK, LinkState(session, up=False, reason="the network is away"))
            return
        try:
            client.connect(self._credentials.host, self._credentials.port, KEEPALIVE_S)
        except (OSError, ValueError) as error:
            self._post(LINK, LinkState(session, up=False, reason=str(error)))
            return
        client.loop_start()
        if self.is_cut:
            _shut(client)


class _Connection:
    """What paho calls during one connection."""

    def __init__(
        self, session: int, filters: Sequence[str], post: Callable[[str, object], None]
    ) -> None:
        self._session = session
        self._filters = list(filters)
        self._post = post
        self._refused = False

    def listen(self, client: mqtt.Client) -> None:
        client.on_connect = self._connected
        client.on_subscribe = self._subscribed
        client.on_disconnect = self._disconnected

    def _connected(
        self, client: mqtt.Client, _user: Any, _flags: Any, code: ReasonCode, _properties: Any
    ) -> None:
        if code.is_failure:
            self._refused = True
            self._down(f"refused: {code}")
        else:
            client.subscribe([(name, 1) for name in self._filters])

    def _subscribed(
        self, _client: mqtt.Client, _user: Any, _mid: int, codes: list[ReasonCode], _p: Any
    ) -> None:
        refused = [n for n, code in zip(self._filters, codes, strict=True) if code.is_failure]
        if refused:
            _log.error("the broker does not let this edge read %s", ", ".join(refused))
        self._post(LINK, LinkState(self._session, up=True))

    def _disconnected(
        self, _client: mqtt.Client, _user: Any, _flags: Any, code: ReasonCode, _properties: Any
    ) -> None:
        if not self._refused:
            self._down(str(code))

    def _down(self, reason: str) -> None:
        self._post(LINK, LinkState(self._session, up=False, reason=reason))


def _send_at_once(_client: mqtt.Client, _user: Any, connection: object) -> None:
    """Let a tap not wait for the answer to the message before it (Nagle's algorithm)."""
    if isinstance(connection, socket.socket):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _silence(client: mqtt.Client) -> None:
    client.on_connect = client.on_subscribe = client.on_disconnect = client.on_message = None


def _shut(client: mqtt.Client) -> None:
    connection = client.socket()
    if isinstance(connection, socket.socket):
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
