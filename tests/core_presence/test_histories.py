"""Random histories: what holds for every one of them."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Literal, NamedTuple

from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hub.core.presence import PresenceChange, PresenceSettings, Tracker

SETTINGS = PresenceSettings(venue_after_ms=300_000)
PEOPLE = ("ada", "bob")
ZONES = ("a", "b", "c")


class Step(NamedTuple):
    """``tick`` and ``tap`` use of the rest what they need."""

    kind: Literal["sighted", "tap", "tick"]
    person: str
    zone: str
    at_ms: int
    dbm: float


_steps = st.tuples(
    st.sampled_from(("sighted",) * 8 + ("tap", "tick")),
    st.sampled_from(PEOPLE),
    st.sampled_from(ZONES),
    st.sampled_from((0, 100, 900, 1_000, 1_000, 1_000, 5_000, 30_000, 61_000, 400_000)),
    st.integers(-4_000, 0),
    st.integers(-95, -45),
)


@st.composite
def _histories(draw: st.DrawFn) -> list[Step]:
    """Readings whose time goes on by fits and starts, some of them late."""
    now_ms = 1_000_000
    history = []
    for kind, person, zone, on_ms, late_ms, dbm in draw(st.lists(_steps, max_size=80)):
        now_ms += on_ms
        at_ms = now_ms if kind == "tick" else now_ms + late_ms * draw(st.integers(0, 1))
        history.append(Step(kind, person, zone, at_ms, float(dbm)))
    return history


def _apply(tracker: Tracker, step: Step) -> list[PresenceChange]:
    if step.kind == "tick":
        return list(tracker.tick(step.at_ms))
    if step.kind == "tap":
        return list(tracker.tapped(step.person, step.zone, step.at_ms))
    return list(tracker.sighted(step.person, step.zone, step.at_ms, step.dbm))


def _run(tracker: Tracker, history: Sequence[Step]) -> list[PresenceChange]:
    return [change for step in history for change in _apply(tracker, step)]


@given(_histories())
@settings(deadline=None)
def test_changes_are_consistent(history: list[Step]) -> None:
    tracker = Tracker(SETTINGS)
    where: dict[str, str | None] = dict.fromkeys(PEOPLE)
    away = dict.fromkeys(PEOPLE, True)
    last = dict.fromkeys(PEOPLE, (0, 0))
    for step in [*history, Step("tick", "", "", 10_000_000, 0.0)]:
        for change in _apply(tracker, step):
            assert change.at_ms >= last[change.person][0]
            assert change.seen_ms >= max(last[change.person][1], change.at_ms)
            last[change.person] = change.at_ms, change.seen_ms
            assert change.reason
            if change.kind == "entered":
                assert where[change.person] is None
                where[change.person] = change.zone
                away[change.person] = False
            elif change.kind == "left":
                assert where[change.person] == change.zone
                where[change.person] = None
            else:
                assert where[change.person] is None
                assert not away[change.person]
                away[change.person] = True
        assert {person: tracker.where(person) for person in PEOPLE} == where
    assert all(zone is None for zone in where.values())
    assert all(away.values())


@given(_histories(), st.integers(0, 80))
@settings(deadline=None)
def test_a_restored_tracker_has_the_same_future(history: list[Step], cut: int) -> None:
    tracker = Tracker(SETTINGS)
    _run(tracker, history[:cut])
    restored = Tracker.restore(SETTINGS, tracker.snapshot())
    assert restored.snapshot() == tracker.snapshot()
    rest = [*history[cut:], Step("tick", "", "", 10_000_000, 0.0)]
    assert _run(restored, rest) == _run(tracker, rest)
    assert restored.snapshot() == tracker.snapshot()


@given(_histories(), st.lists(st.integers(1, 900_000), max_size=20))
@settings(deadline=None)
def test_many_small_ticks_are_one_big_one(history: list[Step], ticks: list[int]) -> None:
    often, once = Tracker(SETTINGS), Tracker(SETTINGS)
    _run(often, history)
    _run(once, history)
    start_ms = max([step.at_ms for step in history], default=1_000_000)
    small = [start_ms + on_ms for on_ms in sorted(ticks)]
    end = Step("tick", "", "", start_ms + 1_000_000, 0.0)
    many = [Step("tick", "", "", at_ms, 0.0) for at_ms in small]
    assert _run(often, [*many, end]) == _run(once, [end])
    assert often.snapshot() == once.snapshot()


@given(_histories())
@settings(deadline=None)
def test_doing_twice_is_harmless(history: list[Step]) -> None:
    once, twice = Tracker(SETTINGS), Tracker(SETTINGS)
    for step in history:
        changes = _apply(once, step)
        assert _apply(twice, step) == changes
        assert _apply(twice, step) == []
        assert twice.snapshot() == once.snapshot()


_SETTLED_BY_A_READING = [
    Step("sighted", "ada", "a", 1_000_000, -45.0),
    Step("sighted", "ada", "b", 1_061_000, -45.0),
    Step("sighted", "ada", "b", 1_065_999, -45.0),
    Step("sighted", "ada", "b", 1_066_000, -53.0),
    Step("sighted", "ada", "a", 1_066_000, -45.0),
]
"""The reading that makes it known that they are in b is not what a is compared with later."""


def _told(readings: Sequence[Step], *, ticking: bool) -> tuple[list[list[PresenceChange]], bytes]:
    """What is said of each person, and the snapshot, after a last tick that ends all visits.

    When ``ticking`` there is a tick at the newest instant so far before each reading.
    """
    tracker = Tracker(SETTINGS)
    history: list[Step] = []
    for step, newest_ms in zip(
        readings, accumulate((step.at_ms for step in readings), max), strict=True
    ):
        history += [Step("tick", "", "", newest_ms, 0.0), step] if ticking else [step]
    changes = _run(tracker, [*history, Step("tick", "", "", 10_000_000, 0.0)])
    of_each = [[one for one in changes if one.person == person] for person in PEOPLE]
    return of_each, tracker.snapshot()


@given(_histories())
@example(_SETTLED_BY_A_READING)
@settings(deadline=None)
def test_ticking_between_readings_in_order_changes_nothing(history: list[Step]) -> None:
    """Where nothing is late, what a tick says the next reading would have said.

    What is remembered is the same too, to the byte.
    """
    in_order = sorted(history, key=lambda step: step.at_ms)
    readings = [step for step in in_order if step.kind != "tick"]
    assert _told(readings, ticking=True) == _told(readings, ticking=False)


@given(_histories())
@example(_SETTLED_BY_A_READING)
@settings(deadline=None)
def test_ticking_changes_nothing_while_readings_come_in_time(history: list[Step]) -> None:
    """A reading may be ``reorder_ms`` behind a tick before it: the same is said, dated the same.

    Only ``seen_ms`` may differ: a late reading shows what fell due by its own earlier date.
    """
    newest_ms, readings = 0, []
    for step in history:
        if step.kind != "tick":
            newest_ms = max(newest_ms, step.at_ms)
            in_time_ms = max(step.at_ms, newest_ms - SETTINGS.reorder_ms)
            readings.append(step._replace(at_ms=in_time_ms))
    (ticked, _), (silent, _) = (_told(readings, ticking=ticking) for ticking in (True, False))
    for many, few in zip(ticked, silent, strict=True):
        assert [replace(one, seen_ms=0) for one in many] == [replace(one, seen_ms=0) for one in few]
