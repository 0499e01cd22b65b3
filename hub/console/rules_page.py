"""The rules as sentences, with what each came to; a stage is one press away, and so is back."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from nicegui import ui
from nicegui.element import Element
from starlette.requests import Request

from hub.console import words
from hub.console.asking_engine import Engine
from hub.console.frame import Console, frame, session_of
from hub.console.parts import box, button, empty, field, link, show, text
from hub.console.rule_parts import bar, stage_chip
from hub.console.sentences import sentence
from hub.console.stages import Stages
from hub.core.document import Rule, Venue
from hub.web.rule_counts import Came, rule_counts

ROWS_SHOWN: Final = 100
"""Rules on one page; more are found by searching, or on the next."""


def build(console: Console, request: Request) -> None:
    """Build the page."""
    by = session_of(request).account
    with frame(console, request, "Rules", narrow=True):
        text("Rules", "page-title", "h1")
        lead = text("", "page-lead")
        with box("tools"):
            search = field("Search").classes("wide").props("clearable debounce=250")
        with box("panel"):
            rows = box("rows")
        with box("tools pager gone") as pager:
            back = button("Earlier", lambda: page.turn(-1))
            where = text("", "row-faint")
            more = button("Further", lambda: page.turn(1))
        page = _Rules(console, Engine(console, by), _Elements(lead, rows, pager, back, where, more))
        search.on_value_change(lambda change: page.search(change.value or ""))
        ui.timer(0, page.refresh, once=True)


@dataclass(frozen=True, slots=True)
class _Elements:
    lead: ui.label
    rows: Element
    pager: Element
    back: ui.button
    where: ui.label
    more: ui.button


class _Rules:
    def __init__(self, console: Console, engine: Engine, on: _Elements) -> None:
        self._console = console
        self._on = on
        self._stages = Stages(engine, self.refresh)
        self._wanted = ""
        self._page = 0

    async def search(self, wanted: str) -> None:
        self._wanted, self._page = wanted.strip().lower(), 0
        await self.refresh()

    async def turn(self, pages: int) -> None:
        self._page = max(0, self._page + pages)
        await self.refresh()

    async def refresh(self) -> None:
        """Read and draw again."""
        version, venue = await asyncio.to_thread(self._console.live.reads.venue)
        counts = await asyncio.to_thread(rule_counts, self._console.parts)
        self._on.lead.set_text(_lead(version, venue))
        self._on.rows.clear()
        with self._on.rows:
            if venue is None:
                empty("No venue has been published yet.")
                return
            self._fill(venue, counts)

    def _fill(self, venue: Venue, counts: Mapping[str, Came]) -> None:
        places = {place.id: place.name for place in venue.places}
        found = [rule for rule in venue.rules if self._matches(rule, places)]
        first = self._page * ROWS_SHOWN
        if not found:
            empty("No rule says that." if venue.rules else "There are no rules yet.")
        for rule in found[first : first + ROWS_SHOWN]:
            self._line(rule, places, counts.get(rule.name, Came()), venue.event.zone)
        last = min(first + ROWS_SHOWN, len(found))
        show(self._on.pager, shown=len(found) > ROWS_SHOWN)
        self._on.where.set_text(f"{first + 1} to {last} of {words.count(len(found))}")
        self._on.back.set_enabled(first > 0)
        self._on.more.set_enabled(last < len(found))

    def _matches(self, rule: Rule, places: Mapping[str, str]) -> bool:
        if not self._wanted:
            return True
        said = f"{rule.name} {rule.text} {rule.stage}"
        return self._wanted in said.lower() or self._wanted in sentence(rule, places).lower()

    def _line(self, rule: Rule, places: Mapping[str, str], came: Came, zone: str) -> None:
        with box("row-line rule"):
            with box(""):
                with box("rule-head"):
                    link(rule.name, f"/rules/{rule.name}", "row-main")
                    stage_chip(rule.stage)
                if rule.text:
                    text(rule.text, "rule-text")
                text(sentence(rule, places), "row-sub")
            with box("rule-came"):
                bar(came)
                last = came.last_fired_ms
                now_ms = self._console.now_ms
                said = f"last {words.when(last, now_ms, zone)}" if last else "never fired"
                text(said, "row-faint")
            with box("rule-do"):
                self._stages.buttons(rule)


def _lead(version: int, venue: Venue | None) -> str:
    if venue is None:
        return ""
    return f"Version {version} is in force, with {words.count(len(venue.rules))} rules."
