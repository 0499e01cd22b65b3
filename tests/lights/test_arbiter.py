from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.lights.arbiter import Board, Claim, Look
from integrations.lights.errors import BoardFull
from integrations.lights.limits import CLAIMS_PER_LAMP_MAX

RED, BLUE = Look("#ff0000", 1.0), Look("#0000ff", 1.0)


def claim(source: str, priority: int = 50, from_ms: int = 0, **more: object) -> Claim:
    values = {"lamp": "A", "look": RED, "key": f"{source}-{from_ms}", **more}
    return Claim(source=source, priority=priority, from_ms=from_ms, **values)  # type: ignore[arg-type]


def holder(board: Board, now_ms: int) -> str | None:
    found = board.effective("A", now_ms)
    return None if found is None else found.source


def test_the_higher_priority_has_the_lamp_until_its_time_is_up() -> None:
    board = Board().place(claim("mood", 10), 0).place(claim("photo", 90, until_ms=8000), 0)
    assert [holder(board, t) for t in (0, 7999, 8000)] == ["photo", "photo", "mood"]
    assert board.next_end_ms(0) == 8000
    assert board.next_end_ms(8000) is None


def test_of_equals_the_latest_has_it() -> None:
    board = Board().place(claim("one", from_ms=5), 5).place(claim("two", from_ms=5), 5)
    assert holder(board, 5) == "two"
    assert holder(board.place(claim("one", from_ms=6), 6), 6) == "one"


def test_a_source_has_one_claim_and_can_release_it() -> None:
    board = Board().place(claim("a"), 0).place(claim("a", from_ms=1, look=BLUE), 1)
    assert len(board.lamps["A"]) == 1
    assert board.release("A", "a") == Board()
    assert board.release("A", "nobody") == board
    assert board.forget("A") == Board()


def test_the_same_delivery_again_does_not_prolong_it() -> None:
    board = Board().place(claim("a", until_ms=100), 0)
    again = board.place(claim("a", until_ms=150), 50)
    assert holder(again, 99) == "a"
    assert holder(again, 100) is None


def test_what_was_never_settled_lapses() -> None:
    board = Board().place(claim("a", lapses_ms=10), 0)
    assert holder(board, 10) is None
    assert holder(board.settle("A", 9), 10) == "a"
    assert board.prune(10) == Board()


def test_a_lamp_has_a_bounded_number_of_claims() -> None:
    board = Board()
    for i in range(CLAIMS_PER_LAMP_MAX):
        board = board.place(claim(f"s{i}"), 0)
    with pytest.raises(BoardFull, match="A is claimed by"):
        board.place(claim("one too many"), 0)
    assert holder(board.place(claim("s3", 99, from_ms=1), 1), 1) == "s3"


@dataclass
class Naive:
    """Everything that ever happened, looked through from the start each time."""

    happened: list[tuple[str, Claim | str]] = field(default_factory=list)

    def holder(self, now_ms: int) -> str | None:
        standing: list[Claim] = []
        for what, thing in self.happened:
            source = thing if isinstance(thing, str) else thing.source
            standing = [c for c in standing if c.source != source]
            if what == "place" and isinstance(thing, Claim):
                standing.append(thing)
        live = [c for c in standing if c.until_ms is None or now_ms < c.until_ms]
        best: Claim | None = None
        for c in live:
            if best is None or (c.priority, c.from_ms) >= (best.priority, best.from_ms):
                best = c
        return None if best is None else best.source


steps = st.lists(
    st.tuples(
        st.sampled_from("abcd"),
        st.integers(0, 3),
        st.one_of(st.none(), st.integers(1, 30)),
        st.integers(0, 10),
        st.booleans(),
        st.booleans(),
    ),
    max_size=40,
)


@given(steps)
def test_equals_a_slow_reference_on_random_histories(
    history: list[tuple[str, int, int | None, int, bool, bool]],
) -> None:
    board, naive, now_ms = Board(), Naive(), 0
    for i, (source, priority, hold_ms, pause_ms, release, prune) in enumerate(history):
        now_ms += pause_ms
        if release:
            board = board.release("A", source)
            naive.happened.append(("release", source))
        else:
            until_ms = None if hold_ms is None else now_ms + hold_ms
            new = claim(source, priority, now_ms, until_ms=until_ms, key=str(i))
            board = board.place(new, now_ms)
            naive.happened.append(("place", new))
        if prune:
            board = board.prune(now_ms)
        for later_ms in (0, 1, 7, 31):
            assert holder(board, now_ms + later_ms) == naive.holder(now_ms + later_ms)
