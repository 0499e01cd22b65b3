"""Where people were, of those alone who consented to its being used; nothing here writes."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import select

from hub.store import identity, tables
from hub.store.database import Database

PAGE_ROWS: Final = 1_000
"""People read at once."""

_s = tables.person_state.c


class Visitor(Struct, frozen=True):
    """The part of somebody's state that says where they were; instants in Unix ms, ascending."""

    id: str
    consents: frozenset[str] = frozenset()
    attributes: dict[str, Any] = {}
    visits: dict[str, tuple[int, ...]] = {}
    taps: dict[str, tuple[int, ...]] = {}
    place: str | None = None


_visitor = msgspec.json.Decoder(Visitor)


class VisitReads:
    """The reads of one event."""

    def __init__(self, database: Database, event: str) -> None:
        self._database = database
        self._event = event

    def consenting(self, purpose: str) -> Iterator[Visitor]:
        """Yield everybody who consented to ``purpose``, ascending by id, a page at a time.

        Somebody who was merged is yielded as whom they are known now, and not a second time.
        """
        with self._database.read() as db:
            merged = identity.aliases(db, self._event)
        after = ""
        while True:
            query = (
                select(_s.person, _s.body)
                .where(_s.event == self._event, _s.person > after)
                .order_by(_s.person)
                .limit(PAGE_ROWS)
            )
            with self._database.read() as db:
                page = db.execute(query).all()
            for person, body in page:
                visitor = _visitor.decode(body)
                if purpose in visitor.consents and person not in merged:
                    yield visitor
            if len(page) < PAGE_ROWS:
                return
            after = page[-1][0]

    def one(self, person: str) -> Visitor | None:
        """Return somebody, by any of their ids, whatever they consented to; None without state."""
        with self._database.read() as db:
            end = identity.resolve(db, self._event, person)
            body = db.scalar(select(_s.body).where(_s.event == self._event, _s.person == end))
        return None if body is None else _visitor.decode(body)
