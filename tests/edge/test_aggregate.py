"""What a still card and a beacon become."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from contract.readings import Sighting
from edge.aggregate import Bounce, Summary, records_of, summarise
from edge.limits import BOUNCE_CARDS_MAX
from edge.readers.port import Read

CARD = Read("b1", "door", 0)


def admitted(*times_ms: int, bounce_ms: int = 2_000) -> list[int]:
    bounce = Bounce(bounce_ms)
    return [ms for ms in times_ms if bounce.admits(replace(CARD, boot_ms=ms))]


def test_a_card_that_never_left_is_one_tap_however_long_it_lies() -> None:
    assert admitted(0, 500, 1_900, 3_800, 5_700, 7_600) == [0]


def test_a_card_presented_again_is_a_new_tap() -> None:
    assert admitted(0, 500, 2_499, 4_500, 6_499) == [0, 4_500]


def test_the_pause_that_ends_a_tap_is_exactly_the_setting() -> None:
    assert admitted(0, 1_999) == [0]
    assert admitted(0, 2_000) == [0, 2_000]
    assert admitted(0, 0, bounce_ms=0) == [0, 0]


def test_another_card_or_another_reader_is_no_bounce() -> None:
    bounce = Bounce(2_000)
    reads = [CARD, replace(CARD, badge="b2"), replace(CARD, reader="bar")]
    assert all(bounce.admits(read) for read in reads)


def test_a_tap_with_a_key_of_its_own_is_never_a_bounce() -> None:
    bounce = Bounce(2_000)
    recorded = replace(CARD, key="k")
    assert bounce.admits(recorded)
    assert bounce.admits(recorded)


def test_a_boot_clock_far_back_is_a_new_tap() -> None:
    assert admitted(10_000, 2_000) == [10_000, 2_000]


def test_the_memory_of_cards_is_bounded() -> None:
    bounce = Bounce(2_000)
    for number in range(BOUNCE_CARDS_MAX + 10):
        bounce.admits(replace(CARD, badge=str(number)))
    assert len(bounce._last_ms) == BOUNCE_CARDS_MAX


def beacon(boot_ms: int, rssi_dbm: float, badge: str = "b1") -> Read:
    return Read(badge, "hall", boot_ms, rssi_dbm)


def test_a_second_is_one_sighting_with_mean_and_count() -> None:
    heard = summarise([beacon(1_000, -60), beacon(1_400, -61), beacon(1_999, -65)])
    assert heard == [Sighting("b1", "hall", 1_000, -62.0, 3)]


def test_a_second_that_is_not_over_is_kept_back() -> None:
    summary = Summary()
    for ms in (900, 1_100, 2_100):
        summary.add(beacon(ms, -60))
    assert [s.boot_ms for s in summary.take(2_100)] == [900, 1_100]
    assert summary.take(2_999) == []
    assert [s.boot_ms for s in summary.take(3_000)] == [2_100]


def test_taps_and_sightings_part_ways() -> None:
    taps, sightings = records_of([CARD, beacon(5, -60)], Bounce(2_000))
    assert [tap.boot_ms for tap in taps] == [0]
    assert [read.boot_ms for read in sightings] == [5]


reads = st.builds(
    beacon,
    st.integers(0, 20_000),
    st.floats(-120, 0),
    st.sampled_from(["b1", "b2", "b3"]),
)


@given(st.lists(reads, max_size=60))
def test_no_advert_is_counted_twice_or_not_at_all_and_time_goes_on(heard: list[Read]) -> None:
    summary = Summary()
    for read in heard:
        summary.add(read)
    records = summary.take()
    assert sum(record.count for record in records) == len(heard)
    assert [r.boot_ms for r in records] == sorted(r.boot_ms for r in records)
    seconds = {(r.badge, r.boot_ms // 1_000) for r in records}
    assert len(seconds) == len(records)
