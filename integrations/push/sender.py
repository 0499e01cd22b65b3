"""One message to one browser: encrypted for it, signed by us, posted once, with a deadline."""

import binascii
import ssl
from base64 import urlsafe_b64decode
from collections.abc import Iterable
from typing import Final

import httpcore
from http_ece import ECEException
from pywebpush import WebPusher, WebPushException

from contract.clock import MS_PER_S, Clock
from integrations.push.endpoints import Endpoint
from integrations.push.errors import SubscriptionUnusable
from integrations.push.keys import Keys
from integrations.push.memory import Memory
from integrations.push.network import CheckedNetwork
from integrations.push.settings import (
    ANSWER_BYTES_MAX,
    ORIGINS_REMEMBERED_MAX,
    TOKEN_S,
    PushSettings,
)
from integrations.push.subscriptions import Subscription
from integrations.push.verdicts import Response

CONNECTIONS_MAX: Final = 8
POINT_BYTES: Final = 65
AUTH_BYTES: Final = 16


class Sender:
    """The client of all push services. Used by one thread, between construction and ``close``.

    Redirects are not followed, and neither the environment's proxies nor its .netrc are read.
    """

    def __init__(
        self,
        settings: PushSettings,
        keys: Keys,
        real_clock: Clock,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._settings = settings
        self._keys = keys
        self._real_clock = real_clock
        self._tokens: Memory[str, tuple[float, str]] = Memory(ORIGINS_REMEMBERED_MAX)
        self._network = CheckedNetwork(allow_loopback=settings.allow_loopback)
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl_context,
            max_connections=CONNECTIONS_MAX,
            network_backend=self._network,
        )

    def close(self) -> None:
        """Close all connections; repeatable."""
        self._pool.close()

    def send(
        self,
        endpoint: Endpoint,
        subscription: Subscription,
        payload: bytes,
        ttl_s: int,
        topic: str,
    ) -> Response:
        """Post ``payload``; give what the push service answered.

        Raises:
            SubscriptionUnusable: its keys can never be used.
            AddressRefused: its host's name leads into a private network just now.
            KeyFileError: the token cannot be signed.
            httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError: no answer;
                the message may have been taken all the same.
        """
        headers = {
            "Authorization": self._token(endpoint),
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            "TTL": str(ttl_s),
            "Urgency": self._settings.urgency,
            "Topic": topic,
        }
        return self._post(subscription.endpoint, headers, encrypt(subscription, payload))

    def _post(self, url: str, headers: dict[str, str], content: bytes) -> Response:
        self._network.begin(self._settings.timeout_s)
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), self._settings.timeout_s)
        with self._pool.stream(
            "POST",
            url,
            headers=list(headers.items()),
            content=content,
            extensions={"timeout": timeout},
        ) as response:
            text = b""
            for chunk in response.iter_stream():
                text = (text + chunk)[:ANSWER_BYTES_MAX]
                if len(text) == ANSWER_BYTES_MAX:
                    break
            return Response(
                response.status,
                text.decode(errors="replace"),
                _header(response.headers, b"retry-after"),
            )

    def _token(self, endpoint: Endpoint) -> str:
        """Sign for one push service; a token is used again for half of its life.

        The token's times are real, whatever the venue's clock says: the push service checks them.
        """
        now_s = self._real_clock.wall_ms() / MS_PER_S
        signed = self._tokens.get(endpoint.origin)
        if signed is not None and now_s - signed[0] < TOKEN_S / 2:
            return signed[1]
        token = self._keys.sign(endpoint.origin, self._settings.subject, int(now_s) + TOKEN_S)
        self._tokens.put(endpoint.origin, (now_s, token))
        return token


def _header(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in headers if key.lower() == name), None)


def encrypt(subscription: Subscription, payload: bytes) -> bytes:
    """Encrypt for the browser alone (RFC 8291).

    Raises:
        SubscriptionUnusable: the keys are no keys.
    """
    try:
        point = _decode(subscription.p256dh)
        if len(point) != POINT_BYTES or len(_decode(subscription.auth)) != AUTH_BYTES:
            raise SubscriptionUnusable("the keys of the subscription are of the wrong size")
        keys = {"p256dh": subscription.p256dh, "auth": subscription.auth}
        pusher = WebPusher({"endpoint": subscription.endpoint, "keys": keys})
        return bytes(pusher.encode(payload)["body"])
    except (ValueError, WebPushException, ECEException) as error:
        raise SubscriptionUnusable("the keys of the subscription are no keys") from error


def _decode(text: str) -> bytes:
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise SubscriptionUnusable("the keys of the subscription are not base64url") from error
