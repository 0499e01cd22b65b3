"""A rule that counts visits says how many are missing, and until when they would have counted."""

from hub.core import document as doc
from hub.core.explaining.folding import Moment
from hub.core.explaining.history import outside, visits_seen
from hub.core.explaining.saying import joined, listed, plural, when
from hub.core.explaining.values import Finding, Seen
from hub.core.outcome import Clause
from hub.core.plan import Compiled, CompiledRule
from hub.core.seeing import clause
from hub.core.triggers import crossings_of


def counting(rules: Compiled, compiled: CompiledRule, moment: Moment) -> Finding:
    """The trigger of ``visits`` or ``distinct``: it is true at the visit that makes it so."""
    at_ms, window = moment.at_ms, compiled.window
    seen = visits_seen(moment.person, compiled.places, at_ms, window)
    inside = [one for one in seen if one.is_counted]
    said = clause(rules, compiled, moment.person, at_ms)
    crossed = [t for t in crossings_of(compiled, moment.person.visits) if t <= at_ms]
    is_now = bool(crossed) and crossed[-1] == at_ms
    if said.held and not is_now:
        return Finding(Clause(said.text, False, said.saw), _before(rules, crossed, moment), seen)
    say = _visits if isinstance(compiled.rule.when, doc.OnVisits) else _distinct
    miss = joined((say(rules, compiled, inside, at_ms), outside(seen, window, at_ms, rules.zone)))
    return Finding(said, miss, seen)


def _before(rules: Compiled, crossed: list[int], moment: Moment) -> str:
    """It was reached before, and is true only at the visit that reaches it."""
    reached = when(crossed[-1], moment.at_ms, rules.zone)
    return f"that was reached at {reached} already, and nothing reached it at that instant"


def _until(rules: Compiled, compiled: CompiledRule, inside: list[Seen], at_ms: int) -> str:
    leaves_ms = compiled.window.leaves_ms(inside[0].at_ms) if inside else None
    return "" if leaves_ms is None else f" before {when(leaves_ms, at_ms, rules.zone)}"


def _visits(rules: Compiled, compiled: CompiledRule, inside: list[Seen], at_ms: int) -> str:
    group: str | None = getattr(compiled.rule.when, "group", None)
    had = listed([one.at_ms for one in inside], at_ms, rules.zone)
    missing = compiled.count - len(inside)
    until = _until(rules, compiled, inside, at_ms)
    return (
        f"{plural(len(inside), 'visit')} at {group or compiled.places[0]} within "
        f"{compiled.window.text}{had}, {compiled.count} are needed: {missing} more{until}"
    )


def _distinct(rules: Compiled, compiled: CompiledRule, inside: list[Seen], at_ms: int) -> str:
    been = sorted({str(one.place) for one in inside})
    missing = [place for place in compiled.places if place not in been]
    until = _until(rules, compiled, inside, at_ms)
    names = f" ({', '.join(been)})" if been else ""
    return (
        f"{plural(len(been), 'different place')} within {compiled.window.text}"
        f"{names}, {compiled.count} are needed: "
        f"{compiled.count - len(been)} more of {', '.join(missing)}{until}"
    )
