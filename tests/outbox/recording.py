"""A connector that records what it is asked to do: a real implementation of the port, for tests."""

import threading
from collections.abc import Callable
from typing import Any

from contract.clock import ManualClock
from hub.outbox.pending import Pending, Postponed, Report, Settlement
from hub.outbox.worker import Worker
from integrations.port import Delivery, Done, Verdict
from tests.waiting import wait_until

EXPIRES_MS = 10**9
Answer = Verdict | Exception


class RecordingConnector:
    """Answers what it was told to, in order for each key, and ``Done`` when nothing is left."""

    def __init__(self, name: str = "lights") -> None:
        self.name = name
        self.deliveries: list[Delivery] = []
        self.answers: dict[str, list[Answer]] = {}
        self.open = threading.Event()
        """Closed, a delivery waits on the way."""
        self.open.set()
        self.entered = threading.Semaphore(0)
        self.runs = 0
        self._alone = threading.Lock()

    def start(self) -> None:
        self.runs += 1

    def stop(self) -> None:
        self.runs -= 1

    def deliver(self, delivery: Delivery) -> Verdict:
        assert self._alone.acquire(blocking=False), "one delivery at a time"
        try:
            assert self.runs == 1, "started once, and not stopped"
            self.deliveries.append(delivery)
            self.entered.release()
            assert self.open.wait(20)
            answers = self.answers.get(delivery.key)
            answer = answers.pop(0) if answers else Done("recorded")
        finally:
            self._alone.release()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def coalesce_key(self, body: dict[str, Any]) -> str | None:
        name: str | None = body.get("overwrites")
        return name

    @property
    def keys(self) -> list[str]:
        """What was delivered, in order."""
        return [delivery.key for delivery in self.deliveries]


class Desk:
    """A worker with its connector, on a clock that the test moves; venue time is quick."""

    def __init__(self) -> None:
        self.clock = ManualClock(0, speed=10_000.0)
        self.connector = RecordingConnector()
        self.reports: list[Report] = []
        self.consenting: Callable[[str, str], bool] = lambda _person, _purpose: True
        self.worker = Worker(self.connector, self.clock, self.reports.append, self._consents)

    def _consents(self, person: str, purpose: str) -> bool:
        return self.consenting(person, purpose)

    def send(self, *keys: str, **fields: Any) -> None:
        for key in keys:
            assert self.worker.submit(pending(key, **fields))

    def outcome(self, key: str) -> Settlement:
        """Wait for what became of a key."""
        return wait_until(lambda: self._outcome(key), what=f"the end of {key}")

    def _outcome(self, key: str) -> Settlement | None:
        found = [r for r in self.settled if r.key == key]
        assert len(found) <= 1
        return found[0] if found else None

    def postponed(self, key: str, times: int = 1) -> Postponed:
        """Wait until a key was postponed that often."""

        def seen() -> list[Postponed]:
            found = [r for r in self.reports if isinstance(r, Postponed) and r.key == key]
            return found if len(found) >= times else []

        return wait_until(seen, what=f"{key} to be postponed")[-1]

    def under_way(self) -> None:
        """Wait until the connector has a delivery in hand that was not waited for before."""
        assert self.connector.entered.acquire(timeout=20)

    @property
    def settled(self) -> list[Settlement]:
        return [report for report in list(self.reports) if isinstance(report, Settlement)]


def pending(key: str, **fields: Any) -> Pending:
    """An action that waits."""
    plain: dict[str, Any] = {
        "connector": "lights",
        "body": {"n": key},
        "person": "ann",
        "consent": None,
        "coalesce": None,
        "expires_ms": EXPIRES_MS,
    }
    return Pending(key=key, **(plain | fields))
