"""When a rule's trigger became true, and the clause that says what was seen."""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from hub.core import document as doc
from hub.core.compiled import Compiled, CompiledRule, Counting
from hub.core.outcome import Clause
from hub.core.profile import dwell_ms
from hub.core.spans import clock_time, spell
from hub.core.state import Person
from hub.core.windows import (
    Times,
    count_within,
    crossings,
    distinct_crossings,
    inside,
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
        at_ms, window, history = self.at_ms, compiled.window_ms, self.person.visits
        visits = places = 0
        is_newest = True
        for place in compiled.places:
            times = history.get(place)
            if times is None:
                continue
            is_newest = is_newest and times[-1] <= at_ms
            counted = count_within(times, at_ms, window)
            visits += counted
            places += counted > 0
        return Tally(is_newest, visits, places)

    def is_first(self, window_ms: int | None) -> bool:
        """Whether the place was not visited before inside the window; asked of a newest visit."""
        times = self.person.visits[self.place]
        earlier = times[-2] if len(times) > 1 else None
        return earlier is None or (window_ms is not None and earlier <= self.at_ms - window_ms)

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
        if distinct and visit.is_first(distinct[0].window_ms):
            yield from ((rule, (visit.at_ms,)) for rule in distinct)


def _crossed(compiled: CompiledRule, visit: Visit) -> Times:
    """The instants that a visit which arrived late adds: all histories with and without it."""
    return newly_crossed(
        _crossings(compiled, _histories(compiled, visit.without())),
        _crossings(compiled, _histories(compiled, visit.person.visits)),
    )


def _histories(compiled: CompiledRule, visits: Mapping[str, Times]) -> dict[str, Times]:
    return {place: visits[place] for place in compiled.places if place in visits}


def _crossings(compiled: CompiledRule, histories: Mapping[str, Times]) -> Times:
    if isinstance(compiled.rule.when, doc.OnVisits):
        return crossings(merged(histories.values()), compiled.count, compiled.window_ms)
    return distinct_crossings(histories, compiled.count, compiled.window_ms)


def clause(rules: Compiled, compiled: CompiledRule, person: Person, at_ms: int) -> Clause:
    """What the trigger asks, whether it held at ``at_ms``, and the values it saw."""
    match compiled.rule.when:
        case doc.OnVisits():
            return _visits_clause(rules, compiled, person, at_ms)
        case doc.OnDistinct():
            return _distinct_clause(compiled, person, at_ms)
        case doc.OnDwell(place=place):
            spent = dwell_ms(person, place, at_ms)
            text = f"has spent {spell(compiled.at_least_ms)} at {place}, and is still there"
            held = spent >= compiled.at_least_ms and person.place == place
            return Clause(text, held, f"{spell(spent)}, now {person.place or 'nowhere'}")
        case doc.OnVisit(place=place):
            return _visit_clause(rules, compiled, person, place, at_ms)
        case doc.OnTap(place=place):
            taps = inside(person.taps.get(place, ()), at_ms, None)
            saw = _instants(rules, taps)
            return Clause(f"taps at {place}", bool(taps) and taps[-1] == at_ms, saw)
        case _:
            place = compiled.places[0]
            return Clause(f"is at {place}", person.place == place, person.place or "nowhere")


def _visit_clause(
    rules: Compiled, compiled: CompiledRule, person: Person, place: str, at_ms: int
) -> Clause:
    least = f" for {spell(compiled.at_least_ms)}" if compiled.at_least_ms else ""
    visits = inside(person.visits.get(place, ()), at_ms, None)
    if compiled.by_tap:
        held = bool(visits) and visits[-1] == at_ms
    else:
        held = person.place == place and at_ms - person.since_ms >= compiled.at_least_ms
    return Clause(f"visits {place}{least}", held, _instants(rules, visits))


def _window(compiled: CompiledRule) -> str:
    return "the event" if compiled.window_ms is None else spell(compiled.window_ms)


def _visits_clause(rules: Compiled, compiled: CompiledRule, person: Person, at_ms: int) -> Clause:
    times = merged(_histories(compiled, person.visits).values())
    seen = inside(times, at_ms, compiled.window_ms)
    where = getattr(compiled.rule.when, "group", None) or compiled.places[0]
    text = f"{compiled.count} visits at {where} within {_window(compiled)}"
    return Clause(text, len(seen) >= compiled.count, _instants(rules, seen))


def _distinct_clause(compiled: CompiledRule, person: Person, at_ms: int) -> Clause:
    histories = _histories(compiled, person.visits)
    seen = sorted(
        place
        for place, times in histories.items()
        if count_within(times, at_ms, compiled.window_ms)
    )
    group = getattr(compiled.rule.when, "group", "")
    text = f"{compiled.count} different places of {group} within {_window(compiled)}"
    saw = f"{len(seen)} of {len(compiled.places)}: {', '.join(seen) or 'none'}"
    return Clause(text, len(seen) >= compiled.count, saw)


def _instants(rules: Compiled, times: Times) -> str:
    if not times:
        return "none"
    shown = ", ".join(clock_time(at_ms, rules.zone) for at_ms in times[-5:])
    return f"{len(times)}: {'... ' if len(times) > 5 else ''}{shown}"  # noqa: PLR2004 - a line's worth
