"""The data folder of an installation: which file lies where, and who may read it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Final

from contract.clock import Clock, parse_clock
from hub.broker.devices import Device, replace_file, write_device_file
from hub.config import Config, ConfigFault
from hub.store import Store

HUB_NAMES: Final = ("engine", "web", "cli")
"""The hub's own processes, each with a secret of its own at the broker."""


@dataclass(frozen=True, slots=True)
class Home:
    """A data folder with its configuration."""

    data: Path
    config: Config

    @property
    def event(self) -> str:
        """The event that this installation runs.

        Raises:
            ConfigFault: none was chosen yet.
        """
        if not self.config.event:
            raise ConfigFault(f"no event is chosen in {self.data}: run foyer init --venue FILE")
        return self.config.event

    @property
    def database_url(self) -> str:
        """The database; a SQLite file in the data folder unless another is set."""
        return self.config.database or f"sqlite:///{self.data.resolve() / 'foyer.db'}"

    @property
    def public_url(self) -> str:
        """The address that stands in badges' links."""
        web = self.config.web
        return (web.public_url or f"http://{web.bind}:{web.port}").rstrip("/")

    @property
    def devices_file(self) -> Path:
        """What the broker reads."""
        return self.data / "devices.json"

    def clock(self) -> Clock:
        """The clock that everything obeys.

        Raises:
            ConfigFault: it is set to something that is no clock.
        """
        try:
            clock = parse_clock(self.config.clock)
        except ValueError as error:
            raise ConfigFault(str(error)) from error
        if not 0 < clock.speed < inf:
            raise ConfigFault(f"clock {self.config.clock!r}: time must pass, so SPEED is above 0")
        return clock

    def store(self) -> Store:
        """The store, not opened yet."""
        self.data.mkdir(parents=True, exist_ok=True)
        return Store(self.database_url, self.event)

    def secret_file(self, name: str) -> Path:
        """Where a device's secret lies (mode 0600)."""
        return self.data / "secrets" / f"{name}.secret"

    def secret(self, name: str) -> str:
        """A secret that was put away.

        Raises:
            ConfigFault: there is none for that name.
        """
        path = self.secret_file(name)
        if not path.exists():
            raise ConfigFault(f"there is no secret for {name!r} in {path.parent}: run foyer init")
        return path.read_text(encoding="utf-8").strip()

    def ensure_device(self, store: Store, name: str, role: str, now_ms: int) -> None:
        """Have a device of that name whose secret lies in the data folder; repeatable."""
        known = {device.name: device for device in store.devices.all()}
        if name in known and self.secret_file(name).exists():
            return
        self.keep_secret(name, store.devices.add(name, role, now_ms))

    def keep_secret(self, name: str, secret: str) -> None:
        """Put a device's secret into the data folder, for its owner's eyes."""
        path = self.secret_file(name)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_file(path, secret.encode())

    def export_devices(self, store: Store) -> None:
        """Write the file that the broker reads from the device table."""
        devices = [
            Device(d.name, d.secret_hash, d.role, revoked=d.revoked)  # type: ignore[arg-type]
            for d in store.devices.all()
        ]
        write_device_file(self.devices_file, self.event, devices)

    @contextmanager
    def only_one(self, part: str) -> Iterator[None]:
        """Hold a lock while a part runs, so that a second one refuses to start.

        Raises:
            ConfigFault: it is running already.
        """
        path = self.data / f"{part}.lock"
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            raise ConfigFault(f"{part} is running on {self.data} already") from error
        try:
            yield
        finally:
            os.close(descriptor)
