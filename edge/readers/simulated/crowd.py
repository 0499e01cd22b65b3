"""What a place hears of a script: pure, seeded, the same again whenever it is asked for.

A badge advertises at fixed instants of its own, so that all places that hear it hear the same
adverts. Strengths are normal: those here -62 dBm (sd 5), those at a neighbouring place -84 dBm
(sd 6) with two adverts in five not heard at all.
"""

import heapq
import zlib
from bisect import bisect_right
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

from edge.readers.simulated.script import Script, Stay

MS_PER_S: Final = 1_000
RSSI_DBM_MIN: Final = -110.0
RSSI_DBM_MAX: Final = -20.0


@dataclass(frozen=True, slots=True)
class Hearing:
    """How well something is heard."""

    mean_dbm: float
    sd_db: float
    missed: float
    """Share of adverts not heard."""


HERE: Final = Hearing(-62.0, 5.0, 0.05)
NEXT_DOOR: Final = Hearing(-84.0, 6.0, 0.4)


@dataclass(frozen=True, slots=True)
class Heard:
    """Something that happens at a place: a tap when ``rssi_dbm`` is None."""

    at_ms: int
    badge: str
    place: str
    rssi_dbm: float | None = None


class Crowd:
    """Gives what happens in order of time, on from an instant."""

    def __init__(
        self,
        script: Script,
        places: Collection[str],
        neighbours: Collection[str],
        advert_s: float,
        seed: int,
    ) -> None:
        """Store what is played, the places that hear, and those next door, heard weakly."""
        self._script = script
        self._places = tuple(places)
        self._neighbours = frozenset(neighbours) - frozenset(places)
        self._advert_ms = max(1, int(advert_s * MS_PER_S))
        self._seed = seed
        self._tap_times_ms = [tap.tap_ms for tap in script.taps if tap.place in self._places]

    def after(self, ms: int) -> Iterator[Heard]:
        """List all that happens later than ``ms``."""
        return heapq.merge(self._taps(ms), self._adverts(ms), key=_order)

    def next_tap_ms(self, ms: int) -> int | None:
        """When the first tap later than ``ms`` is; None when there is none."""
        i = bisect_right(self._tap_times_ms, ms)
        return self._tap_times_ms[i] if i < len(self._tap_times_ms) else None

    def _taps(self, ms: int) -> Iterator[Heard]:
        for tap in self._script.taps:
            if tap.tap_ms > ms and tap.place in self._places:
                yield Heard(tap.tap_ms, tap.badge, tap.place)

    def _adverts(self, ms: int) -> Iterator[Heard]:
        stays = (stay for stay in self._script.stays if stay.until_ms > ms)
        due: list[tuple[int, int, Stay]] = []
        upcoming = next(stays, None)
        number = 0
        while due or upcoming is not None:
            while upcoming is not None and (not due or upcoming.from_ms <= due[0][0]):
                first_ms = self._advert_from(upcoming.badge, max(upcoming.from_ms, ms + 1))
                heapq.heappush(due, (first_ms, number, upcoming))
                number += 1
                upcoming = next(stays, None)
            at_ms, order, stay = heapq.heappop(due)
            if at_ms < stay.until_ms:
                heapq.heappush(due, (at_ms + self._advert_ms, order, stay))
                yield from self._hear(stay, at_ms)

    def _advert_from(self, badge: str, ms: int) -> int:
        """First instant from ``ms`` on at which ``badge`` advertises."""
        phase_ms = zlib.crc32(badge.encode()) % self._advert_ms
        return ms + (phase_ms - ms) % self._advert_ms

    def _hear(self, stay: Stay, at_ms: int) -> Iterator[Heard]:
        for place in sorted(self._places):
            hearing = self._hearing(place, stay.place)
            if hearing is None:
                continue
            random = Random(f"{self._seed}|{place}|{stay.badge}|{at_ms}")  # noqa: S311 - noise
            if random.random() >= hearing.missed:
                strength = random.gauss(hearing.mean_dbm, hearing.sd_db)
                strength = min(max(strength, RSSI_DBM_MIN), RSSI_DBM_MAX)
                yield Heard(at_ms, stay.badge, place, round(strength, 1))

    def _hearing(self, place: str, other: str) -> Hearing | None:
        if place == other:
            return HERE
        return NEXT_DOOR if other in self._neighbours else None


def _order(heard: Heard) -> tuple[int, str, str]:
    return heard.at_ms, heard.badge, heard.place
