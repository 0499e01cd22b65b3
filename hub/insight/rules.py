"""What each rule came to: fired, suppressed and why, in shadow, and what became of its actions.

Decisions are dated by their cause, actions by their end. Rules come in the order of the document;
those that are in it no more, and have decided something, follow by name.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hub.core.document import Venue
from hub.insight.spans import NO_BUCKETS, Asked, Buckets, buckets
from hub.store.insight import ActionCount, DecisionCount, InsightReads
from hub.store.insight.reads import FAILED

GONE = "gone"
"""The stage of a rule that the document in force does not have."""
UNSAID = "other"
"""The reason of a suppression that names none."""


@dataclass(frozen=True, slots=True)
class RuleReport:
    """One rule; the lists have a number for each bucket of the report.

    ``suppressed`` is by reason; ``failed`` by how its actions ended: dead, expired, dropped.
    """

    rule: str
    stage: str
    text: str
    fired: int
    shadow: int
    suppressed: dict[str, int]
    done: int
    failed: dict[str, int]
    last_fired_ms: int | None
    fired_over_time: list[int]
    shadow_over_time: list[int]
    suppressed_over_time: dict[str, list[int]]
    failed_over_time: dict[str, list[int]]

    @property
    def suppressed_total(self) -> int:
        """Suppressions of every reason."""
        return sum(self.suppressed.values())

    @property
    def failed_total(self) -> int:
        """Actions whose effect did not come about."""
        return sum(self.failed.values())


@dataclass(frozen=True, slots=True)
class RulesReport:
    """Every rule."""

    width: str
    starts_ms: list[int]
    rules: list[RuleReport]


@dataclass(frozen=True, slots=True)
class _Listed:
    name: str
    stage: str
    text: str


def read(reads: InsightReads, venue: Venue, asked: Asked) -> RulesReport:
    """Count the decisions and the ended actions of every rule.

    Raises:
        TooManyBuckets: the width that is asked for is too short.
    """
    bounds = (asked.since_ms, asked.until_ms)
    cut = _buckets(reads, venue, asked)
    quantum_ms = cut.quantum_ms
    decided = reads.decision_counts(*bounds, quantum_ms)
    ended = reads.action_counts(*bounds, quantum_ms)
    last = reads.last_fired(*bounds)
    rules = [
        _rule(rule, cut, [d for d in decided if d.rule == rule.name],
              [a for a in ended if a.rule == rule.name], last.get(rule.name))
        for rule in _listed(venue, {d.rule for d in decided} | {a.rule for a in ended})
    ]  # fmt: skip
    return RulesReport(cut.width, list(cut.starts_ms), rules)


def _buckets(reads: InsightReads, venue: Venue, asked: Asked) -> Buckets:
    bounds = (asked.since_ms, asked.until_ms)
    spans = (reads.decision_range(*bounds), reads.ended_range(*bounds))
    found = [at_ms for span in spans if span is not None for at_ms in span]
    if not found:
        return NO_BUCKETS
    return buckets(min(found), max(found), venue.event.zone, asked.width)


def _listed(venue: Venue, decided: set[str]) -> list[_Listed]:
    known = [_Listed(rule.name, rule.stage, rule.text) for rule in venue.rules]
    gone = sorted(decided - {rule.name for rule in venue.rules})
    return known + [_Listed(name, GONE, "") for name in gone]


def _rule(
    rule: _Listed,
    cut: Buckets,
    decided: Sequence[DecisionCount],
    ended: Sequence[ActionCount],
    last_ms: int | None,
) -> RuleReport:
    fired = [(d.start_ms, d.number) for d in decided if d.outcome == "fired"]
    shadow = [(d.start_ms, d.number) for d in decided if d.outcome == "shadow"]
    because = [
        (d.because or UNSAID, d.start_ms, d.number) for d in decided if d.outcome == "suppressed"
    ]
    failed = [(a.status, a.start_ms, a.number) for a in ended if a.status in FAILED]
    return RuleReport(
        rule=rule.name, stage=rule.stage, text=rule.text,
        fired=sum(number for _, number in fired), shadow=sum(number for _, number in shadow),
        suppressed=_totals(because), failed=_totals(failed),
        done=sum(a.number for a in ended if a.status == "done"), last_fired_ms=last_ms,
        fired_over_time=_over_time(fired, cut), shadow_over_time=_over_time(shadow, cut),
        suppressed_over_time=_by_name(because, cut), failed_over_time=_by_name(failed, cut),
    )  # fmt: skip


def _totals(counted: Iterable[tuple[str, int, int]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for name, _, number in counted:
        found[name] += number
    return dict(sorted(found.items()))


def _by_name(counted: Sequence[tuple[str, int, int]], cut: Buckets) -> dict[str, list[int]]:
    names = sorted({name for name, _, _ in counted})
    return {
        name: _over_time([(start, number) for one, start, number in counted if one == name], cut)
        for name in names
    }


def _over_time(counted: Iterable[tuple[int, int]], cut: Buckets) -> list[int]:
    found = [0] * len(cut.starts_ms)
    for start_ms, number in counted:
        found[max(0, cut.index(start_ms))] += number
    return found
