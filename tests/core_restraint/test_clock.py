"""Which instant a time on the wall is, against a scan of every minute of the days around."""

from datetime import datetime, timedelta

import pytest

from hub.core.restraint.clock import first_shown_ms, last_shown_ms
from tests.core_restraint.berlin import (
    BERLIN,
    LEAP,
    PLAIN,
    SET_BACK,
    first_ms,
    last_ms,
    minutes,
    ms,
)

TIMES = [timedelta(minutes=minute) for minute in range(0, 24 * 60, 10)]


@pytest.mark.parametrize("day", [LEAP, PLAIN, SET_BACK])
def test_a_scan_of_every_minute_finds_the_same(day: str) -> None:
    scan = minutes(day)
    for time in TIMES:
        wall = datetime.fromisoformat(day) + time
        assert first_shown_ms(wall, BERLIN) == first_ms(scan, wall)
        assert last_shown_ms(wall, BERLIN) == last_ms(scan, wall)


def test_the_two_nights() -> None:
    leapt, twice = datetime(2026, 3, 29, 2, 30), datetime(2026, 10, 25, 2, 30)  # noqa: DTZ001
    assert first_shown_ms(leapt, BERLIN) == last_shown_ms(leapt, BERLIN) == ms(f"{LEAP}T03:00")
    assert first_shown_ms(twice, BERLIN) == ms(f"{SET_BACK}T02:30", fold=0)
    assert last_shown_ms(twice, BERLIN) == ms(f"{SET_BACK}T02:30", fold=1)
