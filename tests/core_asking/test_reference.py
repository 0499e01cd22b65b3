"""Random pasts and conditions against a slow reference, at each millisecond of a stretch."""

from typing import Any, Final

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core import document as doc
from hub.core.asking import compile_condition
from hub.core.spans import duration_ms
from hub.core.state import Person
from tests.core_asking.ground import FOOD, GROUND, PLACES, local_ms, somebody, view

END_MS: Final = 60
PAST_MS: Final = 30
MANY: Final = settings(max_examples=300, deadline=2_000)
MINUTE_MS: Final = 60_000

instants = st.integers(1, PAST_MS)
times = st.lists(instants, max_size=5).map(lambda found: tuple(sorted(found)))
durations = st.integers(0, 25).map("{}ms".format)
counts = st.integers(0, 5)


@st.composite
def people(draw: st.DrawFn) -> Person:
    """Somebody at one place after the other, who may have begun a stay that goes on."""
    edges = sorted(draw(st.lists(instants, max_size=9)))
    where = draw(st.lists(st.sampled_from(PLACES), min_size=5, max_size=5))
    stays: dict[str, tuple[tuple[int, int], ...]] = {}
    pairs = list(zip(edges[::2], edges[1::2], strict=False))
    for (from_ms, until_ms), place in zip(pairs, where, strict=False):
        stays[place] = (*stays.get(place, ()), (from_ms, until_ms))
    is_there = len(edges) % 2 == 1
    visits = draw(st.dictionaries(st.sampled_from(PLACES), times))
    earned = draw(st.lists(st.tuples(instants, st.integers(-3, 5)), max_size=5))
    return somebody(
        visits=visits,
        stays=stays,
        earned=tuple(sorted(earned)),
        place=where[len(pairs)] if is_there and len(pairs) < len(where) else None,
        since_ms=edges[-1] if is_there else 0,
    )


@st.composite
def countings(draw: st.DrawFn) -> dict[str, Any]:
    of, take = draw(
        st.sampled_from(
            [("visits", "count"), ("visits", "distinct"), ("taps", "count"), ("taps", "distinct"),
             ("stays", "count"), ("stays", "distinct"), ("stays", "sum"), ("stays", "min"),
             ("stays", "max"), ("points", "count"), ("points", "sum"), ("points", "min"),
             ("points", "max")]
        )
    )  # fmt: skip
    is_length = of == "stays" and take in {"sum", "min", "max"}
    low, high = sorted((draw(counts), draw(counts))) if not is_length else (0, 0)
    if is_length:
        low, high = sorted((draw(st.integers(0, 25)), draw(st.integers(0, 25))))
    given_bounds = draw(st.sampled_from([("at_least",), ("at_most",), ("at_least", "at_most")]))
    spelled = {"at_least": f"{low}ms", "at_most": f"{high}ms"} if is_length else {
        "at_least": low, "at_most": high}  # fmt: skip
    places = [{}, {"group": "food"}] if take == "distinct" else [{}, {"group": "food"},
        {"place": "coffee"}]  # fmt: skip
    return {
        "check": "counted", "of": of, "take": take,
        "within": draw(st.sampled_from(["event", "1ms", "4ms", "10ms", "25ms"])),
        **({} if of == "points" else draw(st.sampled_from(places))),
        **{bound: spelled[bound] for bound in given_bounds},
    }  # fmt: skip


tags = st.fixed_dictionaries({"check": st.just("tag"), "tag": st.sampled_from("ab")})
trees = st.recursive(
    st.one_of(countings(), countings(), tags),
    lambda inner: st.fixed_dictionaries(
        {
            "check": st.sampled_from(["all", "any", "none"]),
            "of": st.lists(inner, min_size=1, max_size=3),
        }
    ),
    max_leaves=5,
)


def held(test: dict[str, Any], person: Person, at_ms: int) -> bool:
    """The slow reference: everything is looked at anew, as of the instant."""
    match test["check"]:
        case "tag":
            return str(test["tag"]) in person.tags
        case "all":
            return all(held(one, person, at_ms) for one in test["of"])
        case "any":
            return any(held(one, person, at_ms) for one in test["of"])
        case "none":
            return not any(held(one, person, at_ms) for one in test["of"])
        case _:
            return _is_within(test, _figure(test, person, at_ms))


def _is_within(test: dict[str, Any], figure: int | None) -> bool:
    low, high = test.get("at_least", -1_000), test.get("at_most", 1_000)
    low = duration_ms(low) if isinstance(low, str) else low
    high = duration_ms(high) if isinstance(high, str) else high
    return figure is not None and low <= figure <= high


def _figure(test: dict[str, Any], person: Person, at_ms: int) -> int | None:
    values = [
        (place, value)
        for place, counts_ms, value in _everything(test["of"], person, at_ms)
        if _is_asked(test, place) and _is_inside(test["within"], counts_ms, at_ms)
    ]
    match test["take"]:
        case "count":
            return len(values)
        case "distinct":
            return len({place for place, _ in values})
        case "sum":
            return sum(value for _, value in values)
        case "min":
            return min((value for _, value in values), default=None)
        case _:
            return max((value for _, value in values), default=None)


def _everything(of: str, person: Person, at_ms: int) -> list[tuple[str, int, int]]:
    if of == "points":
        return [("", one.at_ms, one.points) for one in person.earned]
    if of in {"visits", "taps"}:
        histories = person.visits if of == "visits" else person.taps
        return [(place, t_ms, 1) for place, times in histories.items() for t_ms in times]
    stays = [(place, one.from_ms, one.until_ms) for place, all_of_it in person.stays.items()
             for one in all_of_it]  # fmt: skip
    if person.place is not None:
        stays.append((person.place, person.since_ms, END_MS * 100))
    return [
        (place, min(until_ms, at_ms), min(until_ms, at_ms) - from_ms)
        for place, from_ms, until_ms in stays
        if from_ms <= at_ms
    ]


def _is_asked(test: dict[str, Any], place: str) -> bool:
    asked = (test["place"],) if "place" in test else FOOD if "group" in test else (place,)
    return place in asked


def _is_inside(within: str, t_ms: int, at_ms: int) -> bool:
    return t_ms <= at_ms and (within == "event" or at_ms - duration_ms(within) < t_ms)


def compiled(test: dict[str, Any]) -> Any:
    return compile_condition("rule 'r'", msgspec.convert(test, doc.Condition), GROUND)


@MANY
@given(trees, people())
def test_at_every_instant_it_is_what_the_reference_says(
    test: dict[str, Any], person: Person
) -> None:
    asked = compiled(test)
    for at_ms in range(END_MS):
        at = view(person, at_ms)
        assert asked.holds(at) is held(test, person, at_ms)
        assert all(one.held for one in asked.clauses(at)) is asked.holds(at)


@MANY
@given(trees, people())
def test_strictly_before_until_nothing_changes(test: dict[str, Any], person: Person) -> None:
    asked = compiled(test)
    answers = [held(test, person, at_ms) for at_ms in range(END_MS + 30)]
    for at_ms in range(END_MS):
        until_ms = asked.until_ms(view(person, at_ms))
        assert until_ms is None or until_ms > at_ms
        assert asked.is_timed or until_ms is None
        assert len(set(answers[at_ms:until_ms])) == 1


@MANY
@given(countings(), people(), st.integers(PAST_MS, END_MS))
def test_of_a_known_past_until_is_the_very_instant(
    test: dict[str, Any], person: Person, at_ms: int
) -> None:
    until_ms = compiled(test).until_ms(view(person, at_ms))
    now = held(test, person, at_ms)
    if until_ms is None:
        assert {held(test, person, then_ms) for then_ms in range(at_ms, END_MS + 30)} == {now}
    else:
        assert held(test, person, until_ms) is not now


@MANY
@given(
    st.sampled_from(["hour", "day", "week", "2h"]),
    st.sampled_from(["2026-03-28T20:00", "2026-10-24T20:00"]),
    st.lists(st.integers(0, 30 * 60), min_size=1, max_size=5),
    st.sampled_from([{"at_least": 1}, {"at_least": 2}, {"at_most": 1}, {"at_most": 2}]),
)
def test_on_days_of_23_and_25_hours_until_is_the_very_instant(
    within: str, begins: str, minutes: list[int], bounds: dict[str, int]
) -> None:
    begins_ms = local_ms(begins)
    times = tuple(sorted(begins_ms + minute * MINUTE_MS for minute in minutes))
    person = somebody({"coffee": times})
    asked = compiled({"check": "counted", "place": "coffee", "within": within, **bounds})
    at_ms = times[-1]
    now = asked.holds(view(person, at_ms))
    until_ms = asked.until_ms(view(person, at_ms))
    end_ms = until_ms or at_ms + 9 * 24 * 60 * MINUTE_MS
    looked = {*range(at_ms, end_ms, 15 * MINUTE_MS), end_ms - 1}
    assert {asked.holds(view(person, then_ms)) for then_ms in looked} == {now}
    assert until_ms is None or asked.holds(view(person, until_ms)) is not now
