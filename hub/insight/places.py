"""What each place saw: who came, how often, how long they stayed, how full it was.

``repeat_share`` is the share of visitors with more than one visit. Dwell is of visits that began in
the stretch and have ended. How full it was follows from presence alone, also at places where visits
are taps: ``present_most`` is the highest number at any instant of a bucket, ``present_end`` the
number when it is over.
"""

from array import array
from collections import Counter
from dataclasses import dataclass

from hub.core.document import Place, Venue
from hub.insight.measures import quantile, share
from hub.insight.movements import Movements
from hub.insight.spans import NO_BUCKETS, Asked, Buckets, buckets


@dataclass(frozen=True, slots=True)
class PlaceReport:
    """One place; the lists have a number for each bucket of the report."""

    place: str
    name: str
    visits_by: str
    visits: int
    visitors: int
    repeat_visitors: int
    repeat_share: float | None
    stays: int
    dwell_median_ms: int | None
    dwell_p90_ms: int | None
    present_max: int
    visits_over_time: list[int]
    present_most: list[int]
    present_end: list[int]


@dataclass(frozen=True, slots=True)
class PlacesReport:
    """Every place of the document in its order."""

    width: str
    starts_ms: list[int]
    places: list[PlaceReport]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one pass over the visits finds for each place."""

    visits: list[Counter[int]]
    """Number of the bucket to how many."""
    visitors: list[int]
    repeating: list[int]
    dwells: list["array[int]"]


def report(venue: Venue, movements: Movements, asked: Asked) -> PlacesReport:
    """Work everything out.

    Raises:
        TooManyBuckets: the width that is asked for is too short.
    """
    cut = _buckets(venue, movements, asked)
    seen = _seen(movements, cut)
    places = [_place(place, n, movements, cut, seen) for n, place in enumerate(venue.places)]
    return PlacesReport(cut.width, list(cut.starts_ms), places)


def _buckets(venue: Venue, movements: Movements, asked: Asked) -> Buckets:
    span = movements.span()
    if span is None:
        return NO_BUCKETS
    ends = [at_ms for n in range(len(venue.places)) for at_ms, _ in movements.changes(n)[-1:]]
    return buckets(span[0], max(span[1], *ends, span[1]), venue.event.zone, asked.width)


def _seen(movements: Movements, cut: Buckets) -> _Seen:
    count = len(movements.places)
    seen = _Seen([Counter() for _ in range(count)], [0] * count, [0] * count,
                 [array("q") for _ in range(count)])  # fmt: skip
    for _, visits in movements.people():
        often = Counter(visit.place for visit in visits)
        for place, times in often.items():
            seen.visitors[place] += 1
            seen.repeating[place] += times > 1
        for visit in visits:
            seen.visits[visit.place][cut.index(visit.at_ms)] += 1
            if visit.dwell_ms is not None:
                seen.dwells[visit.place].append(visit.dwell_ms)
    return seen


def _place(
    place: Place, number: int, movements: Movements, cut: Buckets, seen: _Seen
) -> PlaceReport:
    visits, dwells = seen.visits[number], sorted(seen.dwells[number])
    most, end = occupancy(movements.changes(number), cut)
    visitors, repeating = seen.visitors[number], seen.repeating[number]
    return PlaceReport(
        place=place.id, name=place.name, visits_by=place.visits_by,
        visits=visits.total(), visitors=visitors, repeat_visitors=repeating,
        repeat_share=share(repeating, visitors), stays=len(dwells),
        dwell_median_ms=quantile(dwells, 0.5), dwell_p90_ms=quantile(dwells, 0.9),
        present_max=max(most, default=0),
        visits_over_time=[visits[index] for index in range(len(cut.starts_ms))],
        present_most=most, present_end=end,
    )  # fmt: skip


def occupancy(changes: list[tuple[int, int]], cut: Buckets) -> tuple[list[int], list[int]]:
    """Return for each bucket the most who were there at an instant, and how many at its end.

    ``changes`` ascend; those of one instant are one change.
    """
    steps: Counter[int] = Counter()
    for at_ms, change in changes:
        steps[at_ms] += change
    instants = sorted(steps)
    most, end = [], []
    now = position = 0
    for starts_ms, next_ms in zip(cut.starts_ms, (*cut.starts_ms, None)[1:], strict=True):
        while position < len(instants) and instants[position] <= starts_ms:
            now += steps[instants[position]]
            position += 1
        highest = now
        while position < len(instants) and (next_ms is None or instants[position] < next_ms):
            now += steps[instants[position]]
            highest = max(highest, now)
            position += 1
        most.append(highest)
        end.append(now)
    return most, end
