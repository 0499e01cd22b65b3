"""What was held back, in quarantine or given up, is shown with its reason and a way out."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from nicegui import ui
from starlette.requests import Request

from hub.console import words
from hub.console.frame import Console, frame, session_of
from hub.console.parts import box, button, empty, heading, show, text
from hub.store.outbox import RETURNED
from hub.store.quarantine import Held
from hub.store.web_values import DeadRow
from hub.web.held import discard, replay_held, resend, stopped_connectors

PAYLOAD_CHARS_SHOWN: Final = 240
AGAIN_S: Final = 2.0
Found = tuple[list[Held], list[DeadRow], dict[str, str]]


def build(console: Console, request: Request) -> None:
    """Build the page; it is read again every two seconds and drawn again when something changed."""
    with frame(console, request, "Held back", narrow=True):
        text("Held back", "page-title", "h1")
        text("Nothing is thrown away silently: here is what waits for a person.", "page-lead")
        page = _HeldPage(console, session_of(request).account)
        ui.timer(AGAIN_S, page.refresh)


class _HeldPage:
    def __init__(self, console: Console, by: str) -> None:
        self._console = console
        self._by = by
        self._seen: Found | None = None
        with box("stack"):
            with box("panel gone") as self._stopped_panel:
                heading("Stopped until somebody acts")
                self._stopped = box("rows")
            with box("panel"):
                self._held_count = heading("Quarantine")
                self._held = box("rows")
            with box("panel"):
                self._dead_count = heading("Dead letters")
                self._dead = box("rows")

    async def refresh(self) -> None:
        """Read again, and draw what changed."""
        found = await asyncio.to_thread(self._read)
        if found == self._seen:
            return
        self._seen = found
        self._draw(*found)

    def _read(self) -> Found:
        parts = self._console.parts
        dead = self._console.live.reads.dead_letters()
        return parts.store.quarantine.rows(), dead, stopped_connectors(parts)

    def _draw(self, held: list[Held], dead: list[DeadRow], stopped: dict[str, str]) -> None:
        self._draw_stopped(stopped)
        zone = self._console.live.look().zone
        self._held_count.set_text(words.count(len(held)) if held else "")
        self._dead_count.set_text(words.count(len(dead)) if dead else "")
        self._held.clear()
        self._dead.clear()
        with self._held:
            for one in held:
                self._held_line(one, zone)
            if not held:
                empty("Nothing is in quarantine.")
        with self._dead:
            for letter in dead:
                self._dead_line(letter, zone)
            if not dead:
                empty("No action was given up.")

    def _draw_stopped(self, stopped: dict[str, str]) -> None:
        show(self._stopped_panel, shown=bool(stopped))
        self._stopped.clear()
        with self._stopped:
            for name, reason in stopped.items():
                with box("row-line"):
                    text(name, "row-main")
                    text(reason, "row-sub")

    def _held_line(self, one: Held, zone: str) -> None:
        parts = self._console.parts
        with box("row-line held"):
            text(words.clock(one.at_ms, zone), "row-faint")
            with box(""):
                text(one.reason, "row-main")
                text(f"{one.source} of {one.edge}" if one.edge else one.source, "row-sub")
                text(one.payload[:PAYLOAD_CHARS_SHOWN].decode("utf-8", "replace"), "row-faint mono")
            with box("chips"):
                again = self._then(lambda: replay_held(parts, one.id, self._by))
                button("Try again", again, "main")
                button("Discard", self._then(lambda: discard(parts, one.id, self._by)))

    def _dead_line(self, letter: DeadRow, zone: str) -> None:
        parts = self._console.parts
        with box("row-line held"):
            text(words.clock(letter.cause_ms, zone), "row-faint")
            with box(""):
                text(letter.error or "given up", "row-main")
                whom = f" for {letter.name}" if letter.name else ""
                text(f"{letter.connector}: {letter.rule}{whom}", "row-sub")
                text(f"{letter.attempts} attempts", "row-faint")
            if letter.connector == RETURNED:
                text("The reward is in its pool again.", "row-sub")
                return
            with box("chips"):
                button("Send again", self._then(lambda: resend(parts, letter.key)), "main")

    def _then(self, work: Callable[[], object]) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            await asyncio.to_thread(work)
            await self.refresh()

        return run
