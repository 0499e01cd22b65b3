"""What a merge makes of places, consents, ids and what rules gave; each case by itself."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from msgspec.structs import replace

from hub.core import events as ev
from hub.core.people.given import regrown, united
from hub.core.people.merging import merged, raws_of, too_many
from hub.core.people.refold import in_order, refold
from hub.core.state import (
    EARNED_KEPT_MAX,
    FIRED_KEPT_MAX,
    SENT_KEPT_MAX,
    STAYS_KEPT_MAX,
    Earned,
    Fired,
    Given,
    Joined,
    Person,
    Stay,
)
from tests.core_people.people import Folk, ground

RAWS: Final = ["ann", "bob", "cid", "dan"]


def test_somebody_is_where_they_went_last_and_left_where_they_were() -> None:
    folk = Folk()
    folk.move("ann", 10, "stage")
    folk.move("bob", 30, "floor")
    folk.merge("ann", "bob", 50)
    ann = folk.of("ann")
    assert (ann.place, ann.since_ms) == ("floor", 30)
    assert ann.stays == {"stage": (Stay(10, 30),)}
    folk.move("bob", 60, "stage")
    folk.move("ann", 70, "floor", "left")
    assert folk.of("ann").place == "stage"
    folk.unmerge("ann", "bob", 80)
    assert (folk.of("ann").place, folk.of("ann").since_ms) == ("stage", 10)
    assert (folk.of("bob").place, folk.of("bob").since_ms) == ("stage", 60)


@pytest.mark.parametrize(
    ("mine", "theirs", "together"),
    [
        (["push", "lights"], ["push"], {"push"}),
        (["push"], [], set()),
        (["push"], None, {"push"}),
        (None, ["push"], {"push"}),
        (None, None, set()),
    ],
)
def test_the_stricter_consents_of_those_who_were_asked_count(
    mine: list[str] | None, theirs: list[str] | None, together: set[str]
) -> None:
    folk = Folk()
    folk.say("ann", 1, {}, consents=mine)
    folk.say("bob", 2, {}, consents=theirs)
    folk.merge("ann", "bob", 3)
    assert folk.of("ann").consents == together
    events = in_order({raw: folk.past[raw][:1] for raw in ("ann", "bob")})
    assert refold(folk.ground, "ann", events).consents == together


def test_what_is_said_after_a_merge_is_said_for_both_until_it_is_undone() -> None:
    folk = Folk()
    folk.say("ann", 1, {}, consents=["push"])
    folk.say("bob", 2, {}, consents=[])
    folk.merge("ann", "bob", 3)
    folk.say("ann", 4, {}, consents=["push", "music"])
    assert folk.of("ann").consents == {"push", "music"}
    folk.merge("ann", "cid", 5)
    assert folk.of("ann").consents == {"push", "music"}
    folk.unmerge("ann", "cid", 6)
    assert folk.of("ann").consents == {"push", "music"}
    folk.unmerge("ann", "bob", 7)
    assert folk.of("bob").consents == frozenset()
    folk.merge("ann", "bob", 8)
    assert folk.of("ann").consents == frozenset()
    folk.merge("ann", "cid", 9)
    folk.unmerge("ann", "cid", 10)
    assert folk.of("ann").consents == frozenset()


def test_an_older_statement_of_consents_that_comes_late_changes_nothing() -> None:
    folk = Folk()
    folk.say("ann", 10, {}, consents=[])
    folk.say("ann", 5, {"city": "Bonn"}, consents=["push"])
    ann = folk.of("ann")
    assert (ann.consents, ann.asked_ms, ann.registered_ms) == (frozenset(), 10, 5)
    assert ann.attributes == {"city": "Bonn"}


def test_whoever_is_named_by_a_merge_may_have_been_merged_before() -> None:
    folk = Folk()
    for raw in RAWS:
        folk.tap(raw, 1, "coffee")
    folk.merge("ann", "bob", 2)
    current = folk.of("ann")
    folk.past["bob"].append(ev.Merged("bob", "cid", 3))
    folk.past["bob"].append(ev.Merged("ann", "bob", 4))
    cid = folk.of("cid")
    refolded = refold(folk.ground, "ann", in_order(folk.past))
    folk.people["ann"] = merged(folk.ground, current, cid, refolded, 3)
    folk.aliases["cid"] = "ann"
    folk.unmerge("ann", "bob", 5)
    assert [one.other for one in folk.of("ann").joined] == ["cid"]
    assert folk.of("bob").joined == ()


def test_the_other_who_is_named_by_a_merge_may_have_been_merged_before_too() -> None:
    folk = Folk()
    folk.merge("cid", "dan", 2)
    folk.merge("bob", "cid", 3)
    folk.past["bob"] = [ev.Merged("bob", "dan", 3)]
    folk.merge("ann", "bob", 4)
    folk.unmerge("ann", "bob", 5)
    assert [one.other for one in folk.of("bob").joined] == ["dan", "cid"]
    assert folk.of("ann").joined == ()


def test_a_merge_that_no_event_tells_of_is_with_the_person() -> None:
    folk = Folk()
    folk.tap("bob", 1, "coffee")
    folk.merge("ann", "bob", 2)
    folk.past["ann"].clear()
    folk.past["ann"].append(ev.Merged("zoe", "bob", 2))
    folk.unmerge("ann", "bob", 3)
    assert folk.of("bob").taps == {"coffee": (1,)}
    assert folk.of("ann").joined == ()


def test_ids_are_united_and_go_back_to_who_said_them() -> None:
    folk = Folk()
    folk.say("ann", 1, {}, ids={"email": ["A@x.org", "shared@x.org"], "crm": ["1"]})
    folk.say("bob", 2, {}, ids={"email": ["shared@x.org", "b@x.org", "none"], "app": ["7"]})
    folk.merge("ann", "bob", 3)
    assert folk.of("ann").ids == {
        "email": ("a@x.org", "b@x.org", "shared@x.org"), "crm": ("1",), "app": ("7",),
    }  # fmt: skip
    folk.unmerge("ann", "bob", 4)
    assert folk.of("ann").ids == {"email": ("a@x.org", "shared@x.org"), "crm": ("1",)}
    assert folk.of("bob").ids == {"email": ("b@x.org", "shared@x.org"), "app": ("7",)}


def test_an_id_that_was_said_and_never_claimed_is_nobodys_afterwards() -> None:
    folk = Folk()
    folk.say("ann", 1, {})
    folk.say("bob", 2, {}, ids={"crm": ["1", "2"], "app": ["7"]})
    folk.people["bob"] = replace(folk.of("bob"), ids={"crm": ("2",)})
    folk.merge("ann", "bob", 3)
    folk.unmerge("ann", "bob", 4)
    assert folk.of("bob").ids == {"crm": ("2",)}


def test_memberships_of_audiences_are_not_carried() -> None:
    folk = Folk()
    folk.people["ann"] = Person("ann", audiences={"fans": 1})
    folk.merge("ann", "bob", 2)
    assert folk.of("ann").audiences == {}


def test_histories_stay_within_their_bounds() -> None:
    folk = Folk()
    for at_ms in range(1, 600):
        for raw in ("ann", "bob"):
            folk.tap(raw, at_ms * 10, "coffee")
            folk.move(raw, at_ms * 10, "stage")
            folk.move(raw, at_ms * 10 + 4, "stage", "left")
    folk.merge("ann", "bob", 9_000)
    ann = folk.of("ann")
    assert len(ann.taps["coffee"]) == len(ann.visits["stage"]) == 513
    assert ann.taps["coffee"][0] == (599 - 256) * 10
    assert len(ann.stays["stage"]) == STAYS_KEPT_MAX
    assert sum(stay.until_ms - stay.from_ms for stay in ann.stays["stage"]) == 2 * 599 * 4


def many(count: int, first: int) -> Given:
    times = tuple(range(first, first + 2 * count, 2))
    return Given(
        points=count,
        fired={"r": Fired(count, times[-FIRED_KEPT_MAX:])},
        earned=tuple(Earned(at_ms, 1) for at_ms in times[-EARNED_KEPT_MAX:]),
        sent={"cap": times[-SENT_KEPT_MAX:]},
    )


def test_what_rules_gave_stays_within_its_bounds() -> None:
    mine, theirs = many(250, 0), many(200, 1)
    both = united({}, mine, theirs)
    assert both.fired["r"].count == 450
    assert len(both.fired["r"].recent_ms) == FIRED_KEPT_MAX
    assert len(both.earned) == EARNED_KEPT_MAX
    assert sum(one.points for one in both.earned) == both.points == 450
    assert list(both.earned) == sorted(both.earned, key=lambda one: one.at_ms)
    assert len(united({}, many(400, 0), many(400, 1)).sent["cap"]) == SENT_KEPT_MAX
    assert regrown({}, both, both, mine) == mine


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda now: now, {"city": "Bonn", "spent": 2, "likes": ["tea"], "music": {"jazz": 1}}),
        (
            lambda now: {**now, "spent": 12, "likes": ["cake", "soup", "tea"], "city": "Rome"},
            {"city": "Rome", "spent": 7, "likes": ["soup", "tea"], "music": {"jazz": 1}},
        ),
        (
            lambda now: {**now, "music": {"folk": 1, "jazz": 3, "rock": 1}, "high": 9},
            {
                "city": "Bonn",
                "spent": 2,
                "likes": ["tea"],
                "music": {"folk": 1, "jazz": 2},
                "high": 9,
            },
        ),
        (lambda _: {}, {}),
    ],
)
def test_what_rules_set_since_stays_and_what_was_theirs_goes(
    change: Callable[[dict[str, Any]], dict[str, Any]], expected: dict[str, Any]
) -> None:
    attributes = ground().attributes
    mine = Given(assigned={"city": "Bonn", "spent": 2, "likes": ["tea"], "music": {"jazz": 1}})
    theirs = Given(
        assigned={
            "city": "Oslo", "spent": 5, "likes": ["cake", "tea"], "music": {"jazz": 1, "rock": 1},
            "high": 3,
        }
    )  # fmt: skip
    both = united(attributes, mine, theirs)
    assert both.assigned == {
        "city": "Bonn", "spent": 7, "likes": ["cake", "tea"], "music": {"jazz": 2, "rock": 1},
        "high": 3,
    }  # fmt: skip
    now = replace(both, assigned=change(both.assigned))
    assert regrown(attributes, now, both, mine).assigned == expected


def test_a_rule_that_took_an_attribute_away_keeps_it_so_until_it_is_said_again() -> None:
    folk = Folk()
    folk.say("ann", 1, {"city": "Bonn", "spent": 4})
    folk.assign("ann", "city", None)
    folk.assign("ann", "spent", None)
    folk.assign("bob", "spent", 5)
    assert folk.of("ann").attributes == {}
    folk.merge("ann", "bob", 2)
    assert folk.of("ann").attributes == {}
    folk.say("ann", 3, {"city": "Rome", "spent": 6})
    assert folk.of("ann").attributes == {"city": "Rome", "spent": 6}
    assert folk.of("ann").assigned == {}


def test_values_that_an_attribute_can_no_longer_hold_are_left_out() -> None:
    folk = Folk()
    folk.say("ann", 1, {"high": "tall", "city": "Bonn"}, ids={"moon": ["1"], "phone": ["none"]})
    assert folk.of("ann").attributes == {"city": "Bonn"}
    assert refold(folk.ground, "ann", folk.past["ann"]).attributes == {"city": "Bonn"}
    assert folk.of("ann").ids == {}


def test_events_of_several_ids_are_interleaved_by_their_instants() -> None:
    late = ev.Tapped("b", "coffee", 5)
    past = {
        "bob": [ev.Tapped("b", "coffee", 10), late, ev.Tapped("b", "coffee", 20)],
        "ann": [ev.Tapped("a", "coffee", at_ms) for at_ms in (10, 15)],
    }
    found = [(event.badge, event.at_ms) for event in in_order(past) if isinstance(event, ev.Tapped)]
    assert found == [("a", 10), ("b", 10), ("b", 5), ("a", 15), ("b", 20)]


def test_events_that_say_nothing_of_the_person_change_nothing() -> None:
    others: list[ev.Event] = [
        ev.Redeemed("ann", "card", 0, 3),
        ev.Unmerged("ann", "bob", 4),
        ev.Merged("ann", "ann", 5),
        ev.Moved("ann", "moon", "entered", 6),
    ]
    assert refold(ground(), "ann", others) == Person("ann")


def test_an_undone_merge_among_the_events_leaves_each_where_they_are() -> None:
    events: list[ev.Event] = [
        ev.Merged("ann", "bob", 1),
        ev.Merged("bob", "cid", 2),
        ev.Moved("ann", "stage", "entered", 3),
        ev.Moved("bob", "floor", "entered", 4),
        ev.Unmerged("ann", "bob", 5),
        ev.Moved("bob", "floor", "left", 9),
    ]
    person = refold(ground(), "ann", events)
    assert (person.place, person.since_ms) == ("stage", 3)
    assert person.stays == {"floor": (Stay(4, 9),)}
    silent: list[ev.Event] = [ev.Merged("ann", "bob", 1), ev.Unmerged("ann", "bob", 2)]
    assert refold(ground(), "ann", silent) == Person("ann")


def test_no_more_are_merged_than_can_be_kept() -> None:
    nothing = Given()
    full = Person("a", joined=tuple(Joined(f"p{n}", 1, nothing, nothing) for n in range(15)))
    assert not too_many([full, Person("b")])
    assert too_many([full, Person("b"), Person("c")])
    assert raws_of(full)[:2] == ("a", "p0")
