"""Who a tap belongs to, what is refused, and what a registration changes."""

from typing import Literal

import pytest

from hub.core import events as ev
from hub.core.errors import ImplausibleInstant, UnknownBadge, UnknownPlace
from tests.core.fold import MIN, TAP, Fold, document, rule

DAY = 24 * 60


def lease(fold: Fold, minute: float, person: str | None, badge: str = "b1") -> None:
    fold.tell(ev.Leased(badge, person, fold.at_ms(minute)))


@pytest.mark.parametrize(
    ("minute", "who"),
    [(-5, "ann"), (0, "ann"), (9.999, "ann"), (10, "bob"), (29, "bob"), (30, None), (41, "cid")],
)
def test_a_late_tap_belongs_to_whoever_held_the_badge_then(minute: float, who: str | None) -> None:
    fold = Fold(document(rule(TAP)))
    lease(fold, 40, "cid")
    for at, person in ((0, "ann"), (10, "bob"), (30, None)):
        lease(fold, at, person)
    if who is None:
        with pytest.raises(UnknownBadge, match=r"nobody holds badge 'b1' at 08:30:00: register it"):
            fold.tap(minute, "b1", late=100)
        return
    outcome = fold.tell(ev.Tapped("b1", "coffee", fold.at_ms(minute)), fold.at_ms(99))
    assert outcome.person_id == who
    assert fold.fired(who=who) == [minute]


def test_a_lease_at_the_same_instant_replaces_the_other() -> None:
    fold = Fold(document())
    lease(fold, 0, "ann")
    lease(fold, 0, "bob")
    assert [one.person for one in fold.state.leases["b1"]] == ["bob"]


def test_leases_are_kept_in_bounds() -> None:
    fold = Fold(document())
    for minute in range(70):
        lease(fold, minute, f"p{minute}")
    assert len(fold.state.leases["b1"]) == 64
    assert fold.world().holder("b1", fold.at_ms(69)) == "p69"


def test_a_person_may_have_two_badges() -> None:
    fold = Fold(document(rule(TAP)))
    for badge in ("b1", "b2"):
        lease(fold, 0, "ann", badge)
        fold.tap(1 if badge == "b1" else 2, badge)
    assert fold.fired() == [1, 2]


def test_a_badge_that_was_never_leased_is_unknown() -> None:
    with pytest.raises(UnknownBadge, match="nobody holds badge 'x'"):
        Fold(document()).tap(1, "x")


def test_a_place_that_is_not_part_of_the_venue_is_unknown() -> None:
    with pytest.raises(UnknownPlace, match="there is no place 'moon' at this venue"):
        Fold(document()).join("ann").tap(1, place="moon")


@pytest.mark.parametrize(
    ("minute", "now", "reason"),
    [
        (1, 0, None),
        (1 + 1 / MIN, 0, "dated in the future: 2026-10-08 08:01:00, while it is 2026-10-08 08:00"),
        (-30 * DAY, 0, None),
        (-30 * DAY - 1 / MIN, 0, "dated 2026-09-08 07:59:59, long before the event begins at"),
        (-60 * 366 * DAY, 0, "long before the event"),
        (10**14, 0, r"dated in the future: \d+ ms, while it is"),
        (-(10**30), 0, r"dated -\d+ ms, long before"),
    ],
)
def test_an_instant_that_cannot_be_meant_is_refused(
    minute: float, now: float, reason: str | None
) -> None:
    fold = Fold(document(rule(TAP))).join("ann")
    tap = ev.Tapped("ann", "coffee", fold.at_ms(minute))
    if reason is None:
        fold.tell(tap, fold.at_ms(now))
        assert fold.fired() == [minute]
        return
    with pytest.raises(ImplausibleInstant, match=reason):
        fold.tell(tap, fold.at_ms(now))
    assert fold.person().taps == {}


def test_registering_again_changes_what_was_said_and_no_more() -> None:
    fold = Fold(document()).join("ann", age=30, city="Bonn", consents=["push"])
    fold.tell(ev.Registered("ann", fold.at_ms(1), {"city": None, "age": 31}))
    ann = fold.person()
    assert ann.attributes == {"age": 31}
    assert ann.consents == frozenset({"push"})
    fold.tell(ev.Registered("ann", fold.at_ms(2), {}, []))
    assert fold.person().consents == frozenset()


def test_a_gap_is_noted_and_changes_nothing() -> None:
    fold = Fold(document()).join("ann")
    outcome = fold.tell(ev.GapReported("pi", "coffee", 1, 2, 3, "full"))
    assert outcome.person_id is None
    assert (outcome.people, outcome.zones, outcome.timers_set) == ((), (), ())


@pytest.mark.parametrize("kind", ["left", "left_venue"])
def test_leaving_ends_the_stay(kind: Literal["left", "left_venue"]) -> None:
    fold = Fold(document()).join("ann")
    fold.enter(1)
    fold.tell(ev.Moved("ann", "stage", kind, fold.at_ms(3)))
    assert fold.person().place is None
    assert [(s.from_ms, s.until_ms) for s in fold.person().stays["stage"]] == [
        (fold.at_ms(1), fold.at_ms(3))
    ]
    assert fold.state.zones["stage"].present == {}
