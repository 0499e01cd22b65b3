"""The feed adds what is new above what is there; nothing that stands already is drawn again.

What is decided for a place is decided every few moments: each such rule has one line at the top,
which changes its words and stays where it is. Below it are the people.
"""

import re
from collections.abc import Mapping
from typing import Final

from nicegui import ui
from nicegui.element import Element

from hub.console import words
from hub.console.parts import box, empty, heading, link, show, text
from hub.store.web_values import FeedRow
from hub.web.live import LiveView

PLACE_ROWS_MAX: Final = 4
"""Rules of places that have a line of their own; further ones are left to their own pages."""
COLOUR: Final = re.compile(r"(#[0-9a-fA-F]{6})\b")


class Feed:
    """Decisions, newest first, each with its reason."""

    def __init__(self) -> None:
        with box("panel feed-panel"):
            heading("Decisions", "each with its reason")
            self._now = _PlaceRules()
            self._none = empty("Nothing decided yet. The first badge will change that.")
            self._list = box("feed")
        self._rows: list[Element] = []
        self._newest = 0

    def show(self, view: LiveView) -> None:
        """Add what came since the last time, and let go of what no longer fits."""
        fresh = [row for row in view.people_feed if row.id > self._newest]
        first_time = not self._newest
        places = {place.id: place.name for place in view.places}
        self._now.show(view, places)
        with self._list:
            for row in reversed(fresh):
                made = decision(row, view.zone, places, fresh=not first_time)
                made.move(target_index=0)
                self._rows.insert(0, made)
        for old in self._rows[len(view.people_feed) :]:
            old.delete()
        del self._rows[len(view.people_feed) :]
        self._newest = max((row.id for row in fresh), default=self._newest)
        show(self._none, shown=not view.feed)


class _PlaceRules:
    """What each rule of a place says now."""

    def __init__(self) -> None:
        self._box = box("now-rules")
        self._lines: dict[tuple[str, str | None], tuple[ui.label, ui.label]] = {}

    def show(self, view: LiveView, places: Mapping[str, str]) -> None:
        """Say the newest of each rule in its line."""
        newest = {(row.rule, row.place): row for row in reversed(view.feed) if row.person is None}
        for key in sorted(newest.keys() - self._lines.keys(), key=str):
            if len(self._lines) < PLACE_ROWS_MAX:
                self._lines[key] = self._line(newest[key], places)
        for key in newest.keys() & self._lines.keys():
            when, what = self._lines[key]
            when.set_text(words.clock(newest[key].at_ms, view.zone))
            what.set_text(_of_place(newest[key]))

    def _line(self, row: FeedRow, places: Mapping[str, str]) -> tuple[ui.label, ui.label]:
        with self._box, box("now-rule"):
            when = text("", "decision-time")
            with box("decision-line"):
                text(_place(row, places), "decision-who", "span")
                text(f" \u00b7 {row.rule}", "decision-rule", "span")
                return when, text("", "decision-did")


def decision(
    row: FeedRow, zone: str, places: Mapping[str, str], *, fresh: bool = False, named: bool = True
) -> Element:
    """Make one line of the feed: when, who (unless all are of one person), what was done, why."""
    classes = f"decision {row.outcome}" + (" fresh" if fresh else "")
    did = "; ".join(row.actions)
    with box(classes) as made:
        text(words.clock(row.at_ms, zone), "decision-time")
        with box("decision-line"):
            if named:
                _who(row, places)
            text(f" \u00b7 {row.rule}" if named else row.rule, "decision-rule", "span")
            if did:
                _with_colours(did)
            if not did.endswith(row.reason):
                text(row.reason, "decision-why")
    return made


def _who(row: FeedRow, places: Mapping[str, str]) -> None:
    if row.person:
        link(row.name, f"/people/{row.person}", "decision-who")
    else:
        text(_place(row, places), "decision-who", "span")


def _place(row: FeedRow, places: Mapping[str, str]) -> str:
    return places.get(row.place or "", row.place or "The venue")


def _of_place(row: FeedRow) -> str:
    """The reason, without the place that stands before it."""
    said = row.reason.removeprefix(f"{row.place} ")
    return said[:1].upper() + said[1:]


def _with_colours(said: str) -> None:
    """What was done; a colour is shown, not spelt."""
    with box("decision-did"):
        for part in COLOUR.split(said):
            if COLOUR.fullmatch(part):
                box("swatch", "span").style(f"background: {part}").props(f'title="{part}"')
            elif part:
                text(part, "", "span")
