"""The rules reference knows every trigger, condition and action, and its examples compile."""

import re
from typing import Any, Final

import msgspec
import pytest
import yaml

from hub.cli.main import app as cli
from hub.cli.people_file import PURPOSES
from hub.core import document as doc
from hub.core.acts import NEEDS_CONSENT
from hub.core.compiled import acts_of, compile_venue
from hub.core.document import Venue
from hub.core.spans import MS_PER, duration_ms
from tests.docs.pages import Example, column, page

ORGANISERS: Final = page("docs/organisers.md")
ATTENDEES: Final = page("docs/attendees.md")
TRIGGERS: Final = (
    doc.OnTap, doc.OnVisit, doc.OnVisits, doc.OnDistinct, doc.OnDwell, doc.WhilePresent,
)  # fmt: skip
CONDITIONS: Final = (
    doc.Attribute, doc.HasTag, doc.HasConsent, doc.IsAt, doc.All, doc.AnyOf, doc.NoneOf,
)  # fmt: skip
ACTIONS: Final = (
    doc.GiveTag, doc.AddPoints, doc.EnterDraw, doc.GiveReward, doc.SendPush, doc.SetLight,
    doc.SetMood, doc.RequestMusic, doc.FollowUp,
)  # fmt: skip
SECTIONS: Final = {"Triggers": TRIGGERS, "Conditions": CONDITIONS, "Actions": ACTIONS}
PARTS: Final[dict[str, type[msgspec.Struct]]] = {
    "Event": doc.EventInfo, "Place": doc.Place, "Edge": doc.Edge, "Pool": doc.PoolInfo,
    "Rules": doc.Rule, "Limits": doc.Limit,
}  # fmt: skip
EXAMPLES: Final = ORGANISERS.examples("yaml rules")


def tag_of(kind: type[msgspec.Struct]) -> str:
    return str(kind.__struct_config__.tag)


def fields_of(kind: type[msgspec.Struct]) -> dict[str, str]:
    return {
        field.encode_name: "yes" if field.required else "no"
        for field in msgspec.structs.fields(kind)
    }


def base() -> dict[str, Any]:
    (example,) = ORGANISERS.examples("yaml venue")
    found: dict[str, Any] = yaml.safe_load(example.text)
    return found


def with_rules(example: Example) -> Venue:
    return msgspec.convert(base() | {"rules": yaml.safe_load(example.text)}, Venue)


def test_the_venue_of_the_examples_compiles() -> None:
    venue = msgspec.convert(base(), Venue)
    assert set(base()) == set(fields_of(Venue))
    assert compile_venue(venue, 1).places.keys() == {place.id for place in venue.places}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.where)
def test_every_example_compiles(example: Example) -> None:
    venue = with_rules(example)
    assert compile_venue(venue, 1).rules.keys() == {rule.name for rule in venue.rules}


def test_all_examples_compile_together() -> None:
    rules = [rule for example in EXAMPLES for rule in yaml.safe_load(example.text)]
    venue = msgspec.convert(base() | {"rules": rules}, Venue)
    assert len(compile_venue(venue, 1).rules) == len(rules)


@pytest.mark.parametrize("section", list(SECTIONS))
def test_every_kind_has_a_section_and_every_section_a_kind(section: str) -> None:
    assert ORGANISERS.headings(section) == [tag_of(kind) for kind in SECTIONS[section]]


@pytest.mark.parametrize(
    ("section", "kind"),
    [(section, kind) for section, kinds in SECTIONS.items() for kind in kinds],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_every_field_of_a_kind_is_in_its_table(section: str, kind: type[msgspec.Struct]) -> None:
    rows = ORGANISERS.table(tag_of(kind), section)
    assert {row[0]: row[1] for row in rows} == fields_of(kind)


@pytest.mark.parametrize("title", list(PARTS))
def test_every_field_of_a_part_is_in_its_table(title: str) -> None:
    assert {row[0]: row[1] for row in ORGANISERS.table(title)} == fields_of(PARTS[title])


def test_no_kind_of_the_document_is_left_out() -> None:
    tagged = {
        value
        for value in vars(doc).values()
        if isinstance(value, type)
        and issubclass(value, msgspec.Struct)
        and value.__struct_config__.tag is not None
    }
    assert tagged == {*TRIGGERS, *CONDITIONS, *ACTIONS}


def test_every_kind_and_field_stands_in_an_example() -> None:
    written = [with_rules(example) for example in EXAMPLES]
    rules = [rule for venue in written for rule in venue.rules]
    used = {type(rule.when) for rule in rules} | {
        type(act) for r in rules for act in acts_of(r.then)
    }
    pending: list[Any] = [rule.if_ for rule in rules if rule.if_]
    while pending:
        condition = pending.pop()
        used.add(type(condition))
        pending += getattr(condition, "of", [])
    assert used == {*TRIGGERS, *CONDITIONS, *ACTIONS}


def test_defaults_are_said_as_they_are() -> None:
    said = re.compile(r"`?(\w+)`? unless (?:said|within)")
    for section, kinds in SECTIONS.items():
        for kind in kinds:
            defaults = {f.encode_name: f.default for f in msgspec.structs.fields(kind)}
            for name, _, what in ORGANISERS.table(tag_of(kind), section):
                found = said.search(what)
                if found and found[1] != "64":
                    assert str(defaults[name]) == found[1], (kind, name)


def test_units_are_those_of_durations() -> None:
    rows = ORGANISERS.table(ORGANISERS.path.read_text().split("\n", 1)[0].lstrip("# "))
    assert column(rows) == list(MS_PER)
    for unit, _, example in rows:
        number = int(example.removesuffix(unit))
        assert duration_ms(example) == number * MS_PER[unit]


def test_actions_that_need_a_consent_say_so() -> None:
    for kind in ACTIONS:
        said = re.findall(r"Needs the consent `(\w+)`", ORGANISERS.section(tag_of(kind), "Actions"))
        needed = NEEDS_CONSENT.get(kind)
        assert said == ([needed] if needed else []), kind


def test_purposes_are_those_that_somebody_may_consent_to() -> None:
    assert set(column(ATTENDEES.table("Purposes"))) == PURPOSES
    assert set(NEEDS_CONSENT.values()) < PURPOSES


def test_the_page_of_an_attendee_has_a_switch_for_each_purpose() -> None:
    from hub.attendee.view import PURPOSES as SWITCHES
    from hub.web.register import CONSENTS

    assert set(SWITCHES) == PURPOSES
    assert set(CONSENTS) == PURPOSES


def test_the_command_line_is_there() -> None:
    assert {group.name for group in cli.registered_groups} > {"venue", "quarantine", "actions"}
