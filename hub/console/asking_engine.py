"""A change is asked for, answered by the engine, and can be taken back from the same place."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from nicegui import ui

from hub.console.frame import Console
from hub.console.parts import box, button, text
from hub.core.errors import CoreError
from hub.store.errors import StoreError
from hub.web.errors import WebError
from hub.web.rulebook import Answer, Asked, Rulebook

TOAST_S: Final = 15.0
"""How long a change can be taken back from its toast (real time)."""


class Toasts:
    """The place of a page where it says what was done; the newest replaces the one before."""

    def __init__(self) -> None:
        self._host = box("toasts").props("role=status")

    def say(
        self, said: str, undo: Callable[[], Awaitable[None]] | None = None, *, bad: bool = False
    ) -> None:
        """Say something for a while, with a button that takes it back if there is one."""
        self._host.clear()
        with self._host, box("toast bad" if bad else "toast"):
            text(said, "toast-said")
            if undo is not None:
                button("Take back", undo)
            ui.timer(TOAST_S, self._host.clear, once=True)


class Engine:
    """Asks the engine for versions in the name of one account, and says how it went."""

    def __init__(self, console: Console, by: str) -> None:
        self.book = Rulebook(console.parts, console.live.reads)
        self.by = by
        self.toasts = Toasts()

    async def change(self, ask: Callable[[], Asked]) -> Answer | None:
        """Ask for a version and wait for the answer; says what is wrong, and returns None then."""
        try:
            return await asyncio.to_thread(lambda: self.book.wait(ask()))
        except (WebError, StoreError, CoreError) as error:
            said = str(error)
            self.toasts.say(said[:1].upper() + said[1:], bad=True)
            return None
