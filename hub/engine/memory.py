"""State in memory is what the store holds, plus what the group in hand has decided.

It is written through: whatever a step changes goes into the group as well, and when the group
cannot be committed all of it is thrown away and read again.
"""

import heapq
from collections.abc import Iterable, Iterator
from typing import Final

from hub.core.compiled import Compiled
from hub.core.outcome import Outcome
from hub.core.state import Lease, Pool, Timer, Zone
from hub.core.world import World
from hub.engine.people import People
from hub.store import Store

PEOPLE_MAX: Final = 50_000
"""Most people held in memory; beyond it those packed first make room and are read again."""

HOT_PEOPLE_MAX: Final = 300
"""Most of them held as values, ready to be decided about."""


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
        self.world: World | None = None

    def load(
        self,
        zones: dict[str, Zone],
        pools: dict[str, Pool],
        leases: dict[str, tuple[Lease, ...]],
        timers: Iterable[Timer],
    ) -> None:
        """Begin from what the store holds; people come when they are needed."""
        self.people.clear()
        self.zones, self.pools, self.leases = dict(zones), dict(pools), dict(leases)
        self.timers = {timer.key: timer for timer in timers}
        self._heap = [(timer.due_ms, timer.key) for timer in self.timers.values()]
        heapq.heapify(self._heap)
        if self.world is not None:
            self.use(self.world.rules)

    def use(self, rules: Compiled) -> None:
        """Put a version of the rules in force."""
        self.world = World(
            rules,
            self.people,
            self.zones,
            self.pools,
            self.leases,
            self.timers,
            self._grace_ms,
        )

    def need(self, persons: Iterable[str | None]) -> None:
        """Have these people in memory, reading in one go those who are not."""
        absent = {person for person in persons if person is not None and person not in self.people}
        if absent:
            self.people.fill(self._store.load_people(absent).values())

    def apply(self, outcome: Outcome) -> None:
        """Take over what a step decided."""
        for person in outcome.people:
            self.people.put(person)
        for zone in outcome.zones:
            self.zones[zone.id] = zone
        for pool in outcome.pools:
            self.pools[pool.id] = pool
        self.leases.update(outcome.leases)
        for key in outcome.timers_cancelled:
            self.timers.pop(key, None)
        for timer in outcome.timers_set:
            self.timers[timer.key] = timer
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
        while True:
            due_ms = self.next_due_ms()
            if due_ms is None or due_ms > now_ms:
                return
            _, key = heapq.heappop(self._heap)
            yield self.timers[key]

    def make_room(self) -> None:
        """Pack people who have not been seen lately, and forget some when there are too many."""
        self.people.make_room()
