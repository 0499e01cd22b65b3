"""Each clause of a rule's ``if`` that failed says by how much, and until when it stays so."""

from hub.core import document as doc
from hub.core.asking import View
from hub.core.explaining.around import Around, conditions_of, conjuncts
from hub.core.explaining.folding import Moment
from hub.core.explaining.history import (
    counted_places,
    counted_seen,
    counted_window,
    outside,
)
from hub.core.explaining.saying import joined, plural, when
from hub.core.explaining.values import Finding, Seen
from hub.core.outcome import Clause
from hub.core.plan import Compiled, CompiledRule


def conditions(
    rules: Compiled, compiled: CompiledRule, moment: Moment, around: Around
) -> list[Finding]:
    """The clauses of the conditions, each with what it looked at."""
    view = View(moment.person, moment.asked_ms, around)
    clauses = compiled.ask.clauses(view)
    tests = conjuncts(compiled.rule.if_)
    return [
        _finding(rules, clause, test, moment) for clause, test in zip(clauses, tests, strict=True)
    ]


def _finding(
    rules: Compiled, clause: Clause, test: doc.Condition | None, moment: Moment
) -> Finding:
    if isinstance(test, doc.Counted):
        seen = counted_seen(rules, test, moment.person, moment.asked_ms)
        return Finding(clause, _counted_miss(rules, clause, test, moment, seen), seen)
    return Finding(clause, f"“{clause.text}” does not hold: {clause.saw}")


def counted_events(rules: Compiled, compiled: CompiledRule, moment: Moment) -> list[Seen]:
    """What any condition that counts looked at, however deep it stands."""
    return [
        seen
        for test in conditions_of(compiled.rule.if_)
        if isinstance(test, doc.Counted)
        for seen in counted_seen(rules, test, moment.person, moment.asked_ms)
    ]


def places_counted(rules: Compiled, compiled: CompiledRule) -> set[str]:
    """The places that the conditions count at."""
    tests = conditions_of(compiled.rule.if_)
    return {
        place
        for test in tests
        if isinstance(test, doc.Counted) and test.of != "points"
        for place in counted_places(rules, test)
    }


def _counted_miss(
    rules: Compiled, clause: Clause, test: doc.Counted, moment: Moment, seen: tuple[Seen, ...]
) -> str:
    at_ms, within = moment.asked_ms, counted_window(rules, test)
    said = [f"“{clause.text}” does not hold: {clause.saw}"]
    counting = [one for one in seen if one.is_counted]
    if test.take == "count" and isinstance(test.at_least, float | int):
        missing = test.at_least - len(counting)
        if missing > 0:
            said.append(f"{plural(missing, 'more', 'more')} needed")
    if test.take == "count" and isinstance(test.at_most, float | int):
        over = len(counting) - int(test.at_most)
        leaves_ms = within.leaves_ms(counting[over - 1].at_ms) if over > 0 else None
        if over > 0:
            until = "" if leaves_ms is None else f" until {when(leaves_ms, at_ms, rules.zone)}"
            said.append(f"{over} too many{until}")
    said.append(outside(seen, within, at_ms, rules.zone))
    return joined(said)
