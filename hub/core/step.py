"""One event in, one outcome out: a function of (world, event, position, now) and no more."""

from msgspec.structs import replace

from contract.limits import FUTURE_MS_MAX
from hub.core import document as doc
from hub.core import events as ev
from hub.core import follow, profile
from hub.core.compiled import Compiled, CompiledRule
from hub.core.errors import ImplausibleInstant, UnknownBadge
from hub.core.fire import consider, follow_up
from hub.core.outcome import Grant, Outcome
from hub.core.spans import clock_time, local
from hub.core.state import LEASES_KEPT_MAX, Lease, Pool, Timer
from hub.core.triggers import Visit, crossed
from hub.core.world import Draft, World

BEFORE_EVENT_MS_MAX = 30 * 86_400_000
"""A reading dated longer before the event than this is quarantined."""


def step(world: World, event: ev.Event, pos: int, now_ms: int) -> Outcome:
    """Decide what ``event``, at position ``pos`` of the log and known at ``now_ms``, changes.

    Raises:
        UnknownBadge: a tap of a badge that nobody holds.
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
        case ev.Redeemed():
            pool = draft.pool(event.pool)
            draft.put(replace(pool, redeemed=pool.redeemed + 1))
        case ev.Settled():
            _settled(draft, event)
        case ev.Played():
            follow.played(draft, event.place, event.artist, event.at_ms, skipped=event.skipped)
        case ev.Leased():
            _leased(draft, event)
        case ev.GapReported():
            pass
    return draft.outcome(getattr(event, "person", None))


def check_instant(rules: Compiled, at_ms: int, now_ms: int) -> None:
    """Refuse an instant that cannot be meant.

    Raises:
        ImplausibleInstant: the text says how far off it is.
    """
    if at_ms > now_ms + FUTURE_MS_MAX:
        raise ImplausibleInstant(
            f"dated in the future: {local(at_ms, rules.zone):%Y-%m-%d %H:%M:%S}, "
            f"while it is {local(now_ms, rules.zone):%Y-%m-%d %H:%M:%S}"
        )
    if at_ms < rules.starts_ms - BEFORE_EVENT_MS_MAX:
        raise ImplausibleInstant(
            f"dated {local(at_ms, rules.zone):%Y-%m-%d %H:%M:%S}, long before the event "
            f"begins on {local(rules.starts_ms, rules.zone):%Y-%m-%d}"
        )


def _tapped(draft: Draft, event: ev.Tapped) -> str:
    world = draft.world
    check_instant(world.rules, event.at_ms, draft.now_ms)
    holder = world.holder(event.badge, event.at_ms)
    if holder is None:
        when = clock_time(event.at_ms, world.rules.zone)
        raise UnknownBadge(f"nobody holds badge {event.badge!r} at {when}: register it")
    place = world.rules.places[event.place]
    before = draft.person(holder)
    draft.put(profile.tapped(before, place, event.at_ms))
    for compiled in world.rules.on_tap.get(place.id, ()):
        consider(draft, compiled, holder, event.at_ms)
    if place.visits_by == "tap":
        _visited(draft, place.id, holder, event.at_ms)
    return holder


def _visited(draft: Draft, place: str, person: str, at_ms: int) -> None:
    """Ask the counting rules of a place about a visit that has just been noted."""
    rules = draft.world.rules.on_visit.get(place, ())
    if not rules:
        return
    visit = Visit(draft.person(person), place, at_ms)
    for compiled in rules:
        for crossed_ms in crossed(compiled, visit):
            consider(draft, compiled, person, crossed_ms)


def _moved(draft: Draft, event: ev.Moved) -> None:
    place = draft.world.rules.places.get(event.place)
    person = draft.person(event.person)
    if person.place is not None:
        _leave(draft, event.person, person.place, event.at_ms)
    if event.kind == "entered" and place is not None:
        _enter(draft, event.person, place, event.at_ms)


def _leave(draft: Draft, person: str, place: str, at_ms: int) -> None:
    draft.put(profile.left(draft.person(person), at_ms))
    follow.went(draft, place, person)
    for compiled in draft.world.rules.on_stay.get(place, ()):
        draft.cancel_timer(_stay_key(compiled, person))


def _enter(draft: Draft, person_id: str, place: doc.Place, at_ms: int) -> None:
    person = profile.entered(draft.person(person_id), place, at_ms)
    draft.put(person)
    follow.joined(draft, place.id, person_id, profile.presence_of(person))
    if place.visits_by == "presence":
        _visited(draft, place.id, person_id, at_ms)
    for compiled in draft.world.rules.on_stay.get(place.id, ()):
        _stay(draft, compiled, person_id, place.id, at_ms)


def _stay_key(compiled: CompiledRule, person: str) -> str:
    return f"stay:{compiled.name}/{person}"


def _stay(draft: Draft, compiled: CompiledRule, person: str, place: str, at_ms: int) -> None:
    """Fire at once, or set a timer for the instant at which the stay will have been long enough."""
    missing_ms = compiled.at_least_ms
    if isinstance(compiled.rule.when, doc.OnDwell):
        spent_ms = profile.dwell_ms(draft.person(person), place, at_ms)
        if spent_ms >= compiled.at_least_ms:
            return
        missing_ms -= spent_ms
    if missing_ms == 0:
        consider(draft, compiled, person, at_ms)
        return
    draft.set_timer(
        Timer(
            key=_stay_key(compiled, person), due_ms=at_ms + missing_ms, kind="stay",
            rule=compiled.name, person=person, place=place, cause_ms=at_ms,
        )
    )  # fmt: skip


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
        follow_up(draft, timer)
    elif timer.kind == "show" and timer.place is not None:
        follow.show(draft, compiled, timer.place)
    elif timer.person is not None and draft.person(timer.person).place == timer.place:
        consider(draft, compiled, timer.person, timer.due_ms)


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
    draft.put(replace(pool, returned=(*pool.returned, event.index)))
    grant = Grant(event.pool, event.index, event.person or "", event.key, event.at_ms)
    draft.released.append(grant)
