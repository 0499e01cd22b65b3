"""Schedules against a scan of every minute, on days of 23, 24 and 25 hours."""

from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.document import OnSchedule
from hub.core.errors import RulesFault
from hub.core.schedules import check_schedule, next_instant_ms

BERLIN: Final = ZoneInfo("Europe/Berlin")
MIN: Final = 60_000
HOUR: Final = 60 * MIN
LEAP, PLAIN, SET_BACK = "2026-03-29", "2026-10-08", "2026-10-25"
Scan = list[tuple[int, datetime]]


def ms(text: str, fold: int = 0) -> int:
    there = datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold)
    return round(there.astimezone(UTC).timestamp() * 1000)


def minutes(day: str) -> Scan:
    """Every minute from the day before to the day after, with what the clock shows."""
    noon_ms = ms(f"{day}T12:00")
    span = range(noon_ms - 40 * HOUR, noon_ms + 40 * HOUR, MIN)
    return [(at, datetime.fromtimestamp(at / 1000, BERLIN).replace(tzinfo=None)) for at in span]


SCANS: Final = {day: minutes(day) for day in (LEAP, PLAIN, SET_BACK)}


def instants(when: OnSchedule, starts_ms: int, ends_ms: int) -> list[int]:
    """All of them, one after the other."""
    found: list[int] = []
    at_ms = next_instant_ms(when, starts_ms - 1, BERLIN, starts_ms, ends_ms)
    while at_ms is not None:
        found.append(at_ms)
        at_ms = next_instant_ms(when, at_ms, BERLIN, starts_ms, ends_ms)
    return found


def clocks(when: OnSchedule, day: str) -> list[str]:
    """What the clock shows at each instant from noon the day before until noon the day after."""
    noon_ms = ms(f"{day}T12:00")
    found = instants(when, noon_ms - 24 * HOUR, noon_ms + 24 * HOUR)
    return [f"{datetime.fromtimestamp(at / 1000, BERLIN):%d %H:%M %z}" for at in found]


@pytest.mark.parametrize(
    ("when", "day", "shown"),
    [
        (OnSchedule(daily="02:30"), PLAIN, ["08 02:30 +0200", "09 02:30 +0200"]),
        (OnSchedule(daily="02:30"), LEAP, ["29 03:00 +0200", "30 02:30 +0200"]),
        (OnSchedule(daily="02:30"), SET_BACK, ["25 02:30 +0200", "26 02:30 +0100"]),
        (OnSchedule(daily="03:00"), LEAP, ["29 03:00 +0200", "30 03:00 +0200"]),
        (OnSchedule(daily="02:00"), SET_BACK, ["25 02:00 +0200", "26 02:00 +0100"]),
        (OnSchedule(at="2026-03-29T02:30"), LEAP, ["29 03:00 +0200"]),
        (OnSchedule(at="2026-10-25T02:30"), SET_BACK, ["25 02:30 +0200"]),
        (OnSchedule(cron="30 2 * * *"), LEAP, ["29 03:00 +0200", "30 02:30 +0200"]),
        (OnSchedule(cron="30 2 * * *"), SET_BACK, ["25 02:30 +0200", "26 02:30 +0100"]),
        (OnSchedule(cron="*/30 2 * * *"), LEAP, ["30 02:00 +0200", "30 02:30 +0200"]),
        (
            OnSchedule(cron="*/30 2 25 * *"),
            SET_BACK,
            ["25 02:00 +0200", "25 02:30 +0200", "25 02:00 +0100", "25 02:30 +0100"],
        ),
        (
            OnSchedule(cron="0 2-4 * * SUN"),
            SET_BACK,
            ["25 02:00 +0200", "25 03:00 +0100", "25 04:00 +0100"],
        ),
        (OnSchedule(cron="0 2-4 * * 7"), LEAP, ["29 03:00 +0200", "29 04:00 +0200"]),
        (OnSchedule(cron="0 9 L 3 *"), LEAP, []),
        (OnSchedule(cron="0 9 8 OCT thu"), PLAIN, ["08 09:00 +0200"]),
        (
            OnSchedule(every="12h"),
            LEAP,
            ["28 23:00 +0100", "29 12:00 +0200", "30 00:00 +0200", "30 12:00 +0200"],
        ),
        (
            OnSchedule(every="12h"),
            SET_BACK,
            ["25 01:00 +0200", "25 12:00 +0100", "26 00:00 +0100", "26 12:00 +0100"],
        ),
    ],
)
def test_comes_at(when: OnSchedule, day: str, shown: list[str]) -> None:
    assert clocks(when, day) == shown


def naive_daily(scan: Scan, hour: int, minute: int) -> list[int]:
    """On each date the first minute that shows the time of day or a later one."""
    firsts: dict[Any, int] = {}
    for at_ms, shown in scan:
        if (shown.hour, shown.minute) >= (hour, minute):
            firsts.setdefault(shown.date(), at_ms)
    return sorted(firsts.values())


@settings(deadline=None)
@given(st.sampled_from(list(SCANS)), st.integers(0, 23), st.integers(0, 59))
def test_daily_is_what_a_scan_of_every_minute_finds(day: str, hour: int, minute: int) -> None:
    """From the first midnight of the scan to the last, so that no date is cut short."""
    scan = SCANS[day]
    midnights = [at_ms for at_ms, shown in scan if (shown.hour, shown.minute) == (0, 0)]
    starts_ms, ends_ms = midnights[0], midnights[-1] - 1
    whole = [(at_ms, shown) for at_ms, shown in scan if starts_ms <= at_ms <= ends_ms]
    found = instants(OnSchedule(daily=f"{hour:02}:{minute:02}"), starts_ms, ends_ms)
    assert found == naive_daily(whole, hour, minute)


def matches(field: str, value: int) -> bool:
    """A field of ``*``, ``*/n``, or figures with commas between them."""
    if field.startswith("*"):
        return value % int(field.partition("/")[2] or 1) == 0
    return str(value) in field.split(",")


STEPS = st.sampled_from(["*", "*/7", "*/15", "*/20"])
LISTED = st.lists(st.integers(0, 59), min_size=1, max_size=3, unique=True)
MINUTES = st.one_of(STEPS, LISTED.map(lambda found: ",".join(map(str, found))))
HOURS = st.sampled_from(["*", "*/2", "1", "2", "3", "1,2", "2,3,12"])


@settings(deadline=None)
@given(st.sampled_from(list(SCANS)), MINUTES, HOURS, st.integers(0, 80 * 60 - 1))
def test_cron_is_what_a_scan_of_every_minute_finds(
    day: str, minute: str, hour: str, after: int
) -> None:
    scan = SCANS[day]
    found = [
        (at_ms, shown)
        for at_ms, shown in scan
        if matches(minute, shown.minute) and matches(hour, shown.hour)
    ]
    expected = {at_ms for at_ms, _ in found}
    if not (minute.startswith("*") or hour.startswith("*")):  # fixed times: once on each date
        again = {at_ms for at_ms, shown in found if (at_ms - HOUR, shown) in scan}
        leapt = {ms(f"{LEAP}T03:00")} if day == LEAP and matches(hour, 2) else set()
        expected = (expected - again) | leapt
    after_ms, ends_ms = scan[after][0], scan[-1][0]
    later = [at_ms for at_ms in sorted(expected) if at_ms > after_ms]
    when = OnSchedule(cron=f"{minute} {hour} * * *")
    assert next_instant_ms(when, after_ms, BERLIN, 0, ends_ms) == (later[0] if later else None)
    assert instants(when, after_ms + 1, ends_ms) == later


@settings(deadline=None)
@given(st.integers(1, 5_000), st.integers(-10_000_000, 10_000_000))
def test_every_is_counted_from_the_start(seconds: int, after_ms: int) -> None:
    starts_ms, ends_ms = 1_000, 9_000_000
    every_ms = seconds * 1_000
    later = [at for at in range(starts_ms + every_ms, ends_ms + 1, every_ms) if at > after_ms]
    found = next_instant_ms(OnSchedule(every=f"{seconds}s"), after_ms, BERLIN, starts_ms, ends_ms)
    assert found == (later[0] if later else None)


@pytest.mark.parametrize(
    "when",
    [
        OnSchedule(at="2026-10-08T09:00"),
        OnSchedule(daily="09:00"),
        OnSchedule(cron="0 9 * * *"),
        OnSchedule(every="1h"),
    ],
)
def test_the_bounds(when: OnSchedule) -> None:
    """Strictly after the instant; from the start and up to the end of the event, both included."""
    nine_ms = ms(f"{PLAIN}T09:00")
    starts_ms = nine_ms - HOUR if when.every else nine_ms
    for after_ms in (0, starts_ms - 1, nine_ms - 1):
        assert next_instant_ms(when, after_ms, BERLIN, starts_ms, nine_ms) == nine_ms
    assert next_instant_ms(when, nine_ms, BERLIN, starts_ms, nine_ms) is None
    assert next_instant_ms(when, nine_ms, BERLIN, starts_ms, nine_ms + MIN) is None
    assert next_instant_ms(when, 0, BERLIN, starts_ms, nine_ms - 1) is None
    assert next_instant_ms(when, 0, BERLIN, nine_ms + 1, nine_ms + HOUR - MIN) is None
    assert next_instant_ms(when, 2**62, BERLIN, starts_ms, nine_ms) is None
    check_schedule(when, "rule 'r'", BERLIN, starts_ms, nine_ms)


@pytest.mark.parametrize(
    ("when", "sentence"),
    [
        (OnSchedule(), "a schedule has exactly one of at, daily, every and cron"),
        (
            OnSchedule(daily="09:00", every="1h"),
            "a schedule has exactly one of at, daily, every and cron",
        ),
        (OnSchedule(every="999ms"), "every 999ms: a schedule comes at most once a second"),
        (OnSchedule(every="soon"), "'soon' is no duration: write a number and ms, s, min, h or d"),
        *(
            (OnSchedule(at=text), f"{text!r} is no local time: write YYYY-MM-DDTHH:MM")
            for text in ("2026-10-08", "2026-10-08T09:00Z", "2026-13-08T09:00", "tomorrow")
        ),
        *(
            (OnSchedule(cron=text), f"cron {text!r}: write five fields, minute to day of the week")
            for text in ("", "@daily", "* * * *", "0 * * * * *")
        ),
        (OnSchedule(cron="60 * * * *"), "cron '60 * * * *': bad minute"),
        (OnSchedule(cron="* * 31 2 *"), "cron '* * 31 2 *': bad day-of-month"),
        (OnSchedule(cron="* * * * FOO"), "cron '* * * * FOO': bad day-of-week"),
        (
            OnSchedule(cron="1" * 5000 + " * * * *"),
            f"cron '{'1' * 100}': write five fields, minute to day of the week",
        ),
        *(
            (when, "it has no instant between the start and the end of the event")
            for when in (
                OnSchedule(at="2026-10-07T23:00"),
                OnSchedule(at="2026-10-10T00:00"),
                OnSchedule(daily="07:00"),
                OnSchedule(every="11h"),
                OnSchedule(cron="0 9 9 10 *"),
                OnSchedule(cron="0 0 29 2 MON#5"),
            )
        ),
    ],
)
def test_refuses(when: OnSchedule, sentence: str) -> None:
    with pytest.raises(RulesFault) as fault:
        check_schedule(when, "rule 'r'", BERLIN, ms(f"{PLAIN}T08:00"), ms(f"{PLAIN}T18:00"))
    assert str(fault.value) == f"rule 'r': {sentence}"


@pytest.mark.parametrize("when", [OnSchedule(daily="09:00"), OnSchedule(cron="0 9 * * *")])
def test_the_calendar_ends(when: OnSchedule) -> None:
    starts_ms, ends_ms = ms("9999-12-31T08:00"), ms("9999-12-31T23:00")
    nine_ms = ms("9999-12-31T09:00")
    assert next_instant_ms(when, 0, BERLIN, starts_ms, ends_ms) == nine_ms
    assert next_instant_ms(when, nine_ms, BERLIN, starts_ms, ends_ms) is None
