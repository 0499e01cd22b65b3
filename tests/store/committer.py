"""A process that commits group after group until it is killed: ``python -m tests.store.committer``.

Every row of a group carries the group's number, so that a group that is half there shows.
"""

import sys
from itertools import count

from contract.envelope import StreamPosition
from hub.core.outcome import Action, Decision, Grant, Message
from hub.core.state import Person, Pool, Timer
from hub.store import Group, LogRow, Store

ROWS = 40
STREAM = ("edge-1", "0" * 16)


def numbered_group(number: int) -> Group:
    first = (number - 1) * ROWS + 1
    last = first + ROWS - 1
    key, at_ms = f"g{number}", number * 1_000
    return Group(
        log=[
            LogRow(pos, f"k{pos}", "ann", "tapped", at_ms, at_ms, b"{}")
            for pos in range(first, last + 1)
        ],
        people={f"p{n}": Person(f"p{n}", points=number) for n in range(ROWS)},
        pools={"coffee": Pool("coffee", number)},
        timers={key: Timer(key, at_ms, "show", "rule"), f"g{number - 1}": None},
        decisions=[Decision(key, "rule", number, "ann", None, at_ms, "fired", "so")],
        actions=[Action(key, "push", {}, "rule", "ann", at_ms, at_ms)],
        messages=[Message(key, "ann", at_ms, "title", "text")],
        grants=[Grant("coffee", number, "ann", key, at_ms)],
        streams={STREAM: StreamPosition(last)},
    )


def main(url: str, event: str) -> None:
    with Store(url, event) as store:
        done = store.last_pos() // ROWS
        for number in count(done + 1):
            store.commit(numbered_group(number))
            print(number, flush=True)  # noqa: T201 - the test reads it


if __name__ == "__main__":
    main(*sys.argv[1:])
