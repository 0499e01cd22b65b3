"""A key is given to whoever asks within thirty seconds of the button, once for each press."""

import json
import secrets
from typing import Any

from integrations.lights.emulator import reply
from integrations.lights.emulator.house import House
from integrations.lights.emulator.reply import Refused, Reply, ok, success

BUTTON_VALID_MS = 30_000.0
DEVICETYPE_CHARS_MAX = 40
PARAMETERS = {"devicetype", "generateclientkey"}


class Button:
    """The button on the bridge, and POST /api."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._pressed_ms: float | None = None

    def press(self, now_ms: float) -> None:
        """Somebody presses it."""
        self._pressed_ms = now_ms

    def left_ms(self, now_ms: float) -> float:
        """For how much longer the bridge gives out a key."""
        if self._pressed_ms is None:
            return 0.0
        return max(0.0, BUTTON_VALID_MS - (now_ms - self._pressed_ms))

    def pair(self, body: bytes, now_ms: float) -> Reply:
        """POST /api. Raises Refused."""
        data = read_json(body, "")
        device = _device(data)
        if self.left_ms(now_ms) <= 0:
            raise Refused(reply.BUTTON_NOT_PRESSED, "")
        self._pressed_ms = None
        given = {"username": self._house.new_key(device)}
        if data.get("generateclientkey") is True:
            given["clientkey"] = secrets.token_hex(16).upper()
        return ok([success(given)])


def read_json(body: bytes, address: str) -> dict[str, Any]:
    """Read a body that must be a JSON object. Raises Refused."""
    try:
        data = json.loads(body)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise Refused(reply.INVALID_JSON, address)
    return data


def _device(data: dict[str, Any]) -> str:
    device = data.get("devicetype")
    if device is None:
        raise Refused(reply.MISSING_PARAMETERS, "")
    if not isinstance(device, str) or not 0 < len(device) <= DEVICETYPE_CHARS_MAX:
        raise Refused(reply.INVALID_VALUE, "/devicetype", "devicetype", device)
    for name in sorted(set(data) - PARAMETERS):
        raise Refused(reply.NO_SUCH_PARAMETER, f"/{name}", name)
    return device
