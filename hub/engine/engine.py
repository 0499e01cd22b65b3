"""Log, load, decide, apply, commit: in that order, in this one place, for one event.

One thread does it all. What arrives together is committed together; what is committed is acted on
at once, and only then is an edge told that it may forget.
"""

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Final

from contract.clock import Clock
from contract.envelope import Desired
from hub.core import events as ev
from hub.engine.floor import Floor
from hub.engine.group import OWNER, Work
from hub.engine.items import Arrived, Connected, Item, Nudge
from hub.engine.memory import Memory
from hub.engine.outgoing import Deliverer, note_reports, pending, refill
from hub.engine.ports import Publisher, Waker
from hub.engine.requests import Answered, Requests
from hub.engine.settings import EngineSettings
from hub.ingest.intake import Intake
from hub.outbox.pending import Postponed, Settlement
from hub.store import Store, StoreUnavailable
from hub.store.outbox import OPEN

UNAVAILABLE_WAIT_S: Final = 1.0
STREAMS_TOLD_MAX: Final = 8
"""Most streams of one edge in a watermark message; an edge has two, and two more when replaced."""

log = logging.getLogger(__name__)


class Engine:
    """Runs one event on a store."""

    def __init__(self, store: Store, clock: Clock, settings: EngineSettings, event: str) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._inbox: queue.Queue[Item] = queue.Queue(settings.inbox_items_max)
        self._memory = Memory(store, settings.people_max, settings.settle_ms)
        self._intake = Intake(event)
        self._floor = Floor(store, self._memory, self._intake, settings.presence)
        self._requests = Requests(store, self._memory, self._floor)
        self._pos = 0
        self._looked_s = 0.0
        self._committed_s = 0.0
        self._samples_waiting = 0
        self._publisher: Publisher | None = None
        self._deliverer: Deliverer | None = None
        self._waker: Waker | None = None
        self.erasures = 0
        """How many commits forgot somebody, for whoever scrubs the database."""
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def connect(self, publisher: Publisher, deliverer: Deliverer, waker: Waker) -> None:
        """Hand in the parts that the engine drives; before ``start``."""
        self._publisher, self._deliverer, self._waker = publisher, deliverer, waker

    def start(self) -> None:
        """Load what is committed and begin; repeatable."""
        if self._thread is not None:
            return
        self.load()
        self._stopping.clear()
        self._store.unlease(OWNER)
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish the group in hand and stop; repeatable."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._stopping.set()
            self.wake()
            thread.join(30)

    def committed_records(self) -> int:
        """How many records are committed, over all streams (for measuring)."""
        return sum(
            position.upto + sum(high - low + 1 for low, high in position.ranges)
            for position in list(self._intake.positions.values())
        )

    @property
    def is_alive(self) -> bool:
        """Whether the engine's thread is running."""
        return self._thread is not None and self._thread.is_alive()

    # What others call, from any thread.

    def arrived(self, topic: str, payload: bytes, received_ms: int) -> None:
        """Take a message; waits while the inbox is full."""
        self._inbox.put(Arrived(topic, payload, received_ms))

    def report(self, report: Settlement | Postponed) -> None:
        """Take what became of a delivery."""
        self._inbox.put(report)

    def connected(self) -> None:
        """The broker has accepted us: tell every edge where it stands."""
        self._inbox.put(Connected())

    def nudge(self) -> None:
        """The database has commands."""
        self._looked_s = 0.0
        self.wake(Nudge())

    def wake(self, item: Nudge = Nudge(look=False)) -> None:  # noqa: B008 - a frozen value
        """Something fell due. When the inbox is full the engine is awake anyway."""
        with contextlib.suppress(queue.Full):
            self._inbox.put_nowait(item)

    def consents(self, person: str, purpose: str) -> bool:
        """Whether a person, known still, consents to a purpose (or "") when an action is sent."""
        person = self._memory.resolve(person)
        known = self._memory.people.peek(person) or self._store.load_people([person]).get(person)
        return known is not None and (not purpose or purpose in known.consents)

    # The one thread.

    def load(self) -> None:
        """Read what is committed; whatever was in memory is thrown away."""
        state = self._store.load_engine()
        self._pos = state.last_pos
        self._memory.load(state.zones, state.pools, state.leases, state.timers, state.aliases)
        self._intake.load(state.streams)
        self._floor.load(state.places, self._clock.wall_ms())
        if state.venue is None:
            self._requests.use_no_venue()
        else:
            self._requests.use_venue(state.venue.version, state.venue.document)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._run_items(self._collect())

    def _run_items(self, items: list[Item]) -> None:
        """Run a group; when the store is away wait for it, when the group has a fault find it."""
        while not self._stopping.is_set():
            try:
                return self.run_group(items)
            except StoreUnavailable as error:
                log.error("the store is away, trying again: %s", error)  # noqa: TRY400
                items = self._reload(items)
            except Exception:  # one poisonous item must stop neither the others nor the engine
                log.exception("a group of %d could not be committed", len(items))
                return self._isolate(items)
        return None

    def _isolate(self, items: list[Item]) -> None:
        """Run the parts of a group one by one, so that only what has the fault is set aside."""
        items = self._reload(items)
        self._patiently(self._isolate_requests)
        for item in items:
            self._run_alone(item)

    def _run_alone(self, item: Item) -> None:
        """Run one item; a message that fails by itself is set aside."""
        items = [item]
        while items and not self._stopping.is_set():
            self._looked_s = time.monotonic()
            try:
                return self.run_group(items)
            except StoreUnavailable as error:
                log.error("the store is away, trying again: %s", error)  # noqa: TRY400
                items = self._reload(items)
            except Exception:  # this is the one: it must stop neither the others nor the engine
                log.exception("an item of kind %s could not be committed", type(item).__name__)
                self._reload([])
                if isinstance(item, Arrived):
                    self._patiently(partial(self._discard, item))
                return None
        return None

    def _patiently(self, act: Callable[[], None]) -> None:
        """Do something that may be done twice; when the store is away wait for it."""
        while not self._stopping.is_set():
            try:
                return act()
            except StoreUnavailable as error:
                log.error("the store is away, trying again: %s", error)  # noqa: TRY400
            except Exception:  # the engine goes on: an edge keeps what it is not told to forget
                log.exception("something could not be set aside")
                self._reload([])
                return None
            self._reload([])
        return None

    def _isolate_requests(self) -> None:
        """Take what people ask for one by one; what cannot be committed is refused."""
        self._looked_s = time.monotonic()
        for take in self._requests.singly():
            work = self.new_work()
            held: list[Answered] = []
            try:
                held = take(work, None)
                self.commit(work)
            except StoreUnavailable:
                raise
            except Exception as error:  # whatever it is, it must stop no other
                log.exception("a request could not be committed")
                self.load()
                work = self.new_work()
                held = take(work, f"it cannot be committed: {error}")
                self.commit(work)
            self._after(work, [])
            self._tidy(work, held, looking=False)

    def _discard(self, item: Arrived) -> None:
        """Quarantine a message whose records cannot be committed, and count it as received."""
        rules = None if self._memory.world is None else self._memory.world.rules
        work = self.new_work()
        edge = item.topic.split("/")[2] if item.topic.count("/") > 1 else ""
        try:
            count = len(list(self._intake.take(item.topic, item.payload, item.received_ms, rules)))
            reason = f"{count} records could not be committed: see the engine's log"
        except Exception as error:  # then its records cannot be counted as received either
            log.exception("a message could not be read")
            reason = f"fault while reading: {type(error).__name__}: {error}"
        work.set_aside("message", edge, reason, item.payload)
        self.commit(work)
        self._after(work, [])

    def _reload(self, items: list[Item]) -> list[Item]:
        """Wait until the store is back; memory holds what was never committed until it is read.

        Returns what is still to be decided: a commit whose answer was lost may have been made, and
        readings are told apart by their positions, but settlements by their actions alone.
        """
        while not self._stopping.wait(UNAVAILABLE_WAIT_S):
            try:
                self.load()
                return [item for item in items if not self._is_settled(item)]
            except StoreUnavailable as error:
                log.error("the store is still away: %s", error)  # noqa: TRY400 - a known condition
        return []

    def _is_settled(self, item: Item) -> bool:
        """Say whether a settlement is committed already; its worker is told so."""
        if not isinstance(item, Settlement):
            return False
        known = self._store.views.action(item.key)
        if known is not None and known.status in OPEN:
            return False
        if self._deliverer is not None:
            self._deliverer.confirm(item.connector, item.key)
        return True

    def _collect(self) -> list[Item]:
        """Wait for something, then take all that is there, up to a group's size."""
        try:
            waits = self._settings.samples_wait_s if self._intake.touched else self._settings.poll_s
            items = [self._inbox.get(timeout=waits)]
        except queue.Empty:
            return []
        while len(items) < self._settings.group_items_max:
            try:
                items.append(self._inbox.get_nowait())
            except queue.Empty:
                break
        return items

    def run_group(self, items: list[Item]) -> None:
        """Decide everything in ``items`` and what fell due, commit, and act on it."""
        work = self.new_work()
        held: list[Answered] = []
        settlements = [item for item in items if isinstance(item, Settlement)]
        looking = time.monotonic() - self._looked_s >= self._settings.poll_s
        self._requests.sweep(work)
        if looking:
            self._looked_s = time.monotonic()
            self._requests.commands(work, self._settings.group_items_max)
            if work.group.forgotten:  # nothing of them may follow in the same commit
                self.commit(work)
                self._after(work, [])
                work = self.new_work()
            held = self._requests.quarantined(work)
        if self._memory.world is not None:
            # Readings first: one that says that somebody left must not be overtaken by a timer.
            self._floor.readings(work, [item for item in items if isinstance(item, Arrived)])
            self._floor.silence(work, work.now_ms - self._settings.settle_ms)
            self._due(work)
        note_reports(work, self._memory, items)
        self._samples_waiting += len(items)
        committed = self.commit(work)
        connected = any(isinstance(item, Connected) for item in items)
        if connected:
            self._intake.touched.update(self._intake.positions)
        if connected or work.group.venue is not None:
            self._set_edges()
        self._after(work, settlements, committed=committed)
        try:
            self._tidy(work, held, looking=looking)
        except StoreUnavailable as error:
            # The group is committed and must not be decided again; what is left is done next time.
            log.error("the store went away after a commit: %s", error)  # noqa: TRY400

    def new_work(self) -> Work:
        """Begin a group, on the engine's thread or before it is started."""
        return Work(self._memory, self._pos, self._clock.wall_ms(), self._settings.lease_ms)

    def commit(self, work: Work) -> bool:
        """Write a group, all or nothing; when that fails, memory is read again.

        Returns False when there are only positions of samples, which wait for the next commit.

        Raises:
            StoreError: it could not be written.
        """
        for stream in self._intake.touched:
            work.group.streams[stream] = self._intake.positions[stream]
        if work.is_empty:
            return True
        if work.is_samples_only and not self._samples_due():
            return False
        try:
            self._store.commit(work.group)
        except StoreUnavailable:
            raise
        except Exception:
            self.load()
            raise
        self._pos = work.pos
        self.erasures += bool(work.group.forgotten)
        self._committed_s = time.monotonic()
        self._samples_waiting = 0
        return True

    def _samples_due(self) -> bool:
        """Positions of samples alone may wait a moment for company: a commit is a disk write."""
        if self._samples_waiting >= self._settings.samples_messages_max:
            return True
        return time.monotonic() - self._committed_s >= self._settings.samples_wait_s

    def _after(self, work: Work, settlements: list[Settlement], *, committed: bool = True) -> None:
        """Act on what is committed: deliver, tell the edges, set the alarm."""
        assert self._deliverer is not None, "connect first"  # noqa: S101 - a wiring mistake
        assert self._waker is not None, "connect first"  # noqa: S101 - a wiring mistake
        at_once = [one for one in work.group.actions if one.not_before_ms <= work.now_ms]
        if at_once:
            self._deliverer.submit(pending(action) for action in at_once)
        for settlement in settlements:
            self._deliverer.confirm(settlement.connector, settlement.key)
        if committed:
            for edge in {edge for edge, _ in self._intake.touched}:
                self._tell(edge)
            self._intake.touched.clear()
        self._memory.make_room()
        if self._memory.sweeps:
            self.wake()
        due_ms = self._memory.next_due_ms()
        self._waker.at(None if due_ms is None else due_ms + self._settings.settle_ms, self.wake)

    def _tidy(self, work: Work, held: list[Answered], *, looking: bool) -> None:
        """Say in the store what became of the quarantine; now and then fetch what waits there."""
        for row, reason in held:
            if reason is None:
                self._store.quarantine.replayed(row.id, work.now_ms)
            else:
                self._store.quarantine.hold_again(row.id, reason, work.now_ms)
        if looking:
            assert self._deliverer is not None, "connect first"  # noqa: S101 - a wiring mistake
            chosen = self._settings
            refill(self._store, self._deliverer, work.now_ms, chosen.lease_ms, chosen.refill_rows)

    def _set_edges(self) -> None:
        """Tell each edge how the venue in force wants it set; it reports back what it runs."""
        assert self._publisher is not None, "connect first"  # noqa: S101 - a wiring mistake
        world = self._memory.world
        if world is not None:
            for edge in world.rules.venue.edges:
                desired = Desired(revision=world.rules.version, config=dict(edge.config))
                self._publisher.publish_desired(edge.name, desired)

    def _tell(self, edge: str) -> None:
        assert self._publisher is not None  # noqa: S101 - checked by the caller
        streams = {
            stream: position
            for (name, stream), position in self._intake.positions.items()
            if name == edge
        }
        newest = dict(list(streams.items())[-STREAMS_TOLD_MAX:])
        self._publisher.publish_committed(edge, newest)

    def _due(self, work: Work) -> None:
        timers = list(self._memory.due(work.now_ms - self._settings.settle_ms))
        self._memory.need(timer.person for timer in timers)
        for timer in timers:
            event = ev.Due(timer.key, timer.due_ms, timer.person)
            reason = work.try_to_decide(f"due:{timer.key}:{timer.due_ms}/{work.pos + 1}", event)
            if reason is not None:
                work.set_aside("due", "", reason, timer.key.encode())
