"""Who came up for a rule and when, one row for each person and arm; nothing here writes."""

from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec import Struct
from sqlalchemy import case, func, select

from hub.core.document import Venue
from hub.store import tables
from hub.store.database import Database

BEFORE_THE_ARM: Final = ("limit", "priority", "depth")
"""What suppresses a rule before it is looked at which arm somebody is in."""
PAGE_ROWS: Final = 5_000
"""Log rows read at once."""

_d, _l, _v = tables.decision.c, tables.log.c, tables.venue.c


class ArmLine(Struct, frozen=True, array_like=True):
    """A person, by the id of then, came up in an arm: first at all, and first so that it acted."""

    person: str
    arm: str
    first_ms: int
    fired_ms: int | None


class RedeemedLine(Struct, frozen=True, array_like=True):
    """A reward was handed over; ``person`` is the id of then."""

    person: str
    pool: str
    at_ms: int


class InForce(Struct, frozen=True, array_like=True):
    """A version of the venue, and since when it was in force."""

    at_ms: int
    venue: Venue


class _Redeemed(Struct, frozen=True):
    pool: str
    at_ms: int


_redeemed = msgspec.json.Decoder(_Redeemed)
_venue = msgspec.json.Decoder(Venue)


class ExperimentReads:
    """The reads of one event."""

    def __init__(self, database: Database, event: str) -> None:
        self._database = database
        self._event = event

    def arms(self, rule: str) -> list[ArmLine]:
        """Return who came up for a rule so far that their arm decided, ascending by person."""
        fired_ms = func.min(case((_d.outcome == "fired", _d.at_ms)))
        query = (
            select(_d.person, _d.arm, func.min(_d.at_ms), fired_ms)
            .where(
                _d.event == self._event, _d.rule == rule, _d.person.is_not(None),
                _d.outcome.in_(("fired", "suppressed")), _d.because.not_in(BEFORE_THE_ARM),
            )
            .group_by(_d.person, _d.arm)
            .order_by(_d.person, _d.arm)
        )  # fmt: skip
        with self._database.read() as db:
            return [ArmLine(*row) for row in db.execute(query)]

    def redeemed(self) -> Iterator[RedeemedLine]:
        """Yield every reward that was handed over, in the order of the log, a page at a time."""
        after_pos = 0
        while True:
            query = (
                select(_l.pos, _l.person, _l.body)
                .where(_l.event == self._event, _l.kind == "redeemed", _l.pos > after_pos)
                .order_by(_l.pos)
                .limit(PAGE_ROWS)
            )
            with self._database.read() as db:
                page = db.execute(query).all()
            for _, person, body in page:
                said = _redeemed.decode(body)
                if person is not None:
                    yield RedeemedLine(person, said.pool, said.at_ms)
            if len(page) < PAGE_ROWS:
                return
            after_pos = page[-1][0]

    def versions(self) -> Iterator[InForce]:
        """Yield the versions of the venue, newest first; each is read when it is asked for.

        It ends at one that is written in a way of former times.
        """
        below: int | None = None
        while True:
            query = select(_v.version, _v.at_ms, _v.document).where(_v.event == self._event)
            if below is not None:
                query = query.where(_v.version < below)
            with self._database.read() as db:
                row = db.execute(query.order_by(_v.version.desc()).limit(1)).one_or_none()
            if row is None:
                return
            below = row[0]
            try:
                venue = _venue.decode(row[2])
            except msgspec.ValidationError:
                return
            yield InForce(row[1], venue)
