"""How often: a limit holds for the first and the thousandth cause, in order and late."""

from typing import Any

import pytest

from tests.core.fold import MIN, TAP, Fold, document, rule


def fold_of(**limit: Any) -> Fold:
    return Fold(document(rule(TAP, limit=limit))).join("ann", "bob")


@pytest.mark.parametrize(
    ("limit", "taps", "fires"),
    [
        ({"once": True}, [1, 2, 500], [1]),
        ({"every": "10min"}, [0, 9.999, 10, 19, 20], [0, 10, 20]),
        ({"at_most": 2}, [0, 1, 2, 999], [0, 1]),
        ({"at_most": 2, "within": "1h"}, [0, 1, 59, 60, 60.5, 61], [0, 1, 60, 61]),
        ({"at_most": 3, "every": "10min"}, [0, 5, 10, 20, 30], [0, 10, 20]),
    ],
)
def test_in_order(limit: dict[str, Any], taps: list[float], fires: list[float]) -> None:
    fold = fold_of(**limit).taps(*taps)
    assert fold.fired() == fires
    assert fold.suppressed() == [minute for minute in taps if minute not in fires]


@pytest.mark.parametrize(
    ("limit", "first", "late", "fires"),
    [
        ({"once": True}, [10], 5, False),
        ({"every": "10min"}, [10], 5, False),
        ({"every": "10min"}, [10], 0, True),
        ({"at_most": 2, "within": "1h"}, [30, 40], 0, False),
        ({"at_most": 2, "within": "1h"}, [30, 80], 29, False),
        ({"at_most": 2, "within": "1h"}, [30, 80], 20, True),
        ({"at_most": 2, "within": "1h"}, [30, 60], 0, True),
    ],
)
def test_a_late_cause_may_not_make_a_stretch_too_full(
    limit: dict[str, Any], first: list[float], late: float, fires: bool
) -> None:
    fold = fold_of(**limit).taps(*first)
    fold.tap(late, late=300)
    assert (late in fold.fired()) is fires


@pytest.mark.parametrize(
    ("limit", "reason"),
    [
        ({"once": True}, "limit: once for each person, and it fired at 08:01:00"),
        ({"every": "2h"}, "limit: once every 2 h, and it fired at 08:01:00"),
        ({"at_most": 1}, "limit: 1 within the event, and it fired 1 times"),
        ({"at_most": 1, "within": "90s"}, "limit: 1 within 1.5 min, and it fired 1 times"),
    ],
)
def test_a_limit_says_so(limit: dict[str, Any], reason: str) -> None:
    fold = fold_of(**limit).taps(1, 2)
    (fired, suppressed) = fold.decisions
    assert (fired.reason, suppressed.reason) == ("taps at coffee", reason)
    assert fired.key != suppressed.key


def test_a_limit_is_for_each_person() -> None:
    fold = fold_of(once=True)
    fold.tap(1, "ann")
    fold.tap(1, "bob")
    assert (fold.fired(), fold.fired(who="bob")) == ([1], [1])


def test_once_holds_under_a_hundred_identical_simultaneous_events() -> None:
    give = {"do": "reward", "pool": "card", "title": "A card"}
    fold = Fold(document(rule(TAP, give, limit={"once": True}))).join("ann")
    for _ in range(100):
        fold.tap(1)
    assert (len(fold.fired()), len(fold.grants), fold.state.pools["card"].left) == (1, 1, 1)


def test_what_a_rule_did_is_remembered_in_bounds() -> None:
    fold = Fold(document(rule(TAP))).join("ann").taps(*range(100))
    fired = fold.person().fired["r"]
    assert (fired.count, len(fired.recent_ms)) == (100, 64)
    assert fired.recent_ms[-1] == fold.opens_ms + 99 * MIN


def test_a_person_may_be_called_no() -> None:
    fold = Fold(document(rule(TAP, limit={"once": True}))).join("no")
    fold.tap(1, "no")
    assert fold.fired(who="no") == [1]


@pytest.mark.parametrize("edge_ms", [-1, 0, 1])
@pytest.mark.parametrize(
    ("within", "again"),
    [("90s", 1.5), ("1h", 60), ("hour", 60), ("day", 16 * 60), ("week", (3 * 24 + 16) * 60)],
)
def test_a_window_of_a_limit_allows_again_exactly_when_the_first_no_longer_counts(
    within: str, again: float, edge_ms: int
) -> None:
    """The first is at 08:00 on a Thursday: an hour, a day and a week end at their own instants."""
    venue = document(
        rule(TAP, limit={"at_most": 1, "within": within}), event={"ends": "2026-10-20T10:00"}
    )
    fold = Fold(venue).join("ann").taps(0)
    fold.tap(again + edge_ms / MIN)
    assert fold.because() == ["", "limit" if edge_ms < 0 else ""]


@pytest.mark.parametrize("edge_ms", [-1, 0, 1])
@pytest.mark.parametrize(
    ("when", "due"), [({"after": "30min"}, 31.0), ({"at": "09:15"}, 75.0),
                      ({"at": "07:00 next morning"}, 23 * 60.0)],
)  # fmt: skip
def test_a_follow_up_comes_at_exactly_its_instant(
    when: dict[str, str], due: float, edge_ms: int
) -> None:
    later = {"do": "follow_up", "then": [{"do": "tag", "tag": "later"}], **when}
    fold = Fold(document(rule(TAP, later))).join("ann").taps(1)
    fold.pass_to(due + edge_ms / MIN)
    assert fold.fired() == ([1] if edge_ms < 0 else [1, due])
