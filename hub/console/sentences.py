"""A rule read aloud: when, if, then, how often; and an audience, a cap, quiet hours, a budget."""

from collections.abc import Iterator, Mapping

from hub.console.sentences_if import condition_said
from hub.console.sentences_parts import NO_NAMES, figure, joined, named, window_said
from hub.console.sentences_then import act_said
from hub.console.sentences_when import trigger_said
from hub.core import document as d

Names = Mapping[str, str]
CHANNELS = {
    "push": "messages", "reward": "rewards", "light": "lights", "staff": "notes for staff",
    "webhook": "webhooks", "mqtt": "broker messages", "write": "written records",
    "everything": "actions of every kind",
}  # fmt: skip
PER = {"person": "", "visit": " in each visit", "event": " for all together"}
ONCE = {
    "person": "once for each person", "visit": "once in each visit",
    "event": "once for all together",
}  # fmt: skip


def sentence(rule: d.Rule, places: Names = NO_NAMES) -> str:
    """Say what the rule does, as ``When ..., if ...: ... (once for each person).``, in one line.

    ``places`` has the name of each place by its id; one without is called by its id.
    """
    condition = f", if {condition_said(rule.if_, places)}" if rule.if_ else ""
    return f"When {trigger_said(rule.when, places)}{condition}: {_then(rule)}{_limit(rule.limit)}."


def more_said(rule: d.Rule, places: Names = NO_NAMES) -> list[str]:
    """Say what else belongs to the rule, a sentence for each: its group, its experiment."""
    return [*_group(rule), *_experiment(rule, places)]


def audience_said(audience: d.Audience, places: Names = NO_NAMES) -> str:
    """Say who belongs to an audience: ``Everybody for whom: ...``."""
    return f"Everybody for whom: {condition_said(audience.if_, places)}."


def cap_said(cap: d.Cap) -> str:
    """Say how often several rules together may act."""
    group = cap.of.removeprefix("group:")
    of = CHANNELS.get(cap.of, f"firings of the group {group}")
    whom = "for each person" if cap.per == "person" else "for all together"
    return f"At most {cap.at_most} {of} {window_said(cap.within)}, {whom}."


def quiet_said(quiet: d.Quiet) -> str:
    """Say when which channels are quiet, and what becomes of what they would have done."""
    then = {
        "hold": "wait until then, unless they expire before",
        "drop": "are given up",
        "inbox": "go to the inbox alone",
    }[quiet.then]
    channels = joined([CHANNELS[channel] for channel in quiet.channels])
    return f"From {quiet.from_} until {quiet.until}, {channels} {then}."


def budget_said(budget: d.Budget) -> str:
    """Say what the rewards of some pools may cost."""
    pools = joined(list(budget.pools))
    return f"The rewards of {pools} cost at most {figure(budget.amount)} {budget.currency} in all."


def _then(rule: d.Rule) -> str:
    if not rule.variants:
        return _acts(rule.then)
    return f"one of {len(rule.variants)} variants, by lot"


def _acts(acts: list[d.Act]) -> str:
    return ", ".join(map(act_said, acts)) or "nothing"


def _limit(limit: d.Limit) -> str:
    per = PER[limit.per]
    said = [ONCE[limit.per]] if limit.once else []
    said += [f"at most every {limit.every}{per}"] if limit.every else []
    periods = [d.Period(limit.at_most, limit.within)] if limit.at_most else []
    for period in [*periods, *limit.also]:
        said.append(f"at most {period.at_most} {window_said(period.within)}{per}")
    return f" ({', '.join(said)})" if said else ""


def _group(rule: d.Rule) -> Iterator[str]:
    if rule.group:
        yield f"Of the group {rule.group} only one acts at a time; this one has {rule.priority}."


def _experiment(rule: d.Rule, places: Names) -> Iterator[str]:
    if rule.holdout:
        yield f"For {figure(rule.holdout)} of a hundred people it never acts, to compare with."
    whole = sum(variant.share for variant in rule.variants)
    for variant in rule.variants:
        share = figure(round(100 * variant.share / whole, 1))
        yield f"Variant {variant.name}, for {share} of a hundred: {_acts(variant.then)}."
    if rule.goal:
        yield f"What counts is {_goal(rule.goal, places)} within {rule.goal.within}."


def _goal(goal: d.Goal, places: Names) -> str:
    said = [f"a visit to {named(goal.visit, places)}"] if goal.visit else []
    said += [f"a redeemed reward of {goal.redeemed}"] if goal.redeemed else []
    return " or ".join(said) or "nothing that is named"
