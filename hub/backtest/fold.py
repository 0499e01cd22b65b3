"""A document decides facts as the engine would have: what falls due between them, what follows.

Nothing is written and nobody is sent anything: every delivery counts as made.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Final, TypeVar

from msgspec import structs

from hub.backtest.facts import NO_FACT_POS, Fact
from hub.backtest.history import History
from hub.backtest.tally import Tally
from hub.backtest.told import Told
from hub.backtest.waiting import Waiting
from hub.core import events as ev
from hub.core.compiled import Compiled
from hub.core.errors import CoreError
from hub.core.outcome import Outcome
from hub.core.state import Lease, Person, Pool, Zone
from hub.core.step import step
from hub.core.world import World

T = TypeVar("T")

SWEEP_PERSONS: Final = 150
"""Most people who are looked at in one event, as many as the engine does."""


class Fold:
    """State so far; what is decided goes into ``tally``."""

    def __init__(
        self,
        rules: Compiled,
        begins_ms: int,
        settle_ms: int,
        tally: Tally,
        *,
        is_terse: bool = False,
    ) -> None:
        """Begin with nobody, and with the rules put in force at ``begins_ms``.

        ``is_terse``: decisions go without their clauses, which nobody reads in a report.
        """
        self.tally = tally
        self.people: dict[str, Person] = {}
        self.pools: dict[str, Pool] = {}
        self.aliases: dict[str, str] = {}
        self._zones: dict[str, Zone] = {}
        self._leases: dict[str, tuple[Lease, ...]] = {}
        self._ids: dict[str, str] = {}
        self._waiting = Waiting(settle_ms)
        self._history = History()
        self._held: Counter[tuple[str, str]] = Counter()
        """(person, pool) to the rewards that they have."""
        self._pos = self._hidden_pos = 0
        self._free_pos = 0
        self._now_ms = begins_ms
        self.world = World(
            rules, self.people, self._zones, self.pools, self._leases, self._waiting.timers,
            settle_ms, self._ids, self.aliases, is_terse=is_terse,
        )  # fmt: skip
        self._decide(ev.VenuePublished(rules.version, begins_ms, ""), 0, begins_ms)

    def take(self, fact: Fact, next_pos: int) -> None:
        """Let time pass up to when the fact became known, then decide it.

        ``next_pos`` is the position of the fact after it, :data:`NO_FACT_POS` without one.
        """
        self._free_pos = fact.pos
        self.pass_to(fact.recorded_ms - 1)
        if self._waiting.sweeps:
            self._sweep()
        self._pos, self._free_pos, self._now_ms = fact.pos, next_pos, fact.recorded_ms
        self.tally.facts += 1
        event = fact.event
        if isinstance(event, ev.Tapped | ev.Moved):
            self._decide(event, fact.pos, fact.recorded_ms)
        else:
            self._take_rare(event, fact)

    def _take_rare(self, event: ev.Event, fact: Fact) -> None:
        match event:
            case ev.GapReported():
                return  # it is noted in the log, and changes nothing
            case ev.Redeemed() if not self._redeems(event):
                self.tally.not_redeemed += 1
                return
            case ev.Erased(person=""):
                return  # whoever it was is nowhere in the facts any more
            case ev.Tombstone():
                event = self._stone(event)
            case _:
                pass
        self._decide(event, fact.pos, fact.recorded_ms)

    def pass_to(self, until_ms: int) -> None:
        """Let everything fall due up to an instant, that one included."""
        waiting = self._waiting
        while (rings_ms := waiting.next_ms()) is not None and rings_ms <= until_ms:
            if waiting.sweeps and rings_ms > self._now_ms:
                self._sweep()
                continue
            timer = waiting.ring()
            self._now_ms = max(self._now_ms, rings_ms)
            due = ev.Due(timer.key, timer.due_ms, timer.person)
            self._decide(due, self._next_pos(), self._now_ms)

    def end(self, until_ms: int) -> Told:
        """Let the last things fall due, and say what it all came to."""
        self._free_pos = NO_FACT_POS
        self.pass_to(until_ms)
        self._sweep()
        return self.tally.told(self.people, self.pools, self.aliases)

    def _sweep(self) -> None:
        """Look at everybody for what concerns many people, a part of them at a time."""
        sweeps = self._waiting.sweeps
        while sweeps:
            key = next(iter(sweeps))
            people = sorted(self.people.keys() - self.aliases.keys())
            for first in range(0, max(len(people), 1), SWEEP_PERSONS):
                part = people[first : first + SWEEP_PERSONS]
                last = first + SWEEP_PERSONS >= len(people)
                event = ev.Swept(key, self._now_ms, part, last=last)
                self._decide(event, self._next_pos(), self._now_ms)
            sweeps.pop(key, None)

    def _next_pos(self) -> int:
        """A position for an event of our own: one that the log left free, or else a negative one.

        So an unchanged document comes to the very keys that its decisions have in the store.
        """
        if self._pos + 1 < self._free_pos:
            self._pos += 1
            return self._pos
        self._hidden_pos -= 1
        return self._hidden_pos

    def _decide(self, event: ev.Event, pos: int, now_ms: int) -> None:
        world = self.world
        if isinstance(event, ev.Merged | ev.Unmerged):
            world = self._with_past(event)
        try:
            outcome = step(world, event, pos, now_ms)
        except CoreError as error:
            self.tally.refuse(str(error))
            return
        except Exception as error:  # noqa: BLE001 - a fault met in one event must stop no other
            self.tally.fail(error, event, now_ms)
            return
        self._apply(outcome, now_ms)
        if outcome.person_id is not None:
            self._history.keep(outcome.person_id, event)
        for further in outcome.follows:
            self._decide(further, self._next_pos(), now_ms)

    def _apply(self, outcome: Outcome, now_ms: int) -> None:
        for person in outcome.people:
            self.people[person.id] = person
        for zone in outcome.zones:
            self._zones[zone.id] = zone
        for pool in outcome.pools:
            self.pools[pool.id] = pool
        if outcome.leases:
            self._leases.update(outcome.leases)
        if outcome.timers_set or outcome.timers_cancelled:
            self._waiting.change(outcome.timers_cancelled, outcome.timers_set, now_ms)
        if outcome.identities or outcome.aliases or outcome.forgotten:
            self._apply_identity(outcome)
        if outcome.decisions or outcome.actions or outcome.notes:
            self._apply_decided(outcome, now_ms)

    def _apply_identity(self, outcome: Outcome) -> None:
        for key, holder in outcome.identities.items():
            _put(self._ids, key, holder)
        for other, person in outcome.aliases.items():
            _put(self.aliases, other, person)
            if person is not None:
                self._hand_over(other, person)
        for gone in outcome.forgotten:
            self.people.pop(gone, None)
        self._history.forget(outcome.forgotten)

    def _apply_decided(self, outcome: Outcome, now_ms: int) -> None:
        self.tally.take(outcome, now_ms, self.pools)
        for grant in outcome.grants:
            self._held[grant.person, grant.pool] += 1

    def _hand_over(self, other: str, person: str) -> None:
        """What somebody had is theirs whom they are known as."""
        for owner, pool in [key for key in self._held if key[0] == other]:
            self._held[person, pool] += self._held.pop((owner, pool))

    def _redeems(self, event: ev.Redeemed) -> bool:
        """Whether somebody has what they brought to the stand; then they have one less."""
        key = (self.world.resolve(event.person), event.pool)
        if self._held[key] <= 0:
            return False
        self._held[key] -= 1
        return True

    def _stone(self, event: ev.Tombstone) -> ev.Tombstone:
        """As many rewards as somebody had who is forgotten, of those that are next here."""
        known = self.world.rules.pools
        taken = {pool: self._next_of(pool, len(of)) for pool, of in _in(event.taken, known)}
        redeemed = dict(_in(event.redeemed, known))
        return structs.replace(event, taken=taken, returned={}, redeemed=redeemed)

    def _next_of(self, pool_id: str, count: int) -> list[int]:
        pool = self.pools[pool_id]
        fresh = range(pool.next_index, pool.stock)
        return [*pool.returned, *fresh][:count]

    def _with_past(self, event: ev.Merged | ev.Unmerged) -> World:
        world = self.world
        named = {world.resolve(event.person), world.resolve(event.other)}
        raws = named | {raw for raw in self.aliases if world.resolve(raw) in named}
        return replace(world, past=self._history.of(raws))


def _put(known: dict[str, str], key: str, value: str | None) -> None:
    if value is None:
        known.pop(key, None)
    else:
        known[key] = value


def _in(said: dict[str, T], known: Iterable[str]) -> list[tuple[str, T]]:
    return [(name, value) for name, value in said.items() if name in known]
