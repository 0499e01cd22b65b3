"""The evaluator itself against tables written by hand: each trigger, both edges of each window."""

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from tests.core_histories.telling import Script, Told, document, rule

COFFEE: Final = {"kind": "visits", "place": "coffee"}
TRIGGERS: Final[list[tuple[dict[str, Any], Script, list[float]]]] = [
    ({"kind": "tap", "place": "stage"}, [(1, "tap", "stage"), (2, "in", "stage")], [1]),
    ({"kind": "visit", "place": "stage"}, [(1, "tap", "stage"), (2, "in", "stage")], [2]),
    ({"kind": "visit", "group": "mixed"}, [(1, "tap", "bacon"), (2, "in", "stage")], [1, 2]),
    ({"kind": "visit", "place": "stage", "at_least": "10s"}, [(1, "in", "stage")], [11]),
    (
        {"kind": "visit", "place": "stage", "at_least": "10s"},
        [(1, "in", "stage"), (11, "out", "stage")],
        [],
    ),
    (
        {"kind": "visit", "place": "stage", "at_least": "10s"},
        [(1, "in", "stage"), (11.001, "out", "stage")],
        [11],
    ),
    ({"kind": "left", "place": "stage"}, [(1, "in", "stage"), (3, "out", "stage")], [3]),
    ({"kind": "left", "group": "halls"}, [(1, "in", "stage"), (3, "in", "floor")], [3]),
    (
        {"kind": "left", "place": "stage", "at_least": "2s"},
        [(1, "in", "stage"), (2.999, "out", "stage"), (5, "in", "stage"), (7, "gone", "stage")],
        [7],
    ),
    ({"kind": "left_venue"}, [(1, "in", "stage"), (3, "out", "stage"), (4, "gone", "stage")], [4]),
    (
        COFFEE | {"count": 2, "within": "10s"},
        [(0, "tap", "coffee"), (9.999, "tap", "coffee")],
        [9.999],
    ),
    (COFFEE | {"count": 2, "within": "10s"}, [(0, "tap", "coffee"), (10, "tap", "coffee")], []),
    (COFFEE | {"count": 2}, [(t, "tap", "coffee") for t in (0, 1, 2)], [1]),
    (
        COFFEE | {"count": 2, "within": "10s"},
        [(t, "tap", "coffee") for t in (0, 5, 10, 15, 20, 27)],
        [5, 10, 15, 20, 27],
    ),
    (
        {"kind": "visits", "group": "food", "count": 2, "within": "10s"},
        [(0, "tap", "coffee"), (0, "tap", "bacon")],
        [0],
    ),
    ({"kind": "distinct", "group": "food"}, [(0, "tap", "coffee"), (5, "tap", "bacon")], [5]),
    (
        {"kind": "distinct", "group": "food", "within": "5s"},
        [(0, "tap", "coffee"), (5, "tap", "bacon"), (6, "tap", "coffee")],
        [6],
    ),
    (
        {"kind": "dwell", "place": "stage", "at_least": "10s"},
        [(0, "in", "stage"), (6, "out", "stage"), (20, "in", "stage")],
        [24],
    ),
    (
        {"kind": "dwell", "place": "stage", "at_least": "10s"},
        [(0, "in", "stage"), (10, "out", "stage"), (20, "in", "stage"), (40, "in", "stage")],
        [20],
    ),
    (
        {"kind": "sequence", "first": "coffee", "then": "stage", "within": "10s"},
        [(0, "tap", "coffee"), (9.999, "in", "stage"), (10, "in", "stage")],
        [9.999],
    ),
    (
        {"kind": "sequence", "first": "coffee", "then": "bacon"},
        [(1, "tap", "coffee"), (1, "tap", "bacon"), (50, "tap", "bacon")],
        [50],
    ),
    (
        {"kind": "without", "first": "coffee", "then": "bacon", "within": "10s"},
        [(1, "tap", "coffee")],
        [11],
    ),
    (
        {"kind": "without", "first": "coffee", "then": "bacon", "within": "10s"},
        [(1, "tap", "coffee"), (11, "tap", "bacon")],
        [],
    ),
    (
        {"kind": "without", "first": "coffee", "then": "bacon", "within": "10s"},
        [(1, "tap", "bacon"), (1, "tap", "coffee"), (11.001, "tap", "bacon")],
        [11],
    ),
    ({"kind": "absent", "place": "coffee", "for": "10s"}, [(1, "tap", "coffee")], [11]),
    (
        {"kind": "absent", "place": "coffee", "for": "10s"},
        [(1, "tap", "coffee"), (11, "tap", "coffee"), (30, "tap", "coffee")],
        [21, 40],
    ),
    ({"kind": "absent", "place": "coffee", "for": "10s"}, [(1, "tap", "bacon")], [11]),
    ({"kind": "absent", "for": "10s"}, [(1, "tap", "bacon"), (5, "in", "stage")], [15]),
    ({"kind": "absent", "place": "coffee", "by": "2026-10-10T10:01"}, [(60, "tap", "coffee")], []),
    (
        {"kind": "absent", "place": "coffee", "by": "2026-10-10T10:01"},
        [(61, "tap", "coffee")],
        [60],
    ),
    ({"kind": "schedule", "every": "30s", "each": "everyone"}, [], [0, 30, 60, 90]),
    ({"kind": "schedule", "daily": "10:01", "each": "everyone"}, [], [60]),
    ({"kind": "schedule", "at": "2026-10-10T10:01", "each": "everyone"}, [], [60]),
    ({"kind": "schedule", "cron": "1 10 * * sat", "each": "everyone"}, [], [60]),
    ({"kind": "schedule", "cron": "1 10 * * sun", "each": "everyone"}, [], []),
    ({"kind": "tap", "place": "coffee"}, [(1, "in", "coffee"), (2, "tap", "coffee")], [2]),
    ({"kind": "visit", "place": "coffee"}, [(1, "in", "coffee"), (2, "tap", "coffee")], [2]),
]  # fmt: skip


@pytest.mark.parametrize(("when", "script", "fires"), TRIGGERS)
def test_triggers(when: dict[str, Any], script: Script, fires: list[float]) -> None:
    assert Told(document(rule(when))).play(script).until(100).said() == fires


@pytest.mark.parametrize(
    ("before", "after", "fires"),
    [
        ("2026-10-10T10:59:59", "2026-10-10T11:00:00", []),
        ("2026-10-10T11:00:00", "2026-10-10T11:59:59", [0]),
        ("2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", []),
    ],
)
def test_a_calendar_hour(before: str, after: str, fires: list[float]) -> None:
    when = COFFEE | {"count": 2, "within": "hour"}
    _two_taps(when, before, after, fires)


@pytest.mark.parametrize(
    ("before", "after", "fires"),
    [
        ("2026-10-10T23:59:59", "2026-10-11T00:00:00", []),
        ("2026-10-25T00:00:00", "2026-10-25T23:59:59", [0]),
        ("2026-10-24T00:00:00", "2026-10-25T00:00:00", []),
    ],
)
def test_a_calendar_day(before: str, after: str, fires: list[float]) -> None:
    _two_taps(COFFEE | {"count": 2, "within": "day"}, before, after, fires)


@pytest.mark.parametrize(
    ("before", "after", "fires"),
    [
        ("2026-10-11T23:59:59", "2026-10-12T00:00:00", []),
        ("2026-10-12T00:00:00", "2026-10-18T23:59:59", [0]),
    ],
)
def test_a_calendar_week(before: str, after: str, fires: list[float]) -> None:
    _two_taps(COFFEE | {"count": 2, "within": "week"}, before, after, fires)


def _two_taps(when: dict[str, Any], before: str, after: str, fires: list[float]) -> None:
    first, second = (datetime.fromisoformat(text) for text in (before, after))
    zone = ZoneInfo("Europe/Berlin")
    first_ms, second_ms = (
        round((d if d.tzinfo else d.replace(tzinfo=zone)).timestamp() * 1_000)
        for d in (first, second)
    )
    told = Told(document(rule(when)), second_ms)
    told.evaluator.clock_ms = 0
    told.tap((first_ms - second_ms) / 1_000, late=(second_ms - first_ms) / 1_000)
    told.tap(0)
    assert told.said() == fires
