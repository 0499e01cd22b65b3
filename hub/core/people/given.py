"""What rules gave a person is united when two are one, and taken apart when they are two again.

Nothing of it is in the people's own events. Taking apart is asking what would be there now, had
it grown out of what one of them had alone: what was given since stays.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from heapq import merge
from typing import TypeVar

from msgspec.structs import replace

from hub.core.document.people import AttributeInfo
from hub.core.events import Value
from hub.core.people.attributes import merge_rule, merge_values, rebased
from hub.core.state import (
    EARNED_KEPT_MAX,
    FIRED_KEPT_MAX,
    SENT_KEPT_MAX,
    Earned,
    Fired,
    Given,
    Person,
)

T = TypeVar("T")
Attributes = Mapping[str, AttributeInfo]


def given_of(person: Person) -> Given:
    """What rules gave the person."""
    return Given(
        tags=person.tags,
        points=person.points,
        draws=person.draws,
        honours=person.honours,
        status=person.status,
        assigned=person.assigned,
        fired=person.fired,
        earned=person.earned,
        sent=person.sent,
    )


def with_given(attributes: Attributes, person: Person, given: Given) -> Person:
    """A person who was folded from their own events alone, with what rules gave them.

    What a rule set counts after all that was registered, by the attribute's rule of merging.
    """
    values = dict(person.attributes)
    for name, value in given.assigned.items():
        values[name] = combined(attributes.get(name), values.get(name), value)
    return replace(
        person,
        attributes=_kept(values),
        tags=given.tags,
        points=given.points,
        draws=given.draws,
        honours=given.honours,
        status=given.status,
        assigned=given.assigned,
        fired=given.fired,
        earned=given.earned,
        sent=given.sent,
    )


def combined(info: AttributeInfo | None, registered: Value, assigned: Value) -> Value:
    """What was registered and what rules have set as one; a rule that took it away keeps it so.

    Where the first value counts it is the rules': they set none when there was one.
    """
    if assigned is None or merge_rule(info) == "first":
        return assigned
    return merge_values(info, registered, assigned)


def _kept(values: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in values.items() if value is not None}


def united(attributes: Attributes, mine: Given, theirs: Given) -> Given:
    """What rules gave two people who are one.

    Tags, draws and honours have their earliest instant, points and firings are added, and what
    limits and caps have counted is counted together. The survivor's status counts, and what rules
    set of theirs, unless the attribute's rule of merging unites it: no instant is kept of those.
    """
    return Given(
        tags=_earliest(mine.tags, theirs.tags),
        points=mine.points + theirs.points,
        draws=_earliest(mine.draws, theirs.draws),
        honours=_earliest(mine.honours, theirs.honours),
        status=mine.status if mine.status is not None else theirs.status,
        assigned=_assigned(attributes, mine.assigned, theirs.assigned),
        fired=_each(mine.fired, theirs.fired, _fired),
        earned=bounded_earned(merge(mine.earned, theirs.earned, key=_earned_key)),
        sent=_each(mine.sent, theirs.sent, _sent),
    )


def _earliest(mine: Mapping[str, int], theirs: Mapping[str, int]) -> dict[str, int]:
    return _each(mine, theirs, min)


def _each(
    mine: Mapping[str, T], theirs: Mapping[str, T], both: Callable[[T, T], T]
) -> dict[str, T]:
    """All of both; what both have is made one."""
    shared = {key: both(mine[key], theirs[key]) for key in mine if key in theirs}
    return {**theirs, **mine, **shared}


def _fired(mine: Fired, theirs: Fired) -> Fired:
    recent = tuple(merge(mine.recent_ms, theirs.recent_ms))
    return Fired(mine.count + theirs.count, recent[-FIRED_KEPT_MAX:])


def _sent(mine: tuple[int, ...], theirs: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(merge(mine, theirs))[-SENT_KEPT_MAX:]


def _earned_key(earned: Earned) -> int:
    return earned.at_ms


def bounded_earned(earned: Iterable[Earned]) -> tuple[Earned, ...]:
    """Join the oldest additions into one of the same sum when there are too many."""
    listed = tuple(earned)
    extra = len(listed) - EARNED_KEPT_MAX
    if extra <= 0:
        return listed
    old = listed[: extra + 1]
    return (Earned(old[-1].at_ms, sum(one.points for one in old)), *listed[extra + 1 :])


def _assigned(
    attributes: Attributes, mine: Mapping[str, Value], theirs: Mapping[str, Value]
) -> dict[str, Value]:
    values = {**theirs, **mine}
    for name in mine.keys() & theirs.keys():
        info = attributes.get(name)
        if merge_rule(info) not in {"latest", "first"} and mine[name] is not None:
            values[name] = merge_values(info, theirs[name], mine[name])
    return values


def regrown(attributes: Attributes, now: Given, before: Given, after: Given) -> Given:
    """``now``, had it grown out of ``after`` instead of ``before``.

    For each thing: what has not changed since is as it was in ``after``, what has stays; of
    numbers and counted instants the difference is taken or put back.
    """
    return Given(
        tags=_regrown_each(now.tags, before.tags, after.tags),
        points=now.points - before.points + after.points,
        draws=_regrown_each(now.draws, before.draws, after.draws),
        honours=_regrown_each(now.honours, before.honours, after.honours),
        status=after.status if now.status == before.status else now.status,
        assigned=_regrown_assigned(attributes, now.assigned, before.assigned, after.assigned),
        fired=_regrown_fired(now.fired, before.fired, after.fired),
        earned=bounded_earned(
            _regrown_counts(now.earned, before.earned, after.earned, key=_earned_key)
        ),
        sent={
            name: times
            for name in now.sent | after.sent
            if (times := _regrown_times(name, now.sent, before.sent, after.sent))
        },
    )


def _regrown_each(
    now: Mapping[str, T], before: Mapping[str, T], after: Mapping[str, T]
) -> dict[str, T]:
    """Key by key: as in ``after`` where ``now`` is as in ``before``."""
    missing = object()
    found = {}
    for name in {**now, **after}:
        changed = now.get(name, missing) != before.get(name, missing)
        source = now if changed else after
        if name in source:
            found[name] = source[name]
    return found


def _regrown_assigned(
    attributes: Attributes,
    now: Mapping[str, Value],
    before: Mapping[str, Value],
    after: Mapping[str, Value],
) -> dict[str, Value]:
    values = _regrown_each(now, before, after)
    for name in now.keys() & before.keys():
        if now[name] != before[name]:
            values[name] = rebased(attributes.get(name), now[name], before[name], after.get(name))
    return values


def _regrown_fired(
    now: Mapping[str, Fired], before: Mapping[str, Fired], after: Mapping[str, Fired]
) -> dict[str, Fired]:
    never = Fired(0, ())
    found = {}
    for rule in {**now, **after}:
        one, was, would = (some.get(rule, never) for some in (now, before, after))
        count = one.count - was.count + would.count
        times = _regrown_counts(one.recent_ms, was.recent_ms, would.recent_ms, key=int)
        if count > 0:
            found[rule] = Fired(count, tuple(times)[-FIRED_KEPT_MAX:])
    return found


def _regrown_times(
    name: str,
    now: Mapping[str, tuple[int, ...]],
    before: Mapping[str, tuple[int, ...]],
    after: Mapping[str, tuple[int, ...]],
) -> tuple[int, ...]:
    one, was, would = (some.get(name, ()) for some in (now, before, after))
    return tuple(_regrown_counts(one, was, would, key=int))[-SENT_KEPT_MAX:]


def _regrown_counts(
    now: Iterable[T], before: Iterable[T], after: Iterable[T], key: Callable[[T], object]
) -> list[T]:
    """What is listed, so many times each: the difference of the other two put back, ascending."""
    counts = Counter(now)
    counts.subtract(Counter(before))
    counts.update(Counter(after))
    return sorted((+counts).elements(), key=key)  # type: ignore[arg-type]
