"""One rule: what it says, what it came to over time, who got it lately, and why or why not."""

import asyncio
from dataclasses import dataclass
from textwrap import dedent
from typing import Final

from nicegui import ui
from starlette.requests import Request

from hub.console import words
from hub.console.asking_engine import Engine
from hub.console.frame import PAGES, Console, frame, session_of
from hub.console.live_feed import decision
from hub.console.parts import box, empty, heading, link, text
from hub.console.rule_parts import bar, spark, stage_chip
from hub.console.sentences import more_said, sentence
from hub.console.stages import Stages
from hub.core.document import Rule, Venue
from hub.insight.spans import WIDTHS_MS
from hub.reading import to_yaml
from hub.store.insight import InsightReads
from hub.store.web_values import FeedRow
from hub.web.errors import NotFound
from hub.web.rule_counts import Came, rule_counts

LATELY_SHOWN: Final = 30
STRETCHES_MIN: Final = 24
STRETCHES_MAX: Final = 96
"""Most stretches of the picture; the shortest width with no more of them is taken."""
EXPERIMENTS: Final = "/experiments"


@dataclass(frozen=True, slots=True)
class _Found:
    version: int
    venue: Venue
    rule: Rule
    came: Came
    lately: list[FeedRow]
    over_time: "_OverTime"


@dataclass(frozen=True, slots=True)
class _OverTime:
    width: str
    from_ms: int
    until_ms: int
    fired: list[int]
    suppressed: list[int]


def build(console: Console, request: Request) -> None:
    """Build the page."""
    name = request.path_params["rule"]
    with frame(console, request, name, narrow=True):
        engine = Engine(console, session_of(request).account)
        page = _Page(console, engine, name)
        ui.timer(0, page.refresh, once=True)


class _Page:
    def __init__(self, console: Console, engine: Engine, name: str) -> None:
        self._console = console
        self._stages = Stages(engine, self.refresh)
        self._engine = engine
        self._name = name
        self._body = box("")

    async def refresh(self) -> None:
        """Read and draw again."""
        try:
            found = await asyncio.to_thread(self._read)
        except NotFound as error:
            found = None
            said = str(error)
        self._body.clear()
        with self._body:
            if found is None:
                empty(said)
                return
            self._draw(found)

    def _read(self) -> _Found:
        version, venue = self._engine.book.venue()
        rule = next((one for one in venue.rules if one.name == self._name), None)
        if rule is None:
            raise NotFound(f"Version {version}, in force now, has no rule {self._name!r}.")
        console = self._console
        came = rule_counts(console.parts).get(self._name, Came())
        lately = console.live.reads.decisions(rule=self._name, limit=LATELY_SHOWN)
        store = console.parts.store
        reads = InsightReads(store.database, store.event)
        return _Found(version, venue, rule, came, lately, _over_time(reads, self._name))

    def _draw(self, found: _Found) -> None:
        rule, places = found.rule, {place.id: place.name for place in found.venue.places}
        with box("rule-top"):
            text(rule.name, "page-title", "h1")
            stage_chip(rule.stage)
            with box("rule-do"):
                self._stages.buttons(rule)
        if rule.text:
            text(rule.text, "page-lead")
        with box("stack"):
            with box("panel"):
                text(sentence(rule, places), "rule-text")
                for more in more_said(rule, places):
                    text(more, "row-sub")
                if rule.holdout or rule.variants:
                    _experiment(rule)
            with box("halves"):
                self._decided(found)
                self._written(rule, found.venue)
            self._lately(found, places)

    def _decided(self, found: _Found) -> None:
        with box("panel"):
            over = found.over_time
            heading("Decisions over time", f"each bar is {over.width}" if over.width else "")
            if not over.width:
                empty("It has decided nothing yet.")
                return
            text("fired", "row-faint")
            spark(over.fired)
            if any(over.suppressed):
                text("suppressed", "row-faint")
                spark(over.suppressed, "no")
            zone, now_ms = found.venue.event.zone, self._console.now_ms
            with box("spark-ends"):
                text(words.when(over.from_ms, now_ms, zone), "row-faint")
                text(words.when(over.until_ms, now_ms, zone), "row-faint")
            bar(found.came)

    def _written(self, rule: Rule, venue: Venue) -> None:
        with box("panel"):
            heading("As it is written")
            text(rule_yaml(rule, venue), "code-shown mono", "pre")
            link("Open the document", f"/document#{rule.name}", "row-faint")

    def _lately(self, found: _Found, places: dict[str, str]) -> None:
        with box("panel"):
            heading("Lately", "a name leads to why, and why not, at any instant")
            if not found.lately:
                empty("Nobody yet.")
            with box("feed"):
                for row in found.lately:
                    with box("decided"):
                        decision(row, found.venue.event.zone, places)
                        _why(row)


def rule_yaml(rule: Rule, venue: Venue) -> str:
    """Return a rule as it is written in the document."""
    alone = to_yaml(Venue(event=venue.event, places=[], rules=[rule]))
    return dedent(alone.partition("\nrules:\n")[2])


def _why(row: FeedRow) -> None:
    """What each clause saw, unfolded by a press."""
    if not row.clauses:
        if row.person:
            link("why?", f"/people/{row.person}", "row-faint")
        return
    with box("why", "details"):
        text("why?", "row-faint", "summary")
        for clause in row.clauses:
            with box("clause held" if clause.held else "clause"):
                text("\u2713" if clause.held else "\u2717", "clause-mark")
                text(clause.text, "clause-text")
                text(clause.saw, "clause-saw")


def _experiment(rule: Rule) -> None:
    if any(entry.path == EXPERIMENTS for entry in PAGES):
        link("What the experiment says so far", f"{EXPERIMENTS}/{rule.name}", "row-sub")


def _over_time(reads: InsightReads, rule: str) -> _OverTime:
    span = reads.decision_range(None, None)
    if span is None:
        return _OverTime("", 0, 0, [], [])
    width, width_ms = next(
        ((name, ms) for name, ms in WIDTHS_MS.items() if (span[1] - span[0]) // ms < STRETCHES_MAX),
        list(WIDTHS_MS.items())[-1],
    )
    many = span[1] // width_ms - span[0] // width_ms + 1
    many = max(STRETCHES_MIN, min(many, STRETCHES_MAX))
    first = span[1] // width_ms * width_ms - (many - 1) * width_ms
    fired, suppressed = [0] * many, [0] * many
    any_at_all = False
    for one in reads.decision_counts(first, None, width_ms):
        if one.rule == rule:
            any_at_all = True
            into = suppressed if one.outcome == "suppressed" else fired
            into[(one.start_ms - first) // width_ms] += one.number
    name = width if any_at_all else ""
    return _OverTime(name, first, first + many * width_ms, fired, suppressed)
