"""What there is to consent to comes from what the venue's document asks for."""

import msgspec

from hub.core.document import Venue
from hub.people.purposes import KNOWN, purposes_of
from tests.core.fold import TAP, document


def venue(**more: object) -> Venue:
    rules = [
        {
            "name": "lead",
            "when": TAP,
            "if": {"check": "all", "of": [{"check": "consent", "purpose": "profiling"}]},
            "then": [
                {"do": "follow_up", "after": "1min", "then": [
                    {"do": "webhook", "target": "crm", "needs": ["leads"]},
                ]},
            ],
        },
        {"name": "asked", "when": {"kind": "consent", "purpose": "photos"},
         "then": [{"do": "points", "points": 1}]},
    ]  # fmt: skip
    return msgspec.convert(msgspec.to_builtins(document(*rules, **more)), Venue)


def test_the_known_ones_come_first_and_are_always_there() -> None:
    assert [one.purpose for one in purposes_of(None)] == list(KNOWN)
    assert {"sharing", "recommendations"} < KNOWN.keys()
    assert all(one.name and one.meaning for one in purposes_of(None))


def test_those_that_a_document_asks_for_follow_with_what_asks() -> None:
    found = purposes_of(
        venue(
            attributes=[{"name": "shoe_size", "consent": "sizes"}],
            sources=[{"name": "crm", "fields": [{"to": "consents.mail", "from": ["m"]}]}],
        )
    )
    more = {one.purpose: one for one in found[len(KNOWN) :]}
    assert list(more) == ["leads", "mail", "photos", "profiling", "sizes"]
    assert more["sizes"].meaning == "It allows your shoe size to be used."
    assert more["leads"].meaning == "It allows what you did here to be sent to crm."
    assert more["photos"].name == "Photos"
    assert more["photos"].meaning == "Some of what happens here asks for this."
