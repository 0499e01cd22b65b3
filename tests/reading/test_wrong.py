"""What is said of documents with something wrong in them, word by word."""

from typing import Any, Final

import pytest
import yaml

from hub.reading import read_venue
from hub.reading.nodes import BYTES_MAX
from tests.docs.pages import ROOT

TABLE: Final[dict[str, Any]] = yaml.safe_load(
    (ROOT / "tests" / "reading" / "wrong.yaml").read_text(encoding="utf-8")
)
RIGHT: Final[str] = TABLE["right"]


def document(case: dict[str, str]) -> str:
    if "replace" in case:
        assert case["replace"] in RIGHT
        return RIGHT.replace(case["replace"], case["with"])
    return RIGHT + case["add"]


def test_the_document_that_is_right_has_no_finding() -> None:
    read = read_venue(RIGHT, "venue.yaml")
    assert read.findings == ()
    assert read.is_right


@pytest.mark.parametrize("case", TABLE["wrong"], ids=lambda case: case["says"][:60])
def test_what_is_wrong_is_said(case: dict[str, str]) -> None:
    first = read_venue(document(case), "venue.yaml").findings[0]
    assert (first.one_line(), first.hint) == (case["says"], case["hint"])


def test_all_that_is_wrong_is_said_at_once() -> None:
    rules = """rules:
- {name: a, when: {kind: tapp, place: coffee}, then: [{do: points, points: many}]}
- {name: b, when: {kind: tap, place: cofee}, then: [{do: reward, pool: crad, title: x}]}
- {name: c, when: {kind: rule, rule: a}, then: [{do: tag, tag: off}]}
- {name: d, when: {kind: rule, rule: a}, then: [{do: tag, tag: keen}]}
holdout: 200
"""
    read = read_venue(RIGHT + rules, "venue.yaml")
    assert [(one.line, one.path) for one in read.findings] == [
        (9, "rules[0].when.kind"),
        (9, "rules[0].then[0].points"),
        (10, "rules[1].when.place"),
        (10, "rules[1].then[0].pool"),
        (11, "rules[2].then[0].tag"),
        (13, "holdout"),
    ]
    assert read.venue is None
    assert not read.is_right


def test_parts_that_are_right_are_checked_while_others_are_broken() -> None:
    rules = """audiences: [{name: keen, if: {check: tagg, tag: x}}]
rules:
- {name: a, when: {kind: tap, place: cofee}, then: [{do: points, points: many}]}
- {name: b, when: {kind: tap, place: cofee}, then: [{do: points, points: 1}]}
- {name: c, when: {kind: audience, audience: keen}, then: [{do: points, points: 1}]}
"""
    read = read_venue(RIGHT + rules, "venue.yaml")
    assert [one.where for one in read.findings] == [
        "audience 'keen', if.check", "rule 'a', then[0].points", "rule 'b', when.place",
    ]  # fmt: skip


def test_a_venue_with_warnings_is_right() -> None:
    rule = "rules: [{name: a, when: {kind: points, at_least: 9}, then: [{do: tag, tag: x}]}]\n"
    read = read_venue(RIGHT + rule, "venue.yaml")
    assert read.is_right
    assert [one.severity for one in read.findings] == ["warning"]


@pytest.mark.parametrize("text", ["", "# nothing\n", "[]", "12", "just text", "null"])
def test_what_is_no_document_at_all(text: str) -> None:
    read = read_venue(text, "venue.yaml")
    assert read.venue is None
    assert read.of("error")


def test_a_document_is_not_larger_than_it_may_be() -> None:
    text = RIGHT + "# " + "x" * (BYTES_MAX - len(RIGHT) - 2)
    assert read_venue(text, "venue.yaml").is_right
    (only,) = read_venue(text + "x", "venue.yaml").findings
    assert only.message == "the document is larger than 2048 KiB"


def test_what_anchors_unfold_to_is_counted() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for number in range(1, 8):
        inside = ", ".join(f"*a{number - 1}" for _ in range(10))
        lines.append(f"a{number}: &a{number} [{inside}]")
    (only,) = read_venue("\n".join(lines), "venue.yaml").findings
    assert only.message == "it has more than 200000 values"


def test_anchors_are_nested_no_deeper_than_what_is_written_out() -> None:
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [[*a{n - 1}]]" for n in range(1, 30)]
    (only,) = read_venue("\n".join(lines), "venue.yaml").findings
    assert only.message == "it is nested deeper than 40"


def test_an_anchor_may_be_used() -> None:
    text = RIGHT.replace("groups: [food]", "groups: &food [food]")
    text = text.replace("name: Stage", "name: Stage, groups: *food")
    venue = read_venue(text, "venue.yaml").venue
    assert venue is not None
    assert [place.groups for place in venue.places] == [["food"], ["food"]]


def test_halves_of_a_character_are_one_in_json() -> None:
    text = '{"event": {"id": "e", "name": "\\ud83d\\ude00 \\\\ud83d", "zone": "UTC", '
    text += '"starts": "2026-10-08T08:00", "ends": "2026-10-08T18:00"}, "places": []}'
    venue = read_venue(text, "venue.json").venue
    assert venue is not None
    assert venue.event.name == "😀 \\ud83d"
    assert not read_venue("event: '\ud83d'", "venue.yaml").is_right
