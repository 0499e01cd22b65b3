"""What the rules page says beyond its tables is so: order, consents, types, bounds, stages."""

import re
from typing import Any, Final, get_args

import pytest

from hub.cli.main import app as cli
from hub.core import document as doc
from hub.core import fire, sending
from hub.core.asking.attributes import TESTS_OF
from hub.core.asking.compiling import DEPTH_MAX, LEAVES_MAX
from hub.core.asking.counting import COUNT_MAX
from hub.core.checking.declared import TESTS
from hub.core.checks import FOLLOW_UP_DEPTH_MAX, OF_ANYBODY, OF_PERSONS
from hub.core.document.conditions import Attribute
from hub.core.explaining.values import Explanation
from hub.core.people.ground import kinds_of
from hub.core.presence.settings import PresenceSettings
from hub.core.restraint.budgets import DECIMALS_MAX
from hub.core.restraint.quiet import HELD_MAX_MS
from hub.core.schedules import EVERY_MIN_MS
from hub.core.spans import MS_PER
from hub.core.state import FIRED_KEPT_MAX
from hub.core.sweeps import CONDITIONED
from hub.engine.requests import SWEEP_PERSONS
from hub.people.purposes import KNOWN
from tests.docs.pages import ROOT, column, page
from tests.docs.reference import RULES, SECTIONS, tag_of, whole

ATTENDEES: Final = page("docs/attendees.md")
NEEDED: Final[dict[Any, str]] = {**sending.NEEDS_CONSENT}
ALL_TYPES: Final = {"equals", "one_of", "exists"}
"""Tests that the check allows for every type; the compiler is stricter."""


def test_actions_that_need_a_consent_say_so() -> None:
    for kind in SECTIONS["Actions"]:
        said = re.findall(r"Needs the consent `(\w+)`", RULES.section(tag_of(kind), "Actions"))
        needed = NEEDED.get(kind)
        assert said == ([needed] if needed else []), kind


def test_purposes_are_those_that_somebody_may_consent_to() -> None:
    assert set(column(ATTENDEES.table("Purposes"))) == set(KNOWN)
    assert set(sending.NEEDS_CONSENT.values()) < set(KNOWN)


def test_the_page_of_an_attendee_has_a_switch_for_each_purpose() -> None:
    from hub.people.purposes import purposes_of
    from hub.web.register import CONSENTS

    assert set(CONSENTS) == set(KNOWN)
    assert {one.purpose for one in purposes_of(whole())} > set(KNOWN)


def test_reasons_are_those_that_are_stored() -> None:
    rows = RULES.table("Order")
    told = {word for row in rows for word in re.findall(r"\w+", row[1])}
    given: set[str] = set()
    for path in (ROOT / "hub/core").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        given |= set(re.findall(r'because="(\w+)"', text))
        given |= set(re.findall(r'\bNo\([^()]*(?:\([^()]*\)[^()]*)*, "(\w+)"\)', text))
    assert told | {"fault"} == given
    assert "`fault`" in RULES.section("Order")


def test_answers_are_those_of_why() -> None:
    from hub.core.explaining.values import Answer

    assert column(RULES.table("Why")) == list(get_args(Answer))
    assert "answer" in Explanation.__struct_fields__


def test_tests_of_a_type_are_those_that_check_and_compiler_allow() -> None:
    rows = {row[0]: set(re.findall(r"`?(\w+)`?", row[1])) for row in _types()}
    for kind, compiled in TESTS_OF.items():
        fit = {test for test, kinds in TESTS.items() if kind in kinds} | ALL_TYPES
        assert rows[kind] == compiled & fit, kind
    assert set().union(*rows.values()) | {"name", "exists"} == set(Attribute.__struct_fields__)


def _types() -> list[list[str]]:
    from tests.docs.pages import table_in

    return table_in(RULES.section("attribute", "Conditions").split("the type says")[1])


def test_figures_in_sentences_are_those_of_the_code() -> None:
    text = re.sub(r"\s+", " ", RULES.text)
    assert f"nested {DEPTH_MAX} deep, with {LEAVES_MAX} conditions" in text
    assert f"most {COUNT_MAX['visits']} for visits and taps, {COUNT_MAX['stays']} for stays" in text
    assert COUNT_MAX["points"] == COUNT_MAX["stays"]
    assert f"After {fire.ROUNDS_MAX} rounds" in text
    assert text.count(f"up to {FIRED_KEPT_MAX} where the window is not the event") == 2
    assert f"with {DECIMALS_MAX} decimals at most" in text
    assert FOLLOW_UP_DEPTH_MAX == 3
    assert "nested three deep" in text
    assert 3 * MS_PER["d"] == HELD_MAX_MS
    assert "longer than three days is dropped" in text
    assert MS_PER["s"] == EVERY_MIN_MS
    assert SWEEP_PERSONS == 150
    assert PresenceSettings().venue_after_ms == 15 * MS_PER["min"]
    assert "nothing has heard them for fifteen minutes" in text
    assert text.count("150") >= 2


def test_a_rule_about_the_venue_asks_and_does_what_is_said() -> None:
    text = re.sub(r"\s+", " ", RULES.section("Rules"))
    said = text.split("only what needs no person:")[1].split(".")[0]
    acts = {tag_of(kind) for kind in SECTIONS["Actions"]} - {"mood", "music"}
    mine = acts - {tag_of(kind) for kind in OF_PERSONS}
    assert mine == set(re.findall(r"\w+", said.split(";")[1])) & acts
    asked = {tag_of(kind) for kind in OF_ANYBODY} - {"all", "any", "none"}
    assert asked == set(re.findall(r"\w+", said.split(";")[0])) & {
        tag_of(kind) for kind in SECTIONS["Conditions"]
    }


def test_what_counts_the_past_is_said() -> None:
    said = re.sub(r"\s+", " ", RULES.section("Publishing")).split("--past`")[1]
    for kind in (doc.OnTap, doc.OnVisit, doc.OnVisits, doc.OnDistinct, doc.OnSequence):
        assert kind in CONDITIONED
        assert f"`{tag_of(kind)}`" in said
    assert "`audience`" in said


def test_channels_are_those_of_actions() -> None:
    row = next(row for row in RULES.table("Caps") if row[0] == "of")
    for channel in sending.CHANNELS.values():
        assert f"`{channel}`" in row[2]


@pytest.mark.parametrize("group", ["venue", "rules", "people", "quarantine", "actions"])
def test_the_command_line_is_there(group: str) -> None:
    assert group in {one.name for one in cli.registered_groups}


def test_kinds_of_id_of_the_examples_are_declared() -> None:
    assert list(kinds_of(whole())) == ["email", "phone", "crm", "app"]
