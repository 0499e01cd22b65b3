"""The one small port behind which every outside system stands: a delivery in, a verdict out.

A connector never decides whether something should happen; it makes it happen and says how that
went. It is called from a worker thread of its own, one delivery at a time, so it may block.
"""

from typing import Any, Protocol

from msgspec import Struct


class Delivery(Struct, frozen=True, kw_only=True):
    """One effect to bring about.

    ``key`` is unique for the effect and stays the same over retries: hand it to the outside system
    where that knows idempotency. ``now_ms`` and ``expires_ms`` are Unix milliseconds.
    """

    key: str
    connector: str
    body: dict[str, Any]
    attempt: int
    now_ms: int
    expires_ms: int


class Done(Struct, frozen=True, tag=True):
    """It has happened."""

    detail: str = ""


class RetryAt(Struct, frozen=True, tag=True):
    """The outside system said when to come back (Unix milliseconds)."""

    at_ms: int
    reason: str


class RetryLater(Struct, frozen=True, tag=True):
    """It may work later; the outbox chooses when."""

    reason: str


class Drop(Struct, frozen=True, tag=True):
    """It will never work; trying again changes nothing."""

    reason: str


class StopConnector(Struct, frozen=True, tag=True):
    """Nothing can be delivered there until a person has acted (a refused key, no credit)."""

    reason: str


Verdict = Done | RetryAt | RetryLater | Drop | StopConnector


class Connector(Protocol):
    """What the outbox knows of an outside system."""

    name: str

    def start(self) -> None:
        """Open what it needs; repeatable."""

    def stop(self) -> None:
        """Undo ``start``; repeatable."""

    def deliver(self, delivery: Delivery) -> Verdict:
        """Bring the effect about. Never raises for what an outside system did."""

    def coalesce_key(self, body: dict[str, Any]) -> str | None:
        """Name what this effect overwrites, or None.

        Of several waiting deliveries with one name only the newest is delivered; the others are
        settled as superseded.
        """
