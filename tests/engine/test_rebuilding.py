"""Whatever is done in whatever order, memory, store and log agree after every group."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core import events as ev
from hub.store import StoreUnavailable
from tests.core.fold import CONSENTS, TAP, rule
from tests.databases import EVENT
from tests.engine.day import Day
from tests.engine.parts import FaultyStore

PEOPLE: Final = ("ann", "bob", "cid", "dot")
BADGES: Final = (*PEOPLE, "b1", "b2")
MAILS: Final = ("a@x.org", "b@x.org", "c@x.org")
EMAIL: Final = {"name": "email", "normalise": "email", "per_person": 3}
REWARD: Final = {"do": "reward", "pool": "card", "title": "A card"}
PUSH: Final = {"do": "push", "title": "Hello"}
TAG: Final = {"do": "tag", "tag": "guest"}
REGULARS: Final = {
    "name": "regulars",
    "if": {"check": "counted", "place": "coffee", "within": "40min", "at_least": 2},
}
ON_STAGE: Final = {"name": "on-stage", "if": {"check": "at", "place": "stage"}}
RULES: Final = (
    rule(TAP, name="point"),
    rule(TAP, REWARD, name="card", limit={"once": True}),
    rule({"kind": "visits", "group": "food", "count": 3, "within": "1h"}, PUSH, name="third"),
    rule({"kind": "audience", "audience": "regulars"}, TAG, PUSH, name="regular"),
    rule({"kind": "audience", "audience": "regulars", "change": "left"}, PUSH, name="no-more"),
    rule({"kind": "absent", "place": "coffee", "for": "25min"}, PUSH, name="absent"),
    rule({"kind": "sequence", "first": "coffee", "then": "bacon", "within": "30min"}, name="then"),
    rule({"kind": "without", "first": "bacon", "then": "coffee", "within": "15min"}, name="lone"),
    rule({"kind": "visit", "place": "stage", "at_least": "10min"}, TAG, name="stays"),
    rule({"kind": "dwell", "place": "floor", "at_least": "15min"}, PUSH, name="dwells"),
    rule({"kind": "occupancy", "place": "stage", "at_least": 2, "audience": "regulars"},
         {"do": "staff", "title": "Full"}, name="full"),
    rule({"kind": "schedule", "every": "20min", "each": "everyone"}, name="each"),
    rule({"kind": "rule", "rule": "third", "after": "5min"}, TAG, name="after"),
    rule(TAP, {"do": "follow_up", "after": "12min", "then": [PUSH, REWARD]}, name="later"),
)  # fmt: skip
PARTS: Final[dict[str, Any]] = {
    "ids": [EMAIL],
    "audiences": [REGULARS, ON_STAGE],
    "caps": [{"name": "pushes", "of": "push", "at_most": 3, "within": "30min"}],
    "quiet": [{"from": "09:00", "until": "09:20"}],
    "unknown_badges": "walk_in",
    "pools": [{"id": "card", "title": "A card", "stock": 5}],
}
CHANGED: Final[dict[str, Any]] = PARTS | {
    "audiences": [REGULARS | {"if": {"check": "tag", "tag": "guest"}}],
    "quiet": [],
}

_person, _badge = st.sampled_from(PEOPLE), st.sampled_from(BADGES)
ONE: Final = st.one_of(
    st.tuples(st.just("tap"), _badge, st.sampled_from(["desk", "grill"]), st.integers(0, 30)),
    st.tuples(st.just("tap"), _badge, st.sampled_from(["desk", "grill"]), st.just(0)),
    st.tuples(st.just("hear"), _badge, st.sampled_from(["stage", "floor"])),
    st.tuples(st.just("mail"), _person, st.sampled_from(MAILS)),
    st.tuples(st.just("consents"), _person, st.sets(st.sampled_from(CONSENTS))),
    st.tuples(st.just("lend"), _badge, _person),
    st.tuples(st.just("merge"), _person, _person),
    st.tuples(st.just("part"), _person, _person),
    st.tuples(st.just("publish"), st.booleans(), st.booleans()),
    st.tuples(st.just("settle"), st.sampled_from(["done", "dead"])),
)
STEPS: Final = st.tuples(
    st.integers(0, 15),
    st.lists(ONE, min_size=1, max_size=4),
    st.sampled_from(["", "", "", "before", "after", "restart"]),
)


def ask(day: Day, one: tuple[Any, ...]) -> list[Any]:
    """Leave what people ask for; return what arrives otherwise."""
    now_ms = day.clock.now_ms
    match one:
        case ("tap", badge, reader, ago):
            minute = (now_ms - day.opens_ms) / 60_000 - ago
            return [day.taps(badge, reader=reader, minute=max(0, minute))]
        case ("hear", badge, place):
            return [day.hears(badge, place)]
        case ("mail", person, mail):
            day.registers(person, mail, consents=None)
        case ("consents", person, purposes):
            day.registers(person, consents=sorted(purposes))
        case ("lend", badge, person):
            day.lends(badge, person)
        case ("merge", person, other):
            day.ask(ev.Merged(person, other, now_ms))
        case ("part", person, other):
            day.ask(ev.Unmerged(person, other, now_ms))
        case ("publish", is_changed, is_shorter):
            rules = RULES[: 6 if is_shorter else None]
            day.ask(day.venue_event(*rules, **(CHANGED if is_changed else PARTS)))
        case (_, outcome):
            return day.settlements(outcome)
    return []


def run(day: Day, items: list[Any]) -> None:
    """One group, decided again after the store was away, as the engine's thread does it."""
    try:
        day.happens(*items)
    except StoreUnavailable:
        day.engine.load()
        day.happens(*items)


@settings(max_examples=12, deadline=None)
@given(steps=st.lists(STEPS, max_size=8))
def test_whatever_happens_memory_store_and_log_agree(
    steps: list[tuple[int, list[tuple[Any, ...]], str]], sqlite_template: Path
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "hub.sqlite"
        shutil.copy(sqlite_template, path)
        with FaultyStore(f"sqlite:///{path}", EVENT) as store:
            live_through(store, steps)


def live_through(store: FaultyStore, steps: list[tuple[int, list[tuple[Any, ...]], str]]) -> None:
    """Take the steps, looking after each whether all agree."""
    day = Day(store, *RULES, **PARTS)
    day.join(*PEOPLE[:3])
    minute = 0
    for further, asked, trouble in steps:
        minute += further
        day.at(minute)
        items = [item for one in asked for item in ask(day, one)]
        if trouble in {"before", "after"}:
            getattr(store, trouble).append(StoreUnavailable("away"))
        if trouble == "restart":
            day.make_engine()
        run(day, items)
        store.before.clear()
        store.after.clear()
        day.agrees()
    day.at(minute + 200).lives_on()
    day.agrees()
    day.folds_again()
    assert all(reason.startswith("nobody holds") for reason in day.held())
