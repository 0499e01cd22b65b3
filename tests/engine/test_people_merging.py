"""Two people become one and two again: taps, presence and what is stored follow at once."""

from collections.abc import Iterable
from typing import Any, Final

import pytest

from hub.core import events as ev
from hub.core.state import Person
from tests.core.fold import TAP, rule, visits
from tests.engine.day import MIN_MS, Day
from tests.engine.parts import OPENS_MS, FaultyStore, Hub

TAG: Final = {"do": "tag", "tag": "guest"}
EMAIL: Final = {"name": "email", "normalise": "email", "per_person": 2}
REGULARS: Final = {
    "name": "regulars",
    "if": {"check": "counted", "place": "coffee", "within": "1h", "at_least": 3},
}
PARTS: Final[dict[str, Any]] = {"ids": [EMAIL], "audiences": [REGULARS]}
RULES: Final = (
    rule(TAP, name="point"),
    rule(visits(3), TAG, name="third"),
    rule({"kind": "absent", "place": "coffee", "for": "30min"}, TAG, name="absent"),
)


@pytest.fixture(params=[False, True], ids=["going-on", "restarting"])
def restarts(request: pytest.FixtureRequest) -> bool:
    """Whether a new engine takes over after each step."""
    return bool(request.param)


def minutes(instants_ms: Iterable[int]) -> list[float]:
    """Instants as minutes after the doors opened."""
    return [(at_ms - OPENS_MS) / MIN_MS for at_ms in instants_ms]


def two(store: FaultyStore, restarts: bool, **parts: Any) -> Day:
    """Bob, who registered first, and Ann, each with a badge."""
    day = Day(store, *RULES, restarts=restarts, **(PARTS | parts))
    for minute, person in enumerate(("bob", "ann"), 1):
        day.at(minute).registers(person)
        day.lends(person, person)
        day.happens()
    return day


def test_two_registrations_with_one_mail_are_the_older_one(
    store: FaultyStore, restarts: bool
) -> None:
    day = two(store, restarts)
    for minute, badge in ((3, "ann"), (4, "bob")):
        day.at(minute).happens(day.taps(badge))
    day.at(5).registers("bob", "Ann@X.org", consents=["push", "music"])
    day.happens()
    day.at(6).registers("ann", " ann@x.org", consents=None)
    day.happens(day.taps("bob", minute=5.5), day.taps("ann"))  # they are one before these
    assert store.load_engine().aliases == {"ann": "bob"}
    assert day.fired("third") == [("bob", 5.5)]
    assert day.person("bob").points == 4
    assert day.person("ann") == Person("ann")
    day.agrees()
    day.at(7).happens(day.taps("ann"), day.taps("bob", minute=5))
    bob = day.person("bob")
    assert minutes(bob.visits["coffee"]) == [3, 4, 5, 5.5, 6, 7]
    assert bob.consents == {"push", "music"}, "the stricter of the two"
    assert [one.person for one in store.audiences.members("regulars")] == ["bob"]
    day.at(37).lives_on()
    assert day.fired("absent") == [("bob", 37)]
    day.agrees()
    day.folds_again()


def test_taps_of_both_badges_in_the_group_before_the_merge_are_found_in_the_log(
    store: FaultyStore,
) -> None:
    """What the group in hand has decided is not in the store yet, and counts all the same."""
    day = two(store, restarts=False)
    day.at(3).happens(day.taps("ann"), day.taps("bob"))
    day.at(4).registers("ann", "a@x.org", consents=None)
    day.registers("bob", "a@x.org", consents=None, favourite="blue")
    day.registers("ann", consents=["push"])
    day.ask(ev.Unmerged("bob", "ann", day.clock.now_ms))
    day.ask(ev.Merged("bob", "ann", day.clock.now_ms))
    day.happens(day.taps("ann"))
    assert store.load_engine().aliases == {"ann": "bob"}
    bob = day.person("bob")
    assert len(bob.visits["coffee"]) == 3
    assert bob.attributes == {"favourite": "blue"}
    assert bob.consents == {"push"}
    day.agrees()
    day.folds_again()


def test_a_walk_in_is_whoever_registers_with_the_badge_later(
    store: FaultyStore, restarts: bool
) -> None:
    day = Day(store, *RULES, restarts=restarts, unknown_badges="walk_in", **PARTS)
    day.at(1).happens(day.taps("b1"))
    day.at(2).happens(day.taps("b1"))
    (walk_in,) = store.person_ids_after()
    day.at(5).lends("b1", "ann")  # a desk may lend the badge before it says whose it is
    day.registers("ann", "ann@x.org")
    day.happens(day.taps("b1"))
    assert store.load_engine().aliases == {walk_in: "ann"}
    assert day.fired("third") == [("ann", 5)]
    assert day.person().points == 3
    day.agrees()
    day.at(6).happens(day.taps("b1", minute=4), day.hears("b1"))
    assert minutes(day.person().visits["coffee"]) == [1, 2, 4, 5]
    assert day.where() == "stage", "whose badge is registered is tracked"
    assert [row.person for row in store.log_from() if row.kind == "tapped"].count(walk_in) == 3
    day.agrees()
    day.folds_again()


def test_presence_follows_who_people_are(store: FaultyStore, restarts: bool) -> None:
    day = two(store, restarts)
    day.at(3).happens(day.hears("ann"))
    assert day.where("ann") == "stage"
    day.at(3.5).ask(ev.Merged("bob", "ann", day.clock.now_ms))
    day.happens()
    assert (day.where("ann"), day.where("bob")) == (None, "stage")
    day.agrees()
    day.at(3.6).happens(day.hears("bob", "floor"))
    day.at(3.7).happens(day.hears("ann", "floor"))
    day.at(6).happens()
    assert day.where("bob") is None, "silence is counted from what either badge said"
    day.at(7).happens(day.hears("ann"))
    day.agrees()
    day.at(7.5).ask(ev.Unmerged("bob", "ann", day.clock.now_ms))
    day.happens()
    assert day.where("ann") == "stage"
    day.agrees()
    day.at(7.6).happens(day.hears("bob"))
    assert (day.where("ann"), day.where("bob")) == ("stage", "stage")
    assert store.load_engine().zones["stage"].present.keys() == {"ann", "bob"}
    day.agrees()
    day.folds_again()


def test_who_is_one_with_somebody_who_is_not_to_be_tracked_is_nowhere_at_once(
    store: FaultyStore,
) -> None:
    day = two(store, restarts=False)
    day.at(3).registers("bob", consents=["push"])
    day.happens(day.hears("ann"))
    assert day.where("ann") == "stage"
    day.at(3.5).ask(ev.Merged("bob", "ann", day.clock.now_ms))
    day.happens()
    assert day.where("bob") is None
    day.at(3.6).happens(day.hears("ann"))
    assert day.where("bob") is None
    day.agrees()
    day.folds_again()


def test_parted_again_each_has_what_they_did(store: FaultyStore, restarts: bool) -> None:
    day = two(store, restarts)
    for minute, badge in ((3, "ann"), (4, "bob"), (5, "ann")):
        day.at(minute).happens(day.taps(badge))
    before = {who: day.person(who) for who in ("ann", "bob")}
    day.at(6).ask(ev.Merged("bob", "ann", day.clock.now_ms))
    day.happens()
    assert day.fired("third") == [("bob", 5)]
    day.at(7).happens(day.taps("ann"))
    day.at(8).ask(ev.Unmerged("bob", "ann", day.clock.now_ms))
    day.happens(day.taps("ann"))
    assert store.load_engine().aliases == {}
    assert minutes(day.person("ann").visits["coffee"]) == [3, 5, 7, 8]
    assert day.person("bob").visits == before["bob"].visits
    assert day.person("bob").points == 2, "what was given since the merge stays with who survived"
    assert day.person("ann").points == before["ann"].points + 1
    assert day.fired("third") == [("bob", 5)], "to be parted makes no rule true"
    day.agrees()
    day.folds_again()


def test_a_record_that_names_too_many_is_refused_and_said(store: FaultyStore) -> None:
    kinds = [EMAIL | {"per_person": 9}]
    day = Day(store, *RULES, ids=kinds)
    mails = [f"p{number}@x.org" for number in range(5)]
    for number, mail in enumerate(mails):
        day.at(number).registers(f"p{number}", mail)
    day.happens()
    day.at(9).ask(ev.Registered("p0", day.clock.now_ms, ids={"email": mails}))
    day.happens()
    assert store.load_engine().aliases == {}
    assert "People were not merged" in {row.title for row in store.notes.rows()}
    day.agrees()
    day.folds_again()


def test_what_counts_as_the_same_number_may_change_with_the_venue_in_the_same_look(
    store: FaultyStore,
) -> None:
    """Whose ids these are is looked up as the venue that is in force by then tells them apart."""
    phone = {"name": "phone", "per_person": 2}
    day = Day(store, *RULES, ids=[phone])
    day.ask(ev.Registered("bob", day.clock.now_ms, ids={"phone": ["+493012345678"]}))
    day.happens()
    day.make_engine()
    day.at(1).ask(day.venue_event(*RULES, ids=[phone | {"normalise": "phone"}]))
    day.ask(ev.Registered("ann", day.clock.now_ms, ids={"phone": ["+49 30 12345678"]}))
    day.happens()
    assert store.load_engine().aliases == {"ann": "bob"}
    day.agrees()
    day.folds_again()


def test_a_mistaken_merge_is_refused_and_nothing_of_it_is_kept(quick_hub: Hub) -> None:
    now_ms = quick_hub.clock.now_ms
    assert "nobody 'eve'" in str(quick_hub.tell(ev.Merged("ann", "eve", now_ms)))
    assert quick_hub.tell(ev.Merged("ann", "bob", now_ms)) is None
    assert "one already" in str(quick_hub.tell(ev.Merged("bob", "ann", now_ms)))
    assert "was not merged" in str(quick_hub.tell(ev.Unmerged("bob", "ann", now_ms)))
    assert len(quick_hub.log("merged")) == 1
    assert quick_hub.log("unmerged") == []
