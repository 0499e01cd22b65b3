"""Reads what lies inside a window at an instant, and what is known of later and does not yet.

Somebody may be asked about as of an instant before the last one that is known of them: of a timer
that is looked at late, or after a reader whose clock is a little ahead.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Final, NamedTuple

from hub.core.asking.node import earliest
from hub.core.asking.view import View
from hub.core.periods import Window
from hub.core.state import Person

Times = tuple[int, ...]

Item = tuple[int, int, str]
"""One that counts: since when it does, what it is worth, where. A plain tuple is made quickest."""


class Seen(NamedTuple):
    """What lies inside: ascending, with the stay that goes on, which never leaves."""

    items: list[Item]
    next_ms: int | None = None
    """The next instant at which something known comes inside, or ends."""
    since_ms: int | None = None
    """When the stay that goes on began."""
    place: str = ""
    """Where it goes on."""


Read = Callable[[View], Seen]

_end: Final = attrgetter("until_ms")
_earned: Final = attrgetter("at_ms")


def instants(
    histories: Callable[[Person], Mapping[str, Times]], places: tuple[str, ...], window: Window
) -> Read:
    """Read visits or taps; each is worth 1."""
    inside = frozenset(places)

    def read(view: View) -> Seen:
        at_ms = view.at_ms
        after_ms = window.after_ms(at_ms)
        known = histories(view.person)
        items: list[Item] = []
        later: list[int] = []
        for place, times in known.items():
            if place not in inside:
                continue
            upto = bisect_right(times, at_ms)
            start = bisect_right(times, after_ms, 0, upto)
            items += [(instant, 1, place) for instant in times[start:upto]]
            later += times[upto : upto + 1]
        return Seen(sorted(items), earliest(later))

    return read


def points(window: Window) -> Read:
    """Read additions of points; each is worth those that were added."""

    def read(view: View) -> Seen:
        earned = view.person.earned
        upto = bisect_right(earned, view.at_ms, key=_earned)
        start = bisect_right(earned, window.after_ms(view.at_ms), 0, upto, key=_earned)
        items = [(one.at_ms, one.points, "") for one in earned[start:upto]]
        return Seen(items, earliest(one.at_ms for one in earned[upto : upto + 1]))

    return read


def stays(places: tuple[str, ...], window: Window) -> Read:
    """Read stays, each by its end; it is worth its length in milliseconds."""
    inside = frozenset(places)

    def read(view: View) -> Seen:
        person, at_ms = view.person, view.at_ms
        after_ms = window.after_ms(at_ms)
        items: list[Item] = []
        begun: list[tuple[int, str]] = []
        later: list[int] = []
        for place in places:
            known = person.stays.get(place, ())
            upto = bisect_right(known, at_ms, key=_end)
            start = bisect_right(known, after_ms, 0, upto, key=_end)
            items += [
                (one.until_ms, one.until_ms - one.from_ms, place) for one in known[start:upto]
            ]
            begun += [(one.from_ms, place) for one in known[upto:]]
            later += [one.until_ms for one in known[upto : upto + 1]]
        if person.place in inside:
            begun.append((person.since_ms, str(person.place)))
        later += [since_ms for since_ms, _ in begun if since_ms > at_ms]
        since_ms, place = max((one for one in begun if one[0] <= at_ms), default=(None, ""))
        return Seen(sorted(items), earliest(later), since_ms, place)

    return read


def by_place(read: Read) -> Read:
    """The last at each place instead of all, each worth 1: where somebody is they are not gone."""

    def reduced(view: View) -> Seen:
        seen = read(view)
        last = {place: at_ms for at_ms, _, place in seen.items if place != seen.place}
        items = sorted((at_ms, 1, place) for place, at_ms in last.items())
        return seen._replace(items=items)

    return reduced


def each_once(read: Read) -> Read:
    """Each is worth 1."""

    def counted(view: View) -> Seen:
        seen = read(view)
        return seen._replace(items=[(at_ms, 1, place) for at_ms, _, place in seen.items])

    return counted


def count_inside(
    histories: Callable[[Person], Mapping[str, Times]], places: tuple[str, ...], window: Window
) -> Callable[[View], int]:
    """How many visits or taps lie inside, without looking at each."""
    inside = frozenset(places)

    def count(view: View) -> int:
        at_ms = view.at_ms
        after_ms = window.after_ms(at_ms)
        found = 0
        for place, times in histories(view.person).items():
            if times and place in inside:
                upto = len(times) if times[-1] <= at_ms else bisect_right(times, at_ms)
                if upto:
                    first = 0 if times[0] > after_ms else bisect_right(times, after_ms, 0, upto)
                    found += upto - first
        return found

    return count


def comes_inside(
    histories: Callable[[Person], Mapping[str, Times]], places: tuple[str, ...]
) -> Callable[[View], int | None]:
    """The next instant that is known of already and lies ahead."""
    inside = frozenset(places)

    def next_ms(view: View) -> int | None:
        at_ms = view.at_ms
        return earliest(
            times[bisect_right(times, at_ms)]
            for place, times in histories(view.person).items()
            if times and times[-1] > at_ms and place in inside
        )

    return next_ms


def places_inside(
    histories: Callable[[Person], Mapping[str, Times]], places: tuple[str, ...], window: Window
) -> Callable[[View], int]:
    """At how many places a visit or tap lies inside."""

    def count(view: View) -> int:
        at_ms = view.at_ms
        after_ms = window.after_ms(at_ms)
        known = histories(view.person)
        found = 0
        for place in places:
            times = known.get(place)
            if times:
                upto = bisect_right(times, at_ms)
                found += upto > 0 and times[upto - 1] > after_ms
        return found

    return count
