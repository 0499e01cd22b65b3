"""Two people become one and two again: what counts, what they were given and what they allow."""

from functools import cache
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core import events as ev
from hub.core.asking import Ask, View
from hub.core.compiled import compile_venue
from hub.core.errors import UnknownPerson
from hub.core.restraint.experiments import arm
from hub.core.state import Person
from hub.core.world import Draft
from tests.core.fold import TAP, Fold, document, rule, visits

TAG: dict[str, Any] = {"do": "tag", "tag": "guest"}
PUSH: dict[str, Any] = {"do": "push", "title": "Hello"}
WINDOWS: Final = ("30min", "2h", "24h", "hour", "day", "week", "event")
PLACES: Final = ("coffee", "bacon", "stage", "floor")


@cache
def questions() -> tuple[Ask, ...]:
    """What every window is asked: visits, taps and stays, at each place and everywhere."""
    button = {"kind": "button", "button": "never", "about": "person"}
    tests = [
        {"check": "counted", "of": of, "take": take, "within": within, "at_least": bound, **where}
        for within in WINDOWS
        for where in ({}, *({"place": place} for place in PLACES))
        for of, take, bound in (("visits", "count", 1), ("visits", "distinct", 1),
                                ("taps", "count", 1), ("stays", "count", 1),
                                ("stays", "sum", "1min"), ("stays", "max", "1min"))
        if take != "distinct" or not where
    ]  # fmt: skip
    rules = [rule(button, name=f"r{at}", if_=test) for at, test in enumerate(tests)]
    return tuple(one.ask for one in compile_venue(document(*rules), 1).rules.values())


def counters(fold: Fold, who: str, minute: float) -> list[str]:
    """What every window says of somebody."""
    at_ms = fold.at_ms(minute)
    view = View(fold.person(who), at_ms, Draft(fold.world(), 0, at_ms))
    return [clause.saw for ask in questions() for clause in ask.clauses(view)]


Deed = tuple[str, str, int, int]
"""Whose id, where, at which minute, for how long if it is a stay."""

DEEDS: Final = st.lists(
    st.tuples(
        st.sampled_from(["ann", "bob"]), st.sampled_from(PLACES), st.integers(1, 7), st.just(5)
    ),
    max_size=12,
)  # fmt: skip


def do(fold: Fold, deeds: list[Deed], who: str | None = None) -> None:
    """Do all that, one after the other; ``who`` does it in place of both."""
    now = 0
    for person, place, after, length in deeds:
        now += after * 60
        if place in ("coffee", "bacon"):
            fold.tap(now, who or person, place)
        else:
            fold.tell(ev.Moved(who or person, place, "entered", fold.at_ms(now)))
            fold.tell(ev.Moved(who or person, place, "left", fold.at_ms(now + length)))


@settings(max_examples=25, deadline=None)
@given(deeds=DEEDS)
def test_counters_after_a_merge_equal_those_over_the_union_for_every_window(
    deeds: list[Deed],
) -> None:
    venue = document(event={"ends": "2026-10-18T10:00"})
    two, one = Fold(venue).join("ann", "bob"), Fold(venue).join("ann")
    do(two, deeds)
    do(one, deeds, "ann")
    before = {who: two.person(who) for who in ("ann", "bob")}
    minute = 60 * 7 * 13
    two.merge(minute, "ann", "bob")
    for later in (0, 29, 31):
        assert counters(two, "ann", minute + later) == counters(one, "ann", minute + later)
    assert two.person().visits == one.person().visits
    assert two.person().first_ms == one.person().first_ms
    two.unmerge(minute + 1, "ann", "bob")
    assert {who: two.person(who) for who in ("ann", "bob")} == before, "both are restored"


def test_the_badge_of_the_other_goes_on_working() -> None:
    fold = Fold(document(rule(visits(3), TAG))).join("ann", "bob").taps(1)
    fold.tap(2, "bob")
    fold.merge(3, "ann", "bob")
    assert fold.fired() == []
    outcome = fold.tell(ev.Tapped("bob", "coffee", fold.at_ms(4)))
    assert fold.fired() == [4]
    assert outcome.person_id == "bob", "the log keeps the id that the badge was lent with"
    fold.unmerge(5, "ann", "bob")
    assert fold.person().visits["coffee"] == (fold.at_ms(1),)
    assert fold.person("bob").visits["coffee"] == (fold.at_ms(2), fold.at_ms(4))
    assert fold.state.people["bob"].registered_ms == fold.opens_ms


@pytest.mark.parametrize(
    ("when", "minutes"),
    [
        (visits(3), [5]),
        (visits(2, within="3min"), [3, 7]),
        ({"kind": "distinct", "group": "food", "count": 2}, [3]),
        ({"kind": "sequence", "first": "coffee", "then": "bacon", "within": "10min"}, [3]),
    ],
)
def test_what_two_histories_make_true_only_together_fires_for_when_it_was(
    when: dict[str, Any], minutes: list[float]
) -> None:
    """Ann taps coffee at 1 and 7, bob bacon at 3 and coffee at 5."""
    fold = Fold(document(rule(when, TAG))).join("ann", "bob")
    if "place" in when:
        times = [("ann", 1.0, "coffee"), ("bob", 3.0, "coffee"), ("bob", 5.0, "coffee")]
        times += [("ann", 7.0, "coffee")] if when.get("within") == "3min" else []
    else:
        times = [("ann", 1.0, "coffee"), ("bob", 3.0, "bacon")]
    for who, minute, place in times:
        fold.tap(minute, who, place)
    alone = fold.fired() + fold.fired(who="bob")
    fold.merge(9, "ann", "bob")
    assert sorted({*alone, *fold.fired()}) == sorted({*alone, *minutes})
    count = len(fold.decisions)
    fold.unmerge(10, "ann", "bob")
    assert len(fold.decisions) == count


def test_once_for_each_person_survives_a_merge_whoever_it_was() -> None:
    fold = Fold(document(rule(TAP, TAG, limit={"once": True}))).join("ann", "bob")
    fold.tap(1, "bob")
    fold.merge(2, "ann", "bob")
    fold.tap(3, "ann")
    fold.tap(4, "bob")
    assert (fold.fired(), fold.fired(who="bob")) == ([], [1])
    assert fold.suppressed() == [3, 4]
    fold.unmerge(5, "ann", "bob")
    fold.tap(6, "ann")
    fold.tap(7, "bob")
    assert (fold.fired(), fold.suppressed(who="bob")) == ([6], [7])


def test_caps_survive_a_merge() -> None:
    caps = [{"name": "few", "of": "push", "at_most": 2, "within": "1h"}]
    fold = Fold(document(rule(TAP, PUSH), caps=caps)).join("ann", "bob")
    fold.tap(1, "ann")
    fold.tap(2, "bob")
    fold.merge(3, "ann", "bob")
    fold.tap(4, "ann")
    fold.tap(61, "bob")
    assert fold.because() == ["cap" if one == 4 else "" for one in (1, 4, 61)]
    assert fold.person().sent["few"] == tuple(map(fold.at_ms, (1, 2, 61)))


@pytest.mark.parametrize(
    ("mine", "theirs", "together"),
    [
        (["push", "lights"], ["push"], {"push"}),
        (["push"], ["lights"], set()),
        (["push"], None, {"push"}),
        (None, ["lights"], {"lights"}),
        (["push"], [], set()),
    ],
)
def test_the_stricter_consent_counts(
    mine: list[str] | None, theirs: list[str] | None, together: set[str]
) -> None:
    fold = Fold(document(rule(TAP, PUSH)))
    fold.say(0, "ann", consents=mine)
    fold.say(1, "bob", consents=theirs)
    fold.tell(ev.Leased("ann", "ann", fold.opens_ms))
    fold.merge(2, "ann", "bob")
    assert fold.person().consents == together
    fold.taps(3)
    assert fold.because() == ["" if "push" in together else "consent"]
    fold.unmerge(4, "ann", "bob")
    assert fold.person().consents == frozenset(mine or ())
    assert fold.person("bob").consents == frozenset(theirs or ())


def test_what_rules_gave_is_united_and_taken_apart() -> None:
    acts = [TAG, {"do": "points", "points": 2}, {"do": "honour", "honour": "hero"}]
    fold = Fold(document(rule(TAP, *acts))).join("ann", "bob")
    fold.tap(1, "ann")
    fold.tap(2, "bob")
    before = [fold.person(who) for who in ("ann", "bob")]
    fold.merge(3, "ann", "bob")
    ann = fold.person()
    assert (ann.points, ann.tags, ann.honours) == (
        4, {"guest": fold.at_ms(1)}, {"hero": fold.at_ms(1)},
    )  # fmt: skip
    assert ann.fired["r"].recent_ms == (fold.at_ms(1), fold.at_ms(2))
    fold.unmerge(4, "ann", "bob")
    assert [fold.person(who) for who in ("ann", "bob")] == before


def test_who_was_somewhere_is_one_there_and_their_stay_goes_on() -> None:
    crowd = {"kind": "occupancy", "place": "stage", "at_most": 1}
    dwell = {"kind": "dwell", "place": "stage", "at_least": "30min"}
    staff = {"do": "staff", "title": "one left"}
    fold = Fold(document(rule(dwell, TAG), rule(crowd, staff, name="crowd"))).join("ann", "bob")
    fold.enter(0, who="ann")
    fold.leave(10, who="ann")
    fold.enter(10, who="bob")
    fold.enter(11, who="ann")
    fold.merge(12, "ann", "bob")
    assert fold.state.zones["stage"].present.keys() == {"ann"}
    assert fold.fired("crowd", None) == [12]
    assert {timer.key for timer in fold.state.timers.values()} >= {"stay:r/ann"}
    fold.pass_to(100)
    assert len(fold.fired()) == 1
    assert fold.fired(who="bob") == []


def test_who_was_elsewhere_is_where_they_went_last() -> None:
    fold = Fold(document()).join("ann", "bob")
    fold.enter(0, "floor", "ann")
    fold.enter(5, "stage", "bob")
    fold.merge(6, "ann", "bob")
    assert fold.person().place == "stage"
    assert [fold.state.zones[one].present.keys() for one in ("floor", "stage")] == [set(), {"ann"}]
    fold.unmerge(7, "ann", "bob")
    assert [fold.person(who).place for who in ("ann", "bob")] == ["floor", "stage"]
    assert [fold.state.zones[one].present.keys() for one in ("floor", "stage")] == [
        {"ann"}, {"bob"},
    ]  # fmt: skip


def test_follow_ups_of_the_other_come_to_the_survivor() -> None:
    later = {"do": "follow_up", "then": [PUSH], "after": "30min"}
    fold = Fold(document(rule(TAP, later))).join("ann", "bob")
    fold.tap(1, "bob")
    fold.merge(2, "ann", "bob")
    fold.pass_to(60)
    assert [message.person for message in fold.messages] == ["ann"]


def test_an_absence_is_that_of_both() -> None:
    fold = Fold(document(rule({"kind": "absent", "place": "coffee", "for": "30min"}, TAG)))
    fold.join("ann", "bob")
    fold.tap(0, "ann")
    fold.tap(20, "bob")
    fold.merge(25, "ann", "bob")
    fold.pass_to(100)
    assert (fold.fired(), fold.fired(who="bob")) == ([50], [])


# What is refused.


@pytest.mark.parametrize(
    ("who", "other", "reason"),
    [
        ("ann", "eve", "there is nobody 'eve' at this event"),
        ("eve", "ann", "there is nobody 'eve' at this event"),
        ("ann", "ann", "'ann' and 'ann' are one already"),
        ("cid", "bob", "'cid' and 'bob' are one already"),
    ],
)
def test_a_merge_that_cannot_be_is_refused(who: str, other: str, reason: str) -> None:
    fold = Fold(document()).join("ann", "bob", "cid")
    fold.merge(1, "bob", "cid")
    with pytest.raises(UnknownPerson, match=reason):
        fold.merge(2, who, other)


@pytest.mark.parametrize(("who", "other"), [("ann", "bob"), ("ann", "eve"), ("bob", "ann")])
def test_what_was_not_merged_cannot_be_parted(who: str, other: str) -> None:
    fold = Fold(document()).join("ann", "bob", "cid")
    fold.merge(1, "ann", "cid")
    with pytest.raises(UnknownPerson, match=f"'{other}' was not merged into '{who}'"):
        fold.unmerge(2, who, other)


def test_no_more_than_sixteen_are_merged_into_one() -> None:
    people = [f"p{number:02}" for number in range(18)]
    fold = Fold(document()).join(*people)
    for minute, who in enumerate(people[1:17], 1):
        fold.merge(minute, "p00", who)
    with pytest.raises(UnknownPerson, match="16 people are one already; that is enough"):
        fold.merge(20, "p00", "p17")


def test_ids_lead_to_whoever_has_them_after_a_merge_and_after_its_undoing() -> None:
    fold = Fold(document(ids=[{"name": "email", "per_person": 2}, {"name": "crm"}]))
    fold.say(0, "ann", ids={"email": ["a@x.org"]})
    fold.say(1, "bob", ids={"email": ["b@x.org"], "crm": ["7"]})
    apart = {"email:a@x.org": "ann", "email:b@x.org": "bob", "crm:7": "bob"}
    assert fold.state.ids == apart
    fold.merge(2, "ann", "bob")
    assert fold.state.ids == dict.fromkeys(apart, "ann")
    fold.unmerge(3, "ann", "bob")
    assert fold.state.ids == apart


def test_a_merge_of_those_who_were_merged_resolves_to_the_last() -> None:
    fold = Fold(document(rule(visits(3), TAG))).join("ann", "bob", "cid")
    fold.merge(1, "bob", "cid")
    fold.merge(2, "ann", "bob")
    for minute, who in enumerate(("ann", "bob", "cid"), 3):
        fold.tap(minute, who)
    assert fold.fired() == [5]
    assert (fold.world().resolve("cid"), fold.person("bob")) == ("ann", Person("bob"))


def test_the_arm_after_a_merge_is_the_survivors() -> None:
    venue = document(rule(TAP, TAG, holdout=50))
    people = [f"p{number}" for number in range(40)]
    held = next(who for who in people if arm("fair", 0, venue.rules[0], who).by)
    free = next(who for who in people if not arm("fair", 0, venue.rules[0], who).by)
    for survivor, other, because in ((held, free, "holdout"), (free, held, "")):
        fold = Fold(venue).join(held, free)
        fold.merge(1, survivor, other)
        fold.tap(2, other)
        assert fold.because(who=survivor) == [because]
