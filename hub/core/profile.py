"""What one event does to what is known of a person; nothing here decides anything."""

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from hub.core import document as doc
from hub.core.events import Value
from hub.core.state import (
    EARNED_KEPT_MAX,
    FIRED_KEPT_MAX,
    STAYS_KEPT_MAX,
    VISITS_KEPT_MAX,
    Earned,
    Fired,
    Person,
    Presence,
    Stay,
)
from hub.core.windows import insert

COLOUR_ATTRIBUTE = "favourite_colour"
ARTISTS_ATTRIBUTE = "favourite_artists"
NEVER: Final = Fired(0, ())
POINTS_MAX: Final = 2**53
"""Most points that somebody can have, or owe: what JSON holds exactly."""


def tapped(person: Person, place: doc.Place, at_ms: int) -> Person:
    """Note a tap; where taps are what counts, a visit begins with it."""
    taps = {**person.taps, place.id: insert(person.taps.get(place.id, ()), at_ms, VISITS_KEPT_MAX)}
    if place.visits_by == "tap":
        return replace(
            person, taps=taps, visits=_with_visit(person, place.id, at_ms),
            first_ms=_first(person, at_ms),
        )  # fmt: skip
    return replace(person, taps=taps)


def entered(person: Person, place: doc.Place, at_ms: int) -> Person:
    """Be at the place; where presence is what counts, a visit begins."""
    if place.visits_by == "presence":
        visits = _with_visit(person, place.id, at_ms)
        first_ms = _first(person, at_ms)
        return replace(person, place=place.id, since_ms=at_ms, visits=visits, first_ms=first_ms)
    return replace(person, place=place.id, since_ms=at_ms)


def left(person: Person, at_ms: int) -> Person:
    """Be nowhere; the stay that ends is kept."""
    if person.place is None:
        return person
    stay = Stay(person.since_ms, max(at_ms, person.since_ms))
    earlier = (*person.stays.get(person.place, ()), stay)
    stays = _bounded(tuple(sorted(earlier, key=lambda one: one.until_ms)))
    return replace(person, place=None, since_ms=0, stays={**person.stays, person.place: stays})


def _first(person: Person, at_ms: int) -> int:
    return min(person.first_ms, at_ms) if person.first_ms else at_ms


def _with_visit(person: Person, place: str, at_ms: int) -> dict[str, tuple[int, ...]]:
    times = insert(person.visits.get(place, ()), at_ms, VISITS_KEPT_MAX)
    return {**person.visits, place: times}


def _bounded(stays: tuple[Stay, ...]) -> tuple[Stay, ...]:
    """Join the two oldest stays into one of the same total length when there are too many."""
    if len(stays) <= STAYS_KEPT_MAX:
        return stays
    first, second, *rest = stays
    length_ms = first.until_ms - first.from_ms
    return (Stay(second.from_ms - length_ms, second.until_ms), *rest)


def dwell_ms(person: Person, place: str, at_ms: int) -> int:
    """Milliseconds spent at the place up to ``at_ms``, the stay that goes on included."""
    closed = sum(
        max(0, min(stay.until_ms, at_ms) - stay.from_ms) for stay in person.stays.get(place, ())
    )
    running = max(0, at_ms - person.since_ms) if person.place == place else 0
    return closed + running


def with_firing(before: Mapping[str, Fired], rule: str, at_ms: int) -> dict[str, Fired]:
    """Note that a rule fired."""
    known = before.get(rule, NEVER)
    recent = insert(known.recent_ms, at_ms, FIRED_KEPT_MAX)
    return {**before, rule: Fired(known.count + 1, recent)}


def fired(person: Person, rule: str, at_ms: int) -> Person:
    """Note that a rule fired for the person."""
    return replace(person, fired=with_firing(person.fired, rule, at_ms))


def earned(person: Person, points: int, at_ms: int) -> Person:
    """Add points; of many additions the two oldest are joined into one."""
    grown = sorted((*person.earned, Earned(at_ms, points)), key=lambda one: one.at_ms)
    if len(grown) > EARNED_KEPT_MAX:
        first, second, *rest = grown
        grown = [Earned(second.at_ms, first.points + second.points), *rest]
    total = max(-POINTS_MAX, min(POINTS_MAX, person.points + points))
    return replace(person, points=total, earned=tuple(grown))


def presence_of(person: Person, counted: frozenset[str] = frozenset()) -> Presence:
    """What a place may know of somebody who is there: only what they consented to.

    ``counted`` are the audiences that are counted at places.
    """
    colour = person.attributes.get(COLOUR_ATTRIBUTE) if "lights" in person.consents else None
    artists = person.attributes.get(ARTISTS_ATTRIBUTE) if "music" in person.consents else None
    return Presence(
        since_ms=person.since_ms,
        colour=colour if isinstance(colour, str) else None,
        artists=tuple(_names(artists)),
        audiences=tuple(sorted(counted.intersection(person.audiences))) if counted else (),
    )


def _names(value: Value) -> list[str]:
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, str) and value else []
