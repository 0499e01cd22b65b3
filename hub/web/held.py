"""What was held back goes on only when a person says so."""

from typing import Final

import msgspec

from hub.people.importing import HELD_SOURCE, take_again
from hub.store import RewardReturned
from hub.web.errors import AlreadyDone
from hub.web.ports import WebParts

RESEND_VALID_MS: Final = 3_600_000
"""How long an action that is sent again has to be delivered (venue time)."""


def stopped_connectors(parts: WebParts) -> dict[str, str]:
    """Return the connectors that rest until somebody acts, each with its reason."""
    note = parts.store.status.get("stopped")
    return msgspec.json.decode(note, type=dict[str, str]) if note else {}


def replay_held(parts: WebParts, number: int, by: str) -> bool:
    """Ask the engine to take something in again; False when it is not in quarantine."""
    store, now_ms = parts.store, parts.clock.wall_ms()
    row = store.quarantine.get(number)
    if row is not None and row.source.startswith(HELD_SOURCE):
        done = take_again(store, row, now_ms) is None
    else:
        done = store.quarantine.requeue(number, by, now_ms)
    parts.nudge()
    return done


def discard(parts: WebParts, number: int, by: str) -> bool:
    """Give something up for good; False when it is not in quarantine."""
    return parts.store.quarantine.discard(number, by, parts.clock.wall_ms())


def resend(parts: WebParts, key: str) -> bool:
    """Start an action again that was given up; False when it was not.

    Raises:
        AlreadyDone: it is a reward, which is in its pool again.
    """
    try:
        done = parts.store.replay_action(key, parts.clock.wall_ms(), RESEND_VALID_MS)
    except RewardReturned as error:
        raise AlreadyDone(str(error)) from error
    parts.nudge()
    return done
