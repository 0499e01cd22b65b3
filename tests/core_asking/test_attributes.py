"""Attributes: each test on each type, what is unknown, and what the clause says."""

from typing import Any

import pytest

from hub.core.state import Person
from tests.core_asking.ground import ask, clause, local_ms

BORN_MS = local_ms("1999-05-01T10:00")
ANN = Person(
    "ann",
    attributes={
        "city": "Bonn", "age": 30, "vip": True, "born": BORN_MS, "likes": ["tea", "jazz"],
        "genres": {"house": 2, "techno": 3, "dub": 3, "pop": 0}, "diet": "vegan", "none": "",
        "zero": 0, "born_text": "1999-05-01T10:00", "born_utc": "1999-05-01T08:00:00+00:00",
        "odd": "[a]*", "no_genres": {}, "no_likes": [],
    },
)  # fmt: skip

TABLE: list[tuple[str, dict[str, Any], bool]] = [
    ("age", {"equals": 30}, True),
    ("age", {"equals": 30.0}, True),
    ("age", {"equals": 31}, False),
    ("age", {"at_least": 30}, True),
    ("age", {"at_least": 30.5}, False),
    ("age", {"at_most": 30}, True),
    ("age", {"at_most": 29}, False),
    ("age", {"at_least": 18, "at_most": 65}, True),
    ("age", {"at_least": 18, "equals": 31}, False),
    ("age", {"one_of": [29, 30]}, True),
    ("age", {"one_of": [29]}, False),
    ("zero", {"equals": 0}, True),
    ("zero", {"equals": False}, False),
    ("zero", {"contains": "0"}, False),
    ("zero", {"matches": "*"}, False),
    ("zero", {"favourite": "0"}, False),
    ("city", {"equals": "Bonn"}, True),
    ("city", {"equals": "bonn"}, False),
    ("city", {"contains": "on"}, True),
    ("city", {"contains": "x"}, False),
    ("city", {"matches": "B*n"}, True),
    ("city", {"matches": "B?nn"}, True),
    ("city", {"matches": "B?n"}, False),
    ("city", {"matches": "onn"}, False),
    ("city", {"one_of": ["Ulm", "Bonn"]}, True),
    ("city", {}, True),
    ("city", {"exists": True}, True),
    ("city", {"exists": False}, False),
    ("none", {}, True),
    ("none", {"at_least": 1}, False),
    ("none", {"at_most": 1}, False),
    ("none", {"before": "2030-01-01T00:00"}, False),
    ("odd", {"matches": "[a]*"}, True),
    ("odd", {"matches": "[ab]?"}, False),
    ("vip", {"equals": True}, True),
    ("vip", {"equals": False}, False),
    ("vip", {"one_of": [True]}, True),
    ("likes", {"contains": "jazz"}, True),
    ("likes", {"contains": "jaz"}, False),
    ("likes", {"matches": "ja*"}, True),
    ("likes", {"matches": "jo*"}, False),
    ("likes", {"equals": ["jazz", "tea"]}, True),
    ("likes", {"equals": ["jazz"]}, False),
    ("likes", {"one_of": ["jazz", "rock"]}, True),
    ("likes", {"one_of": ["rock"]}, False),
    ("genres", {"favourite": "dub"}, True),
    ("genres", {"favourite": "techno"}, False),
    ("genres", {"favourite": "pop"}, False),
    ("genres", {"contains": "house"}, True),
    ("genres", {"contains": "rock"}, False),
    ("no_genres", {"favourite": "dub"}, False),
    ("born", {"before": "1999-05-01T10:01"}, True),
    ("born", {"before": "1999-05-01T10:00"}, False),
    ("born", {"after": "1999-05-01T10:00"}, False),
    ("born", {"after": "1999-05-01T09:59"}, True),
    ("born", {"after": "1999-05-01T09:59", "before": "1999-05-01T10:01"}, True),
    ("born_text", {"before": "1999-05-01T10:01"}, True),
    ("born_text", {"after": "1999-05-01T10:00"}, False),
    ("born_utc", {"after": "1999-05-01T09:59", "before": "1999-05-01T10:01"}, True),
    ("likes_not", {"contains": "x"}, False),
    ("shoe", {}, False),
    ("shoe", {"equals": 40}, False),
    ("shoe", {"at_most": 40}, False),
    ("shoe", {"exists": True}, False),
    ("shoe", {"exists": False}, True),
]


@pytest.mark.parametrize(("name", "tests", "holds"), TABLE)
def test_what_holds(name: str, tests: dict[str, Any], holds: bool) -> None:
    asked = ask("attribute", name=name, **tests)
    assert clause(asked, ANN).held is holds
    assert asked.keys == {f"attribute:{name}"}
    assert (asked.is_timed, asked.is_personal) == (False, True)


@pytest.mark.parametrize("wrong", ["vip", "likes", "genres"])
@pytest.mark.parametrize(
    "tests", [{"before": "2030-01-01T00:00"}, {"after": "1990-01-01T00:00"}, {"at_least": 0}]
)
def test_a_value_of_another_kind_compares_with_nothing(wrong: str, tests: dict[str, Any]) -> None:
    person = Person("bob", attributes={"free": ANN.attributes[wrong]})
    assert not clause(ask("attribute", name="free", **tests), person).held


@pytest.mark.parametrize(
    ("name", "tests", "text", "saw"),
    [
        ("shoe", {"at_least": 40}, "shoe is at least 40.0", "unknown"),
        ("age", {"at_most": 40, "at_least": 1}, "age is at least 1.0 and is at most 40.0", "30"),
        ("city", {"contains": "o"}, "city contains o", "Bonn"),
        ("city", {"one_of": ["a"]}, "city is one of ['a']", "Bonn"),
        ("city", {"equals": "a"}, "city is a", "Bonn"),
        ("city", {"matches": "a*"}, "city matches a*", "Bonn"),
        ("city", {}, "city is known", "Bonn"),
        ("city", {"exists": False}, "city is unknown", "Bonn"),
        ("likes", {"contains": "a"}, "likes contains a", "tea, jazz"),
        ("no_likes", {"contains": "a"}, "no_likes contains a", "nothing"),
        ("genres", {"favourite": "dub"}, "genres has dub most", "dub 3, techno 3, house 2, pop 0"),
        ("no_genres", {"favourite": "dub"}, "no_genres has dub most", "nothing"),
        ("born", {}, "born is known", "1999-05-01 10:00:00"),
        ("born_text", {"after": "2000-01-01T00:00"}, "born_text is after 2000-01-01T00:00",
         "1999-05-01T10:00"),
        ("born", {"before": "2000-01-01T00:00"}, "born is before 2000-01-01T00:00",
         "1999-05-01 10:00:00"),
    ],
)  # fmt: skip
def test_what_a_clause_says(name: str, tests: dict[str, Any], text: str, saw: str) -> None:
    found = clause(ask("attribute", name=name, **tests), ANN)
    assert (found.text, found.saw) == (text, saw)


def test_without_consent_a_value_is_unknown() -> None:
    agreed = Person("ann", attributes=ANN.attributes, consents=frozenset({"profile"}))
    is_vegan = ask("attribute", name="diet", equals="vegan")
    is_unknown = ask("attribute", name="diet", exists=False)
    assert is_vegan.keys == {"attribute:diet", "consent:profile"}
    assert (clause(is_vegan, agreed).held, clause(is_vegan, agreed).saw) == (True, "vegan")
    found = clause(is_vegan, ANN)
    assert (found.held, found.saw) == (False, "unknown: not consented to profile")
    assert clause(is_unknown, ANN).held
    assert not clause(is_unknown, agreed).held


def test_a_pattern_with_many_stars_takes_no_exponential_time() -> None:
    pattern = "*a" * 49 + "b"
    assert not clause(
        ask("attribute", name="free", matches=pattern),
        Person("bob", attributes={"free": "a" * 5_000}),
    ).held
