"""What a desk does with one or two people: merge, part, forget, hand over; and with badges."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from fastapi.responses import StreamingResponse

from hub.api.caller import need
from hub.api.desk_models import (
    BadgeMove,
    BadgeOut,
    Change,
    Claim,
    Forget,
    Forgotten,
    LeaseOut,
    Merging,
    PairOut,
    SideOut,
    Two,
    WalkInOut,
)
from hub.core import events as ev
from hub.people.badges import checked_badge, history, lose
from hub.people.handover import everything
from hub.people.pairs import duplicates, merged_into, preview
from hub.people.walk_ins import claim, walk_ins
from hub.store.desk import DeskReads
from hub.web.desk_commands import done_by_engine
from hub.web.desk_errors import said_by_the_desk
from hub.web.errors import BadInput, NotFound
from hub.web.ports import WebParts

Id = Annotated[str, Path(max_length=128)]
BY = "web"


class DeskPeople:
    """``/people/...`` and ``/badges``. Badges are for staff too, all else is the organiser's."""

    def __init__(self, parts: WebParts) -> None:
        self._parts = parts
        self._store = parts.store
        self.router = APIRouter(tags=["people"])
        organiser = [Depends(need(parts.store, "organiser"))]
        staff = [Depends(need(parts.store, "staff"))]
        for method, path, function, allowed in (
            ("GET", "/people/duplicates", self.duplicates, organiser),
            ("GET", "/people/walk-ins", self.walk_ins, organiser),
            ("POST", "/people/walk-ins/{walk_in}/claim", self.claim, organiser),
            ("POST", "/people/merge", self.merge, organiser),
            ("POST", "/people/unmerge", self.unmerge, organiser),
            ("POST", "/people/{person}/forget", self.forget, organiser),
            ("GET", "/people/{person}/everything", self.everything, organiser),
            ("GET", "/badges/{badge}", self.badge, staff),
            ("POST", "/badges/{badge}", self.move_badge, staff),
        ):
            self.router.add_api_route(path, function, methods=[method], dependencies=allowed)

    def duplicates(self) -> list[PairOut]:
        """List who may be registered twice, and why they were not merged."""
        return [PairOut.of(pair) for pair in duplicates(self._store)]

    def walk_ins(self) -> list[WalkInOut]:
        """List those of whom only a badge is known."""
        return [WalkInOut.of(one) for one in walk_ins(self._store)]

    def claim(self, walk_in: Id, body: Claim) -> Change:
        """Say who a walk-in is."""
        self._known(body.person)
        with said_by_the_desk():
            event = claim(self._store, walk_in, body.person, self._now_ms)
        return Change(done=done_by_engine(self._parts, event))

    def merge(self, body: Two) -> Merging:
        """Make two people one, or say what would come of it: the older registration stays."""
        with said_by_the_desk():
            found = preview(self._store, body.person, body.other, self._now_ms)
        reason = "somebody at the desk said so"
        event = ev.Merged(found.survivor.id, found.other.id, self._now_ms, reason, BY)
        done = not body.dry_run and done_by_engine(self._parts, event)
        sides = [SideOut.of(one) for one in (found.survivor, found.other, found.one)]
        return Merging(done=done, survivor=sides[0], other=sides[1], together=sides[2])

    def unmerge(self, body: Two) -> Change:
        """Part ``other`` from ``person``; both get back what was theirs."""
        with said_by_the_desk():
            person, other = merged_into(self._store, body.person, body.other)
        if body.dry_run:
            return Change(done=False)
        event = ev.Unmerged(person, other, self._now_ms, BY)
        return Change(done=done_by_engine(self._parts, event))

    def forget(self, person: Id, body: Forget) -> Forgotten:
        """Delete everything about somebody, for good; ``confirm`` is their id once more."""
        if body.confirm != person:
            raise BadInput("confirm: write the id of who is to be forgotten")
        ids, reads = self._store.aliases_of(person), DeskReads(self._store.database,
                                                               self._store.event)  # fmt: skip
        rows = sum(reads.naming(ids).values())
        if not rows:
            raise NotFound("there is nobody with this id")
        done = done_by_engine(self._parts, ev.Erased(person, self._now_ms))
        return Forgotten(done=done, rows=rows, left=reads.naming(ids))

    def everything(self, person: Id) -> StreamingResponse:
        """Everything that is stored about somebody, as a zip to hand to them."""
        with said_by_the_desk():
            chunks = everything(self._store, person, self._now_ms)
        return zip_answer(chunks)

    def badge(self, badge: Id) -> BadgeOut:
        """Say who holds a badge, and who did."""
        leases = [LeaseOut(from_ms=one.from_ms, person=one.person, name=one.name)
                  for one in history(self._store, badge)]  # fmt: skip
        if not leases:
            raise NotFound("nobody has ever held this badge")
        holder = self._store.people.by_badge(badge)
        return BadgeOut(badge=badge, person=holder, history=leases)

    def move_badge(self, badge: Id, body: BadgeMove) -> Change:
        """Lend a badge, take it back, or say that it is lost."""
        with said_by_the_desk():
            name = checked_badge(badge)
            if body.move == "lost":
                lose(self._store, name, self._now_ms)
                self._parts.nudge()
                return Change(done=True)
        if body.move == "lend":
            self._known(body.person)
        elif self._store.people.by_badge(name) is None:
            raise NotFound("nobody holds this badge")
        person = body.person if body.move == "lend" else None
        return Change(done=done_by_engine(self._parts, ev.Leased(name, person, self._now_ms)))

    def _known(self, person: str) -> None:
        if self._store.people.get(person) is None and not self._store.load_people([person]):
            raise NotFound("there is nobody with this id")

    @property
    def _now_ms(self) -> int:
        return self._parts.clock.wall_ms()


def zip_answer(chunks: Iterator[bytes]) -> StreamingResponse:
    """Answer with a zip while it is made; nobody keeps it on the way."""
    headers = {"Content-Disposition": 'attachment; filename="everything.zip"',
               "Cache-Control": "no-store"}  # fmt: skip
    return StreamingResponse(chunks, media_type="application/zip", headers=headers)
