"""Pairing asks, once a second, until somebody has pressed the button on the bridge."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec

from integrations.lights.bridge import HueBridge
from integrations.lights.errors import BridgeAway, BridgeBusy, ButtonNotPressed, PairingFailed
from integrations.lights.keyfile import write_key
from integrations.lights.limits import PAIR_POLL_S

BUTTON_NOT_PRESSED: Final = 101
DEVICE_TYPE: Final = "foyer#hub"
"""How the bridge lists us among its apps."""


def pair(
    address: str,
    key_file: Path,
    timeout_s: float = 30.0,
    say: Callable[[str], None] = lambda _text: None,
    poll_s: float = PAIR_POLL_S,
) -> None:
    """Get a key from the bridge at ``address`` (host or host:port) into ``key_file`` (mode 0600).

    ``say`` is given the sentence to show while nobody has pressed the button, once. Times are
    real seconds. A former key stays in place until there is a new one.

    Raises:
        ButtonNotPressed: nobody did within ``timeout_s``.
        BridgeAway: there is no bridge at ``address``.
        PairingFailed: it answered with something else.
    """
    deadline = time.monotonic() + timeout_s
    said = False
    while True:
        try:
            return register(address, key_file)
        except ButtonNotPressed as error:
            if time.monotonic() + poll_s > deadline:
                raise ButtonNotPressed(
                    f"nobody pressed the button on the bridge at {address} within {timeout_s:.0f} s"
                ) from None
            if not said:
                say(str(error))
                said = True
        threading.Event().wait(poll_s)


def register(address: str, key_file: Path) -> None:
    """Ask the bridge once for a key and put it into ``key_file``, mode 0600, all or nothing.

    The file is as phue writes it, but written here: phue asks again for ever, each time deeper,
    when a bridge answers with a success that holds no key.

    Raises:
        ButtonNotPressed: its button was not pressed within the last 30 s.
        BridgeAway: it cannot be reached, or what answers is no bridge.
        PairingFailed: it answered with something else.
    """
    bridge = HueBridge(address, "", key_file)
    try:
        answer = bridge.request("POST", "/api", {"devicetype": DEVICE_TYPE})
    except BridgeBusy:
        raise BridgeAway(f"what answers at {address} is no bridge") from None
    write_key(key_file, address, _given_key(answer, address))


def _given_key(answer: Any, address: str) -> str:
    try:
        lines = msgspec.convert(answer, list[_Paired], strict=True)
    except msgspec.ValidationError:
        raise BridgeAway(f"what answers at {address} is no bridge") from None
    keys = [line.success.username for line in lines if line.success is not None]
    if any(line.error is not None and line.error.type == BUTTON_NOT_PRESSED for line in lines):
        raise ButtonNotPressed(f"press the button on the bridge at {address}")
    if not keys or not keys[0].isalnum():
        raise PairingFailed(f"the bridge at {address} gave no key")
    return keys[0]


class _Username(msgspec.Struct, frozen=True):
    username: str = ""


class _Refusal(msgspec.Struct, frozen=True):
    type: int


class _Paired(msgspec.Struct, frozen=True):
    success: _Username | None = None
    error: _Refusal | None = None
