"""An action is delivered by whoever holds its lease; a lease is taken by one conditional update."""

from collections.abc import Collection, Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from hub.core.outcome import Action
from hub.store import tables
from hub.store.errors import RewardReturned

KEYS_AT_ONCE_MAX: Final = 500
"""Most keys in one statement."""

OPEN: Final = ("waiting", "leased")
REPLAYABLE: Final = ("dead", "dropped", "expired")

RETURNED: Final = "reward"
"""The connector whose actions are not started again: when one comes to a bad end its number goes
back to the pool, and may be somebody else's by now."""

_action = msgspec.json.Decoder(Action)
_a = tables.action.c
_COLUMNS: Final = (
    _a.id, _a.body, _a.status, _a.attempts, _a.replays, _a.not_before_ms, _a.expires_ms, _a.detail,
)  # fmt: skip


class PendingAction(Struct, frozen=True):
    """An action and how far it is; ``action.expires_ms`` is as it was last prolonged.

    ``id`` ascends in the order of commits: of two that overwrite each other the higher is newer.
    ``replays`` counts how often it was started again after its end.
    """

    id: int
    action: Action
    status: str
    attempts: int
    replays: int
    not_before_ms: int
    detail: str | None


def pending(row: Sequence[Any]) -> PendingAction:
    """Make a value of a row of ``_COLUMNS``."""
    number, body, status, attempts, replays, not_before_ms, expires_ms, detail = row
    action = _action.decode(body)
    if action.expires_ms != expires_ms:
        action = msgspec.structs.replace(action, expires_ms=expires_ms)
    return PendingAction(number, action, status, attempts, replays, not_before_ms, detail)


def to_deliver(connection: Connection, event: str, now_ms: int, limit: int) -> list[PendingAction]:
    """Return what may be leased now, oldest first."""
    query = select(*_COLUMNS).where(_a.event == event, _free(now_ms))
    return [pending(row) for row in connection.execute(query.order_by(_a.id).limit(limit))]


def next_due_ms(connection: Connection, event: str) -> int | None:
    """Return the earliest instant at which something may be leased; it may be past."""
    dues = (
        select(column).where(_a.event == event, _a.status == status).order_by(column).limit(1)
        for status, column in (("waiting", _a.not_before_ms), ("leased", _a.lease_until_ms))
    )
    found = [due for query in dues if (due := connection.scalar(query)) is not None]
    return min(found, default=None)


def lease(
    connection: Connection,
    event: str,
    keys: Collection[str],
    owner: str,
    until_ms: int,
    now_ms: int,
) -> set[str]:
    """Take the lease of those of ``keys`` that are free, or prolong one's own.

    Returns the keys that ``owner`` holds now; two dispatchers never get the same one.
    """
    wanted = list(keys)
    got: set[str] = set()
    for start in range(0, len(wanted), KEYS_AT_ONCE_MAX):
        some = wanted[start : start + KEYS_AT_ONCE_MAX]
        mine = and_(_a.status == "leased", _a.lease_owner == owner)
        statement = (
            update(tables.action)
            .where(_a.event == event, _a.key.in_(some), or_(_free(now_ms), mine))
            .values(status="leased", lease_owner=owner, lease_until_ms=until_ms)
            .returning(_a.key)
        )
        got.update(connection.scalars(statement))
    return got


def waiting_of(connection: Connection, event: str, persons: Collection[str]) -> list[PendingAction]:
    """Return what waits to be sent to somebody, by whichever of their ids."""
    query = select(*_COLUMNS).where(
        _a.event == event, _a.person.in_(list(persons)), _a.status == "waiting"
    )
    return [pending(row) for row in connection.execute(query.order_by(_a.id))]


def unlease(connection: Connection, event: str, owner: str) -> int:
    """Let go of all that ``owner`` holds, so that another may go on at once; returns how many."""
    statement = (
        update(tables.action)
        .where(_a.event == event, _a.status == "leased", _a.lease_owner == owner)
        .values(status="waiting", lease_owner=None, lease_until_ms=0)
    )
    return connection.execute(statement).rowcount


def replay(connection: Connection, event: str, key: str, now_ms: int, valid_ms: int) -> bool:
    """Start an action again that came to a bad end; it then has ``valid_ms`` to be delivered.

    Returns False when there is no such action, or it came to no bad end.

    Raises:
        RewardReturned: it would deliver a reward that is in its pool again.
    """
    chosen = and_(_a.event == event, _a.key == key, _a.status.in_(REPLAYABLE))
    if connection.scalar(select(_a.connector).where(chosen)) == RETURNED:
        raise RewardReturned(
            f"{key} cannot be started again: the reward went back to its pool when it was given "
            "up, and may be somebody else's by now"
        )
    statement = (
        update(tables.action)
        .where(chosen)
        .values(
            status="waiting", attempts=0, replays=_a.replays + 1, not_before_ms=now_ms,
            expires_ms=now_ms + valid_ms, settled_ms=None, lease_until_ms=0,
        )
    )  # fmt: skip
    return connection.execute(statement).rowcount == 1


def by_status(
    connection: Connection, event: str, status: str, before_id: int | None, limit: int
) -> list[PendingAction]:
    """Return actions with that status, newest first."""
    query = select(*_COLUMNS).where(_a.event == event, _a.status == status)
    if before_id is not None:
        query = query.where(_a.id < before_id)
    return [pending(row) for row in connection.execute(query.order_by(_a.id.desc()).limit(limit))]


def _free(now_ms: int) -> ColumnElement[bool]:
    return or_(
        and_(_a.status == "waiting", _a.not_before_ms <= now_ms),
        and_(_a.status == "leased", _a.lease_until_ms <= now_ms),
    )


def one(connection: Connection, event: str, key: str) -> PendingAction | None:
    """Return the action with that key."""
    query = select(*_COLUMNS).where(_a.event == event, _a.key == key)
    row = connection.execute(query).one_or_none()
    return pending(row) if row else None
