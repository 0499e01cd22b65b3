"""What the tracker promises, one promise for each test."""

import msgspec
import pytest

from hub.core.presence import PresenceChange, PresenceSettings, Tracker
from hub.core.presence.changes import NO_CHANGES, Changes
from hub.core.presence.memory import load
from hub.core.presence.settings import RIVALS_MAX, WAITING_MAX

DEFAULT = PresenceSettings()
AT_ONCE = PresenceSettings(settle_ms=0)
T0 = 1_000_000


def _kinds(changes: Changes) -> list[tuple[str, str, int]]:
    return [(change.kind, change.zone, change.at_ms - T0) for change in changes]


def _in(zone: str, dbm: float = -70.0, settings: PresenceSettings = DEFAULT) -> Tracker:
    """Ada is in ``zone`` and was heard there every second up to T0 + 2 s."""
    tracker = Tracker(settings)
    for at_ms in (0, 1_000, 2_000):
        tracker.sighted("ada", zone, T0 + at_ms, dbm)
    assert tracker.where("ada") == zone
    return tracker


def test_somebody_is_listened_to_for_a_second_first() -> None:
    tracker = Tracker(DEFAULT)
    assert tracker.sighted("ada", "a", T0, -80.0) == NO_CHANGES
    assert tracker.sighted("ada", "b", T0 + 300, -70.0) == NO_CHANGES
    assert (tracker.where("ada"), tracker.since("ada")) == (None, None)
    (change,) = tracker.sighted("ada", "a", T0 + 1_000, -80.0)
    assert change == PresenceChange(
        "ada", "b", "entered", T0 + 300, T0 + 1_000, "heard at -70 dBm, 10 dB over a"
    )
    assert (tracker.where("ada"), tracker.since("ada")) == ("b", T0 + 300)


def test_a_tick_ends_the_listening_too() -> None:
    tracker = Tracker(DEFAULT)
    tracker.sighted("ada", "a", T0, -80.0)
    assert tracker.tick(T0 + 3_999) == NO_CHANGES
    (change,) = tracker.tick(T0 + 9_000)
    assert (change.at_ms, change.seen_ms, change.reason) == (T0, T0 + 4_000, "heard at -80 dBm")


def test_without_listening_the_first_sighting_counts() -> None:
    tracker = Tracker(AT_ONCE)
    assert _kinds(tracker.sighted("ada", "a", T0, -80.0)) == [("entered", "a", 0)]


def test_a_candidate_heard_twice_is_smoothed() -> None:
    tracker = Tracker(DEFAULT)
    for at_ms, zone, dbm in ((0, "a", -70.0), (100, "a", -90.0), (200, "b", -75.0)):
        tracker.sighted("ada", zone, T0 + at_ms, dbm)
    tracker.sighted("ada", "a", T0 + 100, -90.0)
    tracker.sighted("ada", "a", T0 + 50, -30.0)
    tracker.tick(T0 + 5_000)
    assert tracker.where("ada") == "b"


def test_a_mean_over_several_adverts_weighs_as_much_as_they_do() -> None:
    one, many = _in("a"), _in("a")
    for at_ms in (3_000, 3_001, 3_002):
        one.sighted("ada", "a", T0 + at_ms, -60.0 - (at_ms - 3_000) / 1e9)
    many.sighted("ada", "a", T0 + 3_002, -60.0, count=3)
    levels = [load(tracker.snapshot()).people[0][1].level_dbm for tracker in (one, many)]
    assert levels[0] == pytest.approx(levels[1])


def test_a_clear_contest_is_won_at_once() -> None:
    tracker = _in("a", -85.0)
    changes = tracker.sighted("ada", "b", T0 + 2_100, -60.0)
    assert _kinds(changes) == [("left", "a", 2_000), ("entered", "b", 2_100)]
    assert changes[1].reason == "25 dB over a"
    assert changes[0].reason == "now in b: 25 dB over a"


def test_a_small_lead_needs_time() -> None:
    tracker = _in("a", -75.0)
    for second in range(20, 60):
        tracker.sighted("ada", "a", T0 + second * 1_000, -75.0)
        if changes := tracker.sighted("ada", "b", T0 + second * 1_000, -70.0):
            break
    assert 24 <= second <= 27
    assert changes[1].reason == "steadily louder than a, now by 5 dB"


def test_one_of_the_same_strength_never_wins() -> None:
    tracker = _in("a")
    for second in range(3, 3_000):
        for zone in ("b", "a", "c"):
            assert tracker.sighted("ada", zone, T0 + second * 1_000, -70.0) == NO_CHANGES


def test_a_chatty_reader_has_no_more_say() -> None:
    moved = {}
    for step_ms in (100, 1_000):
        tracker = _in("a", -75.0)
        at_ms = T0 + 30_000
        while tracker.where("ada") == "a":
            at_ms += step_ms
            tracker.sighted("ada", "a", at_ms, -75.0)
            tracker.sighted("ada", "b", at_ms, -70.0)
        moved[step_ms] = at_ms - T0
    assert abs(moved[100] - moved[1_000]) <= 2_000


def test_of_two_winners_the_louder_one_wins() -> None:
    tracker = _in("a", -75.0)
    for second in range(20, 60):
        for zone, dbm in (("b", -70.0), ("c", -69.0)):
            assert tracker.sighted("ada", zone, T0 + second * 1_000, dbm) == NO_CHANGES
        if changes := tracker.sighted("ada", "a", T0 + second * 1_000, -75.0):
            break
    assert (changes[1].kind, changes[1].zone) == ("entered", "c")


def test_a_lead_is_taken_between_sightings_of_the_same_time() -> None:
    """Their own reader lags two seconds; a damped second dampens both, and nobody is moved."""
    tracker = _in("a", -70.0)
    damped = {second: 14.0 * (second % 3 == 0) for second in range(3, 200)}
    for second in range(5, 200):
        assert not tracker.sighted("ada", "b", T0 + second * 1_000, -74.0 - damped[second])
        late = second - 2
        assert not tracker.sighted("ada", "a", T0 + late * 1_000, -70.0 - damped[late])


def test_what_waits_is_bounded() -> None:
    tracker = _in("a", -70.0)
    for step in range(100):
        tracker.sighted("ada", "b", T0 + 2_001 + step * 20, -80.0)
    (rival,) = load(tracker.snapshot()).people[0][1].rivals
    assert 0 < len(rival.waiting) < WAITING_MAX


def test_a_zone_that_stays_silent_fades() -> None:
    tracker = _in("a", -60.0)
    for second in range(3, 60):
        if changes := tracker.sighted("ada", "b", T0 + second * 1_000, -75.0):
            break
    assert 8 <= second <= 14
    assert changes[0].at_ms == T0 + 2_000
    assert "missed 3 turns" in changes[1].reason


def test_silence_everywhere_moves_nobody() -> None:
    """After ten seconds in which nobody heard them the first reader to report has no advantage."""
    tracker = _in("a", -70.0)
    for second in (3, 20, 35):
        assert tracker.sighted("ada", "b", T0 + second * 1_000, -72.0) == NO_CHANGES
        assert tracker.sighted("ada", "a", T0 + second * 1_000, -70.0) == NO_CHANGES


def test_old_evidence_is_void() -> None:
    tracker = _in("a", -75.0)
    for second in (20, 21, 22):
        tracker.sighted("ada", "a", T0 + second * 1_000, -75.0)
        tracker.sighted("ada", "b", T0 + second * 1_000, -68.0)
    tracker.sighted("ada", "a", T0 + 60_000, -75.0)
    assert tracker.sighted("ada", "b", T0 + 60_000, -68.0) == NO_CHANGES
    (rival,) = load(tracker.snapshot()).people[0][1].rivals
    assert rival.evidence_db < 10


def test_silence_leaves_the_zone_then_the_venue() -> None:
    tracker = _in("a")
    assert tracker.tick(T0 + 65_000) == NO_CHANGES
    (left,) = tracker.tick(T0 + 65_001)
    assert left == PresenceChange(
        "ada", "a", "left", T0 + 2_000, T0 + 65_001, "silent for over 60 s"
    )
    assert tracker.tick(T0 + 905_000) == NO_CHANGES
    (gone,) = tracker.tick(T0 + 2_000_000)
    assert gone == PresenceChange(
        "ada", "a", "left_venue", T0 + 2_000, T0 + 905_001, "silent everywhere for over 900 s"
    )
    assert tracker.tick(T0 + 9_000_000) == NO_CHANGES
    assert tracker.where("ada") is None


def test_a_reading_shows_the_silence_before_it() -> None:
    tracker = _in("a")
    assert _kinds(tracker.sighted("ada", "a", T0 + 62_001, -70.0)) == [("left", "a", 2_000)]
    assert _kinds(tracker.sighted("ada", "a", T0 + 64_000, -70.0)) == [("entered", "a", 62_001)]
    changes = tracker.sighted("ada", "b", T0 + 2_000_000, -70.0)
    assert [change.kind for change in changes] == ["left", "left_venue"]


def test_ticks_do_not_go_back() -> None:
    tracker = _in("a")
    tracker.tick(T0 + 500)
    assert tracker.tick(T0 + 400) == NO_CHANGES
    assert tracker.tick(T0 + 500) == NO_CHANGES


def test_late_and_repeated_sightings_change_nothing() -> None:
    tracker = _in("a")
    tracker.sighted("ada", "b", T0 + 2_000, -75.0)
    before = tracker.snapshot()
    for zone, at_ms, dbm in (
        ("a", 2_000, -70.0),
        ("a", 1_000, -30.0),
        ("b", 2_000, -75.0),
        ("b", 500, -30.0),
        ("c", -1_500, -30.0),
    ):
        assert tracker.sighted("ada", zone, T0 + at_ms, dbm) == NO_CHANGES
        assert tracker.snapshot() == before


def test_what_is_older_than_a_declared_silence_counts_for_nothing() -> None:
    tracker = _in("a")
    tracker.tick(T0 + 65_001)
    before = tracker.snapshot()
    assert tracker.sighted("ada", "a", T0 + 62_000, -50.0) == NO_CHANGES
    assert tracker.tapped("ada", "a", T0 + 62_000) == NO_CHANGES
    assert tracker.snapshot() == before


def test_a_tap_is_ground_truth_at_once() -> None:
    tracker = Tracker(DEFAULT)
    assert _kinds(tracker.tapped("ada", "a", T0)) == [("entered", "a", 0)]
    changes = tracker.tapped("ada", "b", T0 + 5_000)
    assert _kinds(changes) == [("left", "a", 0), ("entered", "b", 5_000)]
    assert changes[1].reason == "tap"
    assert tracker.tapped("ada", "b", T0 + 5_000) == NO_CHANGES


def test_a_tap_ends_the_listening() -> None:
    tracker = Tracker(DEFAULT)
    tracker.sighted("ada", "b", T0, -50.0)
    assert _kinds(tracker.tapped("ada", "a", T0 + 100)) == [("entered", "a", 100)]


def test_a_tap_holds_against_challengers_until_stale() -> None:
    tracker = Tracker(DEFAULT)
    tracker.tapped("ada", "a", T0)
    for second in range(1, 60):
        if tracker.sighted("ada", "b", T0 + second * 1_000, -65.0):
            break
    assert 15 < second <= 30


def test_a_tap_gives_way_to_a_clear_contest() -> None:
    tracker = Tracker(DEFAULT)
    tracker.tapped("ada", "a", T0)
    for second in range(1, 15):
        tracker.sighted("ada", "a", T0 + second * 1_000, -90.0)
        if changes := tracker.sighted("ada", "b", T0 + second * 1_000, -60.0):
            break
    assert second < 10
    assert "dB over a" in changes[1].reason


def test_a_tap_where_they_are_voids_the_evidence() -> None:
    tracker = _in("a", -75.0)
    for second in (20, 21, 22):
        tracker.sighted("ada", "a", T0 + second * 1_000, -75.0)
        tracker.sighted("ada", "b", T0 + second * 1_000, -68.0)
    assert tracker.tapped("ada", "a", T0 + 23_000) == NO_CHANGES
    (rival,) = load(tracker.snapshot()).people[0][1].rivals
    assert rival.evidence_db == 0
    assert tracker.since("ada") == T0


def test_a_tap_that_comes_late_does_not_go_back() -> None:
    tracker = _in("a")
    assert _kinds(tracker.tapped("ada", "b", T0 + 1_000)) == [
        ("left", "a", 2_000),
        ("entered", "b", 2_000),
    ]
    tracker.sighted("ada", "b", T0 + 10_000, -70.0)
    assert tracker.tapped("ada", "a", T0 + 3_000) == NO_CHANGES
    assert tracker.where("ada") == "b"


def test_rivals_are_bounded() -> None:
    tracker = _in("a")
    for number in range(3 * RIVALS_MAX):
        tracker.sighted("ada", f"z{number}", T0 + 3_000 + number, -95.0)
    rivals = load(tracker.snapshot()).people[0][1].rivals
    assert {rival.zone for rival in rivals} == {
        f"z{number}" for number in range(2 * RIVALS_MAX, 3 * RIVALS_MAX)
    }


def test_forgotten_is_forgotten() -> None:
    tracker = _in("a")
    tracker.forget("ada")
    tracker.forget("nobody")
    assert tracker.snapshot() != _in("a").snapshot()
    assert load(tracker.snapshot()).people == []
    assert tracker.tick(T0 + 9_000_000) == NO_CHANGES
    assert (tracker.where("ada"), tracker.since("ada")) == (None, None)


def test_seeded_people_go_on_with_their_visit() -> None:
    tracker = Tracker(DEFAULT)
    tracker.seed("ada", "a", T0, T0 + 50_000)
    tracker.seed("bob", None, T0, T0 + 50_000)
    assert (tracker.where("ada"), tracker.since("ada")) == ("a", T0)
    assert tracker.sighted("ada", "a", T0 + 100_000, -80.0) == NO_CHANGES
    changes = tracker.tick(T0 + 2_000_000)
    assert [(change.person, change.kind) for change in changes] == [
        ("ada", "left"),
        ("bob", "left_venue"),
        ("ada", "left_venue"),
    ]


def test_a_snapshot_is_refused_when_it_is_none() -> None:
    with pytest.raises(msgspec.DecodeError):
        Tracker.restore(DEFAULT, b"\x00")


@pytest.mark.parametrize(
    "wrong",
    [
        {"leave_after_ms": 0},
        {"leave_after_ms": 10, "venue_after_ms": 5},
        {"smoothing": 0.0},
        {"interval_ms": 0},
        {"settle_ms": -1},
    ],
)
def test_contradicting_settings_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"must be|cannot be"):
        msgspec.convert(wrong, PresenceSettings)
    with pytest.raises(ValueError, match=r"must be|cannot be"):
        PresenceSettings(**wrong)  # type: ignore[arg-type]
