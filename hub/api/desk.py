"""The registration desk: who is who, new people, new links; files and merges stand beside it."""

from typing import Annotated, Final

import segno
from fastapi import APIRouter, Depends, Query

from hub.api.caller import need
from hub.api.desk_imports import DeskImports
from hub.api.desk_people import DeskPeople
from hub.api.models import (
    LinkOut,
    PersonOut,
    PersonPageOut,
    Register,
    Registered,
)
from hub.core.people.ground import ground_of
from hub.core.state import Person
from hub.people.purposes import purposes_of
from hub.people.records import known_by
from hub.people.sources import venue_of
from hub.store.web_values import PersonRow
from hub.web.errors import NotFound
from hub.web.live import Live
from hub.web.ports import WebParts
from hub.web.register import checked

IMPORT_SOURCE: Final = "import"


class Desk:
    """``/people`` and ``/badges``. All for the organiser, but badges."""

    def __init__(self, parts: WebParts, live: Live) -> None:
        self._parts = parts
        self._reads = live.reads
        self.router = APIRouter()
        own = APIRouter(tags=["people"], dependencies=[Depends(need(parts.store, "organiser"))])
        add = own.add_api_route
        add("/people", self.search, methods=["GET"])
        add("/people", self.register, methods=["POST"], status_code=201)
        add("/people/{person}", self.person, methods=["GET"])
        add("/people/{person}/link", self.new_link, methods=["POST"])
        for router in (DeskImports(parts).router, DeskPeople(parts).router, own):
            self.router.include_router(router)  # own last: it answers whatever id is asked for

    def search(
        self, search: str = "", limit: Annotated[int, Query(ge=1, le=500)] = 100
    ) -> list[PersonOut]:
        """Find people by a part of name, e-mail or company, or by a whole badge or id."""
        return [PersonOut.of(row) for row in self._reads.people(search, limit)]

    def register(self, body: Register) -> Registered:
        """Register somebody, with badge and consents; their link is in the answer, this once."""
        given = body.model_dump(exclude={"attributes", "consents"})
        raw = {**body.attributes, **given, "consents": ";".join(body.consents)}
        venue = venue_of(self._parts.store)
        purposes = [one.purpose for one in purposes_of(venue)]
        row = checked(raw, IMPORT_SOURCE if body.key else "", purposes)
        new = known_by(row, ground_of(venue))
        made = self._parts.store.people.register(new, self._parts.clock.wall_ms())
        self._parts.nudge()
        return Registered(person=made.person, link=self._link(made.link_token))

    def person(self, person: str) -> PersonPageOut:
        """Return somebody with their profile."""
        found = self._reads.person(person)
        if found is None:
            raise NotFound("there is nobody with this id")
        return _page(*found)

    def new_link(self, person: str) -> LinkOut:
        """Make a new link, which ends the old one; it is shown this once, with its QR code."""
        link = self._link(self._parts.store.people.new_link(person))
        if link is None:
            raise NotFound("there is nobody with this id")
        svg = segno.make(link, error="m", micro=False).svg_inline(scale=8, border=3)
        return LinkOut(link=link, qr_svg=str(svg))

    def _link(self, token: str | None) -> str | None:
        return f"{self._parts.settings.public_url}/a/{token}" if token else None


def _page(row: PersonRow, state: Person) -> PersonPageOut:
    return PersonPageOut(
        **PersonOut.of(row).model_dump(),
        points=state.points,
        tags=state.tags,
        consents=sorted(state.consents),
        attributes=state.attributes,
        visits={place: list(visits) for place, visits in state.visits.items()},
        since_ms=state.since_ms,
    )
