"""Every connection is a pair: a client on the one side, the broker program on the other.

Nothing is read from a side whose other side cannot keep up, so a slow or hostile client costs a
bounded amount of memory. The guard, not the program, publishes a client's will: it alone knows
whether a connection ended with a farewell.
"""

import asyncio
import logging
import urllib.parse
from typing import TYPE_CHECKING, Final, cast

from hub.broker import packets, writing
from hub.broker.devices import Device
from hub.broker.errors import MalformedPacket
from hub.broker.gate import Gate
from hub.broker.limits import (
    CLIENT_ID_CHARS_MAX,
    CONNECT_S_MAX,
    FAREWELL_S_MAX,
    KEEPALIVE_FACTOR,
    SILENCE_S_MAX,
)
from hub.broker.program import HOST
from hub.broker.program_side import ProgramSide

if TYPE_CHECKING:
    from hub.broker.guard import Guard

log = logging.getLogger(__name__)
WILL_PACKET_ID: Final = b"\xff\xff"


class ClientSide(asyncio.Protocol):
    """The side of a pair that faces a device."""

    def __init__(self, guard: "Guard") -> None:
        self._guard = guard
        self._loop = asyncio.get_running_loop()
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self._connect: packets.Connect | None = None
        self._closed = False
        self._id = ""
        self._opening: asyncio.Task[None] | None = None
        self.program: ProgramSide | None = None
        self.heard_s = self._loop.time()
        self.silence_s_max = CONNECT_S_MAX
        self.device: Device | None = None
        self.gate = Gate("", guard.rights)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A stranger comes in."""
        self._transport = cast("asyncio.Transport", transport)
        self._guard.admit(self)

    def data_received(self, data: bytes) -> None:
        """Some bytes, not necessarily whole packets."""
        if self._closed:
            return
        self.heard_s = self._loop.time()
        self._buffer += data
        try:
            if self._connect is None:
                self._introduce()
            elif self.program is not None:
                self._pass_on(self.program)
        except MalformedPacket as error:
            self.close(str(error))

    def connection_lost(self, exc: Exception | None) -> None:
        """It went away, with or without a farewell."""
        self.close(f"connection lost ({exc})" if exc else "connection closed")

    def pause_writing(self) -> None:
        """This client reads too slowly: nothing more for it is taken from the program."""
        if self.program is not None:
            self.program.hold()

    def resume_writing(self) -> None:
        """It has caught up."""
        if self.program is not None:
            self.program.go_on()

    def hold(self) -> None:
        """Read nothing from the device for now."""
        if self._transport is not None and not self._closed:
            self._transport.pause_reading()

    def go_on(self) -> None:
        """Read from the device again."""
        if self._transport is not None and not self._closed:
            self._transport.resume_reading()

    def send(self, data: bytes) -> None:
        """Pass on what the program sent."""
        if self._transport is not None and not self._closed:
            self._transport.write(self.gate.down(data))

    def close(self, reason: str) -> None:
        """End the pair; what is published for the client goes out first. Repeatable."""
        if self._closed:
            return
        self._closed = True
        log.info("%s: %s", self._id or "stranger", reason)
        self._guard.strangers.pop(self, None)
        if self._guard.known.get(self._id) is self:
            del self._guard.known[self._id]
        if self.program is not None:
            self.program.farewell(self._last_words())
        if self._transport is not None:
            self._transport.close()
            self._loop.call_later(FAREWELL_S_MAX, self._transport.abort)

    def _last_words(self) -> bytes:
        will = self._connect.will if self._connect and not self.gate.said_goodbye else None
        if will is None:
            return b""
        packet_id = WILL_PACKET_ID if will.qos else b""
        return writing.make_publish(
            will.topic, will.payload, will.qos, packet_id, retain=will.retain
        )

    def _introduce(self) -> None:
        frame = packets.next_frame(self._buffer, 0)
        if frame is None:
            return
        connect = packets.parse_connect(self._buffer, frame)
        del self._buffer[: frame.end]
        refusal = self._refusal(connect)
        if refusal:
            self._refuse(refusal)
            return
        self._connect = connect
        self.hold()
        self._opening = self._loop.create_task(self._open(connect))
        self._guard.tasks.add(self._opening)
        self._opening.add_done_callback(self._guard.tasks.discard)

    def _refusal(self, connect: packets.Connect) -> int:
        self._guard.refresh()
        if connect.level != packets.LEVEL:
            return packets.BAD_PROTOCOL
        if len(connect.client_id) > CLIENT_ID_CHARS_MAX or not (connect.client_id or connect.clean):
            return packets.BAD_CLIENT_ID
        if not self._guard.rights.authenticate(connect.username, connect.password):
            return packets.NOT_AUTHORISED
        if connect.will and not self._guard.rights.may_publish(
            connect.username, connect.will.topic
        ):
            return packets.NOT_AUTHORISED
        return packets.ACCEPTED

    def _refuse(self, code: int) -> None:
        if self._transport is not None:
            self._transport.write(writing.make_connack(code))
        self.close(f"refused with code {code}")

    async def _open(self, connect: packets.Connect) -> None:
        """Become known, after the end of an older connection of the same client."""
        self.device = self._guard.rights.device(connect.username)
        self.gate = Gate(connect.username, self._guard.rights)
        self._id = self._program_id(connect)
        older = self._guard.known.get(self._id)
        self._guard.strangers.pop(self, None)
        self._guard.known[self._id] = self
        if older is not None:
            older.close("taken over by a newer connection")
            await older.ended()
            if self._closed:
                return
        declared_s = connect.keep_alive_s * KEEPALIVE_FACTOR
        self.silence_s_max = declared_s or SILENCE_S_MAX
        await self._pair(connect)

    async def ended(self) -> None:
        """Return when the program has read what this client sent last."""
        if self._opening is not None:
            await asyncio.wait({self._opening})
        if self.program is not None:
            await self.program.ended()

    async def _pair(self, connect: packets.Connect) -> None:
        hub = self.device is not None and self.device.role == "hub"
        greeting = self._guard.program.greeting(self._id, clean=connect.clean or not hub)
        program = ProgramSide(self, greeting)
        try:
            async with asyncio.timeout(CONNECT_S_MAX):
                await self._loop.create_connection(lambda: program, HOST, self._guard.program.port)
                await program.accepted
        except (OSError, TimeoutError):
            program.abort()
            self._refuse(packets.UNAVAILABLE)
            return
        self.program = program
        if self._closed:
            program.farewell(self._last_words())
            return
        self.heard_s = self._loop.time()
        self.go_on()
        self.data_received(b"")

    def _pass_on(self, program: ProgramSide) -> None:
        program.send(self.gate.up(self._buffer))
        if self.gate.said_goodbye:
            self.close("said goodbye")

    def _program_id(self, connect: packets.Connect) -> str:
        """Name the client at the program: its own device's ids only, safe characters only."""
        name = urllib.parse.quote(connect.client_id, safe="")
        if name:
            return f"{connect.username}.{name}"
        number = 0
        while f"{connect.username}..{number}" in self._guard.known:
            number += 1
        return f"{connect.username}..{number}"
