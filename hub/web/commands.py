"""Pages change nothing themselves: they leave a command, and nudge the engine, which applies it."""

import secrets

from hub.core.events import Event
from hub.web.ports import WebParts


def leave(parts: WebParts, event: Event, key: str | None = None) -> str:
    """Leave ``event`` for the engine; ``key`` makes doing it twice harmless. Returns the key."""
    name = key or f"web:{secrets.token_hex(12)}"
    parts.store.add_command(name, event, parts.clock.wall_ms())
    parts.nudge()
    return name
