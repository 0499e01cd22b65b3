"""Quiet hours: when they are, what becomes of an action in them, and that they end."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.document import Quiet
from hub.core.errors import RulesFault
from hub.core.events import Value
from hub.core.restraint.quiet import Quieting, Verdict, compile_quiet, unless_expired
from tests.core_restraint.berlin import (
    BERLIN,
    HOUR,
    LEAP,
    MIN,
    PLAIN,
    SET_BACK,
    dates,
    first_ms,
    last_ms,
    minutes,
    ms,
)

Then = Literal["hold", "drop", "inbox"]
NIGHT = Quiet("22:00", "06:00")


def at(clock: str, day: str = PLAIN, fold: int = 0) -> int:
    return ms(f"{day}T{clock}", fold)


def verdict(
    *hours: Quiet, clock: str, channel: str = "push", own: Mapping[str, Value] | None = None
) -> Verdict:
    return compile_quiet(hours, BERLIN).quiet(channel, at(clock), own or {})


@pytest.mark.parametrize(
    ("clock", "until"),
    [
        ("21:59", None),
        ("22:00", "2026-10-09T06:00"),
        ("23:59", "2026-10-09T06:00"),
        ("00:00", "2026-10-08T06:00"),
        ("05:30", "2026-10-08T06:00"),
        ("05:59", "2026-10-08T06:00"),
        ("06:00", None),
        ("12:00", None),
    ],
)
def test_from_ten_until_six(clock: str, until: str | None) -> None:
    found = verdict(NIGHT, clock=clock)
    assert (found.kind, found.until_ms) == (("hold", ms(until)) if until else ("act", 0))


def test_due_at_half_past_five_is_held_until_six_or_dropped_if_it_expires_before() -> None:
    held = verdict(NIGHT, clock="05:30")
    assert held.reason == "quiet hours 22:00 to 06:00, until 2026-10-08 06:00:00"
    assert unless_expired(held, at("06:00") + 1) == held
    for expires_ms in (at("06:00"), at("05:45")):
        assert unless_expired(held, expires_ms) == Verdict(
            "drop", reason=f"{held.reason}, but it expires before"
        )
    acts = verdict(NIGHT, clock="07:00")
    assert unless_expired(acts, 0) == acts == Verdict("act")


def test_other_channels_act() -> None:
    assert verdict(NIGHT, clock="23:00", channel="light").kind == "act"
    hours = Quiet("22:00", "06:00", channels=("light", "reward"), then="drop")
    kinds = [verdict(hours, clock="23:00", channel=one).kind for one in ("light", "reward", "push")]
    assert kinds == ["drop", "drop", "act"]


def test_hours_that_end_when_they_begin_are_never() -> None:
    for clock in ("00:00", "12:00", "23:59"):
        assert verdict(Quiet("12:00", "12:00"), clock=clock).kind == "act"


@pytest.mark.parametrize(
    ("own", "until"),
    [
        ({"quiet_from": "20:00", "quiet_until": "21:00"}, "21:00"),
        ({"quiet_from": "20:30", "quiet_until": "20:30"}, None),
        ({"quiet_from": "20:00"}, None),
        ({"quiet_from": "20:00", "quiet_until": None}, None),
        ({"quiet_from": 20, "quiet_until": "21:00"}, None),
        ({"quiet_from": "20:00", "quiet_until": "21:00\n"}, None),
        ({"quiet_from": "8pm", "quiet_until": "21:00"}, None),
        ({"quiet_from": "20:00", "quiet_until": "24:00"}, None),
    ],
)
def test_own_hours(own: dict[str, Value], until: str | None) -> None:
    found = verdict(clock="20:30", own=own)
    assert found.until_ms == (at(until) if until else 0)
    assert (found.kind == "act") is (until is None)
    assert verdict(clock="20:30", own=own, channel="light").kind == "act"


def test_own_hours_and_those_of_the_venue_hold_until_outside_both() -> None:
    own: dict[str, Value] = {"quiet_from": "05:00", "quiet_until": "09:15"}
    assert verdict(NIGHT, clock="04:00", own=own) == Verdict(
        "hold", at("09:15"), "quiet hours 22:00 to 06:00, until 2026-10-08 09:15:00"
    )
    found = verdict(NIGHT, clock="07:00", own=own)
    assert found.reason == "own quiet hours 05:00 to 09:15, until 2026-10-08 09:15:00"


@pytest.mark.parametrize(
    ("thens", "kind"),
    [
        (["hold", "inbox", "drop"], "drop"),
        (["drop", "hold"], "drop"),
        (["hold", "inbox"], "inbox"),
        (["inbox", "hold"], "inbox"),
        (["hold", "hold"], "hold"),
    ],
)
def test_the_strictest_wins(thens: list[Then], kind: str) -> None:
    hours = [Quiet("20:00", f"21:{3 - index}0", then=then) for index, then in enumerate(thens)]
    found = verdict(*hours, clock="21:00")
    assert found.kind == kind
    assert (found.until_ms > 0) is (kind == "hold")


def test_held_into_hours_that_drop_it_waits_for_the_end_of_those_too() -> None:
    found = verdict(NIGHT, Quiet("06:00", "07:00", then="drop"), clock="05:00")
    assert (found.kind, found.until_ms) == ("hold", at("07:00"))


def test_hours_without_end_drop() -> None:
    found = verdict(Quiet("00:00", "12:00"), Quiet("12:00", "00:00"), clock="05:00")
    assert found == Verdict(
        "drop", reason="quiet hours 00:00 to 12:00, and no end to quiet hours after that"
    )


@pytest.mark.parametrize(
    ("hours", "day", "clock", "fold", "until"),
    [
        # 02:30 is leapt over: quiet ends at the leap, when the clock shows 03:00.
        (Quiet("22:00", "02:30"), LEAP, "01:59", 0, ("03:00", 0)),
        (Quiet("22:00", "02:30"), LEAP, "03:00", 0, None),
        # Hours that begin in the leap begin with it; those wholly inside are not.
        (Quiet("02:30", "06:00"), LEAP, "03:00", 0, ("06:00", 0)),
        (Quiet("02:30", "06:00"), LEAP, "01:59", 0, None),
        (Quiet("02:10", "02:40"), LEAP, "03:00", 0, None),
        # 02:30 is shown twice: quiet ends at the second, without a hole before it.
        (Quiet("22:00", "02:30"), SET_BACK, "02:15", 0, ("02:30", 1)),
        (Quiet("22:00", "02:30"), SET_BACK, "02:45", 0, ("02:30", 1)),
        (Quiet("22:00", "02:30"), SET_BACK, "02:29", 1, ("02:30", 1)),
        (Quiet("22:00", "02:30"), SET_BACK, "02:30", 1, None),
        # It begins with the first, and goes on.
        (Quiet("02:30", "06:00"), SET_BACK, "02:29", 0, None),
        (Quiet("02:30", "06:00"), SET_BACK, "02:30", 0, ("06:00", 0)),
        (Quiet("02:30", "06:00"), SET_BACK, "02:10", 1, ("06:00", 0)),
    ],
)
def test_on_the_days_on_which_the_clock_is_changed(
    hours: Quiet, day: str, clock: str, fold: int, until: tuple[str, int] | None
) -> None:
    found = compile_quiet([hours], BERLIN).quiet("push", at(clock, day, fold), {})
    assert found.until_ms == (at(until[0], day, until[1]) if until else 0)


CLOCKS = st.integers(0, 95).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")
HOURS = st.builds(Quiet, CLOCKS, CLOCKS, then=st.sampled_from(["hold", "drop", "inbox"]))
DAYS = {day: minutes(day) for day in (LEAP, PLAIN, SET_BACK)}


def naive_minutes(hours: Quiet, day: str) -> set[int]:
    """Every minute of the days around that is quiet."""
    scan = DAYS[day]
    start, end = (time.fromisoformat(text) for text in (hours.from_, hours.until))
    found: set[int] = set()
    for midnight in dates(day, before=2, after=3):
        first, last = (datetime.combine(midnight.date(), one) for one in (start, end))
        last += timedelta(days=1) if start > end else timedelta()
        if start != end:
            found |= set(range(first_ms(scan, first), last_ms(scan, last), MIN))
    return found


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize(
    ("start", "end"),
    [("22:00", "06:00"), ("22:00", "02:30"), ("02:30", "05:00"), ("02:15", "02:45"),
     ("23:59", "00:01"), ("06:00", "05:59"), ("02:30", "02:00")],
)  # fmt: skip
def test_a_scan_of_every_minute_finds_the_same_hours(day: str, start: str, end: str) -> None:
    hours = Quiet(start, end)
    quieting, quiet_minutes = Quieting((hours,), BERLIN), naive_minutes(hours, day)
    midnight_ms = at("00:00", day)
    for at_ms in range(midnight_ms - 3 * HOUR, midnight_ms + 30 * HOUR, 5 * MIN):
        found = quieting.quiet("push", at_ms, {})
        assert (found.kind == "hold") is (at_ms in quiet_minutes)


@settings(deadline=None)
@given(st.sampled_from(list(DAYS)), st.lists(HOURS, max_size=3), st.integers(0, 24 * 60))
def test_a_scan_of_every_minute_finds_the_same_verdict(
    day: str, hours: list[Quiet], minute: int
) -> None:
    at_ms = at("00:00", day) + minute * MIN
    quiet = [naive_minutes(one, day) for one in hours]
    found = Quieting(tuple(hours), BERLIN).quiet("push", at_ms, {})
    thens = {one.then for one, those in zip(hours, quiet, strict=True) if at_ms in those}
    outside_ms = at_ms
    while any(outside_ms in those for those in quiet) and outside_ms < DAYS[day][-1][0]:
        outside_ms += MIN
    if "drop" in thens or "inbox" in thens:
        assert found.kind == ("drop" if "drop" in thens else "inbox")
    elif thens and outside_ms < DAYS[day][-1][0]:
        assert (found.kind, found.until_ms) == ("hold", outside_ms)
    else:
        assert found.kind == ("drop" if thens else "act")


def test_no_hole_where_a_set_back_clock_comes_to_yesterday_again() -> None:
    """At St. John's clocks went from 00:01 back to 23:01 of the day before, until 2011."""
    zone = ZoneInfo("America/St_Johns")
    quieting = Quieting((Quiet("00:00", "06:00"),), zone)
    begins_ms = ms("2010-11-07T00:00", zone=zone)
    assert quieting.quiet("push", begins_ms - 1, {}).kind == "act"
    again_ms = ms("2010-11-06T23:30", fold=1, zone=zone)
    assert begins_ms < again_ms
    for at_ms in (begins_ms, again_ms):
        assert quieting.quiet("push", at_ms, {}).until_ms == ms("2010-11-07T06:00", zone=zone)


@pytest.mark.parametrize(
    ("hours", "sentence"),
    [
        (Quiet("22:00", "06:00", channels=()), "quiet from 22:00 until 06:00: name a channel"),
        (
            Quiet("22:00", "06:00", channels=("push", "light"), then="inbox"),
            "quiet from 22:00 until 06:00: only a push can go to the inbox; write channels: [push]",
        ),
    ],
)
def test_refuses(hours: Quiet, sentence: str) -> None:
    with pytest.raises(RulesFault) as fault:
        compile_quiet([hours], BERLIN)
    assert str(fault.value) == sentence
