"""The broker program (rumqttd, out of the package iotcore) is reachable through the guard alone.

It listens on loopback on a port of its own and admits one user, whose secret is made anew at each
start. It keeps everything in memory.
"""

import asyncio
import secrets
import socket
from pathlib import Path
from typing import Final

from iotcore import Broker

from hub.broker import packets, writing
from hub.broker.devices import replace_file
from hub.broker.errors import BrokerStartError
from hub.broker.limits import (
    CONNECT_S_MAX,
    CONNECTIONS_MAX,
    INFLIGHT_MESSAGES_MAX,
    PACKET_BYTES_MAX,
    PROBE_ANSWER_S_MAX,
    SEGMENT_BYTES,
    SEGMENTS_MAX,
)

HOST: Final = "127.0.0.1"
USER: Final = "guard"
PROBE_ID: Final = "probe"
CONNACK_BYTES: Final = 4
START_TRIES: Final = 3
_CONFIG = """\
id = 0
[router]
id = 0
max_connections = {connections}
max_outgoing_packet_count = 200
max_segment_size = {segment_bytes}
max_segment_count = {segments}
[v4.1]
name = "guarded"
listen = "{host}:{port}"
next_connection_delay_ms = 0
[v4.1.connections]
connection_timeout_ms = {connect_ms}
max_payload_size = {packet_bytes}
max_inflight_count = {inflight}
dynamic_filters = true
auth = {{ {user} = "{secret}" }}
"""


class Program:
    """The running broker program."""

    def __init__(self, data: Path) -> None:
        self.port = 0
        self._secret = ""
        self._config = data / "rumqttd.toml"
        self._broker: Broker | None = None

    async def start(self) -> None:
        """Start it on a free port.

        Raises:
            BrokerStartError: it did not come up.
        """
        for remaining in reversed(range(START_TRIES)):
            self._configure()
            broker = Broker(config_path=str(self._config))
            try:
                self._broker = await asyncio.to_thread(broker.start)
            except (OSError, RuntimeError) as error:
                if not remaining:
                    raise BrokerStartError(f"the broker program did not start: {error}") from error
            else:
                return

    async def stop(self) -> None:
        """End it."""
        broker, self._broker = self._broker, None
        if broker is not None:
            await asyncio.to_thread(broker.stop)
        self._config.unlink(missing_ok=True)

    def greeting(self, client_id: str, *, clean: bool) -> bytes:
        """Return the CONNECT with which the guard opens a connection for a client.

        Silence is the guard's to judge, so the program is told the longest interval there is.
        """
        return writing.make_connect(client_id, USER, self._secret, clean=clean, keep_alive_s=65_535)

    def runs(self) -> bool:
        """Say whether its process is there."""
        return self._broker is not None and self._broker.is_running

    async def answers(self) -> bool:
        """Say whether it still takes in a connection."""
        try:
            async with asyncio.timeout(PROBE_ANSWER_S_MAX):
                reader, writer = await asyncio.open_connection(HOST, self.port)
                try:
                    writer.write(self.greeting(PROBE_ID, clean=True))
                    reply = await reader.readexactly(CONNACK_BYTES)
                    writer.write(writing.make_disconnect())
                    await reader.read()
                finally:
                    writer.close()
        except (OSError, EOFError, TimeoutError):
            return False
        return reply[3] == packets.ACCEPTED

    def _configure(self) -> None:
        with socket.create_server((HOST, 0)) as server:
            self.port = server.getsockname()[1]
        self._secret = secrets.token_urlsafe()
        text = _CONFIG.format(
            host=HOST,
            port=self.port,
            user=USER,
            secret=self._secret,
            connections=CONNECTIONS_MAX * 2,
            segment_bytes=SEGMENT_BYTES,
            segments=SEGMENTS_MAX,
            connect_ms=int(CONNECT_S_MAX * 1000),
            packet_bytes=PACKET_BYTES_MAX,
            inflight=INFLIGHT_MESSAGES_MAX,
        )
        replace_file(self._config, text.encode())
