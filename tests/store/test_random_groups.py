"""Whatever groups are committed, reading gives what plain dictionaries would hold."""

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.envelope import StreamPosition
from hub.core.outcome import Grant
from hub.core.state import Lease, Person, Pool, Presence, Stay, Timer, Zone
from hub.store import Group, LogRow, Store
from hub.store.load import Whereabouts

NAMES = st.sampled_from(["ann", "bob", "cid", "zoë", "o'hara", 'quo"te', "per%cent", "\\back"])
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
INSTANTS = st.integers(0, 2**45)
VALUES = st.none() | TEXTS | st.booleans() | st.integers(-(2**60), 2**60) | st.lists(TEXTS)
HISTORIES = st.lists(INSTANTS, max_size=5).map(lambda instants: tuple(sorted(instants)))


@st.composite
def people(draw: st.DrawFn) -> Person:
    return Person(
        draw(NAMES),
        attributes=draw(st.dictionaries(TEXTS, VALUES, max_size=3)),
        consents=frozenset(draw(st.sets(TEXTS, max_size=2))),
        points=draw(st.integers(-5, 2**40)),
        visits=draw(st.dictionaries(NAMES, HISTORIES, max_size=2)),
        stays={"bar": tuple(Stay(n, n + 5) for n in draw(HISTORIES))},
        place=draw(st.none() | NAMES),
        since_ms=draw(INSTANTS),
    )


ZONES = st.builds(
    Zone, NAMES, st.dictionaries(NAMES, st.builds(Presence, INSTANTS, st.none(), st.just(()))),
)  # fmt: skip
POOLS = st.builds(Pool, NAMES, st.integers(0, 2**31 - 1), st.integers(0, 9))
TIMERS = st.builds(Timer, NAMES, INSTANTS, TEXTS, TEXTS, st.none() | NAMES)
LEASES = st.lists(st.builds(Lease, INSTANTS, st.none() | NAMES), min_size=1, max_size=3).map(tuple)
POSITIONS = st.builds(StreamPosition, INSTANTS, st.lists(st.tuples(INSTANTS, INSTANTS), max_size=2))
STREAMS = st.dictionaries(st.tuples(NAMES, NAMES), POSITIONS, max_size=2)
ALIASES = st.dictionaries(NAMES, st.none() | NAMES, max_size=2)
MEMBERS = st.dictionaries(st.tuples(NAMES, NAMES), st.none() | INSTANTS, max_size=2)
GRANTS = st.builds(Grant, NAMES, st.integers(0, 3), NAMES, NAMES, INSTANTS)


@st.composite
def groups(draw: st.DrawFn) -> Group:
    return Group(
        people={person.id: person for person in draw(st.lists(people(), max_size=3))},
        zones={zone.id: zone for zone in draw(st.lists(ZONES, max_size=2))},
        pools={pool.id: pool for pool in draw(st.lists(POOLS, max_size=2))},
        leases=draw(st.dictionaries(NAMES, LEASES, max_size=2)),
        timers={timer.key: timer for timer in draw(st.lists(TIMERS, max_size=3))}
        | dict.fromkeys(draw(st.lists(NAMES, max_size=1))),
        streams=draw(STREAMS),
        grants=draw(st.lists(GRANTS, max_size=3)),
        identities=draw(st.dictionaries(TEXTS, st.none() | NAMES, max_size=2)),
        aliases=draw(ALIASES),
        memberships=draw(MEMBERS),
        log=[
            LogRow(0, key, draw(st.none() | NAMES), draw(TEXTS), draw(INSTANTS), 5, b"\x00{")
            for key in draw(st.lists(TEXTS, max_size=3))
        ],
    )


@pytest.fixture(scope="module")
def events() -> Iterator[int]:
    """Each history gets an event of its own, which is as good as a database of its own."""
    return count()


def place_in_log(group: Group, model: Group) -> None:
    """Give the rows positions, and keys that are new."""
    rows: list[LogRow] = []
    for row in group.log:
        pos = len(model.log) + len(rows) + 1
        rows.append(LogRow(pos, f"{pos}/{row.key}", row.person, row.kind, row.at_ms, 5, row.body))
    group.log = rows


def fold(model: Group, group: Group) -> None:
    model.log += group.log
    model.people |= group.people
    model.zones |= group.zones
    model.pools |= group.pools
    model.leases |= group.leases
    model.streams |= group.streams
    model.timers |= group.timers
    model.identities |= group.identities
    model.aliases |= group.aliases
    model.memberships |= group.memberships


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(history=st.lists(groups(), max_size=4))
def test_reading_gives_what_dictionaries_hold(
    store: Store, events: Iterator[int], history: list[Group]
) -> None:
    store = Store(store.database.where, f"event-{next(events)}")
    with store:
        model = Group()
        owners: dict[tuple[str, int], str] = {}
        for group in history:
            place_in_log(group, model)
            store.commit(group)
            fold(model, group)
            latest = {(g.pool, g.index): g.person for g in group.grants}
            owners = latest | owners
        check(store, model, owners)


def kept(values: Mapping[Any, Any]) -> dict[Any, Any]:
    return {key: value for key, value in values.items() if value is not None}


def check(store: Store, model: Group, owners: dict[tuple[str, int], str]) -> None:
    state = store.load_engine()
    timers = [timer for timer in model.timers.values() if timer is not None]
    assert list(store.log_from()) == model.log
    assert state.last_pos == len(model.log)
    assert store.load_people(list(model.people)) == model.people
    assert state.places == {
        person.id: Whereabouts(person.place, person.since_ms)
        for person in model.people.values()
        if person.place is not None
    }
    assert (state.zones, state.pools, state.leases) == (model.zones, model.pools, model.leases)
    assert state.streams == model.streams
    assert sorted(state.timers, key=lambda t: t.key) == sorted(timers, key=lambda t: t.key)
    assert [timer.due_ms for timer in state.timers] == sorted(timer.due_ms for timer in timers)
    folded = store.folded()
    assert folded.identities == kept(model.identities)
    assert folded.aliases == state.aliases == kept(model.aliases)
    assert folded.memberships == kept(model.memberships)
    for (pool, index), person in owners.items():
        reward = store.rewards.at(pool, index)
        assert reward is not None
        assert reward.person == person
