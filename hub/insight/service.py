"""Each question is answered from the store as it is; nothing is kept but one reading of the log."""

from threading import Lock
from typing import Final

from contract.clock import Clock
from hub.core.document import Venue
from hub.insight import flows, journeys, places, rewards, rules
from hub.insight.errors import BadSpan, NothingPublished
from hub.insight.movements import Movements
from hub.insight.spans import Asked
from hub.store import Store
from hub.store.insight import InsightReads, Pages

KEPT_MS: Final = 5_000
"""How long a reading of the log is kept (real time): a page asks for several reports at once."""


class Insight:
    """Answers about one event; safe to ask from many threads. ``wall`` is real time."""

    def __init__(self, store: Store, wall: Clock) -> None:
        self.reads: Final = InsightReads(store.database, store.event)
        self.pages: Final = Pages(store.database, store.event)
        self._wall = wall
        self._lock = Lock()
        self._kept: tuple[int, tuple[int | None, int | None], Venue, Movements] | None = None

    def venue(self) -> Venue:
        """Return the document in force.

        Raises:
            NothingPublished: there is none.
        """
        found = self.reads.venue()
        if found is None:
            raise NothingPublished("no venue is published yet: foyer venue apply FILE")
        return found

    def rules(self, asked: Asked) -> rules.RulesReport:
        """Say what every rule came to."""
        return rules.read(self.reads, self.venue(), asked)

    def rewards(self, asked: Asked) -> rewards.RewardsReport:
        """Say what became of every pool."""
        return rewards.report(
            self.venue(), self.reads.pools(), self.pages.rewards(), self.reads.returned(), asked
        )

    def places(self, asked: Asked) -> places.PlacesReport:
        """Say what every place saw."""
        venue, movements = self.movements(asked)
        return places.report(venue, movements, asked)

    def flows(self, asked: Asked) -> flows.FlowsReport:
        """Say who went from where to where next."""
        venue, movements = self.movements(asked)
        return flows.report(movements, venue.event.zone)

    def journeys(
        self, asked: Asked, steps: int = journeys.STEPS_DEFAULT, *, by_day: bool = False
    ) -> journeys.JourneysReport:
        """Say how people went through the venue.

        Raises:
            BadSpan: ``steps`` is not 1 to ``STEPS_MAX``.
        """
        if not 1 <= steps <= journeys.STEPS_MAX:
            raise BadSpan(f"a journey is looked at for 1 to {journeys.STEPS_MAX} steps")
        venue, movements = self.movements(asked)
        made = journeys.journeys_of(movements, venue.event.zone, by_day=by_day)
        return journeys.report(journeys.tally(made, steps), steps)

    def movements(self, asked: Asked) -> tuple[Venue, Movements]:
        """Read the log once; what was read last is used again for ``KEPT_MS``."""
        bounds = (asked.since_ms, asked.until_ms)
        with self._lock:
            now_ms = self._wall.boot_ms()
            if self._kept and self._kept[1] == bounds and now_ms - self._kept[0] < KEPT_MS:
                return self._kept[2], self._kept[3]
            venue = self.venue()
            read = Movements(venue, self.reads.aliases(), asked.since_ms)
            read.take(self.reads.moves(until_ms=asked.until_ms))
            self._kept = (self._wall.boot_ms(), bounds, venue, read)
            return venue, read
