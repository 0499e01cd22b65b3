"""People in memory: those seen lately as values, the others packed, the rest in the store.

A profile as a Python value is about ten times as large as its bytes, and at an event most people
are not at a reader right now.
"""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from hub.core.state import Person

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Person).decode


class People(Mapping[str, Person]):
    """Person by id. ``hot_max`` is how many are kept as values, ``total_max`` how many at all."""

    def __init__(self, hot_max: int, total_max: int) -> None:
        self._hot_max = hot_max
        self._total_max = total_max
        self._hot: dict[str, Person] = {}
        self._packed: dict[str, bytes] = {}

    def __getitem__(self, person: str) -> Person:
        found = self._hot.get(person)
        if found is None:
            found = self._hot[person] = _decode(self._packed[person])
        return found

    def __contains__(self, person: object) -> bool:
        return person in self._hot or person in self._packed

    def __iter__(self) -> Iterator[str]:
        return iter(self._hot.keys() | self._packed.keys())

    def __len__(self) -> int:
        return len(self._hot.keys() | self._packed.keys())

    def peek(self, person: str) -> Person | None:
        """Look at somebody from another thread: nothing is moved."""
        found = self._hot.get(person)
        if found is not None:
            return found
        packed = self._packed.get(person)
        return None if packed is None else _decode(packed)

    def put(self, person: Person) -> None:
        """Take a new value."""
        self._hot[person.id] = person
        self._packed.pop(person.id, None)

    def fill(self, people: Iterable[Person]) -> None:
        """Take people who were read from the store, to be decided about now."""
        for person in people:
            self._hot[person.id] = person

    def drop(self, person: str) -> None:
        """Forget somebody who is forgotten."""
        self._hot.pop(person, None)
        self._packed.pop(person, None)

    def clear(self) -> None:
        """Forget everybody."""
        self._hot.clear()
        self._packed.clear()

    def make_room(self) -> None:
        """Pack the values that came first, then let those go who were packed first."""
        surplus = len(self._hot) - self._hot_max
        if surplus > 0:
            for person in list(self._hot)[: surplus + self._hot_max // 4]:
                if person not in self._packed:
                    self._packed[person] = _encode(self._hot[person])
                del self._hot[person]
        surplus = len(self._packed) - self._total_max
        if surplus > 0:
            for person in list(self._packed)[: surplus + self._total_max // 10]:
                del self._packed[person]
