"""Why, or why not: a rule and an instant in, each clause with the value it saw out."""

import asyncio
from datetime import datetime

from nicegui import ui

from hub.console import words
from hub.console.frame import Console
from hub.console.parts import box, button, empty, field, heading, text
from hub.core.errors import CoreError
from hub.core.explain import Explanation
from hub.core.outcome import Clause

ANSWERS = {"fired": ("It fired", "yes"), "suppressed": ("It was held back", "no")}


class WhyForm:
    """Asks for one person."""

    def __init__(self, console: Console, person: str, rules: list[str], zone: str) -> None:
        self._console = console
        self._person = person
        self._zone = zone
        with box("panel"):
            heading("Why, or why not?")
            with box("tools"):
                self._rule = ui.select(rules, label="Rule", value=rules[0] if rules else None)
                self._rule.props("outlined dense dark").classes("field wide")
                self._at = field("At (now if empty)").props('placeholder="10:42"')
                button("Ask", self._ask, "main")
            self._answer = box("")

    async def _ask(self) -> None:
        self._answer.clear()
        try:
            at_ms = self._instant(self._at.value or "")
        except ValueError:
            self._say("Write the time as 10:42, or 2026-11-12 10:42.")
            return
        try:
            why = self._console.parts.why
            found = await asyncio.to_thread(why, self._person, str(self._rule.value), at_ms)
        except CoreError as error:
            self._say(str(error))
            return
        with self._answer:
            _show(found, self._zone)

    def _say(self, sentence: str) -> None:
        with self._answer:
            text(sentence, "said")

    def _instant(self, written: str) -> int | None:
        if not written.strip():
            return None
        today = words.local(self._console.now_ms, self._zone)
        full = written.strip() if "-" in written else f"{today:%Y-%m-%d} {written.strip()}"
        moment = datetime.fromisoformat(full).replace(tzinfo=words.zone_of(self._zone))
        return int(moment.timestamp() * 1000)


def _show(found: Explanation, zone: str) -> None:
    word, classes = ANSWERS.get(found.answer, ("It did not fire", "no"))
    text(f"{word} \u00b7 {words.clock(found.at_ms, zone)}", f"verdict {classes}")
    text(found.reason, "row-sub")
    for clause in found.clauses:
        _clause(clause)
    if not found.clauses:
        empty("There were no clauses to check.")
    text(f"Rules of version {found.version}", "row-faint")


def _clause(clause: Clause) -> None:
    with box("clause held" if clause.held else "clause"):
        text("\u2713" if clause.held else "\u2717", "clause-mark")
        text(clause.text, "clause-text")
        text(clause.saw, "clause-saw")
