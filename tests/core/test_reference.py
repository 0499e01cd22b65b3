"""Random histories: the indexed evaluation against the slow reference, in order and shuffled."""

import copy
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core import document as doc
from hub.core import events as ev
from hub.core.spans import duration_ms, window_ms
from hub.core.step import step
from tests.core.fold import Fold, State, document, rule
from tests.oracles.reference import Asked, Fire, Tap, ever_true, fires, visits_of

PEOPLE: Final = ["ann", "bob", "cid"]
FOOD: Final = ["coffee", "bacon", "juice"]
WINDOWS: Final = ["1ms", "5ms", "10ms", "20ms", "event"]
REWARD: Final = {"do": "reward", "pool": "big", "title": "A card"}
POINT: Final = {"do": "points", "points": 1}
HISTORIES: Final = settings(max_examples=300, deadline=1_000)

places = st.sampled_from(FOOD)
windows = st.sampled_from(WINDOWS)
triggers = st.one_of(
    st.fixed_dictionaries({"kind": st.sampled_from(["tap", "visit"]), "place": places}),
    st.fixed_dictionaries(
        {"kind": st.just("visits"), "place": places, "count": st.integers(1, 4), "within": windows}
    ),
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["visits", "distinct"]),
            "group": st.just("food"),
            "count": st.integers(1, 4),
            "within": windows,
        }
    ),
)
limits: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.just({"once": True}),
    st.just({}),
    st.fixed_dictionaries({"every": st.sampled_from(WINDOWS[:-1])}),
    st.fixed_dictionaries({"at_most": st.integers(1, 3), "within": windows}),
)
taps = st.builds(Tap, st.sampled_from(PEOPLE), places, st.integers(0, 40))


@st.composite
def venues(draw: st.DrawFn, limit: st.SearchStrategy[dict[str, Any]] = limits) -> doc.Venue:
    """Up to four rules, some of which give a reward of which there is plenty."""
    chosen = draw(st.lists(st.tuples(triggers, limit, st.booleans()), min_size=1, max_size=4))
    return document(
        *(
            rule(when, REWARD if rewards else POINT, name=f"rule-{index}", limit=how_often)
            for index, (when, how_often, rewards) in enumerate(chosen)
        ),
        pools=[{"id": "big", "title": "Plenty", "stock": 100_000}],
    )


def asked(venue: doc.Venue) -> list[Asked]:
    """The rules of a document as the reference puts them."""
    food = frozenset(FOOD)
    found = []
    for one in venue.rules:
        when, limit = one.when, one.limit
        place = getattr(when, "place", None)
        found.append(
            Asked(
                name=one.name,
                kind={doc.OnVisits: "visits", doc.OnDistinct: "distinct"}.get(type(when), "tap"),  # type: ignore[arg-type]
                places=food if place is None else frozenset([place]),
                count=getattr(when, "count", 1),
                within_ms=window_ms(getattr(when, "within", "event")),
                once=limit.once,
                every_ms=None if limit.every is None else duration_ms(limit.every),
                at_most=limit.at_most,
                limit_ms=window_ms(limit.within),
            )
        )
    return found


def ready(venue: doc.Venue, state: State | None = None) -> Fold:
    fold = Fold(venue, state)
    return fold if state else fold.join(*PEOPLE)


def play(fold: Fold, log: Sequence[Tap], now_ms: int = 40) -> None:
    """Tell taps in that order, all of them known after the last has happened."""
    for tap in log:
        event = ev.Tapped(tap.person, tap.place, fold.opens_ms + tap.at_ms)
        fold.tell(event, fold.opens_ms + now_ms)


def fired(fold: Fold) -> list[Fire]:
    return [
        Fire(one.rule, str(one.person), one.at_ms - fold.opens_ms)
        for one in fold.decisions
        if one.outcome == "fired"
    ]


def counters(fold: Fold) -> dict[str, tuple[object, object]]:
    return {who: (person.taps, person.visits) for who, person in fold.state.people.items()}


@HISTORIES
@given(venues(), st.lists(taps, max_size=40))
def test_in_order_the_engine_fires_what_the_reference_fires(
    venue: doc.Venue, log: list[Tap]
) -> None:
    log.sort(key=lambda tap: tap.at_ms)
    fold = ready(venue)
    play(fold, log)
    rules = asked(venue)
    assert sorted(fired(fold)) == sorted(fires(rules, log))
    given_away = {one.name for one in venue.rules if isinstance(one.then[0], doc.GiveReward)}
    expected = Counter(fire.person for fire in fired(fold) if fire.rule in given_away)
    assert Counter(grant.person for grant in fold.grants) == expected
    for who in PEOPLE:
        visits = visits_of(log, who)
        assert fold.person(who).visits == {
            place: tuple(fold.opens_ms + at_ms for at_ms in times)
            for place, times in visits.items()
        }


@HISTORIES
@given(venues(st.just({"once": True})), st.lists(taps, max_size=30), st.data())
def test_shuffled_and_late_delivery_ends_in_the_same_state(
    venue: doc.Venue, log: list[Tap], data: st.DataObject
) -> None:
    """Whoever gets something once gets it in whatever order it becomes known, and once."""
    log.sort(key=lambda tap: tap.at_ms)
    shuffled = data.draw(st.permutations(log))
    in_order, late = ready(venue), ready(venue)
    play(in_order, log)
    play(late, shuffled, now_ms=2 * 3_600_000)
    assert counters(late) == counters(in_order)
    for fold in (in_order, late):
        whom = [(fire.rule, fire.person) for fire in fired(fold)]
        assert len(whom) == len(set(whom))
        assert set(whom) == ever_true(asked(venue), log)
    rewarded = [sorted(grant.person for grant in fold.grants) for fold in (in_order, late)]
    assert rewarded[0] == rewarded[1]


@HISTORIES
@given(venues(), st.lists(taps, max_size=30), st.data())
def test_limits_hold_whatever_the_order(
    venue: doc.Venue, log: list[Tap], data: st.DataObject
) -> None:
    fold = ready(venue)
    play(fold, data.draw(st.permutations(log)))
    for one in asked(venue):
        for who in PEOPLE:
            times = [f.at_ms for f in fired(fold) if (f.rule, f.person) == (one.name, who)]
            assert len(times) == len(set(times))
            assert not one.once or len(times) <= 1
            if one.every_ms is not None:
                assert _fullest(times, one.every_ms) <= 1
            if one.at_most is not None:
                assert _fullest(times, one.limit_ms) <= one.at_most


def _fullest(times: list[int], length_ms: int | None) -> int:
    if length_ms is None:
        return len(times)
    return max((sum(0 <= end - t < length_ms for t in times) for end in times), default=0)


def test_the_engines_keys_make_of_a_duplicate_one_event() -> None:
    """What arrives twice has one key in the log; the core is asked once."""
    once: dict[str, Tap] = {}
    for number in (1, 2, 1, 3, 2):
        once.setdefault(f"pi/{number}", Tap("ann", "coffee", number))
    fold = ready(document(rule({"kind": "visits", "place": "coffee", "count": 3})))
    play(fold, list(once.values()))
    assert [fire.at_ms for fire in fired(fold)] == [3]


# The whole floor: taps, moves, consents, deliveries, timers.


moments = st.one_of(
    taps,
    st.tuples(st.just("move"), st.sampled_from(PEOPLE), st.sampled_from(["stage", "floor", ""])),
    st.tuples(st.just("say"), st.sampled_from(PEOPLE), st.booleans()),
    st.tuples(st.just("settle"), st.sampled_from(["done", "dead"]), st.integers(0, 3)),
    st.tuples(st.just("play"), st.sampled_from(["Abba", "Blur"]), st.just(0)),
)
FLOOR: Final = document(
    rule({"kind": "tap", "place": "coffee"}, REWARD, {"do": "push", "title": "Hi"}, name="a"),
    rule({"kind": "visits", "group": "food", "count": 2, "within": "10ms"}, REWARD, name="b"),
    rule(
        {"kind": "visit", "place": "stage", "at_least": "3ms"},
        {"do": "follow_up", "after": "4ms", "then": [POINT, REWARD]},
        name="c",
    ),
    rule({"kind": "dwell", "place": "floor", "at_least": "5ms"}, POINT, name="d"),
    rule(
        {"kind": "present", "place": "floor", "every": "4ms"},
        {"do": "mood", "lamps": ["Left", "Right"]},
        {"do": "music"},
        name="e",
    ),
    pools=[{"id": "big", "title": "Few", "stock": 7}],
)


def happenings(fold: Fold, drawn: list[Any]) -> list[ev.Event]:
    """One thing each millisecond."""
    found: list[ev.Event] = []
    for index, moment in enumerate(drawn):
        at_ms = fold.opens_ms + index
        match moment:
            case Tap(person, place, _):
                found.append(ev.Tapped(person, place, at_ms))
            case ("move", person, place):
                kind = "entered" if place else "left_venue"
                found.append(ev.Moved(person, place, kind, at_ms))  # type: ignore[arg-type]
            case ("say", person, willing):
                purposes = ["lights", "rewards", "music", "push"] if willing else []
                wishes: dict[str, ev.Value] = {
                    "favourite_colour": "#ff0000", "favourite_artists": ["Abba"],
                }  # fmt: skip
                found.append(ev.Registered(person, at_ms, wishes, purposes))
            case ("settle", outcome, number):
                found.append(ev.Settled(f"k{index}", outcome, at_ms, "", "ann", "big", number))
            case (_, artist, _):
                found.append(ev.Played("floor", artist, at_ms))
    return found


def run(fold: Fold, events: Sequence[ev.Event]) -> None:
    for event in events:
        fold.pass_to((event.at_ms - fold.opens_ms) / 60_000)
        fold.tell(event)


@HISTORIES
@given(st.lists(moments, max_size=30), st.integers(0, 30))
def test_a_restart_in_the_middle_changes_nothing(drawn: list[Any], cut: int) -> None:
    whole = ready(FLOOR)
    events = happenings(whole, drawn)
    run(whole, events)
    first = ready(FLOOR)
    run(first, events[:cut])
    stored = msgspec.json.encode(first.state)
    second = Fold(FLOOR, msgspec.json.decode(stored, type=State))
    second.pos = first.pos
    assert second.state == first.state
    run(second, events[cut:])
    assert second.state == whole.state
    assert first.outcomes + second.outcomes == whole.outcomes


@HISTORIES
@given(st.lists(moments, max_size=30))
def test_folding_twice_is_the_same_and_no_step_changes_what_it_was_given(
    drawn: list[Any],
) -> None:
    one, other = ready(FLOOR), ready(FLOOR)
    events = happenings(one, drawn)
    run(one, events)
    for event in events:
        other.pass_to((event.at_ms - other.opens_ms) / 60_000)
        world = other.world()
        before = copy.deepcopy((other.state, event))
        step(world, event, other.pos + 1, event.at_ms)
        assert (other.state, event) == before
        other.tell(event)
    assert msgspec.json.encode(one.state) == msgspec.json.encode(other.state)
    assert one.outcomes == other.outcomes


@HISTORIES
@given(st.lists(moments, max_size=40))
def test_no_reward_is_held_by_two(drawn: list[Any]) -> None:
    fold = ready(FLOOR)
    holder: dict[int, str] = {}
    for event in happenings(fold, drawn):
        seen = len(fold.outcomes)
        fold.pass_to((event.at_ms - fold.opens_ms) / 60_000)
        if not isinstance(event, ev.Settled) or event.index in holder:
            fold.tell(event)
        for outcome in fold.outcomes[seen:]:
            for back in outcome.released:
                del holder[back.index]
            for grant in outcome.grants:
                assert grant.index not in holder
                holder[grant.index] = grant.person
        pool = fold.state.pools["big"]
        assert pool.left == 7 - len(holder)


@pytest.mark.parametrize("kind", ["tap", "visit", "visits", "distinct"])
def test_a_hundred_identical_events_at_one_instant_reward_once(kind: str) -> None:
    when: dict[str, Any] = {"kind": kind, "place": "coffee"}
    if kind == "visits":
        when["count"] = 3
    if kind == "distinct":
        when = {"kind": kind, "group": "food", "count": 1}
    fold = ready(document(rule(when, REWARD, limit={"once": True}), pools=[
        {"id": "big", "title": "Plenty", "stock": 100}
    ]))  # fmt: skip
    play(fold, [Tap("ann", "coffee", 7)] * 100)
    assert len(fold.grants) == len(
        {action.key for action in fold.actions if "push" not in action.key}
    )
    assert [fire.at_ms for fire in fired(fold)] == [7]
