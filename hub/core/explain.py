"""Why a rule fired, was suppressed or did not fire for somebody, or the venue, at an instant.

What fired or was suppressed was stored with its reasons. A plain "no" is worked out again: what
was known of the person at the instant is folded from their own events and the decisions about
them, and the rule of that time is asked, clause by clause, in the order in which it is decided.
"""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from hub.core import document as doc
from hub.core.errors import RulesFault
from hub.core.explaining.around import Around
from hub.core.explaining.conditions import conditions, counted_events, places_counted
from hub.core.explaining.folding import Folded, Known, Moment
from hub.core.explaining.restraints import restraints
from hub.core.explaining.saying import joined, when
from hub.core.explaining.triggers import trigger
from hub.core.explaining.values import SEEN_MAX, Explanation, Finding, Seen
from hub.core.explaining.venue import venue_trigger
from hub.core.outcome import Clause, Decision
from hub.core.plan import Compiled, CompiledRule
from hub.core.state import Person

__all__ = [
    "Explanation",
    "Seen",
    "explain",
    "explain_venue",
    "known_rule",
    "not_in_force",
    "stored",
]

ASKED: Final = ("live", "shadow")
CHANGED_BY_RULES: Final = (doc.OnAudience, doc.OnAttribute, doc.OnPoints, doc.OnRule)
"""Triggers that what a rule did makes true; the others are asked before any rule acts."""
NOBODY: Final = Person("")
NOTHING: Final = "all clauses hold, but nothing happened at that instant that would make it fire"


class _About(Struct, frozen=True):
    """Whom a plain no is about, when, and what was looked at."""

    person: str | None
    at_ms: int
    events: tuple[Seen, ...] = ()


def known_rule(rules: Compiled, rule: str) -> CompiledRule:
    """The rule of that name.

    Raises:
        RulesFault: there is none; the text names those there are.
    """
    compiled = rules.rules.get(rule)
    if compiled is None:
        raise no_rule(rules, rule)
    return compiled


def no_rule(rules: Compiled, rule: str) -> RulesFault:
    """What to say when there is no such rule."""
    listed = ", ".join(sorted(rules.rules)) or "none"
    return RulesFault(f"there is no rule {rule!r}; there is: {listed}")


def stored(rules: Compiled, decision: Decision, folded: Folded | None) -> Explanation:
    """Tell a decision as it was made; ``folded`` is whom it was about, up to its place in the log.

    ``rules`` are those of its version.
    """
    compiled = rules.rules.get(decision.rule)
    events: list[Seen] = []
    if compiled is not None and folded is not None:
        moment = _of(folded, decision.at_ms)
        events = [
            *trigger(rules, compiled, moment).events,
            *counted_events(rules, compiled, moment),
        ]
    return Explanation(
        rule=decision.rule, version=decision.version, person=decision.person,
        at_ms=decision.at_ms, answer=decision.outcome, reason=decision.reason,
        clauses=decision.clauses, actions=decision.actions,
        sentence=_told(decision, when(decision.at_ms, decision.at_ms, rules.zone)),
        because=decision.because, arm=decision.arm, place=decision.place, events=_shown(events),
    )  # fmt: skip


def _of(folded: Folded, at_ms: int) -> Moment:
    found = [moment for moment in folded.near if moment.at_ms == at_ms]
    return found[-1] if found else Moment(folded.person, folded.person, at_ms, at_ms)


def _told(decision: Decision, at: str) -> str:
    arm = f" (arm {decision.arm})" if decision.arm else ""
    match decision.outcome:
        case "fired":
            return f"Yes, at {at}: {decision.reason}{arm}"
        case "shadow":
            return f"As a shadow only, at {at}: {decision.reason}{arm}; it takes no action"
        case _:
            return f"No, at {at} it was suppressed: {decision.reason}{arm}"


def explain(rules: Compiled, rule: str, folded: Folded, at_ms: int, around: Around) -> Explanation:
    """Say why ``rule`` did nothing for somebody, of whom nothing was decided near ``at_ms``.

    Of the moments shortly before it is the last at which the trigger became true, else the
    instant itself.

    Raises:
        RulesFault: there is no such rule, or it is about the venue.
    """
    compiled = known_rule(rules, rule)
    if compiled.about == "venue":
        raise RulesFault(f"rule {rule!r} is about the venue, not about a person: ask for its place")
    moment, found = _meant(rules, compiled, folded, at_ms)
    events = [*found.events, *counted_events(rules, compiled, moment)]
    findings = [
        *_stage(compiled), found, *conditions(rules, compiled, moment, around),
        *restraints(rules, compiled, moment.person, moment.asked_ms, around),
    ]  # fmt: skip
    late = _late(rules, compiled, [row for row in folded.late if row.pos > moment.pos])
    said = _late_said(rules, late, at_ms)
    if moment.event is not None and moment.asked_ms > at_ms:
        said = f"it was asked at {when(moment.asked_ms, at_ms, rules.zone)}, when that became known"
    about = _About(folded.person.id, moment.at_ms, (*events, *late))
    return _no(rules, compiled, findings, about, said)


def explain_venue(rules: Compiled, rule: str, at_ms: int, around: Around) -> Explanation:
    """Say why ``rule``, which is about a place or the venue, did nothing at ``at_ms``.

    Raises:
        RulesFault: there is no such rule, or it is about people.
    """
    compiled = known_rule(rules, rule)
    if compiled.about != "venue":
        raise RulesFault(f"rule {rule!r} is about people: say about whom")
    moment = Moment(NOBODY, NOBODY, at_ms, at_ms)
    findings = [
        *_stage(compiled), venue_trigger(rules, compiled, moment, around),
        *conditions(rules, compiled, moment, around),
        *restraints(rules, compiled, None, at_ms, around),
    ]  # fmt: skip
    return _no(rules, compiled, findings, _About(None, at_ms))


def not_in_force(rule: str, person: str | None, at_ms: int, version: int, why: str) -> Explanation:
    """Say that there was no such rule, or no rule at all, at the instant."""
    clause = Clause("the rule was in force", held=False, saw=why)
    return Explanation(rule, version, person, at_ms, "no", why, [clause], sentence=f"No: {why}")


def _no(
    rules: Compiled, compiled: CompiledRule, findings: list[Finding], about: _About, late: str = ""
) -> Explanation:
    failed = [one.miss for one in findings if not one.clause.held]
    first, *others = failed or [NOTHING]
    reason = joined((first, f"besides: {', '.join(others)}" if others else "", late))
    return Explanation(
        rule=compiled.name, version=rules.version, person=about.person, at_ms=about.at_ms,
        answer="no", reason=reason, clauses=[one.clause for one in findings],
        sentence=f"No: {reason}", place=compiled.place, events=_shown(about.events),
    )  # fmt: skip


def _stage(compiled: CompiledRule) -> Iterable[Finding]:
    stage = compiled.rule.stage
    if stage not in ASKED:
        said = {"draft": "the rule is a draft", "paused": "the rule is paused"}[stage]
        yield Finding(Clause("the rule is live", held=False, saw=stage), f"{said}, nobody is asked")


def _meant(
    rules: Compiled, compiled: CompiledRule, folded: Folded, at_ms: int
) -> tuple[Moment, Finding]:
    """The last moment at which the trigger became true, or the instant itself."""
    by_decision = isinstance(compiled.rule.when, CHANGED_BY_RULES)
    for moment in reversed(folded.near):
        if moment.event is None and not by_decision:
            continue
        found = trigger(rules, compiled, moment)
        if found.clause.held:
            return moment, found
    asked = Moment(folded.person, folded.person, at_ms, at_ms)
    return asked, trigger(rules, compiled, asked)


def _late(rules: Compiled, compiled: CompiledRule, rows: Iterable[Known]) -> list[Seen]:
    """What happened at the places that the rule looks at, and was known only afterwards."""
    places = {*compiled.places, *places_counted(rules, compiled)}
    found = []
    for row in rows:
        place: str | None = getattr(row.event, "place", None)
        if place is None or (places and place not in places):
            continue
        kind = getattr(row.event, "kind", "tap")
        known = when(row.known_ms, row.event.at_ms, rules.zone)
        what = f"{kind}, became known at {known}, too late for this"
        found.append(
            Seen(row.event.at_ms, kind, place, what, is_counted=False, known_ms=row.known_ms)
        )
    return found


def _late_said(rules: Compiled, late: list[Seen], at_ms: int) -> str:
    if not late:
        return ""
    last = late[-1]
    at, known = (when(t, at_ms, rules.zone) for t in (last.at_ms, last.known_ms or 0))
    more = f" (and {len(late) - 1} more)" if len(late) > 1 else ""
    return (
        f"the {last.kind} at {last.place} at {at} became known at {known}{more}, too late for this"
    )


def _shown(events: Iterable[Seen]) -> list[Seen]:
    """Each once, ascending, the newest of many."""
    unique = dict.fromkeys(events)
    return sorted(unique, key=lambda one: (one.at_ms, one.kind, one.place or ""))[-SEEN_MAX:]
