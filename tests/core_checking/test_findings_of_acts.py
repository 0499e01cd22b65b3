"""What is said of actions, limits, attributes and budgets that cannot be meant."""

import pytest
from msgspec.structs import replace

from hub.core import document as doc
from tests.core_checking.venue import (
    EVENT,
    POINT,
    TAP,
    of_if,
    of_parts,
    of_rules,
    rule,
)  # fmt: skip

HAVE = doc.Attribute("t", exists=True)
TASTES = [doc.AttributeInfo("tastes", "set"), doc.AttributeInfo("age", "number")]
ACTS = [
    (doc.GiveReward("cards", "x"), "then[0].pool: there is no pool 'cards'; there is: card"),
    (doc.SetLight("Lamp", "#ff8800"), "then[0].lamp: there is no lamp 'Lamp'; there is: Floor"),
    (doc.CancelFollowUp("b"), "then[0].rule: there is no rule 'b'; there is: a"),
    (doc.SetMood(["Floor"]),
     "then[0]: mood and music belong to rules with kind: present, and nothing else does"),
    (doc.FollowUp([POINT]), "then[0]: a follow-up has either after or at"),
    (doc.FollowUp([], after="5s"), "then[0].then: the follow-up has nothing to do"),
]  # fmt: skip


@pytest.mark.parametrize(("act", "sentence"), ACTS, ids=lambda value: str(value)[:50])
def test_errors_of_actions(act: doc.Act, sentence: str) -> None:
    assert f"error: rule 'a', {sentence}" in of_rules(rule(TAP, act))


def test_actions_that_come_to_nothing() -> None:
    found = of_rules(
        rule(TAP, doc.CancelFollowUp("a"), doc.AddPoints(0), doc.SendPush("Hello"),
             doc.GiveReward("card", "x")),
        pools=[doc.PoolInfo("card", "Card", 0, cost=2)],
    )  # fmt: skip
    assert found == [
        "warning: rule 'a', then[0].rule: the rule 'a' has no follow-ups",
        "warning: rule 'a', then[3].pool: the pool 'card' has none to give",
        "note: rule 'a', then[2]: the push has no text: its title stands alone",
        "note: pool 'card', cost: the pool has a cost and no budget counts it",
        "note: rule 'a', then[1].points: no points are added",
    ]


def test_follow_ups_are_not_nested_without_end() -> None:
    act: doc.Act = POINT
    for depth in range(1, 5):
        act = doc.FollowUp([act], after="5s")
        found = of_rules(rule(TAP, act, doc.CancelFollowUp("a")))
        assert (found == []) is (depth <= 3)


def test_what_is_about_the_venue() -> None:
    occupied, mood = doc.OnOccupancy("stage", 5), doc.SetMood(["Floor", "Lamp"])
    staff = doc.TellStaff("x", "{company}")
    assert of_rules(rule(occupied, staff, if_=doc.Occupied("stage", 3))) == []
    assert of_rules(rule(doc.OnButton("x"), staff)) == []
    assert of_rules(rule(doc.OnSchedule(daily="09:00"), POINT)) == [
        "error: rule 'a', then[0]: points is done for a person, and the rule is about the venue"
    ]
    found = of_rules(rule(occupied, staff, if_=doc.NoneOf([doc.HasConsent("push")])))
    assert found == [
        "error: rule 'a', if.of[0]: consent asks about a person, and the rule is about the venue"
    ]
    assert of_rules(rule(doc.OnButton("x"), staff, holdout=5)) == [
        "error: rule 'a': it is about the venue, which has no visits and no arms"
    ]
    (lane,) = of_rules(rule(TAP, doc.PublishMqtt("up/door")))
    assert lane.endswith("topic 'up/door' begins like a lane of an edge; choose another")
    present = doc.WhilePresent("stage")
    assert of_rules(rule(present, mood, doc.RequestMusic(), doc.SetMood([]))) == [
        "error: rule 'a', then[0].lamps[1]: there is no lamp 'Lamp'; there is: Floor",
        "error: rule 'a', then[2].lamps: the mood is for no lamp",
    ]
    music = doc.RequestMusic()
    sentence = "follows a place, not a person: it takes no if and no limit"
    for more in ({"if_": HAVE}, {"limit": doc.Limit(once=True)}):
        (only,) = of_rules(rule(present, music, **more))
        assert only.endswith(sentence)
    assert of_rules(rule(doc.WhilePresent("stage", "0s"), music)) == [
        "error: rule 'a', when.every: every is more than nothing"
    ]


@pytest.mark.parametrize(
    ("when", "sentence"),
    [
        (doc.OnOccupancy("stage"), "when: give either at_least or at_most"),
        (doc.OnOccupancy("stage", 5, until=5),
         "when.until: until is less than at_least, which is 5"),
        (doc.OnOccupancy("stage", at_most=5, until=5),
         "when.until: until is more than at_most, which is 5"),
        (doc.OnOccupancy("stage", 5, until=4), ""),
        (doc.OnOccupancy("stage", at_most=5, until=6), ""),
    ],
)  # fmt: skip
def test_occupancy(when: doc.Trigger, sentence: str) -> None:
    expected = [f"error: rule 'a', {sentence}"] if sentence else []
    assert of_rules(rule(when, doc.TellStaff("x"))) == expected


def test_declared_attributes() -> None:
    found = of_parts(
        attributes=[
            doc.AttributeInfo("a", "set", merge="latest"),
            doc.AttributeInfo("b", "text", merge="latest", one_of=[]),
            doc.AttributeInfo("c", "number", one_of=["x", 1, True]),
        ],
        sources=[
            doc.Source("crm", [
                doc.Mapped("attributes.b", ["x"], unit=0.1),
                doc.Mapped("attributes.c", ["x"], unit=0.1), doc.Mapped("name", ["x"], unit=0.1),
            ])
        ],
    )  # fmt: skip
    assert found == [
        "error: attribute 'a', merge: two values of type set cannot become 'latest': union",
        "error: attribute 'b', one_of: one_of is empty: no value would do",
        "error: attribute 'c', one_of[0]: 'x' is no number, which the attribute 'c' is",
        "error: attribute 'c', one_of[2]: True is no number, which the attribute 'c' is",
        (
            "warning: source 'crm', fields[0].unit: unit multiplies a number, and the attribute "
            "'b' is text"
        ),
    ]


def test_attributes_that_are_declared_are_used_as_declared() -> None:
    infos = [*TASTES, doc.AttributeInfo("ticket", one_of=["gold", "day"])]
    assert of_if(doc.Attribute("age", at_least=18), attributes=infos) == []
    assert of_if(doc.Attribute("ticket", one_of=["gold"]), attributes=infos) == []
    assert of_if(doc.Attribute("age", equals=5), attributes=infos) == []
    assert of_if(doc.Attribute("tastes", at_least=1, exists=True), attributes=infos) == [
        "error: rule 'a', if.at_least: at_least is for number, and 'tastes' is set"
    ]
    assert of_if(doc.Attribute("ticket", equals="silver"), attributes=infos) == [
        "error: rule 'a', if.equals: 'silver' is none of what 'ticket' may be: gold, day"
    ]
    (only,) = of_if(doc.Attribute("agee", exists=True), attributes=infos)
    assert only.startswith("error: rule 'a', if.name: there is no attribute 'agee'; there is: age")
    found = of_rules(
        rule(doc.OnAttribute("age"), doc.SetAttribute("age", "old"),
             doc.SetAttribute("tastes", None),
             doc.SetLight("Floor", "{colour}"), doc.PublishMqtt("x", {"a": "{first_name} {age}"}),
             limit=doc.Limit(once=True)),
        attributes=infos,
    )  # fmt: skip
    assert (
        found[0]
        == "error: rule 'a', then[0].value: 'old' is no number, which the attribute 'age' is"
    )
    assert found[1].startswith("warning: rule 'a', then[2].colour: there is no attribute 'colour'")
    assert found[1].endswith("; nothing stands there then")
    (only,) = of_rules(rule(doc.OnAttribute("agee")), attributes=infos)
    assert "when.name: there is no attribute 'agee'" in only


def test_limits() -> None:
    long = doc.Limit(at_most=65, within="day", also=[doc.Period(65), doc.Period(70, "2h")])
    assert of_rules(rule(limit=long)) == [
        "error: rule 'a', limit.at_most: at_most is 64 or less unless it is within the event",
        (
            "error: rule 'a', limit.also[1].at_most: at_most is 64 or less unless it is within "
            "the event"
        ),
    ]
    assert of_rules(rule(limit=doc.Limit(at_most=64, within="2h"))) == []
    assert of_rules(rule(limit=doc.Limit(once=True, every="0s"))) == [
        "error: rule 'a', limit.every: 0s is no time at all",
        "note: rule 'a', limit.once: once is the tightest limit: the others change nothing",
    ]
    assert of_rules(rule(limit=doc.Limit(every="2d", within="2h"))) == [
        "error: rule 'a', limit.within: within '2h' needs at_most",
        (
            "note: rule 'a', limit.every: 2d is longer than the event, which is 26 h: the same as "
            "once: true"
        ),
    ]
    assert of_rules(rule(limit=doc.Limit(at_most=1, per="visit"))) == []
    assert of_rules(rule(doc.OnLeftVenue(), limit=doc.Limit(at_most=1, per="visit"))) == [
        "warning: rule 'a', limit.per: per: visit is for triggers at a place"
    ]
    nowhere = of_rules(rule(limit=doc.Limit(every="2d")), event=replace(EVENT, zone="Moon"))
    assert len(nowhere) == 1


def test_budgets() -> None:
    found = of_parts(
        pools=[doc.PoolInfo("a", "A", 5, cost=2), doc.PoolInfo("b", "B", 5)],
        budgets=[doc.Budget("x", 5, []), doc.Budget("y", 5, ["a", "b"])],
    )
    assert found == [
        "error: budget 'x', pools: none of its pools costs anything; give one a cost",
        "warning: budget 'y', pools[1]: the pool 'b' costs nothing: give it a cost",
    ]
