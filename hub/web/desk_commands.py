"""Whoever asks for a change of people waits a moment for the engine, then hears how far it is."""

import time
from typing import Final

from hub.core.events import Event
from hub.web.commands import leave
from hub.web.errors import AlreadyDone
from hub.web.ports import WebParts

WAIT_S: Final = 3.0
"""How long an answer waits for the engine, in real seconds."""
POLL_S: Final = 0.02


def done_by_engine(parts: WebParts, event: Event) -> bool:
    """Leave a command and wait; False when the engine has not taken it yet: it will.

    Raises:
        AlreadyDone: the engine refused it; the text says why.
    """
    key = leave(parts, event)
    deadline_s = time.monotonic() + WAIT_S
    while time.monotonic() < deadline_s:
        result = parts.store.command_result(key)
        if result is None:
            return True  # whoever was forgotten took the command along
        if result.done:
            if result.error is not None:
                raise AlreadyDone(result.error)
            return True
        time.sleep(POLL_S)
    return False
