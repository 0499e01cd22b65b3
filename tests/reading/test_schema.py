"""The schema says of documents what the types say, by the word of an independent validator."""

from typing import Any, Final

import jsonschema  # type: ignore[import-untyped]
import msgspec
import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from hub.core import document as doc
from hub.reading import read_venue, schema, schema_text, to_yaml
from tests.docs.pages import ROOT, Example, page
from tests.strategies_venue import venues

EXAMPLE: Final = ROOT / "examples" / "martech" / "venue.yaml"
KEPT: Final = ROOT / "examples" / "venue.schema.json"
ORGANISERS: Final = page("docs/organisers.md")
VALIDATOR: Final = jsonschema.Draft202012Validator(schema())


def base() -> dict[str, Any]:
    (example,) = ORGANISERS.examples("yaml venue")
    found: dict[str, Any] = yaml.safe_load(example.text)
    return found


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


def test_the_file_is_current() -> None:
    assert KEPT.read_text(encoding="utf-8") == schema_text(), (
        "foyer rules schema --out examples/venue.schema.json"
    )


def test_it_names_no_host_but_the_dialect() -> None:
    text = schema_text()
    assert text.count("://") == 1
    assert "https://json-schema.org/draft/2020-12/schema" in text


def test_it_says_what_everything_is() -> None:
    for name, part in schema()["$defs"].items():
        assert part["description"], name
        assert "``" not in part["description"]
        assert part["additionalProperties"] is False
    assert schema()["$defs"]["OnVisit"]["title"] == "kind: visit"
    assert schema()["$defs"]["OnVisit"]["properties"]["kind"] == {"const": "visit"}


def test_the_example_is_valid() -> None:
    VALIDATOR.validate(yaml.safe_load(EXAMPLE.read_text(encoding="utf-8")))


@pytest.mark.parametrize("example", ORGANISERS.examples("yaml rules"), ids=lambda one: one.where)
def test_the_examples_of_the_reference_are_valid(example: Example) -> None:
    VALIDATOR.validate(base() | {"rules": yaml.safe_load(example.text)})


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(venues())
def test_whatever_can_be_written_is_valid(venue: doc.Venue) -> None:
    VALIDATOR.validate(yaml.safe_load(to_yaml(venue)))
    VALIDATOR.validate(msgspec.json.decode(msgspec.json.encode(venue)))


@pytest.mark.parametrize(
    "rule",
    [
        "{when: {kind: tap, place: coffee}}",
        "{name: a, when: {kind: tapp, place: coffee}}",
        "{name: a, when: {kind: tap, place: coffee, at_least: 5min}}",
        "{name: a, when: {kind: dwell, place: coffee, at_least: 5 minutes}}",
        "{name: a, when: {kind: visits, place: coffee, count: 0}}",
        "{name: a, when: {kind: tap, place: coffee}, active: false}",
        "{name: a, when: {kind: tap, place: coffee}, if: {check: tags, tag: x}}",
        "{name: a, when: {kind: tap, place: coffee}, then: [{do: tag, tag: 12}]}",
        "{name: a, when: {kind: tap, place: coffee}, stage: of}",
    ],
)
def test_what_it_refuses_is_refused_by_reading_too(rule: str) -> None:
    written = base() | {"rules": [yaml.safe_load(rule)]}
    assert not VALIDATOR.is_valid(written)
    text = yaml.safe_dump(written)
    assert read_venue(text, "venue.yaml").of("error")
