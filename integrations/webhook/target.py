"""What one target does concerns that target alone: it is paced, rested and stopped by itself.

The connector as a whole is never stopped by a target, since others may well take what they are
sent. A delivery to a target that wants nothing more is given up at once, visible, and can be
started again by a person.
"""

import ssl
import time
from collections.abc import Callable
from typing import Final

from contract.clock import MS_PER_S, Clock
from integrations.port import Delivery, Done, RetryAt, RetryLater, StopConnector, Verdict
from integrations.webhook.errors import (
    AddressRefused,
    NoAnswer,
    SecretUnusable,
    SettingsError,
)
from integrations.webhook.exchange import Answer, Exchange, Request
from integrations.webhook.limits import REFUSED_REST_S, REST_FIRST_S, REST_S_MAX
from integrations.webhook.pace import Pace
from integrations.webhook.settings import Reach
from integrations.webhook.verdicts import GONE, Now, judge

OVERLOADED: Final = frozenset({429, 502, 503, 504})
"""A receiver that says so is left alone by all deliveries, not by this one only."""
KEY_REFUSED: Final = frozenset({401, 403})

Make = Callable[[str], Request]
"""Makes the request for an address; it may read a secret."""
Check = Callable[[Answer, list[str]], Verdict | None]
"""Looks into an answer that reports success, and gives a verdict where it is none.

Its other argument is what no reason may hold.
"""


class Target:
    """One place that is spoken to. Used by one thread, but for ``trouble``."""

    def __init__(
        self,
        who: str,
        reach: Reach,
        clock: Clock,
        ssl_context: ssl.SSLContext | None = None,
        *,
        rests_when_refused: bool = False,
    ) -> None:
        self._who = who
        self._reach = reach
        self._clock = clock
        self._ssl_context = ssl_context
        self._rests_when_refused = rests_when_refused
        self._pace = Pace(MS_PER_S * clock.speed / reach.per_second)
        self._exchange: tuple[str, Exchange] | None = None
        self._failures = 0
        self._rest_until_ms = 0
        self._rest_reason = ""
        self._gone = ""
        self.trouble: str | None = None
        """What a person has to mend, until a delivery succeeds."""

    def stop(self) -> None:
        """Close the connection; repeatable."""
        if self._exchange is not None:
            self._exchange[1].close()
            self._exchange = None

    def send(self, delivery: Delivery, make: Make, check: Check | None = None) -> Verdict:
        """Send what ``make`` makes, when the target's turn and mood allow it."""
        if self._gone:
            return RetryAt(delivery.expires_ms, self._gone)
        now_ms = self._clock.wall_ms()
        if now_ms < self._rest_until_ms:
            return RetryAt(self._rest_until_ms, self._rest_reason)
        if wait_ms := self._pace.wait_ms(delivery.key, now_ms):
            return RetryAt(now_ms + wait_ms, f"{self._who} has its turn later")
        try:
            answer, hide = self._send(make)
        except (SecretUnusable, SettingsError) as error:
            self.trouble = f"{self._who}: {error}"
            return self._rest(REFUSED_REST_S, self.trouble)
        except (AddressRefused, NoAnswer) as error:
            self._rest_longer(f"{self._who}: {error}")
            return RetryLater(self._rest_reason)
        return self._follow(answer, delivery, hide, check)

    def _send(self, make: Make) -> tuple[Answer, list[str]]:
        url = self._reach.address()
        place = self._reach.place(url)
        if self._exchange is None or self._exchange[0] != url:
            self.stop()
            exchange = Exchange(place, self._reach.guard, self._reach.timeout_s, self._ssl_context)
            self._exchange = (url, exchange)
        request = make(url)
        hide = [*request.hide, url, url.partition(place.authority)[2]]
        return self._exchange[1].send(request), hide

    def _follow(
        self, answer: Answer, delivery: Delivery, hide: list[str], check: Check | None
    ) -> Verdict:
        verdict = judge(answer, self._who, self._now(), hide=hide)
        if answer.status in OVERLOADED:
            self._rest_longer(f"{self._who} answered HTTP {answer.status}")
            if isinstance(verdict, RetryAt):
                self._rest_until_ms = verdict.at_ms
            return verdict
        self._failures = 0
        if isinstance(verdict, Done):
            self.trouble = None
            return (check and check(answer, hide)) or verdict
        if answer.status == GONE and isinstance(verdict, StopConnector):
            self._gone = self.trouble = verdict.reason
            return RetryAt(delivery.expires_ms, self._gone)
        if self._rests_when_refused and answer.status in KEY_REFUSED:
            self.trouble = f"{self._who} answered HTTP {answer.status}: see its secret"
            return self._rest(REFUSED_REST_S, self.trouble)
        return verdict

    def _rest_longer(self, reason: str) -> None:
        rest_s = min(REST_S_MAX, REST_FIRST_S << min(self._failures, 20))
        self._failures += 1
        self._rest(rest_s, reason)

    def _rest(self, rest_s: int, reason: str) -> Verdict:
        self._rest_until_ms = self._clock.wall_ms() + int(rest_s * MS_PER_S * self._clock.speed)
        self._rest_reason = reason
        return RetryAt(self._rest_until_ms, reason)

    def _now(self) -> Now:
        return Now(self._clock.wall_ms(), time.time(), self._clock.speed)
