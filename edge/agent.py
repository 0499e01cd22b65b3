"""One thread does all the work, in turns: take, store, hear, send, tend.

Nothing is sent before the turn's commit. Readers and the network live in threads of their own and
meet this one only at the inbox.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from contract import codec, topics
from contract.clock import MS_PER_S, Clock
from contract.envelope import Committed, Desired, Health, HubState
from contract.topics import UpLane
from edge.anchors import own_anchor
from edge.caller import Caller
from edge.errors import OutboxError
from edge.health import health_of
from edge.hearing import Ears, Hearing, dump_config, load_config, run_desired
from edge.inbox import Inbox
from edge.intake import Intake
from edge.limits import TIDY_REAL_S
from edge.link.mqtt import LINK, Credentials, Link, LinkState
from edge.outbox import Outbox
from edge.readers.port import Progress, Reader, Wifi
from edge.sender import Sender
from edge.settings import Settings, Tunable
from edge.supervisor import Supervisor
from edge.timekeeper import Timekeeper

TURN_S = 0.25
"""Longest real time between two turns."""

RETRY_S = 1.0
"""Real time before a disk that refused is tried again."""

RETAINED: Final[frozenset[UpLane]] = frozenset({"health", "reported"})
"""Lanes whose last message the broker keeps; readings are never retained."""

_CONFIG = "desired"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Figures:
    """How an agent stands; ``committed`` is rows read less records that the hub has yet to take."""

    read: int
    total: int
    refused: int
    committed: int
    outbox_rows: int
    outbox_bytes: int
    evicted_rows: int
    session: int
    up: bool
    sending: bool
    done: bool

    def as_dict(self) -> dict[str, Any]:
        """Give the figures by name."""
        return asdict(self)


class Agent:
    """Reader -> aggregate -> stamp -> outbox -> link."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        boot_id: str,
        readers: Callable[[Wifi], Sequence[Reader]],
    ) -> None:
        """Store and connect the parts; ``readers`` makes the readers, given the network switch."""
        self._settings = settings
        self._clock = clock
        self._boot_id = boot_id
        self._tunable = settings.tunable
        self._inbox = Inbox()
        self._outbox = Outbox(settings.folder, settings.tunable.outbox_bytes_max)
        self._intake = Intake(self._outbox, clock, settings.tunable.tap_bounce_s)
        self._sender = Sender(self._outbox, clock.boot_ms, self._publish)
        self._timekeeper = Timekeeper(self._outbox, clock, boot_id, self._publish)
        ears = Ears(self._committed, self._hub_state, self._timekeeper.heard, self._desired)
        self._hearing = Hearing(settings, ears)
        who = Credentials(settings.host, settings.port, settings.name, settings.secret)
        self.link = Link(who, self._hearing.filters, clock.boot_ms, self._inbox.post)
        health_topic = topics.up(settings.event, settings.name, "health")
        self._caller = Caller(self.link, self._outbox, health_topic, _log.info)
        self._readers = Supervisor(
            readers(self.link), self._outbox, self._inbox.put, lambda: not self._intake.waiting
        )
        self._stopping = False
        self._refusal = ""
        self._health_at_s = self._tidy_at_s = self._store_at_s = 0.0

    def run(self, until: Callable[[Figures], bool] = lambda _: False) -> Figures:
        """Work until :meth:`stop` is called or ``until`` holds; returns the last figures.

        Raises:
            OutboxError: the outbox cannot be opened.
        """
        self._start()
        try:
            while not self._stopping and not until(self.figures):
                self._turn()
        finally:
            self._end()
        return self._last

    def stop(self) -> None:
        """Make :meth:`run` return soon; may be called from a signal handler or another thread."""
        self._stopping = True

    @property
    def figures(self) -> Figures:
        """How it stands; to be read by the thread that runs it."""
        # The progress first: what it counts has then reached the inbox, or is further on.
        progress: Progress = self._readers.progress
        held = self._inbox.reads + self._intake.rows
        kept = self._outbox.records.rows
        return Figures(
            read=progress.read,
            total=progress.total,
            refused=progress.refused,
            committed=max(0, progress.read - held - kept),
            outbox_rows=kept,
            outbox_bytes=self._outbox.room.used_bytes,
            evicted_rows=self._outbox.evicted_rows,
            session=self._caller.session,
            up=self._caller.up,
            sending=self._sender.sending,
            done=progress.done and not held and not self._intake.waiting and self._outbox.empty,
        )

    def _start(self) -> None:
        self._outbox.start(self._boot_id, own_anchor(self._clock))
        if self._outbox.note:
            _log.warning("%s", self._outbox.note)
        kept = self._outbox.recall(_CONFIG, "{}")
        self._tune(load_config(kept, self._settings.tunable))
        self._readers.start()

    def _end(self) -> None:
        self._inbox.close()
        self._readers.stop()
        self._intake.take(self._inbox.take(0).chunks)
        self._intake.ripen(0, everything=True)
        self._store_at_s = 0.0
        self._store(time.monotonic())
        health = codec.encode(Health(session=self._caller.session, alive=False))
        self.link.farewell(self._topic("health"), health)
        self._last = self.figures
        self._outbox.stop()

    def _turn(self) -> None:
        mail = self._inbox.take(min(TURN_S, self._intake.wait_s(time.monotonic())))
        now_s = time.monotonic()
        self._intake.take(mail.chunks)
        self._intake.ripen(now_s)
        try:
            self._store(now_s)
            self._hear(mail.posts, now_s)
            self._sender.send(now_s, self._tunable.resend_s)
            self._tend(now_s)
        except OutboxError as error:
            self._refusal = str(error)

    def _store(self, now_s: float) -> None:
        """Commit what was read, and delete what the hub has, as one."""
        tidy = self._sender.untidy and now_s >= self._tidy_at_s
        if not (self._intake.waiting or tidy) or now_s < self._store_at_s:
            return
        self._store_at_s = now_s + RETRY_S
        with self._outbox.transaction():
            self._intake.write()
            self._sender.tidy()
        self._refusal, self._store_at_s = "", 0.0
        self._intake.written()
        self._sender.tidied()
        self._tidy_at_s = now_s + TIDY_REAL_S

    def _hear(self, posts: Mapping[str, Any], now_s: float) -> None:
        for topic, post in posts.items():
            if topic == LINK:
                self._link_is(post, now_s)
            else:
                self._hearing.hear(post)

    def _link_is(self, state: LinkState, now_s: float) -> None:
        self._caller.heard(state, now_s)
        if not self._caller.up:
            self._sender.disconnected()
        elif state.up:
            self._sender.connected(now_s)
            self._timekeeper.connected()
            self._health_at_s = 0.0

    def _tend(self, now_s: float) -> None:
        self._caller.tend(now_s)
        self._readers.tend(now_s)
        if not self._caller.up:
            return
        self._timekeeper.tend(now_s)
        if now_s >= self._health_at_s:
            self._health_at_s = now_s + self._settings.health_s
            notes = [
                *self._readers.notes,
                *self._intake.notes,
                self._outbox.note or "",
                self._refusal,
            ]
            health = health_of(
                self._outbox, self._caller.session, self._boot_id, self._readers.names, notes
            )
            self._publish("health", codec.encode(health))

    def _committed(self, message: Committed) -> None:
        self._sender.arrived(message, time.monotonic())

    def _hub_state(self, message: HubState) -> None:
        self._sender.hub_is(message.session, alive=message.alive)

    def _desired(self, message: Desired) -> None:
        tunable, report = run_desired(message, self._settings.tunable)
        if report.error is None:
            with self._outbox.transaction():
                self._outbox.remember(_CONFIG, dump_config(message))
            self._tune(tunable)
        self._publish("reported", codec.encode(report))

    def _tune(self, tunable: Tunable) -> None:
        self._tunable = tunable
        self._intake.bounce.bounce_ms = int(tunable.tap_bounce_s * MS_PER_S)
        self._outbox.room.bytes_max = tunable.outbox_bytes_max

    def _publish(self, lane: UpLane, payload: bytes) -> bool:
        return self.link.publish(self._topic(lane), payload, retain=lane in RETAINED)

    def _topic(self, lane: UpLane) -> str:
        return topics.up(self._settings.event, self._settings.name, lane)
