"""The smaller panels of the live page: lamps, music, edges."""

from typing import Final

from nicegui import ui
from nicegui.element import Element

from hub.console import words
from hub.console.parts import box, empty, heading, show, swap, text
from hub.core.state import Wanted
from hub.web.live import LiveView
from hub.web.ports import LampView

QUEUE_ROWS_SHOWN: Final = 10
DARK: Final = "#000000"
OFF: Final = "--c: #333a48; --b: 0"


class Lamps:
    """Each lamp as a bulb in its colour."""

    def __init__(self) -> None:
        with box("panel lamps-panel"):
            self._aside = heading("Lamps")
            self._none = empty("No lamps are set up.")
            self._grid = box("lamps")
        self._bulbs: dict[str, Element] = {}

    def show(self, view: LiveView) -> None:
        """Give every bulb its colour."""
        names = [lamp.name for lamp in view.lamps]
        if names != list(self._bulbs):
            self._rebuild(names)
        for lamp in view.lamps:
            shine = f"--c: {lamp.colour}; --b: {lamp.brightness:.2f}" if _is_lit(lamp) else OFF
            self._bulbs[lamp.name].style(shine).props(f'title="{_tidy(lamp.reason)}"')
        lit = sum(map(_is_lit, view.lamps))
        self._aside.set_text(f"{lit} of {len(names)} lit" if names else "")
        show(self._none, shown=not names)

    def _rebuild(self, names: list[str]) -> None:
        self._grid.clear()
        self._bulbs = {}
        with self._grid:
            for name in names:
                with box("lamp"):
                    self._bulbs[name] = box("bulb")
                    text(name, "lamp-name")


class Queue:
    """What the people on the floor would like to hear."""

    def __init__(self) -> None:
        with box("panel queue-panel"):
            self._aside = heading("DJ queue")
            self._none = empty("Nobody on the floor has a wish yet.")
            with box("rows") as rows:
                self._rows = [_WantedRow(rank) for rank in range(1, QUEUE_ROWS_SHOWN + 1)]
            self._list = rows

    def show(self, view: LiveView) -> None:
        """Show the first ten of the place with the longest queue."""
        queue = max(view.queues, key=lambda row: len(row.wanted), default=None)
        wanted = queue.wanted if queue else ()
        for position, row in enumerate(self._rows):
            row.show(wanted[position] if position < len(wanted) else None)
        place = next((p.name for p in view.places if queue and p.id == queue.place), "")
        self._aside.set_text(place)
        show(self._none, shown=not wanted)


class _WantedRow:
    def __init__(self, rank: int) -> None:
        with box("wanted gone") as self._row:
            text(str(rank), "wanted-rank")
            self._artist = text("", "wanted-artist")
            self._by = text("", "wanted-by")

    def show(self, wanted: Wanted | None) -> None:
        show(self._row, shown=wanted is not None)
        if wanted is not None:
            self._artist.set_text(wanted.artist)
            self._by.set_text(words.people(wanted.wanted_by))


class Edges:
    """Which edges are there, and which are not."""

    def __init__(self) -> None:
        with box("panel edges-panel"):
            self._aside = heading("Edges")
            self._none = empty("No edge has reported yet.")
            self._list = box("edges")
        self._dots: dict[str, tuple[Element, ui.label]] = {}

    def show(self, view: LiveView) -> None:
        """Give every edge its dot, and its backlog while it has one."""
        names = [edge.edge for edge in view.edges]
        if names != list(self._dots):
            self._rebuild(names)
        for edge in view.edges:
            dot, label = self._dots[edge.edge]
            swap(dot, "on", on=edge.alive)
            label.set_text(edge.edge + words.backlog(edge.outbox_rows, " \u00b7 "))
        online = sum(edge.alive for edge in view.edges)
        self._aside.set_text(f"{online} of {len(names)} online" if names else "")
        show(self._none, shown=not names)

    def _rebuild(self, names: list[str]) -> None:
        self._list.clear()
        self._dots = {}
        with self._list:
            for name in names:
                with box("edge"):
                    dot = box("dot")
                    self._dots[name] = (dot, text(name, "", "span"))


def _is_lit(lamp: LampView) -> bool:
    return lamp.brightness > 0 and lamp.colour != DARK


def _tidy(reason: str) -> str:
    return reason.replace('"', "'").replace("\\", "/")
