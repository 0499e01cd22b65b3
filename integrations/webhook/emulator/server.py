"""HTTP carries requests to an emulator's book and replies back, and knows nothing of either."""

import ssl
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, Protocol, Self

import msgspec
from msgspec import Struct

from integrations.webhook.emulator.faults import Fault, Faults

BODY_BYTES_MAX: Final = 65_536
SOCKET_TIMEOUT_S: Final = 20.0
TRICKLE_S: Final = 0.01


class Asked(Struct, frozen=True):
    """One request; names of headers are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Reply(Struct, frozen=True):
    """What is answered to it; ``value`` becomes JSON."""

    status: int
    value: dict[str, Any] = {}


class Book(Protocol):
    """What stands behind the server."""

    def answer(self, asked: Asked) -> Reply:
        """Act on one request, or refuse it."""


class EmulatedServer:
    """A server on a free port of this machine, from ``with`` to its end."""

    def __init__(self, book: Book, ssl_context: ssl.SSLContext | None = None) -> None:
        self.faults = Faults()
        self.asked: list[Asked] = []
        """All that came, in order."""
        self.lock = threading.Lock()
        self.closing = threading.Event()
        self._book = book
        self._server = _Server(("127.0.0.1", 0), self)
        if ssl_context is not None:
            self._server.socket = ssl_context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name="emulator", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.server_address[1]

    def take(self, asked: Asked) -> tuple[Reply, Fault | None]:
        """Act on a request as far as the next fault allows."""
        with self.lock:
            self.asked.append(asked)
            fault = self.faults.next()
            if fault is not None and not fault.acted:
                return Reply(fault.status), fault
            return self._book.answer(asked), fault


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], emulated: EmulatedServer) -> None:
        self.emulated = emulated
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is no news."""


class _Handler(BaseHTTPRequestHandler):
    timeout = SOCKET_TIMEOUT_S
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self._handle()

    def do_PUT(self) -> None:
        self._handle()

    def do_PATCH(self) -> None:
        self._handle()

    def do_GET(self) -> None:
        self._handle()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named so by the library
        """Say nothing: a request line may hold an id."""

    def _handle(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > BODY_BYTES_MAX:
            self._say(413, {}, b"{}")
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(length))
        reply, fault = self.server.emulated.take(Asked(self.command, self.path, headers, body))
        if fault is None:
            self._say(reply.status, {}, msgspec.json.encode(reply.value))
        else:
            self._fail(fault)

    def _fail(self, fault: Fault) -> None:
        closing = self.server.emulated.closing
        if fault.kind == "answer":
            self._say(fault.status, fault.headers, fault.text.encode())
            return
        self.close_connection = True
        if fault.kind == "silence":
            closing.wait(SOCKET_TIMEOUT_S)
        elif fault.kind == "trickle":
            with suppress(OSError):
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while not closing.wait(TRICKLE_S):
                    self.wfile.write(b"a")

    def _say(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
