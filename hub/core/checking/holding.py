"""A condition that can never hold by its own bounds is said to be one.

It is careful: what it says can never hold cannot; it does not find all that cannot.
"""

import re
from collections.abc import Iterator

from hub.core import document as doc
from hub.core.checking import walk
from hub.core.checking.excluding import check_tests, check_together
from hub.core.checking.finding import Finding, Path, error
from hub.core.checking.plain import plain
from hub.core.spans import duration_ms

_DURATION = re.compile(r"\d{1,6}(ms|s|min|h|d)", re.ASCII)


def check_holding(venue: doc.Venue) -> Iterator[Finding]:
    """Conditions that hold for nobody, whatever happens."""
    for path, condition in walk.conditions(venue):
        yield from _alone(path, condition, venue)
        if isinstance(condition, doc.All):
            yield from check_together(path, condition)


def figure(value: float | str | None) -> float | None:
    """A bound as a number; of a duration its milliseconds."""
    if isinstance(value, str):
        return duration_ms(value) if is_duration(value) else None
    return value


def is_duration(text: str) -> bool:
    """Whether it is written as a duration."""
    return _DURATION.fullmatch(text) is not None


def _alone(path: Path, condition: doc.Condition, venue: doc.Venue) -> Iterator[Finding]:
    match condition:
        case doc.Counted():
            yield from _counted(path, condition, venue)
        case doc.Attribute(one_of=[]) | doc.HasStatus(one_of=[]):
            yield error((*path, "one_of"), "one_of is empty: it never holds")
        case doc.AtTime(from_=from_, until=until) if from_ is not None and from_ == until:
            yield error(path, f"from {from_} until {until} is no time at all: it never holds")
        case doc.AtTime(days=[]):
            yield error((*path, "days"), "days is empty: it never holds")
        case doc.AnyOf(of=[]):
            yield error((*path, "of"), "any of nothing never holds")
        case doc.All(of=[]) | doc.NoneOf(of=[]):
            yield error((*path, "of"), "of is empty: there is nothing to ask")
        case doc.InStock(pool=pool, at_least=at_least):
            stock = next((one.stock for one in venue.pools if one.id == pool), at_least)
            if at_least > stock:
                yield error((*path, "at_least"), f"the pool {pool!r} has {stock}: it never holds")
        case _:
            pass
    yield from _bounds(path, condition)
    if isinstance(condition, doc.Attribute):
        yield from check_tests(path, [condition])


def _bounds(path: Path, condition: doc.Condition) -> Iterator[Finding]:
    low, high = getattr(condition, "at_least", None), getattr(condition, "at_most", None)
    least, most = figure(low), figure(high)
    if least is not None and most is not None and least > most:
        yield error(path, f"at_least {low} is more than at_most {high}: it never holds")
    elif most is not None and most < 0 and _is_number_of(condition):
        yield error((*path, "at_most"), f"nothing is less than none: {high} never holds")


def _is_number_of(condition: doc.Condition) -> bool:
    """Whether it compares how many there are, and not an amount that may be below nothing."""
    if isinstance(condition, doc.Counted):
        return condition.of != "points"
    return isinstance(condition, doc.Occupied)


def _counted(path: Path, condition: doc.Counted, venue: doc.Venue) -> Iterator[Finding]:
    lengths = condition.of == "stays" and condition.take in ("sum", "min", "max")
    for field in ("at_least", "at_most"):
        bound = getattr(condition, field)
        if bound is None:
            continue
        if lengths and not (isinstance(bound, str) and is_duration(bound)):
            yield error((*path, field), f"{plain(bound)!r} is no length of stays", "such as 45min")
        if not lengths and isinstance(bound, str):
            yield error(
                (*path, field), f"{bound!r} is no number; only lengths of stays are durations"
            )
    if condition.take == "distinct" and condition.of != "points":
        yield from _distinct(path, condition, venue)


def _distinct(path: Path, condition: doc.Counted, venue: doc.Venue) -> Iterator[Finding]:
    places = [
        place.id
        for place in venue.places
        if (condition.place is None or condition.place == place.id)
        and (condition.group is None or condition.group in place.groups)
    ]
    least = figure(condition.at_least)
    if places and least is not None and least > len(places):
        yield error((*path, "at_least"), f"there are {len(places)} places: {least:g} never holds")
