"""Conditions on what lies inside a window that ends now: how many, or what they come to."""

from collections.abc import Callable
from operator import attrgetter
from typing import Final

from hub.core import document as doc
from hub.core.asking import history
from hub.core.asking.flips import GROWING, figure, flip_ms
from hub.core.asking.history import Read
from hub.core.asking.naming import Bounds, bounds, places_of, plain
from hub.core.asking.node import Node, earliest
from hub.core.asking.saying import is_length, length, saw, text
from hub.core.asking.view import Ground, View
from hub.core.document.conditions import Figure
from hub.core.errors import RulesFault
from hub.core.periods import Window, window
from hub.core.spans import duration_ms
from hub.core.state import EARNED_KEPT_MAX, STAYS_KEPT_MAX, VISITS_KEPT_MAX

TAKES_OF: Final = {
    "visits": ("count", "distinct"),
    "taps": ("count", "distinct"),
    "stays": ("count", "distinct", "sum", "min", "max"),
    "points": ("count", "sum", "min", "max"),
}
"""What can be taken of each: visits and taps have no length, points no place."""

COUNT_MAX: Final = {
    "visits": VISITS_KEPT_MAX - 1,
    "taps": VISITS_KEPT_MAX - 1,
    "stays": STAYS_KEPT_MAX - 1,
    "points": EARNED_KEPT_MAX - 1,
}
"""Most that a bound may ask for; one more is kept, so that one too many is seen to be that."""


def counted(where: str, test: doc.Counted, ground: Ground) -> Node:
    """What lies inside the window comes to a figure within the bounds.

    Raises:
        RulesFault: of what cannot be taken, of bounds, places or a window that cannot be meant.
    """
    places = _places(where, test, ground)
    asked = _bounds(where, test)
    inside = _window(where, test.within, ground)
    read = _reader(test, places, inside)
    take = test.take

    def until_ms(view: View) -> int | None:
        seen = read(view)
        return earliest((seen.next_ms, flip_ms(take, asked, inside, seen, view.at_ms)))

    return Node(
        text=text(test, asked, inside),
        holds=_holds(test, places, asked, inside, read),
        saw=saw(test, read, len(places), ground.zone),
        keys=_keys(test.of, places),
        until_ms=(
            history.comes_inside(attrgetter(test.of), places)
            if inside.is_event and test.of in {"visits", "taps"}
            else until_ms
        ),
    )


def _places(where: str, test: doc.Counted, ground: Ground) -> tuple[str, ...]:
    if test.take not in TAKES_OF[test.of]:
        can = ", ".join(TAKES_OF[test.of])
        raise RulesFault(f"{where}, take: {test.of} have no {test.take}; they have: {can}")
    if test.of == "points" and (test.place is not None or test.group is not None):
        raise RulesFault(f"{where}, place: points are not of a place; leave place and group out")
    if test.take == "distinct" and test.place is not None:
        raise RulesFault(f"{where}, place: one place is never several; give a group, or neither")
    places = places_of(where, test.place, test.group, ground)
    return tuple(ground.places) if places is None else places


def _bounds(where: str, test: doc.Counted) -> Bounds:
    at_least, at_most = (
        None if bound is None else _bound(f"{where}, {field}", test, bound)
        for field, bound in (("at_least", test.at_least), ("at_most", test.at_most))
    )
    return bounds(where, at_least, at_most, length if is_length(test) else plain)


def _bound(where: str, test: doc.Counted, bound: Figure) -> float:
    if is_length(test):
        return _length_ms(where, test, bound)
    if isinstance(bound, str):
        raise RulesFault(f"{where}: {bound!r} is no number, and {test.take} of {test.of} is one")
    most = COUNT_MAX[test.of]
    if test.take not in GROWING and (not 0 <= bound <= most or bound != int(bound)):
        raise RulesFault(f"{where}: {plain(bound)} is no whole number from 0 to {most}")
    return bound


def _length_ms(where: str, test: doc.Counted, bound: Figure) -> int:
    if not isinstance(bound, str):
        raise RulesFault(
            f"{where}: {plain(bound)} is no duration, and {test.take} of {test.of} is one: "
            "write one like 10min"
        )
    try:
        return duration_ms(bound)
    except RulesFault as error:
        raise RulesFault(f"{where}: {error}") from error


def _window(where: str, within: str, ground: Ground) -> Window:
    try:
        read = window(within, ground.zone)
    except RulesFault as error:
        raise RulesFault(f"{where}, within: {error}") from error
    if read.length_ms == 0:
        raise RulesFault(f"{where}, within: nothing is ever within {within}")
    return read


def _reader(test: doc.Counted, places: tuple[str, ...], inside: Window) -> Read:
    match test.of:
        case "points":
            read = history.points(inside)
        case "stays":
            read = history.stays(places, inside)
        case _:
            read = history.instants(attrgetter(test.of), places, inside)
    if test.take == "distinct":
        return history.by_place(read)
    return history.each_once(read) if test.take == "count" else read


def _holds(
    test: doc.Counted, places: tuple[str, ...], asked: Bounds, inside: Window, read: Read
) -> Callable[[View], bool]:
    low, high, take = asked.low, asked.high, test.take
    if test.of in {"visits", "taps"}:
        fast = history.places_inside if take == "distinct" else history.count_inside
        count = fast(attrgetter(test.of), places, inside)
        return lambda view: low <= count(view) <= high

    def holds(view: View) -> bool:
        found = figure(take, read(view), view.at_ms)
        return found is not None and low <= found <= high

    return holds


def _keys(of: str, places: tuple[str, ...]) -> frozenset[str]:
    if of == "points":
        return frozenset({"points"})
    return frozenset(f"{of.removesuffix('s')}:{place}" for place in places)
