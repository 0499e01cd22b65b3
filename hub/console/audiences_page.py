"""The audiences: who belongs to them by their definition, how many now, and who."""

import asyncio
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from nicegui import ui
from starlette.requests import Request

from hub.console import words
from hub.console.frame import Console, frame
from hub.console.parts import box, button, empty, heading, link, text
from hub.console.sentences import audience_said
from hub.core.document import Audience, Venue
from hub.store.audiences import Member
from hub.web.rulebook import Before, Rulebook

COUNT_S: Final = 2.0
"""How often the counts of an open page are read again (real time)."""
MEMBERS_SHOWN: Final = 100


def build(console: Console, request: Request) -> None:
    """Build the list of audiences."""
    with frame(console, request, "Audiences", narrow=True):
        text("Audiences", "page-title", "h1")
        text("People come and go by themselves, as their definition says.", "page-lead")
        with box("panel"):
            rows = box("rows")
        page = _Audiences(console, rows)
        ui.timer(COUNT_S, page.refresh)


class _Audiences:
    def __init__(self, console: Console, rows: ui.element) -> None:
        self._console = console
        self._rows = rows
        self._version = -1
        self._figures: dict[str, ui.label] = {}

    async def refresh(self) -> None:
        """Say how many there are; rows are drawn again with a version of their own only."""
        version, venue = await asyncio.to_thread(self._console.live.reads.venue)
        counts = await asyncio.to_thread(self._console.parts.store.audiences.counts)
        if version != self._version:
            self._version = version
            before = await asyncio.to_thread(Rulebook(self._console.parts,
                                                      self._console.live.reads).before)  # fmt: skip
            self._draw(venue, before)
        for name, figure in self._figures.items():
            figure.set_text(words.count(counts.get(name, 0)))

    def _draw(self, venue: Venue | None, before: Mapping[str, Before]) -> None:
        places = {place.id: place.name for place in venue.places} if venue else {}
        self._rows.clear()
        self._figures = {}
        with self._rows:
            for audience in venue.audiences if venue else ():
                self._line(audience, places, before.get(audience.name))
            if not self._figures:
                empty("The document has no audiences.")

    def _line(self, audience: Audience, places: Mapping[str, str], before: Before | None) -> None:
        with ui.link(target=f"/audiences/{audience.name}").classes("row-line audience"):
            with box(""):
                text(audience.name, "row-main")
                if audience.text:
                    text(audience.text, "rule-text")
                text(audience_said(audience, places), "row-sub")
                if before is not None:
                    text(_before(before), "row-faint")
            with box("figure-box"):
                self._figures[audience.name] = text("", "figure")
                text("now", "row-faint")


def _before(before: Before) -> str:
    return f"{words.people(before.members)} before version {before.version} changed it"


async def build_one(console: Console, request: Request) -> None:
    """Build the page of one audience."""
    name = request.path_params["audience"]
    _, venue = await asyncio.to_thread(console.live.reads.venue)
    found = next((one for one in venue.audiences if one.name == name), None) if venue else None
    with frame(console, request, name, narrow=True):
        text(name, "page-title", "h1")
        if found is None or venue is None:
            empty("The document in force has no audience of that name.")
            return
        places = {place.id: place.name for place in venue.places}
        text(found.text or audience_said(found, places), "page-lead")
        with box("stack"):
            if found.text:
                with box("panel"):
                    text(audience_said(found, places), "rule-text")
            page = _Members(console, name, venue.event.zone)
        ui.timer(COUNT_S, page.count)
        ui.timer(0, page.further, once=True)


class _Members:
    def __init__(self, console: Console, name: str, zone: str) -> None:
        self._console = console
        self._name = name
        self._zone = zone
        self._after = ""
        with box("panel"):
            self._count = heading("Members")
            with box("tools"):
                target = f"/api/v1/export/audiences?audience={quote(name)}"
                with ui.link(target=target).classes("btn quiet").props("download"):
                    text("Export as CSV", "", "span")
                button("Read again", self.again)
            self._rows = box("rows")
            self._more = button("Further", self.further)

    async def count(self) -> None:
        """Say how many there are now."""
        counts = await asyncio.to_thread(self._console.parts.store.audiences.counts)
        self._count.set_text(f"{words.people(counts.get(self._name, 0))} now")

    async def again(self) -> None:
        """Begin with the first again."""
        self._after = ""
        self._rows.clear()
        await self.further()

    async def further(self) -> None:
        """Show some more."""
        await self.count()
        audiences = self._console.parts.store.audiences
        found = await asyncio.to_thread(audiences.members, self._name, self._after, MEMBERS_SHOWN)
        with self._rows:
            for member in found:
                self._line(member)
            if not found and not self._after:
                empty("Nobody belongs to it now.")
        self._after = found[-1].person if found else self._after
        self._more.set_visibility(len(found) == MEMBERS_SHOWN)

    def _line(self, member: Member) -> None:
        with box("row-line member"):
            link(member.name or f"walk-in {member.person}", f"/people/{member.person}", "row-main")
            since = words.when(member.since_ms, self._console.now_ms, self._zone)
            text(f"since {since}", "row-faint")
