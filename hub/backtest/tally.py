"""What was decided, kept small: counts, and of each firing for whom and when."""

import re
from array import array
from collections import Counter
from collections.abc import Mapping
from typing import Final

from hub.backtest.messages import Messages
from hub.backtest.stocks import Stocks
from hub.backtest.told import Fault, Firings, Told, ToldRule
from hub.core import events as ev
from hub.core.compiled import Compiled
from hub.core.outcome import Decision, Outcome
from hub.core.state import Person, Pool

FAULTS_KEPT_MAX: Final = 100
"""Most faults that are told one by one; all are counted."""

REFUSALS_KEPT_MAX: Final = 100
"""Most different reasons for which facts were refused that are counted apart."""

OTHER_REASONS: Final = "other reasons"

_FOLLOW_UP = re.compile(r"#\d+(\.\d+)*(/no)?$")


class Counts:
    """What one rule did; a firing is sixteen bytes: whose, by number, and when."""

    __slots__ = ("follow_ups", "instants", "persons", "shadow", "suppressed")

    def __init__(self) -> None:
        self.persons = array("l")
        self.instants = array("q")
        self.shadow = 0
        self.follow_ups = 0
        self.suppressed: Counter[str] = Counter()


class Tally:
    """Counts what is decided about instants from ``since_ms`` to ``until_ms``, both included."""

    def __init__(self, rules: Compiled, since_ms: int, until_ms: int) -> None:
        self._rules = rules
        self._since_ms = since_ms
        self._until_ms = until_ms
        self._known: set[int] = set()
        """Hashes of the keys of decisions: a decision whose key is there already is none."""
        self._numbers: dict[str | None, int] = {}
        self._counts = {name: Counts() for name in rules.rules}
        self._messages = Messages(since_ms, until_ms)
        self._stocks = Stocks(rules, since_ms, until_ms)
        self._faults: list[Fault] = []
        self._faults_count = 0
        self._refused: Counter[str] = Counter()
        self.facts = 0
        self.not_redeemed = 0

    def take(self, outcome: Outcome, now_ms: int, pools: Mapping[str, Pool]) -> None:
        """Count what one event came to, given the pools after it."""
        for decision in outcome.decisions:
            digest = hash(decision.key)
            if digest not in self._known:
                self._known.add(digest)
                if self._since_ms <= decision.at_ms <= self._until_ms:
                    self._count(decision)
        if outcome.grants:
            self._stocks.take(outcome.grants, pools)
        if outcome.actions or outcome.messages or outcome.notes:
            self._messages.take(outcome, now_ms)

    def _count(self, decision: Decision) -> None:
        counts = self._counts[decision.rule]
        if decision.outcome == "suppressed":
            counts.suppressed[decision.because] += 1
            if decision.because == "fault":
                self._note(Fault(decision.rule, decision.at_ms, decision.reason))
            elif decision.because == "budget":
                self._stocks.refused(decision.reason, decision.at_ms)
        elif decision.outcome == "shadow":
            counts.shadow += 1
        elif _FOLLOW_UP.search(decision.key):
            counts.follow_ups += 1
        else:
            numbers = self._numbers
            counts.persons.append(numbers.setdefault(decision.person, len(numbers)))
            counts.instants.append(decision.at_ms)

    def refuse(self, text: str) -> None:
        """A fact was refused, in the words of the core."""
        is_new = text not in self._refused
        self._refused[
            OTHER_REASONS if is_new and len(self._refused) >= REFUSALS_KEPT_MAX else text
        ] += 1

    def fail(self, error: Exception, event: ev.Event, now_ms: int) -> None:
        """An event could not be decided at all."""
        kind = str(event.__struct_config__.tag)
        self._note(Fault("", now_ms, f"{kind}: {type(error).__name__}: {error}"))

    def _note(self, fault: Fault) -> None:
        self._faults_count += 1
        if len(self._faults) < FAULTS_KEPT_MAX:
            self._faults.append(fault)

    def told(
        self, people: Mapping[str, Person], pools: Mapping[str, Pool], aliases: Mapping[str, str]
    ) -> Told:
        """All of it, with where everything stands in the end."""
        return Told(
            facts=self.facts,
            people=len(people.keys() - aliases.keys()),
            persons=[_known_as(person, aliases) for person in self._numbers],
            rules={name: self._told_rule(name) for name in self._rules.rules},
            pools=self._stocks.pools(pools),
            budgets=self._stocks.budgets(pools),
            channels=self._messages.channels(),
            audiences=self._members(people, aliases),
            not_redeemed=self.not_redeemed,
            refused=dict(self._refused),
            faults=self._faults,
            faults_count=self._faults_count,
        )

    def _told_rule(self, name: str) -> ToldRule:
        counts = self._counts[name]
        return ToldRule(
            stage=self._rules.rules[name].rule.stage,
            firings=Firings(counts.persons.tobytes(), counts.instants.tobytes()),
            shadow=counts.shadow,
            follow_ups=counts.follow_ups,
            suppressed=dict(counts.suppressed),
        )

    def _members(self, people: Mapping[str, Person], aliases: Mapping[str, str]) -> dict[str, int]:
        found = dict.fromkeys(self._rules.audiences, 0)
        for name, person in people.items():
            for audience in () if name in aliases else person.audiences:
                found[audience] += 1
        return found


def _known_as(person: str | None, aliases: Mapping[str, str]) -> str | None:
    while person is not None and person in aliases:
        person = aliases[person]
    return person
