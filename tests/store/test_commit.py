"""A group is committed whole or not at all, and read back as it was."""

import pytest

from contract.envelope import StreamPosition
from hub.core.outcome import Action, Decision, Grant, Message, Outcome
from hub.core.state import Lease, Person, Pool, Presence, Timer, Zone
from hub.store import (
    Group,
    LogRow,
    PublishedVenue,
    QuarantineRow,
    RetryRow,
    SettledRow,
    Store,
    StoreConflict,
    StoreRefused,
)
from hub.store.load import Whereabouts


def log_row(pos: int, key: str | None = None, person: str | None = "ann") -> LogRow:
    return LogRow(pos, key or f"key-{pos}", person, "tapped", 1_000 * pos, 1_000 * pos + 5, b"{}")


def action(key: str, person: str | None = "ann") -> Action:
    return Action(key, "push", {"title": "Hello"}, "greet", person, 1_000, 90_000)


def decision(key: str, person: str | None = "ann") -> Decision:
    return Decision(key, "greet", 1, person, "stage", 1_000, "fired", "because")


def full_group() -> Group:
    return Group(
        log=[log_row(1), log_row(2, person=None)],
        people={
            "ann": Person("ann", attributes={"colour": "#ff0000"}, place="stage", since_ms=900),
            "bob": Person("bob", consents=frozenset({"push"})),
        },
        zones={"stage": Zone("stage", {"ann": Presence(900, "#ff0000", ("Nena",))})},
        pools={"coffee": Pool("coffee", 10, 1)},
        leases={"badge-1": (Lease(500, "ann"),), "badge-2": (Lease(400, "bob"), Lease(600, None))},
        decisions=[decision("d1")],
        actions=[action("a1")],
        messages=[Message("m1", "ann", 1_000, "Hello", "you", "coffee", 0)],
        grants=[Grant("coffee", 0, "ann", "a1", 1_000)],
        timers={"t2": Timer("t2", 9_000, "dwell", "greet"), "t1": Timer("t1", 5_000, "show", "x")},
        streams={("edge-1", "00" * 8): StreamPosition(7, [(9, 12)])},
        quarantine=[QuarantineRow("taps", "edge-1", "no such badge", b"\x00raw", 1_000, "b9")],
        venue=PublishedVenue(1, '{"places": []}', 100, "eva"),
    )


def test_everything_is_read_back_as_it_was(store: Store) -> None:
    group = full_group()
    store.commit(group)
    state = store.load_engine()
    assert state.last_pos == 2
    assert state.venue == group.venue
    assert state.zones == group.zones
    assert state.pools == group.pools
    assert state.leases == group.leases
    assert state.streams == group.streams
    assert state.places == {"ann": Whereabouts("stage", 900)}
    assert [timer.key for timer in state.timers] == ["t1", "t2"]
    assert store.load_people(["ann", "bob", "nobody"]) == group.people
    assert list(store.log_from()) == group.log
    assert store.count_people() == 2


def test_an_empty_store_is_a_state_too(store: Store) -> None:
    state = store.load_engine()
    assert (state.last_pos, state.venue, state.timers) == (0, None, [])
    store.commit(Group())
    assert store.load_engine() == state


def test_later_state_overwrites_earlier(store: Store) -> None:
    store.commit(full_group())
    moved = Person("ann", place=None, points=5)
    store.commit(
        Group(
            log=[log_row(3)],
            people={"ann": moved},
            timers={"t1": None, "t2": Timer("t2", 11_000, "dwell", "greet")},
            leases={"badge-1": (Lease(500, "ann"), Lease(2_000, None))},
            streams={("edge-1", "00" * 8): StreamPosition(12)},
        )
    )
    state = store.load_engine()
    assert store.load_people(["ann"]) == {"ann": moved}
    assert state.places == {}
    assert [(timer.key, timer.due_ms) for timer in state.timers] == [("t2", 11_000)]
    assert state.leases["badge-1"] == (Lease(500, "ann"), Lease(2_000, None))
    assert state.streams == {("edge-1", "00" * 8): StreamPosition(12)}


@pytest.mark.parametrize("again", [log_row(2, "other"), log_row(3, "key-1")])
def test_a_log_row_that_is_there_undoes_the_whole_group(store: Store, again: LogRow) -> None:
    store.commit(full_group())
    before = store.load_engine()
    with pytest.raises(StoreConflict):
        store.commit(
            Group(log=[log_row(4), again], people={"cid": Person("cid")}, actions=[action("a9")])
        )
    assert store.load_engine() == before
    assert store.load_people(["cid"]) == {}
    assert store.views.action("a9") is None
    assert store.known_keys(["key-4"]) == set()


def test_effects_that_are_there_are_left_alone(store: Store) -> None:
    group = full_group()
    store.commit(group)
    store.commit(Group(settled=[SettledRow("a1", "done", "", 2_000)]))
    again = Group(
        decisions=group.decisions,
        actions=group.actions,
        messages=group.messages,
        grants=group.grants,
    )
    store.commit(again)
    found = store.views.action("a1")
    assert found is not None
    assert found.status == "done"
    assert len(store.views.decisions()) == 1
    assert len(store.inbox.of("ann")) == 1
    assert [reward.status for reward in store.rewards.of("ann")] == ["issued"]


def test_known_keys_are_those_in_the_log_of_this_event(store: Store, database_url: str) -> None:
    store.commit(Group(log=[log_row(n) for n in range(1, 1_200)]))
    asked = [f"key-{n}" for n in range(1_100, 1_300)]
    assert store.known_keys(asked) == {f"key-{n}" for n in range(1_100, 1_200)}
    assert store.known_keys([]) == set()
    with Store(database_url, "other") as other:
        assert other.known_keys(asked) == set()


def test_the_log_is_read_in_order_and_in_part(store: Store) -> None:
    rows = [log_row(n, person="ann" if n % 2 else "bob") for n in range(1, 21)]
    store.commit(Group(log=rows))
    assert list(store.log_from(15)) == rows[15:]
    assert list(store.log_from(3, limit=4)) == rows[3:7]
    assert list(store.log_from(limit=0)) == []
    assert [row.pos for row in store.log_of("ann")] == list(range(1, 21, 2))
    assert [row.pos for row in store.log_of("bob", until_ms=6_000)] == [2, 4, 6]


def test_the_venue_of_an_instant(store: Store) -> None:
    for version in (1, 2):
        store.commit(Group(venue=PublishedVenue(version, f'"{version}"', version * 100)))
    assert store.venue_at(99) is None
    first, newest = store.venue_at(199), store.venue_at()
    assert first is not None
    assert newest is not None
    assert (first.version, newest.version) == (1, 2)


def test_a_group_collects_outcomes(store: Store) -> None:
    group = Group()
    timer = Timer("t", 5_000, "dwell", "greet", person="ann")
    group.add(Outcome(people=(Person("ann", points=1),), timers_set=(timer,)))
    group.add(Outcome(people=(Person("ann", points=2),), timers_cancelled=("t",)))
    group.add(Outcome(timers_set=(timer,), pools=(Pool("coffee", 3),), zones=(Zone("stage"),)))
    store.commit(group)
    state = store.load_engine()
    assert state.timers == [timer]
    assert store.load_people(["ann"])["ann"].points == 2
    assert (list(state.pools), list(state.zones)) == (["coffee"], ["stage"])


def test_rebuilding_empties_what_the_log_fills_again(store: Store) -> None:
    store.commit(full_group())
    store.reset_state()
    state = store.load_engine()
    assert (state.last_pos, state.zones, state.pools, state.places) == (2, {}, {}, {})
    assert (state.timers, state.leases, store.count_people()) == ([], {}, 0)
    assert store.views.decisions() == []
    assert state.streams
    assert store.quarantine.rows()
    assert store.rewards.of("ann")
    assert store.views.action("a1") is not None


def test_retries_and_settlements(store: Store) -> None:
    store.commit(Group(actions=[action("a1"), action("a2")], lease_owner="d1", lease_until_ms=500))
    store.commit(
        Group(
            retries=[RetryRow("a1", 1, 700, "busy")],
            settled=[SettledRow("a2", "dead", "gone", 600)],
        )
    )
    retried, dead = store.views.action("a1"), store.views.action("a2")
    assert retried is not None
    assert dead is not None
    assert (retried.status, retried.attempts, retried.not_before_ms) == ("waiting", 1, 700)
    assert (dead.status, dead.detail) == ("dead", "gone")


@pytest.mark.parametrize(("key", "at_ms"), [("key", 2**63), ("lone \udc80", 1), ("nul \0", 1)])
def test_a_value_that_cannot_be_held_undoes_the_whole_group(
    store: Store, key: str, at_ms: int
) -> None:
    with pytest.raises(StoreRefused):
        store.commit(Group(log=[log_row(1), LogRow(2, key, None, "tapped", at_ms, 0, b"{}")]))
    assert store.last_pos() == 0


def test_a_badge_that_cannot_be_held(store: Store) -> None:
    with pytest.raises(StoreRefused):
        store.commit(Group(leases={"nul \0": (Lease(1, "ann"),)}))
