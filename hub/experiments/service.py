"""The report is made anew from the store each time that it is asked for; nothing is kept."""

from typing import Final

from contract.clock import Clock
from hub.core.document import Rule, Venue
from hub.experiments import goals, report, wording
from hub.experiments.exposures import exposures, in_whole_holdout, same_since_ms
from hub.experiments.values import ExperimentsReport, RuleExperiment
from hub.insight.errors import NothingPublished, UnknownName
from hub.insight.movements import Movements
from hub.store import Store
from hub.store.insight import InsightReads
from hub.store.insight.experiments_reads import ExperimentReads

NO_GOAL: Final = "It has no goal, so there is nothing to compare: say what it is to bring about."
NOT_LIVE: Final = "It is not live: it does nothing for anybody, so there is nothing to compare."
NONE: Final = "No rule has a holdout or variants: there is no experiment."


class Experiments:
    """Answers about one event; safe to ask from many threads. ``clock`` is venue time."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._insight = InsightReads(store.database, store.event)
        self._reads = ExperimentReads(store.database, store.event)
        self._clock = clock

    def report(self, rule: str | None = None) -> ExperimentsReport:
        """Compare the arms of every rule that has any, or of one.

        Raises:
            NothingPublished: no venue is in force.
            UnknownName: there is no such rule, or nothing to compare it with.
        """
        venue = self._insight.venue()
        if venue is None:
            raise NothingPublished("no venue is published yet: foyer venue apply FILE")
        rules = _asked(venue, rule)
        now_ms = self._clock.wall_ms()
        facts = _Facts(self._insight, self._reads, venue, rules)
        found = [facts.rule(one, now_ms) for one in rules]
        whole = facts.whole() if rule is None else []
        count = sum(len(one.comparisons) for one in (*found, *whole))
        notes = wording.looks_text(count) if count else [] if found else [NONE]
        return ExperimentsReport(now_ms, found, whole, notes)


class _Facts:
    """What happened, read once for all rules of a report."""

    def __init__(
        self, insight: InsightReads, reads: ExperimentReads, venue: Venue, rules: list[Rule]
    ) -> None:
        self._reads = reads
        self._venue = venue
        self._aliases = insight.aliases()
        given = [one.goal for one in rules if one.goal is not None]
        places = {goal.visit for goal in given if goal.visit is not None}
        pools = {goal.redeemed for goal in given if goal.redeemed is not None}
        self._seen: set[str] = set()
        self._visits: dict[str, dict[str, list[int]]] = {}
        self._redeemed: dict[str, dict[str, list[int]]] = {}
        if places:
            moved = Movements(venue, self._aliases).take(insight.moves())
            self._visits = goals.visits_to(moved, places)
            self._seen = {person for person, _ in moved.people()}
        if pools:
            self._redeemed = goals.redemptions_of(reads.redeemed(), self._aliases, pools)

    def rule(self, rule: Rule, now_ms: int) -> RuleExperiment:
        """Compare the arms of one rule."""
        if rule.goal is None:
            return report.unmeasured(rule, NO_GOAL)
        if rule.stage in ("draft", "shadow"):
            return report.unmeasured(rule, NOT_LIVE)
        since_ms = same_since_ms(self._reads.versions(), rule.name)
        own = report.has_own_arms(rule)
        exposed, left = exposures(
            self._reads.arms(rule.name), self._aliases, since_ms,
            lambda person: own and in_whole_holdout(self._venue, person),
        )  # fmt: skip
        did = self._redeemed.get(rule.goal.redeemed or "", {})
        if rule.goal.visit is not None:
            did = self._visits.get(rule.goal.visit, {})
        found = report.Found(rule, since_ms, exposed, left, did)
        return report.rule_report(found, rule.goal, self._venue, now_ms)

    def whole(self) -> list[RuleExperiment]:
        """Compare the event with its rules to its holdout, for each place that is a goal."""
        if not self._venue.holdout:
            return []
        return [
            report.event_report(place, self._seen, visited, self._aliases, self._venue)
            for place, visited in sorted(self._visits.items())
        ]


def _asked(venue: Venue, name: str | None) -> list[Rule]:
    rules = [one for one in venue.rules if report.is_experiment(one, venue)]
    if name is None:
        return rules
    if name not in {one.name for one in venue.rules}:
        listed = ", ".join(one.name for one in rules) or "none"
        raise UnknownName(f"there is no rule {name!r}; with something to compare: {listed}")
    chosen = [one for one in rules if one.name == name]
    if not chosen:
        raise UnknownName(f"rule {name!r} has neither a holdout nor variants")
    return chosen
