"""What the log can fill again may be emptied; what has gone out of the house may not.

Folding the log again sees nobody who was erased. What was decided about a place as a whole before
the newest erasure was decided with them there, so it is left as it is, and not compared.
"""

from collections.abc import Iterable
from typing import Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, delete, or_, select

from hub.core.outcome import Decision
from hub.core.state import Lease, Person, Pool, Timer, Zone
from hub.store import audiences, commit, erasure_log, identity, load, tables
from hub.store.group import Group, PublishedVenue

FOLDED: Final = (
    tables.person_state,
    tables.zone_state,
    tables.pool_state,
    tables.lease,
    tables.timer,
    tables.venue,
    tables.identity,
    tables.alias,
    tables.membership,
)
"""With the decisions, which are not all emptied."""

_person = msgspec.json.Decoder(Person)
_decision = msgspec.json.Decoder(Decision)


class Folded(Struct, frozen=True):
    """All that the log can fill again, each by its name."""

    people: dict[str, Person]
    zones: dict[str, Zone]
    pools: dict[str, Pool]
    leases: dict[str, tuple[Lease, ...]]
    timers: dict[str, Timer]
    venues: dict[int, PublishedVenue]
    decisions: dict[str, Decision]
    """Without those that :func:`is_settled`."""
    identities: dict[str, str] = {}
    aliases: dict[str, str] = {}
    memberships: dict[tuple[str, str], int] = {}
    """(audience, person) to the instant since which they belong."""


def is_settled(decision: Decision, erased_pos: int) -> bool:
    """Say whether a decision is about a place, made before the erasure at that position (0: none).

    Such a one is neither made again nor compared.
    """
    return decision.person is None and decision.pos < erased_pos


def reset(connection: Connection, event: str) -> None:
    """Empty the folded tables of one event."""
    for table in FOLDED:
        connection.execute(delete(table).where(table.c.event == event))
    d = tables.decision.c
    erased_pos = erasure_log.last_pos(connection, event)
    anew = or_(d.person.is_not(None), d.pos >= erased_pos)
    connection.execute(delete(tables.decision).where(d.event == event, anew))


def refill(connection: Connection, event: str, groups: Iterable[Group]) -> None:
    """Empty the folded tables and write ``groups`` in their place."""
    reset(connection, event)
    erased_pos = erasure_log.last_pos(connection, event)
    for group in groups:
        group.decisions = [one for one in group.decisions if not is_settled(one, erased_pos)]
        commit.write(connection, event, group)


def folded(connection: Connection, event: str) -> Folded:
    """Read the folded tables of one event, all of it into memory."""
    state = load.engine_state(connection, event)
    person, decision, venue = (
        tables.person_state.c, tables.decision.c, tables.venue.c,
    )  # fmt: skip
    people = connection.execute(select(person.body).where(person.event == event))
    decisions = connection.execute(select(decision.body).where(decision.event == event))
    erased_pos = erasure_log.last_pos(connection, event)
    made = [_decision.decode(row[0]) for row in decisions]
    columns = (venue.version, venue.document, venue.at_ms, venue.by)
    venues = connection.execute(select(*columns).where(venue.event == event))
    return Folded(
        people={one.id: one for one in (_person.decode(row[0]) for row in people)},
        zones=state.zones,
        pools=state.pools,
        leases=state.leases,
        timers={timer.key: timer for timer in state.timers},
        venues={row[0]: PublishedVenue(*row) for row in venues},
        decisions={one.key: one for one in made if not is_settled(one, erased_pos)},
        identities=identity.identities(connection, event),
        aliases=state.aliases,
        memberships=audiences.memberships(connection, event),
    )
