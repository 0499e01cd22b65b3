"""A push service in one process: it refuses what the specifications forbid, and decrypts the rest.

RFC 8030 (TTL, Urgency, Topic), RFC 8188 and 8291 (aes128gcm), RFC 8292 (VAPID).
"""

import json
import re
import ssl
import threading
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import http_ece
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from integrations.push.subscriptions import Subscription

_decrypt: Any = http_ece.decrypt
BODY_BYTES_MAX = 4096
DAY_S = 86_400


def _b64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _unb64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Answer:
    """What the service says instead of accepting. ``acted`` accepts first: a lost answer."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    acted: bool = False
    hang_up: bool = False


class Refused(Exception):  # noqa: N818 - what the service does
    """The request breaks a rule; ``status`` says which kind."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass
class Browser:
    """One subscription: its keys, what has arrived, and what waits while it is offline."""

    subscription: Subscription
    private: ec.EllipticCurvePrivateKey
    auth: bytes
    inbox: list[dict[str, Any]] = field(default_factory=list)
    waiting: dict[str, dict[str, Any]] = field(default_factory=dict)
    requests: list[dict[str, str]] = field(default_factory=list)
    answers: deque[Answer] = field(default_factory=deque)
    online: bool = True
    gone: int | None = None

    def connect(self) -> None:
        """Come back, and get what waited."""
        self.online = True
        self.inbox.extend(self.waiting.values())
        self.waiting.clear()


class PushService:
    """``start`` listens on a free port of this machine; ``subscribe`` makes a browser."""

    def __init__(self, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self._tls = tls
        self._host = host
        self.browsers: dict[str, Browser] = {}
        self.vapid_public: str | None = None
        self.strangers: list[str] = []

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"service": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        if self._tls:
            self._server.socket = self._tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def origin(self) -> str:
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{self._host}:{self._server.server_address[1]}"

    def subscribe(self) -> Browser:
        private = ec.generate_private_key(ec.SECP256R1())
        point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        auth = bytes([len(self.browsers)]) * 16
        path = f"/send/{len(self.browsers)}"
        subscription = Subscription(self.origin + path, _b64(point), _b64(auth))
        self.browsers[path] = browser = Browser(subscription, private, auth)
        return browser

    def receive(self, path: str, headers: dict[str, str], body: bytes) -> Answer:
        browser = self.browsers.get(path)
        if browser is None:
            self.strangers.append(path)
            return Answer(404)
        browser.requests.append(headers)
        if browser.gone:
            return Answer(browser.gone)
        planned = browser.answers.popleft() if browser.answers else None
        if planned and not planned.acted:
            return planned
        try:
            self._check(headers, body)
            self._take(browser, headers, body)
        except Refused as refused:
            return Answer(refused.status, body=json.dumps({"reason": refused.reason}))
        return planned or Answer(201, {"Location": f"{self.origin}/message/1"})

    def _take(self, browser: Browser, headers: dict[str, str], body: bytes) -> None:
        try:
            plain = _decrypt(
                body, private_key=browser.private, auth_secret=browser.auth, version="aes128gcm"
            )
        except http_ece.ECEException as error:
            raise Refused(400, "cannot decrypt") from error
        message = json.loads(plain)
        if browser.online:
            browser.inbox.append(message)
        elif int(headers["ttl"]):
            browser.waiting[headers.get("topic", str(len(browser.waiting)))] = message

    def _check(self, headers: dict[str, str], body: bytes) -> None:
        self._check_headers(headers)
        self._check_vapid(headers.get("authorization", ""))
        if len(body) > BODY_BYTES_MAX:
            raise Refused(413, "PayloadTooLarge")

    def _check_headers(self, headers: dict[str, str]) -> None:
        if not re.fullmatch(r"\d+", headers.get("ttl", "")):
            raise Refused(400, "TTL missing or not a number")
        if headers.get("content-encoding") != "aes128gcm":
            raise Refused(400, "Content-Encoding is not aes128gcm")
        if headers.get("content-type") != "application/octet-stream":
            raise Refused(400, "Content-Type is not application/octet-stream")
        if headers.get("urgency", "normal") not in {"very-low", "low", "normal", "high"}:
            raise Refused(400, "Urgency unknown")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,32}", headers.get("topic", "t")):
            raise Refused(400, "Topic is not up to 32 characters of base64url")

    def _check_vapid(self, authorization: str) -> None:
        match = re.fullmatch(
            r"vapid t=(?P<t>[\w-]+\.[\w-]+\.[\w-]+),\s?k=(?P<k>[\w-]+)", authorization
        )
        if match is None:
            raise Refused(401, "no VAPID token")
        signed, _, signature = match["t"].rpartition(".")
        header, claims = (json.loads(_unb64(part)) for part in signed.split("."))
        if header.get("alg") != "ES256" or not _verified(match["k"], signed, _unb64(signature)):
            raise Refused(403, "BadJwtToken")
        if self.vapid_public and match["k"] != self.vapid_public:
            raise Refused(403, "VapidPkHashMismatch")
        left_s = claims["exp"] - time.time()
        subject = re.fullmatch(r"(mailto:[^@]+@|https://)(?P<domain>[\w.-]+)", claims["sub"])
        if claims["aud"] != self.origin or not 0 < left_s <= DAY_S or subject is None:
            raise Refused(403, "BadJwtToken")
        if subject["domain"] == "localhost" or "." not in subject["domain"]:
            raise Refused(403, "BadJwtToken")


def _verified(key: str, signed: str, signature: bytes) -> bool:
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _unb64(key))
    r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
    try:
        public.verify(encode_dss_signature(r, s), signed.encode(), ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return len(signature) == 64


class _Handler(BaseHTTPRequestHandler):
    service: PushService
    protocol_version = "HTTP/1.1"
    timeout = 5

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.service.receive(self.path, headers, body)
        if answer.hang_up:
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body.encode())))
        self.end_headers()
        self.wfile.write(answer.body.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing: endpoints are secrets."""
