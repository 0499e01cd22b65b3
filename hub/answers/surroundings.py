"""What was around at an instant: who was where, what had been given, what all had used up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from hub.answers.rows import People, upto
from hub.core.explaining.around import Around, needs_of_rule
from hub.core.plan import Compiled
from hub.core.state import VENUE, Fired, Pool, Presence, Zone
from hub.store import Store
from hub.store.past import Past

CROWD_FOLDED_MAX: Final = 200
"""Most people at a place of whom the audiences of then are worked out."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Works out the scene of then, as far as rules ask about it."""

    store: Store
    past: Past
    people: People

    def of(self, rules: Compiled, names: Iterable[str], at_ms: int) -> Around:
        """The scene for these rules."""
        needs = [needs_of_rule(rules, rules.rules[name]) for name in names]
        places = {place for one in needs for place in one.places}
        pools = {pool for one in needs for pool in one.pools}
        crowds = self._crowds(rules, places, at_ms) if places else {}
        found = {pool: self._pool(rules, pool, at_ms) for pool in pools}
        return Around(rules, crowds, found, self._venue(at_ms))

    def _pool(self, rules: Compiled, pool: str, at_ms: int) -> Pool:
        given, back = self.past.given(pool, at_ms), self.past.returned(pool, at_ms)
        return Pool(pool, rules.pools[pool].stock, given, tuple(range(back)))

    def _venue(self, at_ms: int) -> Zone:
        zones = self.store.views.zones()
        venue = next((zone for zone in zones if zone.id == VENUE), Zone(VENUE))
        return replace(
            venue,
            fired={name: _fired(fired, at_ms) for name, fired in venue.fired.items()},
            sent={name: upto(times, at_ms) for name, times in venue.sent.items()},
        )

    def _crowds(
        self, rules: Compiled, places: set[str], at_ms: int
    ) -> Mapping[str, Mapping[str, Presence]]:
        """Who was at the places, with the audiences that somebody counts."""
        found: dict[str, dict[str, Presence]] = {place: {} for place in places}
        there = [one for one in self._where(at_ms).items() if one[1][0] in places]
        for number, (raw, (place, since_ms)) in enumerate(there):
            counted: Iterable[str] = ()
            if rules.counted and number < CROWD_FOLDED_MAX:
                rows = self.people.rows(raw)
                now = self.people.fold(rules, raw, rows, at_ms, Around(rules)).person
                counted = rules.counted.intersection(now.audiences)
            presence = Presence(since_ms, None, (), tuple(sorted(counted)))
            found[place][self.store.resolve(raw)] = presence
        return found

    def _where(self, at_ms: int) -> dict[str, tuple[str, int]]:
        where: dict[str, tuple[str, int]] = {}
        for move in self.past.moves(at_ms):
            at = where.get(move.person)
            if move.kind == "entered":
                where[move.person] = (move.place, move.at_ms)
            elif move.kind == "left_venue" or (at is not None and at[0] == move.place):
                where.pop(move.person, None)
        return where


def _fired(fired: Fired, at_ms: int) -> Fired:
    recent = upto(fired.recent_ms, at_ms)
    return Fired(fired.count - len(fired.recent_ms) + len(recent), recent)
