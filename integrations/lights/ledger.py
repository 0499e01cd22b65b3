"""Who asked for what of which lamp, and what came of it; shared by threads, under one lock."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from integrations.lights.arbiter import Board, Claim
from integrations.lights.limits import LAMP_NAMES_MAX
from integrations.port import Done, Drop, RetryLater, Verdict


@dataclass(frozen=True, slots=True)
class Ticket:
    """For each lamp, the number of the wish whose outcome is awaited."""

    wishes: dict[str, int]


class Ledger:
    """The board, numbered wishes, and the outcome of the newest settled wish of each lamp.

    Any thread may place, release and wait; only the driver settles. ``changed`` is the lock and
    the bell.
    """

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.closed = True
        self.board = Board()
        self._number = 0
        self._wished: dict[str, int] = {}
        self._outcomes: dict[str, tuple[int, Verdict]] = {}

    def place(self, claims: Iterable[Claim], now_ms: int) -> Ticket:
        """Put ``claims`` on the board. Raises BoardFull, having placed none."""
        with self.changed:
            board, lamps = self.board, []
            for claim in claims:
                board = board.place(claim, now_ms)
                lamps.append(claim.lamp)
            self.board = board
            return self._wish(lamps)

    def release(self, lamp: str, source: str) -> Ticket:
        """Take ``source``'s claim on ``lamp`` off the board."""
        with self.changed:
            self.board = self.board.release(lamp, source)
            return self._wish([lamp])

    def wait(self, ticket: Ticket, timeout_s: float) -> dict[str, Verdict]:
        """What came of each lamp of ``ticket`` within ``timeout_s`` of real time."""
        with self.changed:
            self.changed.wait_for(lambda: self.closed or self._settled(ticket), timeout_s)
            late = RetryLater(
                "the lights are stopped" if self.closed else "the bridge has not answered yet"
            )
            return {
                lamp: self._outcomes[lamp][1] if self._has_outcome(lamp, wish) else late
                for lamp, wish in ticket.wishes.items()
            }

    def number(self) -> int:
        """The number of the newest wish."""
        return self._number

    def wishes(self) -> dict[str, int]:
        """The newest wish of each lamp."""
        with self.changed:
            return dict(self._wished)

    def open(self) -> dict[str, int]:
        """The newest wish of each lamp that awaits its outcome."""
        with self.changed:
            wished = self._wished.items()
            return {lamp: wish for lamp, wish in wished if not self._has_outcome(lamp, wish)}

    def done(self, lamp: str, wish: int, detail: str, now_ms: int) -> None:
        """The lamp obeys: what is claimed of it no longer lapses, unless more has been asked."""
        with self.changed:
            if wish == self._wished.get(lamp):
                self.board = self.board.settle(lamp, now_ms)
            self._settle(lamp, wish, Done(detail))

    def refused(self, lamp: str, wish: int, reason: str) -> None:
        """It never will: its claims are taken away, unless more has been asked."""
        with self.changed:
            if wish == self._wished.get(lamp, 0):
                self.board = self.board.forget(lamp)
            self._settle(lamp, wish, Drop(reason))

    def settle_open(self, verdict: Verdict) -> None:
        """One outcome for all that is open."""
        with self.changed:
            for lamp, wish in self.open().items():
                self._settle(lamp, wish, verdict)

    def _settle(self, lamp: str, wish: int, verdict: Verdict) -> None:
        self._outcomes[lamp] = (wish, verdict)
        self.changed.notify_all()

    def _wish(self, lamps: list[str]) -> Ticket:
        self._number += 1
        for lamp in lamps:
            self._wished.pop(lamp, None)
            self._wished[lamp] = self._number
        self._forget_oldest()
        self.changed.notify_all()
        return Ticket(dict.fromkeys(lamps, self._number))

    def _forget_oldest(self) -> None:
        settled = [lamp for lamp, wish in self._wished.items() if self._has_outcome(lamp, wish)]
        for lamp in settled[: max(0, len(self._wished) - LAMP_NAMES_MAX)]:
            del self._wished[lamp]
            del self._outcomes[lamp]

    def _settled(self, ticket: Ticket) -> bool:
        return all(self._has_outcome(lamp, wish) for lamp, wish in ticket.wishes.items())

    def _has_outcome(self, lamp: str, wish: int) -> bool:
        return self._outcomes.get(lamp, (0,))[0] >= wish


def combine(verdicts: Mapping[str, Verdict]) -> Verdict:
    """One verdict for several lamps: the worst that can be mended, else what was done.

    Dropped only when no lamp obeys; the ones that do not are named in the detail.
    """
    mendable = (v for v in verdicts.values() if not isinstance(v, Done | Drop))
    worst = min(mendable, key=lambda v: isinstance(v, RetryLater), default=None)
    if worst is not None:
        return worst
    drops = [v.reason for v in verdicts.values() if isinstance(v, Drop)]
    if len(drops) == len(verdicts):
        return Drop("; ".join(drops))
    details = [v.detail for v in verdicts.values() if isinstance(v, Done) and v.detail]
    return Done("; ".join(details + drops))
