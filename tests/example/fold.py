"""A script told to the pure core, event by event, with timers that come due: no store, no network.

Presence is what truly was, not what a tracker makes of it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from hub.core import events as ev
from hub.core.compiled import Compiled
from hub.core.outcome import Decision, Outcome
from hub.core.state import Lease, Person, Pool, Timer, Zone
from hub.core.step import step
from hub.core.world import World
from hub.demo.people import Attendee
from hub.demo.script import Script

Known = tuple[int, ev.Event]
"""When it becomes known, and what."""


@dataclass(slots=True)
class Fold:
    """The state so far, and all that was decided on the way."""

    rules: Compiled
    people: dict[str, Person] = field(default_factory=dict)
    zones: dict[str, Zone] = field(default_factory=dict)
    pools: dict[str, Pool] = field(default_factory=dict)
    leases: dict[str, tuple[Lease, ...]] = field(default_factory=dict)
    timers: dict[str, Timer] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)
    rewards: list[tuple[str, str]] = field(default_factory=list)
    """Pool and person of each reward given."""
    pos: int = 0

    def tell(self, event: ev.Event, now_ms: int) -> None:
        """Decide about one event and keep what it changes."""
        self.pos += 1
        world = World(self.rules, self.people, self.zones, self.pools, self.leases, self.timers)
        self._apply(step(world, event, self.pos, now_ms))

    def tell_all(self, known: Iterable[Known], until_ms: int) -> None:
        """Tell events in the order in which they become known, and let timers come due between."""
        for now_ms, event in sorted(known, key=lambda pair: pair[0]):
            self._due(now_ms)
            self.tell(event, now_ms)
        self._due(until_ms)

    def _due(self, until_ms: int) -> None:
        while ripe := [timer for timer in self.timers.values() if timer.due_ms <= until_ms]:
            timer = min(ripe, key=lambda timer: (timer.due_ms, timer.key))
            self.tell(ev.Due(timer.key, timer.due_ms, timer.person), timer.due_ms)
            assert self.timers.get(timer.key) != timer

    def _apply(self, outcome: Outcome) -> None:
        self.people.update((person.id, person) for person in outcome.people)
        self.zones.update((zone.id, zone) for zone in outcome.zones)
        self.pools.update((pool.id, pool) for pool in outcome.pools)
        self.leases.update(outcome.leases)
        for key in outcome.timers_cancelled:
            self.timers.pop(key, None)
        self.timers.update((timer.key, timer) for timer in outcome.timers_set)
        self.decisions.extend(outcome.decisions)
        self.rewards.extend((grant.pool, grant.person) for grant in outcome.grants)


def registrations(people: Iterable[Attendee], at_ms: int) -> Iterator[Known]:
    """Everybody registers and gets a badge; a person's id is the badge's number here."""
    for person in people:
        consents = list(person.consents)
        attributes: dict[str, ev.Value] = dict(person.attributes)
        yield at_ms, ev.Registered(person.badge, at_ms, attributes, consents)
        yield at_ms, ev.Leased(person.badge, person.badge, at_ms)


def happenings(script: Script, edges: dict[str, str]) -> Iterator[Known]:
    """What is tapped while an edge's Wi-Fi is away becomes known when it is back.

    ``edges`` maps a place to the edge that reads it.
    """
    for tap in script.taps:
        known_ms = max(
            [tap.tap_ms]
            + [
                outage.wifi_until_ms
                for outage in script.outages
                if outage.edge == edges[tap.place]
                and outage.wifi_from_ms <= tap.tap_ms < outage.wifi_until_ms
            ]
        )
        yield known_ms, ev.Tapped(tap.badge, tap.place, tap.tap_ms)
    for stay in script.stays:
        yield stay.from_ms, ev.Moved(stay.badge, stay.place, "entered", stay.from_ms)
        yield stay.until_ms, ev.Moved(stay.badge, stay.place, "left", stay.until_ms)
