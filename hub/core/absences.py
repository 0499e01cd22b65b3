"""What has not happened becomes true by itself, when the time for it has passed."""

from hub.core import document as doc
from hub.core.periods import EVER_MS
from hub.core.plan import ANYWHERE, CompiledRule
from hub.core.state import Person, Timer
from hub.core.triggers import visits_of
from hub.core.windows import count_within, inside
from hub.core.world import Draft

NEVER_PREFIX = "never:"


def visited(draft: Draft, place: str, person_id: str, at_ms: int, before: Person) -> None:
    """A visit has been noted: what it completes, and what is waited for from now on."""
    rules = draft.rules
    for compiled in rules.sequences_to.get(place, ()):
        _completes(draft, compiled, person_id, at_ms)
    for compiled in rules.sequences_from.get(place, ()):
        _completes_later(draft, compiled, person_id, at_ms)
    if at_ms not in before.visits.get(place, ()):
        for compiled in rules.without.get(place, ()):
            wait_without(draft, compiled, person_id, at_ms)
    for key in (place, ANYWHERE):
        for compiled in rules.absent.get(key, ()):
            _seen(draft, compiled, person_id, at_ms, before)
    if rules.never_ms and draft.person(person_id).first_ms != before.first_ms:
        wait_never(draft, person_id, 0)


def _completes(draft: Draft, compiled: CompiledRule, person: str, at_ms: int) -> None:
    """A visit to the second place: was the first one visited before, soon enough?"""
    if firsts(draft.person(person), compiled, at_ms):
        draft.spark((compiled,), person, at_ms)


def firsts(person: Person, compiled: CompiledRule, at_ms: int) -> int:
    """How many visits to the first place lie before a visit to the second, soon enough."""
    when = compiled.rule.when
    assert isinstance(when, doc.OnSequence)
    times = person.visits.get(when.first)
    if times is None:
        return 0
    counted = count_within(times, at_ms, compiled.window)
    return counted - times.count(at_ms) if counted else 0


def _completes_later(draft: Draft, compiled: CompiledRule, person_id: str, at_ms: int) -> None:
    """A visit to the first place that becomes known after those to the second that follow it."""
    when, person = compiled.rule.when, draft.person(person_id)
    assert isinstance(when, doc.OnSequence)
    later = person.visits.get(when.then, ())
    if not later or later[-1] <= at_ms:
        return
    for then_ms in later:
        is_after = compiled.window.after_ms(then_ms) < at_ms < then_ms
        if is_after and firsts(person, compiled, then_ms) == 1:
            draft.spark((compiled,), person_id, then_ms)


def wait_without(draft: Draft, compiled: CompiledRule, person: str, at_ms: int) -> None:
    """Look, when the time is over, whether the second place was visited."""
    key = f"without:{compiled.name}/{person}/{at_ms}"
    due_ms = at_ms + compiled.length_ms
    draft.set_timer(Timer(key, due_ms, "without", compiled.name, person, cause_ms=at_ms))


def _seen(draft: Draft, compiled: CompiledRule, person: str, at_ms: int, before: Person) -> None:
    """A visit ends an absence, perhaps one that was long enough and not yet looked at."""
    key = f"absent:{compiled.name}/{person}"
    timer = draft.timer(key)
    if timer is not None and timer.due_ms < at_ms and timer.due_ms <= draft.at_ms:
        absent_due(draft, compiled, person, timer.due_ms)
    last_ms, was_ms = _last_ms(compiled, draft.person(person)), _last_ms(compiled, before)
    if last_ms is None or last_ms == was_ms:
        return
    # Who was never there was asked about an absence since they first came anywhere.
    is_since_first = was_ms is None and last_ms == before.first_ms
    if not (is_since_first and last_ms + compiled.length_ms < draft.at_ms):
        wait_absent(draft, compiled, person)


def wait_absent(
    draft: Draft, compiled: CompiledRule, person_id: str, after_ms: int = EVER_MS
) -> None:
    """Look when the absence that begins with the last visit has lasted long enough.

    What has lasted long enough by ``after_ms`` already is not looked at.
    """
    last_ms = _last_ms(compiled, draft.person(person_id))
    if last_ms is not None and last_ms + compiled.length_ms > after_ms:
        key, due_ms = f"absent:{compiled.name}/{person_id}", last_ms + compiled.length_ms
        draft.set_timer(Timer(key, due_ms, "absent", compiled.name, person_id, cause_ms=last_ms))


def _last_ms(compiled: CompiledRule, person: Person) -> int | None:
    """The last visit that ends an absence."""
    places = compiled.places or person.visits
    return max((person.visits[p][-1] for p in places if p in person.visits), default=None)


def absent_due(draft: Draft, compiled: CompiledRule, person: str, due_ms: int) -> None:
    """An absence has lasted long enough, if there was no visit meanwhile."""
    if not compiled.length_ms:
        return
    times = inside(visits_of(compiled, draft.person(person)), due_ms, compiled.window)
    if times and times[-1] + compiled.length_ms == due_ms:
        draft.spark((compiled,), person, due_ms)


def without_due(draft: Draft, compiled: CompiledRule, person_id: str, timer: Timer) -> None:
    """The time for the second place is over."""
    when, visits = compiled.rule.when, draft.person(person_id).visits
    assert isinstance(when, doc.OnWithout)
    from_ms = timer.due_ms - compiled.length_ms
    came = any(from_ms < t <= timer.due_ms for t in visits.get(when.then, ()))
    if from_ms in visits.get(when.first, ()) and not came:
        draft.spark((compiled,), person_id, timer.due_ms)


def wait_never(draft: Draft, person_id: str, after_ms: int) -> None:
    """Look at the next length of absence of somebody who was never at a place.

    What is due by then and has not been looked at is looked at first.
    """
    waiting = draft.timer(f"{NEVER_PREFIX}{person_id}")
    if waiting is not None and waiting.due_ms <= after_ms:
        return
    first_ms = draft.person(person_id).first_ms
    dues = (first_ms + length_ms for length_ms in draft.rules.never_ms)
    due_ms = next((due_ms for due_ms in dues if due_ms > after_ms), None)
    key = f"{NEVER_PREFIX}{person_id}"
    if due_ms is None or not first_ms:
        draft.cancel_timer(key)
    else:
        draft.set_timer(Timer(key, due_ms, "never", "", person_id, cause_ms=first_ms))


def never_due(draft: Draft, person_id: str, due_ms: int) -> None:
    """Somebody has been at the event for so long: where have they not been?"""
    person = draft.person(person_id)
    for compiled in draft.rules.never.get(due_ms - person.first_ms, ()):
        times = visits_of(compiled, person)
        if not times or times[0] > due_ms:
            draft.spark((compiled,), person_id, due_ms)
    wait_never(draft, person_id, due_ms)
