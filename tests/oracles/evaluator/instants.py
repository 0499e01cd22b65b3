"""At which instants a trigger was true for somebody, read off the history as it is known now.

``happened`` are the instants that are found when an event becomes known; ``fallen`` are those that
come by themselves, past and future ones that are certain if nothing else happens.
"""

from collections.abc import Iterator
from itertools import zip_longest

from hub.core import document as doc
from tests.oracles.evaluator.conditions import places_of
from tests.oracles.evaluator.spans import duration_ms, inside
from tests.oracles.evaluator.view import View, gather


def happened(when: doc.Trigger, view: View, venue: doc.Venue) -> set[int]:
    """The instants at which the trigger was true, of those that an event of theirs makes."""
    match when:
        case doc.OnTap(place):
            return set(view.taps.get(place, ()))
        case doc.OnVisit(place, group, None):
            return set(gather(view.visits, places_of(venue, place, group)))
        case doc.OnLeft(place, group, at_least):
            long_ms = duration_ms(at_least or "0ms")
            stays = [
                stay for at in _present(venue, place, group) for stay in view.stays.get(at, ())
            ]
            return {until for since, until in stays if until - since >= long_ms}
        case doc.OnLeftVenue():
            return set(view.left_ms)
        case doc.OnVisits():
            return set(_crossings(when, view, venue))
        case doc.OnDistinct():
            return set(_tours(when, view, venue))
        case doc.OnSequence():
            return set(_sequences(when, view, venue.event.zone))
    return set()


def _present(venue: doc.Venue, place: str | None, group: str | None) -> list[str]:
    by_presence = {one.id for one in venue.places if one.visits_by == "presence"}
    return [one for one in places_of(venue, place, group) if one in by_presence]


def _crossings(when: doc.OnVisits, view: View, venue: doc.Venue) -> Iterator[int]:
    times = gather(view.visits, places_of(venue, when.place, when.group))
    for at_ms in times:
        counted = [t for t in times if inside(when.within, t, at_ms, venue.event.zone)]
        before = [t for t in counted if t < at_ms]
        if len(before) < when.count <= len(counted):
            yield at_ms


def _tours(when: doc.OnDistinct, view: View, venue: doc.Venue) -> Iterator[int]:
    places = places_of(venue, None, when.group)
    count = when.count or len(places)
    for at_ms in gather(view.visits, places):
        counted = [
            (t, place)
            for place in places
            for t in view.visits.get(place, ())
            if inside(when.within, t, at_ms, venue.event.zone)
        ]
        before = {place for t, place in counted if t < at_ms}
        if len(before) < count <= len({place for _, place in counted}):
            yield at_ms


def _sequences(when: doc.OnSequence, view: View, zone: str) -> Iterator[int]:
    firsts = view.visits.get(when.first, ())
    for at_ms in view.visits.get(when.then, ()):
        if any(t < at_ms and inside(when.within, t, at_ms, zone) for t in firsts):
            yield at_ms


def fallen(when: doc.Trigger, view: View, venue: doc.Venue) -> set[int]:
    """The instants at which the trigger is true by time alone, as far as is known now."""
    match when:
        case doc.OnVisit(place, group, str() as at_least):
            long_ms = duration_ms(at_least)
            stays = view.lengths(_present(venue, place, group))
            return {s + long_ms for s, until in stays if until is None or until > s + long_ms}
        case doc.OnDwell(place, at_least):
            return set(_dwelt(view.lengths([place]), duration_ms(at_least)))
        case doc.OnWithout(first, then, within):
            long_ms = duration_ms(within)
            others = view.visits.get(then, ())
            return {
                at_ms + long_ms
                for at_ms in view.visits.get(first, ())
                if not any(at_ms < t <= at_ms + long_ms for t in others)
            }
        case doc.OnAbsent(place, group, str() as long):
            times = gather(view.visits, places_of(venue, place, group))
            return set(_missed(times, view.first_ms, duration_ms(long)))
    return set()


def _missed(times: list[int], first_ms: int | None, long_ms: int) -> Iterator[int]:
    """So long after the last visit there; and after the first anywhere, when none came before."""
    if times:
        yield times[-1] + long_ms
    if first_ms is not None and not any(t <= first_ms + long_ms for t in times):
        yield first_ms + long_ms


def _dwelt(stays: list[tuple[int, int | None]], long_ms: int) -> Iterator[int]:
    """The first instant at which they are there and all stays together have lasted so long.

    Stays of two who are one may lie over each other; each counts.
    """
    edges = sorted({edge for stay in stays for edge in stay if edge is not None})
    for from_ms, until_ms in zip_longest(edges, edges[1:]):
        total = sum(min(from_ms, from_ms if u is None else u) - s for s, u in stays if s < from_ms)
        there = sum(s <= from_ms and (u is None or u > from_ms) for s, u in stays)
        if there:
            reached_ms = from_ms + max(0, -((total - long_ms) // there))
            if until_ms is None or reached_ms < until_ms:
                yield reached_ms
                return
