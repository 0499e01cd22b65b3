"""Devices, stands' tokens, and what was held back. All for the organiser."""

from typing import Final

from fastapi import APIRouter, Depends, Request

from hub.api.caller import need
from hub.api.models import DeadOut, DeviceOut, HeldOut, Key, NewDevice, NewToken, Said, SecretOut
from hub.store.quarantine import Held
from hub.web.errors import AlreadyDone, NotFound
from hub.web.held import discard, replay_held, resend
from hub.web.live import Live
from hub.web.ports import WebParts

PAYLOAD_CHARS_MAX: Final = 2000


class Machines:
    """``/devices``, ``/tokens``, ``/quarantine``, ``/dead-letters``."""

    def __init__(self, parts: WebParts, live: Live) -> None:
        self._parts = parts
        self._reads = live.reads
        self._check = need(parts.store, "organiser")
        self.router = APIRouter(tags=["machines"], dependencies=[Depends(self._check)])
        add = self.router.add_api_route
        add("/devices", self.devices, methods=["GET"])
        add("/devices", self.add_device, methods=["POST"], status_code=201)
        add("/devices/{name}", self.revoke_device, methods=["DELETE"])
        add("/tokens", self.tokens, methods=["GET"])
        add("/tokens", self.add_token, methods=["POST"], status_code=201)
        add("/tokens/{name}", self.revoke_token, methods=["DELETE"])
        add("/quarantine", self.quarantine, methods=["GET"])
        add("/quarantine/{number}/replay", self.replay, methods=["POST"])
        add("/quarantine/{number}/discard", self.discard, methods=["POST"])
        add("/dead-letters", self.dead_letters, methods=["GET"])
        add("/dead-letters/replay", self.resend, methods=["POST"])

    def devices(self) -> list[DeviceOut]:
        """Return every device, without its secret."""
        return [
            DeviceOut(name=d.name, role=d.role, revoked=d.revoked, created_ms=d.created_ms)
            for d in self._parts.store.devices.all()
        ]

    def add_device(self, body: NewDevice) -> SecretOut:
        """Add a device; its secret is in the answer, this once."""
        devices = self._parts.store.devices
        if any(known.name == body.name and not known.revoked for known in devices.all()):
            raise AlreadyDone(f"there is a device called {body.name} already")
        secret = devices.add(body.name, body.role, self._parts.clock.wall_ms())
        self._parts.nudge()
        return SecretOut(name=body.name, secret=secret)

    def revoke_device(self, name: str) -> Said:
        """Lock a device out."""
        if not self._parts.store.devices.revoke(name):
            raise NotFound(f"there is no device called {name}")
        self._parts.nudge()
        return Said(message=f"{name} is locked out")

    def tokens(self) -> list[DeviceOut]:
        """Return every stand that has a token, without the token."""
        return [
            DeviceOut(name=t.name, role=t.role, revoked=t.revoked, created_ms=t.created_ms)
            for t in self._parts.store.accounts.tokens()
        ]

    def add_token(self, body: NewToken) -> SecretOut:
        """Make a stand's bearer token, or a new one in place of the old; shown this once."""
        accounts = self._parts.store.accounts
        token = accounts.add_token(body.name, body.role, self._parts.clock.wall_ms())
        return SecretOut(name=body.name, secret=token)

    def revoke_token(self, name: str) -> Said:
        """Lock a stand out."""
        if not self._parts.store.accounts.revoke_token(name):
            raise NotFound(f"there is no stand called {name}")
        return Said(message=f"{name} is locked out")

    def quarantine(self) -> list[HeldOut]:
        """Return what is in quarantine, newest first, each with its reason."""
        return [_held(one) for one in self._parts.store.quarantine.rows()]

    def replay(self, number: int, request: Request) -> Said:
        """Ask for something to be taken in again."""
        if not replay_held(self._parts, number, self._check(request).name):
            raise NotFound(f"number {number} is not in quarantine")
        return Said(message="it will be tried again")

    def discard(self, number: int, request: Request) -> Said:
        """Give something up for good."""
        if not discard(self._parts, number, self._check(request).name):
            raise NotFound(f"number {number} is not in quarantine")
        return Said(message="it was discarded")

    def dead_letters(self) -> list[DeadOut]:
        """Return the actions that were given up, newest first."""
        return [DeadOut.of(row) for row in self._reads.dead_letters()]

    def resend(self, body: Key) -> Said:
        """Start an action again that was given up."""
        if not resend(self._parts, body.key):
            raise NotFound("there is no such action among those given up")
        return Said(message="it will be sent again")


def _held(one: Held) -> HeldOut:
    return HeldOut(
        id=one.id, at_ms=one.at_ms, source=one.source, edge=one.edge, badge=one.badge,
        reason=one.reason, payload=one.payload[:PAYLOAD_CHARS_MAX].decode("utf-8", "replace"),
        status=one.status,
    )  # fmt: skip
