"""Knows who is connected, and ends what the device table or the time no longer allows."""

import asyncio
import logging

from hub.broker.client_side import ClientSide
from hub.broker.devices import FileRights
from hub.broker.errors import DeviceFileError
from hub.broker.limits import CONNECTIONS_MAX, FAREWELL_S_MAX, STRANGERS_MAX
from hub.broker.program import Program

log = logging.getLogger(__name__)


class Guard:
    """Accepts connections, knows who is connected."""

    def __init__(self, rights: FileRights, program: Program) -> None:
        self.rights = rights
        self.program = program
        self.strangers: dict[ClientSide, None] = {}
        """Connections that have not said who they are, the oldest first."""
        self.known: dict[str, ClientSide] = {}
        """Authenticated connections by the id they have at the program."""
        self.tasks: set[asyncio.Task[None]] = set()

    def accept(self) -> ClientSide:
        """Make the protocol of a new connection."""
        return ClientSide(self)

    def admit(self, client: ClientSide) -> None:
        """Give a stranger time to say who it is; too many, and the one waiting longest must go."""
        if len(self.strangers) >= STRANGERS_MAX:
            next(iter(self.strangers)).close("newer strangers need its place")
        self.strangers[client] = None
        if len(self.strangers) + len(self.known) > CONNECTIONS_MAX:
            client.close("no room")

    def sweep(self, now_s: float) -> None:
        """Disconnect who has been silent for too long."""
        for client in [*self.strangers, *self.known.values()]:
            if now_s - client.heard_s > client.silence_s_max:
                client.close(f"silent for {client.silence_s_max:.0f} s")

    def refresh(self) -> None:
        """Look at the device file; disconnect who is revoked or has a new secret or role."""
        try:
            changed = self.rights.refresh()
        except DeviceFileError as error:
            log.warning("the device table stays as it was: %s", error)
            return
        if changed:
            self._table_changed()

    def _table_changed(self) -> None:
        for client in list(self.known.values()):
            client.gate.forget()
            if client.device is None or client.device != self.rights.device(client.device.name):
                client.close("its entry in the device table changed")

    async def close(self) -> None:
        """Disconnect everybody, and wait until the last words are through."""
        for client in [*self.strangers, *self.known.values()]:
            client.close("the broker stops")
        if self.tasks:
            await asyncio.wait(self.tasks, timeout=FAREWELL_S_MAX)
