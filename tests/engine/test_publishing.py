"""A version of the venue that is published counts what those inside have stayed before it."""

from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from hub.core import events as ev
from hub.core.presence import PresenceSettings
from hub.engine.floor import Floor
from hub.engine.group import Work
from hub.engine.memory import Memory
from hub.engine.requests import Requests
from hub.ingest.intake import Intake
from hub.store import Store
from tests.core.fold import MIN, document, rule

EVENT: Final = "fair"
OPENS_MS: Final = 1_791_439_200_000
DWELL: Final[dict[str, Any]] = {"kind": "dwell", "place": "stage", "at_least": "45min"}


class Hub:
    """The part of an engine that takes commands, on a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.memory = Memory(store)
        floor = Floor(store, self.memory, Intake(EVENT), PresenceSettings())
        self._requests = Requests(store, self.memory, floor)
        state = store.load_engine()
        self._pos = state.last_pos
        self.memory.load(state.zones, state.pools, state.leases, state.timers)
        if state.venue is not None:
            self._requests.use_venue(state.venue.version, state.venue.document)

    def publish(self, minute: int, *rules: dict[str, Any]) -> None:
        """Publish a venue with these rules, as the command line does."""
        at_ms = OPENS_MS + minute * MIN
        text = msgspec.json.encode(document(*rules)).decode()
        self._store.add_command(f"venue/{minute}", ev.VenuePublished(0, at_ms, text), at_ms)
        work = Work(self.memory, self._pos, at_ms, 1_000)
        self._requests.commands(work, 10)
        self._commit(work)

    def move(self, kind: Any, minute: int) -> None:
        """Let Ann enter or leave the stage."""
        at_ms = OPENS_MS + minute * MIN
        work = Work(self.memory, self._pos, at_ms, 1_000)
        work.decide(f"moved/{minute}", ev.Moved("ann", "stage", kind, at_ms))
        self._commit(work)

    def _commit(self, work: Work) -> None:
        self._store.commit(work.group)
        self._pos = work.pos


@pytest.mark.parametrize("restart", [False, True])
def test_people_inside_are_read_for_it_when_they_are_not_in_memory(
    tmp_path: Path, restart: bool
) -> None:
    store = Store(f"sqlite:///{tmp_path}/hub.db", EVENT)
    store.start(migrate=True)
    with store:
        hub = Hub(store)
        hub.publish(0)
        hub.move("entered", 0)
        hub.move("left", 30)
        hub.move("entered", 100)
        if restart:
            hub = Hub(store)
            assert "ann" not in hub.memory.people
        hub.publish(101, rule(DWELL))
        (timer,) = store.load_engine().timers
        assert (timer.person, timer.due_ms) == ("ann", OPENS_MS + 115 * MIN)
        hub.publish(102)
        assert store.load_engine().timers == []
