"""The list of people: found by name, e-mail, company or badge; somebody new is one form away."""

import asyncio
from typing import Final

from nicegui import ui
from nicegui.element import Element
from starlette.requests import Request

from hub.console.frame import Console, frame
from hub.console.parts import box, button, empty, field, text
from hub.console.register_form import RegisterForm
from hub.store.views_web import WebReads
from hub.store.web_values import PersonRow

PEOPLE_SHOWN_MAX: Final = 100


def build(console: Console, request: Request) -> None:
    """Build the page."""
    with frame(console, request, "People", narrow=True):
        text("People", "page-title", "h1")
        text("Search by name, e-mail, company, badge or id.", "page-lead")
        form = RegisterForm(console)
        with box("tools"):
            search = field("Search").classes("wide").props("clearable autofocus")
            button("Register somebody", form.open, "main")
        with box("panel"):
            rows = box("rows")
        page = _People(console, rows)
        search.on_value_change(lambda change: page.show(change.value or ""))
        ui.timer(0, lambda: page.show(""), once=True)


class _People:
    def __init__(self, console: Console, rows: Element) -> None:
        self._reads: WebReads = console.live.reads
        self._console = console
        self._rows = rows

    async def show(self, wanted: str) -> None:
        found = await asyncio.to_thread(self._reads.people, wanted, PEOPLE_SHOWN_MAX)
        names = {place.id: place.name for place in self._console.live.look().places}
        self._rows.clear()
        with self._rows:
            if not found:
                empty("Nobody by that name. Somebody who has not registered can do so here.")
                return
            _head()
            for row in found:
                _line(row, names.get(row.place or "", ""))


def _head() -> None:
    with box("row-line people row-head"):
        for name in ("Name", "E-mail", "Badge", "Where now"):
            text(name)


def _line(row: PersonRow, place: str) -> None:
    with ui.link(target=f"/people/{row.id}").classes("row-line people"):
        with box(""):
            text(row.name or row.id, "row-main")
            text(row.company, "row-faint")
        text(row.email, "row-sub")
        text(", ".join(row.badges) or "no badge", "row-sub mono")
        text(place or "not here", "row-sub" if place else "row-faint")
