"""A rule's stage changes by one press, which puts a version in force; the toast takes it back."""

from collections.abc import Awaitable, Callable
from typing import Final

from hub.console.asking_engine import Engine
from hub.console.parts import button
from hub.core.document import Rule, Stage

DO: Final[dict[Stage, tuple[tuple[str, Stage], ...]]] = {
    "live": (("Pause", "paused"), ("Shadow", "shadow")),
    "shadow": (("Go live", "live"), ("Pause", "paused")),
    "paused": (("Resume", "live"), ("Shadow", "shadow")),
    "draft": (("Go live", "live"), ("Shadow", "shadow")),
}
"""What can be done in each stage, and the stage it leads to."""
DONE: Final[dict[Stage, str]] = {
    "live": "is live", "shadow": "is in shadow: it decides, and does nothing",
    "paused": "is paused", "draft": "is a draft",
}  # fmt: skip


class Stages:
    """Buttons of one page; ``refresh`` draws it again after a change."""

    def __init__(self, engine: Engine, refresh: Callable[[], Awaitable[None]]) -> None:
        self._engine = engine
        self._refresh = refresh

    def buttons(self, rule: Rule) -> None:
        """Make the buttons of a rule."""
        for label, stage in DO[rule.stage]:
            button(label, self._presses(rule.name, rule.stage, stage), "small")

    def _presses(self, rule: str, before: Stage, stage: Stage) -> Callable[[], Awaitable[None]]:
        async def press() -> None:
            await self._change(rule, stage, "", lambda: self._back(rule, before))

        return press

    async def _back(self, rule: str, before: Stage) -> None:
        await self._change(rule, before, "Taken back: ", None)

    async def _change(
        self, rule: str, stage: Stage, lead: str, undo: Callable[[], Awaitable[None]] | None
    ) -> None:
        engine = self._engine
        answer = await engine.change(lambda: engine.book.stage(rule, stage, engine.by))
        if answer is None:
            return
        if answer.done:
            engine.toasts.say(f"{lead}{rule} {DONE[stage]} \u00b7 {answer.sentence}", undo)
        else:
            engine.toasts.say(f"{rule}: {answer.sentence}")
        await self._refresh()
