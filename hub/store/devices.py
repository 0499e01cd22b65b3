"""A device's secret is shown once, when it is made; its hash is kept, in the form brokers read."""

from typing import Final

from msgspec import Struct
from sqlalchemy import func, select, update

from contract.topics import valid_name
from hub.broker import secrets
from hub.store import bulk, tables
from hub.store.database import Database
from hub.store.errors import StoreError

DEVICES_MAX: Final = 10_000
"""Most devices of one event: as many as a broker reads."""
ROLES: Final = ("edge", "hub", "guest", "listener")

_d = tables.device.c
_h = tables.edge_health.c
_device = bulk.upsert(
    tables.device, ("event", "name", "secret_hash", "role", "revoked", "created_ms")
)
_health = bulk.upsert(tables.edge_health, ("event", "edge", "session", "alive", "body", "at_ms"))


class DeviceInfo(Struct, frozen=True):
    """One row of the table that brokers are given."""

    name: str
    secret_hash: str
    role: str
    revoked: bool
    created_ms: int


class EdgeState(Struct, frozen=True):
    """The last that an edge said of itself; ``body`` is its health report as JSON."""

    edge: str
    session: int
    alive: bool
    body: bytes
    at_ms: int


class Devices:
    """The devices of one event."""

    def __init__(self, database: Database, event: str) -> None:
        self._database = database
        self._event = event

    def add(self, name: str, role: str, at_ms: int) -> str:
        """Enter a device, or give it a new secret and let it in again; returns the secret.

        Raises:
            StoreError: the name cannot be a topic level, the role is none, or there are too many.
        """
        _check(name, role)
        secret = secrets.new_secret()
        row = (self._event, name, secrets.hash_secret(secret), role, False, at_ms)
        count = select(func.count()).where(_d.event == self._event, _d.name != name)
        with self._database.write() as connection:
            if (connection.scalar(count) or 0) >= DEVICES_MAX:
                raise StoreError(f"{DEVICES_MAX} devices are the most")
            _device.run(connection, [row])
        return secret

    def revoke(self, name: str) -> bool:
        """Lock a device out; returns False when there is none of that name."""
        statement = (
            update(tables.device)
            .where(_d.event == self._event, _d.name == name)
            .values(revoked=True)
        )
        with self._database.write() as connection:
            return connection.execute(statement).rowcount == 1

    def all(self) -> list[DeviceInfo]:
        """Return every device, by name."""
        columns = (_d.name, _d.secret_hash, _d.role, _d.revoked, _d.created_ms)
        query = select(*columns).where(_d.event == self._event).order_by(_d.name)
        with self._database.read() as connection:
            return [DeviceInfo(*row) for row in connection.execute(query)]

    def report_health(self, edge: str, session: int, alive: bool, body: bytes, at_ms: int) -> None:
        """Keep the last that an edge said of itself."""
        with self._database.write() as connection:
            _health.run(connection, [(self._event, edge, session, alive, body, at_ms)])

    def health(self) -> dict[str, EdgeState]:
        """Return edge to the last that it said of itself."""
        columns = (_h.edge, _h.session, _h.alive, _h.body, _h.at_ms)
        query = select(*columns).where(_h.event == self._event)
        with self._database.read() as connection:
            return {row.edge: EdgeState(*row) for row in connection.execute(query)}


def _check(name: str, role: str) -> None:
    if not valid_name(name):
        raise StoreError(f"a device is called in a-z, 0-9 and -, at most 48 of them: not {name!r}")
    if role not in ROLES:
        raise StoreError(f"a device is one of {', '.join(ROLES)}: not {role!r}")
