"""The registration desk: who is who, new people, files of people, new links."""

from typing import Annotated, Final

import segno
from fastapi import APIRouter, Body, Depends, Query

from hub.api.caller import need
from hub.api.models import (
    Imported,
    LinkOut,
    PersonOut,
    PersonPageOut,
    Register,
    Registered,
)
from hub.core.state import Person
from hub.store.web_values import PersonRow
from hub.web.errors import BadInput, NotFound
from hub.web.live import Live
from hub.web.ports import WebParts
from hub.web.register import checked, read_rows

REFUSALS_SAID_MAX: Final = 100
IMPORT_SOURCE: Final = "import"


class Desk:
    """``/people``. All for the organiser."""

    def __init__(self, parts: WebParts, live: Live) -> None:
        self._parts = parts
        self._reads = live.reads
        self.router = APIRouter(
            tags=["people"], dependencies=[Depends(need(parts.store, "organiser"))]
        )
        add = self.router.add_api_route
        add("/people", self.search, methods=["GET"])
        add("/people", self.register, methods=["POST"], status_code=201)
        add("/people/import", self.import_file, methods=["POST"])
        add("/people/{person}", self.person, methods=["GET"])
        add("/people/{person}/link", self.new_link, methods=["POST"])

    def search(
        self, search: str = "", limit: Annotated[int, Query(ge=1, le=500)] = 100
    ) -> list[PersonOut]:
        """Find people by a part of name, e-mail or company, or by a whole badge or id."""
        return [PersonOut.of(row) for row in self._reads.people(search, limit)]

    def register(self, body: Register) -> Registered:
        """Register somebody, with badge and consents; their link is in the answer, this once."""
        given = body.model_dump(exclude={"attributes", "consents"})
        raw = {**body.attributes, **given, "consents": ";".join(body.consents)}
        new = checked(raw, IMPORT_SOURCE if body.key else "")
        made = self._parts.store.people.register(new, self._parts.clock.wall_ms())
        self._parts.nudge()
        return Registered(person=made.person, link=self._link(made.link_token))

    def import_file(self, file: Annotated[bytes, Body(media_type="text/csv")]) -> Imported:
        """Register everybody in a CSV with a header; doing it again changes nothing."""
        result = Imported(rows=0, new=0, known=0, refused=[], links={})
        for number, row in read_rows(_text(file)):
            result.rows += 1
            try:
                self._import_row(row, result)
            except BadInput as error:
                if len(result.refused) < REFUSALS_SAID_MAX:
                    result.refused.append(f"line {number}: {error}")
        self._parts.nudge()
        return result

    def _import_row(self, row: dict[str, str], result: Imported) -> None:
        new = checked(row, IMPORT_SOURCE)
        made = self._parts.store.people.register(new, self._parts.clock.wall_ms())
        link = self._link(made.link_token)
        if link is None:
            result.known += 1
            return
        result.new += 1
        result.links[new.badge or made.person] = link

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


def _text(file: bytes) -> str:
    try:
        return file.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput("the file is not UTF-8 text") from error


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
