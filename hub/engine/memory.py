"""State in memory is what the store holds, plus what the group in hand has decided.

It is written through: whatever a step changes goes into the group as well, and when the group
cannot be committed all of it is thrown away and read again.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final, TypeVar

import msgspec

from hub.core.compiled import Compiled
from hub.core.events import Event
from hub.core.outcome import Outcome
from hub.core.state import Lease, Pool, Timer, Zone
from hub.core.world import World
from hub.engine.people import People
from hub.store import LogRow, Store

PEOPLE_MAX: Final = 50_000
"""Most people held in memory; beyond it those packed first make room and are read again."""

HOT_PEOPLE_MAX: Final = 300
"""Most of them held as values, ready to be decided about."""


IDS_MAX: Final = 200_000
"""Most ids of people that are remembered; beyond it all are looked up again."""

K = TypeVar("K")
V = TypeVar("V")

_event = msgspec.json.Decoder(Event)


def update(known: dict[K, V], changes: Mapping[K, V | None]) -> None:
    """Take over changes; None takes away."""
    for key, value in changes.items():
        if value is None:
            known.pop(key, None)
        else:
            known[key] = value


def raws_of(world: World, persons: Iterable[str]) -> set[str]:
    """All ids by which these people, and those merged with them, are in the log."""
    named = {world.resolve(person) for person in persons}
    return named | {raw for raw in world.aliases if world.resolve(raw) in named}


def with_past(world: World, rows: Iterable[LogRow]) -> World:
    """The world with these rows of the log, for a step that folds people anew."""
    events: dict[str, list[Event]] = {}
    positions: dict[str, list[int]] = {}
    for row in rows:
        events.setdefault(row.person or "", []).append(_event.decode(row.body))
        positions.setdefault(row.person or "", []).append(row.pos)
    return replace(
        world,
        past={raw: tuple(found) for raw, found in events.items()},
        past_pos={raw: tuple(found) for raw, found in positions.items()},
    )


class Memory:
    """The working state of one event."""

    def __init__(self, store: Store, people_max: int = PEOPLE_MAX, grace_ms: int = 0) -> None:
        self._store = store
        self._grace_ms = grace_ms
        self._heap: list[tuple[int, str]] = []
        self.people = People(HOT_PEOPLE_MAX, people_max)
        self.zones: dict[str, Zone] = {}
        self.pools: dict[str, Pool] = {}
        self.leases: dict[str, tuple[Lease, ...]] = {}
        self.timers: dict[str, Timer] = {}
        self.sweeps: dict[str, Timer] = {}
        """Those of the timers that ask for everybody to be looked at."""
        self.ids: dict[str, str] = {}
        self.aliases: dict[str, str] = {}
        self.forgotten: set[str] = set()
        """People of whom nothing may be written any more."""
        self.world: World | None = None

    def load(
        self,
        zones: dict[str, Zone],
        pools: dict[str, Pool],
        leases: dict[str, tuple[Lease, ...]],
        timers: Iterable[Timer],
        aliases: Mapping[str, str],
    ) -> None:
        """Begin from what the store holds; people come when they are needed."""
        self.people.clear()
        self.zones, self.pools, self.leases = dict(zones), dict(pools), dict(leases)
        self.timers = {timer.key: timer for timer in timers}
        self.sweeps = {key: timer for key, timer in self.timers.items() if timer.kind == "sweep"}
        self.ids, self.aliases = {}, dict(aliases)
        waiting = self.timers.keys() - self.sweeps.keys()
        self._heap = [(self.timers[key].due_ms, key) for key in waiting]
        heapq.heapify(self._heap)
        if self.world is not None:
            self.use(self.world.rules)

    def use(self, rules: Compiled, previous: Compiled | None = None) -> None:
        """Put a version of the rules in force, in place of a previous one."""
        self.world = World(
            rules=rules,
            people=self.people,
            zones=self.zones,
            pools=self.pools,
            leases=self.leases,
            timers=self.timers,
            grace_ms=self._grace_ms,
            ids=self.ids,
            aliases=self.aliases,
            previous=previous,
        )

    def need(self, persons: Iterable[str | None]) -> None:
        """Have these people in memory, reading in one go those who are not."""
        wanted = {self.resolve(person) for person in persons if person is not None}
        absent = {person for person in wanted if person not in self.people}
        if absent:
            self.people.fill(self._store.load_people(absent).values())

    def resolve(self, person: str) -> str:
        """Who somebody is known as."""
        while person in self.aliases:
            person = self.aliases[person]
        return person

    def need_ids(self, keys: Iterable[str]) -> None:
        """Have in memory whose these ids are, and the people themselves."""
        absent = {key for key in keys if key not in self.ids}
        if absent:
            if len(self.ids) > IDS_MAX:
                self.ids.clear()
            self.ids.update(self._store.load_ids(absent))
        self.need(self.ids.get(key) for key in keys)

    def past(self, persons: Iterable[str], uncommitted: Iterable[LogRow]) -> World:
        """The world with the own events of these people, by the ids they were logged with."""
        assert self.world is not None, "asked only once a venue is published"  # noqa: S101
        raws = raws_of(self.world, persons)
        rows = [*self._store.log_of(raws), *(row for row in uncommitted if row.person in raws)]
        return with_past(self.world, rows)

    def apply(self, outcome: Outcome) -> None:
        """Take over what a step decided."""
        for person in outcome.people:
            self.people.put(person)
            self.forgotten.discard(person.id)  # somebody new, to whom the same id was given
        for zone in outcome.zones:
            self.zones[zone.id] = zone
        for pool in outcome.pools:
            self.pools[pool.id] = pool
        self.leases.update(outcome.leases)
        update(self.ids, outcome.identities)
        update(self.aliases, outcome.aliases)
        for forgotten in outcome.forgotten:
            self.people.drop(forgotten)
            self.forgotten.add(forgotten)
        for key in outcome.timers_cancelled:
            self.timers.pop(key, None)
            self.sweeps.pop(key, None)
        for timer in outcome.timers_set:
            self.timers[timer.key] = timer
            if timer.kind == "sweep":
                self.sweeps[timer.key] = timer
            else:
                heapq.heappush(self._heap, (timer.due_ms, timer.key))

    def next_due_ms(self) -> int | None:
        """The instant at which the next timer falls due."""
        heap = self._heap
        while heap:
            due_ms, key = heap[0]
            timer = self.timers.get(key)
            if timer is not None and timer.due_ms == due_ms:
                return due_ms
            heapq.heappop(heap)
        return None

    def due(self, now_ms: int) -> Iterator[Timer]:
        """Timers that are due at ``now_ms``, in their order; each once."""
        told: set[tuple[int, str]] = set()
        while True:
            due_ms = self.next_due_ms()
            if due_ms is None or due_ms > now_ms:
                return
            entry = heapq.heappop(self._heap)
            if entry not in told:  # set twice for the same instant, it stands there twice
                told.add(entry)
                yield self.timers[entry[1]]

    def make_room(self) -> None:
        """Pack people who have not been seen lately, and forget some when there are too many."""
        self.people.make_room()
