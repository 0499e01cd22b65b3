"""What somebody did and said is kept packed, for the one case that asks for it again: a merge."""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from hub.core import events as ev

KEPT: Final = (ev.Tapped, ev.Moved, ev.Registered, ev.Merged, ev.Unmerged)
"""Events that tell of a person; nothing of the others is folded again."""

LENGTH_BYTES: Final = 4
"""Before each event stands how long it is."""

_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(ev.Event).decode


class History:
    """The own events of everybody, by the id that they were told with: some 70 bytes each."""

    def __init__(self) -> None:
        self._packed: dict[str, bytearray] = {}

    def keep(self, person: str, event: ev.Event) -> None:
        """Keep one more event of somebody."""
        if isinstance(event, KEPT):
            body = _pack(event)
            packed = self._packed.get(person)
            if packed is None:
                packed = self._packed[person] = bytearray()
            packed += len(body).to_bytes(LENGTH_BYTES) + body

    def forget(self, persons: Iterable[str]) -> None:
        """Keep nothing of these any more."""
        for person in persons:
            self._packed.pop(person, None)

    def of(self, persons: Iterable[str]) -> Mapping[str, tuple[ev.Event, ...]]:
        """The events of these ids, in the order in which they were told."""
        return {person: self._events(person) for person in persons if person in self._packed}

    def _events(self, person: str) -> tuple[ev.Event, ...]:
        packed, at, found = self._packed[person], 0, []
        while at < len(packed):
            begins = at + LENGTH_BYTES
            at = begins + int.from_bytes(packed[at:begins])
            found.append(_unpack(packed[begins:at]))
        return tuple(found)
