"""What somebody can be recognised by, and where in text and bytes it occurs."""

import re
from collections.abc import Collection, Iterable
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, LargeBinary, func, literal, or_, select

from hub.core.state import Lease
from hub.store import identity, tables

QUOTED_CHARS_MAX: Final = 3
"""What is this short is recognised between quotes alone: ``"12"``, not the 12 of an instant."""

_history = msgspec.json.Decoder(tuple[Lease, ...])


class Traces(Struct, frozen=True):
    """What leads to one person, or to several."""

    ids: frozenset[str] = frozenset()
    """Their ids, and those of all who were merged into them."""
    badges: frozenset[str] = frozenset()
    """Badges that nobody else has held."""
    shared: frozenset[str] = frozenset()
    """Badges that somebody else has held too."""
    words: frozenset[str] = frozenset()
    """E-mail, phone, ids of other systems."""
    names: frozenset[str] = frozenset()
    """Whole names; others may have the same."""

    def and_then(self, later: "Traces") -> "Traces":
        """Join what was known first with what is known after a change."""
        return Traces(
            self.ids | later.ids,
            (self.badges | later.badges) - later.shared,
            self.shared | later.shared,
            self.words | later.words,
            self.names | later.names,
        )


def look(connection: Connection, event: str, persons: Collection[str]) -> Traces:
    """Read what leads to ``persons`` and to all who were merged into them."""
    named = [person for person in persons if person]
    if not named:
        return Traces()
    found = identity.below(connection, event, named)
    ids = frozenset(one for some in found.values() for one in some)
    r, i = tables.registration.c, tables.identity.c
    columns = (r.name, r.email, r.phone)
    desk = connection.execute(select(*columns).where(r.event == event, r.person.in_(ids))).all()
    keys = connection.scalars(select(i.id_key).where(i.event == event, i.person.in_(ids)))
    words = {str(key).partition(":")[2] for key in keys}
    words.update(text for _, *some in desk for text in some if text)
    alone, shared = _badges(connection, event, ids)
    names = frozenset(name for name, _, _ in desk if " " in name)
    return Traces(ids, alone, shared, frozenset(words - {""}), names)


def pattern(words: Iterable[str]) -> re.Pattern[bytes]:
    """Make a pattern that finds any of ``words`` as a whole, in text or in JSON."""
    written = sorted({form for word in words for form in forms(word)}, key=len, reverse=True)
    return re.compile(b"|".join(map(_whole, written)) or b"(?!)")


def holding(column: Any, words: Iterable[str], dialect: str) -> ColumnElement[bool]:
    """Say that a column of bytes holds any of ``words``, as a part of something else too."""
    needles = [literal(form, LargeBinary) for word in words for form in forms(word)]
    if dialect == "sqlite":
        return or_(literal(False), *(func.instr(column, needle) > 0 for needle in needles))
    found = (func.position(needle.op("IN")(column)) > 0 for needle in needles)
    return or_(literal(False), *found)


def forms(word: str) -> set[bytes]:
    """Return how a word is written, plainly and inside JSON."""
    plain = word.encode("utf-8", "replace")
    return {plain, msgspec.json.encode(plain.decode())[1:-1]}


def _whole(form: bytes) -> bytes:
    written = re.escape(form)
    if len(form) <= QUOTED_CHARS_MAX:
        return rb"(?<=[\"'])" + written + rb"(?=[\"'])"
    return rb"(?<![A-Za-z0-9_-])" + written + rb"(?![A-Za-z0-9_@-])"


def _badges(
    connection: Connection, event: str, ids: frozenset[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the badges that these alone have held, and those that others have held too."""
    c = tables.lease.c
    held = holding(c.history, ids, connection.dialect.name)
    rows = connection.execute(select(c.badge, c.history).where(c.event == event, held))
    alone: set[str] = set()
    shared: set[str] = set()
    for badge, history in rows:
        holders = {lease.person for lease in _history.decode(history)} - {None}
        if holders & ids:
            (alone if holders <= ids else shared).add(badge)
    return frozenset(alone), frozenset(shared)
