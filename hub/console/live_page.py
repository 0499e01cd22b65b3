"""The live page: the venue at a glance, from three metres away, and it never flickers."""

from collections.abc import Sequence

from nicegui import ui
from nicegui.element import Element
from starlette.requests import Request

from hub.console import words
from hub.console.frame import TICK_S, Console, frame
from hub.console.live_feed import Feed
from hub.console.live_parts import Edges, Lamps, Queue
from hub.console.parts import box, heading, swap, text
from hub.web.live import LiveView, PlaceView


def build(console: Console, request: Request) -> None:
    """Build the page and keep it up to date."""
    with frame(console, request, "Live"):
        totals = _Totals()
        with box("live"):
            with box("stack"):
                places = _Places()
                edges = Edges()
            feed = Feed()
            with box("stack"):
                lamps = Lamps()
                queue = Queue()
        seen = -1

        def tick() -> None:
            nonlocal seen
            view = console.live.look()
            if view.number == seen:
                return
            seen = view.number
            for part in (totals, places, edges, feed, lamps, queue):
                part.show(view)

        tick()
        ui.timer(TICK_S, tick)


class _Totals:
    def __init__(self) -> None:
        with box("totals"):
            self._inside, self._of = _figure("In the house", "first")
            self._taps, _ = _figure("Badge taps")
            self._given, _ = _figure("Rewards given")
            self._redeemed, _ = _figure("Rewards redeemed")
            self._messages, _ = _figure("Messages sent")
            self._decisions, _ = _figure("Decisions made")

    def show(self, view: LiveView) -> None:
        totals = view.totals
        self._inside.set_text(words.count(totals.inside))
        self._of.set_text(f"of {words.count(totals.people)}" if totals.people else "")
        self._taps.set_text(words.count(totals.taps))
        self._given.set_text(words.count(totals.rewards_given))
        self._redeemed.set_text(words.count(totals.rewards_redeemed))
        self._messages.set_text(words.count(totals.messages))
        self._decisions.set_text(words.count(totals.decisions))


def _figure(name: str, classes: str = "") -> tuple[ui.label, ui.label]:
    with box(f"total {classes}"):
        with box(""):
            figure = text("", "total-figure", "span")
            unit = text("", "total-unit", "span")
        text(name, "total-name")
    return figure, unit


class _Places:
    def __init__(self) -> None:
        with box("panel places-panel"):
            self._aside = heading("Places")
            self._grid = box("places")
        self._cards: dict[str, tuple[Element, ui.label, Element]] = {}
        self._names: tuple[tuple[str, str], ...] = ()

    def show(self, view: LiveView) -> None:
        names = tuple((place.id, place.name) for place in view.places)
        if names != self._names:
            self._names = names
            self._rebuild(view.places)
        most = max((place.present for place in view.places), default=0) or 1
        for place in view.places:
            card, number, fill = self._cards[place.id]
            number.set_text(words.count(place.present))
            swap(card, "nobody", on=not place.present)
            fill.style(f"width: {place.present / most:.1%}")
        self._aside.set_text(f"{len(view.places)} places")

    def _rebuild(self, places: Sequence[PlaceView]) -> None:
        self._grid.clear()
        self._cards = {}
        with self._grid:
            for place in places:
                with box("place") as card:
                    text(place.name, "place-name")
                    number = text("", "place-count")
                    with box("bar"):
                        fill = box("bar-fill")
                self._cards[place.id] = (card, number, fill)
