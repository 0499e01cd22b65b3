"""Pairing asks, once a second, until somebody has pressed the button on the bridge."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from integrations.lights.bridge import register
from integrations.lights.errors import ButtonNotPressed
from integrations.lights.limits import PAIR_POLL_S


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
