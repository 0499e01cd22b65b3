"""A recording for others: the same people under other names, and nothing they are known by.

Names are made with a key that is thrown away, so that nobody can make them again. What a rule
decides by chance - holdouts, variants - depends on who somebody is, and falls out differently.
"""

import re
import secrets
from collections.abc import Mapping
from hashlib import blake2b
from typing import Final

from msgspec.structs import replace

from hub.backtest.facts import Fact
from hub.core import document as doc
from hub.core import events as ev
from hub.core.people.faults import IdFault
from hub.core.people.ground import kinds_of
from hub.core.people.normalise import normalise
from hub.core.persons import WALK_IN

NAME_BYTES: Final = 8

_TELLING_NAME = re.compile(
    r"name|mail|phone|mobile|fax|tel(_|$)|address|street|birth|contact|url|link|photo|picture|"
    r"passport|account|handle|twitter|linkedin|note|comment",
)
"""Attributes that are called so tell who somebody is."""

_TELLING_VALUE = re.compile(r"@|\+?\d[\d\s().\-/]{5,}\d|https?:")
"""So does a text with an e-mail address, a phone number or a link in it."""


class Pseudonyms:
    """Puts other names in the place of people, badges and ids; one for each recording."""

    def __init__(self, venue: doc.Venue, key: bytes | None = None) -> None:
        self._key = key or secrets.token_bytes(32)
        self._kinds = kinds_of(venue)
        self._sensitive = {one.name for one in venue.attributes if one.privacy == "sensitive"}
        self._walk_ins: dict[str, str] = {}

    def venue(self, venue: doc.Venue) -> doc.Venue:
        """The document without the ids that it blocks."""
        return replace(venue, ids=[replace(kind, blocked=[]) for kind in venue.ids])

    def fact(self, fact: Fact, person: str | None) -> Fact:
        """A fact under other names; ``person`` is whom its row of the log is about."""
        event = fact.event
        if isinstance(event, ev.Tapped) and person is not None and person.startswith(WALK_IN):
            self._begin(person, event.badge, fact.pos)
        return replace(fact, key=f"{event.__struct_config__.tag}/{fact.pos}", event=self._of(event))

    def _begin(self, person: str, badge: str, pos: int) -> None:
        """The first tap of a walk-in makes their id: of their badge and its position."""
        if person not in self._walk_ins:
            digest = blake2b(f"{self._badge(badge)}/{pos}".encode(), digest_size=8).hexdigest()
            self._walk_ins[person] = f"{WALK_IN}{digest}"

    def _of(self, event: ev.Event) -> ev.Event:
        match event:
            case ev.Tapped():
                return replace(event, badge=self._badge(event.badge))
            case ev.Moved():
                return replace(event, person=self._person(event.person), reason="")
            case ev.Registered():
                return self._registered(event)
            case ev.Leased():
                person = None if event.person is None else self._person(event.person)
                return replace(event, badge=self._badge(event.badge), person=person)
            case ev.Merged() | ev.Unmerged():
                one, other = self._person(event.person), self._person(event.other)
                without = {"reason": ""} if isinstance(event, ev.Merged) else {}
                return replace(event, person=one, other=other, by="", **without)
            case ev.Redeemed():
                return replace(event, person=self._person(event.person), by="")
            case ev.Erased():
                return replace(event, person=event.person and self._person(event.person))
            case _:
                return self._of_place(event)

    def _of_place(self, event: ev.Event) -> ev.Event:
        match event:
            case ev.Called():
                person = None if event.person is None else self._person(event.person)
                return replace(event, person=person, by="")
            case ev.Played():
                return replace(event, by="")
            case ev.GapReported():
                return replace(event, reason="")
            case _:
                return event

    def _registered(self, event: ev.Registered) -> ev.Registered:
        attributes = {
            name: value for name, value in event.attributes.items() if self._may_stay(name, value)
        }
        return replace(
            event,
            person=self._person(event.person),
            attributes=attributes,
            ids=self._ids(event.ids),
        )

    def _may_stay(self, name: str, value: ev.Value) -> bool:
        if name in self._sensitive or _TELLING_NAME.search(name):
            return False
        texts = value if isinstance(value, list | dict) else [value]
        return not any(isinstance(text, str) and _TELLING_VALUE.search(text) for text in texts)

    def _ids(self, ids: Mapping[str, list[str]]) -> dict[str, list[str]]:
        """Other ids of the same kinds; one that stands for nobody is left out."""
        found = {}
        for name in ids.keys() & self._kinds.keys():
            kind = self._kinds[name]
            values = [self._id(kind, value) for value in ids[name]]
            found[name] = [value for value in values if value is not None]
        return dict(sorted(found.items()))

    def _id(self, kind: doc.IdKind, value: str) -> str | None:
        try:
            known = normalise(kind.normalise, kind.name, value)
        except IdFault:
            return None
        if known in kind.blocked:
            return None
        digest = self._digest(f"id/{kind.name}/{known}")
        match kind.normalise:
            case "email":
                return f"{digest}@example.org"
            case "phone":
                return f"+{int(digest, 16) % 10**12 + 10**12}"
            case _:
                return digest

    def _person(self, person: str) -> str:
        return self._walk_ins.get(person) or f"p-{self._digest(f'person/{person}')}"

    def _badge(self, badge: str) -> str:
        return f"b-{self._digest(f'badge/{badge}')}"

    def _digest(self, text: str) -> str:
        return blake2b(text.encode(), key=self._key, digest_size=NAME_BYTES).hexdigest()
