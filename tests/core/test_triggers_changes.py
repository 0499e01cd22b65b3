"""Rules about a change of somebody, about another rule, and about what people press and call."""

from typing import Any

import pytest

from hub.core import events as ev
from hub.core.state import Pool
from tests.core.fold import CONSENTS, MIN, TAP, Fold, document, rule, visits

CITY: dict[str, Any] = {"kind": "attribute", "name": "city"}
TAGGED: dict[str, Any] = {"do": "tag", "tag": "guest"}


def points(count: int) -> dict[str, Any]:
    return {"do": "points", "points": count}


def button(name: str, **more: Any) -> dict[str, Any]:
    return {"kind": "button", "button": name, "about": "person", **more}


# Attributes.


def test_an_attribute_that_changes_from_known_from_unknown_and_to_unknown() -> None:
    fold = Fold(document(rule(CITY))).join("ann")
    for minute, city in enumerate(["Bonn", "Bonn", "Köln", None, None], 1):
        fold.say(minute, city=city)
    assert fold.fired() == [1, 3, 4]
    saw = [(one.clauses[0].text, one.clauses[0].saw) for one in fold.decisions]
    assert saw == [("city changes", "Bonn"), ("city changes", "Köln"), ("city changes", "unknown")]


def test_registering_is_no_change_and_another_attribute_neither() -> None:
    fold = Fold(document(rule(CITY))).join("ann", city="Bonn")
    fold.say(1, age=30)
    assert fold.decisions == []


def test_what_a_rule_sets_is_a_change_if_it_is_different() -> None:
    sets = rule(TAP, {"do": "set", "attribute": "city", "value": "Bonn"}, name="sets")
    fold = Fold(document(rule(CITY), sets)).join("ann").taps(1, 2)
    assert (fold.fired("sets"), fold.fired()) == ([1, 2], [1])
    assert fold.person().assigned == {"city": "Bonn"}


# Consents.


@pytest.mark.parametrize(("given", "fires"), [(True, [3, 6]), (False, [2, 5])])
def test_a_consent_that_is_given_and_withdrawn(given: bool, fires: list[float]) -> None:
    fold = Fold(document(rule({"kind": "consent", "purpose": "push", "given": given})))
    fold.join("ann")
    without = [purpose for purpose in CONSENTS if purpose != "push"]
    for minute, consents in enumerate([CONSENTS, without, CONSENTS, None, [], ["push"]], 1):
        fold.say(minute, consents=consents)
    assert fold.fired() == fires
    said = "given" if given else "withdrawn"
    assert fold.decisions[0].clauses[0].text == f"consent to push is {said}"
    assert fold.decisions[0].clauses[0].held


# Rewards that are handed over.


def test_a_reward_of_the_pool_or_of_any_is_redeemed() -> None:
    rules = [
        rule({"kind": "redeemed", "pool": "card"}),
        rule({"kind": "redeemed"}, name="any"),
        rule({"kind": "redeemed", "pool": "mug"}, name="mug"),
    ]
    pools = [{"id": one, "title": one, "stock": 2} for one in ("card", "mug")]
    fold = Fold(document(*rules, pools=pools)).join("ann")
    fold.tell(ev.Redeemed("ann", "card", 0, fold.at_ms(4), "stand"))
    assert [fold.fired(name) for name in ("r", "any", "mug")] == [[4], [4], []]
    assert fold.decisions[0].clauses[0].text == "a reward of card is redeemed"
    assert fold.decisions[1].clauses[0].text == "a reward of any pool is redeemed"
    assert fold.state.pools["card"] == Pool("card", 2, redeemed=1)


# Points.


def test_points_are_crossed_from_below_and_again_after_falling() -> None:
    rules = [
        rule({"kind": "points", "at_least": 3}, TAGGED),
        *(rule(button(str(count)), points(count), name=f"b{count}") for count in (1, 2, 5)),
        rule(button("minus"), points(-2), name="minus"),
    ]
    fold = Fold(document(*rules)).join("ann")
    for minute, name in enumerate(["2", "1", "1", "minus", "1", "minus", "5", "minus"], 1):
        fold.press(minute, name, "ann")
    assert fold.fired() == [2, 5, 7]
    assert fold.person().points == 4
    clause = next(one for one in fold.decisions if one.rule == "r").clauses[0]
    assert (clause.text, clause.saw) == ("reaches 3 points", "3 points")


def test_one_addition_may_cross_several_numbers() -> None:
    rules = [rule({"kind": "points", "at_least": n}, TAGGED, name=f"r{n}") for n in (5, 1, 3, 6)]
    fold = Fold(document(*rules, rule(TAP, points(5), name="tap"))).join("ann").taps(1)
    assert [fold.fired(f"r{n}") for n in (1, 3, 5, 6)] == [[1], [1], [1], []]


# After another rule.


@pytest.mark.parametrize(("after", "due"), [("0s", 5.0), ("10min", 15.0)])
def test_a_rule_after_another_has_fired(after: str, due: float) -> None:
    other = rule({"kind": "rule", "rule": "first", "after": after}, TAGGED)
    fold = Fold(document(other, rule(TAP, name="first", limit={"once": True}))).join("ann")
    fold.taps(5, 6)
    assert fold.suppressed("first") == [6]
    fold.pass_to(due - 1 / MIN)
    assert fold.fired() == ([] if after == "10min" else [5])
    fold.pass_to(due)
    assert fold.fired() == [due]
    assert fold.state.timers == {}
    later = " 10 min ago" if after == "10min" else ""
    assert fold.decisions[-2 if after == "0s" else -1].clauses[0].text == f"first fired{later}"


def test_each_firing_is_followed() -> None:
    other = rule({"kind": "rule", "rule": "first", "after": "10min"})
    fold = Fold(document(rule(TAP, TAGGED, name="first"), other)).join("ann").taps(1, 2, 3)
    fold.pass_to(60)
    assert fold.fired() == [11, 12, 13]


def test_neither_a_follow_up_nor_a_shadow_is_a_firing_that_others_follow() -> None:
    later = {"do": "follow_up", "then": [TAGGED], "after": "1min"}
    rules = [
        rule(TAP, later, name="first"),
        rule(TAP, TAGGED, name="shade", stage="shadow"),
        rule({"kind": "rule", "rule": "first"}),
        rule({"kind": "rule", "rule": "shade"}, name="never"),
    ]
    fold = Fold(document(*rules)).join("ann").taps(1)
    fold.pass_to(60)
    assert fold.fired("first") == [1, 2]
    assert (fold.fired(), fold.fired("never")) == ([1], [])


def test_what_was_waited_for_is_not_done_by_a_rule_that_asks_for_something_else_now() -> None:
    waits = {"kind": "rule", "rule": "first", "after": "10min"}
    for instead in (rule(waits, stage="paused"), rule(visits(9)), rule(TAP, name="other")):
        fold = Fold(document(rule(waits), rule(TAP, name="first"))).join("ann").taps(1)
        fold.publish(document(instead, rule(TAP, name="first")), 5)
        fold.pass_to(60)
        assert (fold.fired(), fold.state.timers) == ([], {})


@pytest.mark.parametrize("count", [8, 9, 10])
def test_a_chain_of_rules_is_stopped_after_eight_rounds(count: int) -> None:
    chain = [
        rule(TAP if at == 0 else {"kind": "rule", "rule": f"r{at - 1}"}, TAGGED, name=f"r{at}")
        for at in range(count)
    ]
    fold = Fold(document(*chain)).join("ann").taps(1)
    assert [one.rule for one in fold.decisions if one.outcome == "fired"] == [
        f"r{at}" for at in range(8)
    ]
    too_deep = [one for one in fold.decisions if one.outcome == "suppressed"]
    assert [(one.rule, one.because) for one in too_deep] == [("r8", "depth")][: count - 8]
    assert all("made each other true 8 times in a row" in one.reason for one in too_deep)


def test_rules_that_make_each_other_true_in_a_circle_come_to_an_end() -> None:
    tags = [
        rule({"kind": "audience", "audience": "in"}, {"do": "untag", "tag": "guest"}, name="out"),
        rule({"kind": "audience", "audience": "in", "change": "left"}, TAGGED, name="back"),
        rule(TAP, TAGGED, name="tap"),
    ]
    audiences = [{"name": "in", "if": {"check": "tag", "tag": "guest"}}]
    fold = Fold(document(*tags, audiences=audiences)).join("ann").taps(1)
    assert [one.rule for one in fold.decisions] == ["tap", "out", "back"]
    fold.tap(2)
    assert fold.person().tags == {"guest": fold.at_ms(1)}


# Buttons and calls.


def test_a_button_about_a_person_or_about_the_venue() -> None:
    rules = [
        rule(button("go"), TAGGED),
        rule({"kind": "button", "button": "go"}, {"do": "staff", "title": "Hello"}, name="venue"),
        rule(button("stop"), TAGGED, name="stop"),
    ]
    fold = Fold(document(*rules)).join("ann")
    fold.press(1, "go", "ann")
    fold.press(2, "go")
    fold.press(3, "gone", "ann")
    assert (fold.fired(), fold.fired("venue", None), fold.fired("stop")) == ([1], [2], [])
    assert [one.clauses[0].text for one in fold.decisions] == ["the button go is pressed"] * 2


def test_a_call_is_no_button() -> None:
    rules = [
        rule({"kind": "call", "call": "go"}, TAGGED),
        rule({"kind": "call", "call": "go", "about": "venue"}, {"do": "staff", "title": "x"},
             name="venue"),
    ]  # fmt: skip
    fold = Fold(document(*rules)).join("ann")
    fold.press(1, "go", "ann")
    fold.tell(ev.Called("go", "call", fold.at_ms(2), "ann"))
    fold.tell(ev.Called("go", "call", fold.at_ms(3)))
    assert (fold.fired(), fold.fired("venue", None)) == ([2], [3])
    assert fold.decisions[0].clauses[0].text == "go is called"


def test_pressing_about_somebody_who_was_merged_is_about_who_they_are() -> None:
    fold = Fold(document(rule(button("go"), TAGGED))).join("ann", "bob")
    fold.merge(1, "ann", "bob")
    fold.press(2, "go", "bob")
    assert (fold.fired(), fold.fired(who="bob")) == ([2], [])
