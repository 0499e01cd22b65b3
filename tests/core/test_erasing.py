"""Whoever is forgotten leaves nothing, and nobody else notices; what they did to pools stays."""

from typing import Any

import pytest
from msgspec import json

from hub.core import events as ev
from hub.core.state import Lease, Pool
from tests.core.fold import TAP, Fold, document, rule

REWARD: dict[str, Any] = {"do": "reward", "pool": "card", "title": "A card"}
LATER: dict[str, Any] = {"do": "follow_up", "then": [{"do": "tag", "tag": "x"}], "after": "30min"}
EMAIL: dict[str, Any] = {"ids": [{"name": "email", "per_person": 2}]}


def full() -> Fold:
    """Everything that is kept of somebody, of Ann and of Bob, whom Eve was merged into."""
    stays = {"kind": "visit", "place": "stage", "at_least": "1h"}
    absent = {"kind": "absent", "place": "coffee", "for": "2h"}
    music = rule({"kind": "present", "place": "stage"}, {"do": "music"}, name="music")
    rules = [rule(TAP, REWARD, LATER), rule(stays, name="stays"), rule(absent, name="absent"),
             music]  # fmt: skip
    recent = {"name": "recent", "if": {"check": "counted", "place": "coffee", "within": "3h",
                                       "at_least": 1}}  # fmt: skip
    fold = Fold(document(*rules, audiences=[recent], **EMAIL))
    fold.join("ann", "bob", "eve", favourite_artists=["Abba"])
    for minute, who in enumerate(("ann", "bob")):
        fold.say(minute, who, ids={"email": [f"{who}@x.org"]})
        fold.enter(2 + minute, who=who)
        fold.tap(4 + minute, who)
    fold.tell(ev.Played("stage", "Abba", fold.at_ms(8)))
    fold.tap(9, "eve", "bacon")
    fold.merge(10, "ann", "eve")
    return fold


@pytest.mark.parametrize("called", ["ann", "eve"])
def test_nothing_is_left_of_somebody_whatever_they_were_called(called: str) -> None:
    fold = full()
    outcome = fold.erase(20, called)
    assert outcome.forgotten == ("ann", "eve")
    state = fold.state
    assert state.people.keys() == {"bob"}
    assert (state.aliases, state.ids) == ({}, {"email:bob@x.org": "bob"})
    assert {one.person for one in state.timers.values()} == {"bob"}
    assert (state.leases["ann"], state.leases["eve"]) == ((), ())
    told = json.encode([list(state.zones.values()), state.leases["bob"], state.ids]).decode()
    assert "ann" not in told
    assert "eve" not in told
    assert [(one.audience, one.person, one.since_ms) for one in outcome.memberships] == [
        ("recent", "ann", None)
    ]


def test_the_state_of_everybody_else_is_unchanged() -> None:
    fold = full()
    before = fold.person("bob")
    timers = {key: one for key, one in fold.state.timers.items() if one.person == "bob"}
    fold.erase(20)
    assert fold.person("bob") == before
    assert fold.state.timers == timers
    assert fold.state.zones["stage"].present.keys() == {"bob"}
    assert [play.persons for play in fold.state.zones["stage"].plays] == [("bob",)]
    assert fold.state.pools["card"] == Pool("card", 2, next_index=2)


def test_what_was_waited_for_does_not_come_any_more() -> None:
    fold = full()
    fold.erase(20)
    count = len(fold.decisions)
    fold.pass_to(500)
    assert {one.person for one in fold.decisions[count:]} <= {"bob", None}
    assert fold.state.people.keys() == {"bob"}


def test_a_badge_that_was_somebody_elses_too_is_not_given_back_to_them() -> None:
    fold = Fold(document()).join("ann", "bob")
    fold.tell(ev.Leased("ann", "bob", fold.at_ms(5)))
    fold.tell(ev.Leased("bob", None, fold.at_ms(5)))
    fold.erase(6)
    assert fold.state.leases == {
        "ann": (Lease(fold.opens_ms, None), Lease(fold.at_ms(5), "bob")),
        "bob": (Lease(fold.opens_ms, "bob"), Lease(fold.at_ms(5), None)),
    }


def test_somebody_of_whom_nothing_is_known_can_be_forgotten() -> None:
    fold = Fold(document()).join("ann")
    assert fold.erase(1, "zoe").forgotten == ("zoe",)
    assert fold.state.people.keys() == {"ann"}


def test_a_reward_that_is_handed_over_to_somebody_who_is_forgotten_is_counted_and_no_more() -> None:
    redeemed = rule({"kind": "redeemed"}, {"do": "tag", "tag": "x"}, name="redeemed")
    fold = Fold(document(rule(TAP, REWARD), redeemed)).join("ann").taps(1)
    fold.erase(2)
    fold.tell(ev.Redeemed("ann", "card", 0, fold.at_ms(3)))
    assert fold.state.pools["card"].redeemed == 1
    assert (fold.state.people, fold.fired("redeemed")) == ({}, [])


def test_whoever_comes_back_is_somebody_else() -> None:
    fold = Fold(document(rule(TAP, {"do": "tag", "tag": "x"}, limit={"once": True}))).join("ann")
    fold.taps(1)
    fold.erase(2)
    fold.join("ann").taps(3)
    assert fold.fired() == [1, 3]
    assert fold.person().visits["coffee"] == (fold.at_ms(3),)


def test_leaving_by_being_forgotten_is_counted_at_the_place() -> None:
    crowd = {"kind": "occupancy", "place": "stage", "at_most": 1}
    fold = Fold(document(rule(crowd, {"do": "staff", "title": "x"}))).join("ann", "bob")
    fold.enter(0)
    fold.enter(1, who="bob")
    fold.erase(5)
    assert fold.fired(who=None) == [5]


# What is left in their place in the log.


def test_tombstones_keep_the_pools_as_they_were() -> None:
    """The same log, once with what Ann did and once with what is left of it."""

    def folded(*, is_erased: bool) -> dict[str, Pool]:
        fold = Fold(document(rule(TAP, REWARD), pools=[{"id": "card", "title": "x", "stock": 5}]))
        fold.join("bob") if is_erased else fold.join("ann", "bob")
        at_ms = fold.at_ms(1)
        ann: list[ev.Event] = [
            ev.Tapped("ann", "coffee", at_ms), ev.Tapped("ann", "coffee", at_ms + 1),
            ev.Settled("k", "dead", at_ms + 3, "", "ann", "card", 0),
            ev.Redeemed("ann", "card", 1, at_ms + 4),
        ]  # fmt: skip
        left: list[ev.Event] = [
            ev.Tombstone(at_ms, {"card": [0]}), ev.Tombstone(at_ms + 1, {"card": [1]}),
            ev.Tombstone(at_ms + 3, {}, {"card": [0]}),
            ev.Tombstone(at_ms + 4, redeemed={"card": 1}),
        ]  # fmt: skip
        for number, event in enumerate(left if is_erased else ann):
            fold.tell(event)
            if number == 1:
                fold.tap(2, "bob")
        for minute in (3, 4):
            fold.tap(minute, "bob")
        assert [grant.index for grant in fold.grants if grant.person == "bob"] == [2, 0, 3]
        return fold.state.pools

    assert folded(is_erased=True) == folded(is_erased=False)


def test_a_tombstone_may_take_what_was_given_back_and_gives_nothing_back_twice() -> None:
    fold = Fold(document())
    fold.tell(ev.Tombstone(fold.at_ms(1), {"card": [0, 1]}, {"card": [1, 0]}))
    assert fold.state.pools["card"].returned == (1, 0)
    fold.tell(ev.Tombstone(fold.at_ms(2), {}, {"card": [0]}))
    assert fold.state.pools["card"].returned == (1, 0)
    outcome = fold.tell(ev.Tombstone(fold.at_ms(3), {"card": [1]}))
    assert outcome.person_id is None
    assert fold.state.pools["card"] == Pool("card", 2, 2, (0,))
