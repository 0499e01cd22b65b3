"""Two results become what is different: for each rule, and for each person who gains or loses."""

from collections import Counter
from typing import Generic, TypeVar

from msgspec import Struct

from hub.backtest.told import (
    Fault,
    Told,
    ToldBudget,
    ToldChannel,
    ToldPool,
    ToldRule,
)

T = TypeVar("T")


class Both(Struct, Generic[T], frozen=True):
    """Something as it is live, and as it is proposed; None where a document does not have it."""

    live: T | None
    proposed: T | None


class Change(Struct, frozen=True):
    """A rule fires more often, or less often, for somebody."""

    person: str
    rule: str
    live: int
    proposed: int
    first_ms: int
    """The first firing that only one of the two has, Unix ms."""


class RuleReport(Struct, frozen=True):
    """One rule. People are counted by what it does for them: as often, more, less often.

    ``moved`` are those for whom it fires as often, at other instants.
    """

    rule: str
    stage: Both[str]
    fired: Both[int]
    shadow: Both[int]
    follow_ups: Both[int]
    suppressed: Both[dict[str, int]]
    gain: int
    lose: int
    moved: int
    unchanged: int

    @property
    def is_changed(self) -> bool:
        """Whether it comes to anything else."""
        return self.gain + self.lose + self.moved > 0 or any(
            both.live != both.proposed
            for both in (self.fired, self.shadow, self.follow_ups, self.suppressed)
        )


class Report(Struct, frozen=True):
    """What is different; instants are Unix ms, ``since_ms`` and ``until_ms`` included."""

    event: str
    version: int
    """Of the document that is live."""
    since_ms: int
    until_ms: int
    facts: int
    people: Both[int]
    rules: list[RuleReport]
    gains: list[Change]
    losses: list[Change]
    pools: dict[str, Both[ToldPool]]
    budgets: dict[str, Both[ToldBudget]]
    channels: dict[str, Both[ToldChannel]]
    audiences: dict[str, Both[int]]
    not_redeemed: Both[int]
    refused: Both[dict[str, int]]
    faults: Both[list[Fault]]


class Asked(Struct, frozen=True):
    """What was asked: of which event, against which version, about which time."""

    event: str
    version: int
    since_ms: int
    until_ms: int


def compare(asked: Asked, live: Told, proposed: Told) -> Report:
    """Say what is different."""
    gains: list[Change] = []
    losses: list[Change] = []
    rules = [
        _rule(name, live, proposed, gains, losses) for name in {**live.rules, **proposed.rules}
    ]
    return Report(
        event=asked.event,
        version=asked.version,
        since_ms=asked.since_ms,
        until_ms=asked.until_ms,
        facts=live.facts,
        people=Both(live.people, proposed.people),
        rules=rules,
        gains=gains,
        losses=losses,
        pools=_both(live.pools, proposed.pools),
        budgets=_both(live.budgets, proposed.budgets),
        channels=_both(live.channels, proposed.channels),
        audiences=_both(live.audiences, proposed.audiences),
        not_redeemed=Both(live.not_redeemed, proposed.not_redeemed),
        refused=Both(live.refused, proposed.refused),
        faults=Both(live.faults, proposed.faults),
    )


def _both(live: dict[str, T], proposed: dict[str, T]) -> dict[str, Both[T]]:
    return {name: Both(live.get(name), proposed.get(name)) for name in {**live, **proposed}}


def _rule(
    name: str, live: Told, proposed: Told, gains: list[Change], losses: list[Change]
) -> RuleReport:
    before, after = live.rules.get(name), proposed.rules.get(name)
    mine, theirs = _firings(before, live), _firings(after, proposed)
    people = sorted(one for one in mine.keys() | theirs.keys() if one is not None)
    kinds: Counter[str] = Counter()
    gained: list[Change] = []
    lost: list[Change] = []
    for person in people:
        was, is_ = mine.get(person, []), theirs.get(person, [])
        if len(is_) > len(was):
            gained.append(Change(person, name, len(was), len(is_), _first_ms(is_, was)))
        elif len(is_) < len(was):
            lost.append(Change(person, name, len(was), len(is_), _first_ms(was, is_)))
        else:
            kinds["unchanged" if was == is_ else "moved"] += 1
    gains += sorted(gained, key=lambda one: (one.first_ms, one.person))
    losses += sorted(lost, key=lambda one: (one.first_ms, one.person))
    return RuleReport(
        rule=name,
        stage=Both(*(None if one is None else one.stage for one in (before, after))),
        fired=Both(*(None if one is None else _count(one) for one in (before, after))),
        shadow=Both(*(None if one is None else one.shadow for one in (before, after))),
        follow_ups=Both(*(None if one is None else one.follow_ups for one in (before, after))),
        suppressed=Both(*(None if one is None else one.suppressed for one in (before, after))),
        gain=len(gained),
        lose=len(lost),
        moved=kinds["moved"],
        unchanged=kinds["unchanged"],
    )


def _firings(rule: ToldRule | None, told: Told) -> dict[str | None, list[int]]:
    return {} if rule is None else rule.firings.of(told.persons)


def _count(rule: ToldRule) -> int:
    return len(rule.firings.all_ms())


def _first_ms(more: list[int], less: list[int]) -> int:
    """The first of ``more`` that is not among ``less``, each of which stands for one."""
    left = Counter(less)
    for at_ms in more:
        if not left[at_ms]:
            return at_ms
        left[at_ms] -= 1
    raise AssertionError("there are more of them")
