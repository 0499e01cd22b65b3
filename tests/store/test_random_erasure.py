"""Whoever is forgotten, among people of any names: nothing of theirs stays, nothing else goes."""

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from hub.core import events as ev
from hub.core.outcome import Note
from hub.core.state import Lease, Person, Timer
from hub.store import Group, Store, tables
from tests.store.erasing import decision, gift, row

NAMES = st.sampled_from(["ann", "anna", "an-n", "7", "77", "o'hara", 'quo"te', "zoë", "per%cent"])
Rows = dict[str, list[dict[str, Any]]]

_event = msgspec.json.Decoder(ev.Event)
WITH_PERSON = (
    tables.person_state, tables.membership, tables.decision, tables.action, tables.message,
    tables.timer, tables.identity, tables.note, tables.command, tables.reward_code, tables.log,
)  # fmt: skip


@pytest.fixture(scope="module")
def events() -> Iterator[int]:
    """Each example gets an event of its own, which is as good as a database of its own."""
    return count()


def lives(persons: list[str]) -> Group:
    """Return what a visit of each of ``persons`` in turn leaves; one may come again."""
    group = Group()
    for pos, person in enumerate(persons, 1):
        at_ms = pos * 1_000
        made = decision(f"greet/{person}/{at_ms}", person, pos)
        message, grant, action = gift(f"{made.key}#0", person, pos, at_ms)
        group.log.append(row(pos, ev.Registered(person, at_ms), person, f"{pos}/{person}"))
        group.decisions.append(made)
        group.messages.append(message)
        group.grants.append(grant)
        group.actions.append(action)
        group.people[person] = Person(person, points=pos)
        group.timers[f"t/{person}"] = Timer(f"t/{person}", at_ms, "stay", "greet", person)
        group.memberships["guests", person] = at_ms
        group.identities[f"crm:id of {person}"] = person
        group.notes.append(Note(f"note/{pos}", at_ms, "Hello", "", None, person))
        group.leases[f"badge of {person}"] = (Lease(at_ms, person),)
    return group


def rows_of(store: Store) -> Rows:
    found: Rows = {}
    with store.database.read() as connection:
        for table in WITH_PERSON:
            mine = select(table).where(table.c.event == store.event)
            found[table.name] = [dict(line) for line in connection.execute(mine).mappings()]
    return found


def is_theirs(table: str, line: Mapping[str, Any], person: str) -> bool:
    if table == "command":
        return bool(getattr(_event.decode(line["body"]), "person", None) == person)
    return bool(line["person"] == person)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(persons=st.lists(NAMES, min_size=1, max_size=8), which=st.integers(0, 7))
def test_nothing_of_theirs_stays_and_nothing_else_goes(
    store: Store, events: Iterator[int], persons: list[str], which: int
) -> None:
    gone = persons[which % len(persons)]
    with Store(store.database.where, f"event-{next(events)}") as own:
        for number, person in enumerate(persons):
            own.add_command(f"c{number}", ev.Registered(person, 7), 7)
        own.commit(lives(persons))
        before = rows_of(own)
        own.commit(Group(forgotten={gone}))
        after = rows_of(own)
        for table in before:
            stay = [line for line in before[table] if not is_theirs(table, line, gone)]
            left = [line for line in after[table] if line in stay]
            assert left == stay, table
            extra = [line for line in after[table] if line not in stay]
            assert all(not is_theirs(table, line, gone) for line in extra), table
            assert len(extra) == (persons.count(gone) if table in {"log", "reward_code"} else 0)
        assert set(own.load_engine().leases) == {f"badge of {p}" for p in persons if p != gone}
        stones = [_event.decode(line["body"]) for line in after["log"] if line["person"] is None]
        taken = [index for one in stones for index in getattr(one, "taken", {}).get("coffee", [])]
        assert taken == [pos for pos, person in enumerate(persons, 1) if person == gone]
