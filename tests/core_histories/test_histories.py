"""Random histories: the engine's core says what the evaluator says, which scans everything anew."""

import os
from random import randrange
from typing import Final

import pytest

from tests.core_histories.__main__ import check, smallest
from tests.core_histories.comparing import RefusedError, differences
from tests.core_histories.history import History, script
from tests.core_histories.people import history
from tests.core_histories.shrinking import shrunk

SEEDS_VARIABLE: Final = "FOYER_SEEDS"
BLOCKS: Final = [f"always-{number + 1}" for number in range(12)]
ALWAYS: Final = 50
"""Histories of such a block, the same ones in every run."""
OTHERS: Final = [f"others-{n + 1}" for n in range(int(os.environ.get(SEEDS_VARIABLE, "0")))]
EACH: Final = 2_000
"""Histories of a block of other ones in each run."""
SEEDS_MAX: Final = 10**9


@pytest.mark.parametrize("block", [*BLOCKS, *OTHERS])
def test_the_core_says_what_a_scan_of_everything_says(block: str) -> None:
    """Always the same histories; as many blocks of others besides as the environment asks for."""
    first, number = randrange(SEEDS_MAX), EACH
    if block in BLOCKS:
        first, number = BLOCKS.index(block) * ALWAYS, ALWAYS
    refused = 0
    for seed in range(first, first + number):
        _, refusal, lines = check(seed)
        refused += bool(refusal)
        if lines:
            small, lines = smallest(seed)
            pytest.fail("\n".join([script(small), *lines]))
    assert refused < number // 4


def test_a_seed_is_a_history() -> None:
    assert history(7) == history(7)
    assert script(history(7)) != script(history(8))


def test_a_failing_history_is_made_small() -> None:
    """The smallest history in which somebody taps at the bacon bar has one step."""
    whole = next(one for one in map(history, range(100)) if _taps_bacon(one))
    small = shrunk(whole, _taps_bacon)
    assert (len(small.steps), small.venue["rules"]) == (1, [])


def _taps_bacon(one: History) -> bool:
    try:
        differences(one)
    except RefusedError:
        return False
    return any('"place": "bacon"' in line for line in script(one).splitlines() if "tapped" in line)
