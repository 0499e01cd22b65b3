"""The log of an event through the document in force gives the very decisions of the engine."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hub.core import events as ev
from hub.core.outcome import Decision
from tests.backtest.made import POINT, REWARD, Lived, decided_anew, lived, stored
from tests.core.fold import CONSENTS, MIN, rule, visits
from tests.databases import EVENT
from tests.engine.parts import OPENS_MS, FaultyStore

PUSH: Final = {"do": "push", "title": "Hello", "max_age": "10min"}
AUDIENCES: Final = [
    {"name": "keen", "if": {"check": "counted", "of": "visits", "within": "30min", "at_least": 2}},
    {"name": "rich", "if": {"check": "points", "at_least": 3}},
]
MIXED: Final[list[dict[str, Any]]] = [
    rule(visits(2, within="1h"), REWARD, name="twice", limit={"at_most": 2, "within": "event"}),
    rule({"kind": "tap", "place": "bacon"}, POINT, PUSH, name="each"),
    rule({"kind": "distinct", "group": "food", "count": 2}, name="two-stands"),
    rule({"kind": "dwell", "place": "stage", "at_least": "20min"}, REWARD, name="stayed"),
    rule({"kind": "visit", "place": "floor", "at_least": "5min"}, name="lasting"),
    rule({"kind": "left", "group": "halls", "at_least": "10min"}, PUSH, name="leaver"),
    rule({"kind": "sequence", "first": "coffee", "then": "bacon", "within": "40min"}, name="then"),
    rule({"kind": "without", "first": "coffee", "then": "juice", "within": "25min"},
         name="not-yet"),
    rule({"kind": "absent", "place": "bacon", "for": "50min"}, PUSH, name="missed"),
    rule({"kind": "audience", "audience": "keen"}, {"do": "tag", "tag": "keen"}, name="into"),
    rule({"kind": "audience", "audience": "rich", "change": "entered"}, REWARD, name="rich-one"),
    rule({"kind": "points", "at_least": 2}, name="second-point"),
    rule({"kind": "occupancy", "place": "stage", "at_least": 2}, {"do": "staff", "title": "Full"},
         name="full"),
    rule({"kind": "schedule", "every": "45min", "each": "everyone"}, name="round"),
    rule({"kind": "schedule", "daily": "09:10"}, {"do": "staff", "title": "Ten"}, name="daily"),
    rule({"kind": "rule", "rule": "twice", "after": "15min"}, PUSH, name="later"),
    rule({"kind": "redeemed"}, name="thanks"),
    rule({"kind": "call", "call": "shop"}, PUSH, name="bought"),
    rule({"kind": "present", "place": "stage"}, {"do": "mood", "lamps": ["Left"]}, name="mood"),
    rule({"kind": "tap", "place": "juice"}, {"do": "follow_up", "after": "12min", "then": [PUSH]},
         name="afterwards", stage="live"),
    rule({"kind": "tap", "place": "juice"}, POINT, name="quietly", stage="shadow"),
]  # fmt: skip
PEOPLE: Final = ["ann", "bob", "cid"]
IDS: Final = {"ids": [{"name": "email", "normalise": "email"}], "unknown_badges": "walk_in"}

people = st.sampled_from(PEOPLE)
minutes = st.integers(1, 20)
happenings = st.one_of(
    st.tuples(st.just("tap"), people, st.sampled_from(["coffee", "bacon", "juice"])),
    st.tuples(st.just("late"), people, st.sampled_from(["coffee", "bacon"])),
    st.tuples(st.just("enter"), people, st.sampled_from(["stage", "floor"])),
    st.tuples(st.just("leave"), people, st.just("stage")),
    st.tuples(st.just("call"), people, st.just("")),
    st.tuples(st.just("redeem"), people, st.just("")),
    st.tuples(st.just("stranger"), st.just("x1"), st.just("coffee")),
    st.tuples(st.just("lends"), people, st.just("x1")),
    st.tuples(st.just("says"), people, st.sampled_from(["a@example.org", "b@example.org"])),
    st.tuples(st.just("merge"), people, people),
)
SCRIPTS: Final = st.lists(st.tuples(minutes, happenings), min_size=5, max_size=20)


def happen(hub: Lived, minute: float, what: str, who: str, where: str) -> None:
    """One thing, as it would be told."""
    at_ms = OPENS_MS + round(minute * MIN)
    match what:
        case "tap" | "stranger":
            hub.tap(minute, who, where)
        case "late":
            hub.tap(minute - 15, who, where, late=15)
        case "enter":
            hub.move(minute, who, where)
        case "leave":
            hub.move(minute, who, where, "left")
        case "call":
            hub.happens(minute, ev.Called("shop", "call", at_ms, who))
        case "redeem" if len(hub.store.rewards.of(who)) > len(hub.log("redeemed")):
            hub.happens(minute, ev.Redeemed(who, "card", 0, at_ms))
        case "lends":
            hub.happens(minute, ev.Leased(where, who, at_ms))
        case "says":
            hub.happens(minute, ev.Registered(who, at_ms, ids={"email": [where]}))
        case "merge":
            hub.happens(minute, ev.Merged(who, where, at_ms, by="desk"))
        case _:
            pass


def unplaced(decisions: Mapping[str, Decision]) -> list[Decision]:
    """Decisions without where in the log they stand; what follows a place has that in its key.

    An engine may log a timer twice that was set anew for the same instant; the second does nothing.
    """
    bare = (
        replace(one, key=one.key.removesuffix(f"/{one.pos}"), pos=0) for one in decisions.values()
    )
    return sorted(bare, key=lambda one: (one.key, one.at_ms))


def same(hub: Lived) -> None:
    """What was stored is what is decided anew."""
    anew = decided_anew(hub)
    assert unplaced(anew.decisions) == unplaced(stored(hub))
    told = anew.told({}, {}, {})
    assert told.refused == {}
    assert told.faults == []


@settings(max_examples=12, deadline=None)
@given(script=SCRIPTS)
def test_any_event(script: list[tuple[int, tuple[str, str, str]]], sqlite_template: Path) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "hub.sqlite"
        shutil.copy(sqlite_template, path)
        with FaultyStore(f"sqlite:///{path}", EVENT) as store:
            hub = lived(store, *MIXED, audiences=AUDIENCES, **IDS)
            for person in PEOPLE:
                hub.enrol(person)
            minute = 16.0
            for length, (what, who, where) in script:
                minute += length
                happen(hub, minute, what, who, where)
            hub.close(minute + 90)
            same(hub)
            assert stored(hub)


@pytest.fixture
def store(database_url: str) -> Any:
    with FaultyStore(database_url, EVENT) as started:
        yield started


def test_merges_timers_sweeps_and_what_is_redeemed(store: FaultyStore) -> None:
    hub = lived(store, *MIXED, audiences=AUDIENCES, **IDS)
    for person in PEOPLE:
        hub.enrol(person)
    for number, (what, who, where) in enumerate(
        [
            ("stranger", "x1", "coffee"), ("tap", "ann", "coffee"), ("tap", "ann", "coffee"),
            ("redeem", "ann", ""), ("lends", "bob", "x1"), ("tap", "bob", "coffee"),
            ("enter", "ann", "stage"), ("enter", "bob", "stage"), ("tap", "cid", "juice"),
            ("late", "cid", "bacon"), ("says", "ann", "a@example.org"),
            ("says", "cid", "a@example.org"), ("merge", "bob", "ann"), ("tap", "ann", "bacon"),
            ("leave", "bob", "stage"), ("call", "bob", ""),
        ]
    ):  # fmt: skip
        happen(hub, 16 + 7 * number, what, who, where)
    hub.close(300)
    same(hub)
    assert decided_anew(hub).decisions == stored(hub)
    decisions = stored(hub).values()
    assert {"twice", "round", "thanks", "later", "full", "mood", "afterwards"} <= {
        one.rule for one in decisions if one.outcome == "fired"
    }
    assert hub.store.load_engine().aliases
    assert any(one.outcome == "shadow" for one in decisions)


def test_many_are_swept_in_parts(store: FaultyStore) -> None:
    hub = lived(
        store,
        rule({"kind": "schedule", "at": "2026-10-08T09:00", "each": "everyone"}, REWARD),
        pools=[{"id": "card", "title": "A card", "stock": 130}],
    )  # fmt: skip
    for number in range(210):
        hub.ask(ev.Registered(f"p{number:03}", OPENS_MS, {}, list(CONSENTS)))
    hub.close(120)
    same(hub)
    outcomes = [one.outcome for one in stored(hub).values()]
    assert outcomes.count("fired") == 130
    assert outcomes.count("suppressed") == 80
