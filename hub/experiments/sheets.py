"""The report as flat tables: sentences, arms, comparisons. Shares 0 to 1 with four decimals."""

from collections.abc import Iterator

from hub.experiments.values import ExperimentsReport, RuleExperiment
from hub.insight.sheets import Cell, Sheet, instant

WHOLE: str = "(every rule)"
"""What stands for the rule where the whole event is compared with its holdout."""


def sheets_of(report: ExperimentsReport) -> dict[str, Sheet]:
    """Return the tables by name, the arms first."""
    return {
        "arms": _arms(report),
        "comparisons": _comparisons(report),
        "sentences": Sheet(("rule", "sentence"), list(sentences_of(report))),
    }


def sentences_of(report: ExperimentsReport) -> Iterator[tuple[Cell, ...]]:
    """Yield rule and sentence, in the order in which they are to be read; notes come last."""
    for one in _all(report):
        for sentence in one.sentences:
            yield (one.rule or WHOLE, sentence)
    for note in report.notes:
        yield ("", note)


def _all(report: ExperimentsReport) -> list[RuleExperiment]:
    return [*report.rules, *report.whole_event]


def _arms(report: ExperimentsReport) -> Sheet:
    columns = (
        "rule", "goal", "since", "arm", "title", "people", "reached", "rate", "rate_low",
        "rate_high", "refused", "waiting",
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (one.rule or WHOLE, one.goal, instant(one.since_ms or None), arm.arm, arm.title, arm.people,
         arm.reached, round(arm.rate, 4), round(arm.low, 4), round(arm.high, 4), arm.refused,
         arm.waiting)
        for one in _all(report)
        for arm in one.arms
    ]  # fmt: skip
    return Sheet(columns, rows)


def _comparisons(report: ExperimentsReport) -> Sheet:
    columns = (
        "rule", "goal", "arm", "against", "difference", "low", "high", "verdict", "detectable",
        "needed", "enough", "merged", "earlier", "whole_event",
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (one.rule or WHOLE, one.goal, c.arm, c.against, round(c.difference, 4), round(c.low, 4),
         round(c.high, 4), c.verdict, None if c.detectable is None else round(c.detectable, 4),
         c.needed, "yes" if c.enough else "no", one.merged, one.earlier, one.whole_event)
        for one in _all(report)
        for c in one.comparisons
    ]  # fmt: skip
    return Sheet(columns, rows)
