"""What happened: rules, rewards, places and ways between them, over a stretch of time."""

import asyncio
from dataclasses import dataclass

from nicegui import ui
from starlette.requests import Request

from hub.console import words
from hub.console.frame import Console, frame
from hub.console.insight_places import flows_panel, places_panel
from hub.console.insight_reading import (
    READING,
    SPANS,
    STYLE,
    Choice,
    address,
    asked_of,
    chooser,
    insight_of,
    span_of,
)
from hub.console.insight_rewards import rewards_panel
from hub.console.insight_rules import rules_panel
from hub.console.insight_values import Stretch
from hub.console.parts import box, button, empty, text
from hub.insight.errors import InsightError
from hub.insight.flows import FlowsReport
from hub.insight.places import PlacesReport
from hub.insight.rewards import RewardsReport
from hub.insight.rules import RulesReport

PATH = "/insight"


@dataclass(frozen=True, slots=True)
class _Found:
    stretch: Stretch
    visitors: int
    rules: RulesReport
    rewards: RewardsReport
    places: PlacesReport
    flows: FlowsReport


def build(console: Console, request: Request) -> None:
    """Build the page."""
    span = span_of(request.query_params)
    with frame(console, request, "Insight", narrow=True):
        ui.add_head_html(STYLE)
        text("Insight", "page-title", "h1")
        lead = text("What happened.", "page-lead")
        with box("tools") as tools:
            chooser("Stretch of time", [
                Choice(label, address(PATH, span=name), name == span)
                for name, label in SPANS.items()
            ])  # fmt: skip
        page = _Page(console, span, lead)
        with tools:
            button("Read again", page.refresh, "small")
        ui.timer(0, page.refresh, once=True)


class _Page:
    def __init__(self, console: Console, span: str, lead: ui.label) -> None:
        self._console = console
        self._span = span
        self._lead = lead
        self._body = box("")
        with self._body:
            empty(READING)

    async def refresh(self) -> None:
        """Read and draw again."""
        try:
            found = await asyncio.to_thread(self._read)
        except InsightError:
            self._body.clear()
            with self._body:
                empty("No venue is published yet. What happens at its places will be here.")
            return
        self._lead.set_text(_lead(found.stretch))
        self._body.clear()
        with self._body:
            _totals(found)
            with box("stack"):
                rules_panel(found.rules, found.stretch)
                rewards_panel(found.rewards, found.stretch)
                places_panel(found.places, found.stretch)
                flows_panel(found.flows, found.stretch)

    def _read(self) -> _Found:
        parts, now_ms = self._console.parts, self._console.now_ms
        insight = insight_of(parts.store, parts.wall)
        venue = insight.venue()
        asked = asked_of(self._span, now_ms, venue.event.zone)
        return _Found(
            Stretch(venue, self._span, asked, now_ms),
            insight.journeys(asked, 1).journeys,
            insight.rules(asked), insight.rewards(asked), insight.places(asked),
            insight.flows(asked),
        )  # fmt: skip


def _lead(stretch: Stretch) -> str:
    zone, now_ms = stretch.zone, stretch.now_ms
    said = f"What happened until {words.minute(now_ms, zone)}, {words.day(now_ms, zone)}"
    since_ms = stretch.asked.since_ms
    return said + (f": from {words.minute(since_ms, zone)} on." if since_ms is not None else ".")


def _totals(found: _Found) -> None:
    pools, rules = found.rewards.pools, found.rules.rules
    with box("totals insight-totals"):
        _figure(found.visitors, "Visitors")
        _figure(sum(place.visits for place in found.places.places), "Visits")
        _figure(sum(rule.fired for rule in rules), "Rules fired")
        _figure(sum(rule.suppressed_total for rule in rules), "Suppressed")
        _figure(sum(pool.given for pool in pools), "Rewards issued")
        _figure(sum(pool.redeemed for pool in pools), "Redeemed")


def _figure(number: int, name: str) -> None:
    with box("total"):
        text(words.count(number), "total-figure")
        text(name, "total-name")
