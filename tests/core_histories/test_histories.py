"""Random histories: the engine's core says what the evaluator says, which scans everything anew."""

from random import randrange

import pytest

from tests.core_histories.__main__ import check, smallest
from tests.core_histories.comparing import RefusedError, differences
from tests.core_histories.history import History, script
from tests.core_histories.people import history
from tests.core_histories.shrinking import shrunk

BLOCKS = 6
HISTORIES = 50
SEEDS_MAX = 10**9


@pytest.mark.parametrize("block", range(BLOCKS))
def test_the_core_says_what_a_scan_of_everything_says(block: int) -> None:
    """Half of the histories are always the same, the others are other ones in each run."""
    first = block * HISTORIES if block % 2 else randrange(SEEDS_MAX)
    refused = 0
    for seed in range(first, first + HISTORIES):
        _, refusal, lines = check(seed)
        refused += bool(refusal)
        if lines:
            small, lines = smallest(seed)
            pytest.fail("\n".join([script(small), *lines]))
    assert refused < HISTORIES // 4


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
