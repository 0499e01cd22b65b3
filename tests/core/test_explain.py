"""Why, and why not: one sentence that answers first, and each clause with the value it saw."""

from typing import Any

import pytest
from msgspec.structs import replace

from hub.core import events as ev
from hub.core.errors import RulesFault
from hub.core.explain import explain_venue, known_rule, not_in_force, stored
from hub.core.outcome import Clause, Decision
from hub.core.people.refold import refold
from tests.core.fold import TAP, document, rule, visits
from tests.core_explaining.told import Logged

CARD = {"do": "reward", "pool": "card", "title": "A card"}
THIRD = document(
    rule(
        visits(3, within="2h"),
        CARD,
        text="Three coffees in two hours",
        if_={"check": "attribute", "name": "city", "equals": "Bonn"},
        limit={"once": True},
    )
)


def coffees(*minutes: float, venue: Any = THIRD, **attributes: Any) -> Logged:
    """Ann of Bonn taps at the coffee stand."""
    fold = Logged(venue)
    fold.join("ann", **{"city": "Bonn"} | attributes)
    for minute in minutes:
        fold.pass_to(minute)
        fold.tap(minute)
    return fold


def held(fold: Logged, minute: float, name: str = "r") -> dict[str, bool]:
    """Clause to whether it held."""
    return {one.text: one.held for one in fold.why(minute, name).clauses}


def test_fired_is_told_as_it_was_decided() -> None:
    told = coffees(0, 30, 100, 110).told(0)
    assert (told.answer, told.reason) == ("fired", "Three coffees in two hours")
    assert told.sentence == "Yes, at 09:40: Three coffees in two hours"
    assert [(one.text, one.held, one.saw) for one in told.clauses] == [
        ("3 visits at coffee within 2 h", True, "3: 08:00:00, 08:30:00, 09:40:00"),
        ("city is Bonn", True, "Bonn"),
    ]
    assert told.actions == ["reward from card, 1 of 2 left"]
    assert [(one.kind, one.place, one.is_counted) for one in told.events] == [
        ("visit", "coffee", True)
    ] * 3


def test_no_says_how_many_more_and_until_when() -> None:
    fold = coffees(0, 125, 151)
    answer = fold.why(162)
    assert answer.sentence == (
        "No: 2 visits at coffee within 2 h (10:05, 10:31), 3 are needed: 1 more before 12:05; "
        "the visit at 08:00 is outside the window by 42 min"
    )
    assert (answer.answer, answer.version, answer.person) == ("no", 1, "ann")
    assert answer.clauses[0] == Clause(
        "3 visits at coffee within 2 h", held=False, saw="2: 10:05:00, 10:31:00"
    )
    assert [(one.at_ms, one.is_counted) for one in answer.events] == [
        (fold.at_ms(0), False), (fold.at_ms(125), True), (fold.at_ms(151), True),
    ]  # fmt: skip


def test_a_visit_stops_counting_at_the_very_end_of_its_window() -> None:
    assert (
        coffees(0)
        .why(120)
        .sentence.startswith(
            "No: 0 visits at coffee within 2 h, 3 are needed: 3 more; "
            "the visit at 08:00 is outside the window since that very instant"
        )
    )


def test_a_whole_event_has_no_outside() -> None:
    fold = coffees(0, venue=document(rule(visits(2))))
    assert fold.why(5).sentence == (
        "No: 1 visit at coffee within the event (08:00), 2 are needed: 1 more"
    )


def test_conditions_fail_at_the_moment_that_is_meant() -> None:
    fold = coffees(0, 30, 100, city="Köln")
    answer = fold.why(100.5)
    assert answer.at_ms == fold.at_ms(100)
    assert [one.held for one in answer.clauses] == [True, False, True]
    assert answer.sentence == "No: “city is Bonn” does not hold: Köln"
    unknown = Logged(THIRD).why(1)
    assert unknown.sentence == (
        "No: 0 visits at coffee within 2 h, 3 are needed: 3 more; besides: “city is Bonn” does "
        "not hold: unknown, no consent to rewards"
    )


def test_what_was_reached_before_is_said() -> None:
    answer = coffees(0, 30, 100, 110).why(112)
    assert answer.sentence.startswith(
        "No: that was reached at 09:40 already, and nothing reached it at that instant"
    )
    assert answer.clauses[-2] == Clause(
        "is within its limit",
        held=False,
        saw="limit: once for each person, and it fired at 09:40:00",
    )


def test_everything_holds_and_yet_nothing_happened() -> None:
    fold = coffees(0, 30, 100)
    fold.decisions.clear()
    assert fold.why(100.1).reason == (
        "all clauses hold, but nothing happened at that instant that would make it fire"
    )


def test_what_became_known_later_does_not_count() -> None:
    fold = coffees(0, 60)
    fold.tap(70, late=30)
    fold.tap(72, late=30)
    fold.tap(71, place="bacon", late=30)
    fold.tell(ev.Registered("ann", fold.at_ms(71)), fold.at_ms(110))
    answer = fold.why(75)
    assert answer.sentence.endswith(
        "; the tap at coffee at 09:12 became known at 09:42 (and 1 more), too late for this"
    )
    assert [one.at_ms for one in answer.events if one.is_counted] == [fold.at_ms(0), fold.at_ms(60)]
    late = answer.events[-1]
    assert (late.known_ms, late.what) == (
        fold.at_ms(102), "tap, became known at 09:42, too late for this",
    )  # fmt: skip
    assert fold.told(0).answer == "fired"
    one = coffees(0)
    one.tap(5, late=30)
    assert "at 08:05 became known at 08:35, too late for this" in one.why(7).sentence


def test_what_became_known_late_was_decided_about_then() -> None:
    fold = coffees(0, 30, city="Köln")
    fold.tap(5, late=30)
    fold.tap(40, late=5)
    fold.tap(40.2, late=5)
    answer = fold.why(40.1)
    assert answer.sentence == (
        "No: that was reached at 08:30 already, and nothing reached it at that instant; besides: "
        "“city is Bonn” does not hold: Köln; the tap at coffee at 08:40 became known at 08:45, "
        "too late for this"
    )
    fresh = coffees(0, 30, city="Köln")
    fresh.tap(40, late=5)
    assert fresh.why(40.5).sentence == (
        "No: “city is Bonn” does not hold: Köln; it was asked at 08:45, when that became known"
    )


def test_suppressed_and_shadow_say_so() -> None:
    venue = document(rule(TAP, CARD, limit={"every": "1h"}), rule(TAP, name="s", stage="shadow"))
    fold = coffees(0, 9, venue=venue)
    told = {(one.rule, one.answer): one for one in map(fold.told, range(4))}
    suppressed = told["r", "suppressed"]
    assert suppressed.sentence == (
        "No, at 08:09 it was suppressed: limit: once every 1 h, and it fired at 08:00:00"
    )
    assert suppressed.because == "limit"
    assert told["s", "shadow"].sentence == (
        "As a shadow only, at 08:09: taps at coffee; it takes no action"
    )
    assert fold.folded("ann", fold.at_ms(9)).person.fired.keys() == {"r", "s~shadow"}


def test_an_arm_is_said() -> None:
    one = {"name": "one", "then": [{"do": "tag", "tag": "x"}]}
    made = rule(TAP, variants=[one])
    del made["then"]
    fold = coffees(0, venue=document(made))
    assert fold.told().sentence == "Yes, at 08:00: taps at coffee (arm one)"
    assert fold.folded("ann", fold.at_ms(1)).person.tags == {"x": fold.at_ms(0)}


def test_a_decision_is_told_without_its_rule_or_its_person() -> None:
    fold = coffees(0)
    decision = Decision("k", "gone", 1, "ann", None, fold.at_ms(0), "fired", "it was so")
    for folded in (None, fold.folded("ann", fold.at_ms(0))):
        assert stored(fold.rules, decision, folded).events == []


def test_there_is_no_such_rule_or_it_is_about_the_other() -> None:
    for venue, listed in ((THIRD, "r"), (document(), "none")):
        with pytest.raises(RulesFault, match=f"there is no rule 'x'; there is: {listed}"):
            Logged(venue).why(0, "x")
    crowd = {"kind": "occupancy", "place": "stage", "at_least": 2}
    fold = Logged(document(rule(crowd, {"do": "staff", "title": "x"}), rule(TAP, name="t")))
    with pytest.raises(RulesFault, match="is about the venue, not about a person"):
        fold.why(0)
    with pytest.raises(RulesFault, match="is about people: say about whom"):
        explain_venue(fold.rules, "t", 0, fold.around())
    assert known_rule(fold.rules, "t").name == "t"


@pytest.mark.parametrize(
    ("stage", "said"), [("draft", "the rule is a draft"), ("paused", "the rule is paused")]
)
def test_a_rule_that_is_not_asked(stage: str, said: str) -> None:
    answer = coffees(0, venue=document(rule(TAP, stage=stage))).why(0)
    assert answer.sentence == f"No: {said}, nobody is asked"
    assert answer.clauses[0] == Clause("the rule is live", held=False, saw=stage)


def test_a_rule_that_was_not_there() -> None:
    said = not_in_force("r", "ann", 5, 0, "it was not there yet")
    assert (said.answer, said.sentence) == ("no", "No: it was not there yet")


def test_what_rules_gave_counts_from_when_they_gave_it() -> None:
    venue = document(
        rule(
            visits(2), {"do": "tag", "tag": "regular"}, {"do": "draw", "draw": "car"},
            {"do": "points", "points": 3}, {"do": "honour", "honour": "hero"},
            {"do": "status", "status": "gold"},
            {"do": "set", "attribute": "mark", "value": "x{city}"},
            {"do": "set", "attribute": "age", "value": 3}, CARD, name="two",
        ),
        rule(
            {"kind": "tap", "place": "bacon"},
            {"do": "follow_up", "after": "5min", "then": [{"do": "untag", "tag": "regular"}]},
            {"do": "push", "title": "x", "max_age": "1s"},
            name="later",
        ),
        rule({"kind": "tap", "place": "juice"}, if_={"check": "tag", "tag": "regular"}),
        attributes=[{"name": "mark"}, {"name": "age", "type": "number"}, {"name": "city"}],
    )  # fmt: skip
    fold = coffees(1, 3, venue=venue)
    fold.tap(4, place="bacon", late=0.5)
    fold.pass_to(20)
    for minute, tags in ((2.9, set()), (3, {"regular"}), (8.9, {"regular"}), (9, set())):
        now = fold.folded("ann", fold.at_ms(minute)).person
        assert now.tags.keys() == tags
        assert held(fold, minute)["has the tag regular"] is bool(tags)
    now, ann = fold.folded("ann", fold.at_ms(20)).person, fold.person()
    for name in ("points", "draws", "honours", "status", "attributes", "assigned", "fired"):
        assert getattr(now, name) == getattr(ann, name)
    assert fold.folded("ann", fold.at_ms(2)).person.points == 0
    assert [one.outcome for one in fold.decisions if one.rule == "later"] == ["fired"] * 2


def test_decisions_of_versions_and_rules_that_are_gone_still_fired() -> None:
    fold = coffees(0, venue=document(rule(TAP, {"do": "tag", "tag": "x"})))
    del fold.versions[1]
    now = fold.folded("ann", fold.at_ms(1)).person
    assert (now.tags, now.fired["r"].count) == ({}, 1)
    gone = Decision("gone/ann", "gone", 1, "ann", None, fold.at_ms(0), "fired", "x", actions=["x"])
    follow = replace(gone, key="r/ann#7", rule="r")
    set_ = {"do": "set", "attribute": "age", "value": "much"}
    number = document(rule(TAP, set_), attributes=[{"name": "age", "type": "number"}])
    other = Logged(number)
    other.decisions += [gone, follow, replace(gone, rule="r", actions=["age is 3"])]
    assert other.folded("ann", fold.at_ms(1)).person.attributes == {}


def test_people_are_followed_through_merges_as_they_were_at_the_instant() -> None:
    fold = Logged(document(rule(visits(3)))).join("ann", "bob")
    for minute, who in ((1, "ann"), (2, "bob"), (3, "ann")):
        fold.tap(minute, who)
    fold.tell(ev.Merged("ann", "bob", fold.at_ms(5)))
    assert fold.folded("bob", fold.at_ms(4)).person.id == "bob"
    assert len(fold.folded("ann", fold.at_ms(4)).person.visits["coffee"]) == 2
    for who in ("ann", "bob"):
        assert fold.folded(who, fold.at_ms(6)).person.id == "ann"
    assert fold.folded("ann", fold.at_ms(6)).person.visits == fold.person().visits
    fold.tell(ev.Unmerged("ann", "bob", fold.at_ms(7)))
    assert len(fold.folded("bob", fold.at_ms(8)).person.visits["coffee"]) == 1
    again = replace(fold.rows[-1], pos=99)
    fold.rows += [again, replace(again, pos=100, event=ev.Merged("cid", "cid", fold.at_ms(8)))]
    assert len(fold.folded("ann", fold.at_ms(8)).person.visits["coffee"]) == 2


def test_events_at_places_that_are_gone_and_of_other_kinds_are_left_aside() -> None:
    fold = Logged(document()).join("ann")
    fold.tell(ev.Moved("ann", "moon", "entered", fold.at_ms(1)))
    fold.tell(ev.Moved("ann", "stage", "entered", fold.at_ms(2)))
    fold.tell(ev.Moved("ann", "floor", "left", fold.at_ms(3)))
    fold.tell(ev.Redeemed("ann", "card", 0, fold.at_ms(4)))
    row = replace(fold.rows[-1], pos=99, event=ev.Tapped("ann", "moon", fold.at_ms(5)))
    fold.rows.append(row)
    now = fold.folded("ann", fold.at_ms(6)).person
    assert (now.taps, now.place, now.since_ms) == ({}, "stage", fold.at_ms(2))
    own = [one.event for one in fold.rows]
    assert refold(fold.rules, "ann", own).place == "stage"
