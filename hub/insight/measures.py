"""A quantile is a value that was measured: the smallest that at least that share is not above."""

from collections.abc import Sequence
from math import ceil


def quantile(ascending: Sequence[int], share: float) -> int | None:
    """Return the quantile by nearest rank, None of nothing; ``share`` is above 0, at most 1."""
    if not ascending:
        return None
    return ascending[max(0, ceil(share * len(ascending)) - 1)]


def share(part: int, whole: int) -> float | None:
    """Return how large a part is, 0 to 1; None of nothing."""
    return part / whole if whole else None
