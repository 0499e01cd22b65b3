"""Connects only to addresses that were checked, and only until the deadline.

The address that was checked is the one connected to, so a name that answers differently the
second time gains nothing. The deadline spans the whole exchange: a push service that trickles
its answer cannot hold the connector.
"""

import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore

from integrations.push.endpoints import resolve


class CheckedNetwork(httpcore.NetworkBackend):
    """The network as the push client sees it; used by one thread."""

    def __init__(self, *, allow_loopback: bool) -> None:
        self._allow_loopback = allow_loopback
        self._inner = httpcore.SyncBackend()
        self._deadline_s = 0.0

    def begin(self, timeout_s: float) -> None:
        """Start the time that the next exchange may take in all."""
        self._deadline_s = time.monotonic() + timeout_s

    def left_s(self) -> float:
        """Real seconds left; never 0, which a socket would read as "do not wait at all"."""
        return max(0.001, self._deadline_s - time.monotonic())

    def expired(self) -> bool:
        """Say whether the time is up."""
        return time.monotonic() >= self._deadline_s

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline stands in its place
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first checked address that answers.

        Raises:
            AddressRefused: the name leads into a private network.
            httpcore.ConnectError: no address answers, or the name is not known.
            httpcore.ConnectTimeout: the deadline has passed.
        """
        try:
            addresses = resolve(host, port, allow_loopback=self._allow_loopback)
        except OSError as error:
            raise httpcore.ConnectError("the push service's name is not known") from error
        for address in addresses[:-1]:
            try:
                return self._connect(address, port, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connect(addresses[-1], port, local_address, socket_options)

    def _connect(
        self,
        address: str,
        port: int,
        local_address: str | None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None,
    ) -> httpcore.NetworkStream:
        stream = self._inner.connect_tcp(
            address, port, self.left_s(), local_address, socket_options
        )
        return _DeadlineStream(stream, self)


class _DeadlineStream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, network: CheckedNetwork) -> None:
        self._inner = inner
        self._network = network

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - as above
        if self._network.expired():
            raise httpcore.ReadTimeout("the push service took too long")
        return self._inner.read(max_bytes, self._network.left_s())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - as above
        self._inner.write(buffer, self._network.left_s())

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - as above
    ) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, self._network.left_s())
        return _DeadlineStream(inner, self._network)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
