"""Whatever a source calls things, one mapping puts them in our names; what it cannot is said."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core import document as doc
from hub.core.errors import RulesFault
from hub.core.people.declared import MERGES, check_attributes, check_sources
from hub.core.people.dry_run import EXAMPLES_MAX, dry_run
from hub.core.people.mapping import NAMES_NOBODY, UNMAPPED_MAX, MappedRecord, Problem, map_record
from tests.core_people.people import ground, venue

ATTRIBUTES: list[dict[str, Any]] = [
    {"name": "city"},
    {"name": "age", "type": "number"},
    {"name": "spent", "type": "number", "merge": "sum"},
    {"name": "vip", "type": "boolean"},
    {"name": "joined_at", "type": "instant"},
    {"name": "likes", "type": "set"},
    {"name": "music", "type": "tally"},
    {"name": "colour"},
    {"name": "diet", "privacy": "sensitive", "one_of": ["meat", "vegan"]},
]
GROUND = ground(attributes=ATTRIBUTES)
KEY = {"to": "source_key", "from": ["id"]}


def source(*fields: dict[str, Any]) -> doc.Source:
    return msgspec.convert({"name": "shop", "fields": [KEY, *fields]}, doc.Source)


def mapped(record: dict[str, Any], *fields: dict[str, Any]) -> MappedRecord:
    return map_record(source(*fields), {"id": 7, **record}, GROUND)


def test_two_systems_mean_one_thing() -> None:
    email = {"to": "email", "from": ["email_address", "visitor_email"]}
    for record in ({"email_address": "Ann@X.org"}, {"visitor_email": " ann@x.org "}):
        found = mapped(record, email)
        assert (found.email, found.ids) == ("ann@x.org", {"email": ("ann@x.org",)})
        assert (found.problems, found.unmapped, found.refused) == ((), (), None)


@pytest.mark.parametrize(
    ("field", "raw", "held"),
    [
        ({"to": "attributes.city"}, "  Bonn ", "Bonn"),
        ({"to": "attributes.city", "normalise": "none"}, " Bonn ", " Bonn "),
        ({"to": "attributes.city", "normalise": "lower"}, " BONN", "bonn"),
        ({"to": "attributes.city", "normalise": "title"}, "new york", "New York"),
        ({"to": "attributes.city", "normalise": "email"}, "A@x.org", "a@x.org"),
        ({"to": "attributes.city", "normalise": "phone"}, 49301234567, None),
        ({"to": "attributes.city", "normalise": "phone"}, "0049301234567", "+49301234567"),
        ({"to": "attributes.colour", "normalise": "colour"}, "#FF8800", "#ff8800"),
        ({"to": "attributes.colour", "normalise": "colour"}, "f80", "#ff8800"),
        ({"to": "attributes.colour", "normalise": "colour"}, 123456, "#123456"),
        ({"to": "attributes.colour", "normalise": "colour"}, "orange", None),
        ({"to": "attributes.age"}, "41", 41),
        ({"to": "attributes.age"}, 41.5, 41.5),
        ({"to": "attributes.age"}, "old", None),
        ({"to": "attributes.spent", "unit": 0.01}, 1999, 19.99),
        ({"to": "attributes.spent", "unit": 0.01}, " 1999 ", 19.99),
        ({"to": "attributes.spent", "unit": 0.01}, "much", None),
        ({"to": "attributes.vip"}, True, True),
        ({"to": "attributes.vip", "values": {"yes please": True}}, " Yes Please", True),
        ({"to": "attributes.vip", "values": {"gold": True, "none": False}}, "none", False),
        ({"to": "attributes.vip", "values": {"gold": True}}, "no", False),
        ({"to": "attributes.joined_at"}, "2026-10-08T12:00", 1_791_453_600_000),
        ({"to": "attributes.likes", "separator": ";"}, "tea; cake;;", ["cake", "tea"]),
        ({"to": "attributes.likes", "separator": ","}, ["tea", "cake"], ["cake", "tea"]),
        ({"to": "attributes.likes", "values": {"1": "tea"}}, [1, "milk"], ["milk", "tea"]),
        ({"to": "attributes.likes"}, [1], None),
        ({"to": "attributes.likes"}, [["tea"]], None),
        ({"to": "attributes.music"}, {"rock": 2}, {"rock": 2}),
        ({"to": "attributes.music"}, {"rock": "2"}, None),
        ({"to": "attributes.music"}, {"rock": True}, None),
        ({"to": "attributes.music"}, {1: 1}, None),
        ({"to": "attributes.free"}, 5, 5),
    ],
)
def test_a_value_is_put_in_its_canonical_form(field: dict[str, Any], raw: Any, held: Any) -> None:
    found = mapped({"raw": raw}, {**field, "from": ["raw"]})
    name = field["to"].removeprefix("attributes.")
    if held is None:
        assert found.attributes == {}
        assert [problem.field for problem in found.problems] == [field["to"]]
        assert str(raw) not in found.problems[0].reason
    else:
        assert found.attributes == {name: held}
        assert found.problems == ()
    assert found.source_key == "7"


@pytest.mark.parametrize(
    ("record", "found"),
    [
        ({"a": "1", "b": "2"}, "1"),
        ({"a": "", "b": "2"}, "2"),
        ({"a": None, "b": 0}, "0"),
        ({"deep": {"er": {"c": "3"}}}, "3"),
        ({"deep.er.c": "4"}, "4"),
        ({"deep": "flat"}, "default"),
        ({}, "default"),
    ],
)
def test_the_first_name_that_is_there_counts(record: dict[str, Any], found: str) -> None:
    field = {"to": "attributes.city", "from": ["a", "b", "deep.er.c"], "default": "default"}
    assert mapped(record, field).attributes == {"city": found}


def test_what_is_not_there_and_has_no_default_is_left_out() -> None:
    found = mapped({}, {"to": "attributes.city", "from": ["town"]})
    assert (found.attributes, found.problems) == ({}, ())


def test_one_bad_field_never_loses_the_record() -> None:
    found = mapped(
        {"age": "x" * 90, "diet": "secret", "mail": "nobody", "name": ["Ann"], "town": "Bonn"},
        {"to": "attributes.age", "from": ["age"]},
        {"to": "attributes.diet", "from": ["diet"]},
        {"to": "email", "from": ["mail"]},
        {"to": "name", "from": ["name"]},
        {"to": "attributes.city", "from": ["town"]},
    )
    age, diet, email, name = found.problems
    assert age.value_shown == f"'{'x' * 56}..."
    assert diet == Problem("attributes.diet", "*** (str of 6)", "it is one of: meat, vegan")
    assert email == Problem("email", "'nobody'", "write name@example.org")
    assert name == Problem("name", "['Ann']", "write one text")
    assert (found.attributes, found.refused) == ({"city": "Bonn"}, None)


def test_the_persons_own_record_is_text() -> None:
    found = mapped(
        {"n": " Ann ", "c": True, "p": "+49 30 1234567", "b": "x" * 201},
        {"to": "name", "from": ["n"]},
        {"to": "company", "from": ["c"]},
        {"to": "phone", "from": ["p"]},
        {"to": "badge", "from": ["b"]},
    )
    assert (found.name, found.company, found.badge) == ("Ann", None, None)
    assert (found.phone, found.ids) == ("+49301234567", {"phone": ("+49301234567",)})
    assert [one.field for one in found.problems] == ["company", "badge"]


def test_ids_are_normalised_and_collected() -> None:
    found = mapped(
        {"crm": ["A1", "a1", 2], "mail": "a@x.org", "other": "b@x.org", "moon": "1"},
        {"to": "ids.crm", "from": ["crm"], "values": {"2": "b2"}},
        {"to": "ids.email", "from": ["other"]},
        {"to": "email", "from": ["mail"]},
        {"to": "ids.moon", "from": ["moon"]},
    )
    assert found.ids == {"crm": ("a1", "b2"), "email": ("b@x.org", "a@x.org")}
    assert [one.reason for one in found.problems] == ["the venue has no kind of id 'moon'"]


def test_an_address_is_no_id_where_the_venue_has_no_such_kind() -> None:
    plain = ground(ids=[{"name": "member"}])
    fields = source({"to": "email", "from": ["mail"]}, {"to": "phone", "from": ["tel"]})
    found = map_record(fields, {"mail": "A@x.org", "tel": "0049301234567"}, plain)
    assert (found.email, found.phone, found.ids) == ("a@x.org", "+49301234567", {})


PUSH = {"to": "consents.push", "from": ["news"], "values": {"opt-in": True, "opt-out": False}}
LIGHTS = {"to": "consents.lights", "from": ["lights"]}


@pytest.mark.parametrize(
    ("record", "given"),
    [
        ({}, None),
        ({"news": "opt-in", "lights": "yes"}, ("lights", "push")),
        ({"news": "opt-out"}, ()),
        ({"news": "opt-in", "lights": "perhaps"}, ("push",)),
        ({"lights": "perhaps"}, ()),
    ],
)
def test_only_what_is_said_plainly_is_consent(
    record: dict[str, Any], given: tuple[str, ...] | None
) -> None:
    found = mapped(record, PUSH, LIGHTS)
    assert found.consents == given
    assert bool(found.problems) == ("perhaps" in record.values())


def test_a_source_without_consents_says_nothing_about_them() -> None:
    assert mapped({"news": "opt-in"}).consents is None


@pytest.mark.parametrize(
    ("record", "refused"),
    [
        ({"id": "7"}, None),
        ({"mail": "a@x.org"}, None),
        ({"crm": "1"}, None),
        ({"mail": "nobody"}, NAMES_NOBODY),
        ({"name": "Ann"}, NAMES_NOBODY),
        ({}, NAMES_NOBODY),
    ],
)
def test_a_record_that_names_nobody_is_refused(record: dict[str, Any], refused: str | None) -> None:
    fields = source(
        {"to": "email", "from": ["mail"]},
        {"to": "ids.crm", "from": ["crm"]},
        {"to": "name", "from": ["name"]},
    )
    assert map_record(fields, record, GROUND).refused == refused


def test_what_nobody_asked_for_is_said() -> None:
    record = {"town": {"name": "Bonn", "zip": 1}, "whole": {"a": {"b": 1}}, "empty": {}, "x": 1}
    fields = [
        {"to": "attributes.city", "from": ["town.name"]},
        {"to": "attributes.music", "from": ["whole"]},
    ]
    assert mapped(record, *fields).unmapped == ("empty", "town.zip", "x")
    deep: dict[str, Any] = {"end": 1}
    for _ in range(20):
        deep = {"d": deep}
    assert mapped(deep).unmapped == (".".join("d" * 8),)
    assert len(mapped({f"f{n}": n for n in range(300)}).unmapped) == UNMAPPED_MAX


@given(
    st.dictionaries(
        st.sampled_from(["id", "age", "likes", "mail", "news", "when", "much"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.text(max_size=3), inner, max_size=3)
            ),
            max_leaves=6,
        ),
    )
)
def test_no_record_breaks_the_mapping(record: dict[str, Any]) -> None:
    fields = source(
        {"to": "attributes.age", "from": ["age"]},
        {"to": "attributes.spent", "from": ["much"], "unit": 0.01},
        {"to": "attributes.likes", "from": ["likes"], "separator": ","},
        {"to": "attributes.joined_at", "from": ["when"]},
        {"to": "email", "from": ["mail"]},
        PUSH,
    )
    found = map_record(fields, record, GROUND)
    told = {problem.field for problem in found.problems}
    assert told.isdisjoint(f"attributes.{name}" for name in found.attributes)
    assert msgspec.json.decode(msgspec.json.encode(found.attributes)) == found.attributes
    report = dry_run(fields, [record], GROUND)
    assert all(one.mapped + one.missing + one.problems == 1 for one in report.fields)


def test_a_dry_run_counts_what_would_come_of_the_records() -> None:
    fields = source(
        {"to": "attributes.age", "from": ["age"]},
        {"to": "attributes.city", "from": ["town"], "default": "Bonn"},
        {"to": "attributes.vip", "from": ["vip"], "default": "perhaps"},
    )
    records: list[dict[str, Any]] = [{"id": n, "age": "old", "x": 1} for n in range(5)]
    records += [{"id": 9, "age": 40, "town": "Rome", "vip": True, "a": 1}, {"age": 1, "x": 1}]
    report = dry_run(fields, records, GROUND)
    assert (report.source, report.records, report.refused) == ("shop", 7, 1)
    key, age, city, vip = report.fields
    assert (key.to, key.mapped, key.missing, key.problems) == ("source_key", 6, 1, 0)
    assert (age.mapped, age.missing, age.problems) == (2, 0, 5)
    assert len(age.examples) == EXAMPLES_MAX
    assert (city.mapped, city.missing, city.problems) == (1, 6, 0)
    assert (vip.mapped, vip.missing, vip.problems) == (1, 0, 6)
    assert list(report.unmapped.items()) == [("x", 6), ("a", 1)]


def sources(*fields: dict[str, Any], **more: Any) -> doc.Venue:
    return venue(sources=[{"name": "shop", "fields": list(fields)}], **more)


def test_a_mapping_to_what_is_there_is_fine() -> None:
    known = [KEY, {"to": "attributes.city", "from": ["a"]}, {"to": "ids.crm", "from": ["b"]}]
    check_sources(sources(*known))
    check_sources(sources({"to": "attributes.anything", "from": ["a"]}, attributes=[]))


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (sources(KEY, KEY), "source 'shop': field 'source_key' is there twice"),
        (
            sources({"to": "attributes.moon", "from": ["a"]}, attributes=ATTRIBUTES[:2]),
            "source 'shop': 'attributes.moon' is no attribute; there is: age, city",
        ),
        (
            sources({"to": "ids.moon", "from": ["a"]}, ids=[{"name": "member"}]),
            "source 'shop': 'ids.moon' is no kind of id; there is: member",
        ),
        (
            venue(sources=[{"name": "shop", "fields": []}] * 2),
            "source 'shop' is there twice",
        ),
    ],
)
def test_a_mapping_to_what_is_not_there_is_refused(wrong: doc.Venue, text: str) -> None:
    with pytest.raises(RulesFault, match=text):
        check_sources(wrong)


def test_attributes_are_merged_only_as_their_type_can_be() -> None:
    for kind, rules in MERGES.items():
        for rule in rules:
            check_attributes(venue(attributes=[{"name": "it", "type": kind, "merge": rule}]))
    with pytest.raises(RulesFault, match="attribute 'it': a set cannot be merged by sum; write"):
        check_attributes(venue(attributes=[{"name": "it", "type": "set", "merge": "sum"}]))
    with pytest.raises(RulesFault, match="attribute 'city' is there twice"):
        check_attributes(venue(attributes=[{"name": "city"}, {"name": "city"}]))
