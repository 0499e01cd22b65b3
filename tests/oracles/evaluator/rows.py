"""All that is known, in the order in which it became known: facts, and what rules did about them.

A row is never changed but when somebody is forgotten. Whose it is now follows from the merges that
were not undone.
"""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from hub.core import events as ev


class Fact(NamedTuple):
    """An event, when it became known, and the id under which somebody was meant then."""

    event: ev.Event
    now_ms: int
    person: str | None


class Effect(NamedTuple):
    """What a rule did, for whom it was done, and the instant of its cause."""

    kind: str
    owner: str | None
    name: str
    at_ms: int
    value: Any = None


Row = Fact | Effect
GONE: Final = "somebody who is forgotten"
"""Whose what rules did is that nobody can be asked about any more, where it counts for all."""


def standing(rows: Iterable[Row]) -> list[ev.Merged]:
    """The merges that were not undone."""
    merges: list[ev.Merged] = []
    for row in rows:
        match row:
            case Fact(ev.Merged() as merged):
                merges.append(merged)
            case Fact(ev.Unmerged(person, other)):
                merges = [m for m in merges if (m.person, m.other) != (person, other)]
    return merges


def known_as(person: str, merges: Iterable[ev.Merged]) -> str:
    """Who somebody is by now."""
    for merged in merges:
        if merged.other == person:
            person = merged.person
    return person


def holder(rows: Iterable[Row], badge: str, at_ms: int) -> str | None:
    """Whose badge it was at an instant; before its first lease it counts to that one."""
    leases = sorted(
        (
            (row.event.at_ms, index, row.event.person)
            for index, row in enumerate(rows)
            if isinstance(row, Fact)
            and isinstance(row.event, ev.Leased)
            and row.event.badge == badge
        ),
        key=lambda lease: lease[:2],
    )
    if not leases:
        return None
    first_ms = leases[0][0]
    return [lease for lease in leases if lease[0] <= max(at_ms, first_ms)][-1][2]


def without(rows: Iterable[Row], ids: frozenset[str]) -> list[Row]:
    """The rows, each where it stood, with nothing in them about somebody who is forgotten.

    What was taken from pools, and what counts for all at the event, stays; a badge of theirs was
    nobody's for that while, and one that nobody else ever had was never lent.
    """
    kept = [_without(row, ids) for row in rows]
    lent = {
        row.event.badge
        for row in kept
        if isinstance(row, Fact) and isinstance(row.event, ev.Leased) and row.event.person
    }
    return [row if _stays(row, lent) else _buried(row) for row in kept]


def _without(row: Row, ids: frozenset[str]) -> Row:
    if isinstance(row, Effect):
        return row if row.owner not in ids else _counted_only(row)
    match row.event:
        case ev.Leased(badge, person, at_ms) if person in ids:
            return Fact(ev.Leased(badge, None, at_ms), row.now_ms, None)
        case ev.Settled():
            return row
        case ev.Merged(person, other) | ev.Unmerged(person, other) if {person, other} & ids:
            return _buried(row)
    return _buried(row) if row.person in ids else row


def _stays(row: Row, lent: set[str]) -> bool:
    if isinstance(row, Fact) and isinstance(row.event, ev.Leased):
        return row.event.badge in lent
    return True


def _buried(row: Row) -> Row:
    if isinstance(row, Effect):
        return row
    return Fact(ev.Tombstone(row.event.at_ms), row.now_ms, None)


def _counted_only(row: Effect) -> Effect:
    kept = row.kind in ("fired", "shadow", "sent", "granted")
    return Effect(row.kind if kept else "gone", GONE, row.name, row.at_ms)
