"""The device file is replaced whole: a reader sees the old table or the new, never half of one."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from contract import topics
from hub.broker import rights, secrets
from hub.broker.errors import DeviceFileError

DEVICES_MAX: Final = 10_000
FILE_BYTES_MAX: Final = 8_388_608
_NOBODY_HASH: Final = secrets.hash_secret(secrets.new_secret())


class Device(msgspec.Struct, frozen=True):
    """One row of the table; ``secret_hash`` as :func:`hub.broker.secrets.hash_secret` writes it."""

    name: str
    secret_hash: str
    role: rights.Role = "edge"
    revoked: bool = False


class DeviceTable(msgspec.Struct, frozen=True):
    """Every device of one event."""

    event: str
    devices: list[Device]


def write_device_file(path: Path, event: str, devices: Iterable[Device]) -> None:
    """Replace the file at ``path`` in one step; only its owner may read it.

    Raises:
        DeviceFileError: a name that cannot be a topic level, one that comes twice, or too many.
    """
    table = DeviceTable(event, sorted(devices, key=lambda device: device.name))
    _check(table, path)
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, msgspec.json.format(msgspec.json.encode(table)))


def replace_file(path: Path, content: bytes) -> None:
    """Write ``content`` beside ``path`` with mode 0600, then move it over ``path``."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    beside.touch(mode=0o600, exist_ok=False)
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def read_device_file(path: Path) -> DeviceTable:
    """Read the table.

    Raises:
        DeviceFileError: no such file, unreadable, or not a device table; the text says what.
    """
    try:
        content = path.read_bytes()
        if len(content) > FILE_BYTES_MAX:
            raise DeviceFileError(f"{path} is over {FILE_BYTES_MAX} bytes")
        table = msgspec.json.decode(content, type=DeviceTable)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DeviceFileError(f"cannot read the devices in {path}: {error}") from error
    _check(table, path)
    return table


def _check(table: DeviceTable, path: Path) -> None:
    names = [device.name for device in table.devices]
    if len(names) > DEVICES_MAX:
        raise DeviceFileError(f"{path}: {len(names)} devices, {DEVICES_MAX} is the most")
    for name in (table.event, *names):
        if not topics.valid_name(name):
            raise DeviceFileError(f"{path}: {name!r} cannot be a topic level")
    if len(set(names)) != len(names):
        raise DeviceFileError(f"{path}: a device name comes twice")


class FileRights:
    """:class:`hub.broker.rights.DeviceRights` out of a device file that may change under it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int, int] | None = None
        self.table = DeviceTable("", [])
        """The table as last read."""
        self._devices: dict[str, Device] = {}
        self._write: dict[str, tuple[str, ...]] = {}
        self._read: dict[str, tuple[str, ...]] = {}

    def refresh(self) -> bool:
        """Read the file again if it was replaced; say whether the table changed.

        Raises:
            DeviceFileError: the new file cannot be used; the table in memory stays as it was.
        """
        seen = self._stamp()
        if seen == self._seen:
            return False
        self._seen = seen
        self._take(read_device_file(self._path))
        return True

    def device(self, username: str) -> Device | None:
        """Return the device that may connect under this name."""
        return self._devices.get(username)

    def authenticate(self, username: str, password: str) -> bool:
        """Check name and secret; takes the same time whether the name exists or not."""
        device = self._devices.get(username)
        matches = secrets.secret_matches(password, device.secret_hash if device else _NOBODY_HASH)
        return matches and device is not None

    def may_publish(self, username: str, topic: str) -> bool:
        """Check ``topic`` against the role's filters."""
        filters = self._write.get(username, ())
        return rights.is_topic(topic) and any(rights.covers(mine, topic) for mine in filters)

    def may_subscribe(self, username: str, topic_filter: str) -> bool:
        """Check ``topic_filter`` against the role's filters."""
        return any(rights.covers(mine, topic_filter) for mine in self._read.get(username, ()))

    def _take(self, table: DeviceTable) -> None:
        self.table = table
        active = [device for device in table.devices if not device.revoked]
        event = table.event
        self._devices = {device.name: device for device in active}
        self._write = {d.name: rights.publish_filters(event, d.name, d.role) for d in active}
        self._read = {d.name: rights.subscribe_filters(event, d.name, d.role) for d in active}

    def _stamp(self) -> tuple[int, int, int]:
        try:
            status = self._path.stat()
        except OSError as error:
            raise DeviceFileError(f"cannot read the devices in {self._path}: {error}") from error
        return (status.st_mtime_ns, status.st_size, status.st_ino)
