"""Somebody who was merged keeps their old id in every row; who that is now is looked up here.

An alias leads from somebody who was merged to whom they were merged into, who may have been merged
in turn. The end of that way is the person; all ids that lead to it are theirs.
"""

from collections.abc import Collection

from sqlalchemy import Connection, select

from hub.store import bulk, tables
from hub.store.group import Group

_identities = bulk.upsert(tables.identity, ("event", "id_key", "person"))
_identities_gone = bulk.delete(tables.identity, ("event", "id_key"))
_aliases = bulk.upsert(tables.alias, ("event", "other", "survivor"))
_aliases_gone = bulk.delete(tables.alias, ("event", "other"))

_whose = bulk.Lookup(tables.identity, ("id_key", "person"), "id_key")
_up = bulk.Lookup(tables.alias, ("other", "survivor"), "other")
_down = bulk.Lookup(tables.alias, ("other", "survivor"), "survivor")


def write(connection: Connection, event: str, group: Group) -> None:
    """Write whose ids are, and who was merged into whom; None takes a row away."""
    ids, aliases = group.identities, group.aliases
    _identities.run(connection, [(event, key, person) for key, person in ids.items() if person])
    _identities_gone.run(connection, [(event, key) for key, person in ids.items() if not person])
    _aliases.run(connection, [(event, other, to) for other, to in aliases.items() if to])
    _aliases_gone.run(connection, [(event, other) for other, to in aliases.items() if not to])


def identities(connection: Connection, event: str) -> dict[str, str]:
    """Return every id of another system, and whose it is, as it was written."""
    c = tables.identity.c
    rows = connection.execute(select(c.id_key, c.person).where(c.event == event))
    return {key: person for key, person in rows}  # noqa: C416 - rows are no pairs to a checker


def aliases(connection: Connection, event: str) -> dict[str, str]:
    """Return everybody who was merged, and into whom, as it was written."""
    c = tables.alias.c
    rows = connection.execute(select(c.other, c.survivor).where(c.event == event))
    return {other: survivor for other, survivor in rows}  # noqa: C416 - as above


def holders(connection: Connection, event: str, keys: Collection[str]) -> dict[str, str]:
    """Return whose those of ``keys`` are now that belong to somebody."""
    found = {str(key): str(person) for key, person in _whose.rows(connection, event, keys)}
    ends = resolve_all(connection, event, set(found.values()))
    return {key: ends[person] for key, person in found.items()}


def resolve(connection: Connection, event: str, person: str) -> str:
    """Return as whom somebody is known now: themselves when they were not merged."""
    return resolve_all(connection, event, [person])[person]


def resolve_all(connection: Connection, event: str, persons: Collection[str]) -> dict[str, str]:
    """Return for each of ``persons`` as whom they are known now."""
    up: dict[str, str] = {}
    ahead = set(persons)
    while ahead:
        found = {str(other): str(to) for other, to in _up.rows(connection, event, ahead)}
        up |= found
        ahead = set(found.values()) - up.keys()
    return {person: _end(up, person) for person in persons}


def below(connection: Connection, event: str, persons: Collection[str]) -> dict[str, list[str]]:
    """Return for each of ``persons`` their ids: their own first, then who was merged into them."""
    owner = {person: person for person in persons}
    ahead = set(persons)
    while ahead:
        found = sorted((str(other), str(to)) for other, to in _down.rows(connection, event, ahead))
        fresh = {other: owner[to] for other, to in found if other not in owner}
        owner |= fresh
        ahead = set(fresh)
    ids: dict[str, list[str]] = {person: [] for person in persons}
    for other, person in owner.items():
        ids[person].append(other)
    return ids


def ids_of(connection: Connection, event: str, person: str) -> list[str]:
    """Return all ids of whoever ``person`` is known as now, theirs first."""
    end = resolve(connection, event, person)
    return below(connection, event, [end])[end]


def _end(up: dict[str, str], person: str) -> str:
    seen = {person}
    while (further := up.get(person)) is not None and further not in seen:
        seen.add(further)
        person = further
    return person
