"""People in memory: those seen lately as values, others packed or pressed, the rest in the store.

A profile as a Python value is about ten times as large as its bytes, and those are four times as
large as when they are compressed. At an event most people are not at a reader right now.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec

from hub.core.state import Person

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Person).decode


PACKED_MAX: Final = 3_000
"""Most people whose bytes are kept as they are; those of others are compressed."""

FASTEST: Final = 1
"""How hard zlib tries: two thirds of what is to be gained for a third of the time."""


class People(Mapping[str, Person]):
    """Person by id. ``hot_max`` is how many are kept as values, ``total_max`` how many at all."""

    def __init__(self, hot_max: int, total_max: int) -> None:
        self._hot_max = hot_max
        self._total_max = total_max
        self._hot: dict[str, Person] = {}
        self._packed: dict[str, bytes] = {}
        self._pressed: dict[str, bytes] = {}

    def __getitem__(self, person: str) -> Person:
        found = self._hot.get(person)
        if found is None:
            found = self._hot[person] = _decode(self._bytes(person))
        return found

    def _bytes(self, person: str) -> bytes:
        packed = self._packed.get(person)
        return zlib.decompress(self._pressed[person]) if packed is None else packed

    def __contains__(self, person: object) -> bool:
        return person in self._hot or person in self._packed or person in self._pressed

    def __iter__(self) -> Iterator[str]:
        return iter(self._hot.keys() | self._packed.keys() | self._pressed.keys())

    def __len__(self) -> int:
        return len(self._hot.keys() | self._packed.keys() | self._pressed.keys())

    def peek(self, person: str) -> Person | None:
        """Look at somebody from another thread: nothing is moved."""
        found = self._hot.get(person)
        if found is not None:
            return found
        try:
            return _decode(self._bytes(person))
        except KeyError:
            return None

    def put(self, person: Person) -> None:
        """Take a new value."""
        self._hot[person.id] = person
        self._packed.pop(person.id, None)
        self._pressed.pop(person.id, None)

    def fill(self, people: Iterable[Person]) -> None:
        """Take people who were read from the store, to be decided about now."""
        for person in people:
            self._hot[person.id] = person

    def drop(self, person: str) -> None:
        """Forget somebody who is forgotten."""
        for kept in (self._hot, self._packed, self._pressed):
            kept.pop(person, None)

    def clear(self) -> None:
        """Forget everybody."""
        self._hot.clear()
        self._packed.clear()
        self._pressed.clear()

    def make_room(self) -> None:
        """Pack the values that came first, press what was packed first, then let go of some."""
        surplus = len(self._hot) - self._hot_max
        if surplus > 0:
            for person in list(self._hot)[: surplus + self._hot_max // 4]:
                value = self._hot.pop(person)
                if person not in self._packed and person not in self._pressed:
                    self._packed[person] = _encode(value)
        surplus = len(self._packed) - PACKED_MAX
        if surplus > 0:
            for person in list(self._packed)[: surplus + PACKED_MAX // 20]:
                self._pressed[person] = zlib.compress(self._packed.pop(person), FASTEST)
        surplus = len(self._packed) + len(self._pressed) - self._total_max
        if surplus > 0:
            oldest = [*self._pressed, *self._packed]
            for person in oldest[: surplus + self._total_max // 10]:
                self._pressed.pop(person, None)
                self._packed.pop(person, None)
