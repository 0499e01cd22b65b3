"""Money: to the cent, and never more than the amount."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.document import Budget, PoolInfo
from hub.core.errors import RulesFault
from hub.core.restraint.budgets import check_budgets, over_budget, spent
from hub.core.state import Pool


def infos(**costs: float) -> dict[str, PoolInfo]:
    return {pool: PoolInfo(pool, pool.title(), 100, cost=cost) for pool, cost in costs.items()}


def pools(**given: int) -> dict[str, Pool]:
    return {pool: Pool(pool, 100, next_index=count) for pool, count in given.items()}


@pytest.mark.parametrize(
    ("given_count", "returned", "cost", "total"),
    [(0, (), 3.5, 0), (3, (), 0.1, 0.3), (10, (2, 7), 2.35, 18.8), (7, (), 0, 0)],
)
def test_spent(given_count: int, returned: tuple[int, ...], cost: float, total: float) -> None:
    assert spent(Pool("card", 100, given_count, returned), cost) == total


def test_three_times_ten_cents_is_thirty_cents() -> None:
    budget = [Budget("drinks", 0.3, ["water"])]
    assert 0.1 * 2 + 0.1 > 0.3  # what floats would say
    assert over_budget(budget, pools(water=2), "water", infos(water=0.1)) is None
    assert over_budget(budget, pools(water=3), "water", infos(water=0.1)) == (
        "budget drinks: 0.30 EUR, and 0.30 are spent; one more is 0.10"
    )


def test_a_budget_is_for_its_pools_together() -> None:
    budget = Budget("drinks", 100, ["beer", "water", "tea"], currency="CHF")
    costs = infos(beer=7.5, water=0.125, tea=0, bacon=50)
    given_so_far = pools(beer=12, water=60, bacon=99)
    assert over_budget([budget], given_so_far, "beer", costs) == (
        "budget drinks: 100.00 CHF, and 97.50 are spent; one more is 7.50"
    )
    assert over_budget([budget], given_so_far, "water", costs) is None
    assert over_budget([budget], given_so_far, "tea", costs) is None
    assert over_budget([budget], given_so_far, "bacon", costs) is None
    assert over_budget([budget], pools(beer=13, water=20), "water", costs) == (
        "budget drinks: 100.00 CHF, and 100.00 are spent; one more is 0.125"
    )


def test_the_first_budget_that_is_exceeded_is_named() -> None:
    budgets = [Budget(name, amount, ["tea"]) for name, amount in (("a", 9), ("b", 2), ("c", 1))]
    reason = over_budget(budgets, pools(tea=2), "tea", infos(tea=1))
    assert reason == "budget b: 2.00 EUR, and 2.00 are spent; one more is 1.00"


def test_what_is_given_back_can_be_given_again() -> None:
    budget = [Budget("drinks", 2, ["tea"])]
    full, returned = Pool("tea", 9, 2), Pool("tea", 9, 2, (1,))
    assert over_budget(budget, {"tea": full}, "tea", infos(tea=1)) is not None
    assert over_budget(budget, {"tea": returned}, "tea", infos(tea=1)) is None


BOUNDS = "numbers up to 1000000000000 with 4 decimals or fewer"
CENTS = st.integers(1, 999)


@settings(deadline=None)
@given(CENTS, CENTS, st.integers(1, 20_000), st.lists(st.booleans(), max_size=200))
def test_giving_while_it_says_nothing_never_exceeds_and_leaves_less_than_one(
    beer: int, tea: int, amount: int, orders: list[bool]
) -> None:
    costs = infos(beer=beer / 100, tea=tea / 100)
    budget = [Budget("drinks", amount / 100, ["beer", "tea"])]
    count = {"beer": 0, "tea": 0}
    for is_beer in orders:
        pool = "beer" if is_beer else "tea"
        total = Fraction(count["beer"] * beer + count["tea"] * tea)
        fits = total + (beer if is_beer else tea) <= amount
        assert (over_budget(budget, pools(**count), pool, costs) is None) is fits
        count[pool] += fits


@pytest.mark.parametrize(
    ("budgets", "sentence"),
    [
        ([Budget("a", 1, ["tea"]), Budget("a", 2, ["tea"])], "budget 'a' is there twice"),
        ([Budget("a", 1, ["gin"])], "budget 'a': there is no pool 'gin'; there is: rum, tea, tip"),
        ([Budget("a", 1, ["tea", "tea"])], "budget 'a': pool 'tea' is there twice"),
        ([Budget("a", 1, [])], "budget 'a': none of its pools costs anything; give one a cost"),
        (
            [Budget("a", 1, ["tip"])],
            "budget 'a': none of its pools costs anything; give one a cost",
        ),
        *(
            (
                [budget],
                f"budget 'a': its amount, and what its rewards cost, are {BOUNDS}",
            )
            for budget in (
                Budget("a", float("inf"), ["tea"]),
                Budget("a", 1e300, ["tea"]),
                Budget("a", float("nan"), ["tea"]),
                Budget("a", 5.00001, ["tea"]),
                Budget("a", 5, ["rum"]),
            )
        ),
    ],
)
def test_refuses(budgets: list[Budget], sentence: str) -> None:
    with pytest.raises(RulesFault) as fault:
        check_budgets(budgets, infos(tea=1.25, rum=0.00001, tip=0))
    assert str(fault.value) == sentence


def test_no_pool_at_all() -> None:
    check_budgets([Budget("a", 1e12, ["tea"]), Budget("b", 1, ["tea", "tip"])], infos(tea=2, tip=0))
    with pytest.raises(RulesFault, match="there is: none"):
        check_budgets([Budget("a", 1, ["tea"])], {})
