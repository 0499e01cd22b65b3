"""How people went through the venue: a picture, the commonest ways, and where they ended."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from nicegui import ui
from starlette.requests import Request

from hub.console import words
from hub.console.frame import Console, frame
from hub.console.insight_places import drawn
from hub.console.insight_reading import (
    READING,
    SPANS,
    STYLE,
    Choice,
    address,
    asked_of,
    chooser,
    download,
    insight_of,
    nothing_yet,
    report_address,
    span_of,
)
from hub.console.insight_values import Stretch
from hub.console.journeys_parts import drop_out, ways
from hub.console.parts import box, button, empty, heading, text
from hub.insight import picture
from hub.insight.errors import InsightError
from hub.insight.journeys import STEPS_DEFAULT, JourneysReport

PATH: Final = "/journeys"
BY: Final = {"event": "Each person's event", "day": "Each person's day"}
STEPS: Final = (3, STEPS_DEFAULT, 10)
"""How many stops of a journey can be looked at."""
STEP_LEAST_PX: Final = 190
STEP_MOST_PX: Final = 300
"""How wide the picture is for each stop."""
WILL: Final = "From the first visit on, the ways that people take through the venue are here."


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the address asks for."""

    span: str
    by: str
    steps: int

    def address(self, **other: str | int) -> str:
        """Return the address of the page with something else asked for."""
        return address(PATH, **{"span": self.span, "by": self.by, "steps": self.steps, **other})


def build(console: Console, request: Request) -> None:
    """Build the page."""
    asked = _asked(request.query_params)
    with frame(console, request, "Journeys"):
        ui.add_head_html(STYLE)
        text("Journeys", "page-title", "h1")
        lead = text("How people went through the venue.", "page-lead")
        with box("tools") as tools:
            chooser("Stretch of time", [
                Choice(label, asked.address(span=name), name == asked.span)
                for name, label in SPANS.items()
            ])  # fmt: skip
            chooser("One journey is", [
                Choice(label, asked.address(by=name), name == asked.by)
                for name, label in BY.items()
            ])  # fmt: skip
            chooser("Stops looked at", [
                Choice(f"{steps} stops", asked.address(steps=steps), steps == asked.steps)
                for steps in STEPS
            ])  # fmt: skip
        page = _Page(console, asked, lead)
        with tools:
            button("Read again", page.refresh, "small")
        ui.timer(0, page.refresh, once=True)


def _asked(query: Mapping[str, str]) -> _Asked:
    by, steps = query.get("by", "event"), query.get("steps", "")
    known = {str(number): number for number in STEPS}
    return _Asked(span_of(query), by if by in BY else "event", known.get(steps, STEPS_DEFAULT))


class _Page:
    def __init__(self, console: Console, asked: _Asked, lead: ui.label) -> None:
        self._console = console
        self._asked = asked
        self._lead = lead
        self._body = box("stack")
        with self._body:
            empty(READING)

    async def refresh(self) -> None:
        """Read and draw again."""
        try:
            stretch, report = await asyncio.to_thread(self._read)
        except InsightError:
            self._body.clear()
            with self._body:
                empty("No venue is published yet. The ways through it will be here.")
            return
        self._lead.set_text(_lead(report, self._asked))
        self._body.clear()
        with self._body:
            self._draw(stretch, report)

    def _read(self) -> tuple[Stretch, JourneysReport]:
        parts, now_ms = self._console.parts, self._console.now_ms
        insight = insight_of(parts.store, parts.wall)
        venue = insight.venue()
        asked = asked_of(self._asked.span, now_ms, venue.event.zone)
        report = insight.journeys(asked, self._asked.steps, by_day=self._asked.by == "day")
        return Stretch(venue, self._asked.span, asked, now_ms), report

    def _draw(self, stretch: Stretch, report: JourneysReport) -> None:
        if not report.journeys:
            with box("panel"):
                nothing_yet(WILL, stretch)
            return
        names = {place.id: place.name for place in stretch.venue.places}
        with box("panel", "section"):
            heading("Picture", "as wide as the people who went; grey ended there")
            svg = picture.of_journeys(report, names, "Through the venue")
            many = max(2, len(report.steps))
            drawn(svg, "Picture of journeys", many * STEP_LEAST_PX, many * STEP_MOST_PX)
            self._files(stretch)
        with box("halves"):
            ways(report, names)
            drop_out(report, names)

    def _files(self, stretch: Stretch) -> None:
        chosen: dict[str, str | int] = {"steps": self._asked.steps}
        if self._asked.by == "day":
            chosen["by_day"] = "true"
        asked = stretch.asked
        with box("tools files"):
            download("Ways as CSV", report_address("journeys", asked, **chosen), "journeys.csv")
            steps = report_address("journeys", asked, part="steps", **chosen)
            download("Drop-out as CSV", steps, "journeys-steps.csv")
            svg = report_address("journeys", asked, **{**chosen, "format": "svg"})
            download("Picture as SVG", svg, "journeys.svg")


def _lead(report: JourneysReport, asked: _Asked) -> str:
    one, many = ("day of a person", "days of people") if asked.by == "day" else (
        "person's way", "people's ways"
    )  # fmt: skip
    number = report.journeys
    return (
        f"{words.count(number)} {one if number == 1 else many}, {SPANS[asked.span].lower()}, "
        f"the first {asked.steps} stops of each. The same place twice in a row is one stop."
    )
