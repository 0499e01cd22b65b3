"""A reward's code is a secret: made at random when the reward is reserved, good for one hand-over.

    free -> reserved -> issued -> redeemed      and      reserved -> free

Each arrow is one conditional UPDATE, so that of any number at once exactly one succeeds.
"""

import secrets
from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import Connection

from hub.core.outcome import Grant
from hub.store import bulk, tables
from hub.store.group import SettledRow

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits and capitals that nobody mistakes for one another: no 0/O, 1/I/L, U/V."""
CODE_CHARS: Final = 10
"""30^10 codes: with a million given out, a guess hits one in 590 million times."""

_KEYS = ("event", "pool", "index")
_reserve = bulk.insert(
    tables.reward_code,
    (*_KEYS, "code", "status", "person", "action", "at_ms"),
    '("event", "pool", "index") DO UPDATE SET status = excluded.status, person = excluded.person, '
    "action = excluded.action, at_ms = excluded.at_ms WHERE reward_code.status = 'free'",
)
_release = bulk.update(
    tables.reward_code,
    ("status", "person", "action", "at_ms", "code"),
    (*_KEYS, "action"),
    "reward_code.status = 'reserved'",
)
_issue = bulk.update(
    tables.reward_code, ("status", "at_ms"), ("event", "action"), "reward_code.status = 'reserved'"
)
_taken = bulk.Lookup(tables.reward_code, ("code",), "code")


def make_code() -> str:
    """Draw a code at random."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_CHARS))


def tidy_code(text: str) -> str:
    """Write a code as it is stored, however somebody typed it: case, spaces, dashes."""
    return "".join(text.split()).replace("-", "").upper()


def write_grants(
    connection: Connection, event: str, grants: Sequence[Grant], released: Iterable[Grant]
) -> None:
    """Give back what was released, then reserve what was granted and not given back since."""
    back = {(g.pool, g.index, g.action): g for g in released}
    fresh = _new_codes(connection, event, len(back) + len(grants))
    _release.run(
        connection,
        [
            ("free", None, None, g.at_ms, fresh.pop(), event, g.pool, g.index, g.action)
            for g in back.values()
        ],
    )
    kept = {(g.pool, g.index): g for g in grants if (g.pool, g.index, g.action) not in back}
    _reserve.run(
        connection,
        [
            (event, g.pool, g.index, fresh.pop(), "reserved", g.person, g.action, g.at_ms)
            for g in kept.values()
        ],
    )


def issue_settled(connection: Connection, event: str, settled: Iterable[SettledRow]) -> None:
    """Issue the rewards whose action is done."""
    _issue.run(
        connection, [("issued", s.at_ms, event, s.key) for s in settled if s.outcome == "done"]
    )


def _new_codes(connection: Connection, event: str, count: int) -> list[str]:
    codes: set[str] = set()
    while len(codes) < count:
        codes |= {make_code() for _ in range(count - len(codes))}
        codes -= {str(row[0]) for row in _taken.rows(connection, event, codes)}
    return list(codes)
