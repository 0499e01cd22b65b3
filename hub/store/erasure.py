"""Whoever is forgotten is gone from every table; what they did to others' counts remains.

Codes keep their numbers, without a person; the log keeps its positions, see ``erasure_log``.
What is not the store's to judge - the places' own values, the state in memory - the engine writes
into the same group.
"""

import re
from collections.abc import Collection
from typing import Final

import msgspec
from sqlalchemy import Connection, Table, delete, or_, select, update

from hub.core import events as ev
from hub.core.outcome import Grant
from hub.core.state import Lease
from hub.store import bulk, erasure_log, tables
from hub.store.traces import Traces, holding, look, pattern

__all__ = ["erase", "look", "reserved_of"]

_THEIRS: Final = (
    tables.person_state, tables.identity, tables.membership, tables.decision, tables.action,
    tables.message, tables.push_subscription, tables.timer, tables.registration,
)  # fmt: skip
"""Tables of which every row of theirs goes."""

_event = msgspec.json.Decoder(ev.Event)
_json = msgspec.json.Encoder()
_history = msgspec.json.Decoder(tuple[Lease, ...])
_leases = bulk.upsert(tables.lease, ("event", "badge", "person", "from_ms", "history"))
_leases_gone = bulk.delete(tables.lease, ("event", "badge"))
_commands = bulk.update(tables.command, ("key", "body", "done", "error"), ("event", "id"))
_commands_gone = bulk.delete(tables.command, ("event", "id"))
_quarantine_gone = bulk.delete(tables.quarantine, ("event", "id"))
_notes_gone = bulk.delete(tables.note, ("event", "id"))


def erase(connection: Connection, event: str, persons: Collection[str], before: Traces) -> None:
    """Leave nothing of ``persons`` and of all who were merged into them, in the same transaction.

    ``before`` is what led to them before the group was written.
    """
    traces = before.and_then(look(connection, event, persons))
    if not traces.ids:
        return
    erasure_log.erase(connection, event, traces)
    _commands_of(connection, event, traces)
    _quarantine_of(connection, event, traces)
    _notes_of(connection, event, traces)
    _leases_of(connection, event, traces)
    _codes_of(connection, event, traces.ids)
    for table in _THEIRS:
        _delete(connection, table, event, traces.ids)
    a = tables.alias.c
    related = or_(a.other.in_(traces.ids), a.survivor.in_(traces.ids))
    connection.execute(delete(tables.alias).where(a.event == event, related))
    _people_of(connection, traces.ids)


def reserved_of(connection: Connection, event: str, ids: Collection[str]) -> list[Grant]:
    """Return the rewards that are reserved for these people, and on their way."""
    c = tables.reward_code.c
    query = select(c.pool, c.index, c.person, c.action, c.at_ms).where(
        c.event == event, c.person.in_(ids), c.status == "reserved"
    )
    return [Grant(*row) for row in connection.execute(query.order_by(c.pool, c.index))]


def _delete(connection: Connection, table: Table, event: str, ids: frozenset[str]) -> None:
    connection.execute(delete(table).where(table.c.event == event, table.c.person.in_(ids)))


def _codes_of(connection: Connection, event: str, ids: frozenset[str]) -> None:
    c = tables.reward_code.c
    theirs = update(tables.reward_code).where(c.event == event, c.person.in_(ids))
    connection.execute(theirs.values(person=None, action=None))


def _people_of(connection: Connection, ids: frozenset[str]) -> None:
    """Take those out of the master data whom no other event knows."""
    p, r, s = tables.person.c, tables.registration.c, tables.person_state.c
    known = select(r.person).where(r.person == p.id).exists()
    seen = select(s.person).where(s.person == p.id).exists()
    connection.execute(delete(tables.person).where(p.id.in_(ids), ~known, ~seen))


def _leases_of(connection: Connection, event: str, traces: Traces) -> None:
    """Drop their leases; a badge that nobody else has held is not known any more."""
    c = tables.lease.c
    badges = traces.badges | traces.shared
    rows = connection.execute(
        select(c.badge, c.history).where(c.event == event, c.badge.in_(badges))
    ).all()
    left = {
        badge: [lease for lease in _history.decode(history) if lease.person not in traces.ids]
        for badge, history in rows
    }
    kept = {badge: some for badge, some in left.items() if some and badge not in traces.badges}
    _leases.run(
        connection,
        [
            (event, badge, some[-1].person, some[-1].from_ms, _json.encode(some))
            for badge, some in kept.items()
        ],
    )
    _leases_gone.run(connection, [(event, badge) for badge in left.keys() - kept.keys()])


def _commands_of(connection: Connection, event: str, traces: Traces) -> None:
    """Delete what was asked for; what would still change a pool, or erases, is kept without them.

    Of what is not seen to yet only that goes which names them: a badge of theirs may be on its way
    to somebody else.
    """
    c = tables.command.c
    words = traces.ids | traces.badges | traces.words
    named = holding(c.body, words, connection.dialect.name)
    query = select(c.id, c.key, c.body, c.done, c.error)
    found = query.where(c.event == event, or_(named, c.error.is_not(None))).order_by(c.id)
    theirs, anything = pattern(traces.ids), pattern(words)
    gone, changed = [], []
    for number, key, body, done, error in connection.execute(found).all():
        text = b"\n".join((key.encode(), body, (error or "").encode()))
        if not (anything if done else theirs).search(text):
            continue
        left = _without_person(body, done=done)
        if left is None:
            gone.append(number)
            continue
        name = f"erased/{number}" if anything.search(key.encode()) else key
        over = done or isinstance(left, ev.Erased)
        changed.append((name, _json.encode(left), over, None, event, number))
    _commands_gone.run(connection, [(event, number) for number in gone])
    _commands.run(connection, changed)


def _without_person(body: bytes, *, done: bool) -> ev.Event | None:
    match _event.decode(body):
        case ev.Erased(at_ms=at_ms):
            return ev.Erased("", at_ms)
        case ev.Redeemed(pool=pool, at_ms=at_ms) if not done:
            return ev.Tombstone(at_ms, redeemed={pool: 1})
        case _:
            return None


def _quarantine_of(connection: Connection, event: str, traces: Traces) -> None:
    c = tables.quarantine.c
    words = traces.ids | traces.badges | traces.words
    mentioned = (c.reason.contains(word, autoescape=True) for word in words)
    query = select(c.id, c.badge, c.reason, c.payload).where(
        c.event == event,
        or_(
            c.badge.in_(traces.badges),
            holding(c.payload, words, connection.dialect.name),
            *mentioned,
        ),
    )
    anything = pattern(words)
    gone = [
        number
        for number, badge, reason, payload in connection.execute(query)
        if badge in traces.badges or _occurs(anything, reason, payload)
    ]
    _quarantine_gone.run(connection, [(event, number) for number in gone])


def _notes_of(connection: Connection, event: str, traces: Traces) -> None:
    c = tables.note.c
    anything = pattern(traces.ids | traces.badges | traces.words | traces.names)
    query = select(c.id, c.person, c.key, c.title, c.text).where(c.event == event)
    gone = [
        number
        for number, person, *texts in connection.execute(query)
        if person in traces.ids or _occurs(anything, *texts)
    ]
    _notes_gone.run(connection, [(event, number) for number in gone])


def _occurs(words: re.Pattern[bytes], *texts: str | bytes) -> bool:
    """Say whether any of ``words`` is in any of ``texts``."""
    return any(
        words.search(text if isinstance(text, bytes) else text.encode("utf-8", "replace"))
        for text in texts
    )
