"""Arms become rates, rates become comparisons with what would have been without the rule.

Each arm is compared with the rule's own holdout; without one, each further variant with the first,
or a rule without variants with the holdout of the whole event.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from hub.core.document import Goal, Rule, Venue
from hub.core.restraint.experiments import HOLDOUT
from hub.experiments import wording
from hub.experiments.exposures import Exposure, LeftOut, split_event
from hub.experiments.goals import Instants, share_of, within_of
from hub.experiments.intervals import Share, detectable, difference, needed, wilson
from hub.experiments.values import ArmReport, Comparison, RuleExperiment


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of one rule; ``exposed`` are all who are in an arm."""

    rule: Rule
    since_ms: int
    exposed: Sequence[Exposure]
    left: LeftOut
    did: Instants


def is_experiment(rule: Rule, venue: Venue) -> bool:
    """Say whether there is anything to compare a rule with."""
    return bool(rule.holdout or rule.variants or (venue.holdout and rule.goal))


def has_own_arms(rule: Rule) -> bool:
    """Say whether a rule is compared within itself; the event's holdout is then left out."""
    return bool(rule.holdout or rule.variants)


def unmeasured(rule: Rule, sentence: str) -> RuleExperiment:
    """Report that a rule cannot be compared, and why."""
    return RuleExperiment(rule.name, "", 0, [sentence])


def rule_report(found: Found, goal: Goal, venue: Venue, now_ms: int) -> RuleExperiment:
    """Compare the arms of one rule."""
    within_ms = within_of(goal)
    arms, shares, waiting, refused = [], {}, 0, 0
    for name in _arms(found.rule, found.exposed):
        mine = [one for one in found.exposed if one.arm == name]
        over = [one for one in mine if one.at_ms + within_ms <= now_ms]
        shares[name] = share_of(over, found.did, within_ms)
        arms.append(_arm(name, shares[name], over, len(mine) - len(over)))
        waiting += arms[-1].waiting
        refused += arms[-1].refused
    did = wording.goal_text(goal, venue)
    compared = _compared(found.rule, shares, did)
    sentences = [text for one in compared for text in one.sentences]
    sentences += wording.left_out_texts(found.left, waiting, refused)
    if not has_own_arms(found.rule):
        sentences.append("Compared with the event's holdout: other rules play a part in it too.")
    left = found.left
    return RuleExperiment(
        found.rule.name, did, found.since_ms, sentences, arms, compared, left.merged, left.earlier,
        left.whole_event,
    )  # fmt: skip


def event_report(
    place: str, people: Collection[str], visited: Instants, aliases: Mapping[str, str], venue: Venue
) -> RuleExperiment:
    """Compare those whom rules act for with the event's holdout, in who visited a place at all.

    ``people`` are all who were seen at the event.
    """
    sides, mixed = split_event(sorted(people), aliases, venue)
    shares = {
        arm: Share(sum(person in visited for person in who), len(who))
        for arm, who in (
            ("", [person for person, held in sides.items() if not held]),
            (HOLDOUT, [person for person, held in sides.items() if held]),
        )
    }
    names = {one.id: one.name for one in venue.places}
    did = f"visited {names.get(place, place)}"
    compared = [_comparison("", HOLDOUT, shares, did, is_one_of_many=False)]
    sentences = [*compared[0].sentences, *wording.left_out_texts(LeftOut(merged=mixed), 0, 0)]
    arms = [_arm(arm, share, [], 0) for arm, share in shares.items()]
    return RuleExperiment("", did, 0, sentences, arms, compared, mixed)


def _arms(rule: Rule, exposed: Sequence[Exposure]) -> list[str]:
    names = [variant.name for variant in rule.variants] or [""]
    is_held_out = rule.holdout or not rule.variants or any(one.arm == HOLDOUT for one in exposed)
    return [*names, HOLDOUT] if is_held_out else names


def _arm(name: str, share: Share, over: Sequence[Exposure], waiting: int) -> ArmReport:
    bounds = wilson(share)
    refused = 0 if name == HOLDOUT else sum(not one.acted for one in over)
    return ArmReport(
        name, wording.title_of(name), share.people, share.reached, refused, waiting, share.rate,
        bounds.low, bounds.high,
    )  # fmt: skip


def _compared(rule: Rule, shares: Mapping[str, Share], did: str) -> list[Comparison]:
    names = [name for name in shares if name != HOLDOUT]
    if rule.holdout or not rule.variants:
        pairs = [(name, HOLDOUT) for name in names]
    else:
        pairs = [(name, names[0]) for name in names[1:]]
    return [
        _comparison(one, other, shares, did, is_one_of_many=bool(rule.variants))
        for one, other in pairs
    ]


def _comparison(
    arm: str, against: str, shares: Mapping[str, Share], did: str, *, is_one_of_many: bool
) -> Comparison:
    one, other = shares[arm], shares[against]
    bounds = difference(one, other)
    names = (wording.title_of(arm), wording.title_of(against))
    if not (one.people and other.people):
        empty = names[1] if one.people else names[0]
        text = f"Nothing to compare {names[0]} with yet: nobody is counted {empty}."
        return Comparison(
            arm, against, 0.0, bounds.low, bounds.high, "nothing", None, None, False, [text]
        )
    smallest, wanted = detectable(one.people, other), needed(other, wording.WANTED)
    said = [
        wording.difference_text(did, one, other, bounds, names if is_one_of_many else None),
        wording.people_text(one.people, other.people, smallest, wanted),
    ]
    is_enough = wanted is not None and min(one.people, other.people) >= wanted
    return Comparison(
        arm, against, one.rate - other.rate, bounds.low, bounds.high, wording.verdict_of(bounds),
        smallest, wanted, is_enough, said,
    )  # fmt: skip
