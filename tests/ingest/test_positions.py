"""A position against a plain set of the numbers that are committed."""

from hypothesis import given, settings
from hypothesis import strategies as st

from contract.envelope import StreamPosition
from contract.limits import COMMITTED_RANGES_MAX
from hub.ingest.positions import START, added, has_room, missing

stretches = st.tuples(st.integers(1, 60), st.integers(0, 8)).map(lambda s: (s[0], s[0] + s[1]))


def numbers(position: StreamPosition) -> set[int]:
    spans = [(1, position.upto), *position.ranges]
    return {number for low, high in spans for number in range(low, high + 1)}


@settings(max_examples=300)
@given(st.lists(stretches, max_size=25))
def test_a_position_is_a_set_of_numbers(stretches_added: list[tuple[int, int]]) -> None:
    position, known = START, set[int]()
    for first, last in stretches_added:
        new = set(range(first, last + 1)) - known
        gaps = missing(position, first, last)
        assert {n for low, high in gaps for n in range(low, high + 1)} == new
        assert gaps == sorted(gaps)
        assert all(low <= high for low, high in gaps)
        position = added(position, first, last)
        known |= set(range(first, last + 1))
        assert numbers(position) == known
        _in_its_one_form(position)


def _in_its_one_form(position: StreamPosition) -> None:
    """Sorted, disjoint, touching neither each other nor the watermark."""
    end = position.upto
    for low, high in position.ranges:
        assert end + 1 < low <= high
        end = high


@given(st.lists(stretches, max_size=20), st.randoms(use_true_random=False))
def test_the_order_does_not_matter(spans: list[tuple[int, int]], random: object) -> None:
    shuffled = list(spans)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one = other = START
    for first, last in spans:
        one = added(one, first, last)
    for first, last in shuffled:
        other = added(other, first, last)
    assert one == other


def test_there_is_room_for_so_many_ranges() -> None:
    position = START
    for index in range(COMMITTED_RANGES_MAX):
        position = added(position, 2 * index + 2, 2 * index + 2)
        assert has_room(position)
    assert not has_room(added(position, 1_000, 1_000))
    assert has_room(added(added(position, 1_000, 1_000), 1, 1))
