"""Every button of the rules, large; each asks once more before it is pressed."""

import asyncio
from functools import partial
from typing import Final

from nicegui import ui
from starlette.requests import Request

from hub.console.asking_engine import Toasts
from hub.console.frame import Console, frame, session_of
from hub.console.parts import box, button, empty, field, sure, text
from hub.console.sentences import sentence
from hub.store.errors import StoreError
from hub.store.web_values import PersonRow
from hub.web.calling import Calling, Signal
from hub.web.errors import WebError

FOUND_SHOWN: Final = 8


def build(console: Console, request: Request) -> None:
    """Build the page."""
    with frame(console, request, "Buttons", narrow=True):
        text("Buttons", "page-title", "h1")
        text("What rules do when somebody presses their button.", "page-lead")
        page = _Buttons(console, session_of(request).account)
        ui.timer(0, page.refresh, once=True)


class _Buttons:
    def __init__(self, console: Console, by: str) -> None:
        self._console = console
        self._by = by
        self._calling = Calling(console.parts, console.live.reads)
        self._toasts = Toasts()
        self._grid = box("buttons")

    async def refresh(self) -> None:
        """Read and draw again."""
        known = await asyncio.to_thread(self._calling.known, "button")
        _, venue = await asyncio.to_thread(self._console.live.reads.venue)
        places = {place.id: place.name for place in venue.places} if venue else {}
        self._grid.clear()
        with self._grid:
            for one in known:
                self._card(one, places)
            if not known:
                empty("No rule waits for a button.")

    def _card(self, one: Signal, places: dict[str, str]) -> None:
        with box("panel button-card"):
            if one.about_venue:
                button(one.name, partial(self._venue, one.name), "main big")
            if one.about_person:
                label = f"{one.name} for somebody" if one.about_venue else one.name
                button(f"{label} \u2026", partial(self._person, one.name), "main big")
            for rule in one.rules:
                text(rule.text or sentence(rule, places), "row-sub")
                if rule.stage != "live":
                    text(f"{rule.name} is {rule.stage}", "row-faint")

    async def _venue(self, name: str) -> None:
        if await sure(f"Press \u201c{name}\u201d for the whole venue?", "Press"):
            await self._press(name, "", "the venue")

    async def _person(self, name: str) -> None:
        chosen = await _Choice(self._console, name).ask()
        if chosen is not None:
            await self._press(name, chosen.id, chosen.name or chosen.id)

    async def _press(self, name: str, about: str, whom: str) -> None:
        try:
            await asyncio.to_thread(self._calling.call, "button", name, about, self._by)
        except (WebError, StoreError) as error:
            self._toasts.say(str(error), bad=True)
            return
        self._toasts.say(f"{name} was pressed for {whom}")


class _Choice:
    """A dialog that finds one person."""

    def __init__(self, console: Console, name: str) -> None:
        self._console = console
        with ui.dialog() as self._dialog, box("panel"):
            text(f"Press \u201c{name}\u201d for whom?", "row-main")
            search = field("Name, e-mail, company, badge or id").classes("wide")
            search.props("autofocus debounce=200")
            self._rows = box("rows choice")
            button("Cancel", lambda: self._dialog.submit(None))
        search.on_value_change(lambda change: self._find(change.value or ""))

    async def ask(self) -> PersonRow | None:
        """Return who was chosen, or None."""
        await self._find("")
        found: PersonRow | None = await self._dialog
        self._dialog.delete()
        return found

    async def _find(self, wanted: str) -> None:
        found = await asyncio.to_thread(self._console.live.reads.people, wanted, FOUND_SHOWN)
        self._rows.clear()
        with self._rows:
            for row in found:
                said = ", ".join(part for part in (row.company, *row.badges) if part)
                with box("row-line member"):
                    with box(""):
                        text(row.name or row.id, "row-main")
                        text(said, "row-faint")
                    button("Press", partial(self._dialog.submit, row), "small")
            if not found:
                empty("Nobody by that name.")
