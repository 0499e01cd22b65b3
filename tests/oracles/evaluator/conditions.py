"""Whether a condition holds for somebody at an instant; what is unknown never holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time, timedelta
from fnmatch import fnmatchcase
from typing import Any, Protocol

from hub.core import document as doc
from tests.oracles.evaluator.spans import (
    duration_ms,
    gone_ms,
    in_hours,
    inside,
    instant,
    instant_of,
    local,
)  # fmt: skip
from tests.oracles.evaluator.view import View, gather


class Asked(Protocol):
    """What a condition may ask besides the person."""

    @property
    def venue(self) -> doc.Venue:
        """The document in force."""

    def is_member(self, audience: str, person: str) -> bool:
        """Whether somebody is a member now."""

    def number_at(self, place: str, audience: str | None) -> int:
        """How many are at a place now."""

    def left_in(self, pool: str) -> int:
        """How many rewards are left."""

    def arm_of(self, rule: str, person: str) -> str:
        """The arm of a rule's experiment somebody is in."""


def places_of(venue: doc.Venue, place: str | None, group: str | None) -> list[str]:
    """One place, or those of a group, or all."""
    return [
        one.id
        for one in venue.places
        if (place is None or one.id == place) and (group is None or group in one.groups)
    ]


def holds(  # noqa: C901, PLR0911, PLR0912 - one line for each kind
    condition: doc.Condition | None, view: View | None, now_ms: int, asked: Asked
) -> bool:
    """Whether it holds; about the venue (no ``view``) what asks about a person does not."""
    zone = asked.venue.event.zone
    match condition:
        case None:
            return True
        case doc.All(of):
            return all(holds(one, view, now_ms, asked) for one in of)
        case doc.AnyOf(of):
            return any(holds(one, view, now_ms, asked) for one in of)
        case doc.NoneOf(of):
            return not any(holds(one, view, now_ms, asked) for one in of)
        case doc.AtTime(from_, until, days):
            today = local(now_ms, zone).strftime("%a").lower()
            return in_hours(from_, until, now_ms, zone) and (days is None or today in days)
        case doc.Occupied(where, at_least, at_most, audience):
            return _between(asked.number_at(where, audience), at_least, at_most)
        case doc.InStock(pool, at_least):
            return asked.left_in(pool) >= at_least
    if view is None:
        return False
    match condition:
        case doc.Attribute():
            return _attribute(condition, view, asked.venue)
        case doc.HasTag(tag):
            return tag in view.given.tags
        case doc.HasConsent(purpose):
            return purpose in view.consents
        case doc.HasHonour(honour):
            return honour in view.given.honours
        case doc.HasStatus(one_of):
            return view.given.status in one_of
        case doc.HasPoints(at_least, at_most):
            return _between(view.points, at_least, at_most)
        case doc.IsAt(place, group):
            return view.place in places_of(asked.venue, place, group)
        case doc.InAudience(audience):
            return asked.is_member(audience, view.id)
        case doc.InArm(rule, arm):
            return asked.arm_of(rule, view.id) == arm
        case doc.Counted():
            return _counted(condition, view, now_ms, asked.venue)
    raise AssertionError(condition)


def _between(value: float | None, at_least: float | None, at_most: float | None) -> bool:
    return (
        value is not None
        and (at_least is None or value >= at_least)
        and (at_most is None or value <= at_most)
    )


def _attribute(asks: doc.Attribute, view: View, venue: doc.Venue) -> bool:
    value = view.attributes.get(asks.name)
    needs = {info.name: info.consent for info in venue.attributes}.get(asks.name)
    if needs is not None and needs not in view.consents:
        value = None
    return all(_tests(asks, value, venue.event.zone))


def _tests(asks: doc.Attribute, value: Any, zone: str) -> Iterator[bool]:
    known = value is not None
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if asks.exists is not None:
        yield known == asks.exists
    if asks.equals is not None:
        yield known and value == asks.equals
    if asks.one_of is not None:
        yield known and value in asks.one_of
    if asks.contains is not None:
        yield isinstance(value, str | list | dict) and asks.contains in value
    if asks.matches is not None:
        yield isinstance(value, str) and fnmatchcase(value, asks.matches)
    if asks.at_least is not None or asks.at_most is not None:
        yield number and _between(value, asks.at_least, asks.at_most)
    if asks.before is not None:
        yield number and value < instant_of(asks.before, zone)
    if asks.after is not None:
        yield number and value > instant_of(asks.after, zone)
    if asks.favourite is not None:
        yield isinstance(value, dict) and max(value, key=lambda key: value[key]) == asks.favourite


@dataclass(frozen=True, slots=True)
class Inside:
    """One thing that counts: when, where, and what it comes to."""

    at_ms: int
    place: str
    worth: int


def _things(asks: doc.Counted, view: View, now_ms: int, venue: doc.Venue) -> list[Inside]:
    places = places_of(venue, asks.place, asks.group)
    zone = venue.event.zone
    match asks.of:
        case "points":
            found = [Inside(at_ms, "", points) for at_ms, points in view.given.points]
        case "stays":
            found = [
                Inside(until, place, until - since)
                for place in places
                for since, until in view.stays.get(place, ())
            ]
        case _:
            times = view.visits if asks.of == "visits" else view.taps
            found = [Inside(at, place, 0) for place in places for at in times.get(place, ())]
    found = [thing for thing in found if inside(asks.within, thing.at_ms, now_ms, zone)]
    if asks.of == "stays":
        going_on = [(s, until, at) for at in places for s, until in view.lengths([at])]
        found += [
            Inside(now_ms, at, now_ms - since)
            for since, until, at in going_on
            if since <= now_ms and (until is None or until > now_ms)
        ]
    return found


def _figure(bound: float | str | None) -> float | None:
    return duration_ms(bound) if isinstance(bound, str) else bound


def _counted(asks: doc.Counted, view: View, now_ms: int, venue: doc.Venue) -> bool:
    found = _things(asks, view, now_ms, venue)
    worth = [thing.worth for thing in found]
    value: float | None
    match asks.take:
        case "count":
            value = len(found)
        case "distinct":
            value = len({thing.place for thing in found})
        case "sum":
            value = sum(worth)
        case "min":
            value = min(worth, default=None)
        case "max":
            value = max(worth, default=None)
    return _between(value, _figure(asks.at_least), _figure(asks.at_most))


def edges(
    condition: doc.Condition, view: View, from_ms: int, until_ms: int, venue: doc.Venue
) -> Iterator[int]:
    """Every instant at which a condition might change with nothing happening."""
    zone = venue.event.zone
    match condition:
        case doc.All(of) | doc.AnyOf(of) | doc.NoneOf(of):
            for one in of:
                yield from edges(one, view, from_ms, until_ms, venue)
        case doc.AtTime(from_, until):
            day = local(from_ms, zone).date()
            while instant(day, time(), zone) <= until_ms:
                for clock in (from_, until, "00:00"):
                    if clock is not None:
                        yield instant(day, time.fromisoformat(clock), zone)
                day += timedelta(days=1)
        case doc.Counted(of="stays"):
            yield from _growing(condition, view, venue)
        case doc.Counted(of="points"):
            yield from _ageing(condition.within, [at for at, _ in view.given.points], zone)
        case doc.Counted():
            times = view.visits if condition.of == "visits" else view.taps
            places = places_of(venue, condition.place, condition.group)
            yield from _ageing(condition.within, gather(times, places), zone)


def _ageing(window: str, times: list[int], zone: str) -> Iterator[int]:
    for at_ms in times:
        if (gone := gone_ms(window, at_ms, zone)) is not None:
            yield gone


def _growing(asks: doc.Counted, view: View, venue: doc.Venue) -> Iterator[int]:
    places = places_of(venue, asks.place, asks.group)
    closed = [stay for place in places for stay in view.stays.get(place, ())]
    yield from _ageing(asks.within, [until for _, until in closed], venue.event.zone)
    if view.place not in places:
        return
    sums = [0]
    for since, until in sorted(closed, key=lambda stay: -stay[1]):
        sums.append(sums[-1] + until - since)
    for bound in (_figure(asks.at_least), _figure(asks.at_most)):
        if bound is not None:
            for total in sums:
                yield view.since_ms + int(bound) - total
                yield view.since_ms + int(bound) - total + 1
