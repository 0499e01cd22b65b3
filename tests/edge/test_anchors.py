"""Which clock is believed."""

from contract.clock import ManualClock, PacedClock, SystemClock
from contract.envelope import ClockReply
from edge.anchors import Anchor, better, hub_anchor, own_anchor
from edge.timekeeper import boot_id_of

NTP = Anchor(1_000, 500_000, "ntp")


def reply(boot_ms: int, hub_ms: int) -> ClockReply:
    return ClockReply(boot="b007b007", boot_ms=boot_ms, hub_ms=hub_ms)


def test_half_the_round_trip_is_taken_off() -> None:
    anchor = hub_anchor(reply(1_000, 900_000), arrived_boot_ms=1_100)
    assert anchor == Anchor(1_050, 900_000, "hub", 51.0)


def test_an_answer_from_before_the_question_is_no_anchor() -> None:
    assert hub_anchor(reply(1_000, 900_000), arrived_boot_ms=999) is None


def test_the_hub_is_believed_before_the_own_clock_whatever_the_order() -> None:
    hub = Anchor(2_000, 900_000, "hub", 5_000)
    assert better(NTP, hub, 3_000) is hub
    assert better(hub, NTP, 3_000) is hub


def test_the_shortest_round_trip_wins() -> None:
    near, far = Anchor(1_000, 1, "hub", 10), Anchor(2_000, 2, "hub", 200)
    assert better(far, near, 2_000) is near
    assert better(near, far, 2_000) is near


def test_an_old_anchor_loses_by_the_drift_of_the_crystal() -> None:
    old, new = Anchor(0, 1, "hub", 10), Anchor(3_600_000, 2, "hub", 100)
    assert better(old, new, 3_600_000) is new


def test_of_the_own_clock_the_newer_reading_wins_since_it_may_have_been_set() -> None:
    later = Anchor(2_000, 999_000, "ntp")
    assert better(NTP, later, 2_000) is later


def test_the_own_anchor_reads_both_clocks() -> None:
    clock = ManualClock(5_000, booted_ms=2_000, quality="rtc")
    assert own_anchor(clock) == Anchor(3_000, 5_000, "rtc")


def test_one_boot_has_one_id_and_another_clock_another() -> None:
    assert boot_id_of(SystemClock()) == boot_id_of(SystemClock())
    assert boot_id_of(PacedClock(0, 0, 2)) == boot_id_of(PacedClock(0, 0, 2))
    assert boot_id_of(PacedClock(0, 0, 2)) != boot_id_of(PacedClock(1, 0, 2))
    assert boot_id_of(ManualClock(1)) != boot_id_of(ManualClock(1))
