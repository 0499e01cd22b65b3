"""A delivery on its way, and the reports that come back from it."""

from typing import Any

from msgspec import Struct

from hub.outbox.retry import Outcome


class Pending(Struct, frozen=True, kw_only=True):
    """An action of the outbox as the dispatcher holds it. Instants are venue milliseconds."""

    key: str
    connector: str
    body: dict[str, Any]
    person: str | None
    consent: str | None
    needs: tuple[str, ...] = ()
    """Further purposes that have to be consented to."""
    coalesce: str | None
    expires_ms: int
    attempts: int = 0
    not_before_ms: int = 0


class Settlement(Struct, frozen=True, kw_only=True):
    """An action came to its end; the engine writes it to the log."""

    key: str
    outcome: Outcome
    detail: str
    person: str | None
    connector: str
    body: dict[str, Any]


class Postponed(Struct, frozen=True, kw_only=True):
    """An action is to be tried again; the engine writes that down."""

    key: str
    attempts: int
    not_before_ms: int
    reason: str


Report = Settlement | Postponed
