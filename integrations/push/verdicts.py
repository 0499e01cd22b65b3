"""What a push service's answer means is a table; what several answers mean together is a rule.

Status codes: RFC 8030, section 5, and what the vendors' services were seen to do. A subscription's
endpoint is chosen by its browser, so only a known push service is believed when it says that the
key or the subject is wrong: anybody else would be able to stop the connector for all.
"""

from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from typing import Final, Literal

from msgspec import Struct

from integrations.port import Done, Drop, RetryAt, RetryLater, StopConnector, Verdict
from integrations.push.settings import RETRY_AFTER_S_MAX, SUBJECT_HINT

Fate = Literal["accepted", "gone", "refused", "later", "stop"]

OTHER_KEY: Final = ("vapidpkhashmismatch", "do not correspond", "sender id", "publickey")
"""How services say that a subscription was made with another key than the one we sign with."""

BY_STATUS: Final[dict[int, tuple[Fate, str]]] = {
    400: ("refused", "the request was refused as malformed"),
    401: ("stop", "the VAPID token was refused; see that the clock is right"),
    403: ("stop", "the VAPID token was refused"),
    404: ("gone", "the subscription is not known"),
    408: ("later", "the push service timed out"),
    410: ("gone", "the subscription has ended"),
    413: ("refused", "the message is too large"),
    425: ("later", "the push service asks to wait"),
    429: ("later", "too many requests"),
}


class Answer(Struct, frozen=True):
    """What became of one message to one browser. ``at_ms`` is when to come back, if told."""

    fate: Fate
    reason: str
    at_ms: int | None = None


class Response(Struct, frozen=True):
    """What a push service said; ``text`` is bounded, ``retry_after`` as it was written."""

    status: int
    text: str = ""
    retry_after: str | None = None


class Now(Struct, frozen=True):
    """The instant of an answer, in venue time and in the push service's."""

    venue_ms: int
    real_s: float
    speed: float = 1.0


def judge(response: Response, now: Now, *, believed: bool) -> Answer:
    """Say what ``response`` means for this one subscription."""
    fate, reason = _meaning(response)
    if fate == "stop" and not believed:
        return Answer("gone", f"HTTP {response.status} from an unknown push service")
    at_ms = _come_back_ms(response.retry_after, now) if fate == "later" else None
    return Answer(fate, f"{reason} (HTTP {response.status})", at_ms)


def _meaning(response: Response) -> tuple[Fate, str]:
    if 200 <= response.status < 300:  # noqa: PLR2004 - the class of HTTP's successes
        return "accepted", "accepted"
    text = response.text.casefold()
    if response.status in {400, 401, 403} and any(sign in text for sign in OTHER_KEY):
        return "gone", "the subscription was made with another key"
    if "badjwttoken" in text:
        return "stop", f"BadJwtToken: {SUBJECT_HINT}"
    if response.status >= 500:  # noqa: PLR2004 - the class of HTTP's server errors
        return "later", "the push service has a fault"
    return BY_STATUS.get(response.status, ("refused", "the push service refused"))


def _come_back_ms(retry_after: str | None, now: Now) -> int | None:
    """Read seconds or an HTTP date (RFC 9110, 10.2.3) as a venue instant."""
    wait_s = _wait_s((retry_after or "").strip(), now.real_s)
    if wait_s is None:
        return None
    return now.venue_ms + int(min(wait_s, RETRY_AFTER_S_MAX) * 1_000 * now.speed)


def _wait_s(text: str, real_s: float) -> float | None:
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        wait_s = parsedate_to_datetime(text).timestamp() - real_s
    except (ValueError, OverflowError):
        return None
    return wait_s if wait_s > 0 else None


def combine(answers: Sequence[Answer]) -> Verdict:
    """Make one verdict: a fault of ours first, then what may still arrive, then what did."""
    if stop := _first(answers, "stop"):
        return StopConnector(stop.reason)
    if later := _first(answers, "later"):
        instants = [a.at_ms for a in answers if a.fate == "later" and a.at_ms is not None]
        waits = sum(answer.fate == "later" for answer in answers)
        if len(instants) == waits:
            return RetryAt(min(instants), later.reason)
        return RetryLater(later.reason)
    accepted = sum(answer.fate == "accepted" for answer in answers)
    if accepted:
        return Done(f"accepted for {accepted} of {len(answers)} browsers")
    if refused := _first(answers, "refused"):
        return Drop(refused.reason)
    return Done("inbox only")


def _first(answers: Sequence[Answer], fate: Fate) -> Answer | None:
    return next((answer for answer in answers if answer.fate == fate), None)
