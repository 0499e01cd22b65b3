"""All that a step may read, and the notes of what it changes: nothing is changed in place."""

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Final

from hub.core.events import Event
from hub.core.outcome import Action, Decision, Grant, Membership, Message, Note, Outcome
from hub.core.plan import Compiled, CompiledRule
from hub.core.restraint.experiments import Arm, arm
from hub.core.state import Lease, Person, Pool, Presence, Timer, Zone

NO_ARM: Final = Arm()
NOBODY: Mapping[str, str] = {}
NO_PAST: Mapping[str, tuple[Event, ...]] = {}


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
    ids: Mapping[str, str] = field(default_factory=lambda: NOBODY)
    """``kind:value`` to whose it is."""
    aliases: Mapping[str, str] = field(default_factory=lambda: NOBODY)
    """Somebody who was merged to whom they are known as."""
    past: Mapping[str, tuple[Event, ...]] = field(default_factory=lambda: NO_PAST)
    """The own events of people whom a merge is about, by the id they were logged with."""
    past_pos: Mapping[str, tuple[int, ...]] | None = None
    """Where in the log each of those events stands."""
    previous: Compiled | None = None
    """The rules that were in force before those, when they have just been published."""
    is_terse: bool = False
    """Whether decisions go without their clauses: nobody will ask for the reasons."""

    def resolve(self, person: str) -> str:
        """Who somebody is known as."""
        aliases = self.aliases
        while person in aliases:
            person = aliases[person]
        return person

    def holder(self, badge: str, at_ms: int) -> str | None:
        """Who held the badge at that instant; instants before the first lease count to it."""
        leases = self.leases.get(badge, ())
        for lease in reversed(leases):
            if lease.from_ms <= at_ms:
                return lease.person
        return leases[0].person if leases else None


def arm_of(rules: Compiled, compiled: CompiledRule, person: str | None) -> Arm:
    """The arm of a rule's experiment that somebody is in; the venue is in none."""
    venue = rules.venue
    if person is None or not (venue.holdout or compiled.is_experiment):
        return NO_ARM
    return arm(venue.event.id, venue.holdout, compiled.rule, person)


@dataclass(frozen=True, slots=True)
class Spark:
    """A rule became true at an instant, for a person or (None) for the venue."""

    rule: CompiledRule
    person: str | None
    at_ms: int
    count: int = 0
    """How many are at the place, of a rule that counts them."""


@dataclass(slots=True)
class Draft:
    """What one step has decided so far; it lives for that step only."""

    world: World
    pos: int
    now_ms: int
    at_ms: int = 0
    """The instant as of which conditions are asked."""
    faulty: Mapping[str, str] = field(default_factory=lambda: NOBODY)
    """Rules that have shown a fault in this step, and what it was."""
    depth: int = 0
    is_silent: bool = False
    """Whether changes of audiences make no rules true."""
    sparks: list[Spark] = field(default_factory=list)
    crowded: set[str] = field(default_factory=set)
    """Places at which the number of people may have changed."""
    touched: dict[str, set[str]] = field(default_factory=dict)
    """Person to the keys of what has changed about them."""
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
    notes: list[Note] = field(default_factory=list)
    memberships: dict[tuple[str, str], Membership] = field(default_factory=dict)
    identities: dict[str, str | None] = field(default_factory=dict)
    aliases: dict[str, str | None] = field(default_factory=dict)
    forgotten: list[str] = field(default_factory=list)
    follows: list[Event] = field(default_factory=list)

    @property
    def rules(self) -> Compiled:
        """The rules in force."""
        return self.world.rules

    def spark(self, rules: Iterable[CompiledRule], person: str | None, at_ms: int) -> None:
        """Note that rules became true."""
        self.sparks += [Spark(rule, person, at_ms) for rule in rules]

    def happened(self, key: str, person: str, at_ms: int) -> None:
        """Note that something happened that makes rules true by itself."""
        rules = self.world.rules.sparked_by.get(key)
        if rules:
            self.spark(rules, person, at_ms)

    def touch(self, person: str, *keys: str) -> None:
        """Note that something about a person has changed, for their audiences."""
        of = self.world.rules.audiences_of
        if of:
            asked = [key for key in keys if key in of]
            if asked:
                self.touched.setdefault(person, set()).update(asked)

    def trial(self) -> "Draft":
        """A copy of these notes, for finding out what would come of something."""
        copied = {
            name: copy(getattr(self, name))
            for name in self.__slots__
            if isinstance(getattr(self, name), dict | list | set)
        }
        return replace(self, **copied)

    def present(self, place: str) -> Mapping[str, Presence]:
        """Who is at a place."""
        return self.zone(place).present

    def left(self, pool: str) -> int:
        """How many rewards are left."""
        return self.pool(pool).left

    def arm(self, rule: str, person: str) -> str:
        """The arm of a rule's experiment that a person is in."""
        rules = self.world.rules
        return arm_of(rules, rules.rules[rule], person).name

    def timer(self, key: str) -> Timer | None:
        """The timer of that key, if it is set."""
        if key in self.timers_cancelled:
            return None
        return self.timers_set.get(key) or self.world.timers.get(key)

    def person(self, person: str) -> Person:
        """The person as this step sees them; somebody unknown begins empty."""
        return self.people.get(person) or self.world.people.get(person) or Person(person)

    def knows(self, person: str) -> bool:
        """Whether anything is known of somebody."""
        return person in self.people or person in self.world.people

    def zone(self, place: str) -> Zone:
        """The place as this step sees it."""
        return self.zones.get(place) or self.world.zones.get(place) or Zone(place)

    def pool(self, pool: str) -> Pool:
        """The pool as this step sees it."""
        found = self.pools.get(pool) or self.world.pools.get(pool)
        return found or Pool(pool, self.world.rules.pools[pool].stock)

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
        if self.timer(timer.key) == timer:
            return
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
            timers_cancelled=(
                tuple(sorted(self.timers_cancelled)) if self.timers_cancelled else ()
            ),
            notes=tuple(self.notes),
            memberships=tuple(self.memberships.values()),
            identities=self.identities,
            aliases=self.aliases,
            forgotten=tuple(self.forgotten),
            follows=tuple(self.follows),
        )
