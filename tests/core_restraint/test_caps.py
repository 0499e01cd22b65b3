"""A cap holds for every stretch of its length, whatever the order in which causes arrive."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.document import Cap, OnTap, Rule
from hub.core.errors import RulesFault
from hub.core.periods import window
from hub.core.restraint.caps import Caps, compile_caps, fullest, most_within, noted, over
from tests.core_restraint.berlin import BERLIN, DAY, HOUR, LEAP, MIN, PLAIN, SET_BACK, ms, wall

ROLLING, CALENDAR = "1d", "day"


def cap(within: str = "day", at_most: int = 3, of: str = "push", name: str = "fewer") -> Cap:
    return Cap(name, of, at_most, within)


def compiled(*caps: Cap, group: str | None = None) -> Caps:
    return compile_caps(caps, [Rule("r", OnTap("door"), group=group)], BERLIN)


def is_over(within: str, times: tuple[int, ...], at_ms: int) -> bool:
    return over(compiled(cap(within)).by_name["fewer"], times, at_ms, BERLIN) is not None


def quarters(first: str, last: str) -> range:
    return range(ms(first), ms(last), 15 * MIN)


@pytest.mark.parametrize(
    ("third", "within", "allows_again"),
    [
        # The evening before a day of 23, 24 and 25 hours: the calendar's day ends at midnight, and
        # a day's length after the first of the three is another time of the clock.
        ("2026-03-28T22:40", CALENDAR, "2026-03-29T00:00"),
        ("2026-03-28T22:40", ROLLING, "2026-03-29T23:00"),
        ("2026-10-07T22:40", CALENDAR, "2026-10-08T00:00"),
        ("2026-10-07T22:40", ROLLING, "2026-10-08T22:00"),
        ("2026-10-24T22:40", CALENDAR, "2026-10-25T00:00"),
        ("2026-10-24T22:40", ROLLING, "2026-10-25T21:00"),
        # Just after midnight of such a day: only the day of 25 hours outlasts the rolling stretch.
        ("2026-03-29T00:45", CALENDAR, "2026-03-30T00:00"),
        ("2026-03-29T00:45", ROLLING, "2026-03-30T01:05"),
        ("2026-10-08T00:45", CALENDAR, "2026-10-09T00:00"),
        ("2026-10-08T00:45", ROLLING, "2026-10-09T00:05"),
        ("2026-10-25T00:45", CALENDAR, "2026-10-26T00:00"),
        ("2026-10-25T00:45", ROLLING, "2026-10-25T23:05"),
        # The night in between.
        ("2026-03-29T03:20", ROLLING, "2026-03-30T02:40"),
        ("2026-10-25T02:40", ROLLING, "2026-10-26T01:00"),
    ],
)
def test_three_a_day_and_three_within_a_day_allow_again_at(
    third: str, within: str, allows_again: str
) -> None:
    last_ms = ms(third)
    times = (last_ms - 40 * MIN, last_ms - 20 * MIN, last_ms)
    allows_ms = ms(allows_again)
    for at_ms in (*range(last_ms, last_ms + 40 * HOUR, 15 * MIN), allows_ms - 1, allows_ms):
        assert is_over(within, times, at_ms) is (at_ms < allows_ms), wall(at_ms)


@pytest.mark.parametrize(("day", "hours"), [(LEAP, 23), (PLAIN, 24), (SET_BACK, 25)])
def test_at_every_quarter_hour_around_midnight(day: str, hours: int) -> None:
    """Three at each quarter hour of the evening; then one at each quarter hour of two days."""
    midnight_ms = ms(f"{day}T00:00")
    for sent_ms in range(midnight_ms - 4 * HOUR, midnight_ms + 4 * HOUR, 15 * MIN):
        times = (sent_ms, sent_ms + 1, sent_ms + 2)
        end_ms = midnight_ms if sent_ms < midnight_ms else midnight_ms + hours * HOUR
        for at_ms in range(sent_ms + 15 * MIN, midnight_ms + 2 * DAY, 15 * MIN):
            assert is_over(CALENDAR, times, at_ms) is (at_ms < end_ms)
            assert is_over(ROLLING, times, at_ms) is (at_ms < sent_ms + DAY)


@pytest.mark.parametrize(
    ("within", "late", "allows"),
    [
        (ROLLING, "2026-10-07T12:00", True),  # exactly a day before the first
        (ROLLING, "2026-10-07T12:01", False),
        (ROLLING, "2026-10-08T11:00", False),
        (CALENDAR, "2026-10-07T23:59", True),
        (CALENDAR, "2026-10-08T00:00", False),
        ("event", "2026-10-01T00:00", False),
    ],
)
def test_a_late_cause_may_not_make_a_stretch_too_full(within: str, late: str, allows: bool) -> None:
    noon_ms = ms("2026-10-08T12:00")
    assert is_over(within, (noon_ms, noon_ms, noon_ms), ms(late)) is not allows


WINDOWS = ["10min", "3h", "1d", "2d", "hour", "day", "week", "event"]
INSTANTS = st.one_of(
    *(
        st.integers(ms(f"{day}T00:00") // MIN - 30 * 60, ms(f"{day}T00:00") // MIN + 54 * 60)
        for day in (LEAP, SET_BACK)
    )
).map(lambda minute: minute * MIN)


def is_together(within: str, one_ms: int, end_ms: int) -> bool:
    """Whether ``one_ms`` is inside the window that ends at ``end_ms``: by the clock on the wall."""
    if one_ms > end_ms:
        return False
    lengths = {"10min": 10 * MIN, "3h": 3 * HOUR, "1d": DAY, "2d": 2 * DAY}
    if within in lengths:
        return end_ms - one_ms < lengths[within]
    one, end = wall(one_ms), wall(end_ms)
    if within == "hour":
        return (one.date(), one.hour) == (end.date(), end.hour) and end_ms - one_ms < HOUR
    if within == "week":
        return one.isocalendar()[:2] == end.isocalendar()[:2]
    return within == "event" or one.date() == end.date()


def naive_most(within: str, times: list[int], at_ms: int) -> int:
    """Every minute up to the last instant may be a window's end."""
    ends = (end_ms for end_ms in range(at_ms, max([at_ms, *times]) + MIN, MIN))
    ends_around = [end_ms for end_ms in ends if is_together(within, at_ms, end_ms)]
    return max(sum(is_together(within, t, end_ms) for t in times) for end_ms in ends_around)


@settings(deadline=None)
@given(st.sampled_from(WINDOWS), st.lists(INSTANTS, max_size=6), INSTANTS)
def test_the_fullest_window_is_the_one_a_scan_of_every_minute_finds(
    within: str, times: list[int], at_ms: int
) -> None:
    near = [t for t in times if abs(t - at_ms) < 4 * DAY]
    found = most_within(tuple(sorted(near)), at_ms, window(within, BERLIN))
    assert found == naive_most(within, near, at_ms)


@settings(deadline=None)
@given(st.sampled_from(WINDOWS), st.integers(1, 3), st.lists(INSTANTS, min_size=2, max_size=12))
def test_no_stretch_is_ever_too_full_and_none_is_refused_for_nothing(
    within: str, at_most: int, causes: list[int]
) -> None:
    one = compiled(cap(within, at_most)).by_name["fewer"]
    times: tuple[int, ...] = ()

    def fullest_after(history: tuple[int, ...]) -> int:
        return max(
            (sum(is_together(within, t, end_ms) for t in history) for end_ms in history), default=0
        )

    for at_ms in causes:
        grown = noted(times, at_ms)
        if over(one, times, at_ms, BERLIN) is None:
            times = grown
            assert fullest_after(times) <= at_most
        else:
            assert fullest_after(grown) > at_most


def test_the_reason_says_what_was_when() -> None:
    one = compiled(cap(name="fewer-pushes")).by_name["fewer-pushes"]
    times = tuple(ms(f"{PLAIN}T{clock}") for clock in ("22:10", "22:40", "23:05"))
    assert over(one, times[:2], ms(f"{PLAIN}T23:00"), BERLIN) is None
    assert over(one, times, ms(f"{PLAIN}T23:30"), BERLIN) == (
        "cap fewer-pushes: 3 within the day, and 3 were at 22:10, 22:40, 23:05"
    )


def test_the_reason_names_the_date_of_another_day_and_the_last_six() -> None:
    one = compiled(cap(ROLLING, 7)).by_name["fewer"]
    times = tuple(ms(f"{PLAIN}T22:0{minute}") for minute in range(8))
    assert over(one, times[1:7], ms("2026-10-09T00:10"), BERLIN) is None
    six = compiled(cap(ROLLING, 6)).by_name["fewer"]
    reason = over(six, times[2:], ms("2026-10-08T23:00"), BERLIN)
    assert reason == (
        "cap fewer: 6 within 1 d, and 6 were at 22:02, 22:03, 22:04, 22:05, 22:06, 22:07"
    )
    reason = over(one, times, ms("2026-10-09T00:10"), BERLIN)
    assert reason is not None
    assert reason.startswith("cap fewer: 7 within 1 d, and 8 were at ..., 2026-10-08 22:02, ")
    assert reason.count("22:0") == 6


def test_what_is_forgotten_is_not_taken_for_nothing() -> None:
    one = compiled(cap("1h", 3)).by_name["fewer"]
    noon_ms = ms(f"{PLAIN}T12:00")
    times = (noon_ms, noon_ms + 2 * HOUR, noon_ms + 4 * HOUR)
    reach = "cap fewer: 3 within 1 h, and what was before 12:00 is not known"
    assert over(one, times, noon_ms + HOUR - 1, BERLIN, 3) == reach
    assert over(one, times, noon_ms + HOUR, BERLIN, 3) is None
    assert over(one, times, noon_ms - DAY, BERLIN, 3) is not None
    assert over(one, times, noon_ms - DAY, BERLIN, 4) is None


def test_what_is_kept_is_bounded_and_sorted() -> None:
    times: tuple[int, ...] = ()
    for at_ms in (5, 1, 4, 2, 3):
        times = noted(times, at_ms, 3)
    assert times == (3, 4, 5)
    assert fullest((), 7, window("event", BERLIN)) == ()


def test_caps_are_found_by_what_they_count() -> None:
    caps = compiled(
        cap(of="push", name="a"),
        cap(of="everything", name="b"),
        cap(of="group:offers", name="c"),
        cap(of="reward", name="d", at_most=512),
        group="offers",
    )
    channels = {
        channel: [one.cap.name for one in found] for channel, found in caps.by_channel.items()
    }
    assert channels == {
        "push": ["a", "b"],
        "reward": ["b", "d"],
        **{channel: ["b"] for channel in ("light", "staff", "webhook", "mqtt", "write")},
    }
    assert {group: [one.cap.name for one in found] for group, found in caps.by_group.items()} == {
        "offers": ["c"]
    }
    assert list(caps.by_name) == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("caps", "group", "sentence"),
    [
        ([cap(), cap(of="reward")], None, "cap 'fewer' is there twice"),
        (
            [cap(of="group:offers")],
            None,
            "cap 'fewer': no rule is of group 'offers'; there is: none",
        ),
        (
            [cap(of="group:offers")],
            "food",
            "cap 'fewer': no rule is of group 'offers'; there is: food",
        ),
        ([cap(at_most=513)], None, "cap 'fewer': at_most is 512 or less"),
        ([cap("soon")], None, "'soon' is no duration: write a number and ms, s, min, h or d"),
    ],
)
def test_refuses(caps: list[Cap], group: str | None, sentence: str) -> None:
    with pytest.raises(RulesFault) as fault:
        compiled(*caps, group=group)
    assert str(fault.value) == sentence
