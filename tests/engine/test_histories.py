"""Whatever comes again, gets lost on the way or fails half-way: each tap counts exactly once."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from contract.envelope import StreamPosition
from hub.engine.items import Connected, Item
from hub.engine.rebuild import differences
from hub.store import StoreUnavailable
from tests.databases import EVENT
from tests.engine.parts import GREETING, OTHER_STREAM, STREAM, FaultyStore, Hub, message, tap

STREAMS = (STREAM, OTHER_STREAM)
APART_MS = 1_000
"""No two taps are of the same instant: a rule fires once for one instant."""
BATCHES = st.tuples(st.sampled_from(STREAMS), st.integers(1, 12), st.integers(1, 4))
STEPS = st.tuples(
    st.lists(BATCHES, max_size=4),
    st.sampled_from(["", "", "", "before", "after", "restart", "connected"]),
)


def items_of(batches: list[tuple[str, int, int]]) -> list[Item]:
    """Consecutive taps of a stream; the tap with the same number is the same one."""
    return [
        message(
            *(tap(boot_ms=first + n + APART_MS * STREAMS.index(stream)) for n in range(count)),
            first=first,
            stream=stream,
        )
        for stream, first, count in batches
    ]


def run(hub: Hub, items: list[Item]) -> None:
    """One group, decided again after the store was away, as the engine's thread does it."""
    try:
        hub.run(*items)
    except StoreUnavailable:
        hub.engine.load()
        hub.run(*items)


def numbers(position: StreamPosition | None) -> set[int]:
    """Every record that a position says is committed."""
    if position is None:
        return set()
    beyond = {n for low, high in position.ranges for n in range(low, high + 1)}
    return set(range(1, position.upto + 1)) | beyond


@settings(max_examples=20, deadline=None)
@given(steps=st.lists(STEPS, max_size=8))
def test_each_tap_counts_once(
    steps: list[tuple[list[tuple[str, int, int]], str]], sqlite_template: Path
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "hub.sqlite"
        shutil.copy(sqlite_template, path)
        with FaultyStore(f"sqlite:///{path}", EVENT) as store:
            _live_through(Hub(store, GREETING), store, steps)


def _live_through(
    hub: Hub, store: FaultyStore, steps: list[tuple[list[tuple[str, int, int]], str]]
) -> None:
    hub.join("ann")
    sent: set[tuple[str, int]] = set()
    for batches, trouble in steps:
        if trouble in {"before", "after"}:
            getattr(store, trouble).append(StoreUnavailable("away"))
        if trouble == "restart":
            hub.make_engine()
        run(hub, items_of(batches) + ([Connected()] if trouble == "connected" else []))
        store.before.clear()
        store.after.clear()
        sent |= {(stream, first + n) for stream, first, count in batches for n in range(count)}
        for stream in STREAMS:
            committed = numbers(hub.committed("pi", stream))
            assert committed == {number for name, number in sent if name == stream}
            assert numbers(hub.publisher.position("pi", stream)) <= committed
    assert sorted(hub.log("tapped")) == sorted(f"pi/{stream}/{number}" for stream, number in sent)
    assert hub.points() == len(sent)
    assert hub.held() == []
    assert differences(store) == []
