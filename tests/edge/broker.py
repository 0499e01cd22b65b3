"""A Mosquitto of the tests' own: names and secrets, anonymous refused."""

import getpass
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests import needs
from tests.waiting import wait_until


def free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Mosquitto:
    """Start, kill and start again on the same port."""

    def __init__(self, folder: Path, secrets: Mapping[str, str]) -> None:
        self._program = needs.mosquitto()
        self._folder = folder
        self._secrets = secrets
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._configure()
        self._process = subprocess.Popen(
            [str(self._program), "-c", str(self._folder / "mosquitto.conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_until(lambda: _listens(self.port), what="Mosquitto")
        except TimeoutError:
            self.kill()
            raise

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _configure(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        passwords = self._folder / "passwords"
        passwords.write_text("".join(f"{n}:{s}\n" for n, s in self._secrets.items()))
        passwords.chmod(0o600)
        subprocess.run(["mosquitto_passwd", "-U", str(passwords)], check=True)
        (self._folder / "mosquitto.conf").write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous false\n"
            f"password_file {passwords}\nuser {getpass.getuser()}\nset_tcp_nodelay true\n"
        )
