"""A goal is reached by a visit, or by a reward handed over, after the exposure and soon enough.

Instants are Unix ms (UTC). What happens at the instant of the exposure itself is its cause, not its
effect: it does not count.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence

from hub.core.document import Goal
from hub.core.spans import duration_ms
from hub.experiments.exposures import Exposure
from hub.experiments.intervals import Share
from hub.insight.movements import Movements
from hub.store.insight.experiments_reads import RedeemedLine

Instants = Mapping[str, Sequence[int]]
"""Person to when they did it, ascending."""


def visits_to(movements: Movements, places: Collection[str]) -> dict[str, dict[str, list[int]]]:
    """Return place to person to the instants of visits, ascending."""
    numbers = {number: id_ for number, id_ in enumerate(movements.places) if id_ in places}
    found: dict[str, dict[str, list[int]]] = {place: {} for place in places}
    for person, visits in movements.people():
        for visit in visits:
            place = numbers.get(visit.place)
            if place is not None:
                found[place].setdefault(person, []).append(visit.at_ms)
    return found


def redemptions_of(
    lines: Iterable[RedeemedLine], aliases: Mapping[str, str], pools: Collection[str]
) -> dict[str, dict[str, list[int]]]:
    """Return pool to person to the instants at which a reward was handed over, ascending."""
    found: dict[str, dict[str, list[int]]] = {pool: {} for pool in pools}
    for line in lines:
        if line.pool in found:
            person = aliases.get(line.person, line.person)
            found[line.pool].setdefault(person, []).append(line.at_ms)
    for by_person in found.values():
        for instants in by_person.values():
            instants.sort()
    return found


def has_reached(exposure: Exposure, did: Instants, within_ms: int) -> bool:
    """Say whether somebody did it after their exposure, at most ``within_ms`` later."""
    mine = did.get(exposure.person, ())
    after = bisect_right(mine, exposure.at_ms)
    return after < len(mine) and mine[after] <= exposure.at_ms + within_ms


def share_of(exposed: Sequence[Exposure], did: Instants, within_ms: int) -> Share:
    """Return how many of those exposed reached the goal."""
    reached = sum(has_reached(one, did, within_ms) for one in exposed)
    return Share(reached, len(exposed))


def within_of(goal: Goal) -> int:
    """Return how soon a goal has to be reached, in ms."""
    return duration_ms(goal.within)
