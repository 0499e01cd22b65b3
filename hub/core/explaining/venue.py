"""A rule about a place or the venue becomes true by a crowd, by the calendar, or by a call."""

from hub.core import document as doc
from hub.core.crowds import number
from hub.core.explaining.around import Around
from hub.core.explaining.changes import schedule
from hub.core.explaining.folding import Moment
from hub.core.explaining.saying import plural
from hub.core.explaining.values import Finding
from hub.core.outcome import Clause
from hub.core.plan import Compiled, CompiledRule
from hub.core.seeing import venue_clause

WAITS = "it fires when the number gets there, and then not before it has been back"


def venue_trigger(
    rules: Compiled, compiled: CompiledRule, moment: Moment, around: Around
) -> Finding:
    """What the trigger asks, and what it saw at the instant."""
    test = compiled.rule.when
    match test:
        case doc.OnOccupancy():
            return _crowd(rules, compiled, test, moment, around)
        case doc.WhilePresent(place=place):
            there = len(around.present(place))
            return Finding(
                Clause(f"people at {place} change", held=False, saw=str(there)),
                f"nothing changed at {place} at that instant, with {there} there; it shows each "
                f"change, at most once every {test.every}",
            )
        case doc.OnSchedule():
            return schedule(rules, compiled, moment)
        case _:
            text = venue_clause(rules, compiled, 0, moment.at_ms).text
            said = f"“{text}” did not happen at that instant"
            return Finding(Clause(text, held=False, saw="it did not happen"), said)


def _crowd(
    rules: Compiled, compiled: CompiledRule, test: doc.OnOccupancy, moment: Moment, around: Around
) -> Finding:
    there = number(dict(around.present(test.place)), test.audience)
    said = venue_clause(rules, compiled, there, moment.at_ms)
    who = f"{plural(there, 'person', 'people')} at {test.place}"
    if test.audience:
        who = f"{there} of {test.audience} at {test.place}"
    if test.at_least is not None:
        missing = test.at_least - there
        miss = f"{who}, {test.at_least} are needed: {missing} more"
    else:
        missing = there - (test.at_most or 0)
        miss = f"{who}, {test.at_most} are allowed: {missing} too many"
    if missing <= 0:
        return Finding(Clause(said.text, held=False, saw=f"{there}, as before"), f"{who}; {WAITS}")
    return Finding(Clause(said.text, held=False, saw=said.saw), miss)
