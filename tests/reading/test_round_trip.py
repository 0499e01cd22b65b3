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
