"""All that a step may read, and the notes of what it changes: nothing is changed in place."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.core.compiled import Compiled
from hub.core.outcome import Action, Decision, Grant, Message, Outcome
from hub.core.state import Lease, Person, Pool, Timer, Zone


@dataclass(frozen=True, slots=True)
class World:
    """What is true now. The shell hands in mappings that hold at least what the event touches."""

    rules: Compiled
    people: Mapping[str, Person]
    zones: Mapping[str, Zone]
    pools: Mapping[str, Pool]
    leases: Mapping[str, tuple[Lease, ...]]
    timers: Mapping[str, Timer]
    grace_ms: int = 0
    """How much older than it says a cause may be: what paced time makes of the way to the hub."""

    def holder(self, badge: str, at_ms: int) -> str | None:
        """Who held the badge at that instant; instants before the first lease count to it."""
        leases = self.leases.get(badge, ())
        for lease in reversed(leases):
            if lease.from_ms <= at_ms:
                return lease.person
        return leases[0].person if leases else None


@dataclass(slots=True)
class Draft:
    """What one step has decided so far; it lives for that step only."""

    world: World
    pos: int
    now_ms: int
    people: dict[str, Person] = field(default_factory=dict)
    zones: dict[str, Zone] = field(default_factory=dict)
    pools: dict[str, Pool] = field(default_factory=dict)
    leases: dict[str, tuple[Lease, ...]] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    released: list[Grant] = field(default_factory=list)
    timers_set: dict[str, Timer] = field(default_factory=dict)
    timers_cancelled: set[str] = field(default_factory=set)

    def person(self, person: str) -> Person:
        """The person as this step sees them; somebody unknown begins empty."""
        return self.people.get(person) or self.world.people.get(person) or Person(person)

    def zone(self, place: str) -> Zone:
        """The place as this step sees it."""
        return self.zones.get(place) or self.world.zones.get(place) or Zone(place)

    def pool(self, pool: str) -> Pool:
        """The pool as this step sees it."""
        return self.pools.get(pool) or self.world.pools[pool]

    def put(self, value: Person | Zone | Pool) -> None:
        """Note a new value."""
        match value:
            case Person():
                self.people[value.id] = value
            case Zone():
                self.zones[value.id] = value
            case _:
                self.pools[value.id] = value

    def set_timer(self, timer: Timer) -> None:
        """Set a timer, in place of one with the same key."""
        self.timers_cancelled.discard(timer.key)
        self.timers_set[timer.key] = timer

    def cancel_timer(self, key: str) -> None:
        """Take a timer back if there is one."""
        if self.timers_set.pop(key, None) or key in self.world.timers:
            self.timers_cancelled.add(key)

    def expiry_ms(self, cause_ms: int, max_age_ms: int) -> int:
        """Until when an effect of a cause may still be brought about."""
        return cause_ms + self.world.grace_ms + max_age_ms

    def outcome(self, person: str | None) -> Outcome:
        """The notes as one value."""
        return Outcome(
            person_id=person,
            people=tuple(self.people.values()),
            zones=tuple(self.zones.values()),
            pools=tuple(self.pools.values()),
            leases=self.leases,
            decisions=tuple(self.decisions),
            actions=tuple(self.actions),
            messages=tuple(self.messages),
            grants=tuple(self.grants),
            released=tuple(self.released),
            timers_set=tuple(self.timers_set.values()),
            timers_cancelled=tuple(sorted(self.timers_cancelled)),
        )
