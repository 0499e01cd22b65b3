"""What the page about people says of types, ids and merging is so; its examples do what it says."""

import re
from typing import Any, Final

import msgspec
import pytest

from hub.core.checking.declared import MERGES
from hub.core.compiled import Compiled, compile_venue
from hub.core.document.people import AttributeType, Mapped
from hub.core.events import Registered
from hub.core.outcome import Outcome
from hub.core.people.coercing import SET_MEMBERS_MAX, TALLY_KEYS_MAX, TEXT_CHARACTERS_MAX
from hub.core.people.ground import DEFAULT_KINDS
from hub.core.people.identity import OTHERS_MAX
from hub.core.people.mapping import map_record
from hub.core.profile import ARTISTS_ATTRIBUTE, COLOUR_ATTRIBUTE
from hub.core.restraint.quiet import OWN_FROM, OWN_UNTIL
from hub.core.sending import NEEDS_CONSENT
from hub.core.state import MERGED_KEPT_MAX, Person
from hub.core.step import step
from hub.core.world import World
from hub.people.purposes import KNOWN
from tests.docs.pages import table_in
from tests.docs.reference import PEOPLE, SECTIONS, tag_of, whole

TEXT: Final = re.sub(r"\s+", " ", PEOPLE.text)
NEEDED: Final[dict[Any, str]] = {**NEEDS_CONSENT}
NOW_MS: Final = 1_791_446_500_000


@pytest.fixture(scope="module")
def rules() -> Compiled:
    return compile_venue(whole(), 1)


def test_types_and_their_rules_of_merging_are_those_of_the_document() -> None:
    rows = table_in(PEOPLE.section("Attributes").split("| type | holds |", 1)[1].join(
        ["| type | holds |", ""]
    ))  # fmt: skip
    told = {row[0]: tuple(re.findall(r"`?(\w+)`?", row[2])) for row in rows}
    assert told == MERGES
    assert set(told) == set(AttributeType.__args__)  # type: ignore[attr-defined]


def test_figures_in_sentences_are_those_of_the_code() -> None:
    assert f"up to {TEXT_CHARACTERS_MAX:,} characters" in TEXT
    assert f"up to {SET_MEMBERS_MAX} texts" in TEXT
    assert f"up to {TALLY_KEYS_MAX} keys" in TEXT
    assert f"more than {OTHERS_MAX} others" in TEXT
    assert f"Up to {MERGED_KEPT_MAX} people can be merged" in TEXT


def test_attributes_that_mean_something_are_named() -> None:
    for name in (COLOUR_ATTRIBUTE, ARTISTS_ATTRIBUTE, OWN_FROM, OWN_UNTIL, "first_name"):
        assert f"`{name}`" in PEOPLE.section("Attributes")


def test_kinds_of_id_without_any_declared_are_those_of_the_code() -> None:
    rows = table_in(PEOPLE.section("Kinds of id").split("left out.")[-1].split("| kind |")[1].join(
        ["| kind |", ""]
    ))  # fmt: skip
    real = [
        [one.name, str(one.priority), str(one.per_person), one.normalise] for one in DEFAULT_KINDS
    ]
    assert rows == real


def test_what_a_field_can_be_mapped_to_is_said() -> None:
    row = next(row for row in PEOPLE.table("Fields of a source") if row[0] == "to")
    (meta,) = (m for m in msgspec.inspect.type_info(Mapped).fields if m.name == "to")  # type: ignore[attr-defined]
    plain = str(meta.type.pattern).split("|")[-6:]
    assert {one.strip("^)$(") for one in plain} < set(re.findall(r"\w+", row[2]))


def test_consents_are_needed_by_what_the_table_says() -> None:
    acts = {tag_of(kind): kind for kind in SECTIONS["Actions"]}
    needed: dict[str, str] = {}
    for what, needs in PEOPLE.table("Consents"):
        purpose = next(word for word in re.findall(r"\w+", needs) if word in {*KNOWN, "that"})
        needed.update({word: purpose for word in re.findall(r"\w+", what) if word in acts})
    real = {tag: NEEDED[kind] for tag, kind in acts.items() if kind in NEEDED}
    real |= {
        tag: field.default[0]
        for tag, kind in acts.items()
        for field in msgspec.structs.fields(kind)
        if field.name == "needs"
    }
    assert needed == real | {"mood": "lights", "music": "music"}


RECORDS: Final[dict[str, dict[str, Any]]] = {
    "ticket-shop": {
        "order_id": "A-1", "attendee": {"name": "Ann Example"}, "email_address": "Ann@Example.org",
        "wristband": "mt-1", "category": "gold pass", "artists": "Kraftwerk; Can",
        "arrival": "2026-10-08T09:00", "may_share": "yes please",
    },
    "sponsor-app": {
        "visitor": {"full_name": "Ann Example"}, "visitor_email": "ann@example.org ",
        "device": "tablet-7", "age_years": "forty",
    },
}  # fmt: skip


def test_both_sources_come_to_one_person(rules: Compiled) -> None:
    sources = {source.name: source for source in rules.venue.sources}
    assert set(sources) == set(RECORDS)
    shop, app = (map_record(sources[name], record, rules) for name, record in RECORDS.items())
    assert (shop.name, shop.email, shop.badge) == ("Ann Example", "ann@example.org", "mt-1")
    assert shop.attributes["ticket"] == "gold"
    assert shop.attributes["favourite_artists"] == ["Can", "Kraftwerk"]
    assert shop.consents == ("sharing",)
    assert (shop.problems, shop.unmapped, shop.refused) == ((), (), None)
    assert app.ids["email"] == shop.ids["email"]
    assert app.attributes == {"newsletter": False}
    assert [one.field for one in app.problems] == ["attributes.age"], "the rest is taken"


def test_the_tablet_at_the_desk(rules: Compiled) -> None:
    people: dict[str, Person] = {}
    holders: dict[str, str] = {}

    def register(person: str, email: str) -> Outcome:
        world = World(rules, people, {}, {}, {}, {}, ids=holders)
        event = Registered(person, NOW_MS, ids={"email": [email], "app": ["tablet-7"]})
        outcome = step(world, event, len(people) + 1, NOW_MS)
        people.update({one.id: one for one in outcome.people})
        holders.update({key: who for key, who in outcome.identities.items() if who is not None})
        return outcome

    assert register("first", "first@example.org").notes == ()
    outcome = register("second", "second@example.org")
    assert outcome.follows == (), "they stay two people"
    assert [note.title for note in outcome.notes] == ["An id of kind app was left out"]
    assert holders["app:tablet-7"] == "first"
    assert people["second"].ids == {"email": ("second@example.org",)}
