"""Conditions that cannot hold are told from those that can."""

import pytest

from hub.core import document as doc
from hub.core.checking.holding import figure, is_duration
from tests.core_checking.venue import VENUE, of_if

A = doc.Attribute
WRONG: list[tuple[doc.Condition, str]] = [
    (doc.IsAt(), "give either a place or a group"),
    (doc.AtTime(), "give from, until or days"),
    (doc.Occupied("stage"), "give at_least, at_most or both"),
    (doc.HasPoints(), "give at_least, at_most or both"),
    (doc.Counted(), "give at_least, at_most or both"),
    (A("t"), "give at least one test"),
    (doc.Counted(place="coffee", group="food", at_least=1),
     "give either a place or a group, or neither for all places"),
    (doc.Counted("points", "sum", "coffee", at_least=1),
     "points are added at no place: leave out place and group"),
    (doc.Counted(take="sum", at_least=1), "sum is of stays or points"),
    (doc.Counted("points", "distinct", at_least=1), "distinct counts places, and points have none"),
    (doc.Counted("stays", "sum", at_least=5), "5 is no length of stays"),
    (doc.Counted("stays", "sum", at_least="long"), "'long' is no length of stays"),
    (doc.Counted(at_least="5min"), "'5min' is no number; only lengths of stays are durations"),
    (doc.Counted(take="distinct", at_least=4), "there are 3 places: 4 never holds"),
    (doc.Counted(take="distinct", group="food", at_least=3), "there are 2 places: 3 never holds"),
    (doc.Counted(at_least=3, at_most=2), "at_least 3 is more than at_most 2: it never holds"),
    (doc.Counted("stays", "sum", at_least="2h", at_most="5min"),
     "at_least 2h is more than at_most 5min: it never holds"),
    (doc.Counted(at_most=-1), "nothing is less than none: -1 never holds"),
    (doc.Occupied("stage", at_most=-1), "nothing is less than none: -1 never holds"),
    (A("t", one_of=[]), "one_of is empty: it never holds"),
    (doc.HasStatus([]), "one_of is empty: it never holds"),
    (doc.AtTime("08:00", "08:00"), "from 08:00 until 08:00 is no time at all: it never holds"),
    (doc.AtTime(days=[]), "days is empty: it never holds"),
    (doc.AnyOf([]), "any of nothing never holds"),
    (doc.All([]), "of is empty: there is nothing to ask"),
    (doc.InStock("card", 61), "the pool 'card' has 60: it never holds"),
    (doc.InArm("a", "big"), "the rule 'a' has no arm 'big'; there is: holdout"),
    (doc.InArm("b", "big"), "there is no rule 'b'; there is: a"),
    (doc.InStock("cards"), "there is no pool 'cards'; there is: card"),
    (A("t", before="soon"), "'soon' is no local time: write YYYY-MM-DDTHH:MM"),
    (A("t", equals="a", exists=False),
     "the attribute 't' is asked to be missing and to be something"),
    (A("t", equals="a", one_of=["b"]), "the attribute 't' cannot be two different values at once"),
    (A("t", equals="a", matches="b*"), "the attribute 't' cannot be a and pass the other tests"),
    (A("t", one_of=[1, 9], at_least=2, at_most=8),
     "the attribute 't' cannot be 1, 9 and pass the other tests"),
    (A("t", after="2026-10-08T10:00", before="2026-10-08T09:00"),
     "no instant 't' is after 2026-10-08T10:00 and before 2026-10-08T09:00"),
    (doc.All([A("t", equals="a"), A("u", equals="b"), A("t", equals="b")]),
     "the attribute 't' cannot be two different values at once"),
    (doc.All([A("t", at_least=5), A("t", at_most=4)]), "no number 't' is at least 5 and at most 4"),
    (doc.All([doc.HasConsent("x"), doc.All([doc.NoneOf([doc.HasConsent("x")])])]),
     "consent 'x' is both asked for and excluded: it never holds"),
    (doc.All([doc.IsAt("stage"), doc.NoneOf([doc.IsAt("stage")])]),
     "the same condition of kind at is both asked for and excluded: it never holds"),
    (doc.All([doc.HasPoints(at_most=3), doc.HasPoints(at_least=4)]),
     "no points are at least 4 and at most 3"),
    (doc.All([doc.HasStatus(["a"]), doc.HasStatus(["b"])]),
     "nobody has two different statuses at once"),
    (doc.All([doc.AtTime(days=["mon"]), doc.AtTime(days=["sun"])]),
     "no day is on both lists of days"),
    (doc.All([doc.IsAt("stage"), doc.IsAt("coffee")]),
     "nobody is at two places at once: coffee, stage"),
    (doc.All([doc.AtTime("08:00", "10:00"), doc.AtTime("10:00", "12:00")]),
     "no time of day is in all of these"),
]  # fmt: skip

CAN: list[doc.Condition] = [
    doc.IsAt("stage"), doc.IsAt(group="food"), doc.AtTime("22:00", "06:00"),
    doc.AtTime(days=["mon"]),
    doc.Occupied("stage", at_most=0), doc.HasPoints(at_most=-5), doc.Counted("points", at_most=-1),
    doc.Counted("stays", "sum", at_least="5min", at_most="2h"),
    doc.Counted(take="distinct", at_most=9),
    doc.Counted(take="distinct", place="coffee", at_least=1), doc.InStock("card", 60),
    doc.Counted("stays", "count", at_least=2), doc.Counted("points", "sum", at_least=2),
    A("t", exists=False), A("t", equals="abc", matches="a*c"), A("t", equals=True, at_least=5),
    A("t", one_of=[1, 9], at_least=2), A("t", equals=["x"], contains="x"),
    A("t", after="2026-10-08T09:00", before="2026-10-08T10:00"), A("t", at_least=5),
    doc.All([A("t", at_least=5), A("t", at_most=5)]),
    doc.All([doc.AtTime("22:00", "06:00"), doc.AtTime("05:00")]),
    doc.All([doc.AtTime(days=["mon"]), doc.AtTime(days=["mon", "sun"])]),
    doc.All([doc.HasPoints(at_most=5), doc.HasPoints(at_most=4)]),
    doc.All([doc.NoneOf([A("t", equals="a")]), A("t", equals="b")]),
    doc.AnyOf([A("t", equals="a"), A("t", equals="b")]),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "sentence"), WRONG, ids=lambda value: str(value)[:60])
def test_conditions_that_never_hold(condition: doc.Condition, sentence: str) -> None:
    found = [one for one in of_if(condition) if one.startswith("error")]
    assert any(one.endswith(f": {sentence}") for one in found), found


@pytest.mark.parametrize("condition", CAN, ids=lambda value: str(value)[:60])
def test_conditions_that_may_hold(condition: doc.Condition) -> None:
    assert of_if(condition) == []


def test_a_distinct_count_in_a_venue_without_places() -> None:
    found = of_if(doc.Counted(take="distinct", at_least=4), places=[])
    assert not any("never holds" in one for one in found)


def test_figures() -> None:
    assert figure("2h") == 7_200_000
    assert figure("long") is None
    assert figure(None) is None
    assert figure(1.5) == 1.5
    assert not is_duration("5minutes")
    assert VENUE.pools[0].stock == 60
