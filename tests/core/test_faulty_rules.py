"""A rule with a fault stops no other rule, and loses nothing of what happened."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from hub.core import events as ev
from hub.core.asking import Ask, View
from hub.core.errors import CoreError, RuleFailed
from tests.core.fold import TAP, Fold, document, rule

TAG: dict[str, Any] = {"do": "tag", "tag": "guest"}
STAFF: dict[str, Any] = {"do": "staff", "title": "x"}


def fails(_: View) -> Any:
    raise ZeroDivisionError("no number")


def break_rule(fold: Fold, name: str, **parts: Callable[[View], Any]) -> None:
    """Let a part of a rule's condition fail whenever it is asked."""
    compiled = fold.rules.rules[name]
    ask: Ask = replace(compiled.ask, **parts)  # type: ignore[arg-type]
    broken = replace(compiled, ask=ask)

    def instead(known: Any) -> Any:
        return {
            key: tuple(broken if one.name == name else one for one in listed)
            for key, listed in known.items()
        }

    fold.rules = replace(
        fold.rules,
        rules=fold.rules.rules | {name: broken},
        sparked_by=instead(fold.rules.sparked_by),
        occupancy=instead(fold.rules.occupancy),
    )


@pytest.mark.parametrize("part", ["holds", "clauses"])
@pytest.mark.parametrize("broken", [0, 1, 2])
def test_whichever_rule_fails_the_others_fire_and_the_tap_counts(part: str, broken: int) -> None:
    rules = [rule(TAP, {"do": "points", "points": 1}, name=f"r{at}") for at in range(3)]
    fold = Fold(document(*rules)).join("ann")
    break_rule(fold, f"r{broken}", **{part: fails})
    fold.taps(1, 2)
    for at in range(3):
        assert fold.fired(f"r{at}") == ([] if at == broken else [1, 2])
    assert fold.person().points == 4, "nothing is done twice"
    assert fold.person().visits["coffee"] == (fold.at_ms(1), fold.at_ms(2))
    told = [one for one in fold.decisions if one.rule == f"r{broken}"]
    assert [(one.outcome, one.because) for one in told] == [("suppressed", "fault")] * 2
    assert told[0].reason == "fault: ZeroDivisionError: no number"
    assert [clause.text for one in told for clause in one.clauses] == []


def test_several_rules_may_fail_and_what_follows_from_the_others_follows() -> None:
    rules = [
        rule(TAP, TAG, name="bad"), rule(TAP, TAG, name="worse"), rule(TAP, TAG, name="good"),
        rule({"kind": "rule", "rule": "good"}, TAG, name="after"),
        rule({"kind": "rule", "rule": "bad"}, TAG, name="never"),
    ]  # fmt: skip
    fold = Fold(document(*rules)).join("ann")
    for name in ("bad", "worse"):
        break_rule(fold, name, holds=fails)
    fold.taps(1)
    assert [(one.rule, one.because) for one in fold.decisions] == [
        ("bad", "fault"), ("worse", "fault"), ("good", ""), ("after", ""),
    ]  # fmt: skip


def test_of_a_group_a_rule_that_fails_makes_way_for_the_next() -> None:
    rules = [rule(TAP, TAG, name=name, group="g", priority=at)
             for at, name in enumerate(("last", "second", "best"))]  # fmt: skip
    fold = Fold(document(*rules)).join("ann")
    break_rule(fold, "best", holds=fails)
    fold.taps(1)
    assert [(one.rule, one.because) for one in fold.decisions] == [
        ("best", "fault"), ("second", ""), ("last", "priority"),
    ]  # fmt: skip


def test_a_fault_that_shows_while_somebody_leaves_leaves_them_gone() -> None:
    stays = {"kind": "visit", "place": "stage", "at_least": "10min"}
    fold = Fold(document(rule(stays, name="bad"), rule(TAP))).join("ann")
    fold.enter(0)
    compiled = fold.rules.rules["bad"]
    broken = replace(compiled, ask=replace(compiled.ask, holds=fails))
    fold.rules = replace(fold.rules, on_stay={"stage": (broken,)})
    fold.tell(ev.Moved("ann", "stage", "left", fold.at_ms(30)))
    assert fold.because("bad") == ["fault"]
    assert fold.person().place is None


def test_a_rule_about_the_venue_fails_alone_too() -> None:
    crowd = {"kind": "occupancy", "place": "stage", "at_least": 1}
    fold = Fold(document(rule(crowd, STAFF, name="bad"), rule(crowd, STAFF))).join("ann")
    break_rule(fold, "bad", holds=fails)
    fold.enter(1)
    assert (fold.because("bad", None), fold.fired(who=None)) == (["fault"], [1])
    assert fold.person().place == "stage"


def test_a_failed_rule_is_an_error_of_the_core_that_names_it() -> None:
    error = RuleFailed("bad", "no number")
    assert isinstance(error, CoreError)
    assert str(error) == "rule 'bad' has a fault: no number"


def test_an_attribute_that_nobody_knows_stops_nothing() -> None:
    odd = {"check": "attribute", "name": "shoe_size", "at_least": 40}
    none = {"check": "none", "of": [odd]}
    rules = [rule(TAP, TAG, name="odd", if_=odd), rule(TAP, TAG, name="not-odd", if_=none),
             rule(TAP, TAG)]  # fmt: skip
    fold = Fold(document(*rules)).join("ann", shoe_size=["a", "b"])
    fold.taps(1)
    fold.say(2, shoe_size=None)
    fold.taps(3)
    assert (fold.fired("odd"), fold.fired()) == ([], [1, 3])
    assert 3 in fold.fired("not-odd"), "what is unknown is not at least 40"
