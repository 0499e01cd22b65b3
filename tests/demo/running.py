"""``foyer demo`` as a process in a terminal of its own, as its user has it."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import psutil

from tests.waiting import wait_until

ROOT: Final = Path(__file__).resolve().parents[2]
EXAMPLE: Final = ROOT / "examples" / "martech"
GREETED_S_MAX: Final = 60.0
STOPPED_S_MAX: Final = 20.0
CONTROL: Final = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
CHUNK_BYTES: Final = 65_536


class Demo:
    """One run; what it says is gathered while it runs."""

    def __init__(self, *options: str, environment: Mapping[str, str] | None = None) -> None:
        """Store how it is started."""
        self._command = [sys.executable, "-m", "hub.cli", "demo", *options]
        self._environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80", **(environment or {})}
        self._said = bytearray()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it in a new terminal of 80 columns."""
        ours, its = pty.openpty()
        self.process = subprocess.Popen(
            self._command, cwd=ROOT, env=self._environment, stdin=its, stdout=its, stderr=its,
            start_new_session=True,
        )  # fmt: skip
        os.close(its)
        threading.Thread(target=self._listen, args=(ours,), daemon=True).start()

    def wait_greeted(self) -> None:
        """Wait until it has said where to look and shows its summary."""
        wait_until(lambda: "In the house" in self.said or self.ended, GREETED_S_MAX, "the summary")
        assert not self.ended, self.said

    def interrupt(self) -> float:
        """Press Ctrl-C; returns the real seconds until it has ended, well."""
        assert self.process is not None
        before_s = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(STOPPED_S_MAX) == 0, self.said
        return time.monotonic() - before_s

    def children(self) -> list[psutil.Process]:
        """The processes that it started."""
        assert self.process is not None
        return psutil.Process(self.process.pid).children(recursive=True)

    def kill(self) -> None:
        """End it and all it started, however it is."""
        if self.process is None or self.ended:
            return
        for one in [*self.children(), psutil.Process(self.process.pid)]:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        self.process.wait(STOPPED_S_MAX)

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return self.process is not None and self.process.poll() is not None

    @property
    def said(self) -> str:
        """All it wrote, without what moves the cursor."""
        return CONTROL.sub("", bytes(self._said).decode(errors="replace"))

    def address(self, name: str) -> str:
        """The address, or folder, that stands behind ``name`` in the greeting."""
        found = re.search(rf"^\s*{name}\s+(\S+)", self.said, re.MULTILINE)
        assert found, f"nothing is said of {name}: {self.said}"
        return found[1]

    def _listen(self, terminal: int) -> None:
        with os.fdopen(terminal, "rb", buffering=0) as ours, suppress(OSError):
            while select.select([ours], [], [])[0]:
                read = os.read(terminal, CHUNK_BYTES)
                if not read:
                    return
                self._said += read


@contextmanager
def running(*options: str, environment: Mapping[str, str] | None = None) -> Iterator[Demo]:
    """A demonstration that has greeted, and that nothing is left of afterwards."""
    demo = Demo(*options, environment=environment)
    demo.start()
    try:
        demo.wait_greeted()
        yield demo
    finally:
        demo.kill()
