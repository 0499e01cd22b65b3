"""One event in, one outcome out: a function of (world, event, position, now) and no more."""

from msgspec.structs import replace

from contract.limits import FUTURE_MS_MAX
from hub.core import absences, audiences, crowds, follow, persons, profile, stays, sweeps
from hub.core import document as doc
from hub.core import events as ev
from hub.core.errors import ImplausibleInstant, RuleFailed, UnknownPerson, UnknownPlace
from hub.core.fire import follow_up, settle
from hub.core.outcome import Grant, Outcome
from hub.core.plan import ANYWHERE, Compiled
from hub.core.spans import local_time
from hub.core.state import Pool, Timer
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
        AttributeFault: an attribute that is not of its type.
        UnknownPerson: a merge of somebody who is not known.
    """
    # What falls due is asked as of its instant, all else as of when it is known.
    at_ms = event.at_ms if isinstance(event, ev.Due) else max(now_ms, event.at_ms)
    faulty: dict[str, str] = {}
    while True:
        draft = Draft(world, pos, now_ms, at_ms, faulty)
        try:
            about = _apply(draft, event)
            settle(draft)
        except RuleFailed as failed:  # decided again from the beginning, without that rule
            faulty = {**faulty, failed.rule: failed.reason}
        else:
            return draft.outcome(about)


def _apply(draft: Draft, event: ev.Event) -> str | None:
    """Note what the event changes, and which rules it makes true; returns whom it is about."""
    match event:
        case ev.Tapped():
            return _tapped(draft, event)
        case ev.Moved():
            _moved(draft, event)
        case ev.Due():
            _due(draft, event)
        case ev.Registered():
            persons.registered(draft, event)
        case ev.Leased():
            persons.leased(draft, event)
        case ev.Merged():
            persons.merged(draft, event)
        case ev.Unmerged():
            persons.unmerged(draft, event)
        case ev.Erased():
            persons.erased(draft, event)
        case _:
            _apply_other(draft, event)
    return getattr(event, "person", None)


def _apply_other(draft: Draft, event: ev.Event) -> None:
    match event:
        case ev.VenuePublished():
            _published(draft, event)
        case ev.Redeemed():
            _redeemed(draft, event)
        case ev.Settled():
            _settled(draft, event)
        case ev.Played():
            follow.played(draft, event.place, event.artist, event.at_ms, skipped=event.skipped)
        case ev.Called():
            _called(draft, event)
        case ev.Swept():
            sweeps.swept(draft, event)
        case ev.Tombstone():
            persons.buried(draft, event)
        case _:
            assert isinstance(event, ev.GapReported), "noted in the log, and no more"


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
    rules = draft.rules
    check_instant(rules, event.at_ms, draft.now_ms)
    place = rules.places.get(event.place)
    if place is None:
        raise UnknownPlace(f"there is no place {event.place!r} at this venue")
    holder = persons.holder_of_tap(draft, event)
    person = draft.world.resolve(holder)
    before = draft.person(person)
    persons.met(draft, person)
    draft.put(profile.tapped(before, place, event.at_ms))
    draft.touch(person, f"tap:{place.id}")
    draft.happened(f"tap:{place.id}", person, event.at_ms)
    if place.visits_by == "tap":
        _visited(draft, place.id, person, event.at_ms)
        absences.visited(draft, place.id, person, event.at_ms, before)
    return holder


def _visited(draft: Draft, place: str, person: str, at_ms: int) -> None:
    """Ask the counting rules of a place about a visit that has just been noted."""
    draft.touch(person, f"visit:{place}")
    counting = draft.rules.counting.get(place)
    if counting is None:
        return
    visit = Visit(draft.person(person), place, at_ms)
    for compiled, instants_ms in touched(counting, visit):
        for crossed_ms in instants_ms:
            draft.spark((compiled,), person, crossed_ms)


def _moved(draft: Draft, event: ev.Moved) -> None:
    place = draft.rules.places.get(event.place)
    person_id = draft.world.resolve(event.person)
    person = draft.person(person_id)
    persons.met(draft, person_id)
    elsewhere = event.kind == "left" and event.place != person.place
    if person.place is not None and not elsewhere:
        _leave(draft, person_id, person.place, event.at_ms)
    if event.kind == "entered" and place is not None:
        was_there = person.place == place.id
        _enter(draft, person_id, place, event.at_ms, was_there=was_there)
    elif event.kind == "left_venue":
        draft.happened("left_venue", person_id, event.at_ms)


def _leave(draft: Draft, person_id: str, place: str, at_ms: int) -> None:
    stays.ending(draft, person_id, place, at_ms)
    if draft.sparks:  # what was complete before is asked while they are still there
        settle(draft)
        draft.depth = 0
    person = draft.person(person_id)
    draft.put(profile.left(person, at_ms))
    stays.left(draft, person_id, place, at_ms, person.since_ms)
    draft.touch(person_id, "at", f"stay:{place}")
    crowds.went(draft, place, person_id)


def _enter(draft: Draft, person_id: str, place: doc.Place, at_ms: int, *, was_there: bool) -> None:
    before = draft.person(person_id)
    draft.put(profile.entered(before, place, at_ms))
    draft.touch(person_id, "at", f"stay:{place.id}")
    for name in draft.rules.counted:
        if audiences.look(draft, draft.rules.audiences[name], person_id):
            draft.touch(person_id, f"audience:{name}")
    crowds.came(draft, place.id, person_id)
    if place.visits_by == "presence":
        _visited(draft, place.id, person_id, at_ms)
        absences.visited(draft, place.id, person_id, at_ms, before)
    stays.begun(draft, person_id, place.id, at_ms, was_there=was_there)


def _due(draft: Draft, event: ev.Due) -> None:
    timer = draft.world.timers.get(event.timer)
    if timer is None or timer.due_ms != event.at_ms or timer.kind == "sweep":
        return
    draft.cancel_timer(timer.key)
    person = None if timer.person is None else draft.world.resolve(timer.person)
    if timer.kind in ("audience", "never"):
        assert person is not None
        if timer.kind == "audience":
            audiences.fell_due(draft, timer, person)
        else:
            absences.never_due(draft, person, timer.due_ms)
        return
    compiled = draft.rules.rules.get(timer.rule)
    if compiled is not None and compiled.rule.stage in ("live", "shadow"):
        _due_rule(draft, replace(timer, person=person))


def _due_rule(draft: Draft, timer: Timer) -> None:
    compiled, person = draft.rules.rules[timer.rule], timer.person
    when, due_ms = compiled.rule.when, timer.due_ms
    match timer.kind:
        case "follow_up":
            if compiled.rule.stage == "live":
                follow_up(draft, compiled, timer)
        case "show":
            if isinstance(when, doc.WhilePresent) and timer.place in compiled.places:
                follow.show(draft, compiled, str(timer.place))
        case "schedule":
            sweeps.fell_due(draft, compiled, due_ms)
        case "rule" if isinstance(when, doc.OnRule) and person:
            fired = draft.person(person).fired.get(when.rule)
            if fired and due_ms - compiled.length_ms == timer.cause_ms in fired.recent_ms:
                draft.spark((compiled,), person, due_ms)
        case "stay" if isinstance(when, doc.OnVisit | doc.OnDwell) and person:
            stays.fell_due(draft, compiled, timer, person)
        case "absent" if isinstance(when, doc.OnAbsent) and person:
            absences.absent_due(draft, compiled, person, due_ms)
        case "without" if isinstance(when, doc.OnWithout) and person:
            absences.without_due(draft, compiled, person, timer)
        case _:
            pass  # the rule of today waits for something else


def _published(draft: Draft, event: ev.VenuePublished) -> None:
    """Bring what there is into line with the document that is now in force."""
    for info in draft.rules.venue.pools:
        pool = draft.world.pools.get(info.id) or Pool(info.id, info.stock)
        stock = max(info.stock, pool.next_index)
        draft.put(replace(pool, stock=stock))
    crowds.published(draft)
    sweeps.published(draft, event.version, event.at_ms, past=event.past)


def _redeemed(draft: Draft, event: ev.Redeemed) -> None:
    pool = draft.pool(event.pool)
    draft.put(replace(pool, redeemed=pool.redeemed + 1))
    person = draft.world.resolve(event.person)
    if not draft.knows(person):  # they are forgotten, and do not come back with a reward of theirs
        return
    for key in (event.pool, ANYWHERE):
        draft.happened(f"redeemed:{key}", person, event.at_ms)


def _called(draft: Draft, event: ev.Called) -> None:
    """Somebody pressed a button, or a system called: about a person or about the venue."""
    person = None if event.person is None else draft.world.resolve(event.person)
    if person is not None and not draft.knows(person):
        raise UnknownPerson(f"there is nobody {event.person!r} at this event")
    whom = "venue" if person is None else "person"
    listed = draft.rules.sparked_by.get(f"{event.kind}:{event.name}", ())
    draft.spark((rule for rule in listed if rule.about == whom), person, event.at_ms)


def _settled(draft: Draft, event: ev.Settled) -> None:
    """A reward that could not be delivered goes back to its pool."""
    if event.outcome == "done" or event.pool is None or event.index is None:
        return
    pool = draft.pool(event.pool)
    if event.index in pool.returned or event.index >= pool.next_index:
        return
    draft.put(replace(pool, returned=(*pool.returned, event.index)))
    grant = Grant(event.pool, event.index, event.person or "", event.key, event.at_ms)
    draft.released.append(grant)
