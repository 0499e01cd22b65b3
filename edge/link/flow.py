"""What to send next: live taps at once, then the backlog in order, and never more than agreed.

Pure: a lane's state is a frozen value, each event gives the next one, times come as arguments (real
monotonic seconds). A PUBACK is no event here; only the hub's watermark says that something arrived.
"""

from dataclasses import dataclass, replace
from typing import Final

from contract.envelope import StreamPosition
from contract.limits import SIGHTING_BATCHES_OUTSTANDING_MAX, TAP_BATCHES_OUTSTANDING_MAX
from edge.limits import LIVE_TAP_BATCHES_RESERVED, RANGES_BEYOND_MAX
from edge.link.spans import Spans, covered, missing, of_position, union
from edge.outbox.records import Lane, Span


@dataclass(frozen=True, slots=True)
class Manners:
    """How a lane behaves: how much may be outstanding, and whether the newest may overtake."""

    outstanding_max: int
    live_reserved: int
    """Places that a backlog leaves free; 0 means strictly in order, nothing overtakes."""

    @property
    def in_order(self) -> bool:
        """Whether event time must be kept: a lost batch is sent again with all after it."""
        return self.live_reserved == 0


MANNERS: Final[dict[Lane, Manners]] = {
    "taps": Manners(TAP_BATCHES_OUTSTANDING_MAX, LIVE_TAP_BATCHES_RESERVED),
    "sightings": Manners(SIGHTING_BATCHES_OUTSTANDING_MAX, 0),
}


@dataclass(frozen=True, slots=True)
class Sent:
    """One batch on its way."""

    span: Span
    at_s: float


@dataclass(frozen=True, slots=True)
class Flow:
    """One lane: what the hub has committed, what is on its way, and where live begins."""

    manners: Manners
    committed: Spans = ()
    outstanding: tuple[Sent, ...] = ()
    live_from: int = 1
    progress_s: float = 0.0
    passed_s: float = float("-inf")
    """When the last sent of the committed batches was sent: one sent before it was passed over."""

    def arrived(self, position: StreamPosition, now_s: float) -> "Flow":
        """Take the hub's watermark as the truth about what it has."""
        committed = of_position(position)
        done = [sent for sent in self.outstanding if covered(sent.span, committed)]
        return replace(
            self,
            committed=committed,
            outstanding=tuple(sent for sent in self.outstanding if sent not in done),
            progress_s=now_s if committed != self.committed else self.progress_s,
            passed_s=max([self.passed_s, *(sent.at_s for sent in done)]),
        )

    def restarted(self, last: int) -> "Flow":
        """Count nothing as sent: connected anew, or another hub. Live begins after ``last``."""
        return replace(self, outstanding=(), live_from=last + 1, passed_s=float("-inf"))

    def expired(self, now_s: float, resend_s: float) -> "Flow":
        """Give up on batches that the hub should have committed by now, so that they go again.

        A hub that is slow but gets on is left in peace: time counts from its last progress, except
        for a batch that a later one has passed.
        """
        lost = [sent for sent in self.outstanding if self._lost(sent, now_s, resend_s)]
        if not lost:
            return self
        if self.manners.in_order:
            return replace(self, outstanding=())
        return replace(self, outstanding=tuple(s for s in self.outstanding if s not in lost))

    def candidates(self, last: int) -> Spans:
        """Spans to send from, best first, when the stream goes up to ``last``; empty: wait."""
        if len(self.outstanding) >= self.manners.outstanding_max:
            return ()
        free = self.unsent(last)
        if self.manners.in_order or len(self.committed) > RANGES_BEYOND_MAX:
            return free
        live = [Span(max(span.first, self.live_from), span.last) for span in free]
        live = [span for span in live if span.first <= span.last]
        backlog = [Span(span.first, min(span.last, self.live_from - 1)) for span in free]
        backlog = [span for span in backlog if span.first <= span.last]
        return (*live, *(backlog if self._room_for_backlog else ()))

    def sent(self, span: Span, now_s: float) -> "Flow":
        """Note that the records of ``span`` are on their way."""
        return replace(self, outstanding=(*self.outstanding, Sent(span, now_s)))

    def unsent(self, last: int) -> Spans:
        """Numbers up to ``last`` that are neither committed nor on their way, in order."""
        on_the_way = (sent.span for sent in self.outstanding)
        return missing(Span(1, last), union([*self.committed, *on_the_way]))

    @property
    def beyond(self) -> int:
        """Highest number that the hub says it has; 0 for none."""
        return self.committed[-1].last if self.committed else 0

    def _lost(self, sent: Sent, now_s: float, resend_s: float) -> bool:
        if now_s - sent.at_s < resend_s:
            return False
        return now_s - self.progress_s >= resend_s or sent.at_s < self.passed_s

    @property
    def _room_for_backlog(self) -> bool:
        old = sum(sent.span.first < self.live_from for sent in self.outstanding)
        return old < self.manners.outstanding_max - self.manners.live_reserved
