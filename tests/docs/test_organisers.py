"""The reference knows every part, trigger, condition and action, and its examples compile."""

import re
from collections import Counter
from typing import Any, Final

import msgspec
import pytest
import yaml

from hub.core import document as doc
from hub.core.checking import check
from hub.core.compiled import compile_venue
from hub.core.document import Venue
from hub.core.periods import window
from hub.core.spans import MS_PER, duration_ms
from hub.reading import read_venue
from tests.docs.pages import Example, column
from tests.docs.reference import (
    LISTS,
    ORGANISERS,
    PARTS,
    RULES,
    SECTIONS,
    Kind,
    Table,
    base,
    choices,
    constraints,
    examples,
    listed,
    tables,
    tag_of,
    whole,
    with_rules,
    written,
)

RULE_EXAMPLES: Final = examples("rules")
TABLES: Final = tables()
each_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.title)
SAID: Final = re.compile(r"`?([\w ]+?)`? unless said")


def fields_of(kind: Kind) -> dict[str, str]:
    return {
        field.encode_name: "yes" if field.required else "no"
        for field in msgspec.structs.fields(kind)
    }


# Examples.


def test_the_venue_of_the_examples_compiles() -> None:
    venue = msgspec.convert(base(), Venue)
    assert compile_venue(venue, 1).places.keys() == {place.id for place in venue.places}
    assert {*base(), *LISTS} == set(fields_of(Venue))


@pytest.mark.parametrize("example", RULE_EXAMPLES, ids=lambda example: example.where)
def test_every_example_compiles(example: Example) -> None:
    names = {rule["name"] for rule in yaml.safe_load(example.text)}
    assert names <= compile_venue(with_rules(example), 1).rules.keys()


def test_all_examples_compile_together_and_nothing_is_wrong_with_them() -> None:
    venue = whole()
    assert len(compile_venue(venue, 1).rules) == len(listed("rules"))
    wrong = [one.sentence() for one in check(venue) if one.severity == "error"]
    assert wrong == []


@pytest.mark.parametrize("part", [*LISTS, "rules"])
def test_every_part_of_the_venue_has_an_example(part: str) -> None:
    assert listed(part)


def test_the_venue_is_read_as_it_is_written() -> None:
    (example,) = examples("venue")
    read = read_venue(example.text, example.where)
    assert read.venue == msgspec.convert(base(), Venue)


def test_every_kind_stands_in_an_example() -> None:
    used = _kinds(whole())
    assert used >= {kind for kinds in SECTIONS.values() for kind in kinds}
    assert used >= {kind for _, kind in PARTS.values()}


def _kinds(part: Any) -> set[type]:
    if isinstance(part, list | tuple):
        return {kind for one in part for kind in _kinds(one)}
    if not isinstance(part, msgspec.Struct):
        return set()
    inner = (_kinds(getattr(part, name)) for name in part.__struct_fields__)
    return {type(part)}.union(*inner)


# Tables.


@pytest.mark.parametrize("section", list(SECTIONS))
def test_every_kind_has_a_section_and_every_section_a_kind(section: str) -> None:
    assert RULES.headings(section) == [tag_of(kind) for kind in SECTIONS[section]]


@each_table
def test_every_field_is_in_its_table_and_nothing_else(table: Table) -> None:
    assert {row[0]: row[1] for row in table.rows} == fields_of(table.kind)
    assert len(table.rows) == len(fields_of(table.kind))


@each_table
def test_defaults_are_said_as_they_are(table: Table) -> None:
    what = {row[0]: row[2] for row in table.rows}
    for field in msgspec.structs.fields(table.kind):
        said = SAID.search(what[field.encode_name])
        default = field.default
        if said:
            assert said[1].split()[-1] == written(default), (table.title, field.name)
        elif default not in (None, msgspec.NODEFAULT) and not isinstance(default, msgspec.Struct):
            assert not default, f"{table.title}: what is {field.name} unless said?"


@each_table
def test_words_that_can_be_chosen_are_said(table: Table) -> None:
    what = {row[0]: row[2] for row in table.rows}
    for field in msgspec.structs.fields(table.kind):
        for word in choices(table.kind, field.name):
            assert word in re.findall(r"[\w-]+", what[field.encode_name]), (table.title, word)


@each_table
def test_bounds_of_numbers_are_said(table: Table) -> None:
    what = {row[0]: row[2] for row in table.rows}
    for field in msgspec.structs.fields(table.kind):
        for meta in constraints(table.kind, field.name):
            if meta.le is not None:
                assert f"{meta.le:,}" in what[field.encode_name], (table.title, field.name)
            if meta.max_length is not None:
                assert f"{meta.max_length}" in what[field.encode_name], (table.title, field.name)


def test_no_part_of_the_document_is_left_out() -> None:
    there = {
        value
        for value in vars(doc).values()
        if isinstance(value, type) and issubclass(value, msgspec.Struct) and value is not doc.Part
    }
    told = [table.kind for table in TABLES]
    bare = {kind for kinds in SECTIONS.values() for kind in kinds} - set(told)
    assert there == {*told, *bare}
    assert Counter(told).most_common(1)[0][1] == 1
    for kind in bare:
        assert "It has no fields." in RULES.section(tag_of(kind), "Triggers")


# Durations, windows.


def test_units_are_those_of_durations() -> None:
    rows = ORGANISERS.table("For organisers: the venue's document")
    assert column(rows) == list(MS_PER)
    for unit, _, example in rows:
        number = int(example.removesuffix(unit))
        assert duration_ms(example) == number * MS_PER[unit]


def test_windows_are_those_that_there_are() -> None:
    zone = compile_venue(msgspec.convert(base(), Venue), 1).zone
    rolling, *periods, event = column(ORGANISERS.table("Windows"))
    assert window(rolling, zone).length_ms == duration_ms(rolling)
    assert [window(one, zone).period for one in periods] == ["hour", "day", "week"]
    assert window(event, zone).is_event
