"""Why a rule fired, was suppressed or did not fire for somebody at an instant.

What fired or was suppressed was stored with its reasons. A plain "no" is worked out again: the
person's own events up to the instant are folded with the rules of that time, what rules had given
them by then is added, and the rule is asked.
"""

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from hub.core import events as ev
from hub.core import profile
from hub.core.acts import NEEDS_CONSENT
from hub.core.compiled import Compiled, acts_of
from hub.core.conditions import check
from hub.core.errors import RulesFault
from hub.core.limits import suppressed_by_limit
from hub.core.outcome import Clause, Decision
from hub.core.spans import clock_time
from hub.core.state import Person
from hub.core.triggers import clause


class Explanation(Struct, frozen=True, omit_defaults=True):
    """The answer, with each clause and what it saw."""

    rule: str
    version: int
    person: str
    at_ms: int
    answer: Literal["fired", "suppressed", "no"]
    reason: str
    clauses: list[Clause]
    actions: list[str] = []


def fold_profile(rules: Compiled, person: str, events: Iterable[ev.Event]) -> Person:
    """What was known of a person after their events (and theirs only).

    What rules did is left aside: :func:`with_given` and :func:`with_decisions` add it.
    """
    known = Person(person)
    for event in events:
        known = _apply(rules, known, event)
    return known


def _apply(rules: Compiled, person: Person, event: ev.Event) -> Person:
    match event:
        case ev.Registered():
            return profile.registered(person, event)
        case ev.Tapped(place=place, at_ms=at_ms) if place in rules.places:
            return profile.tapped(person, rules.places[place], at_ms)
        case ev.Moved(place=place, kind=kind, at_ms=at_ms):
            elsewhere = kind == "left" and place != person.place
            gone = person if elsewhere else profile.left(person, at_ms)
            if kind == "entered" and place in rules.places:
                return profile.entered(gone, rules.places[place], at_ms)
            return gone
        case _:
            return person


def with_given(person: Person, stored: Person, at_ms: int) -> Person:
    """Add what rules had given the person by ``at_ms``, taken from their state of today.

    Tags and entries in draws carry their instants and are never taken back. Points do not, and
    are left aside: nothing can ask about them.
    """
    tags = {tag: given_ms for tag, given_ms in stored.tags.items() if given_ms <= at_ms}
    draws = {draw: given_ms for draw, given_ms in stored.draws.items() if given_ms <= at_ms}
    return replace(person, tags=tags, draws=draws)


def with_decisions(person: Person, decisions: Iterable[Decision]) -> Person:
    """Add what rules did for the person: their limits depend on it, and not on follow-ups."""
    for decision in decisions:
        follow_up = "#" in decision.key.removeprefix(f"{decision.rule}/{decision.person}")
        if decision.outcome == "fired" and not follow_up:
            person = profile.fired(person, decision.rule, decision.at_ms)
    return person


def explain(
    rules: Compiled, rule: str, person: Person, at_ms: int, decisions: Iterable[Decision]
) -> Explanation:
    """Say why ``rule`` did what it did, or nothing, for ``person`` as known at ``at_ms``.

    ``decisions`` are those stored for this person and rule, dated up to ``at_ms``. The latest one
    answers; without one the rule is evaluated at ``at_ms``.

    Raises:
        RulesFault: there is no such rule; the text names those there are.
    """
    compiled = rules.rules.get(rule)
    if compiled is None:
        listed = ", ".join(sorted(rules.rules)) or "none"
        raise RulesFault(f"there is no rule {rule!r}; there is: {listed}")
    stored = max(decisions, key=lambda decision: decision.at_ms, default=None)
    if stored is not None:
        return _stored(stored, person.id)
    _, conditions = check(compiled.rule.if_, person)
    clauses = [clause(rules, compiled, person, at_ms), *conditions]
    clauses += [
        Clause(f"consents to {purpose}", purpose in person.consents, _listed(person))
        for purpose in sorted(
            {
                NEEDS_CONSENT[type(a)]
                for a in acts_of(compiled.rule.then)
                if type(a) in NEEDS_CONSENT
            }
        )
    ]
    limit = suppressed_by_limit(compiled, person, at_ms, rules.zone)
    if limit is not None:
        clauses.append(Clause("is within its limit", held=False, saw=limit))
    failed = [one.text for one in clauses if not one.held]
    reason = f"not so at {clock_time(at_ms, rules.zone)}: {'; '.join(failed)}"
    if not failed:
        reason = "all clauses hold, but nothing happened at that instant that would make it fire"
    return Explanation(rule, rules.version, person.id, at_ms, "no", reason, clauses)


def _listed(person: Person) -> str:
    return ", ".join(sorted(person.consents)) or "no consents"


def _stored(decision: Decision, person: str) -> Explanation:
    return Explanation(
        rule=decision.rule,
        version=decision.version,
        person=person,
        at_ms=decision.at_ms,
        answer=decision.outcome,
        reason=decision.reason,
        clauses=decision.clauses,
        actions=decision.actions,
    )
