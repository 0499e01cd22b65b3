"""Asks the hub for the time, and keeps with the boot the anchor least in doubt."""

import hashlib
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

from contract import codec
from contract.clock import Clock, ManualClock
from contract.envelope import ClockReply, ClockRequest
from edge.anchors import Anchor, better, hub_anchor, own_anchor
from edge.limits import CLOCK_REQUEST_S, CLOCK_RETRY_S
from edge.outbox import Outbox

KERNEL_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
BOOT_ID_CHARS: Final = 16


def boot_id_of(clock: Clock) -> str:
    """Name the boot whose milliseconds ``clock`` counts.

    An agent started again on a machine that ran on gets the same one, since its boot clock ran on
    too. A clock that is moved by hand counts a boot of its own each time.
    """
    try:
        kernel = KERNEL_BOOT_ID.read_text("ascii").strip()
    except OSError:
        return secrets.token_hex(BOOT_ID_CHARS // 2)
    if isinstance(clock, ManualClock):
        return secrets.token_hex(BOOT_ID_CHARS // 2)
    return hashlib.sha256(f"{kernel}|{clock!r}".encode()).hexdigest()[:BOOT_ID_CHARS]


class Timekeeper:
    """Sends clock requests and judges the answers. Waiting is in real monotonic seconds."""

    def __init__(
        self,
        outbox: Outbox,
        clock: Clock,
        boot_id: str,
        publish: Callable[[Literal["clock"], bytes], bool],
    ) -> None:
        """Store the parts."""
        self._outbox = outbox
        self._clock = clock
        self._boot_id = boot_id
        self._publish = publish
        self._ask_at_s = 0.0

    def connected(self) -> None:
        """Ask at the next occasion."""
        self._ask_at_s = 0.0

    def tend(self, now_s: float) -> None:
        """Read the own clock and ask the hub's, when it is time.

        A clock that is the hub's already (a paced one) is not asked for again.
        """
        if now_s < self._ask_at_s:
            return
        self._consider(own_anchor(self._clock))
        known = self._outbox.anchor.quality == "hub"
        self._ask_at_s = now_s + (CLOCK_REQUEST_S if known else CLOCK_RETRY_S)
        if self._clock.quality != "hub":
            ask = ClockRequest(boot=self._boot_id, boot_ms=self._clock.boot_ms())
            self._publish("clock", codec.encode(ask))

    def heard(self, reply: ClockReply, arrived_boot_ms: int) -> None:
        """Take the hub's answer; one to a question of another boot is ignored."""
        if reply.boot != self._boot_id:
            return
        anchor = hub_anchor(reply, arrived_boot_ms)
        if anchor is not None:
            self._consider(anchor)

    def _consider(self, anchor: Anchor) -> None:
        known = self._outbox.anchor
        chosen = better(known, anchor, self._clock.boot_ms())
        if chosen is not known:
            with self._outbox.transaction():
                self._outbox.note_anchor(chosen)
