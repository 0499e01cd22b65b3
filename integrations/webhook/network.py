"""The address that was checked is the one connected to, and one deadline spans the exchange.

A name that answers differently the second time gains nothing, and a receiver that trickles its
answer holds nobody for longer than was allowed.
"""

import ssl
import time
from collections.abc import Callable, Iterable
from typing import Any, Final

import httpcore

_LEFT_S_MIN: Final = 0.001
"""A socket would read 0 as "do not wait at all"."""


class Deadline:
    """The real time until which an exchange may last."""

    def __init__(self) -> None:
        self._until_s = 0.0

    def begin(self, timeout_s: float) -> None:
        """Allow so much from now on."""
        self._until_s = time.monotonic() + timeout_s

    def left_s(self) -> float:
        """Give what is left, and a moment when nothing is."""
        return max(_LEFT_S_MIN, self._until_s - time.monotonic())

    def check(self) -> None:
        """Refuse to go on when the time is up.

        Raises:
            httpcore.ReadTimeout: it is.
        """
        if time.monotonic() >= self._until_s:
            raise httpcore.ReadTimeout("the time is up")


class GuardedNetwork(httpcore.NetworkBackend):
    """The network as one target's client sees it; used by one thread."""

    def __init__(self, lookup: Callable[[], list[str]], deadline: Deadline) -> None:
        self._lookup = lookup
        self._deadline = deadline
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline stands in its place
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers.

        Raises:
            AddressRefused: the name leads where it may not.
            httpcore.ConnectError, httpcore.ConnectTimeout: none answers, or the name is not known.
        """
        try:
            addresses = self._lookup()
        except OSError as error:
            raise httpcore.ConnectError(f"the name {host} is not known") from error
        fault: Exception = httpcore.ConnectError("the name leads nowhere")
        for address in addresses:
            try:
                stream = self._inner.connect_tcp(
                    address, port, self._deadline.left_s(), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                fault = error
            else:
                return _TimedStream(stream, self._deadline)
        raise fault


class _TimedStream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - as above
        self._deadline.check()
        return self._inner.read(max_bytes, self._deadline.left_s())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - as above
        self._inner.write(buffer, self._deadline.left_s())

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - as above
    ) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, self._deadline.left_s())
        return _TimedStream(inner, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
