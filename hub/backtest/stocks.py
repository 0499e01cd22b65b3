"""Rewards that are given come out of a stock, and cost what their pool says."""

from collections import Counter
from collections.abc import Iterable, Mapping

from hub.backtest.told import ToldBudget, ToldPool
from hub.core.compiled import Compiled
from hub.core.outcome import Grant
from hub.core.restraint.budgets import spent
from hub.core.state import Pool


class Stocks:
    """Counts the rewards whose cause lies from ``since_ms`` to ``until_ms``."""

    def __init__(self, rules: Compiled, since_ms: int, until_ms: int) -> None:
        self._rules = rules
        self._since_ms = since_ms
        self._until_ms = until_ms
        self._given: Counter[str] = Counter()
        self._ran_out_ms: dict[str, int] = {}
        self._refused_ms: dict[str, int] = {}

    def take(self, grants: Iterable[Grant], pools: Mapping[str, Pool]) -> None:
        """Count what an event gave, given the pools after it."""
        for grant in grants:
            if self._since_ms <= grant.at_ms <= self._until_ms:
                self._given[grant.pool] += 1
                if pools[grant.pool].left <= 0:
                    self._ran_out_ms.setdefault(grant.pool, grant.at_ms)

    def refused(self, reason: str, at_ms: int) -> None:
        """A budget refused a reward; the core's sentence says which."""
        for budget in self._rules.venue.budgets:
            if f"budget {budget.name}:" in reason:
                self._refused_ms.setdefault(budget.name, at_ms)

    def pools(self, pools: Mapping[str, Pool]) -> dict[str, ToldPool]:
        """Each pool of the document, by id."""
        found = {}
        for info in self._rules.venue.pools:
            pool = pools.get(info.id, Pool(info.id, info.stock))
            given = self._given[info.id]
            found[info.id] = ToldPool(
                title=info.title,
                stock=pool.stock,
                given=given,
                cost=spent(Pool(info.id, given, next_index=given), info.cost),
                left=pool.left,
                ran_out_ms=self._ran_out_ms.get(info.id) if pool.left <= 0 else None,
            )
        return found

    def budgets(self, pools: Mapping[str, Pool]) -> dict[str, ToldBudget]:
        """Each budget of the document, by name."""
        infos = self._rules.pools
        return {
            budget.name: ToldBudget(
                amount=budget.amount,
                currency=budget.currency,
                spent=sum(
                    spent(pools[pool], infos[pool].cost) for pool in budget.pools if pool in pools
                ),
                refused_ms=self._refused_ms.get(budget.name),
            )
            for budget in self._rules.venue.budgets
        }
