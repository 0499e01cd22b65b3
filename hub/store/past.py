"""What was so at an instant is read from the log and from what was given, within bounds.

These are the reads of an explanation: single questions of people, never on the path of a tap.
"""

from collections.abc import Collection, Iterator
from typing import Final

import msgspec
from sqlalchemy import func, select

from hub.core.events import Merged, Moved, Unmerged
from hub.core.outcome import Decision
from hub.core.state import Lease
from hub.store import tables
from hub.store.database import Database
from hub.store.group import LogRow
from hub.store.outbox import RETURNED

MOVES_BACK_MS: Final = 86_400_000
"""How long before the instant a move may lie that says where somebody was."""
PAGE_ROWS: Final = 5_000
"""Rows read at once."""
MERGES_MAX: Final = 20_000
"""Most merges that are looked through: the newest."""
DECISIONS_MAX: Final = 5_000
"""Most decisions about one person that are read: the newest."""
HELD_MAX: Final = 50
"""Most rows of the quarantine that are looked at for one badge: the newest."""

_FAILED: Final = ("dead", "expired", "dropped", "superseded")
_l, _d, _q = tables.log.c, tables.decision.c, tables.quarantine.c
_moved = msgspec.json.Decoder(Moved)
_join = msgspec.json.Decoder(Merged | Unmerged)
_decision = msgspec.json.Decoder(Decision)
_history = msgspec.json.Decoder(tuple[Lease, ...])


class HeldTap(msgspec.Struct, frozen=True, array_like=True):
    """Something of a badge in quarantine, when it came there and why."""

    at_ms: int
    reason: str
    payload: bytes


class _Carried(msgspec.Struct, frozen=True):
    pool: str = ""


class _Carrier(msgspec.Struct, frozen=True):
    body: _Carried = _Carried()


_carrier = msgspec.json.Decoder(_Carrier)


class Past:
    """Reads over one event. Instants are Unix ms, bounds are included."""

    def __init__(self, database: Database, event: str) -> None:
        self._database = database
        self._event = event

    def joins(self) -> list[Merged | Unmerged]:
        """Return who was merged with whom, and parted again, in the order of the log."""
        query = (
            select(_l.body)
            .where(_l.event == self._event, _l.kind.in_(("merged", "unmerged")))
            .order_by(_l.pos.desc())
            .limit(MERGES_MAX)
        )
        with self._database.read() as db:
            return [_join.decode(body) for body in db.scalars(query)][::-1]

    def decisions(self, persons: Collection[str]) -> list[Decision]:
        """Return what was decided about those ids, oldest first."""
        query = (
            select(_d.body)
            .where(_d.event == self._event, _d.person.in_(list(persons)))
            .order_by(_d.id.desc())
            .limit(DECISIONS_MAX)
        )
        with self._database.read() as db:
            return [_decision.decode(body) for body in db.scalars(query)][::-1]

    def decided_about_places(self, rule: str, since_ms: int, until_ms: int) -> Decision | None:
        """Return the last decision of a rule about a place or the venue in that stretch."""
        query = (
            select(_d.body)
            .where(_d.event == self._event, _d.rule == rule, _d.person.is_(None))
            .where(_d.at_ms >= since_ms, _d.at_ms <= until_ms)
            .order_by(_d.at_ms.desc(), _d.id.desc())
            .limit(1)
        )
        with self._database.read() as db:
            body = db.scalar(query)
        return None if body is None else _decision.decode(body)

    def row(self, pos: int) -> LogRow | None:
        """Return the row of the log at a position."""
        columns = (_l.pos, _l.key, _l.person, _l.kind, _l.at_ms, _l.recorded_ms, _l.body)
        query = select(*columns).where(_l.event == self._event, _l.pos == pos)
        with self._database.read() as db:
            found = db.execute(query).one_or_none()
        return None if found is None else LogRow(*found)

    def moves(self, until_ms: int) -> Iterator[Moved]:
        """Yield who entered and left places, as was known at the instant, in the log's order.

        They are read a page at a time, and reach back by :data:`MOVES_BACK_MS`.
        """
        after_pos = 0
        while True:
            query = (
                select(_l.pos, _l.body)
                .where(_l.event == self._event, _l.kind == "moved", _l.pos > after_pos)
                .where(_l.recorded_ms >= until_ms - MOVES_BACK_MS, _l.recorded_ms <= until_ms)
                .order_by(_l.pos)
                .limit(PAGE_ROWS)
            )
            with self._database.read() as db:
                page = db.execute(query).all()
            yield from (_moved.decode(body) for _, body in page)
            if len(page) < PAGE_ROWS:
                return
            after_pos = page[-1][0]

    def given(self, pool: str, until_ms: int) -> int:
        """Return how many rewards of a pool had been given for causes up to the instant."""
        c = tables.message.c
        query = select(func.count()).where(
            c.event == self._event, c.reward_pool == pool, c.at_ms <= until_ms
        )
        with self._database.read() as db:
            return db.scalar(query) or 0

    def returned(self, pool: str, until_ms: int) -> int:
        """Return how many rewards of a pool had gone back to it by the instant."""
        a = tables.action.c
        query = select(a.body).where(
            a.event == self._event, a.connector == RETURNED, a.status.in_(_FAILED),
            func.coalesce(a.settled_ms, a.cause_ms) <= until_ms,
        )  # fmt: skip
        with self._database.read() as db:
            return sum(_carrier.decode(body).body.pool == pool for body in db.scalars(query))

    def leases(self, badge: str) -> tuple[Lease, ...]:
        """Return to whom a badge was lent, ascending."""
        c = tables.lease.c
        query = select(c.history).where(c.event == self._event, c.badge == badge)
        with self._database.read() as db:
            body = db.scalar(query)
        return () if body is None else _history.decode(body)

    def held(self, badge: str) -> list[HeldTap]:
        """Return what is in quarantine of a badge, newest first."""
        query = (
            select(_q.at_ms, _q.reason, _q.payload)
            .where(_q.event == self._event, _q.badge == badge, _q.status.in_(("held", "requested")))
            .order_by(_q.id.desc())
            .limit(HELD_MAX)
        )
        with self._database.read() as db:
            return [HeldTap(*row) for row in db.execute(query)]
