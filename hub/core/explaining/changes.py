"""What makes a rule true by happening: a change of somebody, a call, the calendar."""

from hub.core import document as doc
from hub.core import events as ev
from hub.core.checks import EVERYONE
from hub.core.explaining.folding import Moment
from hub.core.explaining.saying import when
from hub.core.explaining.values import Finding, Seen
from hub.core.outcome import Clause
from hub.core.plan import Compiled, CompiledRule
from hub.core.schedules import next_instant_ms
from hub.core.seeing import clause
from hub.core.spans import parse_local, spell


def change(rules: Compiled, compiled: CompiledRule, moment: Moment) -> Finding:
    """The trigger as a change from before the moment to after it, or as what happened then."""
    match compiled.rule.when:
        case doc.OnRule():
            return _rule(rules, compiled, compiled.rule.when, moment)
        case doc.OnSchedule():
            return schedule(rules, compiled, moment)
        case doc.OnRedeemed() | doc.OnLeftVenue() | doc.OnButton() | doc.OnCall():
            return _happened(rules, compiled, moment)
        case _:
            return _changed(rules, compiled, moment)


def _changed(rules: Compiled, compiled: CompiledRule, moment: Moment) -> Finding:
    before, after = moment.before, moment.person
    said = clause(rules, compiled, after, moment.at_ms)
    match compiled.rule.when:
        case doc.OnAudience(audience=name, change=which):
            was, now = name in before.audiences, name in after.audiences
            held = was != now == (which == "entered")
            saw = f"{_side(now)}, {_side(was)} before"
        case doc.OnAttribute(name=name):
            old, new = before.attributes.get(name), after.attributes.get(name)
            held = old != new and bool(before.registered_ms)
            saw = f"{_value(new)}, {_value(old)} before"
        case doc.OnConsent(purpose=purpose, given=given):
            had, has = purpose in before.consents, purpose in after.consents
            held = had != has == given and bool(before.registered_ms)
            saw = f"{_given(has)}, {_given(had)} before"
        case when:
            assert isinstance(when, doc.OnPoints), "the others are asked where they happen"
            held = before.points < when.at_least <= after.points
            saw = f"{after.points} points, {before.points} before"
    miss = f"“{said.text}” did not happen at that instant: {saw}"
    return Finding(Clause(said.text, held, saw), miss)


def _side(is_inside: bool) -> str:
    return "inside" if is_inside else "outside"


def _given(has: bool) -> str:
    return "given" if has else "not given"


def _value(value: ev.Value) -> str:
    return "unknown" if value is None else str(value)


def _happened(rules: Compiled, compiled: CompiledRule, moment: Moment) -> Finding:
    said = clause(rules, compiled, moment.person, moment.at_ms)
    match compiled.rule.when, moment.event:
        case doc.OnRedeemed(pool=pool), ev.Redeemed(pool=redeemed):
            held = pool in (None, redeemed)
        case doc.OnLeftVenue(), ev.Moved(kind="left_venue"):
            held = True
        case doc.OnButton(button=name), ev.Called(kind="button", name=called):
            held = name == called
        case doc.OnCall(call=name), ev.Called(kind="call", name=called):
            held = name == called
        case _:
            held = False
    saw = "it happened" if held else "it did not happen at that instant"
    return Finding(Clause(said.text, held, saw), f"“{said.text}” did not happen at that instant")


def _rule(rules: Compiled, compiled: CompiledRule, test: doc.OnRule, moment: Moment) -> Finding:
    said = clause(rules, compiled, moment.person, moment.at_ms)
    fired = moment.person.fired.get(test.rule)
    times = [t for t in (fired.recent_ms if fired else ()) if t <= moment.at_ms]
    held = moment.at_ms - compiled.length_ms in times
    seen = tuple(Seen(t, "rule", None, f"{test.rule} fired") for t in times[-3:])
    if not times:
        miss = f"the rule {test.rule} had not fired by then"
    else:
        at = when(times[-1], moment.at_ms, rules.zone)
        later = f", and this one follows {spell(compiled.length_ms)} after it"
        miss = f"the rule {test.rule} fired at {at}{later if compiled.length_ms else ''}"
    return Finding(Clause(said.text, held, said.saw), miss, seen)


def schedule(rules: Compiled, compiled: CompiledRule, moment: Moment) -> Finding:
    """The calendar, and whom it is about."""
    test = compiled.rule.when
    assert isinstance(test, doc.OnSchedule)
    asked = (test, rules.zone, rules.starts_ms, rules.ends_ms)
    next_ms = next_instant_ms(test, moment.at_ms - 1, *asked[1:])
    said = clause(rules, compiled, moment.person, moment.at_ms)
    if next_ms != moment.at_ms:
        ahead = "never again" if next_ms is None else when(next_ms, moment.at_ms, rules.zone)
        saw = f"next time: {ahead}"
        return Finding(Clause(said.text, held=False, saw=saw), f"it was not time for it; {saw}")
    if test.each in (None, EVERYONE):
        held, saw = test.each is None or bool(moment.person.registered_ms), "registered"
    else:
        held, saw = test.each in moment.person.audiences, f"in {test.each}"
    miss = f"it was time for it, but they were not {saw}"
    return Finding(Clause(said.text, held, f"it is time{'' if held else f', not {saw}'}"), miss)


def is_due(rules: Compiled, by: str, at_ms: int) -> bool:
    """Whether it is the instant by which something is to be done."""
    return parse_local(by, rules.zone) == at_ms
