"""Killed at any instant, a group is there whole or not at all, and what was committed stays."""

import random
import subprocess
import sys
import threading

import pytest

from hub.store import Store
from tests.databases import EVENT
from tests.store.committer import ROWS, STREAM

KILLS = 3
COMMITS_BEFORE = 5


def commit_until_killed(url: str, delay_s: float) -> int:
    """Run the committing process, kill it in the middle; returns the last number it reported."""
    command = [sys.executable, "-m", "tests.store.committer", url, EVENT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        reported = [process.stdout.readline() for _ in range(COMMITS_BEFORE)]
        timer = threading.Timer(delay_s, process.kill)
        timer.start()
        reported += process.stdout.readlines()
        timer.join()
    return int([line for line in reported if line.endswith("\n")][-1])


def check_whole(store: Store, reported: int) -> None:
    state = store.load_engine()
    number, rest = divmod(state.last_pos, ROWS)
    assert rest == 0
    assert number in {reported, reported + 1}
    people = store.load_people([f"p{n}" for n in range(ROWS)])
    assert {person.points for person in people.values()} == {number}
    assert state.pools["coffee"].stock == number
    assert [timer.key for timer in state.timers] == [f"g{number}"]
    assert state.streams[STREAM].upto == state.last_pos
    assert [row.pos for row in store.log_from()] == list(range(1, state.last_pos + 1))
    assert store.views.decision_counts() == {("rule", "fired"): number}
    assert store.views.action_counts() == {("push", "waiting"): number}
    assert store.rewards.counts() == {("coffee", "reserved"): number}


@pytest.mark.processes
def test_killed_in_the_middle_of_commits(store: Store, database_url: str) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")  # noqa: T201 - shown when the test fails
    chance = random.Random(seed)
    for _ in range(KILLS):
        reported = commit_until_killed(database_url, chance.uniform(0.0, 0.1))
        check_whole(store, reported)
