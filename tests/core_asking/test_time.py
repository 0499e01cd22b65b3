"""The venue's clock: both edges, across midnight, on days, and where it is put forward or back."""

from datetime import datetime

import pytest

from hub.core.asking.clock import LOOKS_MAX
from hub.core.state import Person
from tests.core_asking.ground import ask, clause, local_ms, view

ANN = Person("ann")
MINUTE_MS = 60_000


def utc_ms(text: str) -> int:
    return int(datetime.fromisoformat(f"{text}Z").timestamp()) * 1000


NIGHT = {"from": "22:00", "until": "06:00"}
WORK = {"from": "09:00", "until": "17:00"}


@pytest.mark.parametrize(
    ("test", "begins", "ends", "again"),
    [
        (WORK, "2026-10-08T09:00", "2026-10-08T17:00", "2026-10-09T09:00"),
        (NIGHT, "2026-10-08T22:00", "2026-10-09T06:00", "2026-10-09T22:00"),
        (NIGHT, "2026-10-24T22:00", "2026-10-25T06:00", "2026-10-25T22:00"),
        (NIGHT, "2026-03-28T22:00", "2026-03-29T06:00", "2026-03-29T22:00"),
        ({"from": "22:00"}, "2026-10-08T22:00", "2026-10-09T00:00", "2026-10-09T22:00"),
        ({"until": "06:00"}, "2026-10-08T00:00", "2026-10-08T06:00", "2026-10-09T00:00"),
        ({"from": "22:00", "until": "00:00"},
         "2026-10-08T22:00", "2026-10-09T00:00", "2026-10-09T22:00"),
        ({"days": ["thu"]}, "2026-10-08T00:00", "2026-10-09T00:00", "2026-10-15T00:00"),
        ({"days": ["sun", "sat"]}, "2026-10-24T00:00", "2026-10-26T00:00", "2026-10-31T00:00"),
        ({"days": ["fri"], **WORK}, "2026-10-09T09:00", "2026-10-09T17:00", "2026-10-16T09:00"),
        # the days are of the instant itself: of Friday's night this is the morning and the evening
        ({"days": ["fri"], **NIGHT}, "2026-10-09T00:00", "2026-10-09T06:00", "2026-10-09T22:00"),
        ({"days": ["fri"], **NIGHT}, "2026-10-09T22:00", "2026-10-10T00:00", "2026-10-16T00:00"),
    ],
)  # fmt: skip
def test_from_is_inside_and_until_is_not(
    test: dict[str, object], begins: str, ends: str, again: str
) -> None:
    asked = ask("time", **test)
    begins_ms, ends_ms = local_ms(begins), local_ms(ends)
    assert not asked.holds(view(ANN, begins_ms - 1))
    assert asked.until_ms(view(ANN, begins_ms - 1)) == begins_ms
    assert asked.holds(view(ANN, begins_ms))
    assert asked.until_ms(view(ANN, begins_ms)) == ends_ms
    assert asked.holds(view(ANN, ends_ms - 1))
    assert asked.until_ms(view(ANN, ends_ms - 1)) == ends_ms
    assert not asked.holds(view(ANN, ends_ms))
    assert asked.until_ms(view(ANN, ends_ms)) == local_ms(again)


def test_when_the_clock_is_put_forward_over_it() -> None:
    asked = ask("time", **{"from": "02:30", "until": "04:00"})
    midnight_ms = local_ms("2026-03-29T00:00")
    put_ms = utc_ms("2026-03-29T01:00")  # from 02:00 to 03:00
    assert asked.until_ms(view(ANN, midnight_ms)) == put_ms
    assert not asked.holds(view(ANN, put_ms - 1))
    assert asked.holds(view(ANN, put_ms))
    assert asked.until_ms(view(ANN, put_ms)) == local_ms("2026-03-29T04:00")


def test_when_the_clock_never_shows_it_that_day() -> None:
    asked = ask("time", **{"from": "02:15", "until": "02:45"})
    assert asked.until_ms(view(ANN, local_ms("2026-03-28T12:00"))) == local_ms("2026-03-30T02:15")


def test_when_the_clock_shows_it_twice() -> None:
    asked = ask("time", **{"from": "01:00", "until": "02:30"})
    at_ms = local_ms("2026-10-25T00:00")
    expected = ["2026-10-24T23:00", "2026-10-25T00:30", "2026-10-25T01:00", "2026-10-25T01:30"]
    for text, held in zip(expected, (True, False, True, False), strict=True):
        until_ms = asked.until_ms(view(ANN, at_ms))
        assert until_ms == utc_ms(text)
        at_ms = until_ms
        assert asked.holds(view(ANN, at_ms)) is held


@pytest.mark.parametrize(
    "test",
    [
        {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]},
        {"from": "00:00"},
        {"until": "00:00"},
    ],
)
def test_what_always_holds_is_not_waited_for(test: dict[str, object]) -> None:
    asked = ask("time", **test)
    assert asked.holds(view(ANN, local_ms("2026-10-08T00:00")))
    assert not asked.is_timed
    assert asked.until_ms(view(ANN)) is None


def test_what_holds_one_week_in_many_is_looked_at_again_before() -> None:
    asked = ask("time", **{"from": "02:15", "until": "02:45", "days": ["sun"]})
    at_ms = local_ms("2026-03-23T00:00")  # the Sunday of that week has no such time
    looked = 0
    while not asked.holds(view(ANN, at_ms)):
        until_ms = asked.until_ms(view(ANN, at_ms))
        assert until_ms is not None
        assert until_ms > at_ms
        at_ms, looked = until_ms, looked + 1
    assert at_ms == local_ms("2026-04-05T02:15")
    assert 1 < looked < LOOKS_MAX


def test_what_a_clause_says() -> None:
    asked = ask("time", **NIGHT, days=["fri", "sat"])
    found = clause(asked, ANN, local_ms("2026-10-09T23:10"))
    assert found.text == "the clock is from 22:00 until 06:00 on fri, sat"
    assert found.saw == "fri 23:10"
    assert asked.keys == frozenset()
    assert (asked.is_timed, asked.is_personal) == (True, True)


@pytest.mark.parametrize("day", ["2026-03-28", "2026-10-24"])
@pytest.mark.parametrize(
    "test",
    [WORK, NIGHT, {"from": "02:30", "until": "03:10"}, {"from": "23:30", "until": "02:30"},
     {"until": "02:00", "days": ["sun"]}, {"from": "02:59", "days": ["sat", "mon"]}],
)  # fmt: skip
def test_strictly_before_the_next_change_nothing_changes(day: str, test: dict[str, object]) -> None:
    asked = ask("time", **test)
    at_ms = local_ms(f"{day}T12:00")
    for _ in range(6):
        until_ms = asked.until_ms(view(ANN, at_ms))
        assert until_ms is not None
        held = asked.holds(view(ANN, at_ms))
        minutes = {*range(at_ms, until_ms, MINUTE_MS), until_ms - 1}
        assert {asked.holds(view(ANN, minute)) for minute in minutes} == {held}
        assert asked.holds(view(ANN, until_ms)) is not held
        at_ms = until_ms
