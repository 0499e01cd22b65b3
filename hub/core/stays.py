"""A stay becomes long enough while nobody moves: a timer is set for that instant, and looked at."""

from collections.abc import Mapping

from hub.core import document as doc
from hub.core.compiled import Compiled, CompiledRule
from hub.core.fire import consider
from hub.core.profile import dwell_ms
from hub.core.state import Timer, Zone
from hub.core.world import Draft


def begun(draft: Draft, person: str, place: str, at_ms: int) -> None:
    """Somebody has entered a place: fire what that completes, wait for what takes longer."""
    for compiled in draft.world.rules.on_stay.get(place, ()):
        missing_ms = _missing_ms(draft, compiled, person, place, at_ms)
        if missing_ms > 0:
            _wait(draft, compiled, person, place, at_ms + missing_ms)
        elif missing_ms == 0 and not _was_reached(draft, compiled, person):
            consider(draft, compiled, person, at_ms)


def ending(draft: Draft, person: str, place: str, at_ms: int) -> None:
    """Somebody leaves a place: fire what was complete before, wait for nothing any more.

    A timer is looked at a little after it is due, so their leaving may be known before.
    """
    for compiled in draft.world.rules.on_stay.get(place, ()):
        timer = draft.world.timers.get(_key(compiled, person))
        if timer is None:
            continue
        draft.cancel_timer(timer.key)
        if timer.due_ms < at_ms:
            consider(draft, compiled, person, timer.due_ms)


def fell_due(draft: Draft, compiled: CompiledRule, timer: Timer) -> None:
    """Fire: a stay that ended, or that the rule of today sees otherwise, has no such timer."""
    assert timer.person is not None
    if draft.person(timer.person).place == timer.place:
        consider(draft, compiled, timer.person, timer.due_ms)


def affected(rules: Compiled, zones: Mapping[str, Zone]) -> set[str]:
    """Those whose stays are looked at when ``rules`` are published: a step has to know them."""
    return {person for place in rules.on_stay if place in zones for person in zones[place].present}


def published(draft: Draft, at_ms: int) -> None:
    """Let the rules put in force at ``at_ms`` count for those who are inside already.

    The time that they have spent counts: a stay that is complete after ``at_ms`` fires when it is.
    One that was complete by ``at_ms`` lies in the past, and publishing never fires for the past:
    the rule fires for another visit, and for a total dwell that was complete never. Whoever was
    waiting for a rule that now asks for less than they have spent fires when they would have
    anyhow. What no rule asks for any more is not waited for.
    """
    for timer in draft.world.timers.values():
        if timer.kind == "stay" and not _asks(draft, timer):
            draft.cancel_timer(timer.key)
    for place, listed in draft.world.rules.on_stay.items():
        for person, seen in draft.zone(place).present.items():
            from_ms = max(at_ms, seen.since_ms)
            for compiled in listed:
                missing_ms = _missing_ms(draft, compiled, person, place, from_ms)
                if missing_ms > 0:
                    _wait(draft, compiled, person, place, from_ms + missing_ms)


def _key(compiled: CompiledRule, person: str) -> str:
    return f"stay:{compiled.name}/{person}"


def _asks(draft: Draft, timer: Timer) -> bool:
    """Whether the rule of a timer asks about stays at its place, today."""
    rules = draft.world.rules.on_stay.get(timer.place or "", ())
    return any(compiled.name == timer.rule for compiled in rules)


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
    """Whether a total dwell was reached before: by a person who left at that very instant."""
    total = isinstance(compiled.rule.when, doc.OnDwell)
    return total and compiled.name in draft.person(person).fired
