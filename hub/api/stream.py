"""News as server-sent events, without a queue: a slow reader skips summaries, never decisions.

``decision`` events carry their number as the event's id; who comes back with ``Last-Event-ID`` gets
what was missed, up to a bound. ``summary`` follows each change; a comment keeps the line open.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from hub.api.caller import need
from hub.api.floor import summary_of
from hub.api.models import DecisionOut
from hub.store.web_values import FeedRow
from hub.web.errors import TooManyTries
from hub.web.live import Live, LiveView
from hub.web.ports import WebParts

HEARTBEAT_S: Final = 10.0
STREAMS_MAX: Final = 64
"""Open at the same time."""
MISSED_ROWS_MAX: Final = 500
"""Decisions sent again to somebody who comes back."""


class Stream:
    """``/stream``. For the organiser."""

    def __init__(self, parts: WebParts, live: Live) -> None:
        self._parts = parts
        self._live = live
        self._open = 0
        self.router = APIRouter(tags=["venue"])
        self.router.add_api_route(
            "/stream",
            self.stream,
            methods=["GET"],
            dependencies=[Depends(need(parts.store, "organiser"))],
            response_class=StreamingResponse,
            responses={200: {"content": {"text/event-stream": {}}}},
        )

    async def stream(self, request: Request) -> StreamingResponse:
        """Send decisions and summaries until the reader goes away."""
        if self._open >= STREAMS_MAX:
            raise TooManyTries(f"{STREAMS_MAX} streams are open; please close one")
        seen = request.headers.get("last-event-id", "")
        last = int(seen) if seen.isdigit() else None
        return StreamingResponse(
            self._events(request, last), media_type="text/event-stream",
            headers={"x-accel-buffering": "no"},
        )  # fmt: skip

    async def _events(self, request: Request, last: int | None) -> AsyncIterator[str]:
        self._open += 1
        try:
            number = -1
            view = self._live.look()
            last = max((row.id for row in view.feed), default=0) if last is None else last
            while not await request.is_disconnected():
                newer = await self._live.newer(number, HEARTBEAT_S)
                if newer is None:
                    yield ": still here\n\n"
                    continue
                number = newer.number
                for row in await self._missed(newer, last):
                    last = row.id
                    yield _event("decision", DecisionOut.of(row), row.id)
                yield _event("summary", summary_of(newer, self._parts.clock.wall_ms()))
        finally:
            self._open -= 1

    async def _missed(self, view: LiveView, last: int) -> list[FeedRow]:
        oldest = min((row.id for row in view.feed), default=0)
        if oldest <= last + 1:
            return [row for row in reversed(view.feed) if row.id > last]
        rows = await asyncio.to_thread(
            self._live.reads.decisions, after=last, limit=MISSED_ROWS_MAX
        )
        return rows[::-1]


def _event(kind: str, body: BaseModel, number: int | None = None) -> str:
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {kind}\ndata: {body.model_dump_json()}\n\n"
