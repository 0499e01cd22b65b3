"""HTTP carries requests to the bridge and replies back, and knows nothing of either."""

import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from typing import Any, Protocol
from urllib.parse import urlsplit

import msgspec

from integrations.lights.emulator.reply import Reply

BODY_BYTES_MAX = 65_536
SOCKET_TIMEOUT_S = 20.0
REFUSAL_PAGE = b"<html><body><h1>Too many requests</h1></body></html>"
PAGE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'"
)


class Bridge(Protocol):
    """What stands behind the server."""

    def answer(self, method: str, path: str, body: bytes) -> Reply:
        """Answer one request."""

    def slow_ms(self, path: str) -> int:
        """How much longer than needed an answer takes."""


class WebServer(ThreadingHTTPServer):
    """One thread for each connection; a connection carries one request."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], bridge: Bridge) -> None:
        self.bridge = bridge
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is no news."""


class _Handler(BaseHTTPRequestHandler):
    timeout = SOCKET_TIMEOUT_S
    server: WebServer

    def do_GET(self) -> None:
        if urlsplit(self.path).path == "/":
            page = resources.files(__package__).joinpath("page.html").read_bytes()
            self._send(200, page, "text/html; charset=utf-8")
        else:
            self._answer("GET", b"")

    def do_DELETE(self) -> None:
        self._answer("DELETE", b"")

    def do_PUT(self) -> None:
        self._with_body("PUT")

    def do_POST(self) -> None:
        self._with_body("POST")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named so by the library
        """Say nothing: a request line holds the key."""

    def _with_body(self, method: str) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > BODY_BYTES_MAX:
            self._send(413, b"{}", "application/json")
        else:
            self._answer(method, self.rfile.read(int(length)))

    def _answer(self, method: str, body: bytes) -> None:
        path = urlsplit(self.path).path
        if slow_ms := self.server.bridge.slow_ms(path):
            time.sleep(slow_ms / 1000)
        answer = self.server.bridge.answer(method, path, body)
        if answer.lost:
            self.close_connection = True
        elif answer.value is None:
            self._send(answer.status, REFUSAL_PAGE, "text/html")
        else:
            self._send(answer.status, msgspec.json.encode(answer.value), "application/json")

    def _send(self, status: int, content: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Security-Policy", PAGE_POLICY)
        self.end_headers()
        self.wfile.write(content)
