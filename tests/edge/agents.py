"""Agents for tests: as a real process, or in a thread with a reader that the test feeds."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from contract.clock import Clock, SystemClock
from edge.agent import Agent
from edge.readers.port import Chunk, Emit, Progress, Read
from edge.settings import Settings, Tunable
from tests.edge.hub import EVENT
from tests.waiting import wait_until

SECRETS = {"pi": "s3cret-pi", "hub": "s3cret-hub"}
BOOT = "b007b007b007b007"


class FedReader:
    """A reader that reads what the test hands it."""

    def __init__(self, clock: Clock, name: str = "fed") -> None:
        self.name = name
        self.progress = Progress()
        self.fault: Exception | None = None
        self.starts = 0
        self.position: str | None = None
        self._clock = clock
        self._emit: Emit | None = None

    def start(self, emit: Emit, position: str | None) -> None:
        self.starts += 1
        self._emit, self.position, self.fault = emit, position, None

    def stop(self) -> None:
        self._emit = None

    def feed(self, *reads: Read, position: str | None = None) -> None:
        wait_until(lambda: self._emit, what="reader started")
        assert self._emit is not None
        self._emit(Chunk(self.name, reads, position))

    def tap(self, badge: str, reader: str = "door") -> None:
        self.feed(Read(badge, reader, self._clock.boot_ms()))

    def taps(self, badges: Sequence[str]) -> None:
        self.feed(*(Read(badge, "door", self._clock.boot_ms()) for badge in badges))

    def see(self, badge: str, rssi_dbm: float, boot_ms: int | None = None) -> None:
        boot_ms = self._clock.boot_ms() if boot_ms is None else boot_ms
        self.feed(Read(badge, "door", boot_ms, rssi_dbm))


class RunningAgent:
    """An agent in a thread of the test, and its reader."""

    def __init__(
        self,
        port: int,
        folder: Path,
        *,
        clock: Clock | None = None,
        boot: str = BOOT,
        tunable: Tunable | None = None,
        health_s: float = 0.2,
    ) -> None:
        clock = clock or SystemClock()
        self.reader = FedReader(clock)
        settings = Settings(
            event=EVENT,
            name="pi",
            secret=SECRETS["pi"],
            host="127.0.0.1",
            port=port,
            folder=folder,
            health_s=health_s,
            tunable=tunable or Tunable(),
        )
        self.agent = Agent(settings, clock, boot, lambda _wifi: [self.reader])
        self.fault: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> "RunningAgent":
        self._thread.start()
        return self

    def stop(self) -> None:
        self.agent.stop()
        self._thread.join(10)
        assert not self._thread.is_alive()
        if self.fault is not None:
            raise self.fault

    def _run(self) -> None:
        try:
            self.agent.run()
        except BaseException as fault:  # noqa: BLE001 - raised again by stop
            self.fault = fault


@contextmanager
def running(port: int, folder: Path, **options: Any) -> Iterator[RunningAgent]:
    """An agent that is stopped at the end."""
    agent = RunningAgent(port, folder, **options).start()
    try:
        yield agent
    finally:
        agent.stop()


def start_process(port: int, folder: Path, *options: str, **how: Any) -> subprocess.Popen[str]:
    """Start a real agent with more options."""
    folder.mkdir(parents=True, exist_ok=True)
    secret = folder / "secret"
    secret.write_text(SECRETS["pi"] + "\n")
    command = [sys.executable, "-m", "edge", "run", "--event", EVENT, "--name", "pi"]
    command += ["--secret-file", str(secret), "--broker", f"127.0.0.1:{port}"]
    command += ["--data", str(folder), *options]
    how.setdefault("stdout", subprocess.PIPE)
    return subprocess.Popen(command, text=True, **how)


def last_line(process: subprocess.Popen[str], timeout_s: float = 30) -> dict[str, Any]:
    """Wait for the end of a process; its last line of JSON."""
    out, _ = process.communicate(timeout=timeout_s)
    line: dict[str, Any] = json.loads(out.splitlines()[-1])
    return line
