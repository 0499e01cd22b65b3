"""People are one when an id says so, the most trusted kinds first, and never too many at once.

A record claims its ids for a person. If joining all whom it names would give one person more ids
of a kind than a person may have, the least trusted kind of the record is left out, and so on. An
id that is left out stays with whom it was.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hub.core.document.people import IdKind
from hub.core.people.faults import IdFault
from hub.core.people.merging import too_many
from hub.core.people.normalise import id_key, normalised
from hub.core.people.refold import united_ids
from hub.core.state import MERGED_KEPT_MAX, Person

OTHERS_MAX: Final = 3
"""Most other people whom one record may join with its own."""

RECORD_IDS_MAX: Final = 50
"""Most ids of one record that are looked at."""

Ids = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An id that is not claimed. ``reason`` does not repeat it."""

    kind: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """Whose record it is. ``claims`` are the record's ids that are the survivor's from now on."""

    survivor: str
    claims: Mapping[str, tuple[str, ...]]
    merges: tuple[str, ...] = ()
    """The others who are the survivor too, the oldest first."""
    left_out: tuple[LeftOut, ...] = ()
    refused: str | None = None
    """Why nobody is merged although ids say so; for those who work here, without any id."""


@dataclass(frozen=True, slots=True)
class _Case:
    kinds: Mapping[str, IdKind]
    record: Person
    holders: Mapping[str, str]
    people: Mapping[str, Person]

    def holder(self, kind: str, value: str) -> str | None:
        """Who else holds an id."""
        holder = self.holders.get(id_key(kind, value))
        return None if holder == self.record.id else holder

    def others(self, ids: Ids) -> set[str]:
        """The others who hold ids that make people one."""
        joining = (kind for kind in ids if self.kinds[kind].merges)
        held = (self.holder(kind, value) for kind in joining for value in ids[kind])
        return {holder for holder in held if holder is not None}

    def group(self, others: Iterable[str]) -> list[Person]:
        """The record's person and the others, who survives first."""
        people = (self.record, *(self.people[other] for other in others))
        return sorted(people, key=seniority)


def seniority(person: Person) -> tuple[bool, int, str]:
    """Sorts people by who survives: the oldest registration; walk-ins last; ties by id."""
    return person.registered_ms == 0, person.registered_ms, person.id


def wanted_keys(kinds: Mapping[str, IdKind], ids: Mapping[str, Sequence[str]]) -> list[str]:
    """The keys whose holders :func:`resolve` has to be told."""
    found, _ = _readable(kinds, ids)
    return [id_key(kind, value) for kind, values in found.items() for value in values]


def resolve(
    kinds: Mapping[str, IdKind],
    record: Person,
    ids: Mapping[str, Sequence[str]],
    holders: Mapping[str, str],
    people: Mapping[str, Person],
) -> Resolution:
    """Say whose ``ids`` are, that were given in a record of the person ``record``.

    ``kinds`` are those of the venue (``ground.kinds_of``). ``holders`` says by :func:`id_key`
    whose an id is, resolved through merges; ``people`` has all of those.
    """
    readable, left_out = _readable(kinds, ids)
    case = _Case(kinds, record, holders, people)
    kept = _within_limits(case, readable, left_out)
    others = case.others(kept)
    refused = _refused(case, others)
    group = case.group(() if refused else others)
    claims = _claimable(case, kept, {person.id for person in group}, left_out)
    return Resolution(
        survivor=group[0].id,
        claims=claims,
        merges=tuple(person.id for person in group[1:]),
        left_out=tuple(left_out),
        refused=refused,
    )


def _readable(
    kinds: Mapping[str, IdKind], ids: Mapping[str, Sequence[str]]
) -> tuple[Ids, list[LeftOut]]:
    """The ids as they are compared, the most trusted kind first; and what is none."""
    found: Ids = {}
    left_out: list[LeftOut] = []
    order = sorted(ids, key=lambda kind: (-kinds[kind].priority if kind in kinds else 1, kind))
    said = [(kind, value) for kind in order for value in ids[kind]]
    for kind, value in said[:RECORD_IDS_MAX]:
        if kind not in kinds:
            left_out.append(LeftOut(kind, value, "the venue has no such kind of id"))
            continue
        try:
            one = normalised(kinds[kind], value)
        except IdFault as fault:
            left_out.append(LeftOut(kind, value, fault.right))
            continue
        found = united_ids(found, {kind: (one,)})
    many = f"a record has at most {RECORD_IDS_MAX} ids"
    left_out += [LeftOut(kind, value, many) for kind, value in said[RECORD_IDS_MAX:]]
    return {kind: found[kind] for kind in order if kind in found}, left_out


def _within_limits(case: _Case, ids: Ids, left_out: list[LeftOut]) -> Ids:
    """The ids that one person can have, without the least trusted kinds if they cannot."""
    kept = dict(ids)
    while (kind := _exceeded(case, kept)) is not None:
        dropped = next(reversed(kept))
        most = case.kinds[kind].per_person
        why = f"with it one person would have more than {most} of {kind}"
        left_out += [LeftOut(dropped, value, why) for value in kept.pop(dropped)]
    return kept


def _exceeded(case: _Case, ids: Ids) -> str | None:
    """A kind of which the joined person would have too many because of these ids."""
    group = case.group(case.others(ids))
    inside = {person.id for person in group}
    joint: Ids = _claimable(case, ids, inside, [])
    for person in group:
        joint = united_ids(joint, person.ids)
    for kind, values in joint.items():
        own = len(case.record.ids.get(kind, ()))
        if kind in case.kinds and len(values) > max(own, case.kinds[kind].per_person):
            return kind
    return None


def _claimable(case: _Case, ids: Ids, inside: set[str], left_out: list[LeftOut]) -> Ids:
    """Those ids that nobody outside of the group holds."""
    claims: Ids = {}
    for kind, values in ids.items():
        free = []
        for value in values:
            holder = case.holder(kind, value)
            if holder is None or holder in inside:
                free.append(value)
            else:
                left_out.append(LeftOut(kind, value, "it is somebody else's"))
        if free:
            claims[kind] = tuple(free)
    return claims


def _refused(case: _Case, others: set[str]) -> str | None:
    if len(others) > OTHERS_MAX:
        return f"one record would join {len(others)} other people: at most {OTHERS_MAX} are joined"
    if too_many(case.group(others)):
        return f"one person would be made of more than {MERGED_KEPT_MAX} others"
    return None


def claimed(person: Person, claims: Mapping[str, tuple[str, ...]]) -> Ids:
    """The person's ids with those that a record claims for them."""
    return united_ids(person.ids, claims)
