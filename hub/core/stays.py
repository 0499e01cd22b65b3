"""A stay becomes long enough while nobody moves: a timer is set for that instant, and looked at."""

from hub.core import document as doc
from hub.core.plan import CompiledRule
from hub.core.profile import dwell_ms
from hub.core.state import Timer
from hub.core.world import Draft


def begun(draft: Draft, person: str, place: str, at_ms: int, *, was_there: bool = False) -> None:
    """Somebody has entered a place: what that completes, and what takes longer.

    Who ``was_there`` already has a total dwell that their entering again does not change.
    """
    for compiled in draft.rules.on_stay.get(place, ()):
        if _was_reached(draft, compiled, person):
            continue
        missing_ms = _missing_ms(draft, compiled, person, place, at_ms)
        due_ms = at_ms + missing_ms
        if missing_ms < 0 or (was_there and _was_asked(draft, compiled, person, due_ms)):
            continue
        if missing_ms:
            _wait(draft, compiled, person, place, due_ms)
        else:
            draft.spark((compiled,), person, at_ms)


def _was_asked(draft: Draft, compiled: CompiledRule, person: str, due_ms: int) -> bool:
    """Whether a total dwell that was complete by then has been looked at."""
    if not isinstance(compiled.rule.when, doc.OnDwell) or due_ms > draft.at_ms:
        return False
    return _key(compiled, person) not in draft.world.timers


def ending(draft: Draft, person: str, place: str, at_ms: int) -> None:
    """Somebody leaves a place: what was complete before, and nothing is waited for any more.

    A timer is looked at a little after it is due, so their leaving may be known before.
    """
    for compiled in draft.rules.on_stay.get(place, ()):
        timer = draft.timer(_key(compiled, person))
        if timer is None:
            continue
        draft.cancel_timer(timer.key)
        if timer.due_ms < at_ms:
            draft.spark((compiled,), person, timer.due_ms)


def left(draft: Draft, person: str, place: str, at_ms: int, since_ms: int) -> None:
    """Somebody has left a place where they had been since an instant."""
    for compiled in draft.rules.on_left.get(place, ()):
        if at_ms - since_ms >= compiled.at_least_ms:
            draft.spark((compiled,), person, at_ms)


def fell_due(draft: Draft, compiled: CompiledRule, timer: Timer, person: str) -> None:
    """A stay that ended, or that the rule of today sees otherwise, makes nothing true."""
    if not compiled.at_least_ms:
        return
    place = timer.place or ""
    if draft.person(person).place != place or place not in compiled.places:
        return
    if _was_reached(draft, compiled, person):
        return
    if _missing_ms(draft, compiled, person, place, timer.due_ms) <= 0:
        draft.spark((compiled,), person, timer.due_ms)


def wait_again(draft: Draft, compiled: CompiledRule, person_id: str, at_ms: int) -> None:
    """Let a rule that is put in force at ``at_ms`` count for somebody who is inside already.

    The time that they have spent counts: a stay that is complete after ``at_ms`` fires when it is.
    One that was complete by then lies in the past, and publishing never fires for the past.
    """
    person = draft.person(person_id)
    if person.place is None or person.place not in compiled.places:
        return
    from_ms = max(at_ms, person.since_ms)
    missing_ms = _missing_ms(draft, compiled, person_id, person.place, from_ms)
    if missing_ms > 0 and not _was_reached(draft, compiled, person_id):
        _wait(draft, compiled, person_id, person.place, from_ms + missing_ms)


def stop_waiting(draft: Draft, person: str, place: str) -> None:
    """Wait for nothing at a place: what is known of the person is another thing now."""
    for compiled in draft.rules.on_stay.get(place, ()):
        draft.cancel_timer(_key(compiled, person))


def _key(compiled: CompiledRule, person: str) -> str:
    return f"stay:{compiled.name}/{person}"


def _missing_ms(draft: Draft, compiled: CompiledRule, person: str, place: str, at_ms: int) -> int:
    """How much longer somebody has to stay for a rule to become true."""
    known = draft.person(person)
    if isinstance(compiled.rule.when, doc.OnDwell):
        return compiled.at_least_ms - dwell_ms(known, place, at_ms)
    return compiled.at_least_ms - (at_ms - known.since_ms)


def _wait(draft: Draft, compiled: CompiledRule, person: str, place: str, due_ms: int) -> None:
    """Set a timer for the instant at which the stay will have been long enough."""
    draft.set_timer(
        Timer(
            key=_key(compiled, person), due_ms=due_ms, kind="stay", rule=compiled.name,
            person=person, place=place, cause_ms=draft.person(person).since_ms,
        )
    )  # fmt: skip


def _was_reached(draft: Draft, compiled: CompiledRule, person: str) -> bool:
    """Whether a total dwell was reached before: it is once, whatever becomes known late."""
    total = isinstance(compiled.rule.when, doc.OnDwell)
    return total and compiled.memory in draft.person(person).fired
