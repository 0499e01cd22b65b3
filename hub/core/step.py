"""One event in, one outcome out: a function of (world, event, position, now) and no more."""

from msgspec.structs import replace

from contract.limits import FUTURE_MS_MAX
from hub.core import document as doc
from hub.core import events as ev
from hub.core import follow, profile, stays
from hub.core.compiled import Compiled
from hub.core.errors import ImplausibleInstant, UnknownBadge, UnknownPlace
from hub.core.fire import consider, follow_up
from hub.core.outcome import Grant, Outcome
from hub.core.spans import clock_time, local_time
from hub.core.state import LEASES_KEPT_MAX, Lease, Pool
from hub.core.triggers import Visit, touched
from hub.core.world import Draft, World

BEFORE_EVENT_MS_MAX = 30 * 86_400_000
"""A reading dated longer before the event than this is quarantined."""


def step(world: World, event: ev.Event, pos: int, now_ms: int) -> Outcome:
    """Decide what ``event``, at position ``pos`` of the log and known at ``now_ms``, changes.

    Raises:
        UnknownBadge: a tap of a badge that nobody holds.
        UnknownPlace: a tap at a place that the venue does not have.
        ImplausibleInstant: a tap from the future or long before the event.
    """
    draft = Draft(world, pos, now_ms)
    match event:
        case ev.Tapped():
            return draft.outcome(_tapped(draft, event))
        case ev.Moved():
            _moved(draft, event)
        case ev.Registered():
            _registered(draft, event)
        case ev.Due():
            _due(draft, event)
        case ev.VenuePublished():
            _published(draft)
            stays.published(draft, event.at_ms)
        case ev.Redeemed():
            pool = draft.pool(event.pool)
            draft.put(replace(pool, redeemed=pool.redeemed + 1))
        case ev.Settled():
            _settled(draft, event)
        case ev.Played():
            follow.played(draft, event.place, event.artist, event.at_ms, skipped=event.skipped)
        case ev.Leased():
            _leased(draft, event)
        case _:
            assert isinstance(event, ev.GapReported), "noted in the log, and no more"
    return draft.outcome(getattr(event, "person", None))


def plausible_span(rules: Compiled, now_ms: int) -> tuple[int, int]:
    """The first and the last instant that a reading may be dated now."""
    return rules.starts_ms - BEFORE_EVENT_MS_MAX, now_ms + FUTURE_MS_MAX


def check_instant(rules: Compiled, at_ms: int, now_ms: int) -> None:
    """Refuse an instant that cannot be meant.

    Raises:
        ImplausibleInstant: the text says how far off it is.
    """
    earliest_ms, latest_ms = plausible_span(rules, now_ms)
    if at_ms > latest_ms:
        raise ImplausibleInstant(
            f"dated in the future: {local_time(at_ms, rules.zone)}, "
            f"while it is {local_time(now_ms, rules.zone)}"
        )
    if at_ms < earliest_ms:
        raise ImplausibleInstant(
            f"dated {local_time(at_ms, rules.zone)}, long before the event "
            f"begins at {local_time(rules.starts_ms, rules.zone)}"
        )


def _tapped(draft: Draft, event: ev.Tapped) -> str:
    world = draft.world
    check_instant(world.rules, event.at_ms, draft.now_ms)
    holder = world.holder(event.badge, event.at_ms)
    if holder is None:
        when = clock_time(event.at_ms, world.rules.zone)
        raise UnknownBadge(f"nobody holds badge {event.badge!r} at {when}: register it")
    place = world.rules.places.get(event.place)
    if place is None:
        raise UnknownPlace(f"there is no place {event.place!r} at this venue")
    before = draft.person(holder)
    draft.put(profile.tapped(before, place, event.at_ms))
    for compiled in world.rules.on_tap.get(place.id, ()):
        consider(draft, compiled, holder, event.at_ms)
    if place.visits_by == "tap":
        _visited(draft, place.id, holder, event.at_ms)
    return holder


def _visited(draft: Draft, place: str, person: str, at_ms: int) -> None:
    """Ask the counting rules of a place about a visit that has just been noted."""
    counting = draft.world.rules.counting.get(place)
    if counting is None:
        return
    visit = Visit(draft.person(person), place, at_ms)
    for compiled, instants_ms in touched(counting, visit):
        for crossed_ms in instants_ms:
            consider(draft, compiled, person, crossed_ms)


def _moved(draft: Draft, event: ev.Moved) -> None:
    place = draft.world.rules.places.get(event.place)
    person = draft.person(event.person)
    elsewhere = event.kind == "left" and event.place != person.place
    if person.place is not None and not elsewhere:
        _leave(draft, event.person, person.place, event.at_ms)
    if event.kind == "entered" and place is not None:
        _enter(draft, event.person, place, event.at_ms)


def _leave(draft: Draft, person: str, place: str, at_ms: int) -> None:
    stays.ending(draft, person, place, at_ms)
    draft.put(profile.left(draft.person(person), at_ms))
    follow.went(draft, place, person)


def _enter(draft: Draft, person_id: str, place: doc.Place, at_ms: int) -> None:
    person = profile.entered(draft.person(person_id), place, at_ms)
    draft.put(person)
    follow.joined(draft, place.id, person_id, profile.presence_of(person))
    if place.visits_by == "presence":
        _visited(draft, place.id, person_id, at_ms)
    stays.begun(draft, person_id, place.id, at_ms)


def _leased(draft: Draft, event: ev.Leased) -> None:
    """From that instant on the badge belongs to somebody else, or to nobody."""
    others = (
        lease for lease in draft.world.leases.get(event.badge, ()) if lease.from_ms != event.at_ms
    )
    leases = sorted((*others, Lease(event.at_ms, event.person)), key=lambda lease: lease.from_ms)
    draft.leases[event.badge] = tuple(leases[-LEASES_KEPT_MAX:])


def _registered(draft: Draft, event: ev.Registered) -> None:
    person = profile.registered(draft.person(event.person), event)
    draft.put(person)
    if person.place is not None:
        follow.joined(draft, person.place, person.id, profile.presence_of(person))


def _due(draft: Draft, event: ev.Due) -> None:
    timer = draft.world.timers.get(event.timer)
    if timer is None or timer.due_ms != event.at_ms:
        return
    draft.cancel_timer(timer.key)
    compiled = draft.world.rules.rules.get(timer.rule)
    if compiled is None or not compiled.rule.active:
        return
    if timer.kind == "follow_up":
        follow_up(draft, compiled, timer)
    elif timer.kind == "show":
        assert timer.place is not None
        following = isinstance(compiled.rule.when, doc.WhilePresent)
        if following and timer.place in compiled.places:
            follow.show(draft, compiled, timer.place)
    else:
        stays.fell_due(draft, compiled, timer)


def _published(draft: Draft) -> None:
    """Bring the pools into line with the document that is now in force."""
    for info in draft.world.rules.venue.pools:
        pool = draft.world.pools.get(info.id) or Pool(info.id, info.stock)
        stock = max(info.stock, pool.next_index)
        draft.put(replace(pool, stock=stock))


def _settled(draft: Draft, event: ev.Settled) -> None:
    """A reward that could not be delivered goes back to its pool."""
    if event.outcome == "done" or event.pool is None or event.index is None:
        return
    pool = draft.pool(event.pool)
    if event.index in pool.returned:
        return
    draft.put(replace(pool, returned=(*pool.returned, event.index)))
    grant = Grant(event.pool, event.index, event.person or "", event.key, event.at_ms)
    draft.released.append(grant)
