"""State and decisions are a fold of the log: from nothing, in order, by the same step as ever.

Only what the log can fill again is written. Actions and messages have gone out and stay as they
are, rewards keep their codes, and nothing is sent.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import msgspec
from msgspec.structs import replace

from hub.core import document as doc
from hub.core import events as ev
from hub.core.compiled import compile_venue
from hub.core.outcome import Outcome
from hub.core.state import Zone
from hub.core.step import step
from hub.core.world import World
from hub.engine.memory import raws_of, update, with_past
from hub.store import Group, LogRow, PublishedVenue, Store
from hub.store.rebuild import Folded, is_settled

GROUP_ROWS: Final = 2_000
"""Log rows folded between two writes."""
GRACE_NOTE: Final = "grace_ms"
"""Status under which an engine writes down its grace, venue milliseconds."""
DIFFERENCES_SHOWN: Final = 5
"""Most differences of one kind that are named."""

_event = msgspec.json.Decoder(ev.Event)


def note_grace(store: Store, grace_ms: int, now_ms: int) -> None:
    """Write down the grace that paced time gives causes: decisions depend on it."""
    store.status.put(GRACE_NOTE, msgspec.json.encode(grace_ms), now_ms)


def noted_grace_ms(store: Store) -> int:
    """The grace with which the last engine decided; none before the first."""
    note = store.status.get(GRACE_NOTE)
    return 0 if note is None else msgspec.json.decode(note, type=int)


class Fold:
    """State in memory, and what has changed since it was last taken."""

    def __init__(self, store: Store, grace_ms: int = 0) -> None:
        self._store = store
        self._grace_ms = grace_ms
        self._erased_pos = store.last_erasure_pos()
        self.state = Folded({}, {}, {}, {}, {}, {}, {})
        self._world: World | None = None
        self._group = Group()

    def take(self, row: LogRow) -> None:
        """Apply one row of the log."""
        event = _event.decode(row.body)
        if isinstance(event, ev.VenuePublished):
            self._publish(event)
        assert self._world is not None, "a log begins with a venue"  # noqa: S101 - of our log
        world = self._world
        if isinstance(event, ev.Merged | ev.Unmerged):
            world = self._past(world, event, row.pos)
        outcome = step(world, event, row.pos, row.recorded_ms)
        self._apply(outcome)
        self._group.add(replace(outcome, actions=(), messages=(), grants=(), released=(), notes=()))

    def changed(self) -> Group:
        """What has changed since this was asked last."""
        group, self._group = self._group, Group()
        return group

    def _publish(self, event: ev.VenuePublished) -> None:
        rules = compile_venue(msgspec.json.decode(event.document, type=doc.Venue), event.version)
        state = self.state
        previous = None if self._world is None else self._world.rules
        self._world = World(
            rules, state.people, state.zones, state.pools, state.leases, state.timers,
            self._grace_ms, state.identities, state.aliases, previous=previous,
        )  # fmt: skip
        venue = PublishedVenue(event.version, event.document, event.at_ms, event.by)
        state.venues[event.version] = self._group.venue = venue

    def _past(self, world: World, event: ev.Merged | ev.Unmerged, pos: int) -> World:
        """The world with the own events, up to here, of those whom a merge is about."""
        raws = raws_of(world, [event.person, event.other])
        return with_past(world, (row for row in self._store.log_of(raws) if row.pos < pos))

    def _apply(self, outcome: Outcome) -> None:
        state = self.state
        state.people.update((person.id, person) for person in outcome.people)
        state.zones.update((zone.id, zone) for zone in outcome.zones)
        state.pools.update((pool.id, pool) for pool in outcome.pools)
        state.leases.update(outcome.leases)
        update(state.identities, outcome.identities)
        update(state.aliases, outcome.aliases)
        members = {(one.audience, one.person): one.since_ms for one in outcome.memberships}
        update(state.memberships, members)
        for person in outcome.forgotten:
            state.people.pop(person, None)
        for key in outcome.timers_cancelled:
            state.timers.pop(key, None)
        state.timers.update((timer.key, timer) for timer in outcome.timers_set)
        for decision in outcome.decisions:
            if not is_settled(decision, self._erased_pos):
                state.decisions.setdefault(decision.key, decision)


def fold(store: Store, into: Fold, each: Callable[[int], None] = lambda _: None) -> Iterator[Group]:
    """Fold the whole log; yields what to write, a part at a time.

    ``each`` is told how many rows have been folded since it was told last.
    """
    rows = 0
    for row in store.log_from():
        if rows and (rows == GROUP_ROWS or row.kind == "venue"):
            each(rows)
            rows = 0
            yield into.changed()
        into.take(row)
        rows += 1
    each(rows)
    yield into.changed()


def rebuild(store: Store, each: Callable[[int], None] = lambda _: None) -> Folded:
    """Empty the folded tables and fill them from the log, in one transaction; returns the state.

    No engine may run on the store meanwhile.
    """
    into = Fold(store, noted_grace_ms(store))
    store.refill_state(fold(store, into, each))
    return into.state


def differences(store: Store, each: Callable[[int], None] = lambda _: None) -> list[str]:
    """Fold the log in memory and say where the store differs; it changes nothing."""
    into = Fold(store, noted_grace_ms(store))
    for _ in fold(store, into, each):
        pass
    try:
        stored = store.folded()
    except msgspec.MsgspecError as error:
        return [f"what is stored cannot be read: {error}"]
    return compare(stored, into.state)


def compare(stored: Folded, fresh: Folded) -> list[str]:
    """Say where two states differ, a sentence for each kind of thing; none when they are equal."""
    found = []
    for kind in Folded.__struct_fields__:
        mine, other = getattr(stored, kind), getattr(fresh, kind)
        differ = [name for name in {**mine, **other} if _of(mine, name) != _of(other, name)]
        if differ:
            shown = ", ".join(map(str, differ[:DIFFERENCES_SHOWN]))
            more = "" if len(differ) <= DIFFERENCES_SHOWN else ", ..."
            found.append(f"{len(differ)} of {len({**mine, **other})} {kind} differ: {shown}{more}")
    return found


def _of(known: Mapping[str, object], name: str) -> object:
    """What is known under a name: of a place where nobody ever was it is nothing."""
    found = known.get(name)
    return None if found == Zone(name) else found
