"""What the hub's own MQTT client has taken over is done; the client is handed in."""

from collections.abc import Callable

from integrations.music.settings import MqttSettings
from integrations.music.wish import Request, Wish, record
from integrations.port import Done, RetryLater, Verdict

Publish = Callable[[str, bytes], bool]
"""Publishes a payload to a topic with QoS 1; True once the broker has acknowledged it."""


class MqttSink:
    """Publishes to a topic for each zone; the payload's ``id`` tells a repeated one."""

    def __init__(self, settings: MqttSettings, publish: Publish) -> None:
        self._settings = settings
        self._publish = publish

    def stop(self) -> None:
        """Nothing was opened."""

    def put(self, key: str, wish: Wish, now_ms: int) -> Verdict:  # noqa: ARG002 - part of the port
        """Publish ``wish``."""
        kind = "request" if isinstance(wish, Request) else "ranking"
        topic = f"{self._settings.prefix}/{wish.zone}/{kind}"
        if self._publish(topic, record(key, wish)):
            return Done(f"published to {topic}")
        return RetryLater("the broker is not reachable")
