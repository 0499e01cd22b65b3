"""A network between two processes that can be cut: sockets are closed without a word."""

import socket
import threading
from contextlib import suppress
from typing import Final

from tests.harness.ports import HOST

CHUNK_BYTES: Final = 65_536


class Cable:
    """Listens on a port of its own and carries bytes to and from ``target``."""

    def __init__(self, target: int) -> None:
        """Store the port of loopback that it leads to."""
        self._target = target
        self._lock = threading.Lock()
        self._ends: set[socket.socket] = set()
        self._cut = False
        self._server: socket.socket | None = None
        self.port = 0
        self.carried_bytes = 0
        """Bytes carried in both directions, over all connections."""

    def start(self) -> None:
        """Begin to accept; repeatable."""
        if self._server is not None:
            return
        self._server = socket.create_server((HOST, 0), backlog=64)
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._server,), daemon=True).start()

    def stop(self) -> None:
        """Cut it for good; repeatable."""
        self.cut()
        server, self._server = self._server, None
        if server is not None:
            with suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            server.close()

    def cut(self) -> None:
        """Close every connection, and let no new one through."""
        with self._lock:
            self._cut = True
            ends = list(self._ends)
        for end in ends:
            _shut(end)

    def restore(self) -> None:
        """Let new connections through."""
        with self._lock:
            self._cut = False

    def jerk(self) -> None:
        """Close every connection, and let new ones through at once."""
        self.cut()
        self.restore()

    def _accept(self, server: socket.socket) -> None:
        while True:
            try:
                near, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=(near,), daemon=True).start()

    def _connect(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection((HOST, self._target), timeout=10)
        except OSError:
            near.close()
            return
        far.settimeout(None)
        with self._lock:
            self._ends |= {near, far}
            cut = self._cut
        if cut:
            _shut(near)
            _shut(far)
        back = threading.Thread(target=self._carry, args=(far, near), daemon=True)
        back.start()
        self._carry(near, far)
        back.join()
        with self._lock:
            self._ends -= {near, far}
        near.close()
        far.close()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(CHUNK_BYTES):
                sink.sendall(data)
                self.carried_bytes += len(data)
        _shut(source)
        _shut(sink)


def _shut(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
