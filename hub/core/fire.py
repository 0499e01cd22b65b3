"""A rule whose trigger is true fires, is suppressed with a reason, or is a plain no."""

from typing import Literal

from msgspec.structs import replace

from hub.core.acts import Cause, find_follow_up, take
from hub.core.compiled import CompiledRule
from hub.core.conditions import check
from hub.core.limits import suppressed_by_limit
from hub.core.outcome import Clause, Decision
from hub.core.profile import fired
from hub.core.state import Timer
from hub.core.triggers import clause
from hub.core.world import Draft


def consider(draft: Draft, compiled: CompiledRule, person_id: str, at_ms: int) -> None:
    """Decide about a rule whose trigger became true for a person at ``at_ms``."""
    rules = draft.world.rules
    person = draft.person(person_id)
    before = person.fired.get(compiled.name)
    if before is not None and at_ms in before.recent_ms:
        return
    held, conditions = check(compiled.rule.if_, person)
    if not held:
        return
    clauses = [clause(rules, compiled, person, at_ms), *conditions]
    key = f"{compiled.name}/{person_id}"
    if not compiled.rule.limit.once:
        key = f"{key}/{at_ms}"
    reason = suppressed_by_limit(compiled, person, at_ms, rules.zone)
    if reason is not None:
        cause = Cause(compiled.name, person_id, at_ms, _no(key, at_ms))
        _note(draft, compiled, cause, "suppressed", reason, clauses)
        return
    _act(draft, compiled, Cause(compiled.name, person_id, at_ms, key), clauses)


def _act(draft: Draft, compiled: CompiledRule, cause: Cause, clauses: list[Clause]) -> None:
    """Take the actions; when not one could be taken the rule is suppressed and has not fired."""
    results = take(draft, cause, compiled.rule.then)
    lines = [line for _, line in results]
    if results and not any(done for done, _ in results):
        no = replace(cause, key=_no(cause.key, cause.at_ms))
        _note(draft, compiled, no, "suppressed", "; ".join(lines), clauses, lines)
        return
    draft.put(fired(draft.person(cause.person), compiled.name, cause.at_ms))
    reason = compiled.rule.text or clauses[0].text
    _note(draft, compiled, cause, "fired", reason, clauses, lines)


def _no(key: str, at_ms: int) -> str:
    """The key of a suppressed decision: another for each instant."""
    return f"{key}/{at_ms}/no"


def _note(
    draft: Draft,
    compiled: CompiledRule,
    cause: Cause,
    outcome: Literal["fired", "suppressed"],
    reason: str,
    clauses: list[Clause],
    actions: list[str] | None = None,
) -> None:
    draft.decisions.append(
        Decision(
            key=cause.key,
            rule=compiled.name,
            version=draft.world.rules.version,
            person=cause.person,
            place=compiled.places[0] if len(compiled.places) == 1 else None,
            at_ms=cause.at_ms,
            outcome=outcome,
            reason=reason,
            clauses=clauses,
            actions=actions or [],
        )
    )


def follow_up(draft: Draft, compiled: CompiledRule, timer: Timer) -> None:
    """Take the actions of a follow-up that has come due."""
    acts = find_follow_up(compiled.rule.then, timer.occurrence)
    if acts is None:
        return
    assert timer.person is not None
    cause = Cause(timer.rule, timer.person, timer.due_ms, timer.occurrence)
    results = take(draft, cause, acts, path=f"{timer.occurrence.rsplit('#', 1)[1]}.")
    done = any(taken for taken, _ in results)
    lines = [line for _, line in results]
    because = Clause(f"{timer.rule} fired earlier and this was due", held=True, saw="due")
    if done:
        _note(draft, compiled, cause, "fired", f"follow-up of {timer.rule}", [because], lines)
        return
    no = replace(cause, key=f"{timer.occurrence}/no")
    _note(draft, compiled, no, "suppressed", "; ".join(lines), [because], lines)
