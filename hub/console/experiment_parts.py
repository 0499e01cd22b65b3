"""The arms of an experiment: dots with intervals, counts, and how many people are wanting."""

from math import ceil
from typing import Final

from hub.console import words
from hub.console.insight_picture import Axis, Dot, dots
from hub.console.insight_places import scrolled
from hub.console.insight_reading import percent
from hub.console.parts import box, text
from hub.experiments.values import ArmReport, Comparison, RuleExperiment
from hub.experiments.wording import VERDICTS, WANTED, points_text, title_of

TENTH: Final = 0.1
"""Axes end on a full tenth."""
COLUMNS: Final = (
    "Arm", "People", "Reached the goal", "Share", "Got nothing of it", "Not counted yet",
)  # fmt: skip


def arms_picture(one: RuleExperiment) -> None:
    """Draw the share of each arm that reached the goal, with its bounds."""
    counted = [arm for arm in one.arms if arm.people]
    text(f"Share that {one.goal}, with the bounds of 95 %", "part-title", "h3")
    dots([_rate(arm) for arm in counted], Axis(0.0, _tenths(max(arm.high for arm in counted))))


def differences(one: RuleExperiment) -> None:
    """Draw each difference with its bounds, around the line where there is none."""
    compared = [each for each in one.comparisons if each.verdict != "nothing"]
    if not compared:
        return
    text("Difference in percentage points; the line is no difference", "part-title", "h3")
    most = _tenths(max(max(abs(each.low), abs(each.high)) for each in compared))
    dots([_difference(each) for each in compared], Axis(-most, most, 0.0, "{:+.0f}"))


def arms_table(one: RuleExperiment) -> None:
    """Show how many people each arm has."""
    text("People", "part-title", "h3")
    with scrolled(f"People in each arm of {one.rule or 'the event'}"), box("steps", "table"):
        with box("", "thead"), box("", "tr"):
            for head in COLUMNS:
                text(head, "", "th").props("scope=col")
        with box("", "tbody"):
            for arm in one.arms:
                with box("", "tr"):
                    text(arm.title, "", "th").props("scope=row")
                    for figure in (words.count(arm.people), words.count(arm.reached),
                                   percent(arm.rate if arm.people else None),
                                   words.count(arm.refused), words.count(arm.waiting)):  # fmt: skip
                        text(figure, "", "td")


def needed(one: RuleExperiment) -> None:
    """Show for each comparison how far it is from enough people."""
    people = {arm.arm: arm.people for arm in one.arms}
    asked = [each for each in one.comparisons if each.needed is not None]
    if not asked:
        return
    text("How many people would be needed", "part-title", "h3")
    for each in asked:
        _needed(each, min(people[each.arm], people[each.against]), many=len(asked) > 1)


def _needed(compared: Comparison, fewest: int, *, many: bool) -> None:
    wanted = compared.needed or 1
    arms = f"{title_of(compared.arm)} and {title_of(compared.against)}"
    head = f"For {arms}: about" if many else "About"
    enough = "There are enough" if compared.enough else f"The smaller arm has {words.count(fewest)}"
    with box("needed"):
        text(
            f"{head} {words.count(wanted)} in each arm to see a difference of "
            f"{WANTED * 100:.0f} points. {enough}.",
            "row-sub",
        )
        with box("bar"):
            box("bar-fill").style(f"width: {min(1.0, fewest / wanted):.1%}")


def _rate(arm: ArmReport) -> Dot:
    said = f"{percent(arm.rate)}, between {percent(arm.low)} and {percent(arm.high)}"
    return Dot(arm.title, said, arm.rate, arm.low, arm.high)


def _difference(one: Comparison) -> Dot:
    bounds = f"between {points_text(one.low)} and {points_text(one.high)}"
    said = f"{points_text(one.difference)}, {bounds}: {VERDICTS[one.verdict]}"
    label = f"{title_of(one.arm)} against {title_of(one.against)}"
    return Dot(label, said, one.difference, one.low, one.high)


def _tenths(value: float) -> float:
    """Return the full tenth above, at most 1."""
    return min(1.0, max(TENTH, ceil(round(value / TENTH, 6)) * TENTH))
