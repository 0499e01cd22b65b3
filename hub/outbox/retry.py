"""What follows a verdict is a value: settled with an outcome, or tried again at an instant."""

from typing import Final, Literal

from msgspec import Struct

from integrations.port import Done, Drop, RetryAt, RetryLater, StopConnector, Verdict

BACKOFF_FIRST_MS: Final = 1_000
BACKOFF_MS_MAX: Final = 5 * 60_000
STOPPED_PROBE_MS: Final = 60_000
"""How long a stopped connector rests before one delivery probes it again."""
REASON_CHARS_MAX: Final = 500

Outcome = Literal["done", "dropped", "expired", "superseded", "dead"]


class Settle(Struct, frozen=True):
    """It is over."""

    outcome: Outcome
    detail: str


class Again(Struct, frozen=True):
    """Try again at ``at_ms``; ``stops`` says that the whole connector rests until then."""

    at_ms: int
    reason: str
    stops: bool = False


def backoff_ms(attempt: int) -> int:
    """How long to wait after the ``attempt``-th failure (1, 2, ...): doubling, bounded."""
    return min(BACKOFF_MS_MAX, BACKOFF_FIRST_MS << min(attempt - 1, 20))


def decide(verdict: Verdict, attempt: int, now_ms: int, expires_ms: int) -> Settle | Again:
    """Turn a connector's verdict on the ``attempt``-th try into what happens next.

    All instants and durations are venue milliseconds. A delivery that would be tried again only
    after it expires is dead: it stays visible and a person may replay it.
    """
    match verdict:
        case Done(detail=detail):
            return Settle("done", detail[:REASON_CHARS_MAX])
        case Drop(reason=reason):
            return Settle("dropped", reason[:REASON_CHARS_MAX])
        case RetryAt(at_ms=at_ms, reason=reason):
            again = Again(max(at_ms, now_ms), reason[:REASON_CHARS_MAX])
        case RetryLater(reason=reason):
            again = Again(now_ms + backoff_ms(attempt), reason[:REASON_CHARS_MAX])
        case StopConnector(reason=reason):
            again = Again(now_ms + STOPPED_PROBE_MS, reason[:REASON_CHARS_MAX], stops=True)
    if again.at_ms >= expires_ms:
        return Settle("dead", f"gave up after {attempt} tries: {again.reason}")
    return again
