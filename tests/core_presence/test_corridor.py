"""Signal strength: the right place, few changes of mind, and yet quick when somebody walks."""

import random
from collections.abc import Sequence
from statistics import median

import msgspec
import pytest

from hub.core.presence import PresenceSettings, Tracker
from tests import needs
from tests.core_presence import corridor

pytestmark = pytest.mark.needs_shared
SHARE_MIN = 0.987
CHANGES_MAX = 2
WALK_S_MAX = 10.0
DEFAULT = PresenceSettings()


@pytest.fixture(scope="module")
def streams() -> Sequence[corridor.Stream]:
    return corridor.read(needs.shared_data("uci586_ble_rssi_first_half.csv"))


def _mirrored(stream: corridor.Stream) -> corridor.Stream:
    """The same corridor with its ends, and so the order of the two reports, exchanged."""
    rows = [corridor.Row(row.at_ms, row.inside_dbm, row.outside_dbm) for row in stream.rows]
    place = corridor.INSIDE if stream.place == corridor.OUTSIDE else corridor.OUTSIDE
    return corridor.Stream(stream.person, place, rows)


def test_people_standing_still_are_where_they_are(streams: Sequence[corridor.Stream]) -> None:
    assert len(streams) == 8
    marks = corridor.standing(streams, DEFAULT)
    assert marks.samples == sum(len(stream.rows) for stream in streams)
    assert marks.share >= 0.99, marks
    assert marks.changes_of_mind <= CHANGES_MAX, marks


def test_it_does_not_matter_which_reader_reports_first(streams: Sequence[corridor.Stream]) -> None:
    marks = corridor.standing([_mirrored(stream) for stream in streams], DEFAULT)
    assert marks.share >= SHARE_MIN, marks
    assert marks.changes_of_mind <= CHANGES_MAX, marks


def test_each_of_all_pairs_is_moved_within_ten_seconds(streams: Sequence[corridor.Stream]) -> None:
    walks = {
        (one.person, two.person): corridor.walked_s(one, two, DEFAULT)
        for one, two in corridor.pairs(streams)
    }
    assert len(walks) == 32
    took = [walk_s for walk_s in walks.values() if walk_s is not None]
    assert len(took) == len(walks), [pair for pair, walk_s in walks.items() if walk_s is None]
    assert max(took) <= WALK_S_MAX, max(walks, key=lambda pair: walks[pair] or 0)
    assert median(took) <= 5.0


def test_a_walk_may_begin_anywhere_in_the_other_stream(streams: Sequence[corridor.Stream]) -> None:
    """Where somebody's own signal points the other way just then, nobody can be quick."""
    took = []
    for one, two in corridor.pairs(streams):
        tail = one._replace(rows=one.rows[-150:])
        for start in range(0, len(two.rows) - 60, 100):
            took.append(corridor.walked_s(tail, two, DEFAULT, start, rows_max=60))
    known = [walk_s for walk_s in took if walk_s is not None]
    assert sum(walk_s <= WALK_S_MAX for walk_s in known) / len(took) >= 0.8


@pytest.mark.parametrize("lost", [0.1, 0.2, 0.3])
def test_lost_reports_cost_little(streams: Sequence[corridor.Stream], lost: float) -> None:
    for seed in range(3):
        chance = random.Random(seed)
        marks = corridor.standing(streams, DEFAULT, lambda: chance.random() < lost)  # noqa: B023 - called at once
        assert marks.share >= 0.965, (seed, marks)
        assert marks.changes_of_mind <= 12, (seed, marks)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("smoothing", 0.25),
        ("smoothing", 0.4),
        ("evidence_db", 26.0),
        ("usual_share", 0.02),
        ("usual_margin_max_db", 7.0),
        ("usual_margin_max_db", 9.0),
        ("first_impression", 0.6),
        ("first_impression", 0.8),
        ("burst_intervals", 2.0),
    ],
)
def test_the_settings_are_not_on_a_cliff(
    streams: Sequence[corridor.Stream], name: str, value: float
) -> None:
    marks = corridor.standing(streams, msgspec.structs.replace(DEFAULT, **{name: value}))
    assert marks.share >= SHARE_MIN, marks
    assert marks.changes_of_mind <= CHANGES_MAX, marks


def test_reports_of_a_reader_that_lags_two_seconds_count(
    streams: Sequence[corridor.Stream],
) -> None:
    for late_zone in (corridor.OUTSIDE, corridor.INSIDE):
        right = samples = 0
        tracker = Tracker(DEFAULT)
        for stream in streams:
            arrivals = sorted(
                (row.at_ms + (2_000 if zone == late_zone else 0), zone, row.at_ms, dbm)
                for row in stream.rows
                for zone, dbm in (
                    (corridor.OUTSIDE, row.outside_dbm),
                    (corridor.INSIDE, row.inside_dbm),
                )
                if dbm is not None
            )
            for _, zone, at_ms, dbm in arrivals:
                tracker.sighted(stream.person, zone, at_ms, dbm)
                samples += 1
                right += tracker.where(stream.person) == stream.place
        assert right / samples >= 0.95, late_zone
