"""A flow goes from the last visit at one place to the next at another, on the same venue day.

People are counted once for each pair of places, however often they went; ``moves``
counts each time.
"""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from zoneinfo import ZoneInfo

from hub.insight.movements import Movements
from hub.insight.spans import day_of


@dataclass(frozen=True, slots=True)
class FlowsReport:
    """Both matrices: row from, column to, in the order of ``places``; the diagonal is 0."""

    places: list[str]
    people: list[list[int]]
    moves: list[list[int]]


def report(movements: Movements, zone: str) -> FlowsReport:
    """Count who went from where to where next."""
    where = ZoneInfo(zone)
    people: Counter[tuple[int, int]] = Counter()
    moves: Counter[tuple[int, int]] = Counter()
    for _, visits in movements.people():
        went = [
            (one.place, then.place)
            for one, then in pairwise(visits)
            if one.place != then.place and day_of(one.at_ms, where) == day_of(then.at_ms, where)
        ]
        moves.update(went)
        people.update(set(went))
    numbers = range(len(movements.places))
    return FlowsReport(
        places=list(movements.places),
        people=[[people[one, then] for then in numbers] for one in numbers],
        moves=[[moves[one, then] for then in numbers] for one in numbers],
    )
