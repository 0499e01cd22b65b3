"""A rule's limit, for each person, each visit and all together; on time, late, and forgotten."""

import pytest

from hub.core.document import Limit, Period
from hub.core.errors import RulesFault
from hub.core.restraint.limits import CompiledLimit, compile_limit, over_limit
from hub.core.state import Fired
from tests.core_restraint.berlin import BERLIN, HOUR, MIN, PLAIN, ms

NOON = ms(f"{PLAIN}T12:00")


def of(limit: Limit) -> CompiledLimit:
    return compile_limit(limit, "rule 'r'", BERLIN)


def fired(*minutes: int, forgotten: int = 0) -> Fired:
    return Fired(len(minutes) + forgotten, tuple(NOON + minute * MIN for minute in minutes))


def reason(limit: Limit, before: Fired | None, minute: float, *visits: int) -> str | None:
    began = tuple(NOON + one * MIN for one in visits)
    return over_limit(of(limit), before, NOON + int(minute * MIN), BERLIN, began)


@pytest.mark.parametrize(
    ("limit", "before", "minute", "sentence"),
    [
        (Limit(), fired(1), 1, None),
        (Limit(once=True), None, 1, None),
        (Limit(once=True), fired(5), 1, "once for each person, and it fired at 12:05:00"),
        (Limit(once=True), fired(5, 7), 9, "once for each person, and it fired at 12:07:00"),
        (Limit(once=True, per="event"), fired(5), 9,
         "once for all together, and it fired at 12:05:00"),
        (Limit(every="2h"), fired(1), 120, "once every 2 h, and it fired at 12:01:00"),
        (Limit(every="2h"), fired(1), 121, None),
        (Limit(every="2h"), fired(1), -119, None),
        (Limit(every="2h"), fired(1), -118.9, "once every 2 h, and it fired at 12:01:00"),
        (
            Limit(every="2h", per="event"),
            fired(1),
            2,
            "once every 2 h for all together, and it fired at 12:01:00",
        ),
        (Limit(at_most=2), fired(1), 2, None),
        (Limit(at_most=2), fired(1, 2), 9, "2 within the event, and it fired 2 times"),
        (Limit(at_most=70), fired(1, 2, forgotten=67), 9, None),
        (Limit(at_most=70), fired(1, 2, forgotten=68), 9,
         "70 within the event, and it fired 70 times"),
        (Limit(at_most=2, within="90s"), fired(1, 2), 2, "2 within 1.5 min, and it fired 2 times"),
        (Limit(at_most=2, within="90s"), fired(1, 2), 2.5, None),
        (Limit(at_most=1, within="day"), fired(719), 720, None),
        (Limit(at_most=1, within="day"), fired(718), 719, "1 within the day, and it fired 1 times"),
        (
            Limit(at_most=9, also=[Period(2, "hour"), Period(3, "day")]),
            fired(1, 2, 61),
            62,
            "3 within the day, and it fired 3 times",
        ),
        (
            Limit(at_most=9, also=[Period(2, "hour"), Period(3, "day")]),
            fired(1, 2),
            59,
            "2 within the hour, and it fired 2 times",
        ),
        (Limit(at_most=9, also=[Period(2, "hour"), Period(3, "day")]), fired(1, 2), 60, None),
    ],
)  # fmt: skip
def test_says(limit: Limit, before: Fired | None, minute: float, sentence: str | None) -> None:
    assert reason(limit, before, minute) == (sentence and f"limit: {sentence}")


@pytest.mark.parametrize(
    ("minute", "sentence"),
    [
        (-1, None),  # before any visit
        (0, "once for each visit, and it fired at 12:05:00"),
        (9, "once for each visit, and it fired at 12:05:00"),
        (10, None),
        (19, None),
        (20, "once for each visit, and it fired at 12:20:00"),
        (500, "once for each visit, and it fired at 12:20:00"),
    ],
)
def test_once_for_each_visit_is_for_the_visit_that_the_cause_lies_in(
    minute: int, sentence: str | None
) -> None:
    found = reason(Limit(once=True, per="visit"), fired(5, 20), minute, 0, 10, 20)
    assert found == (sentence and f"limit: {sentence}")


def test_a_limit_by_visit_begins_anew_with_the_visit() -> None:
    limit = Limit(per="visit", every="30min", at_most=2)
    assert reason(limit, fired(5), 10, 0) == (
        "limit: once every 30 min for each visit, and it fired at 12:05:00"
    )
    assert reason(limit, fired(5), 10, 0, 8) is None
    assert reason(limit, fired(5, 40), 90, 0) == (
        "limit: 2 within the event for each visit, and it fired 2 times"
    )
    assert reason(limit, fired(5, 40), 90, 0, 40) is None
    assert reason(limit, fired(5), -10, 0) is None
    assert reason(limit, fired(5), -10) is not None


def test_what_is_forgotten_is_not_taken_for_nothing() -> None:
    every = Limit(every="10min")
    before = fired(0, 60, forgotten=1)
    unknown = "once every 10 min, and what it did before 2026-10-08 12:00:00 is not known"
    assert reason(every, before, -30) == f"limit: {unknown}"
    assert reason(every, fired(0, 60), -30) is None
    assert reason(every, before, 30) is None
    assert reason(Limit(at_most=4), before, -30) is None  # all together are counted
    by_visit = Limit(per="visit", once=True)
    assert reason(by_visit, before, -30, -40, -20) == (
        "limit: once for each visit, and what it did before 2026-10-08 12:00:00 is not known"
    )
    assert reason(by_visit, before, 70, 65) is None
    three = Limit(per="visit", at_most=3)
    assert reason(three, before, 70, 1) is None
    assert reason(three, before, 70, 0) is not None  # forgotten ones may be of the first instant


@pytest.mark.parametrize(
    ("limit", "sentence"),
    [
        (Limit(at_most=65, within="1h"),
         "rule 'r', limit: at_most is 64 or less unless it is within the event"),
        (Limit(also=[Period(65, "day")]),
         "rule 'r', limit: at_most is 64 or less unless it is within the event"),
        (Limit(at_most=65, per="visit"), "rule 'r', limit: at_most is 64 or less for each visit"),
        (Limit(within="1h"), "rule 'r', limit: within '1h' needs at_most"),
    ],
)  # fmt: skip
def test_refuses(limit: Limit, sentence: str) -> None:
    with pytest.raises(RulesFault) as fault:
        of(limit)
    assert str(fault.value) == sentence


def test_many_are_allowed_within_the_event() -> None:
    assert len(of(Limit(at_most=512, also=[Period(64, "1h")])).allowances) == 2
    assert reason(Limit(at_most=512, every="1h"), fired(0), 60) is None
    assert of(Limit(every="1h")).allowances[0].window.length_ms == HOUR
