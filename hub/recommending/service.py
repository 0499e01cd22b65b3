"""Counts of the crowd are kept for a few seconds; what concerns one person is read when asked for.

Who is asked about, whether they consent, what they saw and what they do not want is as of now.
Consent withdrawn by others leaves the counts with the next refresh.
"""

from collections.abc import Sequence
from threading import Lock
from typing import Final

import msgspec

from contract.clock import Clock
from hub.core.document import Place
from hub.recommending.crowd import Crowd, Recommendation, crowd_of, recommend
from hub.recommending.settings import PURPOSE, UNWANTED_ATTRIBUTE, RecommendSettings
from hub.store import Store
from hub.store.insight import InsightReads
from hub.store.insight.visits_reads import Visitor, VisitReads

DEFAULT: Final = RecommendSettings()


class Kept(msgspec.Struct, frozen=True):
    """What is kept between two refreshes; ``made_ms`` is real time."""

    made_ms: int
    places: tuple[Place, ...]
    crowd: Crowd


class Recommending:
    """Answers about one event; safe to ask from many threads.

    ``clock`` is venue time, ``wall`` the real time after which the counts are made anew.
    """

    def __init__(
        self, store: Store, clock: Clock, wall: Clock, settings: RecommendSettings = DEFAULT
    ) -> None:
        self._venue = InsightReads(store.database, store.event)
        self._reads = VisitReads(store.database, store.event)
        self._clock = clock
        self._wall = wall
        self._settings = settings
        self._lock = Lock()
        self._kept: Kept | None = None

    def for_person(self, person: str) -> list[Recommendation]:
        """Return where somebody might go next, best first, each with the reason to be shown.

        Empty for who did not consent, is not known, or has seen everything.
        """
        visitor = self._reads.one(person)
        if visitor is None or PURPOSE not in visitor.consents:
            return []
        kept = self.kept()
        names = {place.id: place.name for place in kept.places}
        not_these = seen_or_unwanted(visitor)
        return recommend(kept.crowd, names, visitor.visits.keys(), not_these, self._settings)

    def places(self) -> dict[str, str]:
        """Return the places that may be recommended, id to name."""
        return {place.id: place.name for place in self.kept().places}

    def unwanted(self, person: str) -> list[str]:
        """Return the places that somebody does not want to be sent to."""
        visitor = self._reads.one(person)
        return [] if visitor is None else unwanted_of(visitor)

    def kept(self) -> Kept:
        """Return the counts, made anew when they are older than ``refresh_ms``."""
        with self._lock:
            now_ms = self._wall.boot_ms()
            if self._kept is None or now_ms - self._kept.made_ms >= self._settings.refresh_ms:
                self._kept = self._made(now_ms)
            return self._kept

    def _made(self, now_ms: int) -> Kept:
        venue = self._venue.venue()
        places = tuple(venue.places) if venue else ()
        histories = (one.visits for one in self._reads.consenting(PURPOSE))
        crowd = crowd_of(histories, self._clock.wall_ms(), self._settings.window_ms)
        return Kept(now_ms, open_to_it(places, self._settings.groups), crowd)


def open_to_it(places: Sequence[Place], groups: Sequence[str]) -> tuple[Place, ...]:
    """Return the places of any of ``groups``; all of them when there are none."""
    return tuple(place for place in places if not groups or set(groups) & set(place.groups))


def seen_or_unwanted(visitor: Visitor) -> set[str]:
    """Return where somebody was, is, or does not want to go."""
    here = {visitor.place} if visitor.place is not None else set()
    return {*visitor.visits, *visitor.taps, *here, *unwanted_of(visitor)}


def unwanted_of(visitor: Visitor) -> list[str]:
    """Return what somebody marked, ascending; anything else in that attribute is nothing."""
    marked = visitor.attributes.get(UNWANTED_ATTRIBUTE)
    return sorted(one for one in marked if isinstance(one, str)) if isinstance(marked, list) else []
