"""Whoever is forgotten leaves holes of the same length in the log: what was theirs is a tombstone.

A tombstone keeps its position and its instant, and what the event did to pools of rewards, so that
folding the log again hands the same rewards to everybody else.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, func, select

from hub.core import events as ev
from hub.store import bulk, tables
from hub.store.tables.flow import NAMING
from hub.store.traces import Traces

ERASED: Final = "erased"
TOMBSTONE: Final = "tombstone"
LEASED: Final = "leased"

_event = msgspec.json.Decoder(ev.Event)
_json = msgspec.json.Encoder()
_l = tables.log.c
_rewrite = bulk.update(
    tables.log, ("key", "person", "kind", "recorded_ms", "body"), ("event", "pos")
)
_reword = bulk.update(tables.log, ("body",), ("event", "pos"))


class _Own(Struct, frozen=True, array_like=True):
    pos: int
    kind: str
    at_ms: int
    body: bytes


class _Taken(Struct, frozen=True, array_like=True):
    pool: str
    index: int
    pos: int


def erase(connection: Connection, event: str, traces: Traces) -> None:
    """Make tombstones of the rows of those people, and take their ids out of all other rows."""
    columns = (_l.pos, _l.kind, _l.at_ms, _l.body)
    own = select(*columns).where(_l.event == event, _l.person.in_(traces.ids)).order_by(_l.pos)
    rows = [_Own(*row) for row in connection.execute(own)]
    naming = select(*columns).where(_l.event == event, NAMING).order_by(_l.pos)
    others = [_Own(*row) for row in connection.execute(naming)]
    known = {row.pos for row in rows}
    bare = [row for row in others if row.pos not in known and _is_about(row, traces)]
    stones = sorted((row for row in (*rows, *bare) if row.kind != ERASED), key=lambda row: row.pos)
    effects = _effects(connection, event, traces, stones)
    lent = {row.pos: badge for row in stones if (badge := _shared_badge(row, traces)) is not None}
    _rewrite.run(
        connection,
        [
            _handed_back(event, row, lent[row.pos])
            if row.pos in lent
            else _tombstone(event, row, effects[row.pos])
            for row in stones
        ],
    )
    erased = [row for row in (*rows, *bare) if row.kind == ERASED]
    _rewrite.run(connection, [_blank(event, row) for row in erased])
    _reword.run(connection, list(_sweeps(event, others, traces.ids)))


def last_pos(connection: Connection, event: str) -> int:
    """Return the position of the newest erasure, 0 when there was none."""
    query = select(func.max(_l.pos)).where(_l.event == event, NAMING, _l.kind == ERASED)
    return connection.scalar(query) or 0


def _is_about(row: _Own, traces: Traces) -> bool:
    """Say whether a row that is not their own is about them all the same."""
    match _event.decode(row.body):
        case ev.Leased(badge=badge, person=person):
            return badge in traces.badges or person in traces.ids
        case ev.Merged(person=person, other=other) | ev.Unmerged(person=person, other=other):
            return not traces.ids.isdisjoint((person, other))
        case ev.Erased(person=person):
            return person in traces.ids
        case _:
            return False


def _sweeps(
    event: str, rows: Iterable[_Own], ids: frozenset[str]
) -> Iterable[tuple[bytes, str, int]]:
    for row in rows:
        swept = _event.decode(row.body)
        if isinstance(swept, ev.Swept) and not ids.isdisjoint(swept.persons):
            left = replace(swept, persons=[one for one in swept.persons if one not in ids])
            yield _json.encode(left), event, row.pos


def _shared_badge(row: _Own, traces: Traces) -> str | None:
    """The badge that was lent to them and to somebody else too; None for any other row."""
    if row.kind != LEASED:
        return None
    lease = _event.decode(row.body)
    shared = isinstance(lease, ev.Leased) and lease.badge not in traces.badges
    return lease.badge if shared and isinstance(lease, ev.Leased) else None


def _handed_back(event: str, row: _Own, badge: str) -> tuple[object, ...]:
    """From then on the badge was with nobody whom the log knows: not with the one before."""
    body = _json.encode(ev.Leased(badge, None, row.at_ms))
    return f"{LEASED}/{row.pos}", None, LEASED, row.at_ms, body, event, row.pos


def _tombstone(event: str, row: _Own, effect: ev.Tombstone) -> tuple[object, ...]:
    body = _json.encode(effect)
    return f"{TOMBSTONE}/{row.pos}", None, TOMBSTONE, row.at_ms, body, event, row.pos


def _blank(event: str, row: _Own) -> tuple[object, ...]:
    body = _json.encode(ev.Erased("", row.at_ms))
    return f"{ERASED}/{row.pos}", None, ERASED, row.at_ms, body, event, row.pos


def _effects(
    connection: Connection, event: str, traces: Traces, rows: Sequence[_Own]
) -> dict[int, ev.Tombstone]:
    """What each row did to pools, by its position."""
    taken = _placed(_taken(connection, event, traces.ids, rows), rows)
    return {row.pos: _effect(row, taken.get(row.pos, {})) for row in rows}


def _effect(row: _Own, taken: dict[str, list[int]]) -> ev.Tombstone:
    match _event.decode(row.body) if row.kind in {"settled", "redeemed"} else None:
        case ev.Settled(outcome=outcome, pool=str(pool), index=int(index)) if outcome != "done":
            return ev.Tombstone(row.at_ms, taken, returned={pool: [index]})
        case ev.Redeemed(pool=pool):
            return ev.Tombstone(row.at_ms, taken, redeemed={pool: 1})
        case _:
            return ev.Tombstone(row.at_ms, taken)


def _taken(
    connection: Connection, event: str, ids: frozenset[str], rows: Sequence[_Own]
) -> list[_Taken]:
    """What was given to them, in order, each with the position of the event that was decided."""
    m, r, d = tables.message.c, tables.reward_code.c, tables.decision.c
    told = select(m.key, m.reward_pool, m.reward_index, m.at_ms).where(
        m.event == event, m.person.in_(ids), m.reward_pool.is_not(None)
    )
    kept = select(r.action, r.pool, r.index, r.at_ms).where(
        r.event == event, r.person.in_(ids), r.action.is_not(None)
    )
    given = {
        (key, pool, index): at_ms
        for query in (kept.order_by(r.pool, r.index), told.order_by(m.id))
        for key, pool, index, at_ms in connection.execute(query)
    }
    decided = select(d.key, d.pos).where(d.event == event, d.person.in_(ids), d.pos > 0)
    positions = {str(key): int(pos) for key, pos in connection.execute(decided)}
    return [
        _Taken(pool, index, _position(key, at_ms, positions, rows))
        for (key, pool, index), at_ms in given.items()
    ]


def _position(key: str, at_ms: int, positions: dict[str, int], rows: Sequence[_Own]) -> int:
    """Where the decision stands whose action ``key`` is: it begins with the decision's key.

    A decision that does not say where it stands was made about the first event since its instant.
    """
    while "#" in key:
        key = key.rpartition("#")[0]
        if key in positions:
            return positions[key]
    return next((row.pos for row in rows if row.at_ms >= at_ms), rows[-1].pos if rows else 0)


def _placed(taken: Iterable[_Taken], rows: Sequence[_Own]) -> dict[int, dict[str, list[int]]]:
    """Put each at its position; what an event of others gave goes to the last row of theirs."""
    own = [row.pos for row in rows]
    placed: dict[int, dict[str, list[int]]] = {}
    for one in sorted(taken, key=lambda one: one.pos) if own else ():
        exact = bisect_left(own, one.pos)
        at = own[exact] if one.pos in own[exact : exact + 1] else own[_before(own, one.pos)]
        placed.setdefault(at, {}).setdefault(one.pool, []).append(one.index)
    return placed


def _before(own: Sequence[int], pos: int) -> int:
    return max(bisect_right(own, pos) - 1, 0)
