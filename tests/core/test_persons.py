"""Who people are: walk-ins, badges, ids that are shared and ids that are theirs alone."""

from typing import Any

import pytest

from hub.core import events as ev
from hub.core.errors import UnknownBadge
from hub.core.outcome import Note
from hub.core.people.faults import AttributeFault
from hub.core.state import Person
from tests.core.fold import TAP, Fold, document, rule, visits

TAG: dict[str, Any] = {"do": "tag", "tag": "guest"}
EMAIL: dict[str, Any] = {"name": "email", "normalise": "email", "priority": 90, "per_person": 2}
WALK_INS: dict[str, Any] = {"unknown_badges": "walk_in"}


def lease(fold: Fold, minute: float, badge: str, person: str | None) -> None:
    fold.tell(ev.Leased(badge, person, fold.at_ms(minute)))


def walk_in(fold: Fold) -> str:
    """The one walk-in there is, or was."""
    (found,) = [one for one in {*fold.state.people, *fold.state.aliases} if one[:8] == "walk-in-"]
    return found


# Walk-ins.


def test_a_walk_in_begins_with_an_unknown_badge_and_counts() -> None:
    fold = Fold(document(rule(visits(2), TAG), **WALK_INS))
    outcome = fold.tell(ev.Tapped("b1", "coffee", fold.at_ms(1)))
    who = walk_in(fold)
    assert outcome.person_id == who
    fold.tap(2, "b1")
    assert fold.fired(who=who) == [2]
    assert fold.person(who).registered_ms == 0


def test_a_walk_in_who_is_registered_later_brings_along_what_they_did() -> None:
    fold = Fold(document(rule(visits(3), TAG), **WALK_INS))
    fold.tap(1, "b1")
    fold.tap(2, "b1")
    who = walk_in(fold)
    fold.say(5, "ann", consents=["push"])
    lease(fold, 5, "b1", "ann")
    assert fold.state.aliases == {who: "ann"}
    assert fold.state.people[who] == Person(who)
    assert fold.person().visits["coffee"] == (fold.at_ms(1), fold.at_ms(2))
    assert fold.person().consents == {"push"}
    fold.tap(6, "b1")
    assert fold.fired() == [6]
    fold.tap(4, "b1", late=10)
    assert fold.person().visits["coffee"][2] == fold.at_ms(4), "it was the walk-in's badge then"


def test_a_badge_that_is_returned_begins_another_walk_in() -> None:
    fold = Fold(document(**WALK_INS))
    for minute in (1, 11):
        fold.tap(minute, "b1")
        lease(fold, minute + 5, "b1", None)
    assert len(fold.state.people) == 2
    assert fold.state.aliases == {}


def test_a_badge_of_a_walk_in_who_is_somebody_already_goes_to_the_next_without_a_merge() -> None:
    fold = Fold(document(**WALK_INS)).join("ann", "bob")
    fold.tap(1, "b1")
    who = walk_in(fold)
    lease(fold, 5, "b1", "ann")
    lease(fold, 3, "b1", "bob")  # it becomes known later that bob had it in between
    assert fold.state.aliases == {who: "ann"}


def test_an_unknown_badge_waits_where_walk_ins_are_not_kept() -> None:
    fold = Fold(document())
    with pytest.raises(UnknownBadge, match="nobody holds badge 'b1' at 08:01:00: register it"):
        fold.tap(1, "b1")


def test_a_badge_goes_on_being_a_walk_ins_when_it_is_leased_to_them_again() -> None:
    fold = Fold(document(**WALK_INS))
    fold.tap(1, "b1")
    lease(fold, 5, "b1", walk_in(fold))
    assert fold.state.aliases == {}


def test_a_walk_ins_badge_that_is_lent_to_somebody_not_yet_registered_merges_nobody_yet() -> None:
    """A desk may lend the badge before it says whose it is."""
    fold = Fold(document(**WALK_INS))
    fold.tap(1, "b1")
    lease(fold, 5, "b1", "ann")
    fold.say(6, "ann")
    assert fold.person().visits["coffee"] == (fold.at_ms(1),)


# Ids that two records share.


def test_two_records_with_one_id_are_one_person_the_older_registration() -> None:
    fold = Fold(document(rule(visits(2), TAG), ids=[EMAIL]))
    for minute, who in ((1, "bob"), (2, "ann")):
        fold.say(minute, who, consents=[])
        lease(fold, minute, who, who)
    fold.tap(3, "ann")
    fold.tap(4, "bob")
    fold.say(5, "bob", ids={"email": ["Ann@X.org "]})
    assert fold.state.ids == {"email:ann@x.org": "bob"}
    fold.say(6, "ann", ids={"email": ["ann@x.org"]})
    assert fold.state.aliases == {"ann": "bob"}
    assert fold.fired(who="bob") == [4]
    assert fold.state.ids == {"email:ann@x.org": "bob"}
    fold.tap(7, "ann")
    assert len(fold.person("bob").visits["coffee"]) == 3


DESK: dict[str, Any] = {"name": "device", "priority": 10, "per_person": 2, "merges": False}
PHONE: dict[str, Any] = {"name": "phone", "normalise": "phone", "priority": 20, "per_person": 1}


@pytest.mark.parametrize(
    ("trusted", "people"), [("email", 7), ("phone", 1)], ids=["as it should be", "the wrong way"]
)
def test_of_two_ids_one_is_shared_by_six_others_and_limit_and_priority_keep_them_apart(
    trusted: str, people: int
) -> None:
    """A desk's tablet fills in its own number. Were that the more trusted one, all would be one."""
    kinds = [
        kind | {"per_person": 1, "priority": 90 if kind["name"] == trusted else 10}
        for kind in (EMAIL, PHONE)
    ]
    fold = Fold(document(rule(visits(2), TAG), ids=kinds))
    for number in range(7):
        who = f"p{number}"
        email = f"{who}@x.org"
        fold.say(number + 1, who, ids={"email": [email], "phone": ["+49 30 1234567"]})
        lease(fold, number + 1, who, who)
        fold.tap(10 + number, who)
    assert 7 - len(fold.state.aliases) == people
    assert fold.state.ids["phone:+49301234567"] == "p0"
    assert len(fold.decisions) == (0 if people == 7 else 1)
    if people == 7:
        assert [fold.state.ids[f"email:p{n}@x.org"] for n in range(7)] == [
            f"p{number}" for number in range(7)
        ]
        assert [note.title for note in fold.notes] == ["An id of kind phone was left out"] * 6


def test_a_kind_that_never_merges_is_left_with_whoever_said_it_first() -> None:
    fold = Fold(document(ids=[EMAIL, DESK]))
    for number in range(7):
        who = f"p{number}"
        fold.say(number + 1, who, ids={"email": [f"{who}@x.org"], "device": ["tablet"]})
    assert fold.state.aliases == {}
    assert fold.state.ids["device:tablet"] == "p0"
    assert [fold.state.ids[f"email:p{n}@x.org"] for n in range(7)] == [f"p{n}" for n in range(7)]
    said = [note for note in fold.notes if note.person == "p3"]
    assert said == [
        Note("identity/5/0", fold.at_ms(4), "An id of kind device was left out",
             "it is somebody else's", None, "p3")
    ]  # fmt: skip
    assert all("tablet" not in note.text for note in fold.notes)


def test_the_less_trusted_kind_is_left_out_when_one_person_would_have_too_many() -> None:
    """Ann and bob have one e-mail each and may have one: the phone they share joins them not."""
    one_email = EMAIL | {"per_person": 1}
    fold = Fold(document(ids=[one_email, PHONE]))
    fold.say(1, "ann", ids={"email": ["ann@x.org"], "phone": ["+4930123456"]})
    fold.say(2, "bob", ids={"email": ["bob@x.org"], "phone": ["+4930123456"]})
    assert fold.state.aliases == {}
    assert fold.state.ids["phone:+4930123456"] == "ann"
    assert fold.person("bob").ids == {"email": ("bob@x.org",)}
    (note,) = fold.notes
    assert (note.title, note.person) == ("An id of kind phone was left out", "bob")


def test_blocked_values_and_unknown_kinds_are_no_ids() -> None:
    fold = Fold(document(ids=[EMAIL | {"blocked": ["unknown@x.org"]}]))
    for who in ("ann", "bob"):
        fold.say(1, who, ids={"email": ["Unknown@x.org"], "pager": ["1"]})
    assert (fold.state.aliases, fold.state.ids) == ({}, {})
    assert {note.title for note in fold.notes} == {
        "An id of kind email was left out", "An id of kind pager was left out",
    }  # fmt: skip


@pytest.mark.parametrize("others", [3, 4])
def test_a_record_that_would_join_more_than_three_others_joins_nobody(others: int) -> None:
    many = EMAIL | {"per_person": 9}
    fold = Fold(document(ids=[many]))
    emails = [f"p{number}@x.org" for number in range(others)]
    for number, email in enumerate(emails):
        fold.say(number + 1, f"p{number}", ids={"email": [email]})
    fold.say(9, "ann", ids={"email": emails})
    if others == 3:
        assert fold.state.aliases == {"p1": "p0", "p2": "p0", "ann": "p0"}
        return
    assert fold.state.aliases == {}
    refused = [note for note in fold.notes if note.title == "People were not merged"]
    assert [(note.person, note.text) for note in refused] == [
        ("ann", "one record would join 4 other people: at most 3 are joined")
    ]
    assert [fold.state.ids[f"email:{email}"] for email in emails] == [
        f"p{number}" for number in range(others)
    ]


# What somebody says.


def test_a_registration_with_a_value_that_cannot_be_is_refused_as_a_whole() -> None:
    fold = Fold(document(attributes=[{"name": "age", "type": "number"}, {"name": "city"}]))
    fold.join("ann")
    with pytest.raises(AttributeFault, match="age"):
        fold.say(1, age="old", city="Bonn")
    assert fold.person().attributes == {}


def test_who_is_at_a_place_shows_what_they_said_since() -> None:
    present = rule({"kind": "present", "place": "floor"}, {"do": "mood", "lamps": ["Left"]})
    fold = Fold(document(present)).join("ann", favourite_colour="#ff0000")
    fold.enter(0, "floor")
    fold.say(5, favourite_colour="#00ff00")
    assert [one.body["colours"] for one in fold.actions] == [["#ff0000"], ["#00ff00"]]


def test_a_limit_is_for_the_person_and_not_for_the_badge() -> None:
    fold = Fold(document(rule(TAP, TAG, limit={"once": True}))).join("ann")
    lease(fold, 1, "second", "ann")
    fold.tap(2, "ann")
    fold.tap(3, "second")
    assert (fold.fired(), fold.suppressed()) == ([2], [3])
