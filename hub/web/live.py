"""One reader serves every open page: it reads while somebody watches, and rests when nobody does.

Pages ask for the newest picture; they hold no queue, so a slow browser skips pictures instead of
piling them up.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from hub.core.document import Venue
from hub.store.errors import StoreError
from hub.store.views_web import WebReads
from hub.store.web_values import EdgeRow, FeedRow, QueueRow, Totals
from hub.web.ports import LampView, WebParts

POLL_S: Final = 0.25
"""How often the database is read while somebody watches (real time)."""

INTEREST_MS: Final = 5_000
"""A page that has not asked for so long (real time) no longer counts as watching."""

NOTHING: Final = Totals()


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A place with who-many."""

    id: str
    name: str
    present: int


@dataclass(frozen=True, slots=True)
class LiveView:
    """What goes on at the venue, as one picture; feeds newest first, places in venue order."""

    number: int = 0
    """Grows with each picture that differs from the one before."""
    event: str = ""
    zone: str = "UTC"
    version: int = 0
    places: tuple[PlaceView, ...] = ()
    feed: tuple[FeedRow, ...] = ()
    people_feed: tuple[FeedRow, ...] = ()
    """The same without what was decided for places as a whole, so that it reaches further back."""
    lamps: tuple[LampView, ...] = ()
    queues: tuple[QueueRow, ...] = ()
    edges: tuple[EdgeRow, ...] = ()
    totals: Totals = NOTHING
    notes_unread: int = 0


class Live:
    """Keeps the newest picture while it is watched."""

    def __init__(self, parts: WebParts) -> None:
        self._parts = parts
        self.reads = WebReads(parts.store.database, parts.store.event)
        self._view = LiveView()
        self._asked_ms = -INTEREST_MS
        self._changed = asyncio.Event()
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Read a first picture and go on reading while it is watched."""
        if self._task is None:
            await self._refresh()
            self._task = asyncio.create_task(self._run(), name="live")

    async def stop(self) -> None:
        """Stop reading."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def look(self) -> LiveView:
        """Return the newest picture, and have it kept up to date for the next few seconds."""
        self._asked_ms = self._parts.wall.boot_ms()
        self._wanted.set()
        return self._view

    async def newer(self, number: int, timeout_s: float) -> LiveView | None:
        """Wait for a picture after ``number``; None when nothing changed for ``timeout_s``."""
        if self.look().number > number:
            return self._view
        changed = self._changed
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(changed.wait(), timeout_s)
        view = self.look()
        return view if view.number > number else None

    async def _run(self) -> None:
        while True:
            if self._parts.wall.boot_ms() - self._asked_ms > INTEREST_MS:
                self._wanted.clear()
                await self._wanted.wait()
            with contextlib.suppress(StoreError):  # pages keep the last picture until it is back
                await self._refresh()
            await asyncio.sleep(POLL_S)

    async def _refresh(self) -> None:
        view = await asyncio.to_thread(self.read)
        if view != self._view:
            self._view = replace(view, number=self._view.number + 1)
            self._changed.set()
            self._changed = asyncio.Event()

    def read(self) -> LiveView:
        """Read a picture now; blocks while the database answers."""
        version, venue = self.reads.venue()
        rows = self._parts.settings.feed_rows
        return LiveView(
            number=self._view.number,
            event=venue.event.name if venue else "",
            zone=venue.event.zone if venue else "UTC",
            version=version,
            places=_places(venue, self.reads.present()),
            feed=tuple(self.reads.decisions(limit=rows)),
            people_feed=tuple(self.reads.decisions(limit=rows, of_people=True)),
            lamps=tuple(self._parts.lamps()),
            queues=tuple(self.reads.queues()),
            edges=_edges(venue, self.reads.edges()),
            totals=self.reads.totals(),
            notes_unread=self._parts.store.notes.count_unread(),
        )


def _places(venue: Venue | None, present: dict[str, int]) -> tuple[PlaceView, ...]:
    named = {place.id: place.name for place in venue.places} if venue else {}
    order = list(named) + sorted(set(present) - set(named))
    return tuple(PlaceView(id_, named.get(id_, id_), present.get(id_, 0)) for id_ in order)


def _edges(venue: Venue | None, seen: Sequence[EdgeRow]) -> tuple[EdgeRow, ...]:
    rows = (
        {edge.name: EdgeRow(edge.name, alive=False, at_ms=0) for edge in venue.edges}
        if venue
        else {}
    )
    rows.update({row.edge: row for row in seen})
    return tuple(rows.values())
