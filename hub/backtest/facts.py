"""A fact came from outside; what the engine made of it is worked out again, and is none.

What falls due, what is looked at for many people, how deliveries ended, and who turned out to be
one because of an id or a badge: all that follows from the facts and the document.
"""

from collections.abc import Iterable, Iterator
from itertools import chain, pairwise
from typing import Final

import msgspec
from msgspec import Struct

from hub.core import events as ev
from hub.store import LogRow

FACTS: Final = frozenset(
    (
        "registered", "leased", "tapped", "moved", "gap", "played", "called", "merged", "unmerged",
        "redeemed", "erased", "tombstone",
    )
)  # fmt: skip
"""Kinds of log rows that are facts, a merge only if somebody asked for it."""

NO_FACT_POS: Final = 1 << 62
"""A position behind every fact."""

_event = msgspec.json.Decoder(ev.Event).decode


class Fact(Struct, frozen=True):
    """Something that happened, and when it became known; ``pos`` is its place in the log."""

    pos: int
    key: str
    at_ms: int
    recorded_ms: int
    event: ev.Event


def is_fact(row: LogRow) -> bool:
    """Whether a row of the log came from outside.

    A merge that followed from an event is logged under its own position; one that somebody asked
    for has the key of the command.
    """
    return row.kind in FACTS and not (row.kind == "merged" and row.key == f"merged/{row.pos}")


def fact_of(row: LogRow) -> Fact:
    """The fact that a row of the log holds."""
    return Fact(row.pos, row.key, row.at_ms, row.recorded_ms, _event(row.body))


def with_next(facts: Iterable[Fact]) -> Iterator[tuple[Fact, int]]:
    """Each fact with the position of the one after it."""
    for fact, after in pairwise(chain(facts, (None,))):
        if fact is not None:
            yield fact, NO_FACT_POS if after is None else after.pos
