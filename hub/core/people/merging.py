"""Two people become one and two again: what they did is folded anew, what they were given moved.

A merge stands in ``joined`` of whoever it was made with; when those are merged further, their
merges come along, directly before their own. So what is taken apart later knows what it was.
Memberships of audiences are not carried: whoever merges evaluates them anew.
"""

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from hub.core import events as ev
from hub.core.events import Event
from hub.core.people.given import given_of, regrown, united, with_given
from hub.core.people.ground import Ground
from hub.core.people.histories import strictest
from hub.core.people.refold import in_order, refold, united_ids
from hub.core.state import MERGED_KEPT_MAX, Given, Joined, Person

Past = Mapping[str, Sequence[Event]]
"""The own events of people, in the order of the log, by the id that they were logged with."""
Positions = Mapping[str, Sequence[int]]
"""Where in the log each of them stands."""


def raws_of(person: Person) -> tuple[str, ...]:
    """The ids that the person's own events were logged with."""
    return (person.id, *(joined.other for joined in person.joined))


def too_many(people: Iterable[Person]) -> bool:
    """Whether these are more than can be merged into one."""
    return sum(1 + len(person.joined) for person in people) - 1 > MERGED_KEPT_MAX


def join(
    ground: Ground,
    survivor: Person,
    other: Person,
    past: Past,
    at_ms: int,
    positions: Positions | None = None,
) -> Person:
    """Make one of two people; ``past`` has the events of both, by each of :func:`raws_of`."""
    raws = (*raws_of(survivor), *raws_of(other))
    return merged(
        ground, survivor, other, _folded(ground, survivor.id, raws, past, positions), at_ms
    )


def part(
    ground: Ground, current: Person, other: str, past: Past, positions: Positions | None = None
) -> tuple[Person, Person]:
    """Make two people of one; ``past`` has the events of all that the one was made of.

    The first is who remains, the second is ``other``, with those who were merged into them before.
    What was given since the merge remains with the first.
    """
    joined = next(one for one in current.joined if one.other == other)
    into = parents_of(current, past)
    theirs = _family(other, into)
    mine = [raw for raw in raws_of(current) if raw not in theirs]
    return unmerged(
        ground,
        current,
        joined,
        into,
        _folded(ground, current.id, mine, past, positions),
        _folded(ground, other, sorted(theirs), past, positions),
    )


def _folded(
    ground: Ground, person: str, raws: Iterable[str], past: Past, positions: Positions | None
) -> Person:
    own = {raw: past[raw] for raw in raws if raw in past}
    return refold(ground, person, in_order(own, positions))


def merged(ground: Ground, survivor: Person, other: Person, refolded: Person, at_ms: int) -> Person:
    """The two as one, given their events folded together."""
    mine, theirs = given_of(survivor), given_of(other)
    person = with_given(ground.attributes, refolded, united(ground.attributes, mine, theirs))
    return replace(
        person,
        id=survivor.id,
        consents=strictest(survivor, other),
        asked_ms=max(survivor.asked_ms, other.asked_ms),
        ids=united_ids(survivor.ids, other.ids),
        audiences={},
        joined=(*survivor.joined, *other.joined, Joined(other.id, at_ms, mine, theirs)),
    )


def parents_of(current: Person, past: Past) -> dict[str, str]:
    """Each id that was merged into this person, with whom it was merged into.

    Whoever is named by a merge may have been merged further before: then they stood for that one.
    What no event tells of was merged into the person.
    """
    index = {joined.other: at for at, joined in enumerate(current.joined)}
    events = [event for raw in raws_of(current) for event in past.get(raw, ())]
    merges = [event for event in events if isinstance(event, ev.Merged)]
    exact = {(event.other, event.at_ms): event.person for event in merges}
    about = {event.at_ms: event.person for event in merges}
    named = {
        one.other: exact.get((one.other, one.at_ms)) or about.get(one.at_ms, current.id)
        for one in current.joined
    }

    def parent(other: str) -> str:
        found = named[other]
        while found in index and index[found] < index[other]:
            found = parent(found)
        return found if found in index else current.id

    return {other: parent(other) for other in index}


def _family(other: str, into: Mapping[str, str]) -> set[str]:
    """Somebody, and all who were merged into them."""
    family = {other}
    while more := {raw for raw, parent in into.items() if parent in family} - family:
        family |= more
    return family


def unmerged(
    ground: Ground,
    current: Person,
    joined: Joined,
    into: Mapping[str, str],
    refolded_mine: Person,
    refolded_theirs: Person,
) -> tuple[Person, Person]:
    """Who remains and who is taken out, given the events of each folded alone.

    An id that both of them said stands with both; where it leads is for the caller to say.
    """
    theirs = _family(joined.other, into)
    rest, given = _without(ground, current, joined, into)
    mine = replace(
        with_given(ground.attributes, refolded_mine, given),
        id=current.id,
        ids=_ids_left(current, refolded_mine, refolded_theirs),
        joined=tuple(one for one in rest if one.other not in theirs),
    )
    other = replace(
        with_given(ground.attributes, refolded_theirs, joined.theirs),
        id=joined.other,
        ids=_ids_shared(refolded_theirs, current),
        joined=tuple(one for one in rest if one.other in theirs - {joined.other}),
    )
    return mine, other


def _without(
    ground: Ground, current: Person, joined: Joined, into: Mapping[str, str]
) -> tuple[list[Joined], Given]:
    """The merges and what the person was given, had this one merge not been.

    Every later merge with the same person, and every one that this person went into, had counted
    what is taken out now; they are put right in the order in which they were made.
    """
    attributes, merges = ground.attributes, list(current.joined)
    before = united(attributes, joined.mine, joined.theirs)
    after, holder = joined.mine, into[joined.other]
    for at in range(merges.index(joined) + 1, len(merges)):
        old = merges[at]
        if old.other == holder:
            new = replace(old, theirs=regrown(attributes, old.theirs, before, after))
            holder = into[old.other]
        elif into[old.other] == holder:
            new = replace(old, mine=regrown(attributes, old.mine, before, after))
        else:
            continue
        before = united(attributes, old.mine, old.theirs)
        after = united(attributes, new.mine, new.theirs)
        merges[at] = new
    return merges, regrown(attributes, given_of(current), before, after)


def _ids_left(current: Person, mine: Person, theirs: Person) -> dict[str, tuple[str, ...]]:
    """The person's ids without those that only the other one said."""
    left = {}
    for kind, values in current.ids.items():
        gone = set(theirs.ids.get(kind, ())) - set(mine.ids.get(kind, ()))
        if kept := tuple(value for value in values if value not in gone):
            left[kind] = kept
    return left


def _ids_shared(said: Person, current: Person) -> dict[str, tuple[str, ...]]:
    """Those ids that one said, of the ones that the person holds."""
    shared = {}
    for kind, values in said.ids.items():
        held = current.ids.get(kind, ())
        if kept := tuple(value for value in values if value in held):
            shared[kind] = kept
    return shared
