"""Two people side by side: what would come of making them one, and who may be the same twice."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Final

import msgspec
from msgspec import Struct

from hub.core.document import IdKind
from hub.core.events import Event
from hub.core.people.ground import Ground, ground_of, kinds_of
from hub.core.people.identity import seniority
from hub.core.people.merging import join, raws_of, too_many
from hub.core.people.normalise import email, id_key, phone
from hub.core.state import MERGED_KEPT_MAX, Person
from hub.people.errors import Nobody
from hub.people.sources import venue_of
from hub.store import Store
from hub.store.desk import ROWS_MAX, DeskReads, Registered
from hub.store.notes import NoteInfo

PEOPLE_MAX: Final = 200_000
"""Most registrations that are compared with each other."""
PAIRS_MAX: Final = 1_000
"""Most pairs that are listed."""
NOTES_MAX: Final = 2_000
"""Most notes that are looked through for refused merges."""

_event = msgspec.json.Decoder(Event)


class Preview(Struct, frozen=True):
    """Two people as they are, and the one they would be; ``survivor`` has the id that stays."""

    survivor: Person
    other: Person
    one: Person


class Pair(Struct, frozen=True):
    """Two registrations that may be one person; ``same`` is what of them is the same."""

    person: str
    name: str
    other: str
    other_name: str
    same: str
    why: str
    """Why they were not merged."""


def preview(store: Store, one: str, two: str, now_ms: int) -> Preview:
    """Say what would come of a merge; nothing is changed.

    Raises:
        Nobody: one of them is not there, they are one already, or too many are.
    """
    ids = [store.resolve(one), store.resolve(two)]
    if ids[0] == ids[1]:
        raise Nobody(f"{one!r} and {two!r} are one already")
    found = store.load_people(ids)
    for asked, person in zip((one, two), ids, strict=True):
        if person not in found:
            raise Nobody(f"the engine knows nobody {asked!r} yet")
    survivor, other = sorted((found[person] for person in ids), key=seniority)
    if too_many((survivor, other)):
        raise Nobody(f"{MERGED_KEPT_MAX} people are one already; that is enough")
    past = {raw: _past(store, raw) for raw in (*raws_of(survivor), *raws_of(other))}
    ground = ground_of(venue_of(store))
    return Preview(survivor, other, join(ground, survivor, other, past, now_ms))


def _past(store: Store, raw: str) -> tuple[Event, ...]:
    return tuple(_event.decode(row.body) for row in store.log_of(raw))


def merged_into(store: Store, one: str, two: str) -> tuple[str, str]:
    """Which of two was merged into which, as an unmerge says it: who remains, and who is parted.

    Raises:
        Nobody: neither was.
    """
    aliases = store.aliases_of(one)
    if one == two or two not in aliases:
        raise Nobody(f"{one!r} and {two!r} are not one")
    end = store.resolve(one)
    other = one if two == end else two
    if other == end:
        raise Nobody(f"{other!r} is who remains; say who was merged into them")
    return end, other


def duplicates(store: Store) -> list[Pair]:
    """List registrations that have the same e-mail, phone or name and are not one person."""
    ground = ground_of(venue_of(store))
    rows = list(_registrations(store))
    ends = {row.person: store.resolve(row.person) for row in _shared(rows)}
    notes = _refusals(store)
    found: dict[tuple[str, str], Pair] = {}
    for kind, value, group in _groups(rows):
        for mine, theirs in pairwise(group):
            pair = tuple(sorted((ends[mine.person], ends[theirs.person])))
            if pair[0] != pair[1] and len(found) < PAIRS_MAX:
                why = _why_apart(store, ground, kind, value, pair, notes)
                found.setdefault(
                    (pair[0], pair[1]),
                    Pair(mine.person, mine.name, theirs.person, theirs.name, kind, why),
                )
    return list(found.values())


def _registrations(store: Store) -> Iterator[Registered]:
    reads, after, count = DeskReads(store.database, store.event), "", 0
    while count < PEOPLE_MAX and (rows := reads.registrations(after)):
        yield from rows
        after, count = rows[-1].person, count + len(rows)
        if len(rows) < ROWS_MAX:
            return


def _keys(row: Registered) -> Iterator[tuple[str, str]]:
    """What somebody may be recognised by, the surest first."""
    for kind, value in (("email", email(row.email or "")), ("phone", phone(row.phone or ""))):
        if value is not None:
            yield kind, value
    name = " ".join(row.name.casefold().split())
    if " " in name:
        yield "name", name


def _groups(rows: list[Registered]) -> Iterator[tuple[str, str, list[Registered]]]:
    groups: dict[tuple[str, str], list[Registered]] = {}
    for row in rows:
        for key in _keys(row):
            groups.setdefault(key, []).append(row)
    for kind in ("email", "phone", "name"):
        for (what, value), group in groups.items():
            if what == kind and len(group) > 1:
                yield what, value, group


def _shared(rows: list[Registered]) -> Iterator[Registered]:
    for _, _, group in _groups(rows):
        yield from group


def _refusals(store: Store) -> dict[str, NoteInfo]:
    """The newest note about an id of each person."""
    found: dict[str, NoteInfo] = {}
    before: int | None = None
    for _ in range(NOTES_MAX // ROWS_MAX):
        rows = store.notes.rows(before_id=before, limit=ROWS_MAX)
        for note in rows:
            if note.person is not None and note.key.startswith("identity/"):
                found.setdefault(note.person, note)
        if len(rows) < ROWS_MAX:
            break
        before = rows[-1].id
    return found


def _why_apart(
    store: Store,
    ground: Ground,
    kind: str,
    value: str,
    pair: tuple[str, ...],
    notes: Mapping[str, NoteInfo],
) -> str:
    if kind == "name":
        return "a name is no id: others may have the same"
    known: IdKind | None = kinds_of(ground.venue).get(kind)
    if known is None or not known.merges:
        return f"at this venue the same {kind} makes nobody one"
    if value in known.blocked:
        return f"this {kind} is blocked: it stands for nobody"
    note = next((notes[one] for one in pair if one in notes), None)
    if note is not None:
        return f"{note.title}: {note.text}"
    key = id_key(kind, value)
    holder = store.load_ids([key]).get(key)
    if holder is None:
        return f"neither of them came with the {kind} as an id"
    return f"the {kind} was claimed by {holder} alone"
