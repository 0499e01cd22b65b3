"""Every version of the document that was in force: by whom, since when, what is different."""

import asyncio
from functools import partial
from typing import Final

from nicegui import ui
from starlette.requests import Request

from hub.console import words
from hub.console.asking_engine import Engine
from hub.console.frame import Console, frame, session_of
from hub.console.parts import box, button, empty, heading, text
from hub.core.checking import compare
from hub.core.checking.changes import Change
from hub.store.load import VenueVersionInfo
from hub.web.errors import NotFound

VERSIONS_SHOWN: Final = 200
CHANGES_SHOWN: Final = 300


def build(console: Console, request: Request) -> None:
    """Build the page."""
    with frame(console, request, "Versions", narrow=True):
        text("Versions", "page-title", "h1")
        text("Each change is a version. An older one can be put in force again.", "page-lead")
        page = _Versions(console, Engine(console, session_of(request).account))
        ui.timer(0, page.refresh, once=True)


class _Versions:
    def __init__(self, console: Console, engine: Engine) -> None:
        self._console = console
        self._engine = engine
        with box("stack"):
            with box("panel"):
                self._aside = heading("What is different")
                with box("tools"):
                    self._before = _select("From version")
                    self._after = _select("To version")
                    button("Compare", self.compare, "main")
                self._changes = box("changes")
            with box("panel"):
                self._rows = box("rows")

    async def refresh(self) -> None:
        """Read and draw again."""
        listed = await asyncio.to_thread(self._engine.book.versions)
        numbers = [one.version for one in listed]
        self._after.set_options(numbers, value=next(iter(numbers), None))
        self._before.set_options(numbers, value=next(iter(numbers[1:2] or numbers), None))
        zone = self._console.live.look().zone
        self._rows.clear()
        with self._rows:
            for one in listed[:VERSIONS_SHOWN]:
                self._line(one, zone, newest=one is listed[0])
            if not listed:
                empty("No venue has been published yet.")
            if len(listed) > VERSIONS_SHOWN:
                empty(f"and {words.count(len(listed) - VERSIONS_SHOWN)} older ones")

    def _line(self, one: VenueVersionInfo, zone: str, *, newest: bool) -> None:
        with box("row-line version"):
            text(str(one.version), "figure")
            with box(""):
                text(f"{words.day(one.at_ms, zone)}, {words.clock(one.at_ms, zone)}", "row-main")
                text(f"by {one.by}" if one.by else "", "row-faint")
            with box("rule-do"):
                if one.version > 1:
                    button("What changed", partial(self._changed_by, one.version), "small")
                if newest:
                    text("in force", "chip yes")
                else:
                    button("Take back to this", partial(self._revert, one.version), "small")

    async def _changed_by(self, version: int) -> None:
        self._before.set_value(max(1, version - 1))
        self._after.set_value(version)
        await self.compare()

    async def compare(self) -> None:
        """Show what is different between the two that are chosen."""
        before, after = self._before.value, self._after.value
        if before is None or after is None:
            return
        book = self._engine.book
        try:
            changes = await asyncio.to_thread(
                lambda: compare(book.venue(int(before))[1], book.venue(int(after))[1])
            )
        except NotFound as error:
            self._engine.toasts.say(str(error), bad=True)
            return
        self._aside.set_text(f"{before} \u2192 {after}")
        self._changes.clear()
        with self._changes:
            change_rows(changes)

    async def _revert(self, version: int) -> None:
        engine = self._engine
        now, _ = await asyncio.to_thread(engine.book.venue)
        answer = await engine.change(lambda: engine.book.revert(version, engine.by, based_on=now))
        if answer is None:
            return
        if answer.done:
            said = f"Version {version} is in force again \u00b7 {answer.sentence}"
            engine.toasts.say(said, partial(self._revert, now))
        else:
            engine.toasts.say(answer.sentence)
        await self.refresh()


def change_rows(changes: list[Change]) -> None:
    """Show differences, a line for each."""
    for change in changes[:CHANGES_SHOWN]:
        text(change.sentence(), f"change {change.kind}")
    if len(changes) > CHANGES_SHOWN:
        empty(f"and {words.count(len(changes) - CHANGES_SHOWN)} more")
    if not changes:
        empty("There is no difference.")


def _select(label: str) -> ui.select:
    return ui.select([], label=label).props("outlined dense dark").classes("field")
