"""A budget is never exceeded: one more reward is given only if its cost still fits, to the cent.

Sums are exact: a figure counts as the decimal number that the document shows, not as the nearest
binary fraction. Every reward given counts at what its pool costs now, until it is given back.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from hub.core.document.limits import Budget
from hub.core.document.venue import PoolInfo
from hub.core.errors import RulesFault
from hub.core.state import Pool

AMOUNT_MAX: Final = 1_000_000_000_000
"""Largest amount or cost."""

DECIMALS_MAX: Final = 4
"""Most decimals of an amount or a cost: within both bounds every sum is exact."""


def spent(pool: Pool, cost: float) -> float:
    """What the rewards that were given, and not given back, cost together."""
    return float(_spent(pool, cost))


def over_budget(
    budgets: Iterable[Budget],
    pools: Mapping[str, Pool],
    pool_id: str,
    infos: Mapping[str, PoolInfo],
) -> str | None:
    """Why one more of ``pool_id`` would exceed a budget, the first such one; or None.

    A pool that has given nothing yet may be missing from ``pools``. A reward that costs nothing
    exceeds none.
    """
    cost = _exact(infos[pool_id].cost)
    for budget in budgets:
        if cost and pool_id in budget.pools:
            total = _total(budget, pools, infos)
            if total + cost > _exact(budget.amount):
                return (
                    f"budget {budget.name}: {_money(_exact(budget.amount))} {budget.currency}, and "
                    f"{_money(total)} are spent; one more is {_money(cost)}"
                )
    return None


def check_budgets(budgets: Sequence[Budget], infos: Mapping[str, PoolInfo]) -> None:
    """Check the budgets against the pools there are.

    Raises:
        RulesFault: a name is there twice, a pool is not there or twice, a figure is out of
            bounds, or
            nothing that the budget is for costs anything.
    """
    names = [budget.name for budget in budgets]
    for budget in budgets:
        where = f"budget {budget.name!r}"
        if names.count(budget.name) > 1:
            raise RulesFault(f"{where} is there twice")
        _check_pools(where, budget.pools, infos)
        figures = [budget.amount, *(infos[pool].cost for pool in budget.pools)]
        if not all(0 <= one <= AMOUNT_MAX and one == round(one, DECIMALS_MAX) for one in figures):
            raise RulesFault(
                f"{where}: its amount, and what its rewards cost, are numbers up to {AMOUNT_MAX} "
                f"with {DECIMALS_MAX} decimals or fewer"
            )


def _check_pools(where: str, pools: Sequence[str], infos: Mapping[str, PoolInfo]) -> None:
    for pool in pools:
        if pool not in infos:
            listed = ", ".join(sorted(infos)) or "none"
            raise RulesFault(f"{where}: there is no pool {pool!r}; there is: {listed}")
        if pools.count(pool) > 1:
            raise RulesFault(f"{where}: pool {pool!r} is there twice")
    if not any(infos[pool].cost for pool in pools):
        raise RulesFault(f"{where}: none of its pools costs anything; give one a cost")


def _total(budget: Budget, pools: Mapping[str, Pool], infos: Mapping[str, PoolInfo]) -> Decimal:
    given = (_spent(pools[pool], infos[pool].cost) for pool in budget.pools if pool in pools)
    return sum(given, Decimal(0))


def _spent(pool: Pool, cost: float) -> Decimal:
    return _exact(cost) * (pool.next_index - len(pool.returned))


def _exact(figure: float) -> Decimal:
    return Decimal(repr(figure))


def _money(figure: Decimal) -> str:
    """With cents, and with what is smaller only where it is there."""
    cents = figure.quantize(Decimal("0.01"))
    return f"{cents if cents == figure else figure.normalize():f}"
