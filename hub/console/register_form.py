"""Somebody new: their name, badge and consents; their link is shown this once, as a QR code."""

import asyncio
from typing import Final

from nicegui import ui

from hub.console.frame import Console
from hub.console.link_button import show_link
from hub.console.parts import box, button, field, heading, text
from hub.core.people.ground import ground_of
from hub.people.records import known_by
from hub.people.sources import venue_of
from hub.store.errors import StoreError
from hub.store.people import NewPerson
from hub.web.errors import BadInput
from hub.web.register import CONSENTS, checked

FIELDS: Final = (
    ("name", "Name"),
    ("email", "E-mail"),
    ("company", "Company"),
    ("badge", "Badge"),
    ("favourite_colour", "Favourite colour, #rrggbb"),
    ("favourite_artists", "Favourite artists, separated by ;"),
)


class RegisterForm:
    """A dialog, built once and opened when it is needed."""

    def __init__(self, console: Console) -> None:
        self._console = console
        with ui.dialog() as self._dialog, box("panel"):
            heading("Register somebody")
            with box("form"):
                self._fields = {name: field(label) for name, label in FIELDS}
            with box("chips").style("margin: 14px 0"):
                self._consents = {name: ui.checkbox(name) for name in CONSENTS}
            self._said = text("", "row-sub")
            button("Register", self._register, "main")

    def open(self) -> None:
        """Show the form, emptied."""
        for one in self._fields.values():
            one.set_value("")
        self._said.set_text("")
        self._dialog.open()

    async def _register(self) -> None:
        raw = {name: str(one.value or "") for name, one in self._fields.items()}
        raw["consents"] = ";".join(name for name, one in self._consents.items() if one.value)
        try:
            new = checked(raw)
            made = await asyncio.to_thread(self._write, new)
        except (BadInput, StoreError) as error:
            self._said.set_text(str(error))
            return
        self._dialog.close()
        show_link(self._console, new.name, made)

    def _write(self, new: NewPerson) -> str:
        parts = self._console.parts
        known = known_by(new, ground_of(venue_of(parts.store)))
        made = parts.store.people.register(known, parts.clock.wall_ms())
        parts.nudge()
        return made.link_token or ""
