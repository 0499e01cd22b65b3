"""A receiver believes nothing: it works the signature out for itself and acts once for each id.

Source: Standard Webhooks 1.0.0. Written without a look at the sender's signing code.
"""

import base64
import hashlib
import hmac
import ssl
import time
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from integrations.webhook.emulator.server import Asked, EmulatedServer, Reply

TOLERANCE_S: Final = 300
"""A request signed longer ago, or further ahead, is refused as one that was played again."""
FIELDS: Final = {"type", "timestamp", "key", "data"}


class Receiver(EmulatedServer):
    """Emulated receiver at ``url`` that knows one secret (``whsec_...``)."""

    def __init__(self, secret: str, ssl_context: ssl.SSLContext | None = None) -> None:
        super().__init__(self, ssl_context)
        self._key = base64.b64decode(secret.removeprefix("whsec_"))
        self.calls: dict[str, dict[str, Any]] = {}
        """What was acted on, under its id."""
        self.duplicates = 0
        self._bodies: dict[str, bytes] = {}

    @property
    def url(self) -> str:
        """Where calls are taken."""
        return f"http://127.0.0.1:{self.port}/hooks/foyer"

    def answer(self, asked: Asked) -> Reply:
        """Act on a call, or say what is wrong with it."""
        name = asked.headers.get("webhook-id", "")
        refused = self._refusal(asked, name)
        if refused is not None:
            return refused
        if name in self._bodies:
            if self._bodies[name] != asked.body:
                return Reply(422, {"error": "the same id with another body"})
            self.duplicates += 1
            return Reply(200, {"duplicate": True})
        self._bodies[name] = asked.body
        self.calls[name] = msgspec.json.decode(asked.body)
        return Reply(202, {"taken": True})

    def _refusal(self, asked: Asked, name: str) -> Reply | None:
        headers = asked.headers
        if asked.method != "POST" or asked.path != "/hooks/foyer":
            return Reply(404, {"error": "there is nothing here"})
        if headers.get("content-type") != "application/json":
            return Reply(415, {"error": "JSON is wanted"})
        if not name or "." in name or headers.get("idempotency-key") != name:
            return Reply(400, {"error": "no id, or not one id"})
        if not self._fresh(headers) or not self._signed(name, headers, asked.body):
            return Reply(401, {"error": "the signature is not right"})
        return _unreadable(asked.body)

    def _fresh(self, headers: Mapping[str, str]) -> bool:
        at = headers.get("webhook-timestamp", "")
        return at.isdecimal() and abs(time.time() - int(at)) <= TOLERANCE_S

    def _signed(self, name: str, headers: Mapping[str, str], body: bytes) -> bool:
        content = b".".join([name.encode(), headers["webhook-timestamp"].encode(), body])
        right = base64.b64encode(hmac.new(self._key, content, hashlib.sha256).digest()).decode()
        given = headers.get("webhook-signature", "").split(" ")
        return any(hmac.compare_digest(f"v1,{right}", one) for one in given)


def _unreadable(body: bytes) -> Reply | None:
    try:
        found = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return Reply(400, {"error": "this is no JSON"})
    if not isinstance(found, dict) or found.keys() != FIELDS:
        return Reply(400, {"error": "the fields are not those that are wanted"})
    return None
