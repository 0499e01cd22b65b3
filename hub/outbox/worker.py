"""One connector, one thread: deliveries in order, the newest of what overwrites, never twice.

An action that is handed in while the same key is held already is ignored, so that the store may be
asked again for what is due without harm.
"""

import heapq
import logging
import threading
from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from contract.clock import Clock
from hub.outbox.pending import Pending, Postponed, Report, Settlement
from hub.outbox.retry import REASON_CHARS_MAX, STOPPED_PROBE_MS, Again, Outcome, decide
from integrations.port import Connector, Delivery, RetryLater, StopConnector, Verdict

QUEUE_ACTIONS_MAX: Final = 10_000
"""Most actions held in memory for one connector; more stay in the store until there is room."""
IDLE_S_MAX: Final = 1.0

log = logging.getLogger(__name__)


class Worker:
    """Delivers for one connector."""

    def __init__(
        self,
        connector: Connector,
        clock: Clock,
        report: Callable[[Report], None],
        consents: Callable[[str, str], bool],
    ) -> None:
        self._connector = connector
        self._clock = clock
        self._report = report
        self._consents = consents
        self._changed = threading.Condition()
        self._heap: list[tuple[int, int, str]] = []
        self._held: dict[str, Pending] = {}
        self._newest: dict[str, str] = {}
        self._under_way: set[str] = set()
        """Being delivered, or settled and not confirmed: no longer in the queue."""
        self._order = 0
        self._resting_until_ms = 0
        self._stopping = False
        self._thread: threading.Thread | None = None
        self.stopped_reason: str | None = None
        """Why the connector rests, for people to see."""

    def start(self) -> None:
        """Open the connector and begin."""
        if self._thread is not None:
            return
        self._stopping = False
        self._connector.start()
        name = f"outbox-{self._connector.name}"
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish the delivery in hand and stop; what waits stays in the store."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        with self._changed:
            self._stopping = True
            self._changed.notify()
        thread.join(15)
        self._connector.stop()

    @property
    def room(self) -> int:
        """How many more actions it takes."""
        return QUEUE_ACTIONS_MAX - len(self._held)

    def submit(self, action: Pending) -> bool:
        """Take an action; False when there is no room for it now."""
        with self._changed:
            if action.key in self._held:
                return True
            if len(self._held) >= QUEUE_ACTIONS_MAX:
                return False
            superseded = self._supersede(action)
            self._push(action)
            self._changed.notify()
        if superseded is not None:
            self._settle(superseded, "superseded", f"by {action.key}")
        return True

    def _supersede(self, action: Pending) -> Pending | None:
        name = action.coalesce or self._connector.coalesce_key(action.body)
        if name is None:
            return None
        older = self._newest.get(name)
        self._newest[name] = action.key
        if older is None or older in self._under_way:
            return None
        self._under_way.add(older)
        return self._held[older]

    def _push(self, action: Pending) -> None:
        self._order += 1
        self._held[action.key] = action
        heapq.heappush(self._heap, (action.not_before_ms, self._order, action.key))

    def _run(self) -> None:
        while True:
            action = self._next()
            if action is None:
                return
            self._handle(action)

    def _next(self) -> Pending | None:
        """Wait for an action that is due and take it out of the queue; None when stopping."""
        with self._changed:
            while not self._stopping:
                wait_ms = self._wait_ms()
                if wait_ms <= 0:
                    key = heapq.heappop(self._heap)[2]
                    if key in self._held and key not in self._under_way:
                        return self._taken(self._held[key])
                    continue
                self._changed.wait(min(IDLE_S_MAX, wait_ms / 1000 / self._clock.speed))
            return None

    def _taken(self, action: Pending) -> Pending:
        self._under_way.add(action.key)
        name = action.coalesce or self._connector.coalesce_key(action.body)
        if name is not None and self._newest.get(name) == action.key:
            del self._newest[name]
        return action

    def _wait_ms(self) -> float:
        if not self._heap:
            return float("inf")
        return max(self._heap[0][0], self._resting_until_ms) - self._clock.wall_ms()

    def _handle(self, action: Pending) -> None:
        now_ms = self._clock.wall_ms()
        if now_ms >= action.expires_ms:
            self._too_old(action)
            return
        attempt = action.attempts + 1
        try:
            consents = self._has_consent(action)
        except Exception as error:  # noqa: BLE001 - the store may be away; deliveries must not end
            log.warning("consent to %s cannot be looked up: %s", action.consent, error)
            self._follow(action, attempt, RetryLater("the consent cannot be looked up now"))
            return
        if not consents:
            needed = " or ".join(filter(None, (action.consent, *action.needs)))
            self._finish(action, "dropped", f"consent to {needed or 'it'} was withdrawn")
            return
        self._follow(action, attempt, self._deliver(action, attempt, now_ms))

    def _too_old(self, action: Pending) -> None:
        if action.attempts == 0:
            self._finish(action, "expired", "too old before it could be delivered")
        else:
            self._finish(action, "dead", f"too old after {action.attempts} tries")

    def _has_consent(self, action: Pending) -> bool:
        if not action.person:
            return True
        purposes = (action.consent or "", *action.needs)
        return all(self._consents(action.person, purpose) for purpose in purposes)

    def _deliver(self, action: Pending, attempt: int, now_ms: int) -> Verdict:
        delivery = Delivery(
            key=action.key,
            connector=action.connector,
            body=action.body,
            attempt=attempt,
            now_ms=now_ms,
            expires_ms=action.expires_ms,
        )
        try:
            return self._connector.deliver(delivery)
        except Exception as error:  # a fault in one connector must not end the deliveries
            log.exception("connector %s failed on a delivery", self._connector.name)
            return RetryLater(f"fault in the connector: {type(error).__name__}")

    def _follow(self, action: Pending, attempt: int, verdict: Verdict) -> None:
        now_ms = self._clock.wall_ms()
        step = decide(verdict, attempt, now_ms, action.expires_ms)
        if isinstance(verdict, StopConnector):
            self._rest(now_ms + STOPPED_PROBE_MS, verdict.reason[:REASON_CHARS_MAX])
        elif not isinstance(step, Again):
            self._rest(0, None)
        if not isinstance(step, Again):
            self._finish(action, step.outcome, step.detail)
            return
        newer = self._wait_again(replace(action, attempts=attempt, not_before_ms=step.at_ms))
        if newer is not None:
            self._finish(action, "superseded", f"by {newer}")
            return
        self._report(
            Postponed(
                key=action.key, attempts=attempt, not_before_ms=step.at_ms, reason=step.reason
            )
        )

    def _wait_again(self, action: Pending) -> str | None:
        """Put an action back, unless a newer one overwrites it: then its key is returned."""
        name = action.coalesce or self._connector.coalesce_key(action.body)
        with self._changed:
            newest = action.key if name is None else self._newest.setdefault(name, action.key)
            if newest != action.key:
                return newest
            self._under_way.discard(action.key)
            self._push(action)
            return None

    def _rest(self, until_ms: int, reason: str | None) -> None:
        self._resting_until_ms = until_ms
        self.stopped_reason = reason

    def _finish(self, action: Pending, outcome: Outcome, detail: str) -> None:
        self._settle(action, outcome, detail)

    def confirm(self, key: str) -> None:
        """The end of an action is committed: only now may its key be forgotten."""
        with self._changed:
            self._held.pop(key, None)
            self._under_way.discard(key)

    def _settle(self, action: Pending, outcome: Outcome, detail: str) -> None:
        self._report(
            Settlement(
                key=action.key,
                outcome=outcome,
                detail=detail,
                person=action.person,
                connector=action.connector,
                body=action.body,
            )
        )
