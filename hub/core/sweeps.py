"""What concerns many people is done for a part of them at a time, so that no tap waits for it.

A timer says what the sweep is about and how far it has come; each part is an event of its own.
"""

from collections.abc import Iterable

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from hub.core import absences, audiences, crowds, stays
from hub.core import document as doc
from hub.core import events as ev
from hub.core.asking import View
from hub.core.checks import EVERYONE
from hub.core.plan import Compiled, CompiledRule
from hub.core.schedules import next_instant_ms
from hub.core.spans import parse_local
from hub.core.state import Person, Timer
from hub.core.triggers import crossings_of, visits_of
from hub.core.world import Draft

CONDITIONED = (
    doc.OnVisit, doc.OnDwell, doc.OnWithout, doc.OnAbsent, doc.OnTap, doc.OnVisits, doc.OnDistinct,
    doc.OnSequence, doc.OnAudience,
)  # fmt: skip
"""Triggers that a person's history may have made true, or will by itself."""


class Sweep(Struct, frozen=True, omit_defaults=True):
    """What a sweep is about, and the person up to whom it has come."""

    after: str = ""
    rules: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    """Audiences that there are no longer."""
    is_counted: bool = False
    """Whether other audiences are counted at places than before."""
    past: bool = False


_decode = msgspec.json.Decoder(Sweep).decode


def sweep_of(timer: Timer) -> Sweep:
    """What the timer of a sweep says."""
    return _decode(timer.occurrence)


def _timer(key: str, at_ms: int, rule: str, sweep: Sweep) -> Timer:
    body = msgspec.json.encode(sweep).decode()
    return Timer(key, at_ms, "sweep", rule, cause_ms=at_ms, occurrence=body)


def published(draft: Draft, version: int, at_ms: int, *, past: bool) -> None:
    """Have everybody looked at for what a version of the rules has changed about people."""
    sweep = everything(draft.rules) if past else changed(draft.world.previous, draft.rules)
    if sweep != Sweep():
        plan = replace(sweep, past=past)
        draft.set_timer(_timer(f"sweep:version/{version}", at_ms, "", plan))
    for compiled in draft.rules.scheduled:
        waiting = draft.timer(f"schedule:{compiled.name}")
        is_due = waiting is not None and waiting.due_ms <= at_ms
        if waiting is None or not is_due or not _is_meant_at(draft, compiled, waiting.due_ms):
            wait(draft, compiled, at_ms)


def everything(rules: Compiled) -> Sweep:
    """All rules and audiences."""
    return Sweep(rules=tuple(rules.rules), audiences=tuple(rules.audiences), is_counted=True)


def changed(before: Compiled | None, after: Compiled) -> Sweep:
    """The rules and audiences that mean something else than before, or were not there."""
    if before is None:
        return Sweep()
    same_ground = (
        before.places == after.places
        and before.attributes == after.attributes
        and before.zone == after.zone
    )
    old_rules = {name: one.rule for name, one in before.rules.items()}
    rules = (
        name
        for name, one in after.rules.items()
        if isinstance(one.rule.when, CONDITIONED)
        and one.rule.stage in ("live", "shadow")
        and not (same_ground and _waits_the_same(old_rules.get(name), one.rule))
    )
    old = {one.name: one.if_ for one in before.venue.audiences}
    names = (
        one.name
        for one in after.venue.audiences
        if not (same_ground and old.get(one.name) == one.if_)
    )
    gone = old.keys() - after.audiences.keys()
    return Sweep(
        rules=tuple(rules),
        audiences=tuple(names),
        gone=tuple(sorted(gone)),
        is_counted=before.counted != after.counted,
    )


def _waits_the_same(before: doc.Rule | None, after: doc.Rule) -> bool:
    return before is not None and (before.when, before.stage) == (after.when, after.stage)


def wait(draft: Draft, compiled: CompiledRule, after_ms: int) -> None:
    """Set the timer of a rule that the calendar makes true, for the first instant after one."""
    due_ms = _next_ms(draft.rules, compiled, after_ms)
    key = f"schedule:{compiled.name}"
    if due_ms is None:
        draft.cancel_timer(key)
    else:
        draft.set_timer(Timer(key, due_ms, "schedule", compiled.name))


def _next_ms(rules: Compiled, compiled: CompiledRule, after_ms: int) -> int | None:
    when = compiled.rule.when
    if isinstance(when, doc.OnSchedule):
        return next_instant_ms(when, after_ms, rules.zone, rules.starts_ms, rules.ends_ms)
    assert isinstance(when, doc.OnAbsent)
    assert when.by is not None, "the compiler has seen that it is one or the other"
    by_ms = parse_local(when.by, rules.zone)
    return by_ms if by_ms > after_ms else None


def _is_meant_at(draft: Draft, compiled: CompiledRule, due_ms: int) -> bool:
    return _next_ms(draft.rules, compiled, due_ms - 1) == due_ms


def fell_due(draft: Draft, compiled: CompiledRule, due_ms: int) -> None:
    """The calendar has made a rule true, if it still means that instant."""
    if compiled not in draft.rules.scheduled:
        return
    if _is_meant_at(draft, compiled, due_ms):
        if compiled.about == "venue":
            draft.spark((compiled,), None, due_ms)
        else:
            key = f"sweep:{compiled.name}/{due_ms}"
            draft.set_timer(_timer(key, due_ms, compiled.name, Sweep()))
    wait(draft, compiled, due_ms)


def swept(draft: Draft, event: ev.Swept) -> None:
    """Look at a part of the people."""
    timer = draft.world.timers.get(event.sweep)
    if timer is None or timer.kind != "sweep":
        return
    sweep = sweep_of(timer)
    if timer.rule:
        draft.at_ms = timer.cause_ms
        _ask(draft, timer, event.persons)
    else:
        draft.is_silent = not sweep.past
        for person in event.persons:
            # Whoever was forgotten or merged since does not come back with a sweep.
            if draft.knows(person) and person not in draft.world.aliases:
                look_again(draft, person, sweep, event.at_ms)
        # Audiences that are counted at places may be others; how many are there lies in the past.
        draft.crowded.clear()
        crowds.published(draft)
    if event.last:
        draft.cancel_timer(timer.key)
    elif event.persons:
        further = msgspec.json.encode(replace(sweep, after=event.persons[-1])).decode()
        draft.set_timer(replace(timer, occurrence=further))


def _ask(draft: Draft, timer: Timer, persons: Iterable[str]) -> None:
    """Make a rule that the calendar has made true true for each of these it is about."""
    compiled = draft.rules.rules.get(timer.rule)
    if compiled is None or compiled not in draft.rules.scheduled:
        return
    for person_id in persons:
        person = draft.person(person_id)
        if _is_meant(compiled, person, timer.cause_ms):
            draft.spark((compiled,), person_id, timer.cause_ms)


def _is_meant(compiled: CompiledRule, person: Person, at_ms: int) -> bool:
    when = compiled.rule.when
    if isinstance(when, doc.OnSchedule) and when.each != EVERYONE:
        return when.each in person.audiences
    if not person.registered_ms or isinstance(when, doc.OnSchedule):
        return person.registered_ms != 0
    return not any(t <= at_ms for t in visits_of(compiled, person))


def look_again(draft: Draft, person: str, sweep: Sweep, at_ms: int) -> None:
    """Let what has changed count for somebody from ``at_ms`` on."""
    for name in sweep.rules:
        compiled = draft.rules.rules.get(name)
        if compiled is not None and compiled.rule.stage in ("live", "shadow"):
            wait_for(draft, compiled, person, at_ms)
            if sweep.past:
                for past_ms in so_far(draft, compiled, draft.person(person)):
                    draft.spark((compiled,), person, past_ms)
    if draft.rules.never_ms:
        absences.wait_never(draft, person, at_ms)
    for name in sweep.audiences:
        audience = draft.rules.audiences.get(name)
        if audience is not None and audiences.look(draft, audience, person):
            draft.touch(person, f"audience:{name}")
    for name in sweep.gone:
        if name in draft.person(person).audiences:
            audiences.put(draft, name, person, at_ms, is_in=False)
    place = draft.person(person).place
    if sweep.is_counted and place is not None:
        crowds.came(draft, place, person)


def wait_for(draft: Draft, compiled: CompiledRule, person: str, at_ms: int) -> None:
    """Set the timers of a rule for what lies ahead of somebody."""
    match compiled.rule.when:
        case doc.OnVisit() | doc.OnDwell():
            stays.wait_again(draft, compiled, person, at_ms)
        case doc.OnAbsent() if compiled.length_ms:
            absences.wait_absent(draft, compiled, person, at_ms)
        case doc.OnWithout(first=first):
            for first_ms in draft.person(person).visits.get(first, ()):
                if first_ms + compiled.length_ms > at_ms:
                    absences.wait_without(draft, compiled, person, first_ms)
        case _:
            pass


def so_far(draft: Draft, compiled: CompiledRule, person: Person) -> tuple[int, ...]:
    """The instants at which somebody's history would have made a rule true."""
    match compiled.rule.when:
        case doc.OnVisits() | doc.OnDistinct():
            return crossings_of(compiled, person.visits)
        case doc.OnTap(place=place):
            return person.taps.get(place, ())
        case doc.OnVisit() if not compiled.at_least_ms:
            return tuple(sorted(t for p in compiled.places for t in person.visits.get(p, ())))
        case doc.OnSequence(then=then):
            times = person.visits.get(then, ())
            return tuple(t for t in times if absences.firsts(person, compiled, t))
        case doc.OnAudience(audience=audience, change="entered"):
            holds = draft.rules.audiences[audience].ask.holds(View(person, draft.at_ms, draft))
            return (draft.at_ms,) if holds else ()
        case _:
            return ()
