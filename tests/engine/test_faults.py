"""A store that goes away costs time; what cannot be committed costs itself and nothing else."""

from collections.abc import Iterator
from typing import Any

import pytest

from contract.envelope import StreamPosition
from contract.readings import Gap
from hub.core import events as ev
from hub.engine import engine as engine_module
from hub.engine.items import Item
from hub.ingest.intake import Intake, Taken
from hub.outbox.pending import Postponed, Settlement
from hub.store import Group, StoreConflict, StoreRefused, StoreUnavailable
from tests.engine.parts import (
    EDGES,
    GREETING,
    OPENS_MS,
    OTHER_STREAM,
    QUICK,
    STREAM,
    FaultyStore,
    Hub,
    message,
    tap,
)
from tests.waiting import wait_until

AWAY = StoreUnavailable("it has gone away")


def settlement(hub: Hub, key: str | None = None, **more: Any) -> Settlement:
    """The end of an action that was handed over."""
    action = next(one for one in hub.deliverer.submitted if key in (None, one.key))
    known = {
        "outcome": "done", "detail": "sent", "person": action.person,
        "connector": action.connector, "body": action.body,
    }  # fmt: skip
    return Settlement(key=action.key, **(known | more))


def wait_told(hub: Hub, upto: int, edge: str = "pi", stream: str = STREAM) -> None:
    """Wait until an edge is told that it may forget so much."""

    def told() -> bool:
        position = hub.publisher.position(edge, stream)
        return position is not None and position.upto >= upto

    wait_until(told, what=f"{edge} to be told of {upto}")


# Away.


@pytest.mark.parametrize("answer_lost", [False, True])
def test_a_group_whose_commit_fails_is_decided_once(
    hub: Hub, store: FaultyStore, answer_lost: bool
) -> None:
    failing = store.after if answer_lost else store.before
    failing.extend([AWAY] if answer_lost else [AWAY, AWAY])
    with hub.running(message(tap(), tap("bob")), message(tap(boot_ms=4), first=3)):
        wait_told(hub, 3)
    assert len(hub.log("tapped")) == 3
    assert (hub.points("ann"), hub.points("bob")) == (2, 1)
    assert hub.held() == []
    hub.clock.advance(QUICK.lease_ms)
    hub.run()
    assert len(hub.deliverer.keys) >= len(set(hub.deliverer.keys)) == 3


@pytest.mark.parametrize("answer_lost", [False, True])
def test_the_end_of_an_action_is_written_once(
    hub: Hub, store: FaultyStore, answer_lost: bool
) -> None:
    hub.run(message(tap()))
    end = settlement(hub)
    (store.after if answer_lost else store.before).append(AWAY)
    with hub.running(end, message(tap(boot_ms=4), first=2)):
        wait_told(hub, 2)
        wait_until(lambda: hub.deliverer.confirmed, what="the worker to be told")
    assert len(hub.log("settled")) == 1
    assert hub.deliverer.confirmed == [end.key]
    action = store.views.action(end.key)
    assert action is not None
    assert action.status == "done"


def test_a_postponed_action_is_written_down_when_the_store_is_back(
    hub: Hub, store: FaultyStore
) -> None:
    hub.run(message(tap()))
    key = hub.deliverer.keys[0]
    store.before.append(AWAY)
    with hub.running(
        Postponed(key=key, attempts=2, not_before_ms=OPENS_MS + 500, reason="busy"),
        message(tap(boot_ms=4), first=2),
    ):
        wait_told(hub, 2)
    action = store.views.action(key)
    assert action is not None
    assert (action.attempts, action.not_before_ms, action.detail) == (2, OPENS_MS + 500, "busy")


def test_commands_are_taken_once_whatever_becomes_of_the_answer(
    hub: Hub, store: FaultyStore
) -> None:
    key = hub.ask(ev.Registered("cy", OPENS_MS, {"first_name": "Cy"}, ["rewards"]))
    store.after.append(AWAY)
    with hub.running():
        wait_until(lambda: (r := store.command_result(key)) is not None and r.done)
        hub.engine.arrived(*_parts(message(tap())))
        wait_told(hub, 1)
    assert len(hub.log("registered")) == 3
    result = store.command_result(key)
    assert result is not None
    assert result.error is None


def test_the_first_venue_is_version_one_even_if_the_store_was_away(store: FaultyStore) -> None:
    hub = Hub(store)
    hub.ask(hub.venue_event(GREETING))
    store.before.extend([AWAY, AWAY])
    with hub.running():
        wait_until(store.venue_at, what="a venue")
    venue = store.venue_at()
    assert venue is not None
    assert venue.version == 1


# Poison.


def _parts(item: Any) -> tuple[str, bytes, int]:
    return item.topic, item.payload, item.received_ms


def refuse_badge(badge: str, error: Exception) -> Any:
    """Refuse groups in which that badge was tapped."""
    return lambda group: error if any(badge.encode() in row.body for row in group.log) else None


@pytest.mark.parametrize(
    "error",
    [StoreRefused("cannot be held"), StoreConflict("a key"), ValueError("unforeseen")],
)
def test_a_message_that_cannot_be_committed_is_set_aside_and_the_others_are_not(
    quick_hub: Hub, sqlite_store: FaultyStore, error: Exception
) -> None:
    sqlite_store.refuses = refuse_badge("bob", error)
    quick_hub.run()
    with quick_hub.running(
        message(tap("ann")),
        message(tap("bob"), first=2),
        message(tap("ann", boot_ms=4), first=3),
    ):
        wait_told(quick_hub, 3)
        quick_hub.engine.arrived(*_parts(message(tap("ann", boot_ms=9), first=4)))
        wait_told(quick_hub, 4)
        assert quick_hub.engine.is_alive
    assert quick_hub.points("ann") == 3
    (row,) = sqlite_store.quarantine.rows()
    assert (row.source, row.edge) == ("message", "pi")
    assert b"bob" in row.payload


def test_a_store_that_goes_away_while_a_message_is_set_aside_stops_nothing(
    quick_hub: Hub, sqlite_store: FaultyStore
) -> None:
    left = [AWAY, AWAY]

    def refuse(group: Group) -> Exception | None:
        if any(b"bob" in row.body for row in group.log):
            return StoreRefused("cannot be held")
        return left.pop() if left and any(q.source == "message" for q in group.quarantine) else None

    sqlite_store.refuses = refuse
    with quick_hub.running(message(tap("bob"))):
        wait_told(quick_hub, 1)
        assert quick_hub.engine.is_alive
    assert left == []
    assert len(quick_hub.held()) == 1


class FaultyIntake(Intake):
    """An intake with a fault that shows with one badge."""

    def take(self, topic: str, payload: bytes, received_ms: int, rules: Any) -> Iterator[Taken]:
        if b"bob" in payload:
            raise ZeroDivisionError("nobody foresaw this")
        return super().take(topic, payload, received_ms, rules)


def test_a_fault_in_the_intake_costs_one_message(
    quick_hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "Intake", FaultyIntake)
    quick_hub.make_engine()
    with quick_hub.running(
        message(tap("ann")), message(tap("bob"), first=2), message(tap("ann", boot_ms=4), first=3)
    ):
        wait_until(quick_hub.held, what="it to be set aside")
        quick_hub.engine.arrived(*_parts(message(tap("ann", boot_ms=9), first=4)))
        wait_until(lambda: quick_hub.points("ann") == 3, what="the others")
        assert quick_hub.engine.is_alive


def test_a_command_that_cannot_be_committed_is_refused_and_costs_nobody_anything(
    hub: Hub, store: FaultyStore
) -> None:
    poison = hub.ask(ev.Leased("ba\0dge", "ann", OPENS_MS))
    good = hub.ask(ev.Registered("cy", OPENS_MS, {}, []))
    with hub.running(message(tap()), message(tap("bob", boot_ms=4), first=2)):
        wait_told(hub, 2)
        wait_until(lambda: (r := store.command_result(good)) is not None and r.done)
    refused = store.command_result(poison)
    assert refused is not None
    assert refused.done
    assert refused.error is not None
    assert "NUL" in refused.error
    assert "cy" in store.load_people(["cy"])
    assert len(hub.log("tapped")) == 2
    assert hub.held() == []


def test_a_row_of_the_quarantine_that_cannot_be_committed_stays_there(
    quick_hub: Hub, sqlite_store: FaultyStore
) -> None:
    quick_hub.run(message(tap("stray")))
    (row,) = sqlite_store.quarantine.rows()
    quick_hub.tell(ev.Leased("stray", "bob", OPENS_MS))
    sqlite_store.refuses = lambda group: (
        StoreRefused("cannot be held")
        if any(r.kind == "tapped" and b"stray" in r.body for r in group.log)
        else None
    )
    sqlite_store.quarantine.requeue(row.id, "eva", OPENS_MS)
    with quick_hub.running(message(tap("ann", boot_ms=4), first=2)):
        wait_told(quick_hub, 2)
        wait_until(sqlite_store.quarantine.rows, what="it to be held again")
    (again,) = sqlite_store.quarantine.rows()
    assert again.id == row.id
    assert "cannot be held" in again.reason
    assert quick_hub.points("ann") == 1


def test_what_fails_after_the_commit_sets_nothing_aside(
    quick_hub: Hub, sqlite_store: FaultyStore
) -> None:
    raised: list[str] = []

    def fail_once(edge: str, _streams: object) -> None:
        if not raised:
            raised.append(edge)
            raise RuntimeError("could not be told")

    quick_hub.publisher.on_told = fail_once
    with quick_hub.running(message(tap())):
        wait_until(lambda: raised)
        quick_hub.engine.arrived(*_parts(message(tap(boot_ms=4), first=2)))
        wait_told(quick_hub, 2)
    assert quick_hub.held() == []
    assert quick_hub.points() == 2
    assert sqlite_store.last_pos() == 7


def test_an_unknown_edges_batch_is_taken_again_and_then_comes_again(hub: Hub) -> None:
    gap = Gap(OTHER_STREAM, 1, 4, 0, 5, 9)
    hub.run(message(tap(), gap, edge="pi-new"))
    (row,) = hub.store.quarantine.rows()
    hub.publish(GREETING, edges=[*EDGES, {"name": "pi-new", "readers": {"*": "coffee"}}])
    hub.store.quarantine.requeue(row.id, "eva", OPENS_MS)
    hub.run()
    assert len(hub.log("tapped")) == 1
    hub.run(message(tap(), gap, tap(boot_ms=9), edge="pi-new"))
    assert len(hub.log("tapped")) == 2
    assert len(hub.log("gap")) == 1
    assert hub.committed("pi-new") == StreamPosition(3, [])
    assert hub.committed("pi-new", OTHER_STREAM) == StreamPosition(4, [])


def test_an_unknown_edges_batch_that_came_again_is_not_taken_again(hub: Hub) -> None:
    gap = Gap(OTHER_STREAM, 1, 4, 0, 5, 9)
    batch: Item = message(tap(), gap, edge="pi-new")
    hub.run(batch)
    (row,) = hub.store.quarantine.rows()
    hub.publish(GREETING, edges=[*EDGES, {"name": "pi-new", "readers": {"*": "coffee"}}])
    hub.run(batch)
    hub.store.quarantine.requeue(row.id, "eva", OPENS_MS)
    hub.run()
    assert hub.store.quarantine.rows("replayed")[0].id == row.id
    assert (len(hub.log("tapped")), len(hub.log("gap"))) == (1, 1)
