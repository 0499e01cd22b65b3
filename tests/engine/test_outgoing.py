"""Actions go out once they are committed, and their end is confirmed once it is."""

from typing import Any

from msgspec.structs import replace

from hub.outbox.pending import Postponed, Settlement
from tests.engine.parts import GREETING, OPENS_MS, QUICK, FaultyStore, Hub, message, tap


def end_of(hub: Hub, number: int = 0, **more: Any) -> Settlement:
    """The end of an action that was handed over."""
    action = hub.deliverer.submitted[number]
    known: dict[str, Any] = {
        "outcome": "done", "detail": "sent", "person": action.person,
        "connector": action.connector, "body": action.body,
    }  # fmt: skip
    return Settlement(key=action.key, **(known | more))


def status(hub: Hub, key: str) -> str:
    action = hub.store.views.action(key)
    assert action is not None
    return action.status


def test_the_end_is_confirmed_when_it_is_committed(hub: Hub) -> None:
    hub.run(message(tap()))
    seen: list[str] = []
    hub.deliverer.on_confirm = lambda key: seen.append(status(hub, key))
    hub.run(end_of(hub))
    assert seen == ["done"]
    (key,) = hub.deliverer.keys
    assert hub.deliverer.confirmed == [key]
    assert len(hub.log("settled")) == 1


def test_what_an_outside_system_says_is_kept_whatever_it_is(hub: Hub) -> None:
    hub.run(message(tap(), tap("bob")))
    ended = end_of(hub, 0, outcome="dead", detail="a\0b\udcff")
    waits = Postponed(
        key=hub.deliverer.keys[1], attempts=1, not_before_ms=OPENS_MS + 1, reason="c\0d\udcff"
    )
    hub.run(ended, waits)
    details = [getattr(hub.store.views.action(key), "detail", None) for key in hub.deliverer.keys]
    assert details == ["a\N{REPLACEMENT CHARACTER}b?", "c\N{REPLACEMENT CHARACTER}d?"]
    assert hub.deliverer.confirmed == [ended.key]


def test_an_action_whose_lease_ran_out_is_handed_out_again(hub: Hub) -> None:
    hub.run(message(tap()))
    (key,) = hub.deliverer.keys
    hub.clock.advance(QUICK.lease_ms - 1)
    hub.run()
    assert hub.deliverer.keys == [key]
    hub.clock.advance(1)
    hub.run()
    assert hub.deliverer.keys == [key, key]
    hub.run()
    assert hub.deliverer.keys == [key, key]


def test_a_restart_hands_out_what_had_no_end_at_once(hub: Hub) -> None:
    hub.run(message(tap()))
    (key,) = hub.deliverer.keys
    hub.make_engine()
    with hub.running():
        hub.engine.nudge()
    hub.run()
    assert hub.deliverer.keys == [key]


def test_an_action_that_is_started_again_by_hand_is_handed_out(hub: Hub) -> None:
    hub.run(message(tap()))
    (key,) = hub.deliverer.keys
    hub.run(end_of(hub, outcome="dead", detail="no such address"))
    assert status(hub, key) == "dead"
    assert hub.store.replay_action(key, hub.clock.now_ms, 60_000)
    hub.run()
    assert hub.deliverer.keys == [key, key]
    assert hub.deliverer.submitted[-1].expires_ms == hub.clock.now_ms + 60_000
    hub.run(end_of(hub, -1))
    assert status(hub, key) == "done"
    assert len(hub.log("settled")) == 2


def test_a_postponed_action_waits_for_its_time(hub: Hub) -> None:
    hub.run(message(tap()))
    (key,) = hub.deliverer.keys
    due_ms = OPENS_MS + 5_000
    hub.run(Postponed(key=key, attempts=1, not_before_ms=due_ms, reason="busy"))
    hub.clock.advance(4_999)
    hub.run()
    assert hub.deliverer.keys == [key]
    hub.clock.advance(1)
    hub.run()
    assert hub.deliverer.keys == [key, key]
    assert hub.deliverer.submitted[-1].attempts == 1


def test_a_full_outbox_is_handed_out_in_parts(sqlite_store: FaultyStore) -> None:
    hub = Hub(sqlite_store, GREETING, settings=replace(QUICK, refill_rows=2))
    hub.join("ann")
    hub.run(message(*(tap(boot_ms=n) for n in range(5))))
    keys = hub.deliverer.keys
    hub.make_engine()
    hub.store.unlease("engine")
    for _ in range(3):
        hub.run()
    assert hub.deliverer.keys == keys
