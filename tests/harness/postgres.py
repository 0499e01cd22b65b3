"""A PostgreSQL server of a test's own that can be ended in the middle of a transaction."""

import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Final

import psycopg

from tests.waiting import wait_until

OWNER: Final = "postgres"
STOP_S_MAX: Final = 20.0


class PostgresServer:
    """Serves through a socket in ``folder``, the path of which must be short."""

    def __init__(self, programs: Path, folder: Path) -> None:
        """Store where PostgreSQL's programs are and where the data are to be."""
        self._programs = programs
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"postgresql://foyer@/postgres?host={folder}"

    def create(self) -> None:
        """Make an empty cluster."""
        if os.geteuid() == 0:
            shutil.chown(self._folder, OWNER, OWNER)
        command = [str(self._programs / "initdb"), "-D", str(self._folder / "data"), "-U", "foyer"]
        subprocess.run(
            [*_as_owner(), *command, "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"],
            check=True, stdout=subprocess.DEVNULL, cwd=self._folder,
        )  # fmt: skip

    def start(self) -> None:
        """Serve; returns when it answers."""
        command = [str(self._programs / "postgres"), "-D", str(self._folder / "data")]
        options = ["-k", str(self._folder), "-c", "listen_addresses=", "-c", "fsync=off"]
        self._process = subprocess.Popen(
            [*_as_owner(), *command, *options],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self._folder,
        )  # fmt: skip
        wait_until(self._answers, 30, "PostgreSQL to answer")

    def crash(self) -> None:
        """End every connection and transaction at once; what is not committed is undone."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGQUIT)
            process.wait(STOP_S_MAX)

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, "PostgreSQL did not start"
        try:
            psycopg.connect(self.url).close()
        except psycopg.OperationalError:
            return False
        return True


def _as_owner() -> list[str]:
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={OWNER}", f"--regid={OWNER}", "--clear-groups", "--"]
