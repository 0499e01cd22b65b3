"""Broker, engine and agents run as processes of their own, each with its log in the folder."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from hub.cli.replay.errors import ReplayFault

READY_S_MAX: Final = 60.0
"""Longest wait for a process to say that it is ready."""
STOP_S_MAX: Final = 15.0
POLL_S: Final = 0.02
TAIL_LINES: Final = 3


@dataclass(slots=True)
class Process:
    """A process whose standard output goes to ``log`` as well as its errors."""

    name: str
    command: Sequence[str]
    log: Path
    settings: Mapping[str, str]
    """``FOYER_...`` variables; others of ours are not passed on."""
    running: subprocess.Popen[bytes] | None = None

    def start(self, ready: str) -> str:
        """Start it and return the line with which it says ``ready``.

        Raises:
            ReplayFault: it ended instead, or says nothing.
        """
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.log.unlink(missing_ok=True)
        with self.log.open("ab") as out:
            self.running = subprocess.Popen(  # noqa: S603 - our own program
                self.command, stdout=out, stderr=out, stdin=subprocess.DEVNULL,
                env=environment(self.settings), start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + READY_S_MAX
        while time.monotonic() < deadline:
            ended = self.running.poll() is not None
            said = next((line for line in _lines(self.log) if line.startswith(ready)), None)
            if said is not None:
                return said
            if ended:
                break
            time.sleep(POLL_S)
        raise ReplayFault(f"{self.name} did not start: {tail(self.log)}")

    def stop(self) -> None:
        """Ask it to end; make it when it does not. Repeatable."""
        process, self.running = self.running, None
        end(process)

    def check(self) -> None:
        """Raise ReplayFault when it has ended by itself."""
        if self.running is not None and self.running.poll() is not None:
            raise ReplayFault(f"{self.name} has ended: {tail(self.log)}")


@dataclass(slots=True)
class AgentProcess:
    """An agent that replays one file, and the last figures it gave."""

    name: str
    command: Sequence[str]
    log: Path
    settings: Mapping[str, str]
    figures: dict[str, Any] = field(default_factory=dict)
    running: subprocess.Popen[str] | None = None
    reader: threading.Thread | None = None

    def start(self) -> None:
        """Start it and begin to read its figures."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as errors:
            self.running = subprocess.Popen(  # noqa: S603 - our own program
                self.command, stdout=subprocess.PIPE, stderr=errors, stdin=subprocess.DEVNULL,
                env=environment(self.settings), start_new_session=True, text=True,
            )  # fmt: skip
        assert self.running.stdout is not None  # noqa: S101 - asked for just above
        self.reader = threading.Thread(
            target=self._read, args=(self.running.stdout,), name=self.name, daemon=True
        )
        self.reader.start()

    def ended(self) -> bool:
        """Whether it has ended, its figures read.

        Raises:
            ReplayFault: it ended before the hub had all.
        """
        if self.running is None or self.reader is None or self.running.poll() is None:
            return False
        self.reader.join(STOP_S_MAX)
        if self.running.returncode != 0:
            raise ReplayFault(f"the agent {self.name} has ended: {tail(self.log)}")
        return True

    def stop(self) -> None:
        """Ask it to end; repeatable."""
        process, self.running = self.running, None
        end(process)
        if self.reader is not None:
            self.reader.join(STOP_S_MAX)

    def _read(self, lines: IO[str]) -> None:
        with lines:
            for line in lines:
                with suppress(ValueError):
                    self.figures = json.loads(line)


def foyer(part: str, data: Path) -> list[str]:
    """How a part of the hub is started."""
    return [sys.executable, "-m", "hub.cli", part, "--data", str(data)]


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """The environment without settings of an installation that is not meant, and with these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FOYER_")}
    return {**kept, **settings}


def end(process: subprocess.Popen[Any] | None) -> None:
    """End a process of ours, politely first."""
    if process is None:
        return
    process.terminate()
    try:
        process.wait(STOP_S_MAX)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def tail(log: Path) -> str:
    """The last lines of a log, as one."""
    return " | ".join(_lines(log)[-TAIL_LINES:]) or "it said nothing"


def _lines(log: Path) -> list[str]:
    if not log.exists():
        return []
    text = log.read_text(encoding="utf-8", errors="replace")
    return [line for line in text.splitlines() if line.strip()]
