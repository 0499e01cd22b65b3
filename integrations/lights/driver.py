"""One thread brings the lamps to how the board says they should look, and never further.

It is driven by level, not by edge: whatever was asked in between, a lamp is sent what holds now.
So bursts coalesce to their last values, a lamp falls back by itself when a claim ends, and all
lamps are told anew when the bridge comes back.
"""

import logging
import threading
from dataclasses import dataclass

from contract.clock import Clock
from integrations.lights.arbiter import Claim
from integrations.lights.errors import (
    BridgeAway,
    BridgeBusy,
    CommandRefused,
    KeyFileInvalid,
    KeyRefused,
    LampUnknown,
)
from integrations.lights.ledger import Ledger
from integrations.lights.limits import (
    BACKOFF_FIRST_S,
    BACKOFF_MAX_S,
    BRIDGE_TIMEOUT_S,
    HEARTBEAT_S,
    LISTING_RETRY_S,
)
from integrations.lights.sender import MS_PER_S, Command, Sender, Target, real_ms
from integrations.lights.settings import LightsSettings
from integrations.port import RetryLater, StopConnector, Verdict

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Backoff:
    until_ms: int
    step_s: float
    verdict: Verdict


class Driver:
    """The lamps of one bridge and the thread that talks to it."""

    def __init__(self, settings: LightsSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self.ledger = Ledger()
        self._ours: frozenset[str] = frozenset(settings.lamps)
        self._thread: threading.Thread | None = None
        self._sender = Sender(settings)
        self._backoff: _Backoff | None = None

    def start(self) -> None:
        """Begin to drive; repeatable."""
        with self.ledger.changed:
            if not self.ledger.closed:
                return
            self.ledger.closed = False
        self._sender = Sender(self._settings)
        self._backoff = None
        self._thread = threading.Thread(target=self._run, name="lights", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop driving, leaving the lamps as they are; repeatable."""
        with self.ledger.changed:
            self.ledger.closed = True
            self.ledger.changed.notify_all()
        if self._thread is not None:
            self._thread.join(BRIDGE_TIMEOUT_S + 1)
            self._thread = None

    def effective(self) -> dict[str, Claim | None]:
        """The claim that has each of the venue's lamps now; None where the lamp rests."""
        board, now_ms = self.ledger.board, self._clock.wall_ms()
        return {lamp: board.effective(lamp, now_ms) for lamp in sorted(self._ours)}

    def _run(self) -> None:
        while self._driving():
            seen = self.ledger.number()
            wait_ms = self._turn_or_backoff()
            with self.ledger.changed:
                if self._driving() and wait_ms > 0 and seen == self.ledger.number():
                    self.ledger.changed.wait(min(wait_ms / MS_PER_S, HEARTBEAT_S))

    def _driving(self) -> bool:
        """Say whether this thread is the one that drives: a former one may still hang in a call."""
        return not self.ledger.closed and threading.current_thread() is self._thread

    def _turn_or_backoff(self) -> float:
        backoff = self._backoff
        if backoff is not None and real_ms() < backoff.until_ms:
            self.ledger.settle_open(backoff.verdict)
            return backoff.until_ms - real_ms()
        try:
            wait_ms = self._turn()
        except (KeyRefused, KeyFileInvalid) as error:
            return self._back_off(StopConnector(str(error)))
        except BridgeBusy as error:
            return self._back_off(RetryLater(str(error)), away=False)
        except BridgeAway as error:
            return self._back_off(RetryLater(str(error)))
        except Exception as error:  # noqa: BLE001 - a fault of ours must not leave the lamps to nobody
            _log.error("a fault in the lights: %s", type(error).__name__, exc_info=error)
            return self._back_off(RetryLater("a fault in the lights; see the log"))
        self._backoff = None
        return wait_ms

    def _back_off(self, verdict: Verdict, *, away: bool = True) -> float:
        if away:
            self._sender.forget()
        if self._backoff is None:
            _log.warning("the lights wait: %s", verdict)
        step_s = BACKOFF_FIRST_S if self._backoff is None else self._backoff.step_s * 2
        step_s = min(step_s, BACKOFF_MAX_S)
        self._backoff = _Backoff(real_ms() + int(step_s * MS_PER_S), step_s, verdict)
        self.ledger.settle_open(verdict)
        return step_s * MS_PER_S

    def _turn(self) -> float:
        """Do the next thing there is to do; returns real milliseconds until there may be more."""
        if self._sender.listing_due() or self._unknown_worth_looking():
            wait_ms = self._sender.listing_wait_ms()
            if wait_ms == 0:
                self._sender.list_lamps()
            return wait_ms
        self._drop_unknown()
        wishes = self.ledger.wishes()
        targets = self._targets()
        self._settle_obeyed(targets, wishes)
        command = self._sender.next_command(targets)
        if command is None:
            return self._until_next_end_ms()
        if command.wait_ms > 0:
            return min(command.wait_ms, self._until_next_end_ms())
        self._send(command, wishes)
        return 0

    def _send(self, command: Command, wishes: dict[str, int]) -> None:
        try:
            answer = self._sender.send(command)
        except (LampUnknown, CommandRefused) as error:
            self._sender.told(command)
            for lamp in command.lamps:
                self.ledger.refused(lamp, wishes.get(lamp, 0), f"{lamp}: {error}")
            return
        self._sender.told(command)
        for lamp in command.lamps:
            refused = "; ".join(answer.refused)
            detail = f"{lamp}: {refused}" if refused else self._sender.doubt(lamp)
            self.ledger.done(lamp, wishes.get(lamp, 0), detail, self._clock.wall_ms())

    def _targets(self) -> dict[str, Target]:
        now_ms = self._clock.wall_ms()
        with self.ledger.changed:
            self.ledger.board = board = self.ledger.board.prune(now_ms)
        self._ours |= self._known() & set(board.lamps)
        claims = {lamp: board.effective(lamp, now_ms) for lamp in self._ours}
        return {lamp: self._target(claim) for lamp, claim in claims.items()}

    def _target(self, claim: Claim | None) -> Target:
        if claim is None:
            return Target(self._settings.rest)
        return Target(claim.look, claim.key if claim.flash else "")

    def _settle_obeyed(self, targets: dict[str, Target], wishes: dict[str, int]) -> None:
        for lamp in self.ledger.open():
            target = targets.get(lamp)
            if target is None or self._sender.as_told(lamp, target):
                detail = self._sender.doubt(lamp)
                self.ledger.done(lamp, wishes.get(lamp, 0), detail, self._clock.wall_ms())

    def _known(self) -> set[str]:
        venue = self._settings.lamps
        return {lamp for lamp in self._sender.lamps if not venue or lamp in venue}

    def _unknown(self) -> dict[str, int]:
        known = self._known()
        return {lamp: wish for lamp, wish in self.ledger.open().items() if lamp not in known}

    def _unknown_worth_looking(self) -> bool:
        age_ms = self._sender.listing_age_ms() or 0
        return age_ms >= LISTING_RETRY_S * MS_PER_S and bool(self._unknown())

    def _drop_unknown(self) -> None:
        for lamp, wish in self._unknown().items():
            there_are = ", ".join(sorted(self._known())) or "none"
            reason = f"there is no lamp called {lamp!r} here; there are: {there_are}"
            self.ledger.refused(lamp, wish, reason)

    def _until_next_end_ms(self) -> float:
        now_ms = self._clock.wall_ms()
        end_ms = self.ledger.board.next_end_ms(now_ms)
        if end_ms is None:
            return HEARTBEAT_S * MS_PER_S
        return max(1.0, (end_ms - now_ms) / self._clock.speed)
