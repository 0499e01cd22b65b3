"""An action is delivered by whoever holds its lease, and never by two at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from hub.core.outcome import Action
from hub.store import Group, RewardReturned, SettledRow, Store


def actions(count: int) -> list[Action]:
    return [Action(f"a{n}", "push", {"n": n}, "greet", "ann", 1_000, 90_000) for n in range(count)]


def keys(store: Store, now_ms: int, limit: int = 100) -> list[str]:
    return [pending.action.key for pending in store.actions_to_deliver(now_ms, limit)]


def test_a_running_dispatcher_has_what_was_just_decided(store: Store) -> None:
    group = Group(actions=actions(3), lease_owner="one", lease_until_ms=5_000)
    group.not_before_ms = {"a2": 2_000}
    store.commit(group)
    assert keys(store, 1_999) == []
    assert keys(store, 2_000) == ["a2"]
    assert keys(store, 5_000) == ["a0", "a1", "a2"]
    assert keys(store, 5_000, limit=2) == ["a0", "a1"]


def test_what_nobody_runs_waits(store: Store) -> None:
    store.commit(Group(actions=actions(2)))
    found = store.actions_to_deliver(0, 10)
    assert [(p.action, p.status, p.attempts) for p in found] == [
        (a, "waiting", 0) for a in actions(2)
    ]
    assert found[0].id < found[1].id


def test_a_lease_is_taken_prolonged_and_let_go(store: Store) -> None:
    store.commit(Group(actions=actions(2)))
    assert store.lease(["a0", "a1", "none"], "one", 5_000, 1_000) == {"a0", "a1"}
    assert store.lease(["a0"], "two", 6_000, 4_999) == set()
    assert store.lease(["a0"], "one", 7_000, 4_999) == {"a0"}
    assert store.lease(["a0", "a1"], "two", 9_000, 5_000) == {"a1"}
    assert store.unlease("one") == 1
    assert keys(store, 5_001) == ["a0"]
    assert store.lease([], "one", 1, 1) == set()


def test_many_dispatchers_share_without_overlap(store: Store) -> None:
    store.commit(Group(actions=actions(200)))
    wanted = [f"a{n}" for n in range(200)]

    def take(number: int) -> set[str]:
        mine = wanted[number * 10 :] + wanted[: number * 10]
        return store.lease(mine, f"dispatcher-{number}", 9_000, 1_000)

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(take, range(8)))
    assert sorted(key for some in taken for key in some) == sorted(wanted)


def test_when_the_next_is_due(store: Store) -> None:
    assert store.next_action_due_ms() is None
    store.commit(Group(actions=actions(2), not_before_ms={"a0": 7_000, "a1": 3_000}))
    assert store.next_action_due_ms() == 3_000
    store.lease(["a1"], "one", 8_000, 3_000)
    assert store.next_action_due_ms() == 7_000


@pytest.mark.parametrize("outcome", ["dead", "dropped", "expired"])
def test_what_ended_badly_can_be_started_again(store: Store, outcome: str) -> None:
    store.commit(Group(actions=actions(2), lease_owner="one", lease_until_ms=5_000))
    store.commit(
        Group(
            settled=[
                SettledRow("a0", outcome, "no such address", 6_000),  # type: ignore[arg-type]
                SettledRow("a1", "done", "", 6_000),
            ]
        )
    )
    assert store.replay_action("a0", 100_000, 5_000)
    assert not store.replay_action("a0", 100_000, 5_000)
    assert not store.replay_action("a1", 100_000, 5_000)
    assert not store.replay_action("none", 100_000, 5_000)
    (again,) = store.actions_to_deliver(100_000, 10)
    assert (again.action.key, again.replays, again.attempts) == ("a0", 1, 0)
    assert again.action.expires_ms == 105_000


@pytest.mark.parametrize("outcome", ["dead", "dropped", "expired"])
def test_a_reward_that_was_given_up_is_not_started_again(store: Store, outcome: str) -> None:
    body = {"person": "ann", "pool": "card", "index": 0}
    store.commit(Group(actions=[Action("r0", "reward", body, "greet", "ann", 1_000, 90_000)]))
    assert not store.replay_action("r0", 100_000, 5_000)
    store.commit(Group(settled=[SettledRow("r0", outcome, "", 6_000)]))  # type: ignore[arg-type]
    with pytest.raises(RewardReturned, match="r0 cannot be started again: the reward went back"):
        store.replay_action("r0", 100_000, 5_000)
    found = store.views.action("r0")
    assert found is not None
    assert (found.status, found.replays) == (outcome, 0)


def test_dead_letters_and_counts(store: Store) -> None:
    store.commit(Group(actions=actions(4)))
    ends = [SettledRow(f"a{n}", "dead", f"reason {n}", 6_000) for n in range(3)]
    store.commit(Group(settled=ends))
    dead = store.views.actions("dead")
    assert [(p.action.key, p.detail) for p in dead] == [
        ("a2", "reason 2"),
        ("a1", "reason 1"),
        ("a0", "reason 0"),
    ]
    assert [p.action.key for p in store.views.actions("dead", before_id=dead[1].id)] == ["a0"]
    assert store.views.action_counts() == {("push", "dead"): 3, ("push", "waiting"): 1}
    assert store.views.action("none") is None
