"""Who would be one with whom, asked of the store without changing it; the engine decides later.

What earlier records of the same file claim counts for the later ones, as it will.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from hub.core.document import IdKind
from hub.core.people.identity import resolve, wanted_keys
from hub.core.people.normalise import id_key
from hub.core.people.refold import united_ids
from hub.core.state import Person
from hub.store import Store
from hub.store.people import NewPerson


class Join(Struct, frozen=True):
    """A record would join its person with others; ``refused`` says why it will not after all."""

    line: int
    name: str
    others: tuple[str, ...] = ()
    """Their names, or ids where they have none."""
    refused: str = ""
    left_out: tuple[str, ...] = ()
    """Kinds of id that would not be theirs, each with the reason."""


class Joining:
    """Foresees merges over the records of one file."""

    def __init__(self, store: Store, kinds: Mapping[str, IdKind], now_ms: int) -> None:
        self._store = store
        self._kinds = kinds
        self._now_ms = now_ms
        self._holders: dict[str, str] = {}
        self._people: dict[str, Person] = {}
        self._names: dict[str, str] = {}
        self._into: dict[str, str] = {}

    def foresee(self, some: Sequence[tuple[int, NewPerson, str]]) -> list[Join]:
        """Say for records - line, person, and as whom they are known or "" - what is of note."""
        wanted = {key for _, new, _ in some for key in wanted_keys(self._kinds, new.ids)}
        held = self._store.load_ids(wanted - self._holders.keys())
        self._holders |= held
        absent = {*held.values(), *(known for _, _, known in some if known)} - self._people.keys()
        self._people |= self._store.load_people(absent)
        found = [self._one(*one) for one in some]
        return [join for join in found if join.others or join.refused or join.left_out]

    def _one(self, line: int, new: NewPerson, known: str) -> Join:
        person = self._end(known or f"{new.source_key}")
        self._names.setdefault(person, new.name)
        record = self._people.get(person) or Person(person, registered_ms=self._now_ms)
        self._people[person] = record
        keys = [key for key in wanted_keys(self._kinds, new.ids) if key in self._holders]
        holders = {key: self._end(self._holders[key]) for key in keys}
        others = {one: self._people.get(one) or Person(one) for one in holders.values()}
        said = resolve(self._kinds, record, new.ids, holders, others)
        joined = record
        for other in {said.survivor, *said.merges} - {person}:
            joined = replace(joined, ids=united_ids(joined.ids, others[other].ids))
        ids = united_ids(joined.ids, said.claims)
        survivor = others.get(said.survivor, record)
        self._people[said.survivor] = replace(survivor, ids=ids)
        for kind, values in said.claims.items():
            self._holders.update((id_key(kind, value), said.survivor) for value in values)
        self._into.update(dict.fromkeys(said.merges, said.survivor))
        one_with = sorted({said.survivor, *said.merges} - {person})
        return Join(
            line, new.name, tuple(self._name(one) for one in one_with), said.refused or "",
            tuple(f"{one.kind}: {one.reason}" for one in said.left_out),
        )  # fmt: skip

    def _end(self, person: str) -> str:
        while person in self._into:
            person = self._into[person]
        return person

    def _name(self, person: str) -> str:
        if person not in self._names:
            info = self._store.people.get(person)
            self._names[person] = f"{info.name} ({person})" if info else person
        return self._names[person]
