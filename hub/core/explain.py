"""Why a rule fired, was suppressed or did not fire for somebody at an instant.

What fired or was suppressed was stored with its reasons. A plain "no" is worked out again: the
person's own events up to the instant are folded with the rules of that time, what rules had given
them by then is added, and the rule is asked.
"""

from collections.abc import Iterable, Mapping
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from hub.core import events as ev
from hub.core import profile
from hub.core.asking import Scene, View
from hub.core.checks import all_acts
from hub.core.errors import RulesFault
from hub.core.outcome import Clause, Decision
from hub.core.people.refold import refold
from hub.core.plan import Compiled
from hub.core.restraint.limits import over_limit
from hub.core.seeing import clause
from hub.core.sending import needs_of
from hub.core.spans import clock_time
from hub.core.state import Person, Presence
from hub.core.triggers import visits_of


class Nothing:
    """A scene of which nothing is known: nobody is anywhere, nothing is left."""

    def present(self, place: str) -> Mapping[str, Presence]:  # noqa: ARG002 - of the protocol
        """Nobody."""
        return {}

    def left(self, pool: str) -> int:  # noqa: ARG002 - of the protocol
        """Nothing."""
        return 0

    def arm(self, rule: str, person: str) -> str:  # noqa: ARG002 - of the protocol
        """None."""
        return ""


NOTHING: Final = Nothing()


class Explanation(Struct, frozen=True, omit_defaults=True):
    """The answer, with each clause and what it saw."""

    rule: str
    version: int
    person: str
    at_ms: int
    answer: Literal["fired", "suppressed", "shadow", "no"]
    reason: str
    clauses: list[Clause]
    actions: list[str] = []


def fold_profile(rules: Compiled, person: str, events: Iterable[ev.Event]) -> Person:
    """What was known of a person after their events (and theirs only).

    What rules did is left aside: :func:`with_given` and :func:`with_decisions` add it.
    """
    return refold(rules, person, events)


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
    rules: Compiled,
    rule: str,
    person: Person,
    at_ms: int,
    decisions: Iterable[Decision],
    scene: Scene = NOTHING,
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
    view = View(person, at_ms, scene)
    clauses = [clause(rules, compiled, person, at_ms), *compiled.ask.clauses(view)]
    purposes = {purpose for act in all_acts(compiled.rule) for purpose in needs_of(act)}
    clauses += [
        Clause(f"consents to {purpose}", purpose in person.consents, _listed(person))
        for purpose in sorted(purposes)
    ]
    visits = visits_of(compiled, person) if compiled.limit.is_by_visit else ()
    fired = person.fired.get(compiled.memory)
    limit = over_limit(compiled.limit, fired, at_ms, rules.zone, visits)
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
