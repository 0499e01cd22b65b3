"""What an attribute may hold, what is refused and why, and what becomes of two values."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core import document as doc
from hub.core.document.people import AttributeType
from hub.core.errors import CoreError
from hub.core.people.attributes import (
    assign,
    coerce,
    coerced,
    favourite,
    merge_rule,
    merge_values,
    rebased,
)
from hub.core.people.coercing import SET_MEMBERS_MAX, TALLY_KEYS_MAX, TEXT_CHARACTERS_MAX
from hub.core.people.faults import AttributeFault
from tests.core_people.people import ZONE

NOON_MS = 1_791_453_600_000
"""2026-10-08 12:00 in Berlin."""


def info(kind: AttributeType = "text", **more: Any) -> doc.AttributeInfo:
    return doc.AttributeInfo("it", kind, **more)


@pytest.mark.parametrize(
    ("kind", "said", "held"),
    [
        ("text", "Bonn", "Bonn"),
        ("text", 12, "12"),
        ("text", 1.5, "1.5"),
        ("text", "x" * TEXT_CHARACTERS_MAX, "x" * TEXT_CHARACTERS_MAX),
        ("text", None, None),
        ("number", 3, 3),
        ("number", " 3.5 ", 3.5),
        ("number", "1e3", 1000.0),
        ("number", "-7", -7),
        ("number", 2**53, 2**53),
        ("boolean", True, True),
        ("boolean", 0, False),
        ("boolean", " Yes", True),
        ("boolean", "off", False),
        ("instant", NOON_MS, NOON_MS),
        ("instant", float(NOON_MS), NOON_MS),
        ("instant", str(NOON_MS), NOON_MS),
        ("instant", "2026-10-08T12:00", NOON_MS),
        ("instant", "2026-10-08 12:00:30", NOON_MS + 30_000),
        ("instant", "2026-10-08T12:00:00.123", NOON_MS + 123),
        ("instant", "2026-10-08T10:00:00Z", NOON_MS),
        ("instant", "2026-10-08T05:00-05:00", NOON_MS),
        ("set", ["b", "a", "b", ""], ["a", "b"]),
        ("set", "a", ["a"]),
        ("set", [], []),
        ("tally", "rock", {"rock": 1}),
        ("tally", ["rock", "jazz", "rock"], {"jazz": 1, "rock": 2}),
        ("tally", {"rock": 2, "jazz": 0}, {"rock": 2}),
    ],
)
def test_what_was_said_becomes_a_value_of_the_type(
    kind: AttributeType, said: Any, held: Any
) -> None:
    found = coerce(info(kind), said, ZONE)
    assert found == held
    assert type(found) is type(held)


@pytest.mark.parametrize(
    ("kind", "said", "right"),
    [
        ("text", True, "it is a text of at most 1000 characters"),
        ("text", "x" * (TEXT_CHARACTERS_MAX + 1), "it is a text"),
        ("text", ["a"], "it is a text"),
        ("number", "twelve", "it is a number such as 12 or 3.5"),
        ("number", "nan", "it is a number"),
        ("number", "1e999", "it is a number"),
        ("number", float("inf"), "it is a number"),
        ("number", 2**53 + 1, "it is a number"),
        ("number", False, "it is a number"),
        ("number", ["1"], "it is a number"),
        ("boolean", "perhaps", "it is true or false"),
        ("boolean", 2, "it is true or false"),
        ("boolean", [], "it is true or false"),
        ("instant", "tomorrow", "it is a local time YYYY-MM-DDTHH:MM"),
        ("instant", "2026-13-08T12:00", "it is a local time"),
        ("instant", "0001-01-01T00:00", "it is a local time"),
        ("instant", "9" * 17, "it is a local time"),
        ("instant", "0000-01-01T00:00", "it is a local time"),
        ("instant", 253_402_128_000_001, "it is a local time"),
        ("instant", "9" * 16, "it is a local time"),
        ("instant", 1.5, "it is a local time"),
        ("instant", True, "it is a local time"),
        ("set", [f"m{n}" for n in range(SET_MEMBERS_MAX + 1)], "it is a list of at most 200"),
        ("set", ["x" * (TEXT_CHARACTERS_MAX + 1)], "it is a list"),
        ("set", [1], "it is a list"),
        ("set", 1, "it is a list"),
        ("set", {"a": 1}, "it is a list"),
        ("tally", 3, "it is a text, a list of texts, or the count of each"),
        ("tally", {"a": -1}, "it is a text"),
        ("tally", {"a": True}, "it is a text"),
        ("tally", {"a": "1"}, "it is a text"),
        ("tally", {1: 1}, "it is a text"),
        ("tally", {"x" * 1001: 1}, "it is a text"),
        ("tally", {f"k{n}": 1 for n in range(TALLY_KEYS_MAX + 1)}, "it is a text"),
        ("tally", ["a"] * (TALLY_KEYS_MAX + 1), "it is a text"),
    ],
)
def test_what_cannot_be_held_is_refused_with_what_would_be_right(
    kind: AttributeType, said: Any, right: str
) -> None:
    with pytest.raises(AttributeFault, match="attribute 'it' cannot be ") as caught:
        coerce(info(kind), said, ZONE)
    assert caught.value.right.startswith(right)
    assert isinstance(caught.value, CoreError)
    assert len(caught.value.shown) <= 60


def test_a_sensitive_value_is_not_repeated() -> None:
    with pytest.raises(AttributeFault) as caught:
        coerce(info("number", privacy="sensitive"), "secret", ZONE)
    assert caught.value.shown == "*** (str of 6)"
    assert "secret" not in str(caught.value)
    with pytest.raises(AttributeFault) as caught:
        coerce(info("set", privacy="sensitive"), 5, ZONE)
    assert caught.value.shown == "*** (int)"


@pytest.mark.parametrize(
    ("kind", "options", "said", "fits"),
    [
        ("text", ["red", "blue"], "red", True),
        ("text", ["red", "blue"], "green", False),
        ("number", ["1", 2], "2", True),
        ("number", [1, 2], 3, False),
        ("instant", ["2026-10-08T12:00"], NOON_MS, True),
        ("set", ["a", "b"], ["b"], True),
        ("set", ["a", "b"], ["b", "c"], False),
        ("tally", ["a"], "a", True),
        ("tally", ["a"], "b", False),
    ],
)
def test_a_value_is_one_of_those_that_are_listed(
    kind: AttributeType, options: list[Any], said: Any, *, fits: bool
) -> None:
    declared = info(kind, one_of=options)
    if fits:
        assert coerce(declared, said, ZONE) == coerce(info(kind), said, ZONE)
        return
    with pytest.raises(AttributeFault, match="it is one of: "):
        coerce(declared, said, ZONE)


@pytest.mark.parametrize("value", [None, True, "x", 1.5, ["a"], {"a": 1}])
def test_what_is_not_declared_is_free(value: Any) -> None:
    assert coerced({}, "free", value, ZONE) == value
    assert assign({}, "free", "old", value, ZONE) == value


@pytest.mark.parametrize(
    "value", ["x" * 1001, float("nan"), [1], {"a": "b"}, [str(n) for n in range(201)]]
)
def test_what_is_not_declared_is_bounded(value: Any) -> None:
    with pytest.raises(AttributeFault, match="attribute 'free' cannot be"):
        coerced({}, "free", value, ZONE)


@pytest.mark.parametrize(
    ("declared", "older", "newer", "result"),
    [
        (None, "a", "b", "b"),
        (info(), "a", "b", "b"),
        (info(), None, "b", "b"),
        (info(), "a", None, "a"),
        (info(merge="first"), "a", "b", "a"),
        (info(merge="highest"), "a", "b", "b"),
        (info(merge="lowest"), "a", "b", "a"),
        (info("number", merge="highest"), 5, 3, 5),
        (info("number", merge="lowest"), 5, 3, 3),
        (info("instant", merge="lowest"), 5, 9, 5),
        (info("boolean", merge="highest"), True, False, True),
        (info("number", merge="sum"), 5, 3.5, 8.5),
        (info("number", merge="sum"), 2**53, 1, 2**53),
        (info("number", merge="sum"), "five", 3, 3),
        (info("number", merge="highest"), "five", 3, 3),
        (info("set"), ["a", "c"], ["b", "c"], ["a", "b", "c"]),
        (info("set"), "a", ["b"], ["b"]),
        (info("tally"), {"a": 1, "b": 1}, {"b": 2}, {"a": 1, "b": 3}),
    ],
)
def test_two_values_become_one_by_the_rule(
    declared: doc.AttributeInfo | None, older: Any, newer: Any, result: Any
) -> None:
    assert merge_values(declared, older, newer) == result


def test_the_type_says_how_sets_and_tallies_are_merged() -> None:
    assert merge_rule(info("set")) == "union"
    assert merge_rule(info("tally")) == "sum"
    assert merge_rule(info("number", merge="highest")) == "highest"
    assert merge_rule(info("number")) == "latest"


def test_a_union_keeps_the_first_and_a_tally_the_commonest() -> None:
    older = [f"{n:03}" for n in range(SET_MEMBERS_MAX)]
    assert merge_values(info("set"), older, ["0000"]) == sorted([*older, "0000"])[:-1]
    counts = {f"{n:03}": 2 for n in range(TALLY_KEYS_MAX)}
    assert merge_values(info("tally"), counts, {"z": 1}) == counts
    assert merge_values(info("tally"), counts, {"z": 9}) == {
        **{key: 2 for key in counts if key != "499"},
        "z": 9,
    }


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "highest": st.integers(-9, 9),
    "lowest": st.integers(-9, 9),
    "sum": st.integers(-9, 9),
    "union": st.sets(st.sampled_from("abcde")).map(sorted),
    "tally": st.dictionaries(st.sampled_from("abc"), st.integers(1, 9)),
}


@given(st.data(), st.sampled_from(sorted(VALUES)))
def test_uniting_does_not_depend_on_the_order(data: st.DataObject, rule: str) -> None:
    one, two, three = (data.draw(VALUES[rule]) for _ in range(3))
    kinds: dict[str, AttributeType] = {"union": "set", "tally": "tally"}
    plain = rule in kinds
    declared = info(kinds.get(rule, "number"), merge=None if plain else rule)
    both = merge_values(declared, one, two)
    assert both == merge_values(declared, two, one)
    assert merge_values(declared, both, three) == merge_values(
        declared, one, merge_values(declared, two, three)
    )


@pytest.mark.parametrize(
    ("declared", "now", "before", "after", "result"),
    [
        (info(), "a", "a", "b", "b"),
        (info(), "c", "a", "b", "c"),
        (info("number", merge="sum"), 9, 5, 2, 6),
        (info("number", merge="sum"), 9, 5, None, 4),
        (info("set"), ["a", "b", "c"], ["a", "b"], ["a"], ["a", "c"]),
        (info("set"), ["a"], ["a", "b"], None, None),
        (info("tally"), {"a": 3}, {"a": 2}, {"b": 1}, {"a": 1, "b": 1}),
        (info("tally"), {"a": 1}, {"a": 2}, None, None),
    ],
)
def test_a_value_as_if_it_had_grown_out_of_another(
    declared: doc.AttributeInfo, now: Any, before: Any, after: Any, result: Any
) -> None:
    assert rebased(declared, now, before, after) == result


@pytest.mark.parametrize(
    ("kind", "current", "said", "after"),
    [
        ("text", "a", "b", "b"),
        ("text", "a", None, None),
        ("tally", {"rock": 1}, "rock", {"rock": 2}),
        ("tally", None, "rock", {"rock": 1}),
        ("set", ["a"], "b", ["a", "b"]),
    ],
)
def test_setting_counts_once_more_adds_or_replaces(
    kind: AttributeType, current: Any, said: Any, after: Any
) -> None:
    assert assign({"it": info(kind)}, "it", current, said, ZONE) == after


def test_the_favourite_is_counted_most_and_ties_go_by_name() -> None:
    assert favourite({"rock": 2, "jazz": 2, "pop": 1}) == "jazz"
    assert favourite({}) is None
    assert favourite("rock") is None
