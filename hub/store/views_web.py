"""What the pages read, each in as few statements as it takes; nothing here writes."""

from collections.abc import Sequence
from dataclasses import replace
from threading import Lock
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Table, func, select

from hub.core.document import Venue
from hub.core.outcome import Decision
from hub.core.state import Person, Play, Wanted
from hub.store import bulk, erasure_log, finding, identity, people
from hub.store import tables as t
from hub.store.database import Database
from hub.store.finding import PersonInfo
from hub.store.tally import Tally, in_order
from hub.store.web_values import (
    DeadRow,
    EdgeRow,
    FeedRow,
    PersonRow,
    QueueRow,
    RuleCount,
    Totals,
)

ROWS_MAX: Final = 500
"""Most rows that one read returns."""


class _Music(msgspec.Struct):
    queue: tuple[Wanted, ...] = ()
    plays: tuple[Play, ...] = ()


class _Said(msgspec.Struct):
    """What pages show of an edge's health."""

    outbox_rows: int = 0
    evicted_rows: int = 0
    clock_quality: str = ""
    software: str = ""


_decision = msgspec.json.Decoder(Decision)
_person = msgspec.json.Decoder(Person)
_venue = msgspec.json.Decoder(Venue)
_music = msgspec.json.Decoder(_Music)
_said = msgspec.json.Decoder(_Said)
_places = bulk.Lookup(t.person_state, ("person", "place"), "person")


class WebReads:
    """The pages' reads of one event. Counts that only grow are counted on, not counted again."""

    def __init__(self, database: Database, event: str) -> None:
        self._database = database
        self._event = event
        self._lock = Lock()
        self._version = 0
        self._document: Venue | None = None
        log, decision, message = t.log.c, t.decision.c, t.message.c
        self._taps = self._tally(t.log, log.pos, log.event == event, log.kind == "tapped")
        self._decisions = self._tally(t.decision, decision.id, in_order(decision.event) == event)
        self._messages = self._tally(t.message, message.id, in_order(message.event) == event)

    def venue(self) -> tuple[int, Venue | None]:
        """Return version and document in force; 0 and None before the first is published."""
        with self._database.read() as db, self._lock:
            newest = select(func.max(t.venue.c.version)).where(t.venue.c.event == self._event)
            version = db.scalar(newest) or 0
            if version != self._version:
                document = select(t.venue.c.document).where(
                    t.venue.c.event == self._event, t.venue.c.version == version
                )
                self._document = _venue.decode(db.scalars(document).one())
                self._version = version
            return self._version, self._document

    def present(self) -> dict[str, int]:
        """Return place to how many are there."""
        c = t.person_state.c
        query = (
            select(c.place, func.count())
            .where(c.event == self._event, c.place.is_not(None))
            .group_by(c.place)
        )
        with self._database.read() as db:
            return {str(place): int(number) for place, number in db.execute(query)}

    def queues(self) -> list[QueueRow]:
        """Return the places where music is wanted or was played."""
        c = t.zone_state.c
        query = select(c.zone, c.body).where(c.event == self._event).order_by(c.zone)
        with self._database.read() as db:
            read = [(str(zone), _music.decode(body)) for zone, body in db.execute(query)]
        return [QueueRow(zone, m.queue, m.plays) for zone, m in read if m.queue or m.plays]

    def decisions(
        self,
        *,
        after: int = 0,
        limit: int = 100,
        person: str | None = None,
        rule: str | None = None,
        of_people: bool = False,
    ) -> list[FeedRow]:
        """Return decisions numbered above ``after``, newest first.

        ``of_people`` leaves out those about a place as a whole.
        """
        c = t.decision.c
        query = (
            select(c.id, c.body, t.registration.c.name)
            .select_from(_with_name(t.decision))
            .where(c.id > after)
            .order_by(c.id.desc())
            .limit(min(limit, ROWS_MAX))
        )
        if person is None and rule is None:
            query = query.where(in_order(c.event) == self._event)
        else:
            query = query.where(c.event == self._event)
        query = query if rule is None else query.where(c.rule == rule)
        query = query.where(c.person.is_not(None)) if of_people else query
        with self._database.read() as db:
            if person is not None:
                query = query.where(c.person.in_(identity.ids_of(db, self._event, person)))
            return [_feed_row(row) for row in db.execute(query)]

    def totals(self) -> Totals:
        """Return the event's counts."""
        with self._database.read() as db:
            rewards = self._by_status(db, t.reward_code)
            return Totals(
                people=people.count(db, self._event),
                inside=self._count(db, t.person_state, t.person_state.c.place.is_not(None)),
                taps=self._taps.count(db),
                decisions=self._decisions.count(db),
                rewards_given=rewards.get("issued", 0) + rewards.get("redeemed", 0),
                rewards_redeemed=rewards.get("redeemed", 0),
                messages=self._messages.count(db),
                quarantined=self._count(db, t.quarantine, t.quarantine.c.status == "held"),
                dead_letters=self._count(db, t.action, t.action.c.status == "dead"),
            )

    def edges(self) -> list[EdgeRow]:
        """Return what each edge last said of itself."""
        c = t.edge_health.c
        query = select(c.edge, c.alive, c.at_ms, c.body).where(c.event == self._event)
        with self._database.read() as db:
            return [_edge_row(row) for row in db.execute(query.order_by(c.edge))]

    def people(self, text: str = "", limit: int = 100) -> list[PersonRow]:
        """Find people by a part of their name, e-mail or company, or by a whole badge or id."""
        with self._database.read() as db:
            found = finding.find(db, self._event, text, min(limit, ROWS_MAX))
            places = {
                str(person): place
                for person, place in _places.rows(db, self._event, [one.person for one in found])
            }
        return [_person_row(one, places.get(one.person)) for one in found]

    def person(self, person: str) -> tuple[PersonRow, Person] | None:
        """Return somebody with their state, by any of their ids; None for nobody.

        Fresh people have an empty state.
        """
        c = t.person_state.c
        with self._database.read() as db:
            end = identity.resolve(db, self._event, person)
            found = finding.infos(db, self._event, [end])
            if not found:
                return None
            body = db.scalar(select(c.body).where(c.event == self._event, c.person == end))
        state = _person.decode(body) if body else Person(end)
        return _person_row(found[0], state.place), state

    def rule_counts(self) -> dict[str, RuleCount]:
        """Return for each rule how often it fired, was suppressed, or would have fired."""
        c = t.decision.c
        query = (
            select(c.rule, c.outcome, func.count(), func.max(c.at_ms))
            .where(c.event == self._event)
            .group_by(c.rule, c.outcome)
        )
        counts: dict[str, RuleCount] = {}
        with self._database.read() as db:
            for rule, outcome, number, last_ms in db.execute(query):
                counts[rule] = _counted(counts.get(rule), rule, outcome, number, last_ms)
        return counts

    def dead_letters(self, limit: int = 100) -> list[DeadRow]:
        """Return the actions that were given up, newest first."""
        c = t.action.c
        query = (
            select(
                c.key, c.connector, c.rule, c.person, c.attempts, c.detail, c.cause_ms,
                t.registration.c.name,
            )
            .select_from(_with_name(t.action))
            .where(c.event == self._event, c.status == "dead")
            .order_by(c.id.desc())
            .limit(min(limit, ROWS_MAX))
        )  # fmt: skip
        with self._database.read() as db:
            return [_dead(row) for row in db.execute(query)]

    def _tally(self, table: Table, number: Any, mine: Any, *conditions: Any) -> Tally:
        def erased(db: Connection) -> int:
            return erasure_log.last_pos(db, self._event)

        return Tally(table, number, mine, *conditions, erased=erased)

    def _count(self, db: Connection, table: Any, *conditions: Any) -> int:
        query = select(func.count()).select_from(table)
        return db.scalar(query.where(table.c.event == self._event, *conditions)) or 0

    def _by_status(self, db: Connection, table: Any) -> dict[str, int]:
        query = select(table.c.status, func.count()).where(table.c.event == self._event)
        return {str(status): int(n) for status, n in db.execute(query.group_by(table.c.status))}


def _with_name(table: Any) -> Any:
    r = t.registration.c
    return table.outerjoin(
        t.registration, (r.event == table.c.event) & (r.person == table.c.person)
    )


def _feed_row(row: Sequence[Any]) -> FeedRow:
    number, body, name = row
    d = _decision.decode(body)
    return FeedRow(
        number, d.at_ms, d.person, name or d.person or "", d.place, d.rule, d.version,
        d.outcome, d.reason, tuple(d.actions), tuple(d.clauses), d.because, d.arm,
    )  # fmt: skip


def _edge_row(row: Sequence[Any]) -> EdgeRow:
    edge, alive, at_ms, body = row
    try:
        said = _said.decode(body)
    except msgspec.DecodeError:
        said = _Said()
    return EdgeRow(
        edge, alive, at_ms, said.outbox_rows, said.evicted_rows, said.clock_quality, said.software
    )


def _person_row(info: PersonInfo, place: str | None) -> PersonRow:
    return PersonRow(
        info.person, info.name, info.company or "", info.email or "", info.badges, place,
        info.others,
    )  # fmt: skip


def _counted(
    old: RuleCount | None, rule: str, outcome: str, number: int, last_ms: int
) -> RuleCount:
    old = old or RuleCount(rule, 0, 0, 0)
    old = replace(old, last_ms=max(old.last_ms, last_ms))
    match outcome:
        case "fired":
            return replace(old, fired=old.fired + number)
        case "shadow":
            return replace(old, shadow=old.shadow + number)
        case _:
            return replace(old, suppressed=old.suppressed + number)


def _dead(row: Sequence[Any]) -> DeadRow:
    key, connector, rule, person, attempts, detail, cause_ms, name = row
    return DeadRow(
        key, connector, rule, person, name or person or "", attempts, detail or "", cause_ms
    )
