"""Where somebody might go next: for themselves by their own link, and for the organiser."""

import re
from typing import Final

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from hub.api.caller import need
from hub.api.models import Said
from hub.core.events import Registered
from hub.recommending.service import Recommending
from hub.recommending.settings import UNWANTED_ATTRIBUTE, RecommendSettings
from hub.web.commands import leave
from hub.web.errors import BadInput, NotFound, TooManyTries
from hub.web.limits import RateLimit
from hub.web.ports import WebParts

WRONG_LINKS_A_MINUTE: Final = 20
"""From one address, before even "not found" is no longer said."""
CHANGES_A_MINUTE: Final = 60
"""Of one person."""
MINUTE_MS: Final = 60_000
PLACE_CHARS_MAX: Final = 48
_TOKEN = re.compile(r"^[A-Za-z0-9_-]{20,86}$")


class RecommendationOut(BaseModel):
    """A place, and why it is recommended."""

    place: str
    name: str
    score: float
    because: str


class Marked(BaseModel):
    """A place that is not wanted, or wanted after all."""

    model_config = ConfigDict(extra="forbid")

    place: str = Field(max_length=PLACE_CHARS_MAX)
    unwanted: bool = True


class RecommendationRoutes:
    """``/mine/{token}/recommendations`` and ``/recommendations/{person}``."""

    def __init__(self, parts: WebParts, settings: RecommendSettings | None = None) -> None:
        self._parts = parts
        chosen = settings or RecommendSettings()
        self._recommending = Recommending(parts.store, parts.clock, parts.wall, chosen)
        self._wrong = RateLimit(WRONG_LINKS_A_MINUTE, MINUTE_MS)
        self._changes = RateLimit(CHANGES_A_MINUTE, MINUTE_MS)
        self.router = APIRouter(tags=["recommendations"])
        add = self.router.add_api_route
        add("/mine/{token}/recommendations", self.mine, methods=["GET"])
        add("/mine/{token}/recommendations", self.mark, methods=["POST"], status_code=202)
        add(
            "/recommendations/{person}", self.of, methods=["GET"],
            dependencies=[Depends(need(parts.store, "organiser"))],
        )  # fmt: skip

    def mine(self, token: str, request: Request) -> list[RecommendationOut]:
        """Return where the holder of a link might go next. For whoever holds it."""
        return self._out(self._person(token, request))

    def mark(self, token: str, body: Marked, request: Request) -> Said:
        """Mark a place as not wanted, or as wanted after all. For the holder of the link."""
        person = self._person(token, request)
        if not self._changes.allow(person, self._parts.wall.boot_ms()):
            raise TooManyTries("too many changes at once; please wait a moment")
        places = self._recommending.places()
        if body.place not in places:
            raise BadInput(f"place: there is no {body.place!r} to be recommended")
        marked = set(self._recommending.unwanted(person)) - {body.place}
        if body.unwanted:
            marked.add(body.place)
        kept: list[str] = sorted(marked)
        now_ms = self._parts.clock.wall_ms()
        leave(self._parts, Registered(person, now_ms, {UNWANTED_ATTRIBUTE: kept}))
        word = "not wanted" if body.unwanted else "wanted"
        return Said(message=f"{places[body.place]}: {word}")

    def of(self, person: str) -> list[RecommendationOut]:
        """Return where somebody might go next; empty without their consent. For the organiser."""
        return self._out(person)

    def _out(self, person: str) -> list[RecommendationOut]:
        found = self._recommending.for_person(person)
        names = self._recommending.places() if found else {}
        return [
            RecommendationOut(
                place=one.place, name=names.get(one.place, one.place), score=one.score,
                because=one.because,
            )
            for one in found
        ]  # fmt: skip

    def _person(self, token: str, request: Request) -> str:
        person = self._parts.store.people.by_link(token) if _TOKEN.match(token) else None
        if person is not None:
            return person
        source = request.client.host if request.client else ""
        if self._wrong.allow(source, self._parts.wall.boot_ms()):
            raise NotFound("this link opens nothing")
        raise TooManyTries("too many wrong links from here; please wait a minute")
