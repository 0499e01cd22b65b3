"""``python -m tests.core_histories --histories 10000 --seed 0``: many histories, with progress."""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from multiprocessing import Pool
from typing import TextIO

import msgspec

from tests.core_histories.comparing import RefusedError, differences
from tests.core_histories.history import History, Written, script
from tests.core_histories.people import PEOPLE, history
from tests.core_histories.shrinking import shrunk

PROCESSES: int = 2
REPORTED_MAX: int = 5


def say(text: str, stream: TextIO = sys.stdout) -> None:
    """A line for whoever started this."""
    stream.write(f"{text}\n")
    stream.flush()


def kind(lines: list[str], venue: Written) -> str:
    """What sort of difference the first line tells of: its words, without names and figures."""
    words = lines[0].replace("[", " ").replace("(", " ").split()
    about = {one["name"]: one["when"]["kind"] for one in venue["rules"]}
    if lines[0].startswith("decision"):
        words = [about.get(word, word) for word in words]
    else:
        words = words[1:2] if words[0] in PEOPLE else words[:8]
    return " ".join(w for w in words if w not in PEOPLE and not any(c.isdigit() for c in w))


def check(seed: int) -> tuple[int, str, list[str]]:
    """One history: its seed, ``refused`` or nothing, and where the two sides differ."""
    try:
        return seed, "", differences(history(seed))
    except RefusedError as error:
        return seed, str(error), []


def smallest(seed: int) -> tuple[History, list[str]]:
    """The smallest history that differs in the way the one of a seed does."""
    whole = history(seed)
    same = kind(differences(whole), whole.venue)

    def fails(one: History) -> bool:
        try:
            found = differences(one)
        except RefusedError:
            return False
        except (KeyError, StopIteration, AssertionError, msgspec.ValidationError):
            return False
        return bool(found) and kind(found, one.venue) == same

    small = shrunk(whole, fails)
    return small, differences(small)


def run(first: int, number: int, jobs: int) -> Iterator[tuple[int, str, list[str]]]:
    """All of them, in any order."""
    seeds = range(first, first + number)
    if jobs == 1:
        yield from map(check, seeds)
        return
    with Pool(jobs) as pool:
        yield from pool.imap_unordered(check, seeds, chunksize=20)


def main() -> int:
    """Run as many as asked for; 1 when any of them differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=PROCESSES)
    parser.add_argument("--report", type=int, default=REPORTED_MAX)
    asked = parser.parse_args()
    begun, failed, refused = time.monotonic(), dict[int, list[str]](), Counter[str]()
    for done, (seed, refusal, lines) in enumerate(run(asked.seed, asked.histories, asked.jobs), 1):
        refused.update([refusal] if refusal else [])
        if lines:
            failed[seed] = lines
        if done % 500 == 0 or done == asked.histories:
            rate = done / (time.monotonic() - begun)
            say(
                f"{done} histories, {len(failed)} differ, {refused.total()} refused, {rate:.0f}/s",
                sys.stderr,
            )
    kinds: dict[str, list[int]] = {}
    for seed in sorted(failed):
        kinds.setdefault(kind(failed[seed], history(seed).venue), []).append(seed)
    for reason, often in refused.most_common(asked.report):
        say(f"refused {often} times: {reason}")
    for name, seeds in sorted(kinds.items(), key=lambda entry: -len(entry[1])):
        say(f"{len(seeds)} histories: {name}, such as {seeds[:3]}")
    for _, seeds in sorted(kinds.items(), key=lambda entry: -len(entry[1]))[: asked.report]:
        small, lines = smallest(seeds[0])
        say("\n".join(["", script(small), *lines]))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
