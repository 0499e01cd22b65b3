"""A trigger is true at an instant, at which something happens; what holds on is no trigger."""

from typing import Final

from hub.core import document as doc
from hub.core.explaining import changes
from hub.core.explaining.counts import counting
from hub.core.explaining.folding import Moment
from hub.core.explaining.history import stays_seen, visits_seen
from hub.core.explaining.saying import when
from hub.core.explaining.values import Finding, Seen
from hub.core.outcome import Clause
from hub.core.periods import Window
from hub.core.plan import Compiled, CompiledRule
from hub.core.profile import dwell_ms
from hub.core.seeing import clause
from hub.core.spans import spell
from hub.core.triggers import visits_of

SHOWN_MAX: Final = 3
"""Most visits that are listed of which only the last one counts."""


def trigger(rules: Compiled, compiled: CompiledRule, moment: Moment) -> Finding:
    """What the trigger asks, whether it became true at the moment, and what it looked at."""
    match compiled.rule.when:
        case doc.OnVisits() | doc.OnDistinct():
            return counting(rules, compiled, moment)
        case doc.OnTap(place=place):
            return _last(rules, compiled, moment, "tap", (place,))
        case doc.OnVisit() if not compiled.at_least_ms:
            return _last(rules, compiled, moment, "visit", compiled.places)
        case doc.OnVisit() | doc.OnDwell():
            return _lasting(rules, compiled, moment)
        case doc.OnLeft():
            return _left(rules, compiled, moment)
        case doc.OnSequence():
            return _sequence(rules, compiled, compiled.rule.when, moment)
        case doc.OnWithout():
            return _without(rules, compiled, compiled.rule.when, moment)
        case doc.OnAbsent():
            return _absent(rules, compiled, compiled.rule.when, moment)
        case _:
            return changes.change(rules, compiled, moment)


def _ever(rules: Compiled) -> Window:
    return Window(rules.zone)


def _last_at(rules: Compiled, seen: tuple[Seen, ...], what: str, moment: Moment) -> str:
    if not seen:
        return f"there was no {what} by then"
    at = when(seen[-1].at_ms, moment.at_ms, rules.zone)
    return f"there was no {what} at that instant; the last one was at {at}"


def _last(
    rules: Compiled, compiled: CompiledRule, moment: Moment, kind: str, places: tuple[str, ...]
) -> Finding:
    """Something that is true each time it happens."""
    seen = visits_seen(moment.person, places, moment.at_ms, _ever(rules), kind)
    where = getattr(compiled.rule.when, "group", None) or places[0]
    said = clause(rules, compiled, moment.person, moment.at_ms)
    held = bool(seen) and seen[-1].at_ms == moment.at_ms
    miss = _last_at(rules, seen, f"{kind} at {where}", moment)
    return Finding(Clause(said.text, held, said.saw), miss, seen[-SHOWN_MAX:])


def _lasting(rules: Compiled, compiled: CompiledRule, moment: Moment) -> Finding:
    """A stay that has to be long enough while it goes on."""
    person, at_ms, least_ms = moment.person, moment.at_ms, compiled.at_least_ms
    said = clause(rules, compiled, person, at_ms)
    seen = stays_seen(person, compiled.places, at_ms, _ever(rules))
    is_there = person.place in compiled.places
    place = str(person.place) if is_there else compiled.places[0]
    total = isinstance(compiled.rule.when, doc.OnDwell)
    spent_ms = dwell_ms(person, place, at_ms) if total else max(0, at_ms - person.since_ms)
    if not is_there:
        return Finding(
            Clause(said.text, False, said.saw), f"not at {place} then: {person.place or 'nowhere'}",
            seen,
        )  # fmt: skip
    due_ms = at_ms + least_ms - spent_ms
    due = when(due_ms, at_ms, rules.zone)
    if spent_ms < least_ms:
        miss = f"at {place} for {spell(spent_ms)}, {spell(least_ms)} are needed: until {due}"
    else:
        miss = f"that was reached at {due} already"
    return Finding(Clause(said.text, due_ms == at_ms, said.saw), miss, seen)


def _left(rules: Compiled, compiled: CompiledRule, moment: Moment) -> Finding:
    seen = stays_seen(moment.person, compiled.places, moment.at_ms, _ever(rules))
    said = clause(rules, compiled, moment.person, moment.at_ms)
    ends = tuple(one for one in seen if one.at_ms <= moment.at_ms and "still" not in one.what)
    group: str | None = getattr(compiled.rule.when, "group", None)
    what = f"leaving of {group or compiled.places[0]}"
    if compiled.at_least_ms:
        what += f" after {spell(compiled.at_least_ms)}"
    return Finding(said, _last_at(rules, ends, what, moment), seen)


def _sequence(
    rules: Compiled, compiled: CompiledRule, test: doc.OnSequence, moment: Moment
) -> Finding:
    person, at_ms = moment.person, moment.at_ms
    said = clause(rules, compiled, person, at_ms)
    firsts = visits_seen(person, (test.first,), at_ms, compiled.window)
    thens = visits_seen(person, (test.then,), at_ms, _ever(rules))[-SHOWN_MAX:]
    if at_ms not in person.visits.get(test.then, ()):
        miss = _last_at(rules, thens, f"visit to {test.then}", moment)
    else:
        miss = f"there was no visit to {test.first} within {compiled.window.text} before it"
        earlier = [one.at_ms for one in firsts if one.at_ms < at_ms]
        if earlier:
            miss += f"; the last one was at {when(earlier[-1], at_ms, rules.zone)}"
    return Finding(said, miss, (*firsts, *thens))


def _without(
    rules: Compiled, compiled: CompiledRule, test: doc.OnWithout, moment: Moment
) -> Finding:
    person, at_ms, length_ms = moment.person, moment.at_ms, compiled.length_ms
    said = clause(rules, compiled, person, at_ms)
    seen = visits_seen(person, (test.first, test.then), at_ms, _ever(rules))
    firsts = [t for t in person.visits.get(test.first, ()) if t <= at_ms]
    if not firsts:
        return Finding(said, f"there was no visit to {test.first} by then", seen)
    first_ms = firsts[-1]
    due = when(first_ms + length_ms, at_ms, rules.zone)
    came = [
        t
        for t in person.visits.get(test.then, ())
        if first_ms < t <= min(at_ms, first_ms + length_ms)
    ]
    if came:
        miss = f"{test.then} was visited at {when(came[0], at_ms, rules.zone)}, in time"
    elif at_ms < first_ms + length_ms:
        miss = f"the time for {test.then} was not over before {due}"
    else:
        miss = f"that was so at {due} already"
    return Finding(said, miss, seen)


def _absent(rules: Compiled, compiled: CompiledRule, test: doc.OnAbsent, moment: Moment) -> Finding:
    person, at_ms = moment.person, moment.at_ms
    said = clause(rules, compiled, person, at_ms)
    seen = visits_seen(person, compiled.places or tuple(rules.places), at_ms, _ever(rules))[
        -SHOWN_MAX:
    ]
    if test.by is not None:
        return _absent_by(said, test.by, seen, rules, moment)
    times = [t for t in visits_of(compiled, person) if t <= at_ms]
    from_ms = times[-1] if times else person.first_ms
    if not from_ms or from_ms > at_ms:
        return Finding(Clause(said.text, False, said.saw), "they had not been anywhere by then")
    due_ms = from_ms + compiled.length_ms
    due, was = (when(one, at_ms, rules.zone) for one in (due_ms, from_ms))
    where = test.place or test.group or "some place"
    last = f"the last visit to {where} was at {was}" if times else f"the first trace is of {was}"
    miss = f"{last}, so it was to become true at {due}"
    return Finding(Clause(said.text, due_ms == at_ms, said.saw), miss, seen)


def _absent_by(
    said: Clause, by: str, seen: tuple[Seen, ...], rules: Compiled, moment: Moment
) -> Finding:
    is_then = changes.is_due(rules, by, moment.at_ms)
    miss = (
        f"visited at {when(seen[-1].at_ms, moment.at_ms, rules.zone)}"
        if seen
        else (f"it is asked at {by} and at no other instant")
    )
    held = said.held and is_then and bool(moment.person.registered_ms)
    return Finding(Clause(said.text, held, said.saw), miss, seen)
