"""Both edges of each kind of window, on days of 23, 24 and 25 hours."""

from datetime import datetime

import pytest

from tests.core_asking.ground import ask, local_ms, somebody, view

HOUR_MS = 3_600_000


def ms(text: str) -> int:
    """Unix ms of a local time, or of UTC with a Z, where the clock shows the same time twice."""
    if text.endswith("Z"):
        return int(datetime.fromisoformat(text).timestamp()) * 1_000
    return local_ms(text)


@pytest.mark.parametrize(
    ("within", "visit", "leaves"),
    [
        ("2h", "2026-10-08T10:00", "2026-10-08T12:00"),
        ("1d", "2026-03-28T12:00", "2026-03-29T13:00"),
        ("1d", "2026-10-24T12:00", "2026-10-25T11:00"),
        ("hour", "2026-10-08T10:00", "2026-10-08T11:00"),
        ("hour", "2026-10-08T10:59", "2026-10-08T11:00"),
        ("hour", "2026-03-29T01:30", "2026-03-29T03:00"),
        ("hour", "2026-10-25T00:30Z", "2026-10-25T01:00Z"),
        ("hour", "2026-10-25T01:30Z", "2026-10-25T03:00"),
        ("day", "2026-10-08T00:00", "2026-10-09T00:00"),
        ("day", "2026-10-08T23:59", "2026-10-09T00:00"),
        ("day", "2026-03-29T00:00", "2026-03-30T00:00"),
        ("day", "2026-10-25T00:00", "2026-10-26T00:00"),
        ("week", "2026-10-05T00:00", "2026-10-12T00:00"),
        ("week", "2026-10-11T23:59", "2026-10-12T00:00"),
        ("week", "2026-03-29T12:00", "2026-03-30T00:00"),
        ("week", "2026-10-25T12:00", "2026-10-26T00:00"),
    ],
)
def test_a_visit_counts_from_its_instant_until_it_leaves(
    within: str, visit: str, leaves: str
) -> None:
    begins_ms, leaves_ms = ms(visit), ms(leaves)
    ann = somebody({"coffee": (begins_ms,)})
    asked = ask("counted", place="coffee", within=within, at_least=1)
    assert not asked.holds(view(ann, begins_ms - 1))
    assert asked.until_ms(view(ann, begins_ms - 1)) == begins_ms
    assert asked.holds(view(ann, begins_ms))
    assert asked.until_ms(view(ann, begins_ms)) == leaves_ms
    assert asked.holds(view(ann, leaves_ms - 1))
    assert asked.until_ms(view(ann, leaves_ms - 1)) == leaves_ms
    assert not asked.holds(view(ann, leaves_ms))
    assert asked.until_ms(view(ann, leaves_ms)) is None


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-10-08", 24), ("2026-10-25", 25)]
)
def test_a_day_is_as_long_as_the_zone_has_it(day: str, hours: int) -> None:
    begins_ms = local_ms(f"{day}T00:00")
    ann = somebody({"coffee": (begins_ms,)})
    asked = ask("counted", place="coffee", within="day", at_least=1)
    assert asked.until_ms(view(ann, begins_ms)) == begins_ms + hours * HOUR_MS


def test_nothing_leaves_the_event() -> None:
    ann = somebody({"coffee": (1_000,)})
    asked = ask("counted", place="coffee", within="event", at_least=1)
    assert not asked.holds(view(ann, 999))
    assert asked.until_ms(view(ann, 999)) == 1_000
    assert asked.holds(view(ann, 1_000))
    assert asked.holds(view(ann, local_ms("2100-01-01T00:00")))
    assert asked.until_ms(view(ann, 1_000)) is None


def test_those_of_one_calendar_period_leave_together() -> None:
    ten, eleven = local_ms("2026-10-08T10:00"), local_ms("2026-10-08T11:00")
    ann = somebody({"coffee": (ten, ten + 1, ten + 2)})
    at_most = ask("counted", place="coffee", within="hour", at_most=2)
    between = ask("counted", place="coffee", within="hour", at_least=1, at_most=2)
    assert at_most.until_ms(view(ann, ten + 2)) == eleven
    assert between.until_ms(view(ann, ten + 2)) is None, "three of them are too many, none too few"


def test_in_at_one_out_at_two_in_again_when_one_ages_out() -> None:
    once = ask("counted", place="coffee", within="2h", at_least=1, at_most=1)
    first, second = somebody({"coffee": (0,)}), somebody({"coffee": (0, HOUR_MS)})
    assert once.holds(view(first, HOUR_MS - 1))
    assert not once.holds(view(second, HOUR_MS))
    assert once.until_ms(view(second, HOUR_MS)) == 2 * HOUR_MS
    assert once.holds(view(second, 2 * HOUR_MS))
    assert once.until_ms(view(second, 2 * HOUR_MS)) == 3 * HOUR_MS
    assert not once.holds(view(second, 3 * HOUR_MS))
