"""A device that says on the wire whatever a test wants it to, true or not."""

import secrets
from typing import Any, Final, Self

import msgspec
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from contract import topics
from contract.clock import Clock, SystemClock
from contract.topics import UpLane
from tests.harness.ports import HOST
from tests.waiting import wait_until

ACK_S_MAX: Final = 20.0


class Device:
    """One connection with a device's name and secret."""

    def __init__(
        self, port: int, event: str, name: str, secret: str, clock: Clock | None = None
    ) -> None:
        """Store where to connect, as whom, and what its clocks show."""
        self._clock = clock or SystemClock()
        self.name = name
        self.stream = secrets.token_hex(8)
        self.refusal: str | None = None
        self._port = port
        self._event = event
        self._next = 1
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=f"{name}-{self.stream}",
            reconnect_on_failure=False,
        )  # fmt: skip
        self._client.username_pw_set(name, secret)
        self._client.on_connect = self._connected

    def __enter__(self) -> Self:
        self._client.connect(HOST, self._port)
        self._client.loop_start()
        wait_until(lambda: self.refusal is not None or self.is_connected, what="an answer")
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    @property
    def is_connected(self) -> bool:
        """Whether the broker has it."""
        return bool(self._client.is_connected())

    def publish(self, lane: UpLane, payload: bytes, *, acknowledged: bool = True) -> None:
        """Publish bytes as they are."""
        sent = self._client.publish(topics.up(self._event, self.name, lane), payload, qos=1)
        if acknowledged:
            wait_until(sent.is_published, ACK_S_MAX, "the broker's acknowledgement")

    def batch(self, *records: dict[str, Any], **envelope: Any) -> bytes:
        """Write a batch that is right but for what is given; it takes the next numbers."""
        first, self._next = self._next, self._next + len(records)
        now_ms = self._clock.wall_ms()
        clock = {"boot_ms": now_ms, "wall_ms": now_ms, "quality": "ntp"}
        whole = {"v": 1, "stream": self.stream, "first": first, "boot": "b007b007", "clock": clock}
        return msgspec.json.encode({**whole, **envelope, "records": records})

    def tap(self, badge: str, **more: Any) -> dict[str, Any]:
        """Write a tap of now."""
        now_ms = self._clock.wall_ms()
        return {"kind": "tap", "badge": badge, "reader": "r", "boot_ms": now_ms, **more}

    def sighting(self, badge: str, **more: Any) -> dict[str, Any]:
        """Write a sighting of now."""
        return {**self.tap(badge), "kind": "sighting", "rssi_dbm": -60, **more}

    def _connected(self, _client: Any, _user: Any, _flags: Any, code: Any, _p: Any) -> None:
        if code.is_failure:
            self.refusal = str(code)
