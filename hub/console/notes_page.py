"""What those who work here ought to know: unread first, and read with one press."""

import asyncio
from functools import partial
from typing import Final

from nicegui import ui
from starlette.requests import Request

from hub.console import words
from hub.console.frame import Console, frame, session_of
from hub.console.parts import box, button, empty, heading, link, show, text
from hub.store.notes import NoteInfo

AGAIN_S: Final = 2.0
UNREAD_SHOWN: Final = 200
READ_SHOWN: Final = 50


def build(console: Console, request: Request) -> None:
    """Build the page; it is read again every two seconds and drawn again when something changed."""
    session = session_of(request)
    with frame(console, request, "Notes", narrow=True):
        text("Notes", "page-title", "h1")
        text("What rules want the staff to know, until somebody has read it.", "page-lead")
        page = _Notes(console, session.account, leads=session.role == "organiser")
        ui.timer(AGAIN_S, page.refresh)


class _Notes:
    def __init__(self, console: Console, by: str, *, leads: bool) -> None:
        self._console = console
        self._by = by
        self._leads = leads
        self._seen: tuple[list[NoteInfo], list[NoteInfo]] | None = None
        with box("stack"):
            with box("panel"):
                self._aside = heading("Unread")
                self._unread = box("rows")
                with box("tools gone") as self._all:
                    button("All read", self._read_all)
            with box("panel gone") as self._panel:
                heading("Read", "newest first")
                self._read = box("rows")

    async def refresh(self) -> None:
        """Read again, and draw what changed."""
        found = await asyncio.to_thread(self._find)
        if found == self._seen:
            return
        self._seen = found
        unread, read = found
        self._aside.set_text(words.count(len(unread)) if unread else "")
        self._draw(self._unread, unread)
        self._draw(self._read, read)
        with self._unread:
            if not unread:
                empty("Nothing to read.")
        show(self._all, shown=len(unread) > 1)
        show(self._panel, shown=bool(read))

    def _find(self) -> tuple[list[NoteInfo], list[NoteInfo]]:
        notes = self._console.parts.store.notes
        unread = notes.rows(unread=True, limit=UNREAD_SHOWN)
        latest = notes.rows(limit=UNREAD_SHOWN + READ_SHOWN)
        read = [note for note in latest if note.read_ms is not None]
        return unread, read[:READ_SHOWN]

    def _draw(self, rows: ui.element, notes: list[NoteInfo]) -> None:
        zone = self._console.live.look().zone
        rows.clear()
        with rows:
            for note in notes:
                self._line(note, zone)

    def _line(self, note: NoteInfo, zone: str) -> None:
        with box("row-line note"):
            text(words.when(note.at_ms, self._console.now_ms, zone), "row-sub")
            with box(""):
                text(note.title, "row-main")
                if note.text:
                    text(note.text, "row-sub")
                self._from(note)
            if note.read_ms is None:
                button("Read", partial(self._mark, [note.id]), "small")
            else:
                text(f"read by {note.read_by}", "row-faint")

    def _from(self, note: NoteInfo) -> None:
        if not self._leads:
            return
        with box("note-from"):
            if note.rule:
                link(note.rule, f"/rules/{note.rule}", "row-faint")
            if note.person:
                link("about whom", f"/people/{note.person}", "row-faint")

    async def _read_all(self) -> None:
        unread = self._seen[0] if self._seen else []
        await self._mark([note.id for note in unread])

    async def _mark(self, numbers: list[int]) -> None:
        now_ms = self._console.now_ms
        notes = self._console.parts.store.notes
        await asyncio.to_thread(notes.mark_read, numbers, self._by, now_ms)
        await self.refresh()
