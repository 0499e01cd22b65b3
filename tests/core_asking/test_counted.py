"""What lies inside a window, for everything that can be counted, and when that changes."""

from typing import Any

import pytest

from hub.core.asking import Ask
from hub.core.state import Person
from tests.core_asking.ground import FOOD, PLACES, ask, clause, local_ms, somebody, view

ANN = somebody(
    visits={"coffee": (10, 20, 30), "bacon": (25,), "stage": (5, 40)},
    stays={"coffee": ((0, 4), (10, 16)), "stage": ((20, 29),)},
    earned=((5, 10), (15, -4), (25, 7)),
    place="bacon",
    since_ms=32,
)
"""Asked at 35, when the visit at 40 is yet to come."""

NOBODY = Person("bob")


def counted(**fields: Any) -> Ask:
    return ask("counted", **fields)


@pytest.mark.parametrize(
    ("test", "text", "saw", "figure", "nothing"),
    [
        ({"place": "coffee", "within": "20ms"},
         "visits at coffee within 20 ms", "2: 01:00:00, 01:00:00", 2, "none"),
        ({"place": "coffee"},
         "visits at coffee within the event", "3: 01:00:00, 01:00:00, 01:00:00", 3, "none"),
        ({"place": "stage"}, "visits at stage within the event", "1: 01:00:00", 1, "none"),
        ({"group": "food", "within": "15ms"},
         "visits at food within 15 ms", "2: 01:00:00, 01:00:00", 2, "none"),
        ({"within": "31ms"}, "visits at any place within 31 ms",
         "5: 01:00:00, 01:00:00, 01:00:00, 01:00:00, 01:00:00", 5, "none"),
        ({"of": "taps", "place": "coffee", "within": "5ms"},
         "taps at coffee within 5 ms", "none", 0, "none"),
        ({"of": "stays"}, "stays at any place within the event", "4", 4, "0"),
        ({"of": "stays", "place": "coffee"}, "stays at coffee within the event", "2", 2, "0"),
        ({"of": "stays", "group": "food", "within": "19ms"},
         "stays at food within 19 ms", "1", 1, "0"),
        ({"of": "points"}, "additions of points within the event",
         "3: 01:00:00, 01:00:00, 01:00:00", 3, "none"),
        ({"of": "points", "within": "20ms"}, "additions of points within 20 ms",
         "1: 01:00:00", 1, "none"),
    ],
)  # fmt: skip
def test_count(test: dict[str, Any], text: str, saw: str, figure: int, nothing: str) -> None:
    at_least = counted(at_least=figure, **test)
    found = clause(at_least, ANN, 35)
    assert (found.text, found.held, found.saw) == (f"at least {figure} {text}", True, saw)
    assert not clause(counted(at_least=figure + 1, **test), ANN, 35).held
    assert clause(counted(at_most=figure, **test), ANN, 35).held
    if figure:
        assert not clause(counted(at_most=figure - 1, **test), ANN, 35).held
        assert not clause(at_least, NOBODY, 35).held
    empty = clause(counted(at_least=0, at_most=0, **test), NOBODY, 35)
    assert (empty.held, empty.saw) == (True, nothing)


@pytest.mark.parametrize(
    ("test", "text", "saw", "figure", "nothing"),
    [
        ({"group": "food"}, "different places of food with visits", "2 of 3: bacon, coffee", 2,
         "0 of 3: none"),
        ({}, "different places with visits", "3 of 4: bacon, coffee, stage", 3, "0 of 4: none"),
        ({"within": "10ms"}, "different places with visits", "1 of 4: coffee", 1, "0 of 4: none"),
        ({"of": "taps", "within": "11ms"}, "different places with taps", "2 of 4: bacon, coffee",
         2, "0 of 4: none"),
        ({"of": "stays"}, "different places with stays", "3 of 4: bacon, coffee, stage", 3,
         "0 of 4: none"),
        ({"of": "stays", "group": "food", "within": "5ms"},
         "different places of food with stays", "1 of 3: bacon", 1, "0 of 3: none"),
    ],
)  # fmt: skip
def test_distinct(test: dict[str, Any], text: str, saw: str, figure: int, nothing: str) -> None:
    asked = counted(take="distinct", at_least=figure, at_most=figure, **test)
    found = clause(asked, ANN, 35)
    within = {"5ms": "5 ms", "10ms": "10 ms", "11ms": "11 ms"}.get(test.get("within", ""))
    assert found.text == f"exactly {figure} {text} within {within or 'the event'}"
    assert (found.held, found.saw) == (True, saw)
    none = clause(asked, NOBODY, 35)
    assert (none.held, none.saw) == (False, nothing)


@pytest.mark.parametrize(
    ("take", "test", "text", "figure"),
    [
        ("sum", {}, "{} spent at any place within the event", 22),
        ("sum", {"place": "coffee"}, "{} spent at coffee within the event", 10),
        ("sum", {"place": "coffee", "within": "20ms"}, "{} spent at coffee within 20 ms", 6),
        ("sum", {"place": "bacon", "within": "1ms"}, "{} spent at bacon within 1 ms", 3),
        ("sum", {"place": "juice"}, "{} spent at juice within the event", 0),
        ("max", {}, "longest stay at any place within the event: {}", 9),
        ("max", {"group": "food"}, "longest stay at food within the event: {}", 6),
        ("max", {"within": "1ms"}, "longest stay at any place within 1 ms: {}", 3),
        ("min", {}, "shortest stay at any place within the event: {}", 3),
        ("min", {"place": "coffee"}, "shortest stay at coffee within the event: {}", 4),
        ("min", {"place": "coffee", "within": "20ms"}, "shortest stay at coffee within 20 ms: {}",
         6),
    ],
)  # fmt: skip
def test_lengths_of_stays(take: str, test: dict[str, Any], text: str, figure: int) -> None:
    exactly = {"at_least": f"{figure}ms", "at_most": f"{figure}ms"}
    found = clause(counted(of="stays", take=take, **test, **exactly), ANN, 35)
    assert found.text == text.format(f"exactly {figure} ms")
    assert (found.held, found.saw) == (True, f"{figure} ms")
    more = counted(of="stays", take=take, at_least=f"{figure + 1}ms", **test)
    assert not clause(more, ANN, 35).held


@pytest.mark.parametrize(
    ("take", "test", "text", "figure"),
    [
        ("sum", {}, "exactly 13 points added within the event", 13),
        ("sum", {"within": "30ms"}, "exactly 3 points added within 30 ms", 3),
        ("sum", {"within": "1ms"}, "exactly 0 points added within 1 ms", 0),
        ("min", {}, "smallest addition of points within the event: exactly -4", -4),
        ("max", {"within": "30ms"}, "largest addition of points within 30 ms: exactly 7", 7),
    ],
)
def test_points(take: str, test: dict[str, Any], text: str, figure: int) -> None:
    found = clause(
        counted(of="points", take=take, at_least=figure, at_most=figure, **test), ANN, 35
    )
    assert (found.text, found.held, found.saw) == (text, True, str(figure))
    assert not clause(counted(of="points", take=take, at_least=figure + 0.5, **test), ANN, 35).held


@pytest.mark.parametrize("take", ["min", "max"])
@pytest.mark.parametrize(("of", "bound"), [("stays", "0s"), ("points", -100)])
def test_the_least_and_the_most_of_nothing_are_unknown(take: str, of: str, bound: object) -> None:
    for bounds in ({"at_least": bound}, {"at_most": bound}):
        found = clause(counted(of=of, take=take, **bounds), NOBODY, 35)
        assert (found.held, found.saw) == (False, "unknown")
        assert counted(of=of, take=take, **bounds).until_ms(view(NOBODY, 35)) is None


@pytest.mark.parametrize(
    ("test", "keys"),
    [
        ({"place": "coffee"}, {"visit:coffee"}),
        ({"of": "taps", "group": "food"}, {f"tap:{place}" for place in FOOD}),
        ({"of": "stays"}, {f"stay:{place}" for place in PLACES}),
        ({"of": "points"}, {"points"}),
    ],
)
def test_keys(test: dict[str, Any], keys: set[str]) -> None:
    asked = counted(at_least=1, **test)
    assert asked.keys == keys
    assert (asked.is_timed, asked.is_personal) == (True, True)


def test_a_clause_lists_the_last_five() -> None:
    minutes = tuple(local_ms("2026-10-08T10:00") + minute * 60_000 for minute in range(7))
    asked = counted(place="coffee", at_least=1)
    found = clause(asked, somebody({"coffee": minutes}), minutes[-1])
    assert found.saw == "7: ... 10:02:00, 10:03:00, 10:04:00, 10:05:00, 10:06:00"


@pytest.mark.parametrize(
    ("bounds", "at_ms", "until_ms"),
    [
        ({"at_least": 3}, 30, 110),
        ({"at_least": 2}, 30, 120),
        ({"at_least": 1}, 30, 130),
        ({"at_least": 4}, 30, None),
        ({"at_least": 0}, 30, None),
        ({"at_most": 2}, 30, 110),
        ({"at_most": 1}, 30, 120),
        ({"at_most": 0}, 30, 130),
        ({"at_most": 3}, 30, None),
        ({"at_least": 1, "at_most": 2}, 30, 110),
        ({"at_least": 1, "at_most": 2}, 110, 130),
        ({"at_least": 1, "at_most": 2}, 130, None),
        ({"at_least": 3}, 5, 10),
        ({"at_least": 3}, 10, 20),
    ],
)
def test_what_leaves_changes_a_count(
    bounds: dict[str, int], at_ms: int, until_ms: int | None
) -> None:
    ann = somebody({"coffee": (10, 20, 30)})
    assert counted(place="coffee", within="100ms", **bounds).until_ms(view(ann, at_ms)) == until_ms


@pytest.mark.parametrize(
    ("take", "bounds", "until_ms"),
    [
        ("sum", {"at_least": "25ms"}, 45),  # 6 of a closed one, 19 of that which goes on
        ("sum", {"at_most": "24ms"}, 45),
        ("sum", {"at_least": "200ms"}, 226),  # what was closed is gone then
        ("max", {"at_least": "10ms"}, 36),
        ("max", {"at_most": "10ms"}, 37),
        ("min", {"at_least": "5ms"}, 31),
        ("min", {"at_least": "7ms"}, 116),  # when the closed one of 6 leaves
        ("count", {"at_least": 2}, 116),
        ("count", {"at_least": 1}, None),
        ("distinct", {"at_least": 2}, 116),
    ],
)
def test_a_stay_that_goes_on_gets_longer(
    take: str, bounds: dict[str, Any], until_ms: int | None
) -> None:
    ann = somebody(stays={"coffee": ((10, 16),)}, place="bacon", since_ms=26)
    asked = counted(of="stays", take=take, group="food", within="100ms", **bounds)
    assert asked.until_ms(view(ann, 30)) == until_ms


def test_of_the_whole_event_a_sum_only_grows() -> None:
    ann = somebody(stays={"coffee": ((10, 16),)}, place="coffee", since_ms=26)
    asked = counted(of="stays", take="sum", place="coffee", at_least="25ms", at_most="30ms")
    assert asked.until_ms(view(ann, 30)) == 45
    assert asked.until_ms(view(ann, 45)) == 51
    assert asked.until_ms(view(ann, 51)) is None


def test_points_of_one_hour_leave_together() -> None:
    ten = local_ms("2026-10-08T10:00")
    ann = somebody(earned=((ten, 5), (ten + 1, -5), (ten + 2, 3)))
    some = counted(of="points", take="sum", within="hour", at_least=3)
    assert some.until_ms(view(ann, ten + 2)) == local_ms("2026-10-08T11:00")
    few = counted(of="points", take="sum", within="hour", at_most=3)
    assert few.until_ms(view(ann, ten + 2)) is None, "at no instant the 5 are gone alone"


@pytest.mark.parametrize(
    ("at_ms", "holds", "until_ms"),
    [(9, False, 10), (10, False, 25), (25, True, 40), (40, True, 130), (130, False, None)],
)
def test_as_of_an_instant_before_it_ended_a_stay_goes_on(
    at_ms: int, holds: bool, until_ms: int | None
) -> None:
    ann = somebody(stays={"coffee": ((10, 30),)}, place="bacon", since_ms=40)
    asked = counted(of="stays", take="max", place="coffee", within="100ms", at_least="15ms")
    assert asked.holds(view(ann, at_ms)) is holds
    found = asked.until_ms(view(ann, at_ms))
    assert found == (30 if at_ms == 25 else until_ms)


def test_a_stay_that_has_not_begun_does_not_count_yet() -> None:
    ann = somebody(place="coffee", since_ms=50)
    asked = counted(of="stays", place="coffee", at_least=1)
    assert not asked.holds(view(ann, 49))
    assert asked.until_ms(view(ann, 49)) == 50
    assert asked.holds(view(ann, 50))
