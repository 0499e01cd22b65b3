"""The clause of a rule's trigger: what it asks, whether it held at an instant, what was seen."""

from datetime import tzinfo

from hub.core import document as doc
from hub.core.outcome import Clause
from hub.core.plan import Compiled, CompiledRule
from hub.core.profile import dwell_ms
from hub.core.spans import clock_time, local_time, spell
from hub.core.state import Person
from hub.core.triggers import histories, visits_of
from hub.core.windows import Times, count_within, inside, merged

SHOWN_MAX = 5
"""Most instants that fit a line."""


def clause(rules: Compiled, compiled: CompiledRule, person: Person, at_ms: int) -> Clause:
    """What the trigger asks, whether it held at ``at_ms``, and the values it saw."""
    match compiled.rule.when:
        case doc.OnVisits():
            return _visits(rules, compiled, person, at_ms)
        case doc.OnDistinct():
            return _distinct(compiled, person, at_ms)
        case doc.OnDwell(place=place):
            spent = dwell_ms(person, place, at_ms)
            text = f"has spent {spell(compiled.at_least_ms)} at {place}, and is still there"
            held = spent >= compiled.at_least_ms and person.place == place
            return Clause(text, held, f"{spell(spent)}, now {person.place or 'nowhere'}")
        case doc.OnVisit():
            return _visit(rules, compiled, person, at_ms)
        case doc.OnTap(place=place):
            return _at(f"taps at {place}", person.taps.get(place, ()), at_ms, rules.zone)
        case doc.OnLeft():
            return _left(rules, compiled, person, at_ms)
        case doc.OnSequence() | doc.OnWithout() | doc.OnAbsent():
            return _pattern(rules, compiled, person, at_ms)
        case _:
            return _change(rules, compiled, person)


def _at(text: str, times: Times, at_ms: int, zone: tzinfo) -> Clause:
    """Something that happened at the very instant."""
    seen = tuple(t for t in times if t <= at_ms)
    return Clause(text, bool(seen) and seen[-1] == at_ms, instants(seen, zone))


def _where(compiled: CompiledRule) -> str:
    group: str | None = getattr(compiled.rule.when, "group", None)
    return group or compiled.places[0]


def _visit(rules: Compiled, compiled: CompiledRule, person: Person, at_ms: int) -> Clause:
    least = f" for {spell(compiled.at_least_ms)}" if compiled.at_least_ms else ""
    visits = merged(histories(compiled, person.visits).values())
    seen = tuple(t for t in visits if t <= at_ms)
    lasts = person.place in compiled.places and at_ms - person.since_ms >= compiled.at_least_ms
    held = lasts if compiled.at_least_ms else bool(seen) and seen[-1] == at_ms
    return Clause(f"visits {_where(compiled)}{least}", held, instants(seen, rules.zone))


def _visits(rules: Compiled, compiled: CompiledRule, person: Person, at_ms: int) -> Clause:
    times = merged(histories(compiled, person.visits).values())
    seen = inside(times, at_ms, compiled.window)
    text = f"{compiled.count} visits at {_where(compiled)} within {compiled.window.text}"
    return Clause(text, len(seen) >= compiled.count, instants(seen, rules.zone))


def _distinct(compiled: CompiledRule, person: Person, at_ms: int) -> Clause:
    seen = sorted(
        place
        for place, times in histories(compiled, person.visits).items()
        if count_within(times, at_ms, compiled.window)
    )
    group = getattr(compiled.rule.when, "group", "")
    text = f"{compiled.count} different places of {group} within {compiled.window.text}"
    saw = f"{len(seen)} of {len(compiled.places)}: {', '.join(seen) or 'none'}"
    return Clause(text, len(seen) >= compiled.count, saw)


def _left(rules: Compiled, compiled: CompiledRule, person: Person, at_ms: int) -> Clause:
    least = f" after {spell(compiled.at_least_ms)}" if compiled.at_least_ms else ""
    stays = [stay for place in compiled.places for stay in person.stays.get(place, ())]
    ends = sorted(s.until_ms for s in stays if s.until_ms - s.from_ms >= compiled.at_least_ms)
    return _at(f"leaves {_where(compiled)}{least}", tuple(ends), at_ms, rules.zone)


def _pattern(rules: Compiled, compiled: CompiledRule, person: Person, at_ms: int) -> Clause:
    """Two places in order, or nothing for a while."""
    when, visits = compiled.rule.when, person.visits
    if isinstance(when, doc.OnSequence):
        before = inside(visits.get(when.first, ()), at_ms - 1, compiled.window)
        before = tuple(t for t in before if t > compiled.window.after_ms(at_ms))
        held = bool(before) and at_ms in visits.get(when.then, ())
        text = f"visits {when.then} within {compiled.window.text} of {when.first}"
        return Clause(text, held, f"{when.first} {instants(before, rules.zone)}")
    if isinstance(when, doc.OnWithout):
        from_ms = at_ms - compiled.length_ms
        came = tuple(t for t in visits.get(when.then, ()) if from_ms < t <= at_ms)
        held = from_ms in visits.get(when.first, ()) and not came
        text = f"visits {when.first} and not {when.then} within {spell(compiled.length_ms)}"
        return Clause(text, held, f"{when.then} {instants(came, rules.zone)}")
    assert isinstance(when, doc.OnAbsent)
    seen = tuple(t for t in visits_of(compiled, person) if t <= at_ms)
    after_ms = at_ms - compiled.length_ms if compiled.length_ms else 0
    where = when.place or when.group or "any place"
    length = f"for {spell(compiled.length_ms)}" if compiled.length_ms else f"by {when.by}"
    text = f"has not visited {where} {length}"
    return Clause(text, not seen or seen[-1] <= after_ms, instants(seen, rules.zone))


def _change(rules: Compiled, compiled: CompiledRule, person: Person) -> Clause:
    """Something about the person or the venue that changed; what is so now."""
    match compiled.rule.when:
        case doc.OnAudience(audience=audience, change=change):
            inside_now = audience in person.audiences
            held = inside_now == (change == "entered")
            return Clause(f"has {change} {audience}", held, "inside" if inside_now else "outside")
        case doc.OnAttribute(name=name):
            value = person.attributes.get(name)
            saw = "unknown" if value is None else str(value)
            return Clause(f"{name} changes", value is not None, saw)
        case doc.OnConsent(purpose=purpose, given=given):
            has = purpose in person.consents
            said = "given" if given else "withdrawn"
            saw = ", ".join(sorted(person.consents)) or "no consents"
            return Clause(f"consent to {purpose} is {said}", has == given, saw)
        case doc.OnPoints(at_least=points):
            saw = f"{person.points} points"
            return Clause(f"reaches {points} points", person.points >= points, saw)
        case doc.OnRule(rule=name):
            fired = person.fired.get(name)
            times = fired.recent_ms if fired else ()
            later = f" {spell(compiled.length_ms)} ago" if compiled.length_ms else ""
            text = f"{name} fired{later}"
            return Clause(text, bool(times), instants(times, rules.zone))
        case when:
            return Clause(_spelled(when), held=True, saw=person.place or "nowhere")


def _spelled(when: doc.Trigger) -> str:
    match when:
        case doc.OnLeftVenue():
            return "leaves the venue"
        case doc.OnRedeemed(pool=pool):
            return f"a reward of {pool or 'any pool'} is redeemed"
        case doc.OnButton(button=name):
            return f"the button {name} is pressed"
        case doc.OnCall(call=name):
            return f"{name} is called"
        case _:
            assert isinstance(when, doc.OnSchedule), "the others are spelled where they are seen"
            return f"it is time: {when.at or when.daily or when.every or when.cron}"


def instants(times: Times, zone: tzinfo) -> str:
    """Instants as a line: how many, and the last few."""
    if not times:
        return "none"
    shown = ", ".join(clock_time(at_ms, zone) for at_ms in times[-SHOWN_MAX:])
    return f"{len(times)}: {'... ' if len(times) > SHOWN_MAX else ''}{shown}"


def venue_clause(rules: Compiled, compiled: CompiledRule, count: int, at_ms: int) -> Clause:
    """The clause of a rule about the venue; ``count`` is how many are at its place."""
    when = compiled.rule.when
    if isinstance(when, doc.OnOccupancy):
        who = f"of {when.audience} " if when.audience else ""
        if when.at_least is not None:
            return Clause(
                f"{when.at_least} {who}or more at {when.place}", held=True, saw=str(count)
            )
        return Clause(f"{when.at_most} {who}or fewer at {when.place}", held=True, saw=str(count))
    return Clause(_spelled(when), held=True, saw=local_time(at_ms, rules.zone))
