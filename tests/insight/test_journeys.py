"""Journeys agree with looking at each of them, one by one."""

from collections import Counter, defaultdict
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.clock import ManualClock
from hub.core import document as d
from hub.insight.journeys import (
    OTHERS,
    PATHS_MAX,
    STOPS_MAX,
    Journey,
    Node,
    collapsed,
    journeys_of,
    report,
    tally,
)
from hub.insight.movements import OPEN, TAP, Movements, Visit
from hub.insight.service import Insight
from hub.insight.sheets import sheets_of
from hub.insight.spans import Asked
from hub.store.insight import Move
from tests.insight.made import Made

FEW = st.sampled_from("abcd")
MANY = st.sampled_from([f"place-{n}" for n in range(STOPS_MAX + 6)])
ROUTES = st.lists(st.one_of(st.lists(FEW, max_size=9), st.lists(MANY, max_size=4)), max_size=40)


def journeys(routes: list[list[str]]) -> list[Journey]:
    return [collapsed(route) for route in routes]


@given(st.lists(FEW, max_size=12))
def test_collapsing_leaves_no_neighbours_alike_and_keeps_the_order(route: list[str]) -> None:
    expected: list[str] = []
    for place in route:
        if not expected or expected[-1] != place:
            expected.append(place)
    assert list(collapsed(route)) == expected


@given(ROUTES, st.integers(1, 6))
def test_steps_and_paths(routes: list[list[str]], steps: int) -> None:
    made = [one for one in journeys(routes) if one]
    found = report(tally(iter(made), steps), steps)
    assert found.journeys == len(made)
    for step in found.steps:
        reached = [one for one in made if len(one) >= step.step]
        on = [one for one in made if len(one) > step.step]
        assert (step.reached, step.ended) == (len(reached), len(reached) - len(on))
        assert step.share_on == len(on) / len(reached)
    assert len(found.steps) == max((min(len(one), steps) for one in made), default=0)
    paths = Counter((one[:steps], len(one) > steps) for one in made)
    assert len(found.paths) == min(PATHS_MAX, len(paths))
    for path in found.paths:
        assert paths[path.places, path.longer] == path.people
    listed = sum(path.people for path in found.paths)
    assert listed == sum(number for _, number in paths.most_common(PATHS_MAX))


@given(ROUTES, st.integers(1, 6), st.integers(1, 30))
def test_the_tree_adds_up(routes: list[list[str]], steps: int, nodes_max: int) -> None:
    made = [one for one in journeys(routes) if one]
    tree = report(tally(made, steps), steps, nodes_max).tree
    begins = {one[:n] for one in made for n in range(1, min(len(one), steps) + 1)}
    assert len(tree) == min(nodes_max, len(begins))
    below: dict[int | None, list[Node]] = defaultdict(list)
    for number, node in enumerate(tree):
        assert node.id == number
        assert node.parent is None or node.parent < number
        below[node.parent].append(node)
    for node in tree:
        begin = _begin(tree, node)
        same = [one for one in made if one[: len(begin)] == begin]
        assert node.people == len(same)
        assert node.ended == sum(one == begin for one in same)
        assert node.longer == (sum(one != begin for one in same) if node.step == steps else 0)
        kept = sum(child.people for child in below[node.id])
        assert node.people == node.ended + node.longer + node.others + kept
        assert node.others >= 0
    rarest = min((node.people for node in tree), default=0)
    left_out = begins - {_begin(tree, node) for node in tree}
    for begin in left_out:
        assert sum(one[: len(begin)] == begin for one in made) <= rarest


def _begin(tree: list[Node], node: Node) -> Journey:
    head = () if node.parent is None else _begin(tree, tree[node.parent])
    return (*head, node.place)


@given(ROUTES, st.integers(1, 6))
def test_stops_and_bands_lose_nobody(routes: list[list[str]], steps: int) -> None:
    made = [one for one in journeys(routes) if one]
    found = report(tally(made, steps), steps)
    for step in found.steps:
        stops = [stop for stop in found.stops if stop.step == step.step]
        assert len(stops) <= STOPS_MAX
        assert sum(stop.people for stop in stops) == step.reached
        assert sum(stop.ended for stop in stops) == step.ended
        for stop in stops:
            here = [one for one in made if len(one) >= step.step]
            same = [one for one in here if one[step.step - 1] == stop.place]
            assert stop.place == OTHERS or stop.people == len(same)
            out = sum(
                b.people for b in found.bands if (b.step, b.source) == (stop.step, stop.place)
            )
            into = sum(
                b.people for b in found.bands if (b.step + 1, b.target) == (stop.step, stop.place)
            )
            assert into == (stop.people if stop.step > 1 else 0)
            assert out == (stop.people - stop.ended if stop.step < steps else 0)


@pytest.mark.parametrize("by_day", [False, True])
def test_of_the_made_event(made: Made, by_day: bool) -> None:
    days: dict[tuple[str, object], list[tuple[int, str]]] = defaultdict(list)
    for visit in made.visits:
        date = datetime.fromtimestamp(visit.at_ms / 1000, ZoneInfo("Europe/Berlin")).date()
        days[visit.person, date if by_day else None].append((visit.at_ms, visit.place))
    expected = Counter(collapsed(place for _, place in sorted(came))[:4] for came in days.values())
    found = Insight(made.store, ManualClock(0)).journeys(Asked(), 4, by_day=by_day)
    counted: Counter[Journey] = Counter()
    for path in found.paths:
        counted[path.places] += path.people
    assert counted == expected
    for sheet in sheets_of(found).values():
        assert {len(row) for row in sheet.rows} <= {len(sheet.columns)}


def _movements(*moves: Move) -> Movements:
    venue = d.Venue(
        d.EventInfo("e", "E", "UTC", "2026-01-01T00:00", "2026-01-02T00:00"),
        [d.Place("bar", "Bar", visits_by="tap"), d.Place("hall", "Hall"), d.Place("den", "Den")],
    )
    return Movements(venue, {"other": "ann"}).take(moves)


def test_what_is_a_visit() -> None:
    found = _movements(
        Move(1, "ann", "tapped", "hall", 5),
        Move(2, "ann", "entered", "bar", 10),
        Move(3, "ann", "tapped", "bar", 12),
        Move(4, "ann", "entered", "hall", 20),
        Move(5, "ann", "left", "bar", 25),
        Move(6, "ann", "entered", "den", 30),
        Move(7, "ann", "entered", "gone", 40),
        Move(8, "other", "entered", "hall", 45),
        Move(9, "ann", "left_venue", "den", 50),
        Move(10, "ann", "tapped", "bar", 1),
        Move(11, "bob", "left", "hall", 60),
    )
    assert dict(found.people()) == {
        "ann": [
            Visit(1, 0, TAP), Visit(12, 0, TAP), Visit(20, 1, 30), Visit(30, 2, 40),
            Visit(45, 1, OPEN),
        ]
    }  # fmt: skip
    assert found.changes(0) == [(10, 1), (20, -1)]
    assert found.changes(1) == [(20, 1), (30, -1), (45, 1)]
    assert list(journeys_of(found, "UTC")) == [("bar", "hall", "den", "hall")]
    assert found.span() == (1, 45)
