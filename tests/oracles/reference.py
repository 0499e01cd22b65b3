"""Which rules fire, when and for whom: worked out by scanning all taps anew for each question.

Nothing is kept between two questions but the log itself. A log is a list of taps in the order in
which they became known; a tap that is dated earlier than one before it arrived late. All places are
such that a tap is a visit. Instants are milliseconds.

- A *tap* rule is true at each tap at its place.
- A *visits* rule is true at a visit when it is the ``count``-th of those with
  ``instant - within < t <= instant``; of two at one instant, the later in the log is the later.
- A *distinct* rule is true at a visit of a place that was not visited before inside the window,
  when with it ``count`` different places were.
- A rule fires once for an instant. A limit lets it fire as long as no stretch of the limit's
  length, ``end - length < t <= end``, holds more firings than it allows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple


class Tap(NamedTuple):
    """One tap of the log."""

    person: str
    place: str
    at_ms: int


class Fire(NamedTuple):
    """A rule fired for somebody."""

    rule: str
    person: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A rule: what it asks of visits to which places, within what, and how often it may fire."""

    name: str
    kind: Literal["tap", "visits", "distinct"]
    places: frozenset[str]
    count: int = 1
    within_ms: int | None = None
    once: bool = False
    every_ms: int | None = None
    at_most: int | None = None
    limit_ms: int | None = None


def inside(then_ms: int, end_ms: int, length_ms: int | None) -> bool:
    """Whether an instant lies in the stretch that ends at ``end_ms``."""
    return then_ms <= end_ms and (length_ms is None or then_ms > end_ms - length_ms)


def visits_of(log: Sequence[Tap], person: str) -> dict[str, list[int]]:
    """When somebody visited each place, ascending."""
    mine = [tap for tap in log if tap.person == person]
    return {
        place: sorted(tap.at_ms for tap in mine if tap.place == place)
        for place in {tap.place for tap in mine}
    }


def is_true(rule: Asked, known: Sequence[Tap], tap: Tap) -> bool:
    """Whether a tap makes a rule true, when these taps of the same person were known before it."""
    if tap.place not in rule.places:
        return False
    before = [
        other
        for other in known
        if other.person == tap.person
        and other.place in rule.places
        and inside(other.at_ms, tap.at_ms, rule.within_ms)
    ]
    if rule.kind == "tap":
        return True
    if rule.kind == "visits":
        return len(before) + 1 == rule.count
    seen = {other.place for other in before}
    return tap.place not in seen and len(seen) + 1 == rule.count


def may_fire(rule: Asked, fired_ms: Sequence[int], at_ms: int) -> bool:
    """Whether a rule that fired at these instants may fire at another one."""
    if at_ms in fired_ms or (rule.once and fired_ms):
        return False
    limits: list[tuple[int, int | None]] = [(1, rule.every_ms)] if rule.every_ms is not None else []
    if rule.at_most is not None:
        limits.append((rule.at_most, rule.limit_ms))
    after = [*fired_ms, at_ms]
    return all(
        sum(inside(then_ms, end_ms, length_ms) for then_ms in after) <= most
        for most, length_ms in limits
        for end_ms in after
        if inside(at_ms, end_ms, length_ms)
    )


def fires(rules: Sequence[Asked], log: Sequence[Tap]) -> list[Fire]:
    """Everything that fires over a log in the order of its instants, in that order."""
    assert all(one.at_ms <= other.at_ms for one, other in pairwise(log))
    found: list[Fire] = []
    for index, tap in enumerate(log):
        for rule in rules:
            mine = [f.at_ms for f in found if (f.rule, f.person) == (rule.name, tap.person)]
            if is_true(rule, log[:index], tap) and may_fire(rule, mine, tap.at_ms):
                found.append(Fire(rule.name, tap.person, tap.at_ms))
    return found


def ever_true(rules: Sequence[Asked], log: Sequence[Tap]) -> set[tuple[str, str]]:
    """Which rule was true at any time for whom, whatever the order of the log."""
    ordered = sorted(log, key=lambda tap: (tap.at_ms, tap.place))
    return {
        (rule.name, tap.person)
        for index, tap in enumerate(ordered)
        for rule in rules
        if is_true(rule, ordered[:index], tap)
    }
