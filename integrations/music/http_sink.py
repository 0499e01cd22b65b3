"""A status code has one verdict; the receiver tells a retry by its ``Idempotency-Key``."""

import time
from email.utils import parsedate_to_datetime

import httpx

from contract.clock import MS_PER_S, Clock
from integrations.music.settings import RETRY_AFTER_S_MAX, HttpSettings
from integrations.music.wish import Wish, record
from integrations.port import Done, Drop, RetryAt, RetryLater, StopConnector, Verdict

STOPPING = frozenset({401, 402, 403, 404, 405, 407, 410})
"""The address or the token is wrong: a person has to act."""
WAITING = frozenset({408, 409, 423, 425, 429})
"""409 is what a receiver answers while it still works on the same key."""


class HttpSink:
    """Posts to one web address; redirects are not followed, nor the environment's proxies."""

    def __init__(self, settings: HttpSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._client: httpx.Client | None = None

    def stop(self) -> None:
        """Close all connections."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def put(self, key: str, wish: Wish, now_ms: int) -> Verdict:
        """Post ``wish``; the body is the same at each retry."""
        headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
        try:
            request = self._opened().build_request(
                "POST", self._settings.url, content=record(key, wish), headers=headers
            )
            response = self._opened().send(request, stream=True)
            response.close()
        except httpx.InvalidURL as error:
            return StopConnector(f"the music service's address is wrong: {error}")
        except httpx.TransportError as error:
            return RetryLater(f"no answer from the music service: {type(error).__name__}")
        return self._judge(response, now_ms)

    def _opened(self) -> httpx.Client:
        if self._client is None:
            token = self._settings.token
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            self._client = httpx.Client(
                timeout=self._settings.timeout_s, headers=headers, trust_env=False
            )
        return self._client

    def _judge(self, response: httpx.Response, now_ms: int) -> Verdict:
        reason = f"the music service answered HTTP {response.status_code}"
        if response.is_success:
            return Done(reason)
        if response.status_code in WAITING or response.is_server_error:
            return self._wait(response.headers.get("Retry-After", ""), now_ms, reason)
        if response.status_code in STOPPING or response.is_redirect:
            return StopConnector(f"{reason}; see its address and token")
        return Drop(reason)

    def _wait(self, retry_after: str, now_ms: int, reason: str) -> Verdict:
        wait_s = _seconds(retry_after.strip())
        if wait_s is None:
            return RetryLater(reason)
        wait_ms = min(wait_s, RETRY_AFTER_S_MAX) * MS_PER_S * self._clock.speed
        return RetryAt(now_ms + int(wait_ms), reason)


def _seconds(text: str) -> float | None:
    """Read seconds or an HTTP date (RFC 9110, 10.2.3); the date is in real time."""
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        wait_s = parsedate_to_datetime(text).timestamp() - time.time()
    except (ValueError, OverflowError):
        return None
    return wait_s if wait_s > 0 else None
