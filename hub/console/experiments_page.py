"""What rules brought about: the sentence first, then the picture, the counts and what to mind."""

import asyncio
from typing import Final

from nicegui import ui
from starlette.requests import Request

from hub.console import words
from hub.console.experiment_parts import arms_picture, arms_table, differences, needed
from hub.console.frame import Console, frame
from hub.console.insight_reading import READING, STYLE, download
from hub.console.parts import box, button, empty, heading, link, text
from hub.experiments.service import Experiments
from hub.experiments.values import ExperimentsReport, RuleExperiment
from hub.insight.errors import NothingPublished, UnknownName

PATH: Final = "/experiments"
UNPUBLISHED: Final = "No venue is published yet. What its rules bring about will be here."
HOW: Final = (
    "Give a rule a holdout or variants, and a goal: a place that people are to visit, or a reward "
    "that they are to redeem, within a time. From the first person for whom the rule comes true, "
    "the experiment stands here; people are counted when their time for the goal is over."
)


def build(console: Console, request: Request) -> None:
    """Build the page of all experiments."""
    _build(console, request, None)


def build_one(console: Console, request: Request) -> None:
    """Build the page of one rule's experiment."""
    _build(console, request, request.path_params["rule"])


def _build(console: Console, request: Request, rule: str | None) -> None:
    with frame(console, request, rule or "Experiments", narrow=True):
        ui.add_head_html(STYLE)
        text(f"Experiment: {rule}" if rule else "Experiments", "page-title", "h1")
        lead = text("What rules brought about, and how sure that is.", "page-lead")
        with box("tools") as tools:
            if rule:
                link("All experiments", PATH, "underlined")
        page = _Page(console, rule, lead)
        with tools:
            button("Read again", page.refresh, "small")
        ui.timer(0, page.refresh, once=True)


class _Page:
    def __init__(self, console: Console, rule: str | None, lead: ui.label) -> None:
        self._console = console
        self._rule = rule
        self._lead = lead
        self._body = box("stack")
        with self._body:
            empty(READING)

    async def refresh(self) -> None:
        """Read and draw again."""
        said, report = await asyncio.to_thread(self._read)
        self._body.clear()
        with self._body:
            if report is None:
                empty(said)
                return
            self._draw(report)

    def _read(self) -> tuple[str, ExperimentsReport | None]:
        parts = self._console.parts
        try:
            return "", Experiments(parts.store, parts.clock).report(self._rule)
        except NothingPublished:
            return UNPUBLISHED, None
        except UnknownName as error:
            said = str(error)
            return f"{said[:1].upper()}{said[1:]}. {HOW}", None

    def _draw(self, report: ExperimentsReport) -> None:
        zone = self._console.live.look().zone
        at = f"{words.minute(report.at_ms, zone)}, {words.day(report.at_ms, zone)}"
        self._lead.set_text(f"What rules brought about until {at}, and how sure that is.")
        found = [*report.rules, *report.whole_event]
        for one in found:
            _experiment(one, report.at_ms, zone)
        with box("panel", "section"):
            heading("What to mind")
            _listed(report.notes)
            if not found:
                text(HOW, "row-sub")
            else:
                self._files()

    def _files(self) -> None:
        only = f"&rule={self._rule}" if self._rule else ""
        with box("tools files"):
            for part, label in (("arms", "Counts"), ("comparisons", "Differences"),
                                ("sentences", "Sentences")):  # fmt: skip
                target = f"/api/v1/experiments?format=csv&part={part}{only}"
                download(f"{label} as CSV", target, f"experiments-{part}.csv")


def _experiment(one: RuleExperiment, at_ms: int, zone: str) -> None:
    leads = [compared.sentences[0] for compared in one.comparisons] or one.sentences[:1]
    with box("panel experiment", "section"):
        with box("panel-head"):
            with box("panel-title", "h2"):
                if one.rule:
                    link(one.rule, f"/rules/{one.rule}")
                else:
                    text("Every rule together", "", "span")
            since = f" \u00b7 since {words.when(one.since_ms, at_ms, zone)}" if one.since_ms else ""
            text(f"goal: {one.goal}{since}" if one.goal else "", "panel-aside")
        for said in leads:
            text(said, "verdict-line", "p")
        if any(arm.people for arm in one.arms):
            arms_picture(one)
            differences(one)
        if one.arms:
            arms_table(one)
        needed(one)
        rest = [said for said in one.sentences if said not in leads]
        if rest:
            text("What to mind", "part-title", "h3")
            _listed(rest)


def _listed(sentences: list[str]) -> None:
    with box("caveats", "ul"):
        for said in sentences:
            text(said, "", "li")
