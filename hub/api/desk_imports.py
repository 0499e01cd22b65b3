"""Files of people come in whole: read, checked, then taken in parts, or only looked at."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.params import Query
from starlette.concurrency import run_in_threadpool

from hub.api.caller import need
from hub.api.desk_models import Imported
from hub.people.files import read_content
from hub.people.importing import import_file
from hub.people.sources import choose, venue_of
from hub.web.desk_errors import said_by_the_desk
from hub.web.ports import WebParts

FORMATS: Final = {
    "text/csv": "csv",
    "application/json": "json",
    "application/x-ndjson": "jsonl",
    "application/jsonl": "jsonl",
}
"""Content type to format; anything else is read as CSV."""
NAME_CHARS_MAX: Final = 48


class DeskImports:
    """``/people/import``. For the organiser."""

    def __init__(self, parts: WebParts) -> None:
        self._parts = parts
        self.router = APIRouter(
            tags=["people"], dependencies=[Depends(need(parts.store, "organiser"))]
        )
        content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in FORMATS}
        self.router.add_api_route(
            "/people/import", self.import_file, methods=["POST"],
            openapi_extra={"requestBody": {"required": True, "content": content}},
        )  # fmt: skip

    async def import_file(
        self,
        request: Request,
        source: Annotated[str, Query(max_length=NAME_CHARS_MAX)] = "",
        dry_run: bool = False,
    ) -> Imported:
        """Register everybody in a CSV with a header, a JSON list, or JSON Lines.

        With ``source`` the mapping of the venue's document is used; ``dry_run`` changes nothing.
        Doing it again changes nothing either: only what is said differently is taken.
        """
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        body = await request.body()
        return await run_in_threadpool(self._run, body, FORMATS.get(kind, "csv"), source, dry_run)

    def _run(self, body: bytes, format_: str, source: str, dry_run: bool) -> Imported:
        parts = self._parts
        with said_by_the_desk():
            file = read_content(body, format_)
            chosen = choose(venue_of(parts.store), file, source)
            now_ms = parts.clock.wall_ms()
            report = import_file(parts.store, file, chosen, now_ms, dry_run=dry_run)
        if not dry_run:
            parts.nudge()
        links = {one.badge or one.person: f"{parts.settings.public_url}/a/{one.token}"
                 for one in report.links}  # fmt: skip
        return Imported.of(report, links)
