"""Why, and why not: each clause with the value it saw."""

from typing import Any

import pytest

from hub.core import events as ev
from hub.core.errors import RulesFault
from hub.core.explain import Explanation, explain, fold_profile, with_decisions, with_given
from hub.core.outcome import Clause, Decision
from hub.core.state import Person
from tests.core.fold import TAP, Fold, document, rule, visits

CARD = {"do": "reward", "pool": "card", "title": "A card"}


def why(fold: Fold, minute: float, events: list[ev.Event], name: str = "r") -> Explanation:
    """Ask as the command line does: fold the person's own events, then the stored decisions."""
    at_ms = fold.at_ms(minute)
    stored = [one for one in fold.decisions if one.rule == name and one.at_ms <= at_ms]
    known = fold_profile(fold.rules, "ann", [one for one in events if one.at_ms <= at_ms])
    known = with_given(known, fold.person(), at_ms)
    near = [one for one in stored if one.at_ms >= at_ms - 60_000]
    return explain(fold.rules, name, with_decisions(known, stored), at_ms, near)


def told(venue: Any, *happens: tuple[float, str, str]) -> tuple[Fold, list[ev.Event]]:
    """What happened to Ann: minute, what, where."""
    fold = Fold(venue)
    events: list[ev.Event] = [ev.Registered("ann", fold.opens_ms, {"city": "Bonn"}, ["rewards"])]
    for minute, what, place in happens:
        at_ms = fold.at_ms(minute)
        if what == "tap":
            events.append(ev.Tapped("ann", place, at_ms))
        else:
            events.append(ev.Moved("ann", place, what, at_ms))  # type: ignore[arg-type]
    fold.tell(ev.Leased("ann", "ann", fold.opens_ms))
    for event in events:
        fold.tell(event)
        fold.pass_to((event.at_ms - fold.opens_ms) / 60_000)
    return fold, events


COFFEES = [(float(minute), "tap", "coffee") for minute in (0, 30, 100, 110)]
THIRD = document(
    rule(
        visits(3, within="2h"),
        CARD,
        text="Three coffees in two hours",
        if_={"check": "attribute", "name": "city", "equals": "Bonn"},
        limit={"once": True},
    )
)


def test_fired_is_told_as_it_was_decided() -> None:
    fold, events = told(THIRD, *COFFEES)
    answer = why(fold, 100.5, events)
    assert (answer.answer, answer.reason) == ("fired", "Three coffees in two hours")
    assert answer.at_ms == fold.at_ms(100)
    assert [(one.text, one.held, one.saw) for one in answer.clauses] == [
        ("3 visits at coffee within 2 h", True, "3: 08:00:00, 08:30:00, 09:40:00"),
        ("city is Bonn", True, "Bonn"),
    ]
    assert answer.actions == ["reward from card, 1 of 2 left"]


def test_no_says_which_clause_failed_and_what_it_saw() -> None:
    fold, events = told(THIRD, *COFFEES)
    answer = why(fold, 42, events)
    assert (answer.answer, answer.version) == ("no", 1)
    assert answer.reason == "not so at 08:42:00: 3 visits at coffee within 2 h"
    assert answer.clauses[0] == Clause(
        "3 visits at coffee within 2 h", held=False, saw="2: 08:00:00, 08:30:00"
    )
    assert answer.clauses[-1] == Clause("consents to rewards", held=True, saw="rewards")


def test_no_for_somebody_of_whom_nothing_is_known() -> None:
    fold = Fold(THIRD)
    answer = explain(fold.rules, "r", Person("eve"), fold.opens_ms, [])
    assert [(one.held, one.saw) for one in answer.clauses] == [
        (False, "none"), (False, "unknown"), (False, "no consents"),
    ]  # fmt: skip


def test_suppressed_says_by_what() -> None:
    fold, events = told(
        document(rule(TAP, CARD, limit={"every": "1h"})), (0, "tap", "coffee"), (9, "tap", "coffee")
    )
    answer = why(fold, 9.5, events)
    assert (answer.answer, answer.reason) == (
        "suppressed", "limit: once every 1 h, and it fired at 08:00:00",
    )  # fmt: skip


def test_a_no_within_a_limit_says_so() -> None:
    fold, events = told(THIRD, *COFFEES)
    answer = why(fold, 111.9, events)
    assert answer.clauses[-1] == Clause(
        "is within its limit",
        held=False,
        saw="limit: once for each person, and it fired at 09:40:00",
    )


def test_a_follow_up_is_no_firing_of_the_rule() -> None:
    later = {"do": "follow_up", "after": "5min", "then": [{"do": "tag", "tag": "x"}]}
    fold, events = told(
        document(rule(TAP, later, limit={"at_most": 2})), (0, "tap", "coffee"), (9, "tap", "bacon")
    )
    assert [one.reason for one in fold.decisions] == ["taps at coffee", "follow-up of r"]
    answer = why(fold, 9, events)
    assert [one.text for one in answer.clauses if not one.held] == ["taps at coffee"]


def test_tags_that_rules_gave_count_from_when_they_were_given() -> None:
    venue = document(
        rule(visits(2), {"do": "tag", "tag": "regular"}, {"do": "draw", "draw": "car"}, name="two"),
        rule(
            {"kind": "tap", "place": "bacon"},
            {"do": "follow_up", "after": "5min", "then": [{"do": "tag", "tag": "fed"}]},
            name="later",
        ),
        rule({"kind": "tap", "place": "juice"}, if_={"check": "tag", "tag": "regular"}),
    )
    fold, events = told(
        venue,
        (0, "tap", "juice"), (1, "tap", "coffee"), (3, "tap", "coffee"), (4, "tap", "bacon"),
        (20, "tap", "juice"),
    )  # fmt: skip
    for minute, held, saw in (
        (0, False, "no tags"), (2.9, False, "no tags"), (3, True, "regular"),
        (8.9, True, "regular"), (9, True, "fed, regular"),
    ):  # fmt: skip
        answer = why(fold, minute, events)
        assert (answer.answer, answer.clauses[1]) == (
            "no", Clause("has the tag regular", held, saw),
        )  # fmt: skip
    assert why(fold, 20, events).answer == "fired"
    given = with_given(Person("ann"), fold.person(), fold.at_ms(3))
    assert given.draws == {"car": fold.at_ms(3)}
    assert with_given(Person("ann"), fold.person(), fold.at_ms(2)) == Person("ann")


def test_everything_holds_and_yet_nothing_happened() -> None:
    fold, events = told(
        document(rule({"kind": "visit", "place": "stage"}, name="later")), (1, "entered", "stage")
    )
    fold.decisions.clear()
    assert why(fold, 5, events, "later").reason == (
        "all clauses hold, but nothing happened at that instant that would make it fire"
    )


def test_of_several_decisions_the_latest_answers() -> None:
    fold = Fold(THIRD)
    decisions = [
        Decision(f"k{at}", "r", 1, "ann", None, at, "fired", f"at {at}") for at in (2, 5, 3)
    ]
    assert explain(fold.rules, "r", Person("ann"), 9, decisions).reason == "at 5"


def test_decisions_that_were_suppressed_are_no_firings() -> None:
    decision = Decision("k", "r", 1, "ann", None, 1, "suppressed", "no")
    assert with_decisions(Person("ann"), [decision]).fired == {}


def test_there_is_no_such_rule() -> None:
    for venue, listed in ((THIRD, "r"), (document(), "none")):
        with pytest.raises(RulesFault, match=f"there is no rule 'x'; there is: {listed}"):
            explain(Fold(venue).rules, "x", Person("ann"), 0, [])


FOOD = {"kind": "distinct", "group": "food", "count": 2, "within": "1h"}
STAGE = [(1.0, "entered", "stage"), (4.0, "left", "stage"), (6.0, "entered", "stage")]


@pytest.mark.parametrize(
    ("when", "happens", "text", "saw"),
    [
        (FOOD, [(0, "tap", "juice")], "2 different places of food within 1 h", "1 of 3: juice"),
        (FOOD, [], "2 different places of food within 1 h", "0 of 3: none"),
        (
            {"kind": "visits", "group": "food", "count": 9},
            [(float(minute), "tap", "bacon") for minute in range(7)],
            "9 visits at food within the event",
            "7: ... 08:02:00, 08:03:00, 08:04:00, 08:05:00, 08:06:00",
        ),
        (TAP, [(0, "tap", "coffee")], "taps at coffee", "1: 08:00:00"),
        ({"kind": "visit", "place": "coffee"}, [(0, "tap", "coffee")], "visits coffee",
         "1: 08:00:00"),
        ({"kind": "visit", "place": "coffee"}, [], "visits coffee", "none"),
        (
            {"kind": "visit", "place": "stage", "at_least": "10min"},
            STAGE,
            "visits stage for 10 min",
            "2: 08:01:00, 08:06:00",
        ),
        (
            {"kind": "dwell", "place": "stage", "at_least": "10min"},
            STAGE,
            "has spent 10 min at stage, and is still there",
            "7 min, now stage",
        ),
        (
            {"kind": "dwell", "place": "stage", "at_least": "10min"},
            [*STAGE[:2], (5, "left", "stage"), (6, "left_venue", "floor")],
            "has spent 10 min at stage, and is still there",
            "3 min, now nowhere",
        ),
        ({"kind": "present", "place": "floor"}, STAGE, "is at floor", "stage"),
        ({"kind": "present", "place": "floor"}, [], "is at floor", "nowhere"),
    ],
)  # fmt: skip
def test_each_kind_of_trigger_says_what_it_saw(
    when: dict[str, Any], happens: list[tuple[float, str, str]], text: str, saw: str
) -> None:
    then = [{"do": "music"}] if when["kind"] == "present" else []
    fold, events = told(document(rule(when, *then)), *happens)
    fold.decisions.clear()
    clause = why(fold, 10, events).clauses[0]
    assert (clause.text, clause.held, clause.saw) == (text, False, saw)


def test_events_at_places_that_are_gone_and_of_other_kinds_are_left_aside() -> None:
    fold = Fold(document())
    events: list[ev.Event] = [
        ev.Tapped("ann", "moon", 1),
        ev.Moved("ann", "moon", "entered", 2),
        ev.Moved("ann", "stage", "entered", 3),
        ev.Moved("ann", "floor", "left", 4),
        ev.Redeemed("ann", "card", 0, 5),
    ]
    known = fold_profile(fold.rules, "ann", events)
    assert (known.taps, known.place, known.since_ms) == ({}, "stage", 3)


def test_what_is_folded_is_what_the_core_knew() -> None:
    fold, events = told(THIRD, *COFFEES, *STAGE)
    known = fold_profile(fold.rules, "ann", events)
    ann = fold.person()
    for name in ("attributes", "consents", "taps", "visits", "stays", "place", "since_ms"):
        assert getattr(known, name) == getattr(ann, name)
