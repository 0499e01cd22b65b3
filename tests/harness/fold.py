"""The log folded from empty by the pure core alone must give what the store holds.

This is the slow reference: no cache, no groups, one event after the other.
"""

from dataclasses import dataclass, field

import msgspec
from sqlalchemy import select

from hub.core import document as doc
from hub.core import events as ev
from hub.core.compiled import Compiled, compile_venue
from hub.core.outcome import Decision, Grant, Outcome
from hub.core.state import Lease, Person, Pool, Timer, Zone
from hub.core.step import step
from hub.core.world import World
from hub.store import Store, tables

_event = msgspec.json.Decoder(ev.Event)
_decision = msgspec.json.Decoder(Decision)
_person = msgspec.json.Decoder(Person)


@dataclass(slots=True)
class Folded:
    """State, and the decisions on the way to it."""

    people: dict[str, Person] = field(default_factory=dict)
    zones: dict[str, Zone] = field(default_factory=dict)
    pools: dict[str, Pool] = field(default_factory=dict)
    leases: dict[str, tuple[Lease, ...]] = field(default_factory=dict)
    timers: dict[str, Timer] = field(default_factory=dict)
    decisions: dict[str, Decision] = field(default_factory=dict)


def folded(store: Store) -> tuple[Folded, list[Grant]]:
    """Fold the log from empty; returns the state and the rewards given on the way."""
    state, grants = Folded(), []
    rules: Compiled | None = None
    for row in store.log_from():
        event = _event.decode(row.body)
        if isinstance(event, ev.VenuePublished):
            document = msgspec.json.decode(event.document, type=doc.Venue)
            rules = compile_venue(document, event.version)
        assert rules is not None, "the first event of a log is a venue"
        world = World(rules, state.people, state.zones, state.pools, state.leases, state.timers)
        outcome = step(world, event, row.pos, row.recorded_ms)
        _apply(state, outcome)
        grants += outcome.grants
    return state, grants


def stored(store: Store) -> Folded:
    """What the store holds."""
    engine = store.load_engine()
    return Folded(
        people={person.id: person for person in _people(store)},
        zones=engine.zones,
        pools=engine.pools,
        leases=engine.leases,
        timers={timer.key: timer for timer in engine.timers},
        decisions={decision.key: decision for decision in _decisions(store)},
    )


def _apply(state: Folded, outcome: Outcome) -> None:
    state.people.update((person.id, person) for person in outcome.people)
    state.zones.update((zone.id, zone) for zone in outcome.zones)
    state.pools.update((pool.id, pool) for pool in outcome.pools)
    state.leases.update(outcome.leases)
    for key in outcome.timers_cancelled:
        state.timers.pop(key, None)
    state.timers.update((timer.key, timer) for timer in outcome.timers_set)
    for decision in outcome.decisions:
        state.decisions.setdefault(decision.key, decision)


def _people(store: Store) -> list[Person]:
    c = tables.person_state.c
    with store.database.read() as connection:
        rows = connection.execute(select(c.body).where(c.event == store.event))
        return [_person.decode(row[0]) for row in rows]


def _decisions(store: Store) -> list[Decision]:
    c = tables.decision.c
    with store.database.read() as connection:
        rows = connection.execute(select(c.body).where(c.event == store.event))
        return [_decision.decode(row[0]) for row in rows]
