"""What goes on at the venue: places, decisions, music, rewards."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from hub.api.caller import Caller, need
from hub.api.errors import problem
from hub.api.models import (
    Code,
    DecisionOut,
    EdgeOut,
    Given,
    LampOut,
    NowPlayed,
    PlaceOut,
    Problem,
    Said,
    Summary,
    TotalsOut,
    WantedOut,
    WhyOut,
)
from hub.core.compiled import about
from hub.core.document import Venue
from hub.core.errors import RulesFault
from hub.core.events import Played
from hub.web.commands import leave
from hub.web.live import Live, LiveView
from hub.web.ports import WebParts
from hub.web.redeem import redeem

Limit = Annotated[int, Query(ge=1, le=500)]
REFUSED: Final = {"unknown": 404, "not_issued": 409, "already": 409}


class Floor:
    """``/summary``, ``/places``, ``/decisions``, ``/why``, ``/redeem``, ``/dj``."""

    def __init__(self, parts: WebParts, live: Live) -> None:
        self._parts = parts
        self._live = live
        self.router = APIRouter(tags=["venue"])
        add = self.router.add_api_route
        organiser = [Depends(need(parts.store, "organiser"))]
        music = [Depends(need(parts.store, "dj"))]
        add("/summary", self.summary, methods=["GET"], dependencies=organiser)
        add("/places", self.places, methods=["GET"], dependencies=organiser)
        add("/decisions", self.decisions, methods=["GET"], dependencies=organiser)
        add("/why", self.why, methods=["GET"], dependencies=organiser)
        add("/dj/queue", self.queue, methods=["GET"], dependencies=music)
        add("/dj/played", self.played, methods=["POST"], dependencies=music, status_code=202)
        add(
            "/redeem", self.redeem, methods=["POST"], response_model=Given,
            dependencies=[Depends(need(parts.store, "staff"))],
            responses={404: {"model": Problem}, 409: {"model": Problem}},
        )  # fmt: skip

    def summary(self) -> Summary:
        """Return the live page as data. For the organiser."""
        return summary_of(self._live.read(), self._parts.clock.wall_ms())

    def places(self) -> list[PlaceOut]:
        """Return every place with how many are there. For the organiser."""
        return [PlaceOut.model_validate(place) for place in self._live.read().places]

    def decisions(
        self,
        after: Annotated[int, Query(ge=0)] = 0,
        person: str | None = None,
        rule: str | None = None,
        limit: Limit = 100,
    ) -> list[DecisionOut]:
        """Return decisions numbered above ``after``, newest first. For the organiser."""
        rows = self._live.reads.decisions(after=after, limit=limit, person=person, rule=rule)
        return [DecisionOut.of(row) for row in rows]

    def why(
        self,
        person: str | None = None,
        rule: str | None = None,
        at_ms: int | None = None,
        place: str | None = None,
    ) -> WhyOut | list[WhyOut]:
        """Explain what a rule did, or nothing, at an instant. For the organiser.

        ``person`` is an id, a badge or an e-mail; without ``rule`` every rule about people is
        explained. ``place`` asks about a rule of a place, or of the venue, instead.
        """
        if rule is not None:
            found = self._parts.why("" if place else person or "", rule, at_ms)
            if place and found.place not in (None, place):
                raise RulesFault(f"rule {rule!r} is about {found.place!r}, not about {place!r}")
            return WhyOut.of(found)
        if not person:
            raise RulesFault("say about whom: person, or place and rule")
        names = why_names(self._live.reads.venue()[1])
        return [WhyOut.of(self._parts.why(person, name, at_ms)) for name in names]

    def queue(self, place: str | None = None) -> list[WantedOut]:
        """Return the music wanted now, best first in each place. For the DJ."""
        return [
            WantedOut(
                place=queue.place, artist=one.artist, wanted_by=one.wanted_by, score=one.score,
                reason=one.reason,
            )
            for queue in self._live.reads.queues()
            if place in (None, queue.place)
            for one in queue.wanted
        ]  # fmt: skip

    def played(self, body: NowPlayed, request: Request) -> Said:
        """Say that an artist was played, or skipped. For the DJ."""
        by = need(self._parts.store, "dj")(request).name
        now_ms = self._parts.clock.wall_ms()
        leave(self._parts, Played(body.place, body.artist, now_ms, body.skipped, by))
        return Said(message=f"{'skipped' if body.skipped else 'played'}: {body.artist}")

    def redeem(self, body: Code, request: Request) -> Given | Response:
        """Use a reward's code up: 200 once, then 409 with when and by whom. For staff."""
        caller: Caller = need(self._parts.store, "staff")(request)
        answer = redeem(self._parts, body.code, caller.name)
        if answer.given:
            return Given(pool=answer.pool, title=answer.title, message=answer.sentence)
        detail: dict[str, object] = {"pool": answer.pool, "title": answer.title}
        if answer.redeemed_ms is not None:
            detail |= {"redeemed_ms": answer.redeemed_ms, "redeemed_by": answer.redeemed_by}
        return problem(REFUSED[answer.reason], answer.reason, answer.sentence, detail)


def why_names(venue: Venue | None) -> list[str]:
    """The rules that can be explained for a person."""
    return [rule.name for rule in (venue.rules if venue else []) if about(rule.when) == "person"]


def summary_of(view: LiveView, now_ms: int) -> Summary:
    """Make the summary of a picture."""
    return Summary(
        event=view.event,
        venue_ms=now_ms,
        totals=TotalsOut.model_validate(view.totals),
        places=[PlaceOut.model_validate(place) for place in view.places],
        lamps=[LampOut.model_validate(lamp) for lamp in view.lamps],
        edges=[EdgeOut.model_validate(edge) for edge in view.edges],
    )
