"""The rules as sentences, with how often each fired and was held back."""

import asyncio
from collections.abc import Mapping

from starlette.requests import Request

from hub.console import words
from hub.console.frame import Console, frame
from hub.console.parts import box, empty, text
from hub.console.sentences import sentence
from hub.core.document import Rule
from hub.store.web_values import RuleCount


async def build(console: Console, request: Request) -> None:
    """Build the page."""
    reads = console.live.reads
    version, venue = await asyncio.to_thread(reads.venue)
    counts = await asyncio.to_thread(reads.rule_counts)
    with frame(console, request, "Rules", narrow=True):
        text("Rules", "page-title", "h1")
        text(f"Version {version}, in force now." if venue else "", "page-lead")
        with box("panel"):
            if venue is None:
                empty("No venue has been published yet.")
                return
            _head()
            places = {place.id: place.name for place in venue.places}
            for rule in venue.rules:
                _line(
                    rule,
                    places,
                    counts.get(rule.name, RuleCount(rule.name, 0, 0, 0)),
                    venue.event.zone,
                )


def _head() -> None:
    with box("row-line rule row-head"):
        text("Rule")
        text("Fired", "figure row-head")
        text("Suppressed", "figure row-head")


def _line(rule: Rule, places: Mapping[str, str], count: RuleCount, zone: str) -> None:
    with box("row-line rule"):
        with box(""):
            text(rule.text or sentence(rule, places), "row-main")
            paused = "" if rule.stage in ("live", "shadow") else " \u00b7 paused"
            last = f" \u00b7 last at {words.clock(count.last_ms, zone)}" if count.last_ms else ""
            text(f"{rule.name}{paused}{last}", "row-faint")
            if rule.text:
                text(sentence(rule, places), "row-sub")
        text(words.count(count.fired), "figure" if count.fired else "figure quiet")
        text(words.count(count.suppressed), "figure" if count.suppressed else "figure quiet")
