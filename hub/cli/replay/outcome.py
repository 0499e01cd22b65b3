"""What came of a replay: counts of what the hub holds afterwards, less what it held before."""

from collections import Counter
from typing import Any

import msgspec
from msgspec import Struct

from hub.core.document import Venue
from hub.store import Store

PAGE_ROWS = 500


class Tally(Struct, frozen=True, kw_only=True):
    """Counts of one event. ``given`` are rewards that have left their pool."""

    people: int
    taps: int
    moves: int
    visits: dict[str, int]
    fired: dict[str, int]
    suppressed: dict[str, int]
    given: dict[str, int]
    quarantined: dict[str, int]


class Outcome(Struct, frozen=True, kw_only=True):
    """What came of it. ``places`` is what the recording calls them to what the venue does."""

    event: str
    rows: int
    refused: int
    people: int
    registered: int
    taps: int
    moves: int
    visits: dict[str, int]
    rules: dict[str, dict[str, int]]
    rewards: dict[str, int]
    quarantined: dict[str, int]
    places: dict[str, str]
    seconds: float
    speed: float | None
    data: str | None


def tally(store: Store) -> Tally:
    """Count."""
    decisions = store.views.decision_counts()
    kinds = store.views.log_counts()
    given: Counter[str] = Counter()
    for (pool, status), count in store.rewards.counts().items():
        given[pool] += count if status != "free" else 0
    return Tally(
        people=store.people.count(),
        taps=kinds.get("tapped", 0),
        moves=kinds.get("moved", 0),
        visits=_visits(store),
        fired={rule: n for (rule, outcome), n in decisions.items() if outcome == "fired"},
        suppressed={rule: n for (rule, outcome), n in decisions.items() if outcome != "fired"},
        given=dict(given),
        quarantined=_quarantined(store),
    )


def outcome(before: Tally, after: Tally, store: Store, **more: Any) -> Outcome:
    """Make the answer; ``more`` are the fields that are not counted here."""
    rules = rules_of(store)
    fired, suppressed = (
        _less(after.fired, before.fired),
        _less(after.suppressed, before.suppressed),
    )
    return Outcome(
        event=store.event,
        people=after.people,
        taps=after.taps - before.taps,
        moves=after.moves - before.moves,
        visits=_less(after.visits, before.visits),
        rules={
            rule: {"fired": fired.get(rule, 0), "suppressed": suppressed.get(rule, 0)}
            for rule in rules
        },
        rewards=_less(after.given, before.given),
        quarantined=_less(after.quarantined, before.quarantined),
        **more,
    )


def rules_of(store: Store) -> list[str]:
    """The names of the rules in force."""
    venue = store.venue_at()
    if venue is None:
        return []
    return [rule.name for rule in msgspec.json.decode(venue.document, type=Venue).rules]


def _visits(store: Store) -> dict[str, int]:
    found: Counter[str] = Counter()
    everybody = list(store.people.names())
    for start in range(0, len(everybody), PAGE_ROWS):
        for person in store.load_people(everybody[start : start + PAGE_ROWS]).values():
            found.update({place: len(times) for place, times in person.visits.items()})
    return dict(found)


def _quarantined(store: Store) -> dict[str, int]:
    found: Counter[str] = Counter()
    before_id = None
    while rows := store.quarantine.rows(before_id=before_id, limit=PAGE_ROWS):
        found.update(row.reason for row in rows)
        before_id = rows[-1].id
    return dict(found)


def _less(after: dict[str, int], before: dict[str, int]) -> dict[str, int]:
    return {
        name: count - before.get(name, 0)
        for name, count in sorted(after.items())
        if count > before.get(name, 0)
    }
