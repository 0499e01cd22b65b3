"""What the log can fill again may be emptied; what has gone out of the house may not."""

from collections.abc import Iterable
from typing import Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, delete, select

from hub.core.outcome import Decision
from hub.core.state import Lease, Person, Pool, Timer, Zone
from hub.store import commit, load, tables
from hub.store.group import Group, PublishedVenue

FOLDED: Final = (
    tables.person_state,
    tables.zone_state,
    tables.pool_state,
    tables.lease,
    tables.timer,
    tables.venue,
    tables.decision,
)

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


def reset(connection: Connection, event: str) -> None:
    """Empty the folded tables of one event."""
    for table in FOLDED:
        connection.execute(delete(table).where(table.c.event == event))


def refill(connection: Connection, event: str, groups: Iterable[Group]) -> None:
    """Empty the folded tables and write ``groups`` in their place."""
    reset(connection, event)
    for group in groups:
        commit.write(connection, event, group)


def folded(connection: Connection, event: str) -> Folded:
    """Read the folded tables of one event, all of it into memory."""
    state = load.engine_state(connection, event)
    person, decision, venue = (
        tables.person_state.c, tables.decision.c, tables.venue.c,
    )  # fmt: skip
    people = connection.execute(select(person.body).where(person.event == event))
    decisions = connection.execute(select(decision.body).where(decision.event == event))
    columns = (venue.version, venue.document, venue.at_ms, venue.by)
    venues = connection.execute(select(*columns).where(venue.event == event))
    return Folded(
        people={one.id: one for one in (_person.decode(row[0]) for row in people)},
        zones=state.zones,
        pools=state.pools,
        leases=state.leases,
        timers={timer.key: timer for timer in state.timers},
        venues={row[0]: PublishedVenue(*row) for row in venues},
        decisions={one.key: one for one in (_decision.decode(row[0]) for row in decisions)},
    )
