"""What is published counts for everybody, a part of them at a time, and no tap waits for it."""

from typing import Any, Final

import msgspec
import pytest

from hub.core import events as ev
from hub.engine import requests
from tests.core.fold import TAP, rule
from tests.engine.day import Day
from tests.engine.parts import FaultyStore

PEOPLE: Final = 350
PART: Final = 100
NAMES: Final = [f"p{number:03}" for number in range(PEOPLE)]
EVEN, ODD = NAMES[::2], NAMES[1::2]
POINT: Final = rule(TAP, name="point")
DRINKERS: Final[dict[str, Any]] = {
    "name": "drinkers",
    "if": {"check": "counted", "place": "coffee", "within": "1h", "at_least": 1},
}
WELCOME: Final = rule({"kind": "audience", "audience": "drinkers"}, name="welcome")
GOODBYE: Final = rule(
    {"kind": "audience", "audience": "drinkers", "change": "left"}, name="goodbye"
)


def absent(length: str) -> dict[str, Any]:
    """A rule about those who have not had coffee for so long."""
    return rule({"kind": "absent", "place": "coffee", "for": length}, name="absent")


@pytest.fixture
def day(store: FaultyStore, monkeypatch: pytest.MonkeyPatch) -> Day:
    """Hundreds of people, every other of whom has tapped at minute 1."""
    monkeypatch.setattr(requests, "SWEEP_PERSONS", PART)
    day = Day(store, POINT, absent("5h"))
    day.join(*NAMES)
    day.at(1).happens(day.taps(*EVEN))
    return day


def parts(day: Day) -> list[int]:
    """How many people were looked at in each part of a sweep, in the order of the log."""
    rows = (row for row in day.store.log_from() if row.kind == "swept")
    return [len(msgspec.json.decode(row.body, type=ev.Swept).persons) for row in rows]


def members(day: Day) -> list[str]:
    """Who is in the audience, as the store has it."""
    return sorted(one.person for one in day.store.audiences.members("drinkers", limit=1_000))


def test_an_audience_has_all_who_qualify_and_fires_for_nobody(day: Day) -> None:
    day.at(2).publish(POINT, WELCOME, GOODBYE, audiences=[DRINKERS])
    assert members(day) == [], "it is looked at in the groups that follow"
    day.happens(day.taps(NAMES[-1], NAMES[0]))
    assert NAMES[-1] in members(day), "a tap counts before the sweep comes by"
    day.happens()
    day.ask(ev.Registered("z-new", day.clock.now_ms, {}, []))
    day.ask(ev.Leased("z-new", "z-new", day.clock.now_ms))
    day.ask(ev.Registered("a-new", day.clock.now_ms, {}, []))
    day.ask(ev.Leased("a-new", "a-new", day.clock.now_ms))
    day.happens(day.taps("z-new", "a-new"))
    day.lives_on()
    assert parts(day)[-4:] == [100, 100, 100, 51], "who registers behind it is not looked at again"
    assert members(day) == sorted({*EVEN, NAMES[-1], "z-new", "a-new"})
    assert sorted(day.fired("welcome")) == [("a-new", 2), (NAMES[-1], 2), ("z-new", 2)]
    day.agrees()
    day.at(61).lives_on()
    assert len(day.fired("goodbye")) == len(EVEN) - 1, "one of them tapped again"
    day.at(62).lives_on()
    assert members(day) == []
    assert len(day.fired("goodbye")) == len(EVEN) + 3
    day.agrees()
    day.folds_again()


@pytest.mark.parametrize("groups", [0, 1, 2, 3, 4])
def test_a_sweep_goes_on_where_the_last_engine_was(day: Day, groups: int) -> None:
    day.at(2).publish(POINT, absent("1h"))
    for _ in range(groups):
        day.happens()
    day.make_engine()
    assert bool(day.engine._memory.sweeps) == (groups < 4)
    day.happens(day.taps(ODD[-1]))
    day.lives_on()
    assert parts(day) == [100, 100, 100, 50]
    due = {timer.person: timer.due_ms for timer in day.timers() if timer.kind == "absent"}
    assert due.keys() == {*EVEN, ODD[-1]}
    assert (day.fired("absent"), day.decided("absent")) == ([], [])
    day.at(61).lives_on()
    assert sorted(day.fired("absent")) == [(person, 61) for person in EVEN]
    day.agrees()
    day.folds_again()


def test_what_a_rule_would_have_done_is_done_once_when_asked_for(day: Day) -> None:
    second = rule({"kind": "visits", "place": "coffee", "count": 2}, name="second")
    first = rule({"kind": "visits", "place": "coffee", "count": 1}, name="first")
    day.at(2).publish(POINT, first)
    day.happens(day.taps(*ODD))
    day.lives_on()
    assert sorted(day.fired("first")) == [(person, 2) for person in ODD], "never for the past"
    asked = day.venue_event(POINT, first, second)
    day.at(3).tell(ev.VenuePublished(0, day.clock.now_ms, asked.document, past=True))
    day.happens(day.taps(EVEN[0], EVEN[-1]))
    day.make_engine()
    day.lives_on()
    fired = sorted(day.fired("first"))
    assert fired == sorted([(person, 1) for person in EVEN] + [(person, 2) for person in ODD])
    assert sorted(day.fired("second")) == [(EVEN[0], 3), (EVEN[-1], 3)]
    day.agrees()
    day.folds_again()


def test_a_sweep_for_everybody_at_an_instant(day: Day) -> None:
    day.at(2).publish(rule({"kind": "schedule", "at": "2026-10-08T08:05", "each": "everyone"}))
    day.lives_on()
    day.at(5).happens()
    day.happens(day.taps(NAMES[7]))
    day.make_engine()
    day.at(6).lives_on()
    assert day.fired("r") == [(person, 5) for person in NAMES]
    day.agrees()
    day.folds_again()


def test_a_part_that_could_not_be_committed_is_looked_at_again(
    day: Day, store: FaultyStore
) -> None:
    day.at(2).publish(POINT, WELCOME, audiences=[DRINKERS])
    store.before = [ValueError("a fault")]
    with pytest.raises(ValueError, match="a fault"):
        day.happens()
    store.after = [ValueError("a fault")]
    with pytest.raises(ValueError, match="a fault"):
        day.happens()
    day.lives_on()
    assert parts(day) == [100, 100, 100, 50]
    assert members(day) == EVEN
    day.agrees()
