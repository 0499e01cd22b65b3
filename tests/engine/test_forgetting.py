"""Whoever is forgotten is gone from memory, store and log, and what was under way writes nothing.

For everybody else all goes on, and the log gives the same when it is folded again.
"""

from typing import Any, Final

import msgspec
import pytest

from hub.core import events as ev
from hub.core.state import Pool
from hub.engine import requests
from hub.store import Store, StoreUnavailable
from tests.core.fold import TAP, rule
from tests.engine.day import Day
from tests.engine.parts import OTHER_STREAM, FaultyStore, message, tap
from tests.waiting import wait_until

REWARD: Final = {"do": "reward", "pool": "card", "title": "A card"}
RULES: Final = (
    rule(TAP, REWARD, name="card", limit={"once": True}),
    rule(TAP, {"do": "push", "title": "Hello", "max_age": "2h"}, name="hello"),
    rule(TAP, {"do": "follow_up", "after": "20min", "then": [REWARD]}, name="later"),
    rule({"kind": "absent", "place": "coffee", "for": "30min"}, name="absent"),
    rule({"kind": "audience", "audience": "drinkers"}, name="welcome"),
)
PARTS: Final[dict[str, Any]] = {
    "ids": [{"name": "email", "normalise": "email"}],
    "quiet": [{"from": "08:00", "until": "08:30"}],
    "pools": [{"id": "card", "title": "A card", "stock": 3}],
    "audiences": [{"name": "drinkers", "if": {"check": "counted", "place": "coffee",
                                              "within": "10min", "at_least": 1}}],
}  # fmt: skip


@pytest.fixture
def day(store: FaultyStore) -> Day:
    """Ann and Bob are on stage and have had coffee: rewards, pushes and timers are under way."""
    day = Day(store, *RULES, **PARTS)
    day.join("ann", "bob")
    for person in ("ann", "bob"):
        day.registers(person, f"{person}@x.org", consents=None)
    day.at(1).happens(day.hears("ann"), day.hears("bob"), day.taps("ann", "bob"))
    assert {timer.person for timer in day.timers()} == {"ann", "bob"}
    assert len(store.reserved_of("ann")) == 1
    return day


def traces(store: Store, name: str) -> list[str]:
    """The kinds of rows of the log that still hold a name."""
    return [row.kind for row in store.log_from() if f'"{name}' in row.body.decode()]


def is_gone(day: Day, name: str) -> None:
    """Nothing is left of somebody, and all that is left agrees."""
    store = day.store
    assert store.load_people([name]) == {}
    assert name not in day.engine._memory.people
    assert traces(store, name) == []
    assert not any(row.person == name for row in store.log_from())
    assert not any(timer.person == name for timer in day.timers())
    assert store.reserved_of(name) == []
    assert all(one.decision.person != name for one in store.views.decisions(limit=1_000))
    assert name not in {one.person for one in store.audiences.members("drinkers")}
    assert day.engine._floor.tracker.where(name) is None
    day.agrees()


@pytest.mark.parametrize("restart", [False, True])
def test_nothing_under_way_is_written_or_done_any_more(day: Day, restart: bool) -> None:
    under_way = day.settlements()
    assert {one.person for one in under_way} == {"ann", "bob"}
    day.at(2).ask(ev.Erased("ann", day.clock.now_ms))
    day.happens(*under_way, day.taps("ann", "bob"), day.hears("ann"))
    is_gone(day, "ann")
    assert sorted(day.held()) == sorted(
        ["nobody holds badge 'ann' at 08:02:00: register it",
         "nobody holds badge 'ann', heard at stage: register it"]
    )  # fmt: skip
    assert set(day.deliverer.confirmed) == {one.key for one in under_way}, "workers let go of it"
    assert day.store.load_engine().pools["card"] == Pool("card", 3, 2, returned=(0,))
    if restart:
        day.make_engine()
    day.at(60).lives_on()
    day.happens(*day.settlements("done"))
    is_gone(day, "ann")
    assert [who for who, _ in day.fired("absent")] == ["bob"]
    day.folds_again()


def test_a_reward_that_came_back_goes_to_somebody_else(day: Day) -> None:
    day.join("cid")
    day.at(2).tell(ev.Erased("ann", day.clock.now_ms))
    day.happens(day.taps("cid"))
    (grant,) = day.store.reserved_of("cid")
    assert grant.index == 0
    day.happens(*day.settlements())
    is_gone(day, "ann")
    day.folds_again()


def test_in_the_middle_of_a_sweep(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "SWEEP_PERSONS", 2)
    day.join("cid")
    later = rule({"kind": "absent", "place": "coffee", "for": "40min"}, name="absent")
    day.at(2).publish(*RULES[:3], later, **PARTS)
    day.happens(day.taps("cid"))
    day.ask(ev.Erased("ann", day.clock.now_ms))
    day.happens()
    is_gone(day, "ann")
    day.make_engine()
    day.at(50).lives_on()
    assert day.fired("absent") == [("bob", 41), ("cid", 42)]
    is_gone(day, "ann")
    day.folds_again()


def test_whatever_else_they_were_called(day: Day) -> None:
    day.at(2).ask(ev.Merged("bob", "ann", day.clock.now_ms))
    day.happens(day.taps("ann"))
    day.at(3).tell(ev.Erased("ann", day.clock.now_ms))
    for name in ("ann", "bob"):
        assert day.store.load_people([name]) == {}
        assert traces(day.store, name) == []
    assert day.store.load_engine().aliases == {}
    day.at(60).lives_on()
    day.agrees()
    day.folds_again()


def test_a_badge_that_was_handed_on_just_before_stays_with_the_next(day: Day) -> None:
    day.at(2).lends("ann", "bob")
    day.ask(ev.Erased("ann", day.clock.now_ms))
    day.happens(day.taps("ann"))
    day.happens()
    assert day.store.load_people(["ann"]) == {}
    assert day.store.load_engine().leases["ann"][-1].person == "bob"
    day.agrees()
    assert day.held() == []
    day.folds_again()


def test_a_commit_whose_answer_was_lost(day: Day, store: FaultyStore) -> None:
    day.at(2).ask(ev.Erased("ann", day.clock.now_ms))
    store.after = [StoreUnavailable("away")]
    with pytest.raises(StoreUnavailable):
        day.happens()
    day.engine.load()
    day.happens(*day.settlements())
    is_gone(day, "ann")
    day.folds_again()


@pytest.mark.parametrize("fault", [False, True])
def test_whoever_scrubs_the_database_learns_of_it(
    day: Day, store: FaultyStore, fault: bool
) -> None:
    """Also when the group had a fault and its requests are taken one by one."""
    before = day.engine.erasures
    day.at(2).ask(ev.Erased("ann", day.clock.now_ms))
    store.before = [ValueError("a fault")] * fault
    with day.running():
        wait_until(lambda: store.load_people(["ann"]) == {}, what="Ann to be forgotten")
    assert day.engine.erasures == before + 1
    assert store.pending_commands() == []
    is_gone(day, "ann")


def test_who_comes_back_is_somebody_new(day: Day) -> None:
    """A desk gives the same id again: what is delivered to them then comes to its end."""
    day.at(2).tell(ev.Erased("ann", day.clock.now_ms))
    day.at(3).join("ann")
    day.happens(message(tap("ann"), stream=OTHER_STREAM, at_ms=day.clock.now_ms))
    (grant,) = day.store.reserved_of("ann")
    day.happens(*day.settlements())
    assert day.store.reserved_of("ann") == []
    action = day.store.views.action(grant.action)
    assert action is not None
    assert action.status == "done"
    assert msgspec.json.encode(day.person().visits) == b'{"coffee":[%d]}' % day.clock.now_ms
    day.agrees()
