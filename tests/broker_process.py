"""A real broker in a process of its own, for any test that needs one."""

import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from hub.broker.devices import Device, write_device_file
from hub.broker.rights import Role
from hub.broker.secrets import hash_secret, new_secret
from hub.broker.settings import Kind
from hub.broker.writing import make_connack, make_connect
from tests.waiting import wait_until

EVENT = "demo"
HOST = "127.0.0.1"
STOP_S_MAX = 10.0


@dataclass(slots=True)
class BrokerHandle:
    """A running broker, its devices, and the ways to end it."""

    kind: Kind
    data_dir: Path
    event: str = EVENT
    host: str = HOST
    port: int = 0
    devices: dict[str, Device] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None
    quiet: bool = False
    """Whether what it says on standard error is of no interest."""

    @property
    def device_file(self) -> Path:
        """Where the broker reads its devices from."""
        return self.data_dir / "devices.json"

    def add_device(self, name: str, role: Role = "edge") -> str:
        """Enter a device in the table; return its secret once the broker knows it."""
        secret = new_secret()
        self.devices[name] = Device(name, hash_secret(secret), role)
        self.write_devices()
        if self.process is not None:
            wait_until(lambda: self.admits(name, secret), what=f"the broker to know {name}")
        return secret

    def admits(self, name: str, secret: str) -> bool:
        """Say whether the broker lets a client with this name and secret connect."""
        greeting = make_connect("admitted", name, secret, clean=True, keep_alive_s=5)
        try:
            with socket.create_connection((self.host, self.port), timeout=STOP_S_MAX) as link:
                link.sendall(greeting)
                return link.recv(4) == make_connack(0)
        except OSError:
            return False

    def listens(self) -> bool:
        """Say whether anything accepts connections on the port."""
        try:
            socket.create_connection((self.host, self.port), timeout=STOP_S_MAX).close()
        except OSError:
            return False
        return True

    def revoke(self, name: str) -> None:
        """Mark a device as revoked."""
        old = self.devices[name]
        self.devices[name] = Device(old.name, old.secret_hash, old.role, revoked=True)
        self.write_devices()

    def write_devices(self) -> None:
        """Write the table out as the hub does."""
        write_device_file(self.device_file, self.event, self.devices.values())

    def start(self) -> None:
        """Start the process; returns when it accepts connections, on the same port as before."""
        where = ["--bind", self.host, "--port", str(self.port)]
        files = ["--devices", str(self.device_file), "--data", str(self.data_dir)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hub.broker", "--kind", self.kind, *where, *files],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if self.quiet else None,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if "listening on" not in line:
            self.kill()
            raise RuntimeError(f"the {self.kind} broker did not start: {line!r}")
        self.port = int(line.rsplit(":", 1)[1])

    def stop(self) -> None:
        """End it as systemd would: SIGTERM, and SIGKILL when that does not help."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop, then start on the same port and data."""
        self.stop()
        self.start()

    def _end(self, number: signal.Signals) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        process.send_signal(number)
        try:
            process.wait(STOP_S_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def start_broker(
    kind: Kind,
    data_dir: Path,
    port: int | None = None,
    event: str = EVENT,
    *,
    quiet: bool = False,
) -> BrokerHandle:
    """Start a broker of ``kind`` on loopback; without ``port`` on a free one.

    ``add_device`` may be called at any time, before and after.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    handle = BrokerHandle(kind, data_dir, event=event, port=port or 0, quiet=quiet)
    handle.write_devices()
    handle.start()
    return handle
