"""Who belongs to which audience, for the organiser; what staff ought to know, for staff too."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from hub.api.caller import need
from hub.api.rules_models import AudienceOut, MarkedOut, MemberOut, NoteIds, NoteOut
from hub.core.document import Audience
from hub.web.errors import NotFound
from hub.web.live import Live
from hub.web.ports import WebParts

Limit = Annotated[int, Query(ge=1, le=500)]


class Groups:
    """``/audiences`` and ``/notes``."""

    def __init__(self, parts: WebParts, live: Live) -> None:
        self._parts = parts
        self._reads = live.reads
        self._staff = need(parts.store, "staff")
        organiser = [Depends(need(parts.store, "organiser"))]
        staff = [Depends(self._staff)]
        self.router = APIRouter(tags=["rules"])
        add = self.router.add_api_route
        add("/audiences", self.audiences, methods=["GET"], dependencies=organiser)
        add("/audiences/{name}/members", self.members, methods=["GET"], dependencies=organiser)
        add("/notes", self.notes, methods=["GET"], dependencies=staff)
        add("/notes/read", self.mark_read, methods=["POST"], dependencies=staff)

    def audiences(self) -> list[AudienceOut]:
        """Return every audience with how many belong to it now. For the organiser."""
        counts = self._parts.store.audiences.counts()
        return [
            AudienceOut(name=one.name, text=one.text, members=counts.get(one.name, 0))
            for one in self._audiences()
        ]

    def members(self, name: str, after: str = "", limit: Limit = 100) -> list[MemberOut]:
        """Return members, by person, from the one ``after``. For the organiser."""
        if name not in {one.name for one in self._audiences()}:
            raise NotFound(f"there is no audience {name!r}")
        found = self._parts.store.audiences.members(name, after, limit)
        return [MemberOut.of(one) for one in found]

    def notes(
        self,
        unread: bool = False,
        before: Annotated[int | None, Query(ge=1)] = None,
        limit: Limit = 100,
    ) -> list[NoteOut]:
        """Return notes numbered below ``before``, newest first. For staff."""
        rows = self._parts.store.notes.rows(unread=unread, before_id=before, limit=limit)
        return [NoteOut.of(one) for one in rows]

    def mark_read(self, body: NoteIds, request: Request) -> MarkedOut:
        """Say that somebody has read these notes. For staff."""
        by, now_ms = self._staff(request).name, self._parts.clock.wall_ms()
        return MarkedOut(marked=self._parts.store.notes.mark_read(body.ids, by, now_ms))

    def _audiences(self) -> list[Audience]:
        _, venue = self._reads.venue()
        return list(venue.audiences) if venue else []
