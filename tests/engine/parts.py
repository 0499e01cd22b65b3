"""An engine on a real store, with a clock that stands still and parts that record what is asked."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import msgspec

from contract.clock import ManualClock
from contract.codec import encode
from contract.envelope import Batch, Clock, Desired, StreamPosition
from contract.readings import Record, Sighting, Tap
from contract.topics import UpLane, up
from hub.core import events as ev
from hub.core.presence import PresenceSettings
from hub.engine.engine import Engine
from hub.engine.items import Arrived, Item
from hub.engine.settings import EngineSettings
from hub.outbox.pending import Pending
from hub.store import Group, Store
from tests.core.fold import CONSENTS, TAP, document
from tests.databases import EVENT

OPENS_MS: Final = 1_791_439_200_000
"""When the doors of the venue open."""
STREAM: Final = "ab" * 8
OTHER_STREAM: Final = "cd" * 8
BOOT: Final = "12" * 8
EDGES: Final[list[dict[str, Any]]] = [
    {"name": "pi", "readers": {"desk": "coffee", "grill": "bacon"}},
    {"name": "pi-stage", "readers": {"*": "stage"}, "config": {"volume": 3}},
    {"name": "pi-floor", "readers": {"*": "floor"}},
]
GREETING: Final[dict[str, Any]] = {
    "name": "greeting",
    "when": TAP,
    "then": [{"do": "push", "title": "Hello"}, {"do": "points", "points": 1}],
}
"""Whoever taps at the coffee stand gets a message and a point, each time."""
QUICK: Final = EngineSettings(
    poll_s=0.01, samples_wait_s=0.0, presence=PresenceSettings(settle_ms=0, reorder_ms=0)
)


class RecordingPublisher:
    """Keeps what edges are told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, StreamPosition]]] = []
        self.desired: list[tuple[str, Desired]] = []
        self.on_told: Callable[[str, dict[str, StreamPosition]], None] | None = None

    def publish_committed(self, edge: str, streams: dict[str, StreamPosition]) -> None:
        self.told.append((edge, streams))
        if self.on_told is not None:
            self.on_told(edge, streams)

    def publish_desired(self, edge: str, desired: Desired) -> None:
        self.desired.append((edge, desired))

    def position(self, edge: str, stream: str = STREAM) -> StreamPosition | None:
        """What an edge was told of a stream last."""
        told = [
            streams[stream] for name, streams in self.told if name == edge and stream in streams
        ]
        return told[-1] if told else None


class RecordingDeliverer:
    """Keeps what is handed over to be delivered, and what is confirmed."""

    def __init__(self) -> None:
        self.submitted: list[Pending] = []
        self.confirmed: list[str] = []
        self.on_confirm: Callable[[str], None] | None = None

    def submit(self, actions: Iterable[Pending]) -> None:
        self.submitted.extend(actions)

    def confirm(self, connector: str, key: str) -> None:
        del connector
        self.confirmed.append(key)
        if self.on_confirm is not None:
            self.on_confirm(key)

    @property
    def keys(self) -> list[str]:
        """Keys of what was handed over, in order."""
        return [one.key for one in self.submitted]


class RecordingWaker:
    """Keeps the instants for which the engine asks to be woken."""

    def __init__(self) -> None:
        self.asked: list[int | None] = []

    def at(self, due_ms: int | None, wake: Callable[[], None]) -> None:
        del wake
        self.asked.append(due_ms)


class FaultyStore(Store):
    """A store whose commits fail as told: before anything is written, or only in the answer."""

    def __init__(self, url: str, event: str) -> None:
        super().__init__(url, event)
        self.before: list[Exception] = []
        """Raised by the next commits, one each, which write nothing."""
        self.after: list[Exception] = []
        """Raised by the next commits, one each, once they are made."""
        self.refuses: Callable[[Group], Exception | None] = lambda _group: None
        """Says which groups cannot be written."""
        self.groups: list[Group] = []
        """What was asked to be written."""

    def commit(self, group: Group) -> None:
        self.groups.append(group)
        if self.before:
            raise self.before.pop(0)
        refusal = self.refuses(group)
        if refusal is not None:
            raise refusal
        super().commit(group)
        if self.after:
            raise self.after.pop(0)


class Hub:
    """An engine with its store, its clock and its recording parts."""

    def __init__(
        self,
        store: Store,
        *rules: dict[str, Any],
        settings: EngineSettings = QUICK,
        now_ms: int = OPENS_MS,
    ) -> None:
        """Take a store that is started; without rules there is no venue yet."""
        self.store = store
        self.clock = ManualClock(now_ms)
        self._settings = settings
        self._commands = store.last_pos() * 1_000
        self.make_engine()
        if rules:
            self.publish(*rules)

    def make_engine(self) -> None:
        """Begin anew on the same store, as after a restart."""
        self.publisher = RecordingPublisher()
        self.deliverer = RecordingDeliverer()
        self.waker = RecordingWaker()
        self.engine = Engine(self.store, self.clock, self._settings, EVENT)
        self.engine.connect(self.publisher, self.deliverer, self.waker)
        self.engine.load()

    def run(self, *items: Item) -> None:
        """One group, in which the database is looked at for what people ask."""
        self.engine._looked_s = 0.0
        self.engine.run_group(list(items))

    @contextmanager
    def running(self, *items: Item) -> Iterator[None]:
        """The engine on its own thread; ``items`` are there when it begins, and make one group."""
        for item in items:
            self.engine._inbox.put(item)
        self.engine.start()
        try:
            yield
        finally:
            self.engine.stop()

    # What people ask for.

    def ask(self, event: ev.Event, key: str | None = None) -> str:
        """Leave a command, not taken yet; return its key."""
        self._commands += 1
        key = key or f"ask/{self._commands}"
        assert self.store.add_command(key, event, self.clock.now_ms)
        return key

    def tell(self, event: ev.Event) -> str | None:
        """Leave a command and have it taken; return why it was refused."""
        key = self.ask(event)
        self.run()
        result = self.store.command_result(key)
        assert result is not None
        assert result.done
        return result.error

    def publish(self, *rules: dict[str, Any], **changes: Any) -> str | None:
        """Put a venue with these rules in force; return why it was refused."""
        return self.tell(self.venue_event(*rules, **changes))

    def venue_event(self, *rules: dict[str, Any], **changes: Any) -> ev.VenuePublished:
        """The command that puts a venue with these rules in force."""
        whole = {"event": {"id": EVENT}, "edges": EDGES} | changes
        text = msgspec.json.encode(document(*rules, **whole)).decode()
        return ev.VenuePublished(0, self.clock.now_ms, text)

    def join(self, *people: str, consents: Iterable[str] = CONSENTS) -> None:
        """Register people, each with a badge of the same name."""
        for person in people:
            self.ask(ev.Registered(person, OPENS_MS, {}, list(consents)))
            self.ask(ev.Leased(person, person, OPENS_MS))
        self.run()

    # What came of it.

    def log(self, kind: str) -> list[str]:
        """Keys of the log's rows of one kind."""
        return [row.key for row in self.store.log_from() if row.kind == kind]

    def points(self, person: str = "ann") -> int:
        """How many points somebody has, in the store."""
        return self.store.load_people([person])[person].points

    def where(self, person: str = "ann") -> str | None:
        """Where somebody is, in the store."""
        known = self.store.load_people([person]).get(person)
        return known.place if known else None

    def held(self) -> list[str]:
        """Reasons of what is in quarantine, oldest first."""
        return [row.reason for row in reversed(self.store.quarantine.rows())]

    def committed(self, edge: str, stream: str = STREAM) -> StreamPosition | None:
        """The position that is in the store."""
        return self.store.load_engine().streams.get((edge, stream))


def tap(
    badge: str = "ann", *, reader: str = "desk", boot_ms: int = 0, key: str | None = None
) -> Tap:
    return Tap(badge, reader, boot_ms, key=key)


def sighting(badge: str = "ann", boot_ms: int = 0, rssi_dbm: float = -50.0) -> Sighting:
    return Sighting(badge, "r", boot_ms, rssi_dbm, 3)


def message(
    *records: Record,
    first: int = 1,
    edge: str = "pi",
    lane: UpLane = "taps",
    stream: str = STREAM,
    at_ms: int = OPENS_MS,
) -> Arrived:
    """A batch as an edge sends it; record times count from ``at_ms``."""
    batch = Batch(
        stream=stream, first=first, boot=BOOT, clock=Clock(0, at_ms, "hub"), records=list(records)
    )
    return Arrived(up(EVENT, edge, lane), encode(batch), at_ms)


def heard(*records: Record, first: int = 1, edge: str = "pi-stage", **more: Any) -> Arrived:
    """A batch in the lane of sightings."""
    return message(*records, first=first, edge=edge, lane="sightings", **more)
