"""Journeys in words: the commonest ways, and how many ended at each stop."""

from collections.abc import Mapping
from typing import Final

from hub.console import words
from hub.console.insight_places import scrolled
from hub.console.insight_reading import percent
from hub.console.parts import box, empty, heading, text
from hub.insight.journeys import OTHERS, JourneysReport, Path, Step

PATHS_SHOWN: Final = 20
PEOPLE_LEAST: Final = 2
"""A way that fewer took is nobody's common way, and tells whose it is."""


def drop_out(report: JourneysReport, names: Mapping[str, str]) -> None:
    """Show for each stop how many came, how many ended there, and where most of them did."""
    with box("panel", "section"):
        heading("Drop-out at each stop")
        with scrolled("Drop-out at each stop"), box("steps worded", "table"):
            with box("", "thead"), box("", "tr"):
                for head in ("Stop", "Came", "Ended here", "Went on", "Most ended at"):
                    text(head, "", "th").props("scope=col")
            with box("", "tbody"):
                for step in report.steps:
                    _step(step, report, names)


def _step(step: Step, report: JourneysReport, names: Mapping[str, str]) -> None:
    ended = f"{words.count(step.ended)} ({percent(step.ended / step.reached)})"
    stops = [stop for stop in report.stops if stop.step == step.step and stop.ended]
    most = max(stops, key=lambda stop: stop.ended, default=None)
    with box("", "tr"):
        text(words.ordinal(step.step), "", "th").props("scope=row")
        text(words.count(step.reached), "", "td")
        text(ended, "", "td")
        text(percent(step.share_on), "", "td")
        where = f"{_name(most.place, names)} ({words.count(most.ended)})" if most else "\u2013"
        text(where, "row-sub", "td")


def ways(report: JourneysReport, names: Mapping[str, str]) -> None:
    """Show the ways that most took, with how many and their share."""
    shown = [path for path in report.paths if path.people >= PEOPLE_LEAST][:PATHS_SHOWN]
    with box("panel", "section"):
        heading("Commonest ways", "people, and share of all")
        if not shown:
            empty("Everybody took a way of their own. Fewer stops have more in common.")
        with box("rows"):
            for path in shown:
                _path(path, report.journeys, shown[0].people, names)
        if len(shown) < len(report.paths):
            empty("Rarer ways are left out.")


def _path(path: Path, journeys: int, most: int, names: Mapping[str, str]) -> None:
    with box("way"):
        with box("way-stops"):
            for place in path.places:
                text(_name(place, names), "way-stop", "span")
            if path.longer:
                text("and on", "way-stop row-faint", "span")
        text(words.count(path.people), "way-figure")
        text(percent(path.people / journeys), "way-figure row-faint")
        with box("bar"):
            box("bar-fill").style(f"width: {path.people / most:.1%}")


def _name(place: str, names: Mapping[str, str]) -> str:
    return "other places" if place == OTHERS else names.get(place, place)
