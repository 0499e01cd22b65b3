"""What each rule came to: fired, and suppressed by which reason, over time and in words."""

from collections.abc import Sequence
from typing import Final

from hub.console import words
from hub.console.insight_picture import Layer, ends, legend, stacked
from hub.console.insight_reading import download, nothing_yet, report_address
from hub.console.insight_values import Stretch
from hub.console.parts import box, heading, link, text
from hub.console.rule_parts import REASONS, stage_chip
from hub.insight.rules import GONE, RuleReport, RulesReport

ROWS_SHOWN: Final = 50
"""Rules on the page, the busiest; the file has all of them."""
QUIET_SHOWN: Final = 20
WILL: Final = "From its first decision on, each rule stands here with what it came to."


def rules_panel(report: RulesReport, stretch: Stretch) -> None:
    """Show the rules that decided something, the busiest first."""
    busy = sorted((one for one in report.rules if _decided(one)), key=lambda one: -_decided(one))
    with box("panel", "section"):
        heading("Rules", f"each bar is {report.width}" if busy else "")
        if not busy:
            nothing_yet(WILL, stretch)
        for one in busy[:ROWS_SHOWN]:
            _line(one, report, stretch)
        _others(report, busy)
        if busy:
            with box("tools files"):
                asked = stretch.asked
                download("Rules as CSV", report_address("rules", asked), "rules.csv")
                over_time = report_address("rules", asked, part="over-time")
                download("Over time as CSV", over_time, "rules-over-time.csv")


def layers_of(rule: RuleReport) -> list[Layer]:
    """Return what a rule came to as layers: fired first, then the commonest reasons."""
    found = [Layer("fired", "fired", rule.fired_over_time)] if rule.fired else []
    if rule.shadow:
        found.append(Layer("shadow", "in shadow", rule.shadow_over_time))
    order = sorted(rule.suppressed.items(), key=lambda pair: -pair[1])
    return found + [
        Layer(because, REASONS.get(because, because), rule.suppressed_over_time[because])
        for because, _ in order
    ]


def _decided(rule: RuleReport) -> int:
    return rule.fired + rule.shadow + rule.suppressed_total + rule.failed_total


def _line(rule: RuleReport, report: RulesReport, stretch: Stretch) -> None:
    layers = layers_of(rule)
    with box("happened"):
        with box(""):
            with box("rule-head"):
                if rule.stage == GONE:
                    text(rule.rule, "row-main", "span")
                    text("no longer in the document", "chip stage", "span")
                else:
                    link(rule.rule, f"/rules/{rule.rule}", "row-main")
                    stage_chip(rule.stage)
            for said in _said(rule, stretch):
                text(said, "row-faint")
            if rule.stage != GONE:
                why = link("Who, and why", f"/rules/{rule.rule}", "row-faint underlined")
                why.props["aria-label"] = f"Who, and why: {rule.rule}"
        with box(""):
            if layers:
                stacked(rule.rule, layers)
                ends(report.starts_ms, stretch)
                legend(layers)


def _said(rule: RuleReport, stretch: Stretch) -> list[str]:
    found = []
    if rule.last_fired_ms is not None:
        last = words.when(rule.last_fired_ms, stretch.now_ms, stretch.zone)
        found.append(f"last fired {last}")
    if rule.done:
        found.append(f"{words.count(rule.done)} actions done")
    if rule.failed:
        how = ", ".join(f"{words.count(n)} {status}" for status, n in rule.failed.items())
        found.append(f"actions without effect: {how}")
    return found


def _others(report: RulesReport, busy: Sequence[RuleReport]) -> None:
    if len(busy) > ROWS_SHOWN:
        text(f"and {words.count(len(busy) - ROWS_SHOWN)} more in the file", "empty")
    quiet = [one.rule for one in report.rules if not _decided(one)]
    if quiet and busy:
        more = f" and {words.count(len(quiet) - QUIET_SHOWN)} more" if quiet[QUIET_SHOWN:] else ""
        text(f"Decided nothing: {', '.join(quiet[:QUIET_SHOWN])}{more}.", "row-sub quiet-rules")
