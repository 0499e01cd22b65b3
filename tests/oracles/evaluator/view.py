"""What is known of one person: all rows are read again, those of everybody they are by now."""

from bisect import insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hub.core import document as doc
from hub.core import events as ev
from tests.oracles.evaluator.rows import Effect, Fact, Row

Places = dict[str, list[int]]


@dataclass(slots=True)
class Given:
    """What rules gave somebody."""

    tags: set[str] = field(default_factory=set)
    points: list[tuple[int, int]] = field(default_factory=list)
    draws: set[str] = field(default_factory=set)
    honours: set[str] = field(default_factory=set)
    status: str | None = None
    assigned: dict[str, Any] = field(default_factory=dict)
    fired: dict[str, list[int]] = field(default_factory=dict)
    sent: dict[str, list[int]] = field(default_factory=dict)


@dataclass(slots=True)
class View:
    """One person as of all that is known."""

    id: str
    given: Given
    attributes: dict[str, Any] = field(default_factory=dict)
    consents: frozenset[str] = frozenset()
    taps: Places = field(default_factory=dict)
    visits: Places = field(default_factory=dict)
    stays: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    left_ms: list[int] = field(default_factory=list)
    place: str | None = None
    since_ms: int = 0
    registered_known_ms: int | None = None
    registered_ms: int | None = None

    @property
    def points(self) -> int:
        """The sum of what was added."""
        return sum(points for _, points in self.given.points)

    @property
    def first_ms(self) -> int | None:
        """When they first visited anything."""
        return min((times[0] for times in self.visits.values()), default=None)

    def lengths(self, places: Sequence[str]) -> list[tuple[int, int | None]]:
        """Stays at these places, ascending: from, until (None while it goes on)."""
        found: list[tuple[int, int | None]] = [
            stay for place in places for stay in self.stays.get(place, ())
        ]
        if self.place is not None and self.place in places:
            found.append((self.since_ms, None))
        return sorted(found, key=lambda stay: (stay[0], stay[1] is None, stay[1] or 0))


def gather(times: Places, places: Iterable[str]) -> list[int]:
    """The instants at all of these places, ascending."""
    return sorted(at_ms for place in places for at_ms in times.get(place, ()))


def apply(given: Given, effect: Effect) -> None:
    """Add what one rule did."""
    match effect.kind:
        case "tag":
            given.tags.add(effect.name)
        case "untag":
            given.tags.discard(effect.name)
        case "points":
            insort(given.points, (effect.at_ms, effect.value))
        case "draw":
            given.draws.add(effect.name)
        case "honour":
            given.honours.add(effect.name)
        case "status":
            given.status = effect.name
        case "set":
            given.assigned[effect.name] = effect.value
        case "fired":
            insort(given.fired.setdefault(effect.name, []), effect.at_ms)
        case "shadow":
            insort(given.fired.setdefault(f"{effect.name}~shadow", []), effect.at_ms)
        case "sent":
            insort(given.sent.setdefault(effect.name, []), effect.at_ms)


def united(mine: Given, theirs: Given) -> Given:
    """What two people were given, as one."""
    return Given(
        mine.tags | theirs.tags,
        sorted(mine.points + theirs.points),
        mine.draws | theirs.draws,
        mine.honours | theirs.honours,
        mine.status if mine.status is not None else theirs.status,
        theirs.assigned | mine.assigned,
        _lists(mine.fired, theirs.fired),
        _lists(mine.sent, theirs.sent),
    )


def _lists(mine: Places, theirs: Places) -> Places:
    return {
        name: sorted(mine.get(name, []) + theirs.get(name, [])) for name in mine.keys() | theirs
    }


def given_to(rows: Iterable[Row], person: str, merges: Sequence[ev.Merged]) -> Given:
    """What rules gave somebody, with what those had been given who are they by now."""
    all_given: dict[str, Given] = {}
    for row in rows:
        if isinstance(row, Effect):
            if row.owner is not None:
                apply(all_given.setdefault(row.owner, Given()), row)
        elif isinstance(row.event, ev.Merged) and row.event in merges:
            mine = all_given.setdefault(row.event.person, Given())
            theirs = all_given.get(row.event.other, Given())
            all_given[row.event.person] = united(mine, theirs)
    return all_given.get(person, Given())


def consented(rows: Iterable[Row], person: str, merges: Sequence[ev.Merged]) -> frozenset[str]:
    """What somebody consents to: what they said last; of two who become one the stricter."""
    said: dict[str, frozenset[str]] = {}
    now_as: dict[str, str] = {}
    for row in rows:
        if not isinstance(row, Fact):
            continue
        match row.event:
            case ev.Registered(person=who, consents=list() as purposes):
                said[now_as.get(who, who)] = frozenset(purposes)
            case ev.Merged(person=survivor, other=other) if row.event in merges:
                both = [said[who] for who in (survivor, other) if who in said]
                if both:
                    said[survivor] = frozenset.intersection(*both)
                now_as |= {who: survivor for who, as_ in now_as.items() if as_ == other}
                now_as[other] = survivor
    return said.get(person, frozenset())


def view_of(
    rows: Sequence[Row],
    person: str,
    ids: frozenset[str],
    merges: Sequence[ev.Merged],
    venue: doc.Venue,
) -> View:
    """Somebody as of these rows; ``ids`` are all under which they are meant."""
    view = View(person, given_to(rows, person, merges))
    mine = [row for row in rows if isinstance(row, Fact) and row.person in ids]
    by_tap = {place.id for place in venue.places if place.visits_by == "tap"}
    for fact in mine:
        match fact.event:
            case ev.Tapped(place=place, at_ms=at_ms):
                insort(view.taps.setdefault(place, []), at_ms)
                if place in by_tap:
                    insort(view.visits.setdefault(place, []), at_ms)
            case ev.Registered():
                _attributes(view, fact.event, venue)
                if view.registered_known_ms is None or view.registered_ms is None:
                    view.registered_known_ms = fact.now_ms
                    view.registered_ms = fact.event.at_ms
                view.registered_ms = min(view.registered_ms, fact.event.at_ms)
    view.attributes |= view.given.assigned
    view.consents = consented(rows, person, merges)
    followed = {one: Followed() for one in ids}
    for row in rows:
        if isinstance(row, Fact) and isinstance(row.event, ev.Moved) and row.person in ids:
            followed[row.person].move(row.event)
        if isinstance(row, Fact) and isinstance(row.event, ev.Merged) and row.event in merges:
            _join(followed, row.event)
    where = followed[person]
    view.stays, view.left_ms = where.stays, where.left_ms
    view.place, view.since_ms = where.place, where.since_ms
    for place, at_ms in where.entered:
        if place not in by_tap:
            insort(view.visits.setdefault(place, []), at_ms)
    return view


@dataclass(slots=True)
class Followed:
    """Where one badge, or those of one person, have been."""

    stays: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    entered: list[tuple[str, int]] = field(default_factory=list)
    left_ms: list[int] = field(default_factory=list)
    place: str | None = None
    since_ms: int = 0

    def move(self, move: ev.Moved) -> None:
        """They went in, or out."""
        if move.kind == "left_venue":
            self.left_ms.append(move.at_ms)
        if move.kind == "left" and self.place != move.place:
            return
        self.close(move.at_ms)
        if move.kind == "entered":
            self.place, self.since_ms = move.place, move.at_ms
            self.entered.append((move.place, move.at_ms))

    def close(self, at_ms: int) -> None:
        """They are nowhere from then on."""
        if self.place is not None:
            insort(self.stays.setdefault(self.place, []), (self.since_ms, at_ms))
            self.place = None


def _join(followed: dict[str, Followed], merged: ev.Merged) -> None:
    """Two who were followed apart are one: where they went last is where they are."""
    if merged.person not in followed:
        return
    mine, theirs = followed[merged.person], followed[merged.other]
    older, newer = sorted((mine, theirs), key=lambda one: (one.since_ms, one is theirs))
    if older.place is not None and newer.place is not None:
        older.close(newer.since_ms)
    at = newer if newer.place is not None else older
    place, since_ms = at.place, at.since_ms
    for name, stays in theirs.stays.items():
        for stay in stays:
            insort(mine.stays.setdefault(name, []), stay)
    mine.entered += theirs.entered
    mine.left_ms += theirs.left_ms
    mine.place, mine.since_ms = place, since_ms
    for one, where in followed.items():
        if where is theirs:
            followed[one] = mine


def _attributes(view: View, event: ev.Registered, venue: doc.Venue) -> None:
    rules = {info.name: info for info in venue.attributes}
    for name, value in event.attributes.items():
        info = rules.get(name)
        if value is None:
            view.attributes.pop(name, None)
        else:
            view.attributes[name] = joined(info, view.attributes.get(name), value)


def joined(info: doc.AttributeInfo | None, old: Any, value: Any) -> Any:
    """What becomes of two values."""
    if info is None or old is None:
        return value
    how = info.merge or {"set": "union", "tally": "sum"}.get(info.type, "latest")
    match how, info.type:
        case "first", _:
            return old
        case "highest", _:
            return max(old, value)
        case "lowest", _:
            return min(old, value)
        case "sum", "tally":
            return {key: old.get(key, 0) + value.get(key, 0) for key in old | value}
        case "sum", _:
            return old + value
        case "union", _:
            return sorted(set(old) | set(value))
    return value
