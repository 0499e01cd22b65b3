"""A document is put in force by the engine alone; whoever asks for it waits for its answer."""

import time
from typing import Final

from hub.bootstrap import apply_venue
from hub.cli.running_parts import is_running
from hub.config import ConfigFault
from hub.core.document import Venue
from hub.home import Home
from hub.store import Store
from hub.store.commands import CommandResult

POLL_S: Final = 0.05


def publish(
    home: Home, store: Store, venue: Venue, wait_s: float, *, past: bool = False
) -> tuple[bool, str]:
    """Ask for a document; returns whether it was not refused, with a sentence.

    The devices of its edges are made first, so that they can connect once it is in force. With
    ``past`` its rules count what has happened before.

    Raises:
        ConfigFault: it is of another event.
    """
    if venue.event.id != home.event:
        raise ConfigFault(
            f"{home.data} runs the event {home.event!r}, the document is of {venue.event.id!r}"
        )
    now_ms = home.clock().wall_ms()
    for edge in venue.edges:
        home.ensure_device(store, edge.name, "edge", now_ms)
    home.export_devices(store)
    key = apply_venue(store, venue, "cli", now_ms, past=past)
    if key is None:
        return True, "that document is in force already"
    if not is_running(home, "engine"):
        return True, "the engine is not running: it takes the document when it starts"
    result = _answer(store, key, wait_s)
    if result is None:
        return False, f"the engine has not answered within {wait_s:g} s; it takes it when it can"
    if result.error is not None:
        return False, f"the engine refused it: {result.error}"
    current = store.venue_at()
    version = current.version if current else "?"
    return True, f"version {version} is in force, with {len(venue.rules)} rules"


def _answer(store: Store, key: str, wait_s: float) -> CommandResult | None:
    deadline_s = time.monotonic() + wait_s
    while time.monotonic() < deadline_s:
        result = store.command_result(key)
        if result is not None and result.done:
            return result
        time.sleep(POLL_S)
    return None
