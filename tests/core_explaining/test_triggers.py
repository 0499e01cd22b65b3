"""Each kind of trigger says why it was not true at an instant, with numbers."""

from typing import Any

import pytest

from hub.core import events as ev
from hub.core.explain import explain_venue
from tests.core.fold import TAP, document, rule, visits
from tests.core_explaining.told import Logged

STAFF = {"do": "staff", "title": "x"}
DWELL = {"kind": "dwell", "place": "stage", "at_least": "10min"}
LONG = {"kind": "visit", "place": "stage", "at_least": "10min"}
SEQUENCE = {"kind": "sequence", "first": "coffee", "then": "bacon", "within": "10min"}
WITHOUT = {"kind": "without", "first": "coffee", "then": "bacon", "within": "10min"}
ABSENT = {"kind": "absent", "place": "coffee", "for": "10min"}
BY = {"kind": "absent", "place": "coffee", "by": "2026-10-08T09:00"}
FOOD = {"kind": "distinct", "group": "food", "count": 2, "within": "1h"}
IN, OUT = "entered", "left"

Told = list[tuple[float, str, str]]


def said(when: dict[str, Any], minute: float, *happens: tuple[float, str, str]) -> str:
    """The sentence about Ann, who is registered, when nothing was decided."""
    fold = Logged(document(rule(when, {"do": "tag", "tag": "t"}))).join("ann")
    for at, what, place in happens:
        fold.pass_to(at)
        if what == "tap":
            fold.tap(at, place=place)
        else:
            fold.move(at, what, place)
    fold.pass_to(minute)
    answer = fold.why(minute)
    assert answer.clauses[0].held is False
    return answer.sentence.removeprefix("No: ")


@pytest.mark.parametrize(
    ("when", "minute", "happens", "expected"),
    [
        (TAP, 5, [], "there was no tap at coffee by then"),
        (TAP, 5, [(1, "tap", "coffee")],
         "there was no tap at coffee at that instant; the last one was at 08:01"),
        ({"kind": "visit", "group": "halls"}, 9, [(2, IN, "stage")],
         "there was no visit at halls at that instant; the last one was at 08:02"),
        (FOOD, 9, [],
         "0 different places within 1 h, 2 are needed: 2 more of coffee, bacon, juice"),
        (FOOD, 9, [(1, "tap", "juice"), (2, "tap", "juice")],
         ("1 different place within 1 h (juice), 2 are needed: 1 more of coffee, bacon before "
         "09:01")),
        (visits(1), 9, [(1, "tap", "coffee")],
         "that was reached at 08:01 already, and nothing reached it at that instant"),
        ({"kind": "visits", "group": "food", "count": 9}, 9,
         [(float(at), "tap", "bacon") for at in range(7)],
         ("7 visits at food within the event (..., 08:02, 08:03, 08:04, 08:05, 08:06), 9 are "
         "needed: 2 more")),
        (LONG, 9, [], "not at stage then: nowhere"),
        (LONG, 9, [(1, IN, "floor")], "not at stage then: floor"),
        (LONG, 9, [(2, IN, "stage")], "at stage for 7 min, 10 min are needed: until 08:12"),
        (LONG, 19, [(2, IN, "stage")], "that was reached at 08:12 already"),
        (DWELL, 9, [(1, IN, "stage"), (4, OUT, "stage"), (6, IN, "stage")],
         "at stage for 6 min, 10 min are needed: until 08:13"),
        ({"kind": "left", "place": "stage"}, 9, [(1, IN, "stage")],
         "there was no leaving of stage by then"),
        ({"kind": "left", "group": "halls", "at_least": "5min"}, 9,
         [(1, IN, "stage"), (2, OUT, "stage")],
         "there was no leaving of halls after 5 min at that instant; the last one was at 08:02"),
        (SEQUENCE, 9, [(1, "tap", "coffee")], "there was no visit to bacon by then"),
        (SEQUENCE, 20.5, [(1, "tap", "coffee"), (20, "tap", "bacon")],
         "there was no visit to bacon at that instant; the last one was at 08:20"),
        (SEQUENCE, 20, [(1, "tap", "coffee"), (20, "tap", "bacon")],
         "there was no visit to coffee within 10 min before it; the last one was at 08:01"),
        (SEQUENCE, 20, [(20, "tap", "bacon")],
         "there was no visit to coffee within 10 min before it"),
        (WITHOUT, 9, [], "there was no visit to coffee by then"),
        (WITHOUT, 9, [(1, "tap", "coffee")], "the time for bacon was not over before 08:11"),
        (WITHOUT, 9, [(1, "tap", "coffee"), (3, "tap", "bacon")],
         "bacon was visited at 08:03, in time"),
        (WITHOUT, 15, [(1, "tap", "coffee")], "that was so at 08:11 already"),
        (ABSENT, 9, [], "they had not been anywhere by then"),
        (ABSENT, 9, [(1, "tap", "coffee")],
         "the last visit to coffee was at 08:01, so it was to become true at 08:11"),
        (ABSENT, 9, [(1, "tap", "bacon")],
         "the first trace is of 08:01, so it was to become true at 08:11"),
        ({"kind": "absent", "for": "10min"}, 9, [(1, "tap", "bacon")],
         "the last visit to some place was at 08:01, so it was to become true at 08:11"),
        (BY, 9, [], "it is asked at 2026-10-08T09:00 and at no other instant"),
        (BY, 9, [(1, "tap", "coffee")], "visited at 08:01"),
        ({"kind": "attribute", "name": "city"}, 9, [],
         "“city changes” did not happen at that instant: unknown, unknown before"),
        ({"kind": "consent", "purpose": "push"}, 9, [],
         "“consent to push is given” did not happen at that instant: given, given before"),
        ({"kind": "consent", "purpose": "x"}, 9, [],
         "“consent to x is given” did not happen at that instant: not given, not given before"),
        ({"kind": "points", "at_least": 3}, 9, [],
         "“reaches 3 points” did not happen at that instant: 0 points, 0 before"),
        ({"kind": "left_venue"}, 9, [], "“leaves the venue” did not happen at that instant"),
        ({"kind": "redeemed"}, 9, [],
         "“a reward of any pool is redeemed” did not happen at that instant"),
        ({"kind": "button", "button": "go", "about": "person"}, 9, [],
         "“the button go is pressed” did not happen at that instant"),
        ({"kind": "call", "call": "go"}, 9, [], "“go is called” did not happen at that instant"),
        ({"kind": "schedule", "daily": "09:00", "each": "everyone"}, 9, [],
         "it was not time for it; next time: 09:00"),
        ({"kind": "schedule", "at": "2026-10-08T08:05", "each": "everyone"}, 9, [],
         "it was not time for it; next time: never again"),
    ],
)  # fmt: skip
def test_each_trigger_says_why_not(
    when: dict[str, Any], minute: float, happens: Told, expected: str
) -> None:
    assert said(when, minute, *happens) == expected


AUDIENCE = {"name": "fans", "if": {"check": "tag", "tag": "fan"}}
NEVER = {"check": "tag", "tag": "nobody-has-it"}


@pytest.mark.parametrize(
    ("when", "text"),
    [
        (TAP, "taps at coffee"),
        ({"kind": "visit", "group": "mixed"}, "visits mixed"),
        (visits(1), "1 visits at coffee within the event"),
        ({"kind": "distinct", "group": "mixed", "count": 1},
         "1 different places of mixed within the event"),
        (LONG, "visits stage for 10 min"),
        (DWELL, "has spent 10 min at stage, and is still there"),
        ({"kind": "left", "place": "stage"}, "leaves stage"),
        ({"kind": "left_venue"}, "leaves the venue"),
        (SEQUENCE, "visits bacon within 10 min of coffee"),
        (WITHOUT, "visits coffee and not juice within 10 min"),
        ({"kind": "absent", "place": "juice", "for": "10min"}, "has not visited juice for 10 min"),
        ({"kind": "absent", "place": "juice", "by": "2026-10-08T08:40"},
         "has not visited juice by 2026-10-08T08:40"),
        ({"kind": "audience", "audience": "fans"}, "has entered fans"),
        ({"kind": "audience", "audience": "fans", "change": "left"}, "has left fans"),
        ({"kind": "attribute", "name": "city"}, "city changes"),
        ({"kind": "consent", "purpose": "push", "given": False}, "consent to push is withdrawn"),
        ({"kind": "points", "at_least": 3}, "reaches 3 points"),
        ({"kind": "redeemed", "pool": "card"}, "a reward of card is redeemed"),
        ({"kind": "button", "button": "go", "about": "person"}, "the button go is pressed"),
        ({"kind": "call", "call": "go"}, "go is called"),
        ({"kind": "rule", "rule": "gives"}, "gives fired"),
    ],
)  # fmt: skip
def test_the_moment_at_which_it_was_true_is_found(when: dict[str, Any], text: str) -> None:
    """The condition never holds, so that nothing is stored, and the moment is worked out."""
    changed = dict(when, then="juice") if when["kind"] == "without" else when
    give: list[dict[str, Any]] = [{"do": "points", "points": 3}, {"do": "tag", "tag": "fan"}]
    later = {"do": "follow_up", "after": "20min", "then": [{"do": "untag", "tag": "fan"}]}
    places = document().places
    listed = [
        {"id": one.id, "name": one.name, "visits_by": one.visits_by,
         "groups": [*one.groups, *(["mixed"] if one.id in ("coffee", "stage") else [])]}
        for one in places
    ]  # fmt: skip
    fold = Logged(
        document(
            rule(TAP, *give, name="gives"),
            rule(TAP, later,
                 name="takes"),
            rule(changed, STAFF, if_=NEVER),
            audiences=[AUDIENCE], places=listed,
        )
    ).join("ann", city="Bonn")  # fmt: skip
    fold.tap(1)
    fold.tap(4, place="bacon")
    fold.move(10, IN).move(22, OUT).move(22.5, "left_venue")
    fold.tell(ev.Registered("ann", fold.at_ms(23), {"city": "Köln"}, ["rewards"]))
    fold.tell(ev.Redeemed("ann", "card", 0, fold.at_ms(24)))
    fold.tell(ev.Called("go", "button", fold.at_ms(25), "ann"))
    fold.tell(ev.Called("go", "call", fold.at_ms(26), "ann"))
    fold.pass_to(50)
    found = [
        one
        for minute in range(51)
        if (one := fold.why(minute + 0.5)).clauses[0].held and one.clauses[1].held is False
    ]
    if when.get("by"):
        found = [fold.why(40)]
    assert found
    assert found[0].clauses[0].text == text
    assert found[0].sentence.startswith("No: “has the tag nobody-has-it” does not hold:")


def test_a_rule_after_another_says_when_that_fired() -> None:
    after = {"kind": "rule", "rule": "gives", "after": "10min"}
    fold = Logged(document(rule(TAP, name="gives"), rule(after))).join("ann")
    assert fold.why(0).sentence == "No: the rule gives had not fired by then"
    fold.tap(1)
    assert fold.why(5).sentence == (
        "No: the rule gives fired at 08:01, and this one follows 10 min after it"
    )
    at_once = Logged(document(rule(TAP, name="gives"), rule(after | {"after": "0s"}))).join("ann")
    at_once.tap(1)
    assert at_once.why(5).sentence == "No: the rule gives fired at 08:01"


@pytest.mark.parametrize(("each", "who"), [("everyone", "registered"), ("fans", "in fans")])
def test_a_time_that_is_not_for_somebody(each: str, who: str) -> None:
    when = {"kind": "schedule", "daily": "08:10", "each": each}
    fold = Logged(document(rule(when), audiences=[AUDIENCE]))
    fold.tell(ev.Leased("b", "ann", fold.at_ms(0)))
    fold.tap(1, "b")
    assert fold.why(10).sentence == f"No: it was time for it, but they were not {who}"
    fold.join("bob")
    answer = fold.why(10, who="bob")
    assert answer.clauses[0].held is (each == "everyone")


def venue_said(when: dict[str, Any], minute: float, *happens: tuple[float, str, str]) -> str:
    """The sentence about the venue."""
    then = [{"do": "music"}] if when["kind"] == "present" else [STAFF]
    fold = Logged(document(rule(when, *then), audiences=[AUDIENCE])).join("ann", "bob")
    for at, what, who in happens:
        fold.move(at, what, who=who)
    answer = explain_venue(fold.rules, "r", fold.at_ms(minute), fold.around())
    assert (answer.person, answer.clauses[0].held) == (None, False)
    return answer.sentence


CROWD = {"kind": "occupancy", "place": "stage"}
BOTH = [(1.0, IN, "ann"), (2.0, IN, "bob")]


@pytest.mark.parametrize(
    ("when", "happens", "expected"),
    [
        (CROWD | {"at_least": 3}, BOTH, "No: 2 people at stage, 3 are needed: 1 more"),
        (CROWD | {"at_least": 3}, BOTH[:1], "No: 1 person at stage, 3 are needed: 2 more"),
        (CROWD | {"at_least": 3, "audience": "fans"}, BOTH,
         "No: 0 of fans at stage, 3 are needed: 3 more"),
        (CROWD | {"at_most": 1}, BOTH, "No: 2 people at stage, 1 are allowed: 1 too many"),
        (CROWD | {"at_least": 2}, BOTH,
         ("No: 2 people at stage; it fires when the number gets there, and then not before it has "
         "been back")),
        ({"kind": "present", "place": "stage"}, BOTH,
         ("No: nothing changed at stage at that instant, with 2 there; it shows each change, at "
         "most once every 5s")),
        ({"kind": "schedule", "daily": "09:00"}, [],
         "No: it was not time for it; next time: 09:00"),
        ({"kind": "button", "button": "go"}, [],
         "No: “the button go is pressed” did not happen at that instant"),
    ],
)  # fmt: skip
def test_a_rule_about_a_place_says_why_not(
    when: dict[str, Any], happens: list[tuple[float, str, str]], expected: str
) -> None:
    assert venue_said(when, 5, *happens) == expected


def test_it_is_time_for_the_venue() -> None:
    fold = Logged(document(rule({"kind": "schedule", "daily": "09:00"}, STAFF)))
    answer = explain_venue(fold.rules, "r", fold.at_ms(60), fold.around())
    assert answer.clauses[0].held
