"""What would have held a rule back, had it become true: each that does is a clause."""

from collections.abc import Iterator

from hub.core import document as doc
from hub.core.checks import acts_of
from hub.core.explaining.around import Around
from hub.core.explaining.values import Finding
from hub.core.outcome import Clause
from hub.core.plan import Compiled, CompiledRule
from hub.core.restraint.budgets import over_budget
from hub.core.restraint.caps import CompiledCap, over
from hub.core.restraint.experiments import acts_for
from hub.core.restraint.limits import over_limit
from hub.core.sending import CHANNELS, needs_of
from hub.core.state import Fired, Person
from hub.core.triggers import visits_of
from hub.core.world import arm_of


def restraints(
    rules: Compiled, compiled: CompiledRule, person: Person | None, at_ms: int, around: Around
) -> list[Finding]:
    """Whatever holds the rule back at the instant; and the consents it needs, given or not."""
    arm = arm_of(rules, compiled, None if person is None else person.id)
    acts = list(acts_of(acts_for(compiled.rule, arm)))
    found = [*_limit(rules, compiled, person, at_ms, around)]
    if arm.is_held_out:
        whose = "the event's" if arm.by == "global" else "the rule's"
        found.append(_no("is not in the holdout", f"in {whose} holdout, to compare with"))
    found += _caps(rules, compiled, person, at_ms, around)
    if person is not None:
        found += _consents(acts, person)
    found += _stock(rules, acts, around)
    return [*found, *_channels(rules, acts, person, at_ms, around)]


def _no(text: str, saw: str) -> Finding:
    return Finding(Clause(text, held=False, saw=saw), saw)


def _limit(
    rules: Compiled, compiled: CompiledRule, person: Person | None, at_ms: int, around: Around
) -> Iterator[Finding]:
    fired: Fired | None = around.venue.fired.get(compiled.memory)
    if person is not None and compiled.rule.limit.per != "event":
        fired = person.fired.get(compiled.memory)
    visits = visits_of(compiled, person) if person and compiled.limit.is_by_visit else ()
    reason = over_limit(compiled.limit, fired, at_ms, rules.zone, visits)
    if reason is not None:
        yield _no("is within its limit", reason)


def _caps(
    rules: Compiled, compiled: CompiledRule, person: Person | None, at_ms: int, around: Around
) -> Iterator[Finding]:
    for cap in rules.caps.by_group.get(compiled.rule.group or "", ()):
        yield from _cap(rules, cap, person, at_ms, around)


def _cap(
    rules: Compiled, cap: CompiledCap, person: Person | None, at_ms: int, around: Around
) -> Iterator[Finding]:
    is_shared = cap.cap.per == "event" or person is None
    sent = around.venue.sent if is_shared or person is None else person.sent
    reason = over(cap, sent.get(cap.cap.name, ()), at_ms, rules.zone)
    if reason is not None:
        yield _no(f"is within the cap {cap.cap.name}", reason)


def _consents(acts: list[doc.Act], person: Person) -> Iterator[Finding]:
    listed = ", ".join(sorted(person.consents)) or "no consents"
    for purpose in sorted({purpose for act in acts for purpose in needs_of(act)}):
        text = f"consents to {purpose}"
        yield Finding(Clause(text, purpose in person.consents, listed), f"no consent to {purpose}")


def _stock(rules: Compiled, acts: list[doc.Act], around: Around) -> Iterator[Finding]:
    pools = dict.fromkeys(act.pool for act in acts if isinstance(act, doc.GiveReward))
    for pool_id in pools:
        pool = around.pool(pool_id)
        if pool.left <= 0:
            yield _no(f"a reward is left in {pool_id}", f"none of {pool.stock} left in {pool_id}")
        reason = over_budget(rules.venue.budgets, around.pools, pool_id, rules.pools)
        if reason is not None:
            yield _no(f"{pool_id} is within its budget", reason)


def _channels(
    rules: Compiled, acts: list[doc.Act], person: Person | None, at_ms: int, around: Around
) -> Iterator[Finding]:
    attributes = {} if person is None else person.attributes
    channels = dict.fromkeys(CHANNELS[type(act)] for act in acts if type(act) in CHANNELS)
    caps: dict[str, CompiledCap] = {}
    for channel in channels:
        caps |= {cap.cap.name: cap for cap in rules.caps.by_channel.get(channel, ())}
        verdict = rules.quiet.quiet(channel, at_ms, attributes)
        if verdict.kind != "act":
            yield _no(f"it is not quiet for {channel}", f"{verdict.reason} ({verdict.kind})")
    for cap in caps.values():
        yield from _cap(rules, cap, person, at_ms, around)
