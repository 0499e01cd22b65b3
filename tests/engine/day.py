"""A day at the venue, lived through on a real engine: whatever happened, nothing disagrees.

State in memory is what the store holds, and both are what the log gives when it is folded again.
"""

from collections.abc import Iterable
from typing import Any, Final

from contract.readings import Record
from hub.core import events as ev
from hub.core.outcome import Decision
from hub.core.state import Person, Timer
from hub.engine.items import Arrived, Item
from hub.engine.rebuild import compare, differences, rebuild
from hub.outbox.pending import Settlement
from hub.outbox.retry import Outcome
from hub.store import Store
from tests.core.fold import CONSENTS
from tests.engine.parts import OPENS_MS, Hub, message, sighting, tap

MIN_MS: Final = 60_000


class Day(Hub):
    """An engine with its store; with ``restarts`` a new one takes over after each step."""

    def __init__(
        self, store: Store, *rules: dict[str, Any], restarts: bool = False, **more: Any
    ) -> None:
        """Publish a venue with these rules; ``more`` are further parts of the document."""
        self._restarts = restarts
        self._sent: dict[str, int] = {}
        super().__init__(store)
        self.publish(*rules, **more)

    opens_ms = OPENS_MS

    # What happens.

    def at(self, minute: float) -> "Day":
        """Let it be so many minutes after the doors opened."""
        self.clock.now_ms = at_ms(minute)
        return self

    def happens(self, *items: Item) -> None:
        """One group, with what waits in the store."""
        self.run(*items)
        if self._restarts:
            self.make_engine()

    def lives_on(self, groups_max: int = 100) -> None:
        """Run groups until nothing is due any more and nobody is looked at."""
        for _ in range(groups_max):
            self.happens()
            memory = self.engine._memory
            due_ms = memory.next_due_ms()
            if not memory.sweeps and (due_ms is None or due_ms > self.clock.now_ms):
                return
        raise AssertionError(f"something is still due after {groups_max} groups")

    def batch(self, edge: str, *records: Record, at_ms: int | None = None) -> Arrived:
        """What an edge sends, with the numbers that come next."""
        first = self._sent.get(edge, 0) + 1
        self._sent[edge] = first + len(records) - 1
        lane: Any = "taps" if edge == "pi" else "sightings"
        when_ms = self.clock.now_ms if at_ms is None else at_ms
        return message(*records, first=first, edge=edge, lane=lane, at_ms=when_ms)

    def taps(self, *badges: str, reader: str = "desk", minute: float | None = None) -> Arrived:
        """These badges are tapped, now, or a while ago."""
        when_ms = None if minute is None else at_ms(minute)
        return self.batch("pi", *(tap(badge, reader=reader) for badge in badges), at_ms=when_ms)

    def hears(self, badge: str, place: str = "stage") -> Arrived:
        """A badge is heard at a place."""
        return self.batch(f"pi-{place}", sighting(badge))

    def registers(
        self, person: str, mail: str = "", *, consents: Iterable[str] | None = CONSENTS, **more: Any
    ) -> None:
        """Leave the command that registers somebody."""
        ids = {"email": [mail]} if mail else {}
        said = None if consents is None else list(consents)
        self.ask(ev.Registered(person, self.clock.now_ms, more, said, ids))

    def lends(self, badge: str, person: str) -> None:
        """Leave the command that lends a badge."""
        self.ask(ev.Leased(badge, person, self.clock.now_ms))

    def settlements(self, outcome: Outcome = "done") -> list[Settlement]:
        """The end of all that was handed over and not confirmed."""
        waiting = {one.key: one for one in self.deliverer.submitted}
        for key in self.deliverer.confirmed:
            waiting.pop(key, None)
        return [
            Settlement(
                key=one.key, outcome=outcome, detail="", person=one.person,
                connector=one.connector, body=one.body,
            )
            for one in waiting.values()
        ]  # fmt: skip

    # What came of it.

    def person(self, person: str = "ann") -> Person:
        """Somebody as the store has them."""
        return self.store.load_people([person])[person]

    def fired(self, rule: str) -> list[tuple[str | None, float]]:
        """For whom a rule fired, and the minutes, in the order of the decisions."""
        return [
            (one.person, (one.at_ms - OPENS_MS) / MIN_MS)
            for one in self.decided(rule)
            if one.outcome == "fired"
        ]

    def decided(self, rule: str) -> list[Decision]:
        """All decisions about a rule, in their order."""
        return [one.decision for one in self.store.views.decisions(rule=rule, limit=1_000)]

    def timers(self) -> list[Timer]:
        """What the store has waiting."""
        return self.store.load_engine().timers

    def agrees(self) -> None:
        """State in memory is what is stored, and what the log gives."""
        memory, state = self.engine._memory, self.store.load_engine()
        found = differences(self.store)
        assert found == [], found
        assert memory.timers == {timer.key: timer for timer in state.timers}
        assert memory.sweeps == {t.key: t for t in state.timers if t.kind == "sweep"}
        assert {badge: held for badge, held in memory.leases.items() if held} == state.leases
        assert (memory.zones, memory.pools) == (state.zones, state.pools)
        assert memory.aliases == state.aliases
        known = {key: memory.resolve(person) for key, person in memory.ids.items()}
        assert known == self.store.load_ids(list(known))
        people = {name: memory.people.peek(name) for name in memory.people}
        assert people == self.store.load_people(list(people))
        for name, where in state.places.items():
            assert self.engine._floor.tracker.where(name) == where.place

    def folds_again(self) -> None:
        """Filled from the log anew, the store holds what it held, and an engine goes on with it."""
        before = self.store.folded()
        rebuild(self.store)
        found = compare(before, self.store.folded())
        assert found == [], found
        self.make_engine()
        self.agrees()


def at_ms(minute: float) -> int:
    """Unix milliseconds of a minute after the doors opened."""
    return OPENS_MS + round(minute * MIN_MS)
