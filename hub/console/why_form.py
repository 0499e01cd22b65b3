"""Why, or why not: one sentence first, then each clause, then what was looked at."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from nicegui import ui

from hub.console import words
from hub.console.frame import Console
from hub.console.parts import box, button, empty, field, heading, text
from hub.core.compiled import about
from hub.core.document import Venue
from hub.core.errors import CoreError
from hub.core.explain import Explanation
from hub.core.explaining.instants import asked_ms
from hub.core.explaining.values import Seen
from hub.core.outcome import Clause

ALL_RULES: Final = "all rules"
ANSWERS: Final = {
    "fired": ("It fired", "yes"),
    "suppressed": ("It was held back", "no"),
    "shadow": ("It would have fired", "yes"),
}
DASHED: Final = "opacity: 0.45"
"""How what does not count looks."""

SPACED: Final = "margin: 4px 0 14px"


class WhyForm:
    """Asks for one person."""

    def __init__(self, console: Console, person: str, venue: Venue | None) -> None:
        self._console = console
        self._person = person
        self._venue = venue
        self._zone = venue.event.zone if venue else "UTC"
        rules = [one.name for one in venue.rules if about(one.when) == "person"] if venue else []
        self._rules = rules
        with box("panel"):
            heading("Why, or why not?")
            with box("tools"):
                options = [*rules, ALL_RULES] if len(rules) > 1 else rules
                self._rule = ui.select(options, label="Rule", value=rules[0] if rules else None)
                self._rule.props("outlined dense dark").classes("field wide")
                self._at = field("At (now if empty)").props('placeholder="10:42"')
                button("Ask", self._ask, "main")
            self._answer = box("")

    async def _ask(self) -> None:
        self._answer.clear()
        chosen = str(self._rule.value)
        names = self._rules if chosen == ALL_RULES else [chosen]
        try:
            at_ms = self._instant(self._at.value or "")
            found = await asyncio.to_thread(self._explained, names, at_ms)
        except CoreError as error:
            self._say(str(error))
            return
        places = {place.id: place.name for place in self._venue.places} if self._venue else {}
        with self._answer:
            if len(found) == 1:
                _show(found[0], self._zone, places)
            else:
                _table(found, self._zone)

    def _explained(self, names: Sequence[str], at_ms: int | None) -> list[Explanation]:
        return [self._console.parts.why(self._person, name, at_ms) for name in names]

    def _say(self, sentence: str) -> None:
        with self._answer:
            text(sentence, "said")

    def _instant(self, written: str) -> int | None:
        if not written.strip() or self._venue is None:
            return None
        full = written.strip().replace(" ", "T", 1)
        zone = words.zone_of(self._zone)
        return asked_ms(full, self._venue.event, zone, self._console.now_ms)


def _verdict(found: Explanation, zone: str) -> None:
    word, classes = ANSWERS.get(found.answer, ("It did not fire", "no"))
    text(found.sentence or found.reason, f"verdict {classes}")
    text(f"{word} \u00b7 {words.clock(found.at_ms, zone)}", "row-sub").style(SPACED)


def _show(found: Explanation, zone: str, places: Mapping[str, str]) -> None:
    _verdict(found, zone)
    for clause in found.clauses:
        _clause(clause)
    if not found.clauses:
        empty("There were no clauses to check.")
    for line in (*found.actions, *found.notes):
        text(line, "row-sub")
    _timeline(found, zone, places)
    arm = f", arm {found.arm}" if found.arm else ""
    text(f"Rules of version {found.version}{arm}", "row-faint")


def _table(found: Sequence[Explanation], zone: str) -> None:
    with box("rows"):
        for one in found:
            with box("clause held" if one.answer == "fired" else "clause"):
                text("\u2713" if one.answer == "fired" else "\u2717", "clause-mark")
                text(f"{one.rule} \u00b7 {words.clock(one.at_ms, zone)}", "clause-text")
                text(one.sentence or one.reason, "clause-saw")


def _clause(clause: Clause) -> None:
    with box("clause held" if clause.held else "clause"):
        text("\u2713" if clause.held else "\u2717", "clause-mark")
        text(clause.text, "clause-text")
        text(clause.saw, "clause-saw")


def _timeline(found: Explanation, zone: str, places: Mapping[str, str]) -> None:
    """What was looked at: a lane for each place, then each in words."""
    if not found.events:
        return
    instants = [*(one.at_ms for one in found.events), found.at_ms]
    start, span = min(instants), max(1, max(instants) - min(instants))
    lanes: dict[str, list[Seen]] = {}
    for one in found.events:
        lanes.setdefault(places.get(one.place or "", one.place or one.kind), []).append(one)
    with box("").style("margin-top: 20px"):
        heading("What was looked at", f"until {words.clock(found.at_ms, zone)}")
    for name, listed in lanes.items():
        with box("lane"):
            text(name, "lane-name")
            with box("lane-track"):
                for one in listed:
                    faint = "" if one.is_counted else DASHED
                    box("visit").style(f"left: {(one.at_ms - start) / span:.3%}; {faint}")
            text(f"{sum(one.is_counted for one in listed)}\u00d7", "row-faint")
    for one in found.events:
        line = f"{words.clock(one.at_ms, zone)} {one.what}"
        if one.place:
            line += f" at {places.get(one.place, one.place)}"
        text(line if one.is_counted else f"{line} (does not count)", "row-sub")
