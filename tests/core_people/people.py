"""A shell around the folding of people: each history as steps fold it, and as its events say it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from hub.core import document as doc
from hub.core import events as ev
from hub.core import profile
from hub.core.events import Event
from hub.core.people import refold
from hub.core.people.ground import PlainGround, ground_of
from hub.core.people.identity import claimed
from hub.core.people.merging import join, part
from hub.core.state import Person
from hub.core.windows import insert

ZONE: Final = ZoneInfo("Europe/Berlin")
VENUE: Final[dict[str, Any]] = {
    "event": {
        "id": "conf", "name": "Conference", "zone": "Europe/Berlin",
        "starts": "2026-10-08T08:00", "ends": "2026-10-10T02:00",
    },
    "places": [
        {"id": "coffee", "name": "Coffee", "visits_by": "tap"},
        {"id": "bacon", "name": "Bacon", "visits_by": "tap"},
        {"id": "stage", "name": "Stage"},
        {"id": "floor", "name": "Floor"},
    ],
    "attributes": [
        {"name": "city"},
        {"name": "first_seen", "merge": "first"},
        {"name": "high", "type": "number", "merge": "highest"},
        {"name": "low", "type": "number", "merge": "lowest"},
        {"name": "spent", "type": "number", "merge": "sum"},
        {"name": "likes", "type": "set"},
        {"name": "music", "type": "tally"},
    ],
}  # fmt: skip


def venue(**more: Any) -> doc.Venue:
    return msgspec.convert({**VENUE, **more}, doc.Venue)


def ground(**more: Any) -> PlainGround:
    return ground_of(venue(**more))


@dataclass
class Folk:
    """People as they are after each step, their logs, and who was merged into whom."""

    ground: PlainGround = field(default_factory=ground)
    people: dict[str, Person] = field(default_factory=dict)
    past: dict[str, list[Event]] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)

    def root(self, raw: str) -> str:
        while raw in self.aliases:
            raw = self.aliases[raw]
        return raw

    def of(self, raw: str) -> Person:
        root = self.root(raw)
        return self.people.get(root) or Person(root)

    def _put(self, person: Person) -> None:
        self.people[person.id] = person

    def _log(self, raw: str, event: Event) -> None:
        self.past.setdefault(raw, []).append(event)

    def say(self, raw: str, at_ms: int, said: Mapping[str, Any], **more: Any) -> None:
        event = ev.Registered(raw, at_ms, dict(said), **more)
        self._log(raw, event)
        person = refold.registered(self.ground, self.of(raw), event)
        self._put(replace(person, ids=claimed(person, refold.ids_said(self.ground, event))))

    def tap(self, raw: str, at_ms: int, place: str) -> None:
        self._log(raw, ev.Tapped(f"badge-{raw}", place, at_ms))
        person = self.of(raw)
        if place in self.ground.places:
            self._put(profile.tapped(person, self.ground.places[place], at_ms))

    def move(self, raw: str, at_ms: int, place: str, kind: Any = "entered") -> None:
        event = ev.Moved(raw, place, kind, at_ms)
        self._log(raw, event)
        person = self.of(raw)
        if kind != "left" or place == person.place:
            person = profile.left(person, at_ms)
        if kind == "entered" and place in self.ground.places:
            person = profile.entered(person, self.ground.places[place], at_ms)
        self._put(person)

    def give(self, raw: str, at_ms: int, what: str) -> None:
        """Rules do something of each sort; ``what`` is the name of the rule, tag and so on."""
        person = profile.earned(profile.fired(self.of(raw), what, at_ms), at_ms % 7 - 2, at_ms)
        self._put(
            replace(
                person,
                tags={what: at_ms} | person.tags,
                draws={what: at_ms} | person.draws,
                honours={what: at_ms} | person.honours,
                status=what,
                sent={**person.sent, what: insert(person.sent.get(what, ()), at_ms, 512)},
            )
        )

    def take(self, raw: str, what: str) -> None:
        person = self.of(raw)
        tags = {tag: at_ms for tag, at_ms in person.tags.items() if tag != what}
        self._put(replace(person, tags=tags))

    def assign(self, raw: str, name: str, value: Any) -> None:
        self._put(refold.set_by_rule(self.ground, self.of(raw), name, value))

    def merge(self, survivor: str, other: str, at_ms: int) -> None:
        mine, theirs = self.of(survivor), self.of(other)
        person = join(self.ground, mine, theirs, self.past, at_ms)
        self._log(mine.id, ev.Merged(mine.id, theirs.id, at_ms))
        self.aliases[theirs.id] = mine.id
        self.people.pop(theirs.id, None)
        self._put(person)

    def unmerge(self, survivor: str, other: str, at_ms: int) -> None:
        current = self.of(survivor)
        mine, theirs = part(self.ground, current, other, self.past)
        self._log(current.id, ev.Unmerged(current.id, other, at_ms))
        for joined in theirs.joined:
            self.aliases[joined.other] = other
        self.aliases.pop(other)
        self._put(mine)
        self._put(theirs)
