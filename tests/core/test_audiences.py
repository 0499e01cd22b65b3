"""Who is in an audience is what its condition says at every instant: by event and by time."""

from typing import Any

import pytest

from hub.core import events as ev
from hub.core.errors import RulesFault
from hub.core.outcome import Membership
from tests.core.fold import CONSENTS, MIN, TAP, Fold, document, rule

ENTERED: dict[str, Any] = {"kind": "audience", "audience": "some"}
LEFT: dict[str, Any] = ENTERED | {"change": "left"}
TAG: dict[str, Any] = {"do": "tag", "tag": "guest"}
TAGGED: dict[str, Any] = {"check": "tag", "tag": "guest"}


def counted(count: int, within: str = "1h", **more: Any) -> dict[str, Any]:
    return {"check": "counted", "place": "coffee", "within": within, "at_least": count, **more}


def fold_of(condition: dict[str, Any], *rules: dict[str, Any], **more: Any) -> Fold:
    """An audience, with what is done when somebody comes and goes."""
    comes = rule(ENTERED, {"do": "staff", "title": "in"}, name="in")
    goes = rule(LEFT, {"do": "staff", "title": "out"}, name="out")
    audiences = [{"name": "some", "if": condition}]
    return Fold(document(comes, goes, *rules, audiences=audiences, **more))


def changes(fold: Fold, who: str = "ann") -> tuple[list[float], list[float]]:
    return fold.fired("in", who), fold.fired("out", who)


def test_in_by_an_event_and_out_by_time() -> None:
    fold = fold_of(counted(2)).join("ann").taps(0, 20)
    assert fold.person().audiences == {"some": fold.at_ms(20)}
    fold.pass_to(60 - 1 / MIN)
    assert changes(fold) == ([20], [])
    fold.pass_to(60)
    assert changes(fold) == ([20], [60])
    assert fold.person().audiences == {}
    said = [(one.clauses[0].text, one.clauses[0].saw) for one in fold.decisions]
    assert said == [("has entered some", "inside"), ("has left some", "outside")]


def test_maximum_count_in_at_one_out_at_two_in_again_when_one_ages_out() -> None:
    fold = fold_of(counted(1, at_most=1)).join("ann").taps(0)
    fold.pass_to(30)
    fold.taps(30)
    fold.pass_to(60 - 1 / MIN)
    assert changes(fold) == ([0], [30])
    fold.pass_to(60)
    assert changes(fold) == ([0, 60], [30])
    fold.pass_to(500)
    assert changes(fold) == ([0, 60], [30, 90])


def test_memberships_are_told() -> None:
    fold = fold_of(counted(1)).join("ann").taps(5)
    fold.pass_to(65)
    told = [one for outcome in fold.outcomes for one in outcome.memberships]
    assert told == [Membership("some", "ann", fold.at_ms(5)), Membership("some", "ann", None)]


def test_a_late_visit_lets_in_as_of_when_it_is_known() -> None:
    fold = fold_of(counted(1)).join("ann")
    fold.tap(0, late=50)
    assert changes(fold) == ([50], [])
    fold.pass_to(60)
    assert changes(fold) == ([50], [60])


def test_a_visit_that_is_known_when_it_no_longer_counts_lets_nobody_in() -> None:
    fold = fold_of(counted(1)).join("ann")
    fold.tap(0, late=60)
    assert changes(fold) == ([], [])


@pytest.mark.parametrize(
    ("condition", "deed"),
    [
        ({"check": "attribute", "name": "city", "equals": "Bonn"}, "attribute"),
        ({"check": "consent", "purpose": "music"}, "consent"),
        ({"check": "at", "group": "halls"}, "enter"),
        ({"check": "counted", "of": "taps", "place": "stage", "at_least": 1}, "tap"),
        ({"check": "none", "of": [{"check": "attribute", "name": "city"}]}, "met"),
    ],
)
def test_whatever_its_condition_asks_about_may_let_in(condition: dict[str, Any], deed: str) -> None:
    if deed == "met":
        condition["of"][0]["exists"] = True
    fold = fold_of(condition)
    before = [one for one in CONSENTS if one != "music"]
    if deed != "met":
        fold.join("ann", consents=before)
        assert changes(fold) == ([], [])
    match deed:
        case "attribute":
            fold.say(3, city="Bonn")
        case "consent":
            fold.say(3, consents=CONSENTS)
        case "enter":
            fold.enter(3)
        case "tap":
            fold.tap(3, place="stage")
        case _:
            fold.say(3)
    assert changes(fold) == ([3], [])


@pytest.mark.parametrize(
    ("condition", "act"),
    [
        (TAGGED, TAG),
        ({"check": "points", "at_least": 5}, {"do": "points", "points": 5}),
        ({"check": "honour", "honour": "hero"}, {"do": "honour", "honour": "hero"}),
        ({"check": "status", "one_of": ["gold"]}, {"do": "status", "status": "gold"}),
        (
            {"check": "attribute", "name": "city", "equals": "Bonn"},
            {"do": "set", "attribute": "city", "value": "Bonn"},
        ),
    ],
)
def test_what_rules_give_lets_in_within_the_same_step(
    condition: dict[str, Any], act: dict[str, Any]
) -> None:
    fold = fold_of(condition, rule(TAP, act)).join("ann").taps(4)
    assert changes(fold) == ([4], [])
    assert fold.pos == fold.decisions[-1].pos == fold.decisions[-2].pos


def test_a_tag_that_is_taken_away_lets_out() -> None:
    untag = rule(TAP | {"place": "bacon"}, {"do": "untag", "tag": "guest"}, name="untag")
    fold = fold_of(TAGGED, rule(TAP, TAG), untag).join("ann").taps(4).taps(6, place="bacon")
    assert changes(fold) == ([4], [6])


def test_the_clock_lets_in_and_out() -> None:
    """Doors open at 08:00."""
    fold = fold_of({"check": "time", "from": "10:00", "until": "10:30"}).join("ann")
    fold.pass_to(120 - 1 / MIN)
    assert changes(fold) == ([], [])
    fold.pass_to(120)
    fold.pass_to(150 - 1 / MIN)
    assert changes(fold) == ([120], [])
    fold.pass_to(150)
    assert changes(fold) == ([120], [150])


# Audiences about audiences.


def about(name: str, negated: bool = False) -> dict[str, Any]:
    asked = {"check": "audience", "audience": name}
    return {"check": "none", "of": [asked]} if negated else asked


def test_audiences_that_ask_about_each_other_follow_in_one_step_and_once() -> None:
    """They are written in the wrong order; one is asked about by two, and one asks about both."""
    audiences = [
        {"name": "both", "if": {"check": "all", "of": [about("few", negated=True), about("many")]}},
        {"name": "few", "if": about("many", negated=True)},
        {"name": "many", "if": counted(2)},
    ]
    rules = [
        rule({"kind": "audience", "audience": one["name"], "change": change}, TAG,
             name=f"{one['name']}-{change}")
        for one in audiences for change in ("entered", "left")
    ]  # fmt: skip
    fold = Fold(document(*rules, audiences=audiences)).join("ann")
    assert fold.person().audiences.keys() == {"few"}
    fold.taps(1, 2)
    assert fold.person().audiences.keys() == {"many", "both"}
    fold.pass_to(62)
    assert fold.person().audiences.keys() == {"few"}
    fired = [(one.rule, (one.at_ms - fold.opens_ms) / MIN) for one in fold.decisions]
    assert sorted(fired, key=lambda one: (one[1], one[0])) == [
        ("few-entered", 0),
        ("both-entered", 2), ("few-left", 2), ("many-entered", 2),
        ("both-left", 61), ("few-entered", 61), ("many-left", 61),
    ]  # fmt: skip


def test_a_circle_is_refused() -> None:
    audiences = [{"name": "a", "if": about("b")}, {"name": "b", "if": about("a")}]
    with pytest.raises(RulesFault, match=r"ask about each other in a circle: \w -> \w -> \w"):
        Fold(document(audiences=audiences))


@pytest.mark.parametrize(
    "asked", [{"check": "occupancy", "place": "stage", "at_least": 1},
              {"check": "stock", "pool": "card"}],
)  # fmt: skip
def test_what_is_about_no_person_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(RulesFault, match="audience 'some': an audience is about people"):
        fold_of({"check": "all", "of": [TAGGED, asked]})


def test_a_rule_about_an_audience_that_is_not_there_is_refused() -> None:
    with pytest.raises(RulesFault, match="rule 'r': there is no audience 'nobody'"):
        Fold(document(rule(ENTERED | {"audience": "nobody"})))


# Time does not run backwards.


def test_a_timer_that_is_looked_at_late_does_not_go_back_behind_what_was_seen() -> None:
    fold = fold_of(counted(1)).join("ann").taps(0)
    (timer,) = fold.state.timers.values()
    fold.say(70, city="Bonn")  # does not touch the audience
    fold.tap(65, late=10)  # the first visit has aged out, the second one counts
    assert changes(fold) == ([0], [])
    fold.tell(ev.Due(timer.key, timer.due_ms, "ann"), fold.at_ms(76))
    assert changes(fold) == ([0], [])
    fold.pass_to(200)
    assert changes(fold) == ([0], [125])


def test_an_audience_that_is_gone_is_not_looked_at() -> None:
    fold = fold_of(counted(1)).join("ann").taps(0)
    fold.publish(document(), 5)
    assert fold.person().audiences == {}
    fold.pass_to(500)
    assert fold.state.timers == {}


def test_somebody_who_is_merged_away_is_in_no_audience_and_the_survivor_is_looked_at() -> None:
    fold = fold_of(counted(2, "event")).join("ann", "bob").taps(1)
    fold.tap(2, "bob")
    assert changes(fold) == ([], [])
    fold.merge(5, "ann", "bob")
    assert changes(fold) == ([5], [])
    fold.unmerge(6, "ann", "bob")
    assert changes(fold) == ([5], [6])
    assert fold.person("bob").audiences == {}


def test_somebody_of_whom_nothing_is_known_is_in_no_audience_by_leaving() -> None:
    nobody = {"check": "none", "of": [TAGGED]}
    fold = fold_of(nobody)
    outcome = fold.tell(ev.Moved("eve", "stage", "left", fold.at_ms(1)))
    assert (outcome.people, outcome.memberships, fold.decisions) == ((), (), [])
    fold.tell(ev.Moved("eve", "stage", "entered", fold.at_ms(2)))
    assert changes(fold, "eve") == ([2], [])
