"""Each count is one statement over one event; what is long is read a page at a time."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, func, literal_column, select

from hub.core.document import Venue
from hub.core.state import Pool
from hub.store import load, tables
from hub.store.database import Database
from hub.store.insight.values import ActionCount, DecisionCount, EdgeLine, Move
from hub.store.outbox import RETURNED

MOVE_PAGE_ROWS: Final = 5_000
"""Log rows read at once."""
FAILED: Final = ("dead", "expired", "dropped")
"""Ends of an action whose effect did not come about."""
ENDED: Final = (*FAILED, "done", "superseded")

_d = tables.decision.c
_a = tables.action.c
_l = tables.log.c


class _Where(msgspec.Struct):
    place: str
    kind: str = "tapped"


class _Carried(msgspec.Struct, frozen=True):
    pool: str = ""


class _Carrier(msgspec.Struct, frozen=True):
    body: _Carried = _Carried()


class _Health(msgspec.Struct):
    outbox_rows: int = 0


_venue = msgspec.json.Decoder(Venue)
_where = msgspec.json.Decoder(_Where)
_carrier = msgspec.json.Decoder(_Carrier)
_health = msgspec.json.Decoder(_Health)


class InsightReads:
    """The reads of one event. ``since_ms`` and ``until_ms`` bound ``since <= t < until``."""

    def __init__(self, database: Database, event: str) -> None:
        self.database = database
        self.event = event

    def venue(self) -> Venue | None:
        """Return the document in force."""
        with self.database.read() as db:
            found = load.latest_venue(db, self.event)
        return _venue.decode(found.document) if found else None

    def aliases(self) -> dict[str, str]:
        """Return everybody who was merged to whom they are in the end."""
        c = tables.alias.c
        query = select(c.other, c.survivor).where(c.event == self.event)
        with self.database.read() as db:
            direct = {row.other: row.survivor for row in db.execute(query)}
        return {other: _end(direct, other) for other in direct}

    def decision_range(self, since_ms: int | None, until_ms: int | None) -> tuple[int, int] | None:
        """Return the first and the last instant of a decision; None when there is none."""
        query = select(func.min(_d.at_ms), func.max(_d.at_ms)).where(
            _d.event == self.event, *within(_d.at_ms, since_ms, until_ms)
        )
        with self.database.read() as db:
            first, last = db.execute(query).one()
        return None if first is None else (int(first), int(last))

    def decision_counts(
        self, since_ms: int | None, until_ms: int | None, width_ms: int | None = None
    ) -> list[DecisionCount]:
        """Count decisions by rule, outcome and reason, in stretches of ``width_ms`` from 1970 on.

        Without a width all of them are one stretch.
        """
        start = _start(_d.at_ms, width_ms)
        groups = (_d.rule, _d.outcome, _d.because, start)
        query = select(*groups, func.count()).where(
            _d.event == self.event, *within(_d.at_ms, since_ms, until_ms)
        )
        with self.database.read() as db:
            rows = db.execute(query.group_by(*groups) if width_ms else query.group_by(*groups[:3]))
            return [DecisionCount(*row) for row in rows]

    def last_fired(self, since_ms: int | None, until_ms: int | None) -> dict[str, int]:
        """Return rule to the instant at which it fired last."""
        query = select(_d.rule, func.max(_d.at_ms)).where(
            _d.event == self.event, _d.outcome == "fired", *within(_d.at_ms, since_ms, until_ms)
        )
        with self.database.read() as db:
            return {rule: int(at_ms) for rule, at_ms in db.execute(query.group_by(_d.rule))}

    def action_counts(
        self, since_ms: int | None, until_ms: int | None, width_ms: int | None = None
    ) -> list[ActionCount]:
        """Count the actions that came to an end by rule and status, by the instant of the end."""
        ended_ms = func.coalesce(_a.settled_ms, _a.cause_ms)
        start = _start(ended_ms, width_ms)
        groups = (_a.rule, _a.status, start)
        query = select(*groups, func.count()).where(
            _a.event == self.event, _a.status.in_(ENDED), *within(ended_ms, since_ms, until_ms)
        )
        with self.database.read() as db:
            rows = db.execute(query.group_by(*groups) if width_ms else query.group_by(*groups[:2]))
            return [ActionCount(*row) for row in rows]

    def ended_range(self, since_ms: int | None, until_ms: int | None) -> tuple[int, int] | None:
        """Return the first and the last instant at which an action came to its end."""
        ended_ms = func.coalesce(_a.settled_ms, _a.cause_ms)
        query = select(func.min(ended_ms), func.max(ended_ms)).where(
            _a.event == self.event, _a.status.in_(ENDED), *within(ended_ms, since_ms, until_ms)
        )
        with self.database.read() as db:
            first, last = db.execute(query).one()
        return None if first is None else (int(first), int(last))

    def pools(self) -> dict[str, Pool]:
        """Return the pools from which anything was given."""
        with self.database.read() as db:
            return {pool.id: pool for pool in load.pools(db, self.event)}

    def returned(self) -> list[tuple[str, int]]:
        """Return pool and instant of each reward that went back because it was not delivered."""
        query = select(_a.body, func.coalesce(_a.settled_ms, _a.cause_ms)).where(
            _a.event == self.event,
            _a.connector == RETURNED,
            _a.status.in_((*FAILED, "superseded")),
        )
        with self.database.read() as db:
            return [(_carrier.decode(body).body.pool, int(at)) for body, at in db.execute(query)]

    def moves(self, after_pos: int = 0, until_ms: int | None = None) -> Iterator[Move]:
        """Yield who was where in the order of the log, from the row after ``after_pos``.

        They are read a page at a time, so no transaction stays open between them.
        """
        while True:
            with self.database.read() as db:
                page = self._page(db, after_pos, until_ms)
            for pos, person, at_ms, body in page:
                if person is None:
                    continue
                said = _where.decode(body)
                yield Move(pos, person, said.kind, said.place, at_ms)  # type: ignore[arg-type]
            if len(page) < MOVE_PAGE_ROWS:
                return
            after_pos = page[-1][0]

    def action_states(self) -> dict[tuple[str, str], int]:
        """Return (connector, status) to how many actions."""
        query = select(_a.connector, _a.status, func.count()).where(_a.event == self.event)
        with self.database.read() as db:
            rows = db.execute(query.group_by(_a.connector, _a.status))
            return {(connector, status): int(number) for connector, status, number in rows}

    def reward_states(self) -> dict[tuple[str, str], int]:
        """Return (pool, status) to how many rewards have a code."""
        c = tables.reward_code.c
        query = select(c.pool, c.status, func.count()).where(c.event == self.event)
        with self.database.read() as db:
            rows = db.execute(query.group_by(c.pool, c.status))
            return {(pool, status): int(number) for pool, status, number in rows}

    def members(self) -> dict[str, int]:
        """Return audience to how many are in it."""
        c = tables.membership.c
        query = select(c.audience, func.count()).where(c.event == self.event).group_by(c.audience)
        with self.database.read() as db:
            return {audience: int(number) for audience, number in db.execute(query)}

    def present(self) -> dict[str, int]:
        """Return place to how many are there."""
        c = tables.person_state.c
        query = select(c.place, func.count()).where(c.event == self.event, c.place.is_not(None))
        with self.database.read() as db:
            return {str(place): int(n) for place, n in db.execute(query.group_by(c.place))}

    def registered(self) -> int:
        """Return how many are registered."""
        c = tables.registration.c
        with self.database.read() as db:
            return db.scalar(select(func.count()).where(c.event == self.event)) or 0

    def held(self) -> int:
        """Return how many readings are in quarantine."""
        c = tables.quarantine.c
        query = select(func.count()).where(c.event == self.event, c.status == "held")
        with self.database.read() as db:
            return db.scalar(query) or 0

    def last_pos(self) -> int:
        """Return the newest position in the log, 0 when it is empty."""
        with self.database.read() as db:
            return load.last_pos(db, self.event)

    def edges(self) -> list[EdgeLine]:
        """Return what each edge last said of itself."""
        c = tables.edge_health.c
        query = select(c.edge, c.alive, c.at_ms, c.body).where(c.event == self.event)
        with self.database.read() as db:
            rows = db.execute(query.order_by(c.edge)).all()
        return [EdgeLine(edge, alive, at_ms, _outbox(body)) for edge, alive, at_ms, body in rows]

    def _page(self, db: Connection, after_pos: int, until_ms: int | None) -> list[Any]:
        query = (
            select(_l.pos, _l.person, _l.at_ms, _l.body)
            .where(
                _l.event == self.event,
                _l.pos > after_pos,
                _l.kind.in_(("tapped", "moved")),
                *within(_l.at_ms, None, until_ms),
            )
            .order_by(_l.pos)
            .limit(MOVE_PAGE_ROWS)
        )
        return list(db.execute(query).all())


def within(
    column: ColumnElement[Any], since_ms: int | None, until_ms: int | None
) -> list[ColumnElement[bool]]:
    """Return the conditions ``since <= column < until``, those that there are."""
    bounds = []
    if since_ms is not None:
        bounds.append(column >= since_ms)
    if until_ms is not None:
        bounds.append(column < until_ms)
    return bounds


def _start(column: ColumnElement[Any], width_ms: int | None) -> ColumnElement[Any]:
    """The beginning of the stretch that an instant lies in; 0 for all."""
    if width_ms is None:
        return func.min(0).label("start_ms")
    # the width is one of a few of our own; as a parameter it would differ in SELECT and GROUP BY
    return (column - column % literal_column(str(int(width_ms)))).label("start_ms")


def _end(direct: dict[str, str], other: str) -> str:
    seen = {other}
    while (survivor := direct.get(other)) is not None and survivor not in seen:
        seen.add(survivor)
        other = survivor
    return other


def _outbox(body: bytes) -> int:
    try:
        return _health.decode(body).outbox_rows
    except msgspec.DecodeError:
        return 0
