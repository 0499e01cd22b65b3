"""A small shell around the core: events in, state and all that was decided out.

Instants are minutes after the event's doors open unless a name ends in ``_ms``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from hub.core import document as doc
from hub.core import events as ev
from hub.core.compiled import Compiled, compile_venue
from hub.core.outcome import Action, Decision, Grant, Message, Note, Outcome
from hub.core.state import Lease, Person, Pool, Timer, Zone
from hub.core.step import step
from hub.core.world import World

MIN: Final = 60_000
CONSENTS: Final = ["presence", "lights", "push", "rewards", "music"]
PLACES: Final[list[dict[str, Any]]] = [
    {"id": "coffee", "name": "Coffee", "groups": ["food"], "visits_by": "tap"},
    {"id": "bacon", "name": "Bacon", "groups": ["food"], "visits_by": "tap"},
    {"id": "juice", "name": "Juice", "groups": ["food"], "visits_by": "tap"},
    {"id": "stage", "name": "Stage", "groups": ["halls"]},
    {"id": "floor", "name": "Dance floor", "groups": ["halls"]},
]
POOLS: Final[list[dict[str, Any]]] = [{"id": "card", "title": "A card", "stock": 2}]


def document(*rules: dict[str, Any], **changes: Any) -> doc.Venue:
    """A venue with these rules, read as an organiser's document is read."""
    info = {
        "id": "fair",
        "name": "Fair",
        "zone": "Europe/Berlin",
        "starts": "2026-10-08T08:00",
        "ends": "2026-10-09T10:00",
    }
    whole = {
        "event": info | changes.pop("event", {}),
        "places": PLACES,
        "pools": POOLS,
        "lamps": ["Door", "Left", "Right"],
        "rules": list(rules),
    }
    return msgspec.convert(whole | changes, doc.Venue)


def rule(
    when: dict[str, Any], *then: dict[str, Any], name: str = "r", **more: Any
) -> dict[str, Any]:
    """A rule; without actions it gives a point."""
    return {"name": name, "when": when, "then": list(then) or [{"do": "points", "points": 1}]} | {
        key.rstrip("_"): value for key, value in more.items()
    }


def visits(count: int, place: str = "coffee", within: str = "event") -> dict[str, Any]:
    """A trigger that counts."""
    return {"kind": "visits", "place": place, "count": count, "within": within}


TAP: Final[dict[str, Any]] = {"kind": "tap", "place": "coffee"}


@dataclass(slots=True)
class State:
    """What a fold keeps, in a form that survives JSON."""

    people: dict[str, Person] = field(default_factory=dict)
    zones: dict[str, Zone] = field(default_factory=dict)
    pools: dict[str, Pool] = field(default_factory=dict)
    leases: dict[str, tuple[Lease, ...]] = field(default_factory=dict)
    timers: dict[str, Timer] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)


def _update(known: dict[str, str], changes: Mapping[str, str | None]) -> None:
    for key, value in changes.items():
        if value is None:
            known.pop(key, None)
        else:
            known[key] = value


class Fold:
    """State so far, and what was decided on the way to it."""

    def __init__(
        self,
        venue: doc.Venue,
        state: State | None = None,
        grace_ms: int = 0,
        *,
        is_terse: bool = False,
    ) -> None:
        """Begin from a state, or with an empty one in which the venue is published."""
        self.rules: Compiled = compile_venue(venue, 1)
        self.state = state or State()
        self.grace_ms = grace_ms
        self.is_terse = is_terse
        self.previous: Compiled | None = None
        self.events: dict[str, list[ev.Event]] = {}
        self.positions: dict[str, list[int]] = {}
        self.pos = 0
        self.decisions: list[Decision] = []
        self.actions: list[Action] = []
        self.messages: list[Message] = []
        self.notes: list[Note] = []
        self.grants: list[Grant] = []
        self.released: list[Grant] = []
        self.outcomes: list[Outcome] = []
        if state is None:
            self.publish(venue)

    @property
    def opens_ms(self) -> int:
        """When the doors open."""
        return self.rules.starts_ms

    def at_ms(self, minute: float) -> int:
        """Unix milliseconds of a minute of the event."""
        return self.opens_ms + round(minute * MIN)

    def publish(self, venue: doc.Venue, minute: float = 0, *, past: bool = False) -> None:
        """Put a version of the rules in force, from a minute on."""
        version = self.rules.version + (1 if self.pos else 0)
        self.previous = self.rules if self.pos else None
        self.rules = compile_venue(venue, version)
        self.tell(ev.VenuePublished(version, self.at_ms(minute), "{}", past=past))
        self.previous = None
        self.sweep(self.at_ms(minute))

    def sweep(self, now_ms: int) -> None:
        """Do at once what concerns many people."""
        for key in [timer.key for timer in self.state.timers.values() if timer.kind == "sweep"]:
            people = sorted(self.state.people.keys() - self.state.aliases.keys())
            self.tell(ev.Swept(key, now_ms, people, last=True))

    def world(self) -> World:
        """What is true now."""
        state = self.state
        return World(
            self.rules, state.people, state.zones, state.pools, state.leases, state.timers,
            self.grace_ms, state.ids, state.aliases,
            {raw: tuple(events) for raw, events in self.events.items()},
            {raw: tuple(found) for raw, found in self.positions.items()}, self.previous,
            self.is_terse,
        )  # fmt: skip

    def tell(self, event: ev.Event, now_ms: int | None = None) -> Outcome:
        """Decide one event that becomes known at ``now_ms``, or when it happens."""
        now = event.at_ms if now_ms is None else now_ms
        outcome = step(self.world(), event, self.pos + 1, now)
        self.pos += 1
        if outcome.person_id is not None:
            self.events.setdefault(outcome.person_id, []).append(event)
            self.positions.setdefault(outcome.person_id, []).append(self.pos)
        self._apply(outcome)
        for further in outcome.follows:
            self.tell(further, now)
        return outcome

    def _apply(self, outcome: Outcome) -> None:
        state = self.state
        state.people |= {person.id: person for person in outcome.people}
        state.zones |= {zone.id: zone for zone in outcome.zones}
        state.pools |= {pool.id: pool for pool in outcome.pools}
        state.leases |= outcome.leases
        _update(state.ids, outcome.identities)
        _update(state.aliases, outcome.aliases)
        for person in outcome.forgotten:
            state.people.pop(person, None)
        for key in outcome.timers_cancelled:
            state.timers.pop(key, None)
        state.timers |= {timer.key: timer for timer in outcome.timers_set}
        self.notes += outcome.notes
        self.outcomes.append(outcome)
        self.decisions += outcome.decisions
        self.actions += outcome.actions
        self.messages += outcome.messages
        self.grants += outcome.grants
        self.released += outcome.released

    # What happens, in the words of the venue; people's badges are called as they are.

    def join(
        self, *people: str, consents: Iterable[str] = CONSENTS, **attributes: ev.Value
    ) -> "Fold":
        """Register people, each with a badge of the same name."""
        for person in people:
            self.tell(ev.Registered(person, self.opens_ms, attributes, list(consents)))
            self.tell(ev.Leased(person, person, self.opens_ms))
        return self

    def tap(self, minute: float, who: str = "ann", place: str = "coffee", late: float = 0) -> None:
        """Tap at a minute; it becomes known ``late`` minutes later."""
        at_ms = self.at_ms(minute)
        self.tell(ev.Tapped(who, place, at_ms), at_ms + round(late * MIN))

    def taps(self, *minutes: float, place: str = "coffee") -> "Fold":
        """Ann taps at each minute."""
        for minute in minutes:
            self.tap(minute, place=place)
        return self

    def enter(self, minute: float, place: str = "stage", who: str = "ann") -> None:
        """Enter a place."""
        self.pass_to(minute)
        self.tell(ev.Moved(who, place, "entered", self.at_ms(minute)))

    def leave(self, minute: float, place: str = "stage", who: str = "ann") -> None:
        """Leave a place."""
        self.pass_to(minute - 1 / MIN)
        self.tell(ev.Moved(who, place, "left", self.at_ms(minute)))

    def say(
        self,
        minute: float,
        who: str = "ann",
        *,
        consents: Iterable[str] | None = None,
        ids: Mapping[str, list[str]] | None = None,
        **attributes: ev.Value,
    ) -> Outcome:
        """Say something about oneself, as a registration does."""
        said = None if consents is None else list(consents)
        return self.tell(ev.Registered(who, self.at_ms(minute), attributes, said, dict(ids or {})))

    def press(self, minute: float, name: str = "go", who: str | None = None) -> Outcome:
        """Press a button, about somebody or about the venue."""
        return self.tell(ev.Called(name, "button", self.at_ms(minute), who))

    def merge(self, minute: float, who: str, other: str) -> Outcome:
        """Make one of two people."""
        return self.tell(ev.Merged(who, other, self.at_ms(minute)))

    def unmerge(self, minute: float, who: str, other: str) -> Outcome:
        """Make two people of one again."""
        return self.tell(ev.Unmerged(who, other, self.at_ms(minute)))

    def erase(self, minute: float, who: str = "ann") -> Outcome:
        """Forget somebody."""
        return self.tell(ev.Erased(who, self.at_ms(minute)))

    def pass_to(self, minute: float) -> None:
        """Let time pass: what falls due until then does."""
        until_ms = self.at_ms(minute)
        while ripe := [t for t in self.state.timers.values() if t.due_ms <= until_ms]:
            timer = min(ripe, key=lambda timer: (timer.due_ms, timer.key))
            if timer.kind == "sweep":
                self.sweep(timer.due_ms)
            else:
                self.tell(ev.Due(timer.key, timer.due_ms, timer.person))
            assert self.state.timers.get(timer.key) != timer

    # What came of it.

    def fired(self, name: str = "r", who: str | None = "ann") -> list[float]:
        """The minutes at which a rule fired for somebody."""
        return self._minutes("fired", name, who)

    def suppressed(self, name: str = "r", who: str | None = "ann") -> list[float]:
        """The minutes at which a rule was suppressed for somebody."""
        return self._minutes("suppressed", name, who)

    def because(self, name: str = "r", who: str | None = "ann") -> list[str]:
        """For each decision about somebody the word that suppressed it; nothing if it fired."""
        found = (one for one in self.decisions if (one.rule, one.person) == (name, who))
        return [one.because for one in found]

    def _minutes(self, outcome: str, name: str, who: str | None) -> list[float]:
        return [
            (one.at_ms - self.opens_ms) / MIN
            for one in self.decisions
            if (one.outcome, one.rule, one.person) == (outcome, name, who)
        ]

    def person(self, who: str = "ann") -> Person:
        """Somebody as they are known now."""
        return self.state.people[who]
