"""The half of a pair that faces the broker program: it reads only what the client can take."""

import asyncio
from typing import Protocol, cast

from hub.broker import writing
from hub.broker.limits import FAREWELL_S_MAX


class Partner(Protocol):
    """The other half, which faces the client."""

    def send(self, data: bytes) -> None:
        """Pass on what the program sent."""

    def hold(self) -> None:
        """Read nothing from the client for now."""

    def go_on(self) -> None:
        """Read from the client again."""

    def close(self, reason: str) -> None:
        """End the pair."""


class ProgramSide(asyncio.Protocol):
    """The side of a pair that faces the broker program."""

    def __init__(self, client: Partner, greeting: bytes) -> None:
        self._client = client
        self._greeting = greeting
        self._transport: asyncio.Transport | None = None
        loop = asyncio.get_running_loop()
        self._over: asyncio.Future[None] = loop.create_future()
        self.accepted: asyncio.Future[None] = loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The program listens."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._greeting)

    def data_received(self, data: bytes) -> None:
        """The program's CONNACK comes first and tells that it has taken the client in."""
        if not self.accepted.done():
            self.accepted.set_result(None)
        self._client.send(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """The program closed the connection, on a farewell or because it did not like a packet."""
        if not self.accepted.done():
            self.accepted.set_exception(ConnectionResetError("refused by the program"))
        if not self._over.done():
            self._over.set_result(None)
        self._client.close(f"closed by the program ({exc})")

    def pause_writing(self) -> None:
        """The program reads too slowly: nothing more is taken from the client."""
        self._client.hold()

    def resume_writing(self) -> None:
        """It has caught up."""
        self._client.go_on()

    def hold(self) -> None:
        """Read nothing from the program for now."""
        if self._transport is not None:
            self._transport.pause_reading()

    def go_on(self) -> None:
        """Read from the program again."""
        if self._transport is not None:
            self._transport.resume_reading()

    def send(self, data: bytes) -> None:
        """Pass on what the client sent."""
        if data and self._transport is not None:
            self._transport.write(data)

    def farewell(self, last_words: bytes) -> None:
        """Send the last packets, then wait for the program to close."""
        if self._transport is None or self._transport.is_closing():
            return
        self._transport.write(last_words + writing.make_disconnect())
        self.go_on()
        asyncio.get_running_loop().call_later(FAREWELL_S_MAX, self._transport.abort)

    def abort(self) -> None:
        """Give the connection up."""
        if self._transport is not None:
            self._transport.abort()

    async def ended(self) -> None:
        """Return when the connection is over."""
        await asyncio.shield(self._over)
