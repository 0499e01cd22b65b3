"""Tells the engine over MQTT that the database has a command; a lost nudge costs half a second."""

from typing import Final

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from contract import topics

KEEPALIVE_S: Final = 30
QUEUED_MAX: Final = 16


class Nudger:
    """A connection that only ever publishes nudges."""

    def __init__(self, host: str, port: int, event: str, username: str, password: str) -> None:
        self._host, self._port = host, port
        self._topic = topics.hub_nudge(event)
        self._username, self._password = username, password
        self._client: mqtt.Client | None = None

    def start(self) -> None:
        """Begin to connect, and keep at it; repeatable."""
        if self._client is not None:
            return
        client = mqtt.Client(CallbackAPIVersion.VERSION2)
        client.username_pw_set(self._username, self._password)
        client.max_queued_messages_set(QUEUED_MAX)
        client.reconnect_delay_set(1, 5)
        client.connect_async(self._host, self._port, KEEPALIVE_S)
        client.loop_start()
        self._client = client

    def stop(self) -> None:
        """Disconnect; repeatable."""
        client, self._client = self._client, None
        if client is not None:
            client.disconnect()
            client.loop_stop()

    def nudge(self) -> None:
        """Wake the engine if it can be reached; it looks by itself soon anyway."""
        if self._client is not None and self._client.is_connected():
            self._client.publish(self._topic, b"", qos=0)
