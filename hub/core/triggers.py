"""Which counting rules a visit makes true, and at which instants."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from hub.core import document as doc
from hub.core.periods import Window
from hub.core.plan import CompiledRule, Counting
from hub.core.state import Person
from hub.core.windows import (
    Times,
    crossings,
    distinct_crossings,
    merged,
    newly_crossed,
)


class Tally(Struct, frozen=True):
    """What lies inside a window at a visit: how many visits, at how many places."""

    is_newest: bool
    """Whether nothing in these histories is dated after the visit."""
    visits: int
    places: int


class Visit:
    """A visit that has just been noted."""

    __slots__ = ("at_ms", "person", "place")

    def __init__(self, person: Person, place: str, at_ms: int) -> None:
        self.person = person
        self.place = place
        self.at_ms = at_ms

    def tally(self, compiled: CompiledRule) -> Tally:
        """Count for all rules with the places and the window of this one."""
        at_ms, history = self.at_ms, self.person.visits
        after_ms = compiled.window.after_ms(at_ms)
        visits = places = 0
        is_newest = True
        for place in compiled.places:
            times = history.get(place)
            if times is None:
                continue
            if times[-1] <= at_ms:
                upto = len(times)
            else:
                is_newest, upto = False, bisect_right(times, at_ms)
            first = 0 if times[0] > after_ms else bisect_right(times, after_ms, 0, upto)
            counted = upto - first
            visits += counted
            places += counted > 0
        return Tally(is_newest, visits, places)

    def is_first(self, window: Window) -> bool:
        """Whether the place was not visited before inside the window; asked of a newest visit."""
        times = self.person.visits[self.place]
        earlier = times[-2] if len(times) > 1 else None
        return earlier is None or earlier <= window.after_ms(self.at_ms)

    def without(self) -> Mapping[str, Times]:
        """The visits as they were before this one."""
        times = list(self.person.visits[self.place])
        if self.at_ms in times:  # else it was older than all that are kept
            times.remove(self.at_ms)
        return {**self.person.visits, self.place: tuple(times)}


def touched(counting: Iterable[Counting], visit: Visit) -> Iterator[tuple[CompiledRule, Times]]:
    """The rules that a visit makes true, with the instants: one at most for the newest visit.

    A visit that is the newest of the histories that a rule counts costs a look-up of the count it
    has reached; one that arrives late compares the whole histories with and without it.
    """
    for same in counting:
        tally = visit.tally(same.rules[0])
        if not tally.is_newest:
            yield from ((rule, _crossed(rule, visit)) for rule in same.rules)
            continue
        for rule in same.by_visits.get(tally.visits, ()):
            yield rule, (visit.at_ms,)
        distinct = same.by_places.get(tally.places)
        if distinct and visit.is_first(distinct[0].window):
            yield from ((rule, (visit.at_ms,)) for rule in distinct)


def _crossed(compiled: CompiledRule, visit: Visit) -> Times:
    """The instants that a visit which arrived late adds: all histories with and without it."""
    return newly_crossed(
        crossings_of(compiled, visit.without()),
        crossings_of(compiled, visit.person.visits),
    )


def histories(compiled: CompiledRule, visits: Mapping[str, Times]) -> dict[str, Times]:
    """The visits to the places of a rule."""
    return {place: visits[place] for place in compiled.places if place in visits}


def crossings_of(compiled: CompiledRule, visits: Mapping[str, Times]) -> Times:
    """The instants at which these visits make a counting rule true."""
    mine = histories(compiled, visits)
    if isinstance(compiled.rule.when, doc.OnVisits):
        return crossings(merged(mine.values()), compiled.count, compiled.window)
    return distinct_crossings(mine, compiled.count, compiled.window)


def visits_of(compiled: CompiledRule, person: Person) -> Times:
    """The visits to the places of a rule, or anywhere for one that is about no place."""
    if compiled.places:
        return merged(histories(compiled, person.visits).values())
    return merged(person.visits.values())
