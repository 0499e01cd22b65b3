"""Everybody is in one arm or left out and counted; goals count once, after, and soon enough."""

import random

from msgspec.structs import replace

from hub.core import document as d
from hub.core.restraint.experiments import HOLDOUT
from hub.experiments.exposures import (
    Exposure,
    LeftOut,
    exposures,
    in_whole_holdout,
    same_since_ms,
    split_event,
)
from hub.experiments.goals import has_reached, redemptions_of, share_of
from hub.experiments.report import Found, rule_report
from hub.experiments.values import RuleExperiment
from hub.store.insight.experiments_reads import ArmLine, InForce, RedeemedLine

HOUR_MS = 3_600_000
GOAL = d.Goal(visit="bacon", within="2h")
RULE = d.Rule("coffee", d.OnTap(place="coffee"), holdout=50, goal=GOAL)
VENUE = d.Venue(
    d.EventInfo("fair", "Fair", "UTC", "2026-10-08T08:00", "2026-10-09T10:00"),
    [d.Place("coffee", "Coffee", visits_by="tap"), d.Place("bacon", "Bacon", visits_by="tap")],
    rules=[RULE],
)


def test_each_person_once() -> None:
    lines = [
        ArmLine("ann", "", 30, None),
        ArmLine("ann2", "", 20, 40),
        ArmLine("bob", HOLDOUT, 25, None),
        ArmLine("bob2", "", 26, 26),
        ArmLine("cid", "", 9, 50),
        ArmLine("dan", HOLDOUT, 30, None),
        ArmLine("eve", "", 31, None),
    ]
    aliases = {"ann2": "ann", "bob2": "bob"}
    found, left = exposures(lines, aliases, 10, lambda person: person == "dan")
    assert found == [Exposure("ann", "", 20, acted=True), Exposure("eve", "", 31, acted=False)]
    assert left == LeftOut(merged=1, earlier=1, whole_event=1)


def test_reached_after_and_soon_enough() -> None:
    exposure = Exposure("ann", "", 1_000, acted=True)
    assert not has_reached(exposure, {"ann": [500, 1_000]}, 100)
    assert has_reached(exposure, {"ann": [1_000, 1_100]}, 100)
    assert not has_reached(exposure, {"ann": [1_101]}, 100)
    assert not has_reached(exposure, {}, 100)
    assert share_of([exposure], {"ann": [1_001, 1_002]}, 100).reached == 1


def test_redemptions_are_those_of_all_ids() -> None:
    lines = [RedeemedLine("a2", "card", 9), RedeemedLine("a", "card", 5), RedeemedLine("a", "x", 1)]
    assert redemptions_of(lines, {"a2": "a"}, {"card"}) == {"card": {"a": [5, 9]}}


def test_since_when_the_arms_are_as_they_are() -> None:
    def version(at_ms: int, **changes: object) -> InForce:
        return InForce(at_ms, replace(VENUE, rules=[replace(RULE, **changes)]))

    texts = [version(40, text="words"), version(30), version(20, holdout=10), version(10)]
    assert same_since_ms(texts, "coffee") == 30
    assert same_since_ms([version(40, stage="draft"), version(30)], "coffee") == 40
    assert same_since_ms([version(40), version(30, stage="shadow"), version(10)], "coffee") == 40
    assert same_since_ms([version(40), InForce(30, replace(VENUE, holdout=5.0))], "coffee") == 40
    assert same_since_ms([version(7)], "coffee") == 7
    assert same_since_ms([], "coffee") == 0


def test_the_event_is_split_by_its_own_hash() -> None:
    venue = replace(VENUE, holdout=30.0)
    people = [f"p{number}" for number in range(2_000)]
    sides, mixed = split_event(people, {}, venue)
    assert mixed == 0
    assert 520 <= sum(sides.values()) <= 680
    out, within = (next(p for p in people if sides[p] is side) for side in (False, True))
    assert split_event([out], {within: out}, venue) == ({}, 1)
    assert in_whole_holdout(venue, within)
    assert not in_whole_holdout(VENUE, within)


def simulated(seed: int, people: int, rate: float, baseline: float) -> RuleExperiment:
    """An experiment of so many people in each arm, who reach the goal with these chances."""
    chance = random.Random(seed)
    did, exposed = {}, []
    for arm, likely in (("", rate), (HOLDOUT, baseline)):
        for number in range(people):
            person = f"{arm}{number}"
            exposed.append(Exposure(person, arm, number, acted=not arm))
            if chance.random() < likely:
                did[person] = [number + chance.randrange(1, 2 * HOUR_MS)]
    return rule_report(Found(RULE, 0, exposed, LeftOut(), did), GOAL, VENUE, 10 * HOUR_MS)


def test_intervals_hold_the_truth_in_nineteen_of_twenty_events() -> None:
    events, held = 1_500, 0
    for seed in range(events):
        (found,) = simulated(seed, 80, 0.4, 0.25).comparisons
        held += found.low <= 0.15 <= found.high
    assert 0.935 <= held / events <= 0.965


def test_where_nothing_is_different_hardly_anything_is_found() -> None:
    events = 1_500
    verdicts = [simulated(seed, 60, 0.3, 0.3).comparisons[0].verdict for seed in range(events)]
    assert 0.035 <= sum(one != "unsure" for one in verdicts) / events <= 0.065


def test_a_large_difference_is_found() -> None:
    report = simulated(3, 400, 0.6, 0.2)
    assert report.comparisons[0].verdict == "more"
    assert report.comparisons[0].enough
    assert report.sentences[0].endswith("more than chance would explain.")
    assert report.sentences[0].startswith("More visited Bacon within 2 h: ")
    fewer = simulated(3, 400, 0.2, 0.6)
    assert fewer.comparisons[0].verdict == "fewer"
    assert fewer.sentences[0].startswith("Fewer visited Bacon")


def test_the_sentence() -> None:
    exposed = [Exposure(f"a{n}", "", 0, acted=n > 2) for n in range(80)]
    exposed += [Exposure(f"b{n}", HOLDOUT, 0, acted=False) for n in range(78)]
    exposed += [Exposure("late", "", 9 * HOUR_MS, acted=True)]
    did = {f"a{n}": [1] for n in range(31)} | {f"b{n}": [1] for n in range(20)}
    left = LeftOut(merged=2, earlier=1, whole_event=4)
    report = rule_report(Found(RULE, 0, exposed, left, did), GOAL, VENUE, 10 * HOUR_MS)
    seen = "More visited Bacon within 2 h: 31 of 80 (39 %) against 20 of 78 (26 %)"
    could = "With 80 and 78 people only differences above 21 points would be seen"
    refused = "Counted though they got nothing of it (consent, cap, quiet, stock)"
    assert report.sentences == [
        f"{seen} - 13 points more, between -1 and +27: not sure yet.",
        f"{could} (four times out of five). One of 10 points takes about 333 people in each arm.",
        "Not counted yet, as they still have time to reach the goal: 1.",
        f"{refused}: 3. Among the others there are such people too.",
        "Left out, as two records in different arms turned out to be one person: 2.",
        "Left out, as they came up before the rule had these arms: 1.",
        "Left out, as no rule acts for them (the event's holdout): 4.",
    ]
    assert (report.merged, report.earlier, report.whole_event) == (2, 1, 4)
    assert [(arm.people, arm.reached, arm.refused, arm.waiting) for arm in report.arms] == [
        (80, 31, 3, 1), (78, 20, 0, 0),
    ]  # fmt: skip


def test_variants_are_compared_with_the_first_or_with_the_holdout() -> None:
    variants = [d.Variant("a", []), d.Variant("b", []), d.Variant("c", [])]
    rule = replace(RULE, holdout=0.0, variants=variants)
    exposed = [Exposure(f"{arm}{n}", arm, 0, acted=True) for arm in "abc" for n in range(10)]
    did = {f"b{n}": [1] for n in range(9)}
    found = Found(rule, 0, exposed, LeftOut(), did)
    report = rule_report(found, GOAL, VENUE, 10 * HOUR_MS)
    assert [(one.arm, one.against) for one in report.comparisons] == [("b", "a"), ("c", "a")]
    assert report.sentences[0].startswith("variant b against variant a: More visited Bacon")
    assert "About as many" in report.comparisons[1].sentences[0]
    held = Found(replace(rule, holdout=20.0), 0, exposed, LeftOut(), did)
    report = rule_report(held, GOAL, VENUE, 10 * HOUR_MS)
    assert [one.against for one in report.comparisons] == [HOLDOUT] * 3
    assert {one.verdict for one in report.comparisons} == {"nothing"}
    assert report.sentences[0] == (
        "Nothing to compare variant a with yet: nobody is counted held out."
    )


def test_nobody_yet() -> None:
    report = rule_report(Found(RULE, 0, [], LeftOut(), {}), GOAL, VENUE, 0)
    assert report.sentences == [
        "Nothing to compare with the rule with yet: nobody is counted with the rule."
    ]
