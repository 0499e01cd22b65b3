"""What should come of a crowd is counted twice, in two ways, and by hand."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core import document as doc
from hub.demo.expected import expected
from hub.demo.script import Script, Stay, Tap
from tests.example.conftest import SEED

H_MS = 3_600_000
COFFEE = doc.OnVisits(place="coffee", count=3, within="2h")
STANDS = tuple(f"stand-{letter}" for letter in "abcdef")


def venue_with(*rules: doc.Rule) -> doc.Venue:
    taps = [doc.Place(id=name, name=name, visits_by="tap") for name in ("coffee", "entrance")]
    stands = [
        doc.Place(id=name, name=name, groups=["sponsors"], visits_by="tap") for name in STANDS
    ]
    floor = doc.Place(id="floor", name="Floor")
    info = doc.EventInfo("e", "E", "UTC", "2026-01-01T00:00", "2026-01-02T00:00")
    return doc.Venue(event=info, places=[*taps, *stands, floor], rules=list(rules))


def rule(when: doc.Trigger, name: str = "r", **more: object) -> doc.Rule:
    made = doc.Rule(name=name, when=when, then=[doc.GiveTag("t")])
    return msgspec.structs.replace(made, **more)


def taps(place: str, *instants: int, badge: str = "b") -> tuple[Tap, ...]:
    return tuple(Tap(badge, place, instant) for instant in instants)


def fires(when: doc.Trigger, script: Script) -> dict[str, list[int]]:
    return expected(script, venue_with(rule(when))).fired["r"]


# By hand: the edges of a window.


@pytest.mark.parametrize(
    ("instants", "fired"),
    [
        ((0, 1, 2 * H_MS - 1), [2 * H_MS - 1]),
        ((0, 1, 2 * H_MS), []),
        ((0, H_MS, 2 * H_MS, 2 * H_MS + 1), [2 * H_MS + 1]),
        ((0, 1), []),
        ((0, 1, 2, 3), [2]),
        ((0, 1, 2, 4 * H_MS, 4 * H_MS + 1, 4 * H_MS + 2), [2, 4 * H_MS + 2]),
    ],
)
def test_the_third_visit_within_two_hours(instants: tuple[int, ...], fired: list[int]) -> None:
    found = fires(COFFEE, Script(taps=taps("coffee", *instants)))
    assert found.get("b", []) == fired


def test_a_visit_elsewhere_or_of_somebody_else_does_not_count() -> None:
    script = Script(
        taps=taps("coffee", 0, 1) + taps("entrance", 2) + taps("coffee", 3, badge="other")
    )
    assert fires(COFFEE, script) == {}


def test_five_different_of_six_count_once_each() -> None:
    way = [Tap("b", place, number) for number, place in enumerate(STANDS[:4] + STANDS[:1])]
    when = doc.OnDistinct(group="sponsors", count=5)
    assert fires(when, Script(taps=tuple(way))) == {}
    assert fires(when, Script(taps=(*way, Tap("b", "stand-f", 9)))) == {"b": [9]}


def test_a_place_seen_before_the_window_is_new_again() -> None:
    when = doc.OnDistinct(group="sponsors", count=2, within="2h")
    script = Script(taps=(Tap("b", "stand-a", 0), Tap("b", "stand-b", 2 * H_MS)))
    assert fires(when, script) == {}
    again = Script(taps=(*script.taps, Tap("b", "stand-a", 2 * H_MS + 1)))
    assert fires(when, again) == {"b": [2 * H_MS + 1]}


@pytest.mark.parametrize(
    ("stays", "fired"),
    [
        ([(0, 44), (50, 51)], [51]),
        ([(0, 45)], [45]),
        ([(0, 44)], []),
        ([(0, 40), (60, 64), (80, 90), (100, 200)], [81]),
    ],
)
def test_dwell_is_all_stays_together(stays: list[tuple[int, int]], fired: list[int]) -> None:
    script = Script(
        stays=(
            *(Stay("b", "floor", first * 60_000, last * 60_000) for first, last in stays),
            Stay("b", "coffee", 300 * 60_000, 400 * 60_000),
        )
    )
    found = fires(doc.OnDwell(place="floor", at_least="45min"), script)
    assert found.get("b", []) == [minute * 60_000 for minute in fired]


def test_once_is_once_and_without_a_limit_each_time() -> None:
    script = Script(taps=taps("coffee", 1, 2, 3))
    tap = doc.OnTap(place="coffee")
    venue = venue_with(rule(tap, "all"), rule(tap, "one", limit=doc.Limit(once=True)))
    should = expected(script, venue)
    assert should.fired == {"all": {"b": [1, 2, 3]}, "one": {"b": [1]}}
    assert should.who("one") == {"b"}
    assert should.taps == {"coffee": 3}


def test_what_is_not_counted_is_named() -> None:
    tap = doc.OnTap(place="coffee")
    venue = venue_with(
        rule(tap, "if", if_=doc.HasTag("t")),
        rule(tap, "every", limit=doc.Limit(every="1h")),
        rule(tap, "most", limit=doc.Limit(at_most=2)),
        rule(doc.OnVisits(place="floor", count=1), "by-presence"),
        rule(doc.WhilePresent(place="floor"), "present"),
        rule(tap, "off", stage="paused"),
    )
    should = expected(Script(taps=taps("coffee", 1)), venue)
    assert should.fired == {}
    assert should.left_out == ("if", "every", "most", "by-presence", "present")


# Naively: another way of counting the same.


def naive_thirds(instants: list[int], count: int, within_ms: int) -> list[int]:
    """Each instant at which exactly ``count`` visits lie in the window that ends there."""
    return [
        now
        for now in sorted(instants)
        if len([then for then in instants if now - within_ms < then <= now]) == count
    ]


def naive_distinct(way: list[tuple[int, str]], count: int) -> bool:
    return len({place for _, place in way}) >= count


@given(st.sets(st.integers(0, 6 * H_MS)), st.integers(1, 4))
def test_visits_agree_with_counting_every_window(instants: set[int], count: int) -> None:
    when = doc.OnVisits(place="coffee", count=count, within="2h")
    found = fires(when, Script(taps=taps("coffee", *sorted(instants))))
    assert found.get("b", []) == naive_thirds(list(instants), count, 2 * H_MS)


@given(st.permutations(range(12)), st.lists(st.sampled_from(STANDS), min_size=12, max_size=12))
def test_distinct_agrees_with_a_set_whatever_the_order(order: list[int], places: list[str]) -> None:
    way = [(instant, places[instant]) for instant in order]
    script = Script(taps=tuple(Tap("b", place, instant) for instant, place in way))
    found = fires(doc.OnDistinct(group="sponsors", count=5), script)
    assert bool(found) == naive_distinct(way, 5)


def test_the_crowd_agrees_with_a_naive_count(venue: doc.Venue, script: Script) -> None:
    should = expected(script, venue)
    badges = {tap.badge for tap in script.taps}
    for place, name in (("coffee", "coffee-lover"), ("bacon", "bacon-lover")):
        thirds = {
            badge
            for badge in badges
            if naive_thirds(
                [t.tap_ms for t in script.taps if (t.badge, t.place) == (badge, place)], 3, 2 * H_MS
            )
        }
        assert should.who(name) == thirds, SEED
    sponsors = {place.id for place in venue.places if "sponsors" in place.groups}
    seen = {b: {t.place for t in script.taps if t.badge == b} & sponsors for b in badges}
    assert should.who("sponsor-tour") == {b for b, places in seen.items() if len(places) >= 5}


def test_the_crowds_dancers_agree_with_a_naive_count(venue: doc.Venue, script: Script) -> None:
    danced: dict[str, int] = {}
    for stay in script.stays:
        if stay.place == "dance-floor":
            danced[stay.badge] = danced.get(stay.badge, 0) + stay.until_ms - stay.from_ms
    assert expected(script, venue).who("recovery-kit") == {
        badge for badge, spent_ms in danced.items() if spent_ms >= 45 * 60_000
    }


def test_the_crowds_taps_are_counted_by_place(venue: doc.Venue, script: Script) -> None:
    should = expected(script, venue)
    assert sum(should.taps.values()) == len(script.taps)
    assert should.taps["entrance"] == 150
    photos = sum(len(times) for times in should.fired["photo-colour"].values())
    assert photos == should.taps["photo-corner"]
    others = ("one-more-sponsor", "stage-full", "last-call")
    assert should.left_out == ("dance-mood", "dance-music", *others)
