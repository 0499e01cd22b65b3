"""Two histories of one person: every instant counts, whichever of the two it was known of."""

from collections.abc import Mapping, Sequence
from heapq import merge

from msgspec.structs import replace

from hub.core import profile
from hub.core.state import STAYS_KEPT_MAX, VISITS_KEPT_MAX, Person, Stay


def earliest_ms(*instants_ms: int) -> int:
    """The earliest instant; 0, which stands for never, is none."""
    return min((one for one in instants_ms if one), default=0)


def united_history(mine: Person, theirs: Person) -> Person:
    """What two people did and said as one person's; all else is as ``mine`` has it.

    They are where they went last; the stay that went on elsewhere ends then.
    """
    earlier, later = sorted((mine, theirs), key=lambda one: (one.place is not None, one.since_ms))
    if earlier.place is not None:
        earlier = profile.left(earlier, later.since_ms)
    return replace(
        mine,
        taps=_united_times(mine.taps, theirs.taps),
        visits=_united_times(mine.visits, theirs.visits),
        stays=_united_stays(earlier.stays, later.stays),
        place=later.place,
        since_ms=later.since_ms,
        registered_ms=earliest_ms(mine.registered_ms, theirs.registered_ms),
        first_ms=earliest_ms(mine.first_ms, theirs.first_ms),
        consents=strictest(mine, theirs),
        asked_ms=max(mine.asked_ms, theirs.asked_ms),
    )


def strictest(mine: Person, theirs: Person) -> frozenset[str]:
    """What both consent to; one who was never asked has no say."""
    if not mine.asked_ms or not theirs.asked_ms:
        return mine.consents if mine.asked_ms else theirs.consents
    return mine.consents & theirs.consents


def _united_times(
    mine: Mapping[str, tuple[int, ...]], theirs: Mapping[str, tuple[int, ...]]
) -> dict[str, tuple[int, ...]]:
    return {
        place: tuple(merge(mine.get(place, ()), theirs.get(place, ())))[-VISITS_KEPT_MAX:]
        for place in {**mine, **theirs}
    }


def _united_stays(
    mine: Mapping[str, tuple[Stay, ...]], theirs: Mapping[str, tuple[Stay, ...]]
) -> dict[str, tuple[Stay, ...]]:
    found = {}
    for place in {**mine, **theirs}:
        both = (*mine.get(place, ()), *theirs.get(place, ()))
        found[place] = bounded_stays(sorted(both, key=lambda stay: (stay.until_ms, stay.from_ms)))
    return found


def bounded_stays(stays: Sequence[Stay]) -> tuple[Stay, ...]:
    """Join the oldest stays into one of the same total length when there are too many."""
    extra = len(stays) - STAYS_KEPT_MAX
    if extra <= 0:
        return tuple(stays)
    old = stays[: extra + 1]
    length_ms = sum(stay.until_ms - stay.from_ms for stay in old)
    return (Stay(old[-1].until_ms - length_ms, old[-1].until_ms), *stays[extra + 1 :])
