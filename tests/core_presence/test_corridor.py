"""Signal strength: the right place, few changes of mind, and yet quick when somebody walks."""

import random
from collections.abc import Callable, Sequence
from functools import partial
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


Streams = Sequence[corridor.Stream]


def _as_it_is(stream: corridor.Stream) -> corridor.Stream:
    return stream


@pytest.fixture(scope="module")
def streams() -> Streams:
    return corridor.read(needs.shared_data("uci586_ble_rssi_first_half.csv"))


@pytest.mark.parametrize("view", [_as_it_is, corridor.mirrored, corridor.reported])
def test_people_standing_still_are_where_they_are(
    streams: Streams, view: Callable[[corridor.Stream], corridor.Stream]
) -> None:
    """Whichever reader reports first, and each advert or the mean over a second."""
    assert len(streams) == 8
    viewed = [view(stream) for stream in streams]
    marks = corridor.standing(viewed, DEFAULT)
    assert marks.samples == sum(len(stream.rows) for stream in viewed)
    assert marks.share >= 0.99, marks
    assert marks.changes_of_mind <= CHANGES_MAX, marks


@pytest.mark.parametrize("view", [_as_it_is, corridor.mirrored, corridor.reported])
def test_each_of_all_pairs_is_moved_within_ten_seconds(
    streams: Streams, view: Callable[[corridor.Stream], corridor.Stream]
) -> None:
    walks = corridor.walks_s([view(stream) for stream in streams], DEFAULT)
    took = [walk_s for walk_s in walks if walk_s is not None]
    assert (len(walks), len(took)) == (32, 32)
    assert max(took) <= WALK_S_MAX
    assert median(took) <= 5.0


def test_a_walk_may_begin_anywhere_in_the_other_stream(streams: Streams) -> None:
    """Where somebody's own signal points the other way just then, nobody can be quick."""
    walks = corridor.walks_s(streams, DEFAULT, every=40)
    quick = [walk_s for walk_s in walks if walk_s is not None and walk_s <= WALK_S_MAX]
    assert len(quick) / len(walks) >= 0.85


def _less_than(lost: float, chance: random.Random) -> bool:
    return chance.random() < lost


@pytest.mark.parametrize("lost", [0.1, 0.2, 0.3])
def test_lost_reports_cost_little(streams: Streams, lost: float) -> None:
    for seed in range(3):
        chance = random.Random(seed)
        marks = corridor.standing(streams, DEFAULT, partial(_less_than, lost, chance))
        assert marks.share >= 0.965, (seed, marks)
        assert marks.changes_of_mind <= 12, (seed, marks)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("smoothing", 0.25),
        ("smoothing", 0.4),
        ("evidence_db", 22.0),
        ("evidence_db", 23.0),
        ("real_lead_db", 2.4),
        ("real_lead_db", 2.6),
        ("usual_share", 0.03),
        ("usual_share", 0.04),
        ("usual_margin_max_db", 7.0),
        ("usual_margin_max_db", 9.0),
        ("first_impression", 0.6),
        ("first_impression", 0.8),
        ("burst_intervals", 2.0),
        ("challenge_db", 14.0),
    ],
)
def test_the_settings_are_not_on_a_cliff(streams: Streams, name: str, value: float) -> None:
    near = msgspec.structs.replace(DEFAULT, **{name: value})
    marks = corridor.standing(streams, near)
    assert marks.share >= SHARE_MIN, marks
    assert marks.changes_of_mind <= CHANGES_MAX, marks
    assert all(
        walk_s is not None and walk_s <= WALK_S_MAX for walk_s in corridor.walks_s(streams, near)
    )


def test_reports_of_a_reader_that_lags_two_seconds_count(
    streams: Streams,
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
