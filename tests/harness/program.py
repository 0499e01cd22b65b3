"""A process of the installation: started, asked to end, or killed without a word.

Everything it says goes to one file over all its lives.
"""

import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import psutil

from tests.waiting import wait_until

STOP_S_MAX: Final = 20.0
START_S_MAX: Final = 60.0
LOG_BYTES_SHOWN_MAX: Final = 6_000


class Program:
    """One command line with its log."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        environment: Mapping[str, str] | None = None,
        ready: str = "",
    ) -> None:
        """Store what to run; ``ready`` is what it says once it serves."""
        self.name = name
        self.command = list(command)
        self.log = log
        self.environment = dict(environment or {})
        self.starts = 0
        self._ready = ready
        self._from = 0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, unless it is running; returns at once."""
        if self.is_running:
            return
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._from = log.tell()
            self._process = subprocess.Popen(
                self.command, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                env={**os.environ, **self.environment},
            )  # fmt: skip
        self.starts += 1

    def wait_ready(self, timeout_s: float = START_S_MAX) -> None:
        """Wait until it says that it serves.

        Raises:
            RuntimeError: it ended instead.
            TimeoutError: it said nothing of the kind.
        """
        wait_until(self._is_ready, timeout_s, f"{self.name} to say {self._ready!r}")

    def kill(self) -> None:
        """End it, and what it started, as a power cut would."""
        if self._process is None:
            return
        for child in self._children():
            with suppress(psutil.NoSuchProcess):
                child.kill()
        self._process.kill()
        self._process.wait(STOP_S_MAX)

    def stop(self) -> int | None:
        """Ask it to end; returns its exit code, None when it never ran."""
        if self._process is None:
            return None
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(STOP_S_MAX)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    @property
    def is_running(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def code(self) -> int | None:
        """How it ended; None while it runs."""
        return None if self._process is None else self._process.poll()

    @property
    def said(self) -> str:
        """All it said since it was last started."""
        with suppress(FileNotFoundError):
            return self.log.read_bytes()[self._from :].decode(errors="replace")
        return ""

    @property
    def figures(self) -> dict[str, Any]:
        """The last line of JSON that it said since it was last started; empty when none yet."""
        lines = [line for line in self.said.splitlines()[:-1] if line.startswith("{")]
        return dict(json.loads(lines[-1])) if lines else {}

    @property
    def tail(self) -> str:
        """The end of its log."""
        with suppress(FileNotFoundError):
            return self.log.read_bytes()[-LOG_BYTES_SHOWN_MAX:].decode(errors="replace")
        return ""

    def _is_ready(self) -> bool:
        if self._ready in self.said:
            return True
        if not self.is_running:
            raise RuntimeError(f"{self.name} ended with {self.code} instead:\n{self.tail}")
        return False

    def _children(self) -> list[psutil.Process]:
        assert self._process is not None
        with suppress(psutil.NoSuchProcess):
            return psutil.Process(self._process.pid).children(recursive=True)
        return []
