"""``foyer demo``: a whole conference on this machine, each part a process, in fast time."""

import shutil
import signal
import tempfile
import threading
import time
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.live import Live

from hub.app import stop_signal
from hub.bootstrap import read_venue
from hub.cli.demo_processes import parts_of, start, stop_all
from hub.cli.demo_set_up import Ready, set_up
from hub.cli.demo_view import Summary, greeting, introduction
from hub.cli.running import Part
from hub.config import ConfigFault
from hub.demo.people import read_people

EXAMPLE: Final = Path("examples") / "martech"
SUMMARY_S: Final = 0.5
LINE_S: Final = 5.0
"""How often the summary is made anew: on a terminal, and as a line elsewhere (real seconds)."""


@dataclass(frozen=True, slots=True)
class DemoSettings:
    """What ``foyer demo`` was asked for."""

    folder: Path
    data: Path
    speed: float
    seed: int
    port: int
    seconds: float | None
    browser: bool
    kept: bool = True
    """Whether ``data`` is still there afterwards."""

    def __post_init__(self) -> None:
        """Refuse a speed at which nothing would ever happen."""
        if not self.speed > 0:
            raise ConfigFault(f"--speed {self.speed:g}: write how many venue seconds pass in one")


@contextmanager
def data_folder(chosen: Path | None) -> Iterator[Path]:
    """The folder that was chosen, or one that is gone afterwards."""
    if chosen is not None:
        chosen.mkdir(parents=True, exist_ok=True)
        if any(chosen.iterdir()):
            raise ConfigFault(f"{chosen} is not empty: a demo begins in an empty folder")
        yield chosen
        return
    folder = Path(tempfile.mkdtemp(prefix="foyer-demo-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_demo(settings: DemoSettings) -> None:
    """Run until the seconds are over or somebody stops it."""
    stop = stop_signal()
    signal.signal(signal.SIGHUP, lambda *_: stop.set())  # the terminal's window was closed
    venue = read_venue(settings.folder / "venue.yaml")
    people = read_people(settings.folder / "people.csv")
    console = Console(highlight=False)
    console.print(introduction(venue, len(people), settings.speed), soft_wrap=True)
    parts: list[Part] = []
    try:
        with console.status("Registering everybody, starting every part ..."):
            ready = set_up(settings.data, venue, people, settings.speed, settings.seed,
                           settings.port)  # fmt: skip
            parts += parts_of(ready.home, venue, ready.scripts, settings.seed)
            start(ready.home, parts, stop)
        if not stop.is_set():
            _show(console, ready, parts, stop, settings)
    finally:
        with console.status("Stopping ..."):
            stop_all(parts)


def _show(
    console: Console,
    ready: Ready,
    parts: list[Part],
    stop: threading.Event,
    settings: DemoSettings,
) -> None:
    """Say where to look, then keep a summary and the parts going until the end."""
    console.print(greeting(ready, kept=settings.kept), soft_wrap=True)
    if settings.browser:
        webbrowser.open(ready.home.public_url)
    until_s = time.monotonic() + settings.seconds if settings.seconds else float("inf")
    with ready.home.store() as store:
        summary = Summary(store, ready.home.clock(), ready.venue)
        if console.is_terminal:
            _watch_table(console, summary, parts, stop, until_s)
        else:
            _watch_lines(console, summary, parts, stop, until_s)


def _watch_table(
    console: Console, summary: Summary, parts: list[Part], stop: threading.Event, until_s: float
) -> None:
    """On a terminal: one table that is drawn anew."""
    with Live(summary.table(), console=console, refresh_per_second=4) as live:
        while _goes_on(SUMMARY_S, parts, stop, until_s):
            live.update(summary.table())


def _watch_lines(
    console: Console, summary: Summary, parts: list[Part], stop: threading.Event, until_s: float
) -> None:
    """Without a terminal: one line every few seconds, and a last one."""
    while _goes_on(LINE_S, parts, stop, until_s):
        console.print(summary.line(), soft_wrap=True)
    console.print(summary.line(), soft_wrap=True)


def _goes_on(pause_s: float, parts: list[Part], stop: threading.Event, until_s: float) -> bool:
    """Wait a little and keep every part running; False once it is to end."""
    left_s = until_s - time.monotonic()
    if stop.wait(min(pause_s, max(0.0, left_s))) or left_s <= 0:
        return False
    for part in parts:
        part.look()
    return True


def example_folder(chosen: Path | None) -> Path:
    """The folder with ``venue.yaml`` and ``people.csv``.

    Raises:
        ConfigFault: there is none.
    """
    beside = Path(__file__).resolve().parents[2] / EXAMPLE
    folder = chosen or (EXAMPLE if EXAMPLE.exists() else beside)
    if not (folder / "venue.yaml").exists():
        raise ConfigFault(f"there is no venue.yaml in {folder}: name a folder with --example")
    return folder
