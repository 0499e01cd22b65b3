"""Writing a venue and reading it again changes nothing, whatever the venue."""

import msgspec
import yaml
from hypothesis import HealthCheck, given, settings

from hub.core import document as doc
from hub.core.checking import check
from hub.reading import read_venue, to_yaml
from tests.docs.pages import ROOT
from tests.strategies_venue import venues

EXAMPLE = ROOT / "examples" / "martech" / "venue.yaml"
ANY = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip


@ANY
@given(venues())
def test_a_venue_is_the_same_after_writing_and_reading(venue: doc.Venue) -> None:
    text = to_yaml(venue)
    read = read_venue(text, "venue.yaml")
    assert read.of("error") == ()
    assert read.venue == venue
    assert to_yaml(read.venue) == text


@ANY
@given(venues())
def test_a_venue_written_is_the_one_that_other_programs_read(venue: doc.Venue) -> None:
    assert msgspec.convert(yaml.safe_load(to_yaml(venue)), doc.Venue) == venue


@ANY
@given(venues())
def test_json_is_read_like_yaml(venue: doc.Venue) -> None:
    for text in (msgspec.json.encode(venue), msgspec.json.format(msgspec.json.encode(venue))):
        assert read_venue(text.decode(), "venue.json").venue == venue


@ANY
@given(venues())
def test_a_random_venue_has_no_error(venue: doc.Venue) -> None:
    assert [one for one in check(venue) if one.severity == "error"] == []


def test_the_example_is_the_same_after_writing_and_reading() -> None:
    read = read_venue(EXAMPLE.read_text(encoding="utf-8"), "venue.yaml")
    assert read.venue is not None
    again = read_venue(to_yaml(read.venue), "again.yaml")
    assert again.venue == read.venue


def test_a_name_that_is_longer_than_a_line_of_yaml_holds() -> None:
    long = "x" * 3_000
    venue = doc.Venue(
        doc.EventInfo("expo", "Expo", "UTC", "2026-10-08T08:00", "2026-10-08T18:00"),
        [doc.Place("coffee", "Coffee")],
        [doc.Edge("pi", {long: "coffee", "*": "coffee"})],
        sources=[doc.Source("crm", [doc.Mapped("name", ["n"], default=[], values={"a": {}})])],
    )
    read = read_venue(to_yaml(venue), "venue.yaml")
    assert read.venue == venue
    assert msgspec.convert(yaml.safe_load(to_yaml(venue)), doc.Venue) == venue


def test_texts_are_in_quotes_only_where_they_need_them() -> None:
    rule = doc.Rule(
        "a",
        doc.OnDwell("coffee", "45min"),
        [doc.GiveTag(tag) for tag in ("keen", "off", "12", "10:30", "a: b", "", "é, so", "#1")],
    )
    text = to_yaml(doc.Venue(
        doc.EventInfo("expo", "Expo", "UTC", "2026-10-08T08:00", "2026-10-08T18:00"),
        [doc.Place("coffee", "Coffee")], rules=[rule],
    ))  # fmt: skip
    assert "      at_least: 45min\n" in text
    lines = [line.strip() for line in text.splitlines()]
    tags = [line.removeprefix("tag: ") for line in lines if line.startswith("tag: ")]
    assert tags == ["keen", '"off"', '"12"', '"10:30"', '"a: b"', '""', "é, so", '"#1"']
