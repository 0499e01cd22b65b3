"""What an installation came to, read from its store, for comparing with what went in."""

from collections import Counter
from collections.abc import Mapping

import msgspec
from sqlalchemy import select

from hub.core import events as ev
from hub.core.state import Person
from hub.store import Store, tables
from hub.store.quarantine import Held
from tests.harness.recording import Read

_event = msgspec.json.Decoder(ev.Event)


def taps_in(store: Store) -> Counter[Read]:
    """Every tap in the log, with how often it is there."""
    found: Counter[Read] = Counter()
    for row in store.log_from():
        if row.kind == "tapped":
            tap = _event.decode(row.body)
            assert isinstance(tap, ev.Tapped)
            found[Read(tap.badge, tap.place, tap.at_ms)] += 1
    return found


def taps_of(people: Mapping[str, Person]) -> Counter[tuple[str, str, int]]:
    """Every tap in the state of people: person, place, instant."""
    return Counter(
        (person.id, place, at_ms)
        for person in people.values()
        for place, times in person.taps.items()
        for at_ms in times
    )


def positions(store: Store) -> dict[str, list[tuple[int, int]]]:
    """Edge to the (watermark, ranges beyond it) of each of its streams."""
    found: dict[str, list[tuple[int, int]]] = {}
    for (edge, _), position in store.load_engine().streams.items():
        found.setdefault(edge, []).append((position.upto, len(position.ranges)))
    return {edge: sorted(streams) for edge, streams in found.items()}


def rewards(store: Store) -> list[tuple[str, str | None, str]]:
    """(code, person, status) of every reward that was ever reserved."""
    c = tables.reward_code.c
    query = select(c.code, c.person, c.status).where(c.event == store.event)
    with store.database.read() as connection:
        return [(code, person, status) for code, person, status in connection.execute(query)]


def held(store: Store) -> list[Held]:
    """All that is in quarantine."""
    return [
        row
        for status in store.quarantine.counts()
        for row in store.quarantine.rows(status, limit=500)
    ]
