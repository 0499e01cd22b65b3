"""A rule that became true fires, is suppressed with a reason, or is a plain no.

Rules are asked in rounds: what the rules of one do may make others true, which are asked in the
next. A chain that goes on for too long is stopped.
"""

from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from hub.core.acts import Cause, Taken, find_follow_up, take
from hub.core.asking import View
from hub.core.audiences import refresh
from hub.core.crowds import count
from hub.core.errors import RuleFailed
from hub.core.outcome import Clause, Decision
from hub.core.plan import CompiledRule
from hub.core.profile import with_firing
from hub.core.restraint.caps import over
from hub.core.restraint.experiments import Arm, acts_for
from hub.core.restraint.limits import over_limit
from hub.core.seeing import clause, venue_clause
from hub.core.sending import note_sent, times_of
from hub.core.state import VENUE, Fired, Person, Timer
from hub.core.triggers import visits_of
from hub.core.world import NO_ARM, Draft, Spark, arm_of

ROUNDS_MAX: Final = 8
"""How many rules may make each other true in one chain."""

NOBODY: Final = Person("")


class No(Struct, frozen=True):
    """Why a rule is suppressed: a sentence, and one word."""

    reason: str
    because: str


def settle(draft: Draft) -> None:
    """Ask the rules that became true until there are none."""
    while True:
        refresh(draft)
        count(draft)
        if not draft.sparks:
            return
        sparks = sorted(draft.sparks, key=lambda spark: (spark.at_ms, spark.rule.order))
        draft.sparks = []
        _round(draft, sparks)
        draft.depth += 1


def _round(draft: Draft, sparks: list[Spark]) -> None:
    rivals: dict[tuple[str, str | None], list[Spark]] = {}
    for spark in sparks:
        if spark.rule.rule.group is not None:
            rivals.setdefault((spark.rule.rule.group, spark.person), []).append(spark)
    for spark in sparks:
        group = spark.rule.rule.group
        if group is None:
            _ask(draft, spark)
        else:
            _contest(draft, rivals.pop((group, spark.person), []))


def _contest(draft: Draft, sparks: list[Spark]) -> None:
    """Let the best of a group act; a shadow loses to those that act, and beats nobody."""
    winner: str | None = None
    for spark in sorted(sparks, key=lambda one: (-one.rule.rule.priority, one.rule.order)):
        no = None
        if winner is not None and spark.rule.name != winner:
            no = No(f"priority: suppressed by {winner}", "priority")
        if _ask(draft, spark, no) and spark.rule.rule.stage == "live":
            winner = spark.rule.name


def _ask(draft: Draft, spark: Spark, no: No | None = None) -> bool:
    """Decide about a rule; one that fails fails alone.

    Raises:
        RuleFailed: it has shown a fault; with the rule among the faulty the step goes through.
    """
    fault = draft.faulty.get(spark.rule.name)
    if fault is not None:
        _note(draft, spark, "suppressed", No(f"fault: {fault}", "fault"), [], NO_ARM)
        return False
    try:
        return consider(draft, spark, no)
    except Exception as error:  # whatever a rule's fault is, it must not stop another rule
        raise RuleFailed(spark.rule.name, f"{type(error).__name__}: {error}") from error


def consider(draft: Draft, spark: Spark, no: No | None = None) -> bool:
    """Decide about a rule that became true; returns whether it fired, as a shadow or for real."""
    compiled = spark.rule
    person = NOBODY if spark.person is None else draft.person(spark.person)
    view = View(person, draft.at_ms, draft)
    if not compiled.ask.holds(view):
        return False
    own = _fired(draft, spark)
    if own is not None and spark.at_ms in own.recent_ms:
        return False
    arm = arm_of(draft.rules, compiled, spark.person)
    no = _too_deep(draft) or no or _refused(draft, spark, person, own, arm)
    clauses: list[Clause] = []
    if not draft.world.is_terse:
        clauses = [_clause(draft, spark, person), *compiled.ask.clauses(view)]
    if no is not None:
        _note(draft, spark, "suppressed", no, clauses, arm)
        return False
    return _act(draft, spark, clauses, arm)


def _too_deep(draft: Draft) -> No | None:
    if draft.depth < ROUNDS_MAX:
        return None
    return No(f"depth: rules have made each other true {ROUNDS_MAX} times in a row", "depth")


def _fired(draft: Draft, spark: Spark) -> Fired | None:
    """What the rule did so far for the person, or for the venue."""
    if spark.person is None:
        return draft.zone(VENUE).fired.get(spark.rule.memory)
    return draft.person(spark.person).fired.get(spark.rule.memory)


def _refused(draft: Draft, spark: Spark, person: Person, own: Fired | None, arm: Arm) -> No | None:
    compiled = spark.rule
    fired = own
    if compiled.rule.limit.per == "event":
        fired = draft.zone(VENUE).fired.get(compiled.memory)
    visits: tuple[int, ...] = ()
    if compiled.limit.is_by_visit:
        visits = visits_of(compiled, person)
    reason = over_limit(compiled.limit, fired, spark.at_ms, draft.rules.zone, visits)
    if reason is not None:
        return No(reason, "limit")
    if arm.is_held_out:
        whose = "the event's" if arm.by == "global" else "the rule's"
        return No(f"holdout: in {whose} holdout, to compare with", "holdout")
    for cap in draft.rules.caps.by_group.get(compiled.rule.group or "", ()):
        times = times_of(draft, cap, spark.person)
        reason = over(cap, times, spark.at_ms, draft.rules.zone)
        if reason is not None:
            return No(reason, "cap")
    return None


def _clause(draft: Draft, spark: Spark, person: Person) -> Clause:
    if spark.person is None:
        return venue_clause(draft.rules, spark.rule, spark.count, spark.at_ms)
    return clause(draft.rules, spark.rule, person, spark.at_ms)


def _act(draft: Draft, spark: Spark, clauses: list[Clause], arm: Arm) -> bool:
    """Take the actions; when not one could be taken the rule is suppressed and has not fired."""
    rule = spark.rule.rule
    is_shadow = rule.stage == "shadow"
    results = take(draft.trial() if is_shadow else draft, _cause(spark), acts_for(rule, arm))
    if results and not any(one.is_done for one in results):
        no = No("; ".join(one.line for one in results), results[0].because)
        _note(draft, spark, "suppressed", no, clauses, arm, results)
        return False
    _remember(draft, spark)
    why = No(rule.text or (clauses[0].text if clauses else ""), "")
    if is_shadow:
        _note(draft, spark, "shadow", why, clauses, arm, results)
        return True
    for cap in draft.rules.caps.by_group.get(rule.group or "", ()):
        note_sent(draft, cap, spark.person, spark.at_ms)
    _note(draft, spark, "fired", why, clauses, arm, results)
    if spark.person is not None:
        _follow(draft, spark, spark.person)
    return True


def _cause(spark: Spark) -> Cause:
    key = f"{spark.rule.name}/{spark.person or VENUE}"
    limit = spark.rule.rule.limit
    if spark.person is None or not (limit.once and limit.per == "person"):
        key = f"{key}/{spark.at_ms}"
    return Cause(spark.rule.name, spark.person, spark.at_ms, key)


def _remember(draft: Draft, spark: Spark) -> None:
    """Note that the rule fired: for the person, and where all are counted together."""
    name, at_ms = spark.rule.memory, spark.at_ms
    if spark.person is not None:
        person = draft.person(spark.person)
        draft.put(replace(person, fired=with_firing(person.fired, name, at_ms)))
    if spark.person is None or spark.rule.rule.limit.per == "event":
        venue = draft.zone(VENUE)
        draft.put(replace(venue, fired=with_firing(venue.fired, name, at_ms)))


def _follow(draft: Draft, spark: Spark, person: str) -> None:
    """Make those rules true that ask for this one, now or when their time has come."""
    for other in draft.rules.sparked_by.get(f"rule:{spark.rule.name}", ()):
        if not other.length_ms:
            draft.sparks.append(Spark(other, person, spark.at_ms))
            continue
        key = f"rule:{other.name}/{person}/{spark.at_ms}"
        due_ms = spark.at_ms + other.length_ms
        draft.set_timer(Timer(key, due_ms, "rule", other.name, person, cause_ms=spark.at_ms))


def _note(
    draft: Draft,
    spark: Spark,
    outcome: Literal["fired", "suppressed", "shadow"],
    no: No,
    clauses: list[Clause],
    arm: Arm,
    results: list[Taken] | None = None,
) -> None:
    cause = _cause(spark)
    endings = {"fired": "", "suppressed": f"/{cause.at_ms}/no", "shadow": f"/{cause.at_ms}/shadow"}
    draft.decisions.append(
        Decision(
            key=cause.key + endings[outcome],
            rule=cause.rule,
            version=draft.rules.version,
            person=cause.person,
            place=spark.rule.place,
            at_ms=cause.at_ms,
            outcome=outcome,
            reason=no.reason,
            because=no.because,
            arm=arm.name,
            clauses=clauses,
            actions=[one.line for one in results or ()],
            pos=draft.pos,
        )
    )


def follow_up(draft: Draft, compiled: CompiledRule, timer: Timer) -> None:
    """Take the actions of a follow-up that has come due."""
    arm = arm_of(draft.rules, compiled, timer.person)
    acts = find_follow_up(acts_for(compiled.rule, arm), timer.occurrence)
    if acts is None:
        return
    cause = Cause(timer.rule, timer.person, timer.due_ms, timer.occurrence)
    results = take(draft, cause, acts, path=f"{timer.occurrence.rsplit('#', 1)[1]}.")
    lines = [one.line for one in results]
    done = any(one.is_done for one in results)
    because = Clause(f"{timer.rule} fired earlier and this was due", held=True, saw="due")
    draft.decisions.append(
        Decision(
            key=timer.occurrence if done else f"{timer.occurrence}/no",
            rule=timer.rule,
            version=draft.rules.version,
            person=timer.person,
            place=compiled.place,
            at_ms=timer.due_ms,
            outcome="fired" if done else "suppressed",
            reason=f"follow-up of {timer.rule}" if done else "; ".join(lines),
            because="" if done or not results else results[0].because,
            arm=arm.name,
            clauses=[because],
            actions=lines,
            pos=draft.pos,
        )
    )
