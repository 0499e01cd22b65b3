"""Intervals are those of the literature, hold what is true as often as they say, and never lie."""

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.experiments.intervals import Share, detectable, difference, needed, wilson

shares = st.integers(0, 60).flatmap(lambda n: st.integers(0, n).map(lambda r: Share(r, n)))


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        # R. G. Newcombe, Statistics in Medicine 17 (1998), 873-890, table II, method 10
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        # statsmodels 0.15.0, confint_proportions_2indep(method="newcomb")
        ((31, 80), (20, 78), -0.0147, 0.2691),
    ],
)
def test_published_differences(
    one: tuple[int, int], other: tuple[int, int], low: float, high: float
) -> None:
    found = difference(Share(*one), Share(*other))
    assert found.low == pytest.approx(low, abs=5e-5)
    assert found.high == pytest.approx(high, abs=5e-5)


@pytest.mark.parametrize("share", [Share(0, 10), Share(1, 29), Share(7, 20), Share(81, 263)])
def test_wilson_is_where_the_score_test_turns(share: Share) -> None:
    found = wilson(share)
    for bound in (found.low, found.high):
        if bound in (0.0, 1.0):
            continue
        variance = bound * (1 - bound) / share.people
        assert (share.rate - bound) ** 2 / variance == pytest.approx(1.959964**2, rel=1e-5)
    assert (found.low == 0.0) == (share.reached == 0)


@given(shares, shares)
def test_bounds_are_in_order_and_turn_around(one: Share, other: Share) -> None:
    found, turned = difference(one, other), difference(other, one)
    assert -1 <= found.low <= one.rate - other.rate <= found.high <= 1
    assert found.low == pytest.approx(-turned.high)
    assert found.high == pytest.approx(-turned.low)


def binomial(number: int, rate: float) -> list[float]:
    return [
        comb(number, hits) * rate**hits * (1 - rate) ** (number - hits)
        for hits in range(number + 1)
    ]


@pytest.mark.parametrize(
    ("people", "compared", "rate", "baseline"),
    [(40, 38, 0.3, 0.3), (80, 20, 0.5, 0.3), (60, 60, 0.1, 0.1), (30, 50, 0.8, 0.6)],
)
def test_nineteen_of_twenty_hold_the_truth(
    people: int, compared: int, rate: float, baseline: float
) -> None:
    """Over all that can happen, each weighed with how likely it is: no chance involved."""
    ones, others = binomial(people, rate), binomial(compared, baseline)
    held = 0.0
    for hits, likely in enumerate(ones):
        for compared_hits, too in enumerate(others):
            found = difference(Share(hits, people), Share(compared_hits, compared))
            if found.low <= rate - baseline <= found.high:
                held += likely * too
    assert 0.935 <= held <= 0.975


@pytest.mark.parametrize(("people", "compared", "hits"), [(40, 38, 10), (100, 300, 90)])
def test_what_is_detectable_is_seen_four_times_out_of_five(
    people: int, compared: int, hits: int
) -> None:
    baseline = Share(hits, compared)
    smallest = detectable(people, baseline)
    assert smallest is not None
    seen = []
    for rate in (baseline.rate - smallest, baseline.rate + smallest):
        if not 0 <= rate <= 1:
            continue
        clear = sum(
            likely * too
            for one, likely in enumerate(binomial(people, rate))
            for other, too in enumerate(binomial(compared, baseline.rate))
            if not (found := difference(Share(one, people), Share(other, compared))).low
            <= 0
            <= found.high
        )
        seen.append(clear)
    assert any(0.74 <= power <= 0.86 for power in seen)


def test_how_many_are_needed() -> None:
    # Fleiss, Levin, Paik (2003), formula 4.14: 30 % against 20 % and 40 %, the larger of both
    assert needed(Share(30, 100), 0.1) == 356
    wanted = needed(Share(5, 100), 0.1)
    assert wanted is not None
    assert detectable(wanted, Share(5 * wanted // 100, wanted)) == pytest.approx(0.1, abs=0.06)


def test_where_there_is_nothing_to_say() -> None:
    nobody = Share(0, 0)
    assert (wilson(nobody).low, wilson(nobody).high, nobody.rate) == (0, 1, 0)
    assert detectable(0, Share(1, 2)) is None
    assert detectable(5, nobody) is None
    assert detectable(2, Share(1, 2)) is None
    assert needed(nobody, 0.1) is None
    assert needed(Share(1, 2), 0.6) is None
    with pytest.raises(ValueError, match="3 of 2 is no share"):
        Share(3, 2)
