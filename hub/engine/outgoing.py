"""What became of actions goes back into the log; what waits in the store is handed out again."""

from collections.abc import Iterable
from typing import Protocol

import msgspec

from hub.core import events as ev
from hub.core.outcome import Action
from hub.engine.group import OWNER, Work
from hub.engine.items import Item
from hub.engine.memory import Memory
from hub.outbox.pending import Pending, Postponed, Settlement
from hub.store import RetryRow, SettledRow, Store
from hub.store.group import SettledOutcome


class Deliverer(Protocol):
    """Takes actions once they are committed."""

    def submit(self, actions: Iterable[Pending]) -> None:
        """Deliver these."""

    def confirm(self, connector: str, key: str) -> None:
        """The end of this one is committed."""


def pending(action: Action, attempts: int = 0) -> Pending:
    """An action in the form in which it is delivered."""
    return Pending(
        key=action.key,
        connector=action.connector,
        body=action.body,
        person=action.person,
        consent=action.consent,
        needs=action.needs,
        coalesce=action.coalesce,
        expires_ms=action.expires_ms,
        attempts=attempts,
    )


def note_reports(work: Work, memory: Memory, items: list[Item]) -> None:
    """Log what came to its end, and write down what is to be tried again."""
    memory.need(item.person for item in items if isinstance(item, Settlement))
    for item in items:
        if isinstance(item, Settlement):
            _settle(work, memory, item)
        elif isinstance(item, Postponed):
            work.group.retries.append(
                RetryRow(item.key, item.attempts, item.not_before_ms, plain(item.reason))
            )


def _settle(work: Work, memory: Memory, item: Settlement) -> None:
    if item.person is not None and memory.resolve(item.person) in memory.forgotten:
        return  # nothing may be written of them any more; what was reserved went back with them
    reward = item.connector == "reward"
    event = ev.Settled(
        key=item.key,
        outcome=item.outcome,
        at_ms=work.now_ms,
        detail=plain(item.detail),
        person=item.person,
        pool=item.body.get("pool") if reward else None,
        index=item.body.get("index") if reward else None,
    )
    reason = work.try_to_decide(f"settled:{item.key}/{work.pos + 1}", event)
    if reason is not None:
        work.set_aside("settled", "", reason, msgspec.json.encode(event))
    work.group.settled.append(SettledRow(item.key, item.outcome, event.detail, work.now_ms))


def settle(work: Work, action: Action, outcome: SettledOutcome, detail: str) -> None:
    """Let an action that waits come to its end without being sent."""
    reward = action.connector == "reward"
    event = ev.Settled(
        key=action.key,
        outcome=outcome,
        at_ms=work.now_ms,
        detail=detail,
        person=action.person,
        pool=action.body.get("pool") if reward else None,
        index=action.body.get("index") if reward else None,
    )
    work.try_to_decide(f"settled:{action.key}/{work.pos + 1}", event)
    work.group.settled.append(SettledRow(action.key, outcome, detail, work.now_ms))


def plain(text: str) -> str:
    """What an outside system said, in a form that any database can hold."""
    readable = text.encode("utf-8", "replace").decode()
    return readable.replace("\0", "\N{REPLACEMENT CHARACTER}")


def refill(store: Store, deliverer: Deliverer, now_ms: int, lease_ms: int, rows: int) -> None:
    """Hand out actions that wait in the store: after a restart, a replay, or a full queue."""
    waiting = store.actions_to_deliver(now_ms, rows)
    if not waiting:
        return
    mine = store.lease([one.action.key for one in waiting], OWNER, now_ms + lease_ms, now_ms)
    deliverer.submit(pending(one.action, one.attempts) for one in waiting if one.action.key in mine)
