"""Two shares are compared by their difference and by how far chance alone may have moved it.

Sources: the interval of one share is E. B. Wilson's score interval (Journal of the American
Statistical Association 22, 1927, 209-212). The interval of a difference is the hybrid score
interval without continuity correction: method 10 of R. G. Newcombe, "Interval estimation for the
difference between independent proportions: comparison of eleven methods" (Statistics in Medicine
17, 1998, 873-890). What can be detected follows from the test of two independent shares with the
normal approximation and without continuity correction: J. L. Fleiss, B. Levin, M. C. Paik,
"Statistical Methods for Rates and Proportions" (3rd edition, 2003, chapter 4), for two groups of
different size.
"""

from math import sqrt
from statistics import NormalDist
from typing import Final

from msgspec import Struct

CONFIDENCE: Final = 0.95
"""How often an interval holds what is true, over many experiments."""
POWER: Final = 0.8
"""How often a difference that counts as detectable would be seen."""
HALVINGS: Final = 40
"""Steps in which the detectable difference is closed in on."""

_z = NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / 2)
_z_power = NormalDist().inv_cdf(POWER)


class Share(Struct, frozen=True):
    """``reached`` of ``people``."""

    reached: int
    people: int

    def __post_init__(self) -> None:
        """Refuse what is no share."""
        if not 0 <= self.reached <= self.people:
            raise ValueError(f"{self.reached} of {self.people} is no share")

    @property
    def rate(self) -> float:
        """The share, 0 to 1; of nobody it is 0."""
        return self.reached / self.people if self.people else 0.0


class Interval(Struct, frozen=True):
    """From ``low`` to ``high``, both inside."""

    low: float
    high: float


def wilson(share: Share) -> Interval:
    """Return in what interval the true share lies; of nobody it is anything from 0 to 1."""
    if not share.people:
        return Interval(0.0, 1.0)
    number, rate, square = share.people, share.rate, _z * _z
    middle = (rate + square / (2 * number)) / (1 + square / number)
    spread = rate * (1 - rate) / number + square / (4 * number * number)
    half = _z * sqrt(spread) / (1 + square / number)
    low = 0.0 if share.reached == 0 else max(0.0, middle - half)
    high = 1.0 if share.reached == number else min(1.0, middle + half)
    return Interval(low, high)


def difference(one: Share, other: Share) -> Interval:
    """Return in what interval the true difference ``one - other`` lies, -1 to 1."""
    first, second = wilson(one), wilson(other)
    seen = one.rate - other.rate
    below = sqrt((one.rate - first.low) ** 2 + (second.high - other.rate) ** 2)
    above = sqrt((first.high - one.rate) ** 2 + (other.rate - second.low) ** 2)
    return Interval(max(-1.0, seen - below), min(1.0, seen + above))


def detectable(people: int, baseline: Share) -> float | None:
    """Return the smallest true difference that would be seen with a power of ``POWER``.

    ``people`` is the size of the other group; ``baseline`` is what is compared with. It is the
    larger of an increase and a decrease, where both can be seen; None when neither can.
    """
    if not people or not baseline.people:
        return None
    rate = baseline.rate
    found = [
        abs(_closest(rate, end, people, baseline.people) - rate)
        for end in (0.0, 1.0)
        if _is_seen(rate, end, people, baseline.people)
    ]
    return max(found, default=None)


def _closest(rate: float, end: float, people: int, compared: int) -> float:
    """The share nearest to ``rate``, towards ``end``, that is told apart from it."""
    near = rate
    for _ in range(HALVINGS):
        middle = (near + end) / 2
        if _is_seen(rate, middle, people, compared):
            end = middle
        else:
            near = middle
    return end


def _is_seen(rate: float, other: float, people: int, compared: int) -> bool:
    pooled = (rate * compared + other * people) / (people + compared)
    alike = sqrt(pooled * (1 - pooled) * (1 / people + 1 / compared))
    apart = sqrt(other * (1 - other) / people + rate * (1 - rate) / compared)
    return abs(other - rate) > _z * alike + _z_power * apart


def needed(baseline: Share, wanted: float) -> int | None:
    """Return how many people each of two groups needs for a difference of ``wanted`` to be seen.

    It is the larger number of an increase and a decrease, where both are possible. None when
    neither is, or when nobody is in the baseline.
    """
    rate = baseline.rate
    ends = [end for end in (rate - wanted, rate + wanted) if 0 <= end <= 1]
    if not baseline.people or not ends:
        return None
    return max(_people(rate, end) for end in ends)


def _people(rate: float, other: float) -> int:
    few, many = 0, 1
    while not _is_seen(rate, other, many, many):
        few, many = many, many * 2
    while many - few > 1:
        middle = (few + many) // 2
        if _is_seen(rate, other, middle, middle):
            many = middle
        else:
            few = middle
    return many
