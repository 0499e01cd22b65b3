"""Visits and dwell from contacts equal the batch computation of ``tests/oracles/visits.py``."""

import random
from collections.abc import Iterable
from itertools import groupby

import pytest

from hub.core.presence import CONTACT, PresenceChange, Tracker
from tests import needs
from tests.oracles import visits as oracle

DBM = -60.0
LATER_S = 10_000_000


def _visits(changes: Iterable[PresenceChange]) -> list[oracle.Visit]:
    began: dict[str, PresenceChange] = {}
    found = []
    for change in changes:
        if change.kind == "entered":
            assert change.person not in began
            began[change.person] = change
        elif change.kind == "left":
            entered = began.pop(change.person)
            assert entered.zone == change.zone
            found.append(
                oracle.Visit(
                    change.person, change.zone, entered.at_ms // 1000, change.at_ms // 1000
                )
            )
    assert not began
    return sorted(found)


def _track(seen: Iterable[oracle.Seen], tick_s: int | None) -> list[oracle.Visit]:
    tracker = Tracker(CONTACT)
    changes: list[PresenceChange] = []
    ticked_s = 0
    for at_s, person, stand in seen:
        while tick_s is not None and ticked_s + tick_s <= at_s:
            ticked_s = ticked_s + tick_s if ticked_s else at_s
            changes += tracker.tick(ticked_s * 1000)
        changes += tracker.sighted(person, stand, at_s * 1000, DBM)
    changes += tracker.tick(LATER_S * 1000)
    return _visits(changes)


@pytest.fixture(scope="module")
def seen() -> list[oracle.Seen]:
    contacts = oracle.read_contacts(needs.shared_data("sfhh2009_contacts.dat.gz"))
    return oracle.sightings(contacts, oracle.busiest(contacts))


@pytest.mark.needs_shared
@pytest.mark.parametrize("tick_s", [None, 1, 60])
def test_the_congress(seen: list[oracle.Seen], tick_s: int | None) -> None:
    expected = oracle.visits(seen)
    found = _track(seen, tick_s)
    assert len(found) > 2_000
    assert found == expected
    assert oracle.dwell_by_stand(found) == oracle.dwell_by_stand(expected)


@pytest.mark.needs_shared
def test_the_order_within_a_second_does_not_matter(seen: list[oracle.Seen]) -> None:
    chance = random.Random(7)
    shuffled = []
    for _, same_second in groupby(seen, key=lambda one: one.at_s):
        batch = list(same_second) * 2  # every one twice
        chance.shuffle(batch)
        shuffled += batch
    assert _track(shuffled, 20) == oracle.visits(seen)


def _stays(*seen: tuple[int, str]) -> list[tuple[str, int, int]]:
    """Both computations of one person's stays, which must agree."""
    mine = [oracle.Seen(at_s, "ada", stand) for at_s, stand in seen]
    expected = oracle.visits(mine)
    assert _track(mine, None) == expected
    assert _track(mine, 1) == expected
    return [(visit.stand, visit.first_s, visit.last_s) for visit in sorted(expected)]


def test_a_gap_of_sixty_seconds_does_not_end_a_visit() -> None:
    assert _stays((1000, "a"), (1060, "a")) == [("a", 1000, 1060)]


def test_a_longer_gap_does() -> None:
    assert _stays((1000, "a"), (1061, "a")) == [("a", 1000, 1000), ("a", 1061, 1061)]


def test_who_faces_two_belongs_to_the_one_that_held_first() -> None:
    both = [(at_s, stand) for at_s in range(1000, 2000, 20) for stand in ("b", "a")]
    assert _stays((980, "b"), *both) == [("b", 980, 1980)]


def test_the_other_begins_when_the_first_was_silent_for_over_a_minute() -> None:
    other = [(at_s, "b") for at_s in range(1020, 1140, 20)]
    assert _stays((1000, "a"), *other) == [("a", 1000, 1000), ("b", 1080, 1120)]


def test_a_pause_of_exactly_a_minute_keeps_the_other_away() -> None:
    other = [(at_s, "b") for at_s in range(1020, 1060, 20)]
    assert _stays((1000, "a"), *other, (1060, "b"), (1060, "a")) == [("a", 1000, 1060)]


def test_two_in_the_opening_second_are_settled_by_name() -> None:
    assert _stays((1000, "b"), (1000, "a"), (1020, "b")) == [("a", 1000, 1000)]
