"""``foyer up``: broker, engine and web as processes of their own, started again when they die."""

import contextlib
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec
import typer

from hub.bootstrap import prepare, read_venue
from hub.config import ConfigFault, read_config, write_config
from hub.home import Home

PARTS: Final = ("broker", "engine", "web")
RESTART_S_FIRST: Final = 0.5
RESTART_S_MAX: Final = 15.0
STEADY_S: Final = 60.0
"""A part that ran this long is started again at once when it dies."""
STOP_S_MAX: Final = 15.0


def say(text: str) -> None:
    """Say something to whoever started us."""
    typer.echo(text)


def initialise(data: Path, config_file: Path | None, venue_file: Path) -> Home:
    """Make a data folder ready, choosing the event of the venue's document for it."""
    venue = read_venue(venue_file)
    config = read_config(data, config_file)
    if config.event and config.event != venue.event.id:
        raise ConfigFault(
            f"{data} runs the event {config.event!r}, the document is of {venue.event.id!r}; "
            "use another --data folder for it"
        )
    if not config.event:
        config = msgspec.structs.replace(config, event=venue.event.id)
        write_config(data, config)
    home = Home(data, config)
    prepare(home, venue, say)
    return home


@dataclass(slots=True)
class Part:
    """A process that is kept running."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started_s: float = 0.0
    wait_s: float = RESTART_S_FIRST
    due_s: float = 0.0
    deaths: int = field(default=0)
    log: Path | None = None
    """Where its output goes; None is where ours goes."""

    def start(self) -> None:
        """Start the process."""
        with contextlib.ExitStack() as stack:
            out = None if self.log is None else stack.enter_context(self.log.open("ab"))
            self.process = subprocess.Popen(  # noqa: S603 - our own programs
                self.command, start_new_session=True, stdout=out, stderr=out
            )
        self.started_s = time.monotonic()

    def look(self) -> None:
        """Start the process again when it has died, after a pause that grows with each death."""
        if self.process is None:
            if time.monotonic() >= self.due_s:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        ran_s = time.monotonic() - self.started_s
        self.wait_s = RESTART_S_FIRST if ran_s > STEADY_S else min(self.wait_s * 2, RESTART_S_MAX)
        self.due_s = time.monotonic() + self.wait_s
        self.process = None
        self.deaths += 1
        if self.log is None:
            say(f"{self.name} ended with {code} after {ran_s:.0f} s; again in {self.wait_s:.1f} s")

    def stop(self) -> None:
        """Ask the process to end; make it when it does not."""
        process, self.process = self.process, None
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_S_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def part_command(part: str, home: Home, config_file: Path | None) -> list[str]:
    """How a part is started on its own."""
    command = [sys.executable, "-m", "hub.cli", part, "--data", str(home.data)]
    return [*command, "--config", str(config_file)] if config_file else command


def supervise(home: Home, config_file: Path | None) -> None:
    """Run all parts until SIGTERM or SIGINT."""
    with home.only_one("up"):
        parts = [Part(name, part_command(name, home, config_file)) for name in PARTS]
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        for part in parts:
            part.start()
        say(f"Foyer runs {home.event}: {home.public_url}  (stop with Ctrl-C)")
        try:
            while not stop.wait(0.2):
                for part in parts:
                    part.look()
        finally:
            for part in reversed(parts):
                part.stop()
