"""Rows for exports come in pages by key: each page is a short read, none is seen twice."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, and_, select, tuple_, union

from hub.core.outcome import Decision
from hub.core.state import Person
from hub.store import bulk, tables
from hub.store.database import Database
from hub.store.insight.reads import within
from hub.store.insight.values import DecisionLine, Member, PersonLine, RewardLine

PAGE_ROWS: Final = 1_000
"""Rows read at once."""

_decision = msgspec.json.Decoder(Decision)
_person = msgspec.json.Decoder(Person)
_desk = bulk.Lookup(
    tables.registration, ("person", "name", "email", "phone", "company", "created_ms"), "person"
)
_states = bulk.Lookup(tables.person_state, ("person", "body"), "person")
_r, _s = tables.registration.c, tables.person_state.c
_m, _d = tables.membership.c, tables.decision.c
_c, _a = tables.reward_code.c, tables.action.c


class Pages:
    """The long reads of one event, each an iterator that holds one page."""

    def __init__(self, database: Database, event: str) -> None:
        self._database = database
        self._event = event

    def people(self) -> Iterator[PersonLine]:
        """Yield everybody who is registered or was seen, ascending by id."""
        after = ""
        while True:
            with self._database.read() as db:
                ids = self._ids(db, after)
                lines = self._people(db, ids)
            yield from lines
            if len(ids) < PAGE_ROWS:
                return
            after = ids[-1]

    def members(self, audience: str | None = None) -> Iterator[Member]:
        """Yield the members of all audiences, or of one, ascending by audience and person."""
        named = and_(_r.event == _m.event, _r.person == _m.person)
        query = (
            select(_m.audience, _m.person, _m.since_ms, _r.name, _r.email)
            .select_from(tables.membership.outerjoin(tables.registration, named))
            .where(_m.event == self._event)
            .order_by(_m.audience, _m.person)
        )
        if audience is not None:
            query = query.where(_m.audience == audience)
        key = tuple_(_m.audience, _m.person)
        for row in self._rows(query, lambda last: key > tuple_(last[0], last[1])):
            yield Member(*row)

    def decisions(self, since_ms: int | None, until_ms: int | None) -> Iterator[DecisionLine]:
        """Yield decisions in the order of commits."""
        query = (
            select(_d.id, _d.because, _d.arm, _d.body)
            .where(_d.event == self._event, *within(_d.at_ms, since_ms, until_ms))
            .order_by(_d.id)
        )
        for number, because, arm, body in self._rows(query, lambda last: _d.id > last[0]):
            d = _decision.decode(body)
            yield DecisionLine(
                number, d.at_ms, d.rule, d.version, d.person, d.place, d.outcome,
                because, arm, d.reason, tuple(d.actions),
            )  # fmt: skip

    def rewards(
        self, since_ms: int | None = None, until_ms: int | None = None
    ) -> Iterator[RewardLine]:
        """Yield the rewards that are not free, ascending by pool and number; without codes."""
        given = and_(_a.event == _c.event, _a.key == _c.action)
        query = (
            select(_c.pool, _c.index, _c.status, _c.person, _c.at_ms, _c.redeemed_by, _a.settled_ms)
            .select_from(tables.reward_code.outerjoin(tables.action, given))
            .where(_c.event == self._event, _c.status != "free")
            .where(*within(_c.at_ms, since_ms, until_ms))
            .order_by(_c.pool, _c.index)
        )
        key = tuple_(_c.pool, _c.index)
        for row in self._rows(query, lambda last: key > tuple_(last[0], last[1])):
            yield _reward(row)

    def _rows(self, query: Any, after: Callable[[Sequence[Any]], Any]) -> Iterator[Sequence[Any]]:
        last: Sequence[Any] | None = None
        while True:
            paged = query if last is None else query.where(after(last))
            with self._database.read() as db:
                rows = db.execute(paged.limit(PAGE_ROWS)).all()
            yield from rows
            if len(rows) < PAGE_ROWS:
                return
            last = rows[-1]

    def _ids(self, db: Connection, after: str) -> list[str]:
        known = select(_r.person).where(_r.event == self._event, _r.person > after)
        seen = select(_s.person).where(_s.event == self._event, _s.person > after)
        both = union(known, seen).subquery()
        query = select(both.c.person).order_by(both.c.person).limit(PAGE_ROWS)
        return list(db.scalars(query))

    def _people(self, db: Connection, ids: Sequence[str]) -> list[PersonLine]:
        desk: dict[str, Any] = {row[0]: row[1:] for row in _desk.rows(db, self._event, ids)}
        states = {row[0]: _person.decode(row[1]) for row in _states.rows(db, self._event, ids)}
        nobody: Any = (None, None, None, None, None)
        return [_person_line(id_, desk.get(id_, nobody), states.get(id_)) for id_ in ids]


def _person_line(person: str, desk: Sequence[Any], state: Person | None) -> PersonLine:
    name, email, phone, company, registered_ms = desk
    return PersonLine(person, name, email, phone, company, registered_ms, state or Person(person))


def _reward(row: Sequence[Any]) -> RewardLine:
    pool, index, status, person, at_ms, by, settled_ms = row
    issued_ms = at_ms if status == "issued" else settled_ms
    return RewardLine(
        pool, index, status, person, at_ms,
        None if status == "reserved" else issued_ms,
        at_ms if status == "redeemed" else None, by,
    )  # fmt: skip
