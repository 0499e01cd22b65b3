"""The feed adds what is new above what is there; nothing that stands already is drawn again."""

from collections.abc import Mapping

from nicegui.element import Element

from hub.console import words
from hub.console.parts import box, empty, heading, link, show, text
from hub.store.web_values import FeedRow
from hub.web.live import LiveView


class Feed:
    """Decisions, newest first, each with its reason."""

    def __init__(self) -> None:
        with box("panel"):
            self._aside = heading("Decisions", "each with its reason")
            self._none = empty("Nothing decided yet. The first badge will change that.")
            self._list = box("feed")
        self._rows: list[Element] = []
        self._newest = 0

    def show(self, view: LiveView) -> None:
        """Add what came since the last time, and let go of what no longer fits."""
        fresh = [row for row in view.feed if row.id > self._newest]
        first_time = not self._newest
        places = {place.id: place.name for place in view.places}
        with self._list:
            for row in reversed(fresh):
                made = decision(row, view.zone, places, fresh=not first_time)
                made.move(target_index=0)
                self._rows.insert(0, made)
        for old in self._rows[len(view.feed) :]:
            old.delete()
        del self._rows[len(view.feed) :]
        self._newest = max((row.id for row in fresh), default=self._newest)
        show(self._none, shown=not self._rows)


def decision(row: FeedRow, zone: str, places: Mapping[str, str], *, fresh: bool = False) -> Element:
    """Make one line of the feed: when, who, what was done, why."""
    classes = f"decision {row.outcome}" + (" fresh" if fresh else "")
    with box(classes) as made:
        text(words.clock(row.at_ms, zone), "decision-time")
        with box("decision-line"):
            _who(row, places)
            text(f" \u00b7 {row.rule}", "decision-rule", "span")
            if row.actions:
                text("; ".join(row.actions), "decision-did")
            text(row.reason, "decision-why")
    return made


def _who(row: FeedRow, places: Mapping[str, str]) -> None:
    if row.person:
        link(row.name, f"/people/{row.person}", "decision-who")
    else:
        text(places.get(row.place or "", row.place or "The venue"), "decision-who", "span")
