"""What is known of a person is a fold of their own events, under all the ids they were logged with.

Instants and counts do not depend on how the events of several ids are interleaved. Where somebody
is does, since a person is at one place at a time: until two ids are merged each is followed by
itself, from then on they are one. The same holds for what they consent to: as long as two ids are
not merged each has said its own, and together they consent to what both have; whatever is said
afterwards is said for both.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import merge
from itertools import accumulate

from msgspec.structs import replace

from hub.core import events as ev
from hub.core import profile
from hub.core.events import Event, Value
from hub.core.people.attributes import assign, coerced, merge_rule
from hub.core.people.faults import AttributeFault, IdFault
from hub.core.people.ground import Ground, kinds_of
from hub.core.people.histories import united_history
from hub.core.people.normalise import normalised
from hub.core.state import Person


def in_order(
    past: Mapping[str, Sequence[Event]], positions: Mapping[str, Sequence[int]] | None = None
) -> tuple[Event, ...]:
    """The events of several ids as one sequence; each id's own stay in their order.

    Across ids they go by their ``positions`` in the log; where those are not given by their
    instants, ties by id, and one that was logged late after those that its own id had before it.
    """
    known = {
        raw: _known_from(events) if positions is None else zip(positions[raw], events, strict=True)
        for raw, events in past.items()
    }
    tracks = [
        [(place, raw, index, event) for index, (place, event) in enumerate(known[raw])]
        for raw in sorted(past)
    ]
    return tuple(event for *_, event in merge(*tracks, key=lambda one: one[:3]))


def _known_from(events: Sequence[Event]) -> Iterable[tuple[int, Event]]:
    return zip(accumulate((event.at_ms for event in events), max), events, strict=True)


def refold(ground: Ground, person_id: str, events: Iterable[Event]) -> Person:
    """What is known of somebody after their own events, what rules did left aside.

    ``events`` are theirs alone, in the order of the log; the merges among them are those that made
    one of several ids. ``ids`` are all that were ever said: which of them were claimed stands in
    the person as stored. A value that an attribute can no longer hold is left out.
    """
    own = tuple(events)
    tracks = _Tracks(ground)
    for event in own:
        tracks.follow(event)
    person = _taps(ground, tracks.together(), own)
    attributes: dict[str, Value] = {}
    ids: dict[str, tuple[str, ...]] = {}
    for event in own:
        if isinstance(event, ev.Registered):
            attributes = _with_said(attributes, attributes_said(ground, event)[0], ground)
            ids = united_ids(ids, ids_said(ground, event))
    return replace(person, id=person_id, attributes=attributes, ids=ids)


def registered(ground: Ground, person: Person, event: ev.Registered) -> Person:
    """What somebody said about themselves; values that an attribute cannot hold are left out.

    What rules had set gives way to what is said, unless the attribute unites the two. A statement
    of consents that is older than the last one known changes nothing. ``ids`` are not claimed.
    """
    said, _ = attributes_said(ground, event)
    assigned = {
        name: value
        for name, value in person.assigned.items()
        if name not in said or _outlives(ground, name, value, said[name])
    }
    attributes = _with_said(person.attributes, said, ground)
    return replace(_stated(person, event), attributes=attributes, assigned=assigned)


def set_by_rule(ground: Ground, person: Person, name: str, value: Value) -> Person:
    """An attribute that a rule sets; it is kept apart too, since it is in no event of theirs.

    Where the first value counts, a rule changes nothing of one that is there. A rule that takes an
    attribute away takes what was registered with it; when it is registered again, a later merge
    counts what had been registered before too.

    Raises:
        AttributeFault: the attribute cannot hold this.
    """
    infos, zone, before = ground.attributes, ground.zone, person.attributes.get(name)
    assigned = assign(infos, name, person.assigned.get(name), value, zone)
    if merge_rule(infos.get(name)) == "first" and before is not None and value is not None:
        return person
    attributes = {**person.attributes, name: assign(infos, name, before, value, zone)}
    kept = {key: known for key, known in attributes.items() if known is not None}
    return replace(person, attributes=kept, assigned={**person.assigned, name: assigned})


def attributes_said(
    ground: Ground, event: ev.Registered
) -> tuple[dict[str, Value], tuple[AttributeFault, ...]]:
    """The attributes of a registration as they are held, and what is wrong with the others."""
    said: dict[str, Value] = {}
    faults = []
    for name, value in event.attributes.items():
        try:
            said[name] = coerced(ground.attributes, name, value, ground.zone)
        except AttributeFault as fault:
            faults.append(fault)
    return said, tuple(faults)


def ids_said(ground: Ground, event: ev.Registered) -> dict[str, tuple[str, ...]]:
    """The ids of a registration, normalised; without those that are none, or blocked."""
    kinds = kinds_of(ground.venue)
    found: dict[str, tuple[str, ...]] = {}
    for kind in event.ids.keys() & kinds.keys():
        for value in event.ids[kind]:
            try:
                one = normalised(kinds[kind], value)
            except IdFault:
                continue
            found = united_ids(found, {kind: (one,)})
    return found


def united_ids(
    mine: Mapping[str, tuple[str, ...]], theirs: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """The ids of both, of each kind ascending."""
    return {
        kind: tuple(sorted({*mine.get(kind, ()), *theirs.get(kind, ())}))
        for kind in {**mine, **theirs}
    }


def _with_said(
    known: Mapping[str, Value], said: Mapping[str, Value], ground: Ground
) -> dict[str, Value]:
    infos, zone = ground.attributes, ground.zone
    after = {name: assign(infos, name, known.get(name), said[name], zone) for name in said}
    return {name: value for name, value in {**known, **after}.items() if value is not None}


def _outlives(ground: Ground, name: str, assigned: Value, said: Value) -> bool:
    """Whether what rules have set of an attribute still counts after a registration named it."""
    unites = merge_rule(ground.attributes.get(name)) != "latest"
    return unites and assigned is not None and said is not None


def _stated(person: Person, event: ev.Registered) -> Person:
    """When they registered, and what they consent to."""
    first_ms = min(event.at_ms, person.registered_ms or event.at_ms)
    if event.consents is None or event.at_ms < person.asked_ms:
        return replace(person, registered_ms=first_ms)
    return replace(
        person,
        registered_ms=first_ms,
        consents=frozenset(event.consents),
        asked_ms=event.at_ms,
    )


def _taps(ground: Ground, person: Person, events: Iterable[Event]) -> Person:
    """Taps carry a badge and no person, and count the same for whichever id they came in."""
    tapped = Person(person.id)
    for event in events:
        if isinstance(event, ev.Tapped) and event.place in ground.places:
            tapped = profile.tapped(tapped, ground.places[event.place], event.at_ms)
    return united_history(person, tapped)


@dataclass(slots=True)
class _Tracks:
    """Where each id is and what it said, until it is merged; it lives for one fold only."""

    ground: Ground
    people: dict[str, Person] = field(default_factory=dict)
    into: dict[str, str] = field(default_factory=dict)
    """Id to the one that it was merged into."""
    seen: list[ev.Registered | ev.Moved | ev.Merged | ev.Unmerged] = field(default_factory=list)

    def follow(self, event: Event) -> None:
        """Take in an event; those about something else change nothing."""
        match event:
            case ev.Registered(person=raw):
                self._put(raw, _stated(self._known(raw), event))
            case ev.Moved(person=raw):
                self._put(raw, _moved(self.ground, self._known(raw), event))
            case ev.Merged(person=raw, other=other):
                self._join(self.root(raw), self.root(other))
            case ev.Unmerged(other=other) if other in self.into:
                self._part(other)
            case _:
                return
        self.seen.append(event)

    def root(self, raw: str) -> str:
        """Whom an id is known as."""
        while raw in self.into:
            raw = self.into[raw]
        return raw

    def together(self) -> Person:
        """All of them as one, whether they were merged or not."""
        person = Person("")
        for one in self.people.values():
            person = united_history(person, one)
        return person

    def _known(self, raw: str) -> Person:
        return self.people.get(self.root(raw)) or Person(self.root(raw))

    def _put(self, raw: str, person: Person) -> None:
        self.people[self.root(raw)] = person

    def _join(self, survivor: str, other: str) -> None:
        if survivor == other:
            return
        theirs = self.people.pop(other, None)
        if theirs is not None:
            self.people[survivor] = united_history(self._known(survivor), theirs)
        self.into[other] = survivor

    def _part(self, other: str) -> None:
        """Fold both anew, each from what is theirs alone."""
        both = self.root(other)
        del self.into[other]
        for root in (both, other):
            alone = _Tracks(self.ground)
            for event in self.seen:
                if self.root(_of(event)) == root:
                    alone.follow(event)
            self.people.pop(root, None)
            if alone.people:
                self.people[root] = replace(alone.together(), id=root)


def _of(event: ev.Registered | ev.Moved | ev.Merged | ev.Unmerged) -> str:
    """The id that an event belongs to: of a merge, the one that comes to be known otherwise."""
    return event.other if isinstance(event, (ev.Merged, ev.Unmerged)) else event.person


def _moved(ground: Ground, person: Person, event: ev.Moved) -> Person:
    elsewhere = event.kind == "left" and event.place != person.place
    gone = person if elsewhere else profile.left(person, event.at_ms)
    place = ground.places.get(event.place)
    if event.kind != "entered" or place is None:
        return gone
    return profile.entered(gone, place, event.at_ms)
