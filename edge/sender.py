"""Carries out what the flow decides: reads slices of the outbox, publishes them, never deletes.

Deleting is asked for by the watermark alone, and done with the next commit.
"""

from collections.abc import Callable
from dataclasses import dataclass

from contract.codec import encode
from contract.envelope import Batch, Committed, StreamPosition
from edge.limits import COMMITTED_WAIT_S
from edge.link.flow import MANNERS, Flow
from edge.outbox import LANES, Lane, Outbox, Slice

Publish = Callable[[Lane, bytes], bool]


@dataclass(frozen=True, slots=True)
class HubSeen:
    """What is known of the hub on this connection."""

    session: int | None = None
    alive: bool = False


class Sender:
    """Both lanes. All times are real monotonic seconds."""

    def __init__(self, outbox: Outbox, boot_ms: Callable[[], int], publish: Publish) -> None:
        """Store the outbox, the boot clock, and how to publish (False: no connection)."""
        self._outbox = outbox
        self._boot_ms = boot_ms
        self._publish = publish
        self.flows: dict[Lane, Flow] = {lane: Flow(MANNERS[lane]) for lane in LANES}
        self._hub = HubSeen()
        self._connected = False
        self._hold_backlog_until_s = 0.0
        self.untidy = False
        """Whether the outbox holds records that the hub has committed."""

    @property
    def sending(self) -> bool:
        """Whether readings may be sent: connected, and the hub is alive."""
        return self._connected and self._hub.alive

    def connected(self, now_s: float) -> None:
        """A new connection: nothing counts as sent, and the hub has to show itself again."""
        self._connected = True
        self._hub = HubSeen()
        self._hold_backlog_until_s = now_s + COMMITTED_WAIT_S
        self._restart()

    def disconnected(self) -> None:
        """No connection."""
        self._connected = False
        self._hub = HubSeen()

    def hub_is(self, session: int, *, alive: bool) -> None:
        """The hub told its state; what another session of it was sent counts as not sent."""
        anew = HubSeen(session, alive)
        if anew != self._hub and (self._hub.session is not None or not alive):
            self._restart()
        self._hub = anew

    def arrived(self, committed: Committed, now_s: float) -> None:
        """Take the hub's watermark."""
        self._hold_backlog_until_s = 0.0
        for lane in LANES:
            position = committed.streams.get(self._outbox.records[lane].id, StreamPosition(0))
            flow = self.flows[lane].arrived(position, now_s)
            if flow.beyond > self._outbox.records[lane].last:
                self._renew(lane)
            else:
                self.untidy |= flow.committed != self.flows[lane].committed
                self.flows[lane] = flow

    def tidy(self) -> None:
        """Delete what the hub has committed, as part of the caller's transaction."""
        for lane in LANES:
            self._outbox.records.drop(lane, self.flows[lane].committed)

    def tidied(self) -> None:
        """Note that :meth:`tidy` is committed."""
        self.untidy = False

    def send(self, now_s: float, resend_s: float) -> None:
        """Publish all that may be sent now."""
        for lane in LANES:
            self.flows[lane] = self.flows[lane].expired(now_s, resend_s)
        if not self.sending:
            return
        self._release_gaps()
        for lane in LANES:
            while self._send_one(lane, now_s):
                pass

    def _send_one(self, lane: Lane, now_s: float) -> bool:
        flow = self.flows[lane]
        for within in flow.candidates(self._outbox.records[lane].last):
            if now_s < self._hold_backlog_until_s and within.first < flow.live_from:
                continue
            part = self._outbox.slice(lane, within)
            if part is not None:
                return self._publish_slice(lane, part, now_s)
        return False

    def _publish_slice(self, lane: Lane, part: Slice, now_s: float) -> bool:
        boot_id, anchor = self._outbox.boots.get(part.boot)
        batch = Batch(
            stream=self._outbox.records[lane].id,
            first=part.first,
            boot=boot_id,
            clock=anchor.on_wire(),
            sent_boot_ms=self._boot_ms() if part.boot == self._outbox.boot else None,
            records=list(part.records),
        )
        if not self._publish(lane, encode(batch)):
            return False
        self.flows[lane] = self.flows[lane].sent(part.span, now_s)
        return True

    def _release_gaps(self) -> None:
        """Put gaps in front of the next sighting to send into the taps lane."""
        if not self._outbox.gaps.rows:
            return
        before = self._next_sighting()
        if self._outbox.gaps.before(before, 1):
            with self._outbox.transaction():
                self._outbox.release_gaps(before)

    def _next_sighting(self) -> int:
        last = self._outbox.records["sightings"].last
        for within in self.flows["sightings"].unsent(last):
            oldest = self._outbox.records.oldest("sightings", within)
            if oldest is not None:
                return oldest
        return last + 1

    def _renew(self, lane: Lane) -> None:
        with self._outbox.transaction():
            self._outbox.renew(lane)
        self.flows[lane] = Flow(MANNERS[lane])

    def _restart(self) -> None:
        for lane in LANES:
            self.flows[lane] = self.flows[lane].restarted(self._outbox.records[lane].last)
