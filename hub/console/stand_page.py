"""The stand's page: a code in, one big answer out, readable at arm's length."""

import asyncio

from starlette.requests import Request

from hub.console.frame import Console, frame, session_of
from hub.console.parts import box, button, field, swap, text
from hub.web.redeem import Answer, redeem


def build(console: Console, request: Request) -> None:
    """Build the page; a scanner that types and presses Enter works as it is."""
    with frame(console, request, "Stand"), box("stand"):
        _Stand(console, session_of(request).account)


class _Stand:
    def __init__(self, console: Console, by: str) -> None:
        self._console = console
        self._by = by
        with box("stand-row"):
            self._code = field("Reward code").classes("wide").props("autofocus autocomplete=off")
            self._code.on("keydown.enter", self._redeem)
            button("Redeem", self._redeem, "main big")
        with box("answer") as self._answer:
            self._word = text("Ready", "answer-word")
            self._text = text("Scan the code on the attendee's page, or type it.", "answer-text")

    async def _redeem(self) -> None:
        code = str(self._code.value or "")
        if not code.strip():
            return
        self._code.set_value("")
        answer = await asyncio.to_thread(redeem, self._console.parts, code, self._by)
        self._show(answer)
        self._code.run_method("focus")

    def _show(self, answer: Answer) -> None:
        swap(self._answer, "yes", on=answer.given)
        swap(self._answer, "no", on=not answer.given)
        self._word.set_text("Hand it over" if answer.given else "Do not hand over")
        self._text.set_text(answer.sentence)
