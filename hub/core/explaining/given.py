"""What a decision gave a person is read from the rule of its version and the lines it left."""

import re
from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from hub.core import document as doc
from hub.core import profile
from hub.core.acts import fill, find_follow_up
from hub.core.outcome import Decision
from hub.core.people.faults import AttributeFault
from hub.core.people.refold import set_by_rule
from hub.core.plan import Compiled
from hub.core.restraint.experiments import Arm, acts_for
from hub.core.state import Person

RulesOf = Callable[[int], Compiled | None]
"""The rules of a version; None of one that nobody knows any more."""

_REFUSED: Final = re.compile(r"(set: |[a-z]+: suppressed, )")


def with_decision(rules_of: RulesOf, person: Person, decision: Decision) -> Person:
    """The person after a decision about them: what fired, and what its actions gave."""
    name, at_ms = decision.rule, decision.at_ms
    if decision.outcome == "shadow":
        return profile.fired(person, f"{name}~shadow", at_ms)
    if decision.outcome != "fired":
        return person
    if not is_follow_up(decision):
        person = profile.fired(person, name, at_ms)
    rules = rules_of(decision.version)
    if rules is None:
        return person
    for act, line in zip(_acts(rules, decision), decision.actions, strict=False):
        if _REFUSED.match(line) is None:
            person = _with_act(rules, person, act, at_ms)
    return person


def is_follow_up(decision: Decision) -> bool:
    """Whether it was about a follow-up, which is no firing of the rule."""
    return "#" in decision.key.removeprefix(f"{decision.rule}/{decision.person}")


def _acts(rules: Compiled, decision: Decision) -> list[doc.Act]:
    compiled = rules.rules.get(decision.rule)
    if compiled is None:
        return []
    acts = acts_for(compiled.rule, Arm(decision.arm))
    if is_follow_up(decision):
        return find_follow_up(acts, decision.key) or []
    return acts


def _with_act(rules: Compiled, person: Person, act: doc.Act, at_ms: int) -> Person:
    match act:
        case doc.GiveTag(tag=tag):
            return replace(person, tags={tag: at_ms, **person.tags})
        case doc.TakeTag(tag=tag):
            return replace(person, tags={t: ms for t, ms in person.tags.items() if t != tag})
        case doc.AddPoints(points=points):
            return profile.earned(person, points, at_ms)
        case doc.AwardHonour(honour=honour):
            return replace(person, honours={honour: at_ms, **person.honours})
        case doc.SetStatus(status=status):
            return replace(person, status=status)
        case doc.EnterDraw(draw=draw):
            return replace(person, draws={draw: at_ms, **person.draws})
        case doc.SetAttribute():
            return _with_attribute(rules, person, act)
        case _:
            return person


def _with_attribute(rules: Compiled, person: Person, act: doc.SetAttribute) -> Person:
    value = fill(act.value, person) if isinstance(act.value, str) else act.value
    try:
        return set_by_rule(rules, person, act.attribute, value)
    except AttributeFault:
        return person
