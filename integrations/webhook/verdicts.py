"""What a status means is a table; what a receiver wrote is shown cut, in one line, without secrets.

Source: RFC 9110, section 15, and Standard Webhooks 1.0.0, delivery success and failure.
"""

from collections.abc import Iterable
from email.utils import parsedate_to_datetime
from typing import Final

from msgspec import Struct

from contract.clock import MS_PER_S
from integrations.port import Done, Drop, RetryAt, RetryLater, StopConnector, Verdict
from integrations.webhook.exchange import Answer
from integrations.webhook.limits import ANSWER_CHARS_TOLD_MAX, RETRY_AFTER_S_MAX

WAITING: Final = frozenset({408, 425, 429})
SERVER_FAULT: Final = 500
"""From here on the receiver has a fault, and may not have it later."""
GONE: Final = 410
HIDDEN_CHARS_MIN: Final = 3
"""A shorter text is too common to be taken out of an answer."""
DIGITS_MAX: Final = 9


class Now(Struct, frozen=True):
    """The instant of an answer, in venue time and in the receiver's."""

    venue_ms: int
    real_s: float
    speed: float = 1.0


def judge(answer: Answer, who: str, now: Now, *, hide: Iterable[str] = ()) -> Verdict:
    """Say what ``answer`` of ``who`` means; StopConnector is meant for this one target."""
    status = answer.status
    said = f"{who} answered HTTP {status}"
    if 200 <= status < 300:  # noqa: PLR2004 - the class of HTTP's successes
        return Done(said)
    if status in WAITING or status >= SERVER_FAULT:
        at_ms = come_back_ms(answer.retry_after, now)
        return RetryLater(said) if at_ms is None else RetryAt(at_ms, said)
    if status == GONE:
        return StopConnector(f"{said}: it wants nothing more; see its address, then start again")
    if status < 400:  # noqa: PLR2004 - the class of HTTP's redirects
        return Drop(f"{said}: redirects are not followed; set the address it has now")
    text = told(answer.text, hide)
    return Drop(f"{said}: {text}" if text else said)


def told(text: str, hide: Iterable[str]) -> str:
    """The beginning of what was written, in one line, without what is to be hidden."""
    for one in sorted(hide, key=len, reverse=True):
        if len(one) >= HIDDEN_CHARS_MIN:
            text = text.replace(one, "…")
    plain = "".join(one if one.isprintable() else " " for one in text)
    return " ".join(plain.split())[:ANSWER_CHARS_TOLD_MAX]


def come_back_ms(retry_after: str, now: Now) -> int | None:
    """Read seconds or an HTTP date (RFC 9110, 10.2.3) as a venue instant; None for neither.

    What is not ahead is none either, so that nobody can make us hurry.
    """
    wait_s = _wait_s(retry_after, now.real_s)
    if wait_s is None or wait_s <= 0:
        return None
    return now.venue_ms + int(min(wait_s, RETRY_AFTER_S_MAX) * MS_PER_S * now.speed)


def _wait_s(text: str, real_s: float) -> float | None:
    if text.isascii() and text.isdigit():
        return float(text[:DIGITS_MAX])
    try:
        return parsedate_to_datetime(text).timestamp() - real_s
    except (ValueError, OverflowError):
        return None
