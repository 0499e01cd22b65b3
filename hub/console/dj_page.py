"""The DJ's page: what is wanted now, by how many and why; two big buttons for each wish."""

from collections.abc import Sequence
from typing import Final

from nicegui import ui
from nicegui.element import Element
from starlette.requests import Request

from hub.console import words
from hub.console.frame import TICK_S, Console, frame, session_of
from hub.console.parts import box, button, empty, heading, show, text
from hub.core.events import Played
from hub.core.state import Play, Wanted
from hub.store.web_values import QueueRow
from hub.web.commands import leave
from hub.web.live import LiveView

WISHES_SHOWN: Final = 12
PLAYS_SHOWN: Final = 14


def build(console: Console, request: Request) -> None:
    """Build the page and keep it up to date."""
    by = session_of(request).account
    with frame(console, request, "DJ"):
        with box("dj"):
            wishes = _Wishes(console, by)
            plays = _Plays()
        seen = -1

        def tick() -> None:
            nonlocal seen
            view = console.live.look()
            if view.number == seen:
                return
            seen = view.number
            wishes.show(view)
            plays.show(view)

        tick()
        ui.timer(TICK_S, tick)


class _Wishes:
    """The wishes of each place; rows are made once and filled again, so that no button jumps."""

    def __init__(self, console: Console, by: str) -> None:
        with box("panel"):
            self._aside = heading("Wanted now")
            self._none = empty("Nobody on the floor has a wish yet.")
            with box("rows"):
                self._rows = [_Wish(console, by, rank) for rank in range(1, WISHES_SHOWN + 1)]

    def show(self, view: LiveView) -> None:
        names = {place.id: place for place in view.places}
        wanted = [(queue.place, one) for queue in view.queues for one in queue.wanted]
        wanted.sort(key=lambda pair: -pair[1].score)
        for position, row in enumerate(self._rows):
            row.show(wanted[position] if position < len(wanted) else None)
        show(self._none, shown=not wanted)
        there = [names[queue.place] for queue in view.queues if queue.place in names]
        self._aside.set_text(
            " \u00b7 ".join(f"{words.people(place.present)} on {place.name}" for place in there)
        )


class _Wish:
    def __init__(self, console: Console, by: str, rank: int) -> None:
        self._console = console
        self._by = by
        self._wish: tuple[str, Wanted] | None = None
        with box("wish gone") as self._row:
            text(str(rank), "wish-rank")
            with box(""):
                self._artist = text("", "wish-artist")
                self._why = text("", "wish-why")
            with box("wish-do"):
                button("Played", lambda: self._done(skipped=False), "main")
                button("Skip", lambda: self._done(skipped=True))

    def show(self, wish: tuple[str, Wanted] | None) -> None:
        self._wish = wish
        show(self._row, shown=wish is not None)
        if wish is not None:
            wanted = wish[1]
            self._artist.set_text(wanted.artist)
            self._why.set_text(_why(wanted))

    def _done(self, *, skipped: bool) -> None:
        if self._wish is None:
            return
        place, wanted = self._wish
        show(self._row, shown=False)
        event = Played(place, wanted.artist, self._console.now_ms, skipped=skipped, by=self._by)
        leave(self._console.parts, event)
        ui.notify(f"{'Skipped' if skipped else 'Played'}: {wanted.artist}", position="bottom")


def _why(wanted: Wanted) -> str:
    why = wanted.reason or f"wanted by {words.people(wanted.wanted_by)}"
    return why[:1].upper() + why[1:]


class _Plays:
    def __init__(self) -> None:
        with box("panel"):
            heading("Played tonight", "newest first")
            self._list: Element = box("rows")
        self._shown: tuple[QueueRow, ...] | None = None

    def show(self, view: LiveView) -> None:
        if view.queues == self._shown:
            return
        self._shown = view.queues
        plays = [play for queue in view.queues for play in queue.plays]
        plays.sort(key=lambda play: -play.at_ms)
        self._list.clear()
        with self._list:
            self._fill(plays[:PLAYS_SHOWN], view.zone)

    def _fill(self, plays: Sequence[Play], zone: str) -> None:
        if not plays:
            empty("Nothing yet. Press Played when a wish is on.")
        for play in plays:
            with box("wanted").style("grid-template-columns: 54px minmax(0, 1fr) auto"):
                text(words.minute(play.at_ms, zone), "wanted-rank")
                text(play.artist, "wanted-artist")
                said = "skipped" if play.skipped else f"made {len(play.persons)} happy"
                text(said, "wanted-by")
