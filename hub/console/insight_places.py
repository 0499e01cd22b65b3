"""What each place saw, and who went from where to where next: figures first, then pictures."""

from typing import Final

from nicegui import ui
from nicegui.element import Element

from hub.console import words
from hub.console.insight_picture import Layer, ends, stacked
from hub.console.insight_reading import download, lasted, nothing_yet, percent, report_address
from hub.console.insight_values import Stretch
from hub.console.parts import box, empty, heading, text
from hub.insight import picture
from hub.insight.flows import FlowsReport
from hub.insight.places import PlaceReport, PlacesReport

PLACES_SHOWN: Final = 100
FLOW_PLACES_SHOWN: Final = 15
"""Rows and columns of the matrix, those with the most people; the file has all."""
FLOWS_LEAST_PX: Final = 560
FLOWS_MOST_PX: Final = 860
HEAT_MOST: Final = 38
"""Percent of the accent in the cell with the most people: what is written on it stays readable."""
PLACES_WILL: Final = "From the first visit on, each place stands here with who came and how long."
FLOWS_WILL: Final = "Once somebody has been at two places on a day, the ways between them are here."


def places_panel(report: PlacesReport, stretch: Stretch) -> None:
    """Show every place that somebody came to, those with the most visits first."""
    seen = [one for one in report.places if one.visits or one.present_max]
    seen.sort(key=lambda one: -one.visits)
    with box("panel", "section"):
        heading("Places", f"each bar is {report.width}" if seen else "")
        if not seen:
            nothing_yet(PLACES_WILL, stretch)
            return
        for one in seen[:PLACES_SHOWN]:
            _place(one, report, stretch)
        quiet = [one.name for one in report.places if one not in seen]
        if quiet:
            text(f"Nobody came to: {', '.join(quiet[:PLACES_SHOWN])}.", "row-sub quiet-rules")
        with box("tools files"):
            asked = stretch.asked
            download("Places as CSV", report_address("places", asked), "places.csv")
            over_time = report_address("places", asked, part="over-time")
            download("Over time as CSV", over_time, "places-over-time.csv")


def _place(one: PlaceReport, report: PlacesReport, stretch: Stretch) -> None:
    with box("happened"):
        with box(""):
            text(one.name, "row-main")
            visits = "1 visit" if one.visits == 1 else f"{words.count(one.visits)} visits"
            text(f"{visits} by {words.people(one.visitors)}", "row-sub")
            again = f"{words.count(one.repeat_visitors)} came again ({percent(one.repeat_share)})"
            most = f", {words.count(one.present_max)} at once" if one.present_max else ""
            text(again + most, "row-faint")
            if one.stays:
                half, long = lasted(one.dwell_median_ms), lasted(one.dwell_p90_ms)
                text(f"half stayed up to {half}, nine of ten up to {long}", "row-faint")
        with box(""):
            stacked(one.name, [Layer("visits", "visits", one.visits_over_time)])
            ends(report.starts_ms, stretch)


def flows_panel(report: FlowsReport, stretch: Stretch) -> None:
    """Show who went from where to where next: a matrix of people, then the picture."""
    names = {place.id: place.name for place in stretch.venue.places}
    with box("panel", "section"):
        heading("From place to place", "people, on the same day")
        if not any(map(any, report.people)):
            nothing_yet(FLOWS_WILL, stretch)
            return
        kept = _most_gone(report)
        _matrix(report, kept, names)
        if len(kept) == FLOW_PLACES_SHOWN:
            empty(f"The {FLOW_PLACES_SHOWN} places that most people went between.")
        svg = picture.of_flows(_cut(report, kept), names, "From place to place")
        drawn(svg, "Picture of flows", FLOWS_LEAST_PX, FLOWS_MOST_PX)
        with box("tools files"):
            asked = stretch.asked
            download("Matrix as CSV", report_address("flows", asked), "flows.csv")
            pairs = report_address("flows", asked, part="pairs")
            download("Pairs as CSV", pairs, "flows-pairs.csv")
            whole = report_address("flows", asked, format="svg")
            download("Picture as SVG", whole, "flows.svg")


def drawn(svg: str, name: str, least_px: int, most_px: int) -> None:
    """Show a picture of ``hub.insight.picture``, which escapes every text in it.

    It is as wide as the page, within bounds; narrower ones are scrolled.
    """
    with scrolled(name):
        shown = ui.html(svg, sanitize=False).classes("drawn")
        shown.style(f"min-width: {least_px}px; max-width: {most_px}px")


def scrolled(name: str) -> Element:
    """Make a box for what may be wider than the page; the keyboard can scroll it."""
    made = box("scrolled").props("role=region tabindex=0")
    made.props["aria-label"] = name
    return made


def _most_gone(report: FlowsReport) -> list[int]:
    """Return the numbers of the places that most went to or from, in the document's order."""
    numbers = range(len(report.places))
    gone = {n: sum(report.people[n]) + sum(row[n] for row in report.people) for n in numbers}
    most = sorted((n for n in numbers if gone[n]), key=lambda n: -gone[n])
    return sorted(most[:FLOW_PLACES_SHOWN])


def _cut(report: FlowsReport, kept: list[int]) -> FlowsReport:
    return FlowsReport(
        [report.places[n] for n in kept],
        [[report.people[one][then] for then in kept] for one in kept],
        [[report.moves[one][then] for then in kept] for one in kept],
    )


def _matrix(report: FlowsReport, kept: list[int], names: dict[str, str]) -> None:
    most = max(report.people[one][then] for one in kept for then in kept)
    with scrolled("Matrix of flows"), box("matrix", "table"):
        text("How many people went from the place of the row to the place of the column next.",
             "row-faint", "caption")  # fmt: skip
        with box("", "thead"), box("", "tr"):
            text("from \\ to", "row-faint", "td")
            for then in kept:
                text(names.get(report.places[then], report.places[then]), "", "th").props(
                    "scope=col"
                )
        with box("", "tbody"):
            for one in kept:
                with box("", "tr"):
                    name = names.get(report.places[one], report.places[one])
                    text(name, "", "th").props("scope=row")
                    for then in kept:
                        _cell(report.people[one][then], most)


def _cell(people: int, most: int) -> None:
    cell = text(words.count(people) if people else "", "", "td")
    if people:
        heat = HEAT_MOST * people / most
        cell.style(f"background: color-mix(in srgb, var(--accent) {heat:.0f}%, var(--raised))")
