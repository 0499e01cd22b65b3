"""Buckets begin with the venue's day, also on days of 23 and 25 hours, and leave no hole."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.insight.errors import BadSpan, TooManyBuckets
from hub.insight.measures import quantile
from hub.insight.spans import (
    BUCKETS_CHOSEN_MAX,
    HOUR_MS,
    WIDTHS_MS,
    asked,
    buckets,
    day_of,
    instant_ms,
)

ZONES = ("Europe/Berlin", "America/Sao_Paulo", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC")


def ms(text: str, zone: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


@pytest.mark.parametrize(("day", "hours"), [("10-25", 25), ("03-29", 23), ("06-01", 24)])
def test_days_of_23_24_and_25_hours(day: str, hours: int) -> None:
    start, end = ms(f"2026-{day}T00:00", "Europe/Berlin"), ms(f"2026-{day}T23:30", "Europe/Berlin")
    hourly = buckets(start, end, "Europe/Berlin", "1h").starts_ms
    assert hourly == tuple(start + n * HOUR_MS for n in range(hours))
    assert len(buckets(start, end, "Europe/Berlin", "6h").starts_ms) == (5 if hours == 25 else 4)
    assert buckets(start, end, "Europe/Berlin", "1d").starts_ms == (start,)


@given(
    st.integers(1_700_000_000_000, 1_900_000_000_000),
    st.integers(0, 20 * 24 * HOUR_MS),
    st.sampled_from(ZONES),
    st.sampled_from((None, *WIDTHS_MS)),
)
def test_every_instant_lies_in_its_bucket(
    first_ms: int, length_ms: int, zone: str, width: str | None
) -> None:
    last_ms = first_ms + length_ms
    if width is not None and length_ms // WIDTHS_MS[width] >= 3_000:
        with pytest.raises(TooManyBuckets):
            buckets(first_ms, last_ms, zone, width)
        return
    cut = buckets(first_ms, last_ms, zone, width)
    assert cut.starts_ms[0] <= first_ms
    assert cut.starts_ms[-1] <= last_ms
    assert list(cut.starts_ms) == sorted(set(cut.starts_ms))
    assert cut.index(first_ms) == 0
    assert cut.index(last_ms) == len(cut.starts_ms) - 1
    assert all(start % cut.quantum_ms == 0 for start in cut.starts_ms)
    if width is None and cut.width != "1d":
        assert length_ms // WIDTHS_MS[cut.width] < BUCKETS_CHOSEN_MAX


def test_days_have_numbers_that_follow() -> None:
    zone = ZoneInfo("Europe/Berlin")
    evening, night = (
        ms("2026-10-24T23:59", "Europe/Berlin"),
        ms("2026-10-25T00:00", "Europe/Berlin"),
    )
    assert day_of(night, zone) == day_of(evening, zone) + 1


def test_a_stretch_of_months_is_cut_into_days() -> None:
    start = ms("2026-01-01T00:00", "UTC")
    cut = buckets(start, start + 200 * 24 * HOUR_MS, "UTC")
    assert (cut.width, len(cut.starts_ms)) == ("1d", 201)


def test_instants_as_people_write_them() -> None:
    assert instant_ms("2026-10-25T12:00", "Europe/Berlin") == ms(
        "2026-10-25T12:00", "Europe/Berlin"
    )
    assert instant_ms("2026-10-25T12:00+00:00", "Europe/Berlin") == ms("2026-10-25T12:00", "UTC")
    assert instant_ms("1792393200000", "Europe/Berlin") == 1_792_393_200_000
    with pytest.raises(BadSpan, match="no instant"):
        instant_ms("noonish", "Europe/Berlin")


def test_what_cannot_be_meant() -> None:
    assert asked(1, 2, "1h").width == "1h"
    with pytest.raises(BadSpan, match="ends before"):
        asked(2, 2, None)
    with pytest.raises(BadSpan, match="one of 1min"):
        asked(None, None, "2h")


@given(st.lists(st.integers(0, 50), max_size=30), st.integers(1, 100))
def test_a_quantile_is_the_smallest_that_enough_are_not_above(values: list[int], cent: int) -> None:
    found = quantile(sorted(values), cent / 100)
    if not values:
        assert found is None
        return
    assert found is not None
    enough = cent / 100 * len(values)
    assert sum(value <= found for value in values) >= enough - 1e-9
    assert sum(value < found for value in values) < enough + 1e-9
