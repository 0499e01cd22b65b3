"""Nobody is declared gone while an edge may still bring what it heard meanwhile."""

from hub.engine.horizon import BEHIND_REORDERS_MAX, QUIET_REORDERS, Horizon

REORDER_MS = 3_000
NOW_MS = 1_700_000_000_000
HOUR_MS = 3_600_000


def horizon() -> Horizon:
    return Horizon(REORDER_MS)


def test_an_edge_in_time_holds_nothing_up() -> None:
    known = horizon()
    known.note("pi", NOW_MS - REORDER_MS, NOW_MS)
    assert known.complete_ms(NOW_MS, NOW_MS) == NOW_MS


def test_silence_is_judged_only_up_to_what_a_late_edge_has_brought() -> None:
    known = horizon()
    known.note("pi", NOW_MS - HOUR_MS, NOW_MS)
    known.note("other", NOW_MS - 2 * HOUR_MS, NOW_MS)
    known.note("live", NOW_MS, NOW_MS)
    assert known.complete_ms(NOW_MS, NOW_MS) == NOW_MS - 2 * HOUR_MS
    known.note("other", NOW_MS - 1, NOW_MS)
    assert known.complete_ms(NOW_MS, NOW_MS) == NOW_MS - HOUR_MS


def test_an_edge_that_brings_no_more_is_not_waited_for() -> None:
    known = horizon()
    known.note("pi", NOW_MS - HOUR_MS, NOW_MS)
    later_ms = NOW_MS + QUIET_REORDERS * REORDER_MS
    assert known.complete_ms(later_ms, later_ms) == NOW_MS - HOUR_MS
    assert known.complete_ms(later_ms + 1, later_ms + 1) == later_ms + 1


def test_an_edge_that_is_always_late_is_waited_for_so_long_and_no_longer() -> None:
    known = horizon()
    last_ms = NOW_MS + BEHIND_REORDERS_MAX * REORDER_MS
    for now_ms in range(NOW_MS, last_ms + 1, REORDER_MS):
        known.note("pi", now_ms - HOUR_MS, now_ms)
    assert known.complete_ms(last_ms, last_ms) == last_ms - HOUR_MS
    known.note("pi", last_ms + 1 - HOUR_MS, last_ms + 1)
    assert known.complete_ms(last_ms + 1, last_ms + 1) == last_ms + 1
