"""A hub of the real parts below the engine's loop: what is told is committed at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec

from hub.core import events as ev
from hub.core.presence import PresenceSettings
from hub.core.state import Timer
from hub.engine.floor import Floor
from hub.engine.group import Work
from hub.engine.memory import Memory
from hub.engine.requests import Requests
from hub.ingest.intake import Intake
from hub.store import Store
from tests.core.fold import MIN, document

EVENT: Final = "fair"
OPENS_MS: Final = 1_791_439_200_000


class Hub:
    """The part of an engine that takes commands, on a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.memory = Memory(store)
        floor = Floor(store, self.memory, Intake(EVENT), PresenceSettings())
        self._requests = Requests(store, self.memory, floor)
        state = store.load_engine()
        self._pos = state.last_pos
        self.memory.load(state.zones, state.pools, state.leases, state.timers, state.aliases)
        if state.venue is not None:
            self._requests.use_venue(state.venue.version, state.venue.document)

    def publish(self, minute: int, *rules: dict[str, Any]) -> None:
        """Publish a venue with these rules, as the command line does."""
        now_ms = at_ms(minute)
        text = msgspec.json.encode(document(*rules)).decode()
        self._store.add_command(f"venue/{minute}", ev.VenuePublished(0, now_ms, text), now_ms)
        work = Work(self.memory, self._pos, now_ms, 1_000)
        self._requests.commands(work, 10)
        self._commit(work)

    def sweep(self, minute: int) -> None:
        """Look at everybody for what concerns many people, as the engine's loop does."""
        while self.memory.sweeps:
            work = Work(self.memory, self._pos, at_ms(minute), 1_000)
            self._requests.sweep(work)
            self._commit(work)

    def fall_due(self, timer: Timer) -> None:
        """Let a timer come due."""
        self.tell(ev.Due(timer.key, timer.due_ms, timer.person))

    def tell(self, event: ev.Event) -> None:
        """Decide and commit one event at its own time."""
        work = Work(self.memory, self._pos, event.at_ms, 1_000)
        work.decide(f"told/{self._pos}", event)
        self._commit(work)

    def _commit(self, work: Work) -> None:
        self._store.commit(work.group)
        self._pos = work.pos


@contextmanager
def stored(folder: Path) -> Iterator[Store]:
    """A store with its tables made, on SQLite."""
    store = Store(f"sqlite:///{folder}/hub.db", EVENT)
    store.start(migrate=True)
    with store:
        yield store


def at_ms(minute: int) -> int:
    """Unix milliseconds of a minute of the event."""
    return OPENS_MS + minute * MIN
