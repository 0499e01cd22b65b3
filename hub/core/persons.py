"""Who people are, and what becomes of them: registered, lent a badge, merged, parted, forgotten."""

from collections.abc import Iterable
from hashlib import blake2b
from itertools import islice
from typing import Final

from msgspec.structs import replace

from hub.core import absences, crowds, stays, sweeps
from hub.core import document as doc
from hub.core import events as ev
from hub.core.errors import UnknownBadge, UnknownPerson
from hub.core.outcome import Membership, Note
from hub.core.people import merging
from hub.core.people.ground import kinds_of
from hub.core.people.identity import claimed, resolve, wanted_keys
from hub.core.people.normalise import id_key
from hub.core.people.refold import attributes_said
from hub.core.people.refold import registered as said
from hub.core.plan import ANYTHING
from hub.core.spans import clock_time
from hub.core.state import LEASES_KEPT_MAX, MERGED_KEPT_MAX, Lease, Person, Zone
from hub.core.world import Draft

COUNTED: Final = (doc.OnVisits, doc.OnDistinct, doc.OnSequence)
"""Triggers that two histories together may make true, though neither did."""

WALK_IN: Final = "walk-in-"
"""How the id of somebody begins of whom only a badge is known."""


def holder_of_tap(draft: Draft, event: ev.Tapped) -> str:
    """Whose badge was tapped, by the id with which it was lent; a walk-in begins with it.

    Raises:
        UnknownBadge: nobody holds it, and walk-ins are not kept.
    """
    world = draft.world
    holder = world.holder(event.badge, event.at_ms)
    if holder is not None:
        return holder
    if world.rules.venue.unknown_badges == "walk_in":
        return _walk_in(draft, event)
    when = clock_time(event.at_ms, world.rules.zone)
    raise UnknownBadge(f"nobody holds badge {event.badge!r} at {when}: register it")


def _walk_in(draft: Draft, event: ev.Tapped) -> str:
    """Somebody without a name has the badge from now on."""
    digest = blake2b(f"{event.badge}/{draft.pos}".encode(), digest_size=8).hexdigest()
    person = f"{WALK_IN}{digest}"
    _lease(draft, event.badge, Lease(event.at_ms, person))
    return person


def leased(draft: Draft, event: ev.Leased) -> None:
    """From that instant on the badge belongs to somebody else, or to nobody.

    When a walk-in had it, they are the one who registers now.
    """
    before = draft.world.holder(event.badge, event.at_ms)
    _lease(draft, event.badge, Lease(event.at_ms, event.person))
    if event.person is None or before is None or not before.startswith(WALK_IN):
        return
    if draft.world.resolve(before) == before != event.person:
        reason = "the badge was a walk-in's"
        survivor = draft.world.resolve(event.person)
        if not draft.knows(survivor):  # the desk lends the badge before it says whose it is
            draft.put(Person(survivor))
        draft.follows.append(ev.Merged(survivor, before, event.at_ms, reason))


def _lease(draft: Draft, badge: str, lease: Lease) -> None:
    known = draft.leases.get(badge) or draft.world.leases.get(badge, ())
    others = (one for one in known if one.from_ms != lease.from_ms)
    leases = sorted((*others, lease), key=lambda one: one.from_ms)
    draft.leases[badge] = tuple(leases[-LEASES_KEPT_MAX:])


def registered(draft: Draft, event: ev.Registered) -> None:
    """Somebody registered, or said more about themselves.

    Raises:
        AttributeFault: an attribute that is not of its type; nothing of it is taken.
    """
    _, faults = attributes_said(draft.rules, event)
    if faults:
        raise faults[0]
    person_id = draft.world.resolve(event.person)
    before = draft.person(person_id)
    met(draft, person_id)
    draft.put(said(draft.rules, before, event))
    _claim(draft, person_id, event)
    _changes(draft, before, person_id, event.at_ms)


def _changes(draft: Draft, before: Person, person_id: str, at_ms: int) -> None:
    """Note what is different about somebody, for rules and audiences."""
    after = draft.person(person_id)
    named = before.attributes.keys() | after.attributes.keys()
    names = sorted(n for n in named if before.attributes.get(n) != after.attributes.get(n))
    purposes = sorted(before.consents ^ after.consents)
    draft.touch(person_id, *(f"attribute:{name}" for name in names))
    draft.touch(person_id, *(f"consent:{purpose}" for purpose in purposes))
    if before.registered_ms:
        for name in names:
            draft.happened(f"attribute:{name}", person_id, at_ms)
        for purpose in purposes:
            draft.happened(f"consent:{purpose}:{purpose in after.consents}", person_id, at_ms)
    if after.place is not None:
        crowds.came(draft, after.place, person_id)


def met(draft: Draft, person_id: str) -> None:
    """Somebody who was not known before may be in any audience."""
    if draft.rules.audiences_of and draft.person(person_id) == Person(person_id):
        _everything(draft, person_id)


def _everything(draft: Draft, person: str) -> None:
    """All audiences may have changed for somebody."""
    draft.touch(person, ANYTHING)


def _claim(draft: Draft, person_id: str, event: ev.Registered) -> None:
    """Take the ids that are theirs; those that are somebody's make one of the two."""
    if not event.ids:
        return
    world, person, kinds = draft.world, draft.person(person_id), kinds_of(draft.rules.venue)
    wanted = (key for key in wanted_keys(kinds, event.ids) if key in world.ids)
    holders = {key: world.resolve(world.ids[key]) for key in wanted}
    others = {one: draft.person(one) for one in holders.values()}
    found = resolve(kinds, person, event.ids, holders, others)
    draft.put(replace(person, ids=claimed(person, found.claims)))
    for kind, values in found.claims.items():
        draft.identities.update((id_key(kind, one), person_id) for one in values)
    for number, one in enumerate(found.left_out):
        title = f"An id of kind {one.kind} was left out"
        draft.notes.append(
            Note(f"identity/{draft.pos}/{number}", event.at_ms, title, one.reason, None, person_id)
        )
    if found.refused is not None:
        note = Note(
            f"identity/{draft.pos}", event.at_ms, "People were not merged", found.refused, None,
            person_id,
        )  # fmt: skip
        draft.notes.append(note)
    for other in found.merges:
        reason = "the same id"
        draft.follows.append(ev.Merged(found.survivor, other, event.at_ms, reason))


def merged(draft: Draft, event: ev.Merged) -> None:
    """Two people are one: their events are folded together, and what rules gave them is united.

    Raises:
        UnknownPerson: one of them is not known, or they are one already, or too many are.
    """
    mine_id, theirs_id = _two(draft, event.person, event.other)
    mine, theirs = draft.person(mine_id), draft.person(theirs_id)
    if merging.too_many((mine, theirs)):
        raise UnknownPerson(f"{MERGED_KEPT_MAX} people are one already; that is enough")
    one = merging.join(
        draft.rules, mine, theirs, draft.world.past, event.at_ms, draft.world.past_pos
    )
    draft.aliases[theirs_id] = mine_id
    _move_out(draft, theirs)
    draft.cancel_timer(f"{absences.NEVER_PREFIX}{theirs_id}")
    draft.put(Person(theirs_id))
    _settle_in(draft, mine, one)
    for compiled in draft.rules.rules.values():
        if isinstance(compiled.rule.when, COUNTED) and compiled.rule.stage in ("live", "shadow"):
            alone = (*sweeps.so_far(draft, compiled, mine), *sweeps.so_far(draft, compiled, theirs))
            together = sweeps.so_far(draft, compiled, one)
            added = (at_ms for at_ms in together if at_ms not in alone)
            for at_ms in islice(added, max(0, len(together) - len(alone))):
                draft.spark((compiled,), mine_id, at_ms)


def _two(draft: Draft, person: str, other: str) -> tuple[str, str]:
    known = []
    for one in (person, other):
        found = draft.world.resolve(one)
        if draft.world.people.get(found) is None:
            raise UnknownPerson(f"there is nobody {one!r} at this event")
        known.append(found)
    if known[0] == known[1]:
        raise UnknownPerson(f"{person!r} and {other!r} are one already")
    return known[0], known[1]


def unmerged(draft: Draft, event: ev.Unmerged) -> None:
    """``other`` was somebody else: both are folded anew, and get back what they had been given.

    Raises:
        UnknownPerson: they are not one.
    """
    world = draft.world
    one = draft.person(world.resolve(event.person))
    joined = next((known for known in one.joined if known.other == event.other), None)
    if joined is None or world.resolve(event.other) != one.id:
        raise UnknownPerson(f"{event.other!r} was not merged into {event.person!r}")
    mine, theirs = merging.part(draft.rules, one, event.other, world.past, world.past_pos)
    draft.aliases[event.other] = None
    for kind, values in theirs.ids.items():
        draft.identities.update((id_key(kind, value), theirs.id) for value in values)
    _settle_in(draft, one, mine)
    _settle_in(draft, Person(event.other), theirs)


def _settle_in(draft: Draft, before: Person, after: Person) -> None:
    """Put somebody who was folded anew in the place of whom they were."""
    draft.put(replace(after, audiences=before.audiences))
    if before.place is not None:
        stays.stop_waiting(draft, after.id, before.place)
        if before.place != after.place:
            crowds.went(draft, before.place, after.id)
    if after.place is not None:
        crowds.came(draft, after.place, after.id)
    # What falls due at this very instant has not been looked at yet.
    sweeps.look_again(draft, after.id, sweeps.everything(draft.rules), draft.at_ms - 1)
    for kind, values in after.ids.items():
        draft.identities.update((id_key(kind, value), after.id) for value in values)
    _everything(draft, after.id)


def _move_out(draft: Draft, person: Person) -> None:
    """Somebody who is known as somebody else is at no place and in no audience."""
    if person.place is not None:
        stays.stop_waiting(draft, person.id, person.place)
        crowds.went(draft, person.place, person.id)
    for name in person.audiences:
        draft.memberships[name, person.id] = Membership(name, person.id, None)


def erased(draft: Draft, event: ev.Erased) -> None:
    """Nothing of somebody remains, whatever they were called."""
    world = draft.world
    person = world.resolve(event.person)
    raws = {person, *(raw for raw in world.aliases if world.resolve(raw) == person)}
    known = draft.person(person)
    _move_out(draft, known)
    draft.aliases.update(dict.fromkeys(raws - {person}))
    for kind, values in known.ids.items():
        draft.identities.update((id_key(kind, value), None) for value in values)
    for key, timer in world.timers.items():
        if timer.person in raws:
            draft.cancel_timer(key)
    for badge, leases in world.leases.items():
        kept = tuple(
            Lease(lease.from_ms, None) if lease.person in raws else lease for lease in leases
        )
        if kept != leases:
            draft.leases[badge] = kept if any(lease.person for lease in kept) else ()
    _forget_wishes(draft, raws)
    for gone in (known.id, *raws):
        draft.people.pop(gone, None)
    draft.forgotten += sorted(raws)


def _forget_wishes(draft: Draft, raws: Iterable[str]) -> None:
    """Nobody's name remains among those whom a song was played for."""
    gone = set(raws)
    for place in {*draft.world.zones, *draft.zones}:
        zone: Zone = draft.zone(place)
        plays = tuple(
            replace(play, persons=tuple(p for p in play.persons if p not in gone))
            for play in zone.plays
        )
        if plays != zone.plays:
            draft.put(replace(zone, plays=plays))


def buried(draft: Draft, event: ev.Tombstone) -> None:
    """What somebody who is forgotten did to pools stays done."""
    for pool_id in sorted({*event.taken, *event.returned, *event.redeemed}):
        pool = draft.pool(pool_id)
        taken, given_back = event.taken.get(pool_id, []), event.returned.get(pool_id, [])
        returned = [index for index in pool.returned if index not in taken]
        returned += [index for index in given_back if index not in returned]
        next_index = max([pool.next_index, *(index + 1 for index in taken)])
        redeemed = pool.redeemed + event.redeemed.get(pool_id, 0)
        draft.put(replace(pool, next_index=next_index, returned=tuple(returned), redeemed=redeemed))
