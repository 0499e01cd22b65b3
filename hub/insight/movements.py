"""One pass over the log gives every visit, packed: twenty bytes each, no object for a row.

A visit is what the core calls one: each tap where visits are by tap, each entering where they are
by presence. Somebody is at one place at a time: entering another ends a stay, ``left`` another
place than where they are is no news. Rows of one id are taken in the order of the log; people who
were merged are one. Places that the document in force does not have count nowhere.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct

from hub.core.document import Venue
from hub.store.insight import Move

OPEN: Final = -1
"""The stay still goes on, or nobody knows when it ended."""
TAP: Final = -2
"""A tap has no end."""


class Visit(Struct, frozen=True, array_like=True):
    """Somebody came to a place; ``until_ms`` is OPEN or TAP when there is no end."""

    at_ms: int
    place: int
    """Number of the place in the document."""
    until_ms: int

    @property
    def dwell_ms(self) -> int | None:
        """How long they stayed, when that is known."""
        return self.until_ms - self.at_ms if self.until_ms >= 0 else None


class _Packed:
    """The visits of one person."""

    __slots__ = ("at", "place", "until")

    def __init__(self) -> None:
        self.at = array("q")
        self.place = array("i")
        self.until = array("q")


class Movements:
    """Who was where when, from ``since_ms`` on; occupancy knows what was before, too."""

    def __init__(
        self, venue: Venue, aliases: Mapping[str, str], since_ms: int | None = None
    ) -> None:
        self.places: Final = tuple(place.id for place in venue.places)
        self.by_tap: Final = tuple(place.visits_by == "tap" for place in venue.places)
        self._number = {place: number for number, place in enumerate(self.places)}
        self._aliases = aliases
        self._since_ms = since_ms
        self._people: dict[str, _Packed] = {}
        self._now: dict[str, tuple[int, int, int]] = {}
        """Raw id to place, since when, and the number of the visit or OPEN."""
        self._changes: tuple[array[int], ...] = tuple(array("q") for _ in self.places)

    def take(self, moves: Iterable[Move]) -> "Movements":
        """Take in rows in the order of the log."""
        for move in moves:
            place = self._number.get(move.place)
            if move.kind == "tapped":
                if place is not None and self.by_tap[place]:
                    self._visit(move, place, TAP)
            else:
                self._moved(move, place)
        return self

    def people(self) -> Iterator[tuple[str, list[Visit]]]:
        """Yield each person with their visits by time; those of one instant as they were logged."""
        for person, packed in self._people.items():
            order = sorted(range(len(packed.at)), key=packed.at.__getitem__)
            yield person, [Visit(packed.at[n], packed.place[n], packed.until[n]) for n in order]

    def changes(self, place: int) -> list[tuple[int, int]]:
        """Return (instant, +1 or -1) of a place, ascending; of one instant leaving comes first."""
        return [(code // 2, 1 if code % 2 else -1) for code in sorted(self._changes[place])]

    def span(self) -> tuple[int, int] | None:
        """Return the first and the last instant of a visit."""
        firsts = [min(packed.at) for packed in self._people.values() if packed.at]
        lasts = [max(packed.at) for packed in self._people.values() if packed.at]
        return (min(firsts), max(lasts)) if firsts else None

    def _moved(self, move: Move, place: int | None) -> None:
        now = self._now.get(move.person)
        if now is not None and not (move.kind == "left" and place != now[0]):
            self._leave(move, *now)
        if move.kind == "entered" and place is not None:
            visit = OPEN if self.by_tap[place] else self._visit(move, place, OPEN)
            self._now[move.person] = (place, move.at_ms, visit)
            self._changes[place].append(move.at_ms * 2 + 1)

    def _leave(self, move: Move, place: int, since_ms: int, visit: int) -> None:
        del self._now[move.person]
        until_ms = max(move.at_ms, since_ms)
        if visit != OPEN:
            self._people[self._who(move)].until[visit] = until_ms

        self._changes[place].append(until_ms * 2)

    def _visit(self, move: Move, place: int, until_ms: int) -> int:
        if self._since_ms is not None and move.at_ms < self._since_ms:
            return OPEN
        packed = self._people.setdefault(self._who(move), _Packed())
        packed.at.append(move.at_ms)
        packed.place.append(place)
        packed.until.append(until_ms)
        return len(packed.at) - 1

    def _who(self, move: Move) -> str:
        return self._aliases.get(move.person, move.person)
