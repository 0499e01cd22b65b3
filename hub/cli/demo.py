"""``foyer demo``: a whole conference on this machine, each part a process, in fast time."""

import secrets
import shutil
import socket
import sys
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
from hub.bootstrap import prepare, read_venue
from hub.cli.demo_view import Summary
from hub.cli.running import PARTS, Part, part_command
from hub.config import (
    BrokerConfig,
    Config,
    ConfigFault,
    LightsConfig,
    PresenceConfig,
    PushConfig,
    WebConfig,
    write_config,
)
from hub.core import document as doc
from hub.demo.crowd import generate, start_of, write_script
from hub.demo.floor import heard_by
from hub.demo.people import Attendee, read_people
from hub.home import Home
from hub.store import Store
from hub.store.people import NewPerson
from integrations.lights.pairing import pair

EXAMPLE: Final = Path("examples") / "martech"
ADVERT_S: Final = 15.0
LEAVE_AFTER_S: Final = 75.0
EDGES_APART_S: Final = 0.4
"""Real seconds by which one Pi's report may come after another's: at a high speed that is more
venue time than ``LEAVE_AFTER_S``, and nobody may be taken for gone meanwhile."""
START_S: Final = 9.0
"""Real seconds that the parts are given before the doors open."""
SUMMARY_S: Final = 0.5
PORT_WAIT_S: Final = 20.0


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
    venue = read_venue(settings.folder / "venue.yaml")
    people = read_people(settings.folder / "people.csv")
    home = _home(settings, venue)
    console = Console()
    console.print(f"[bold]{venue.event.name}[/] · {len(people)} attendees, {len(venue.edges)} Pis, "
                  f"one minute here is {settings.speed / 60:.3g} h there")  # fmt: skip
    prepare(home, venue, lambda _text: None)
    password, links = _register(home, people)
    scripts = _write_scripts(settings, venue, people, home)
    parts = _parts(home, venue, settings, scripts)
    try:
        _start(home, parts)
        _greet(console, home, password, links)
        if settings.browser:
            webbrowser.open(home.public_url)
        _watch(console, home, parts, stop, settings)
    finally:
        for part in reversed(parts):
            part.stop()


def _free_port(preferred: int) -> int:
    """The preferred port when nobody has it, else any that is free."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ConfigFault("there is no free port on this machine")


def _home(settings: DemoSettings, venue: doc.Venue) -> Home:
    real_ms = time.time_ns() // 1_000_000 + int(START_S * 1000)
    config = Config(
        event=venue.event.id,
        clock=f"paced:{start_of(venue)}:{real_ms}:{settings.speed}",
        broker=BrokerConfig(port=_free_port(1883)),
        web=WebConfig(port=_free_port(settings.port)),
        lights=LightsConfig(address=f"127.0.0.1:{_free_port(8180)}"),
        push=PushConfig(subject="mailto:organiser@example.org", allow_loopback=True),
        music={"sinks": [{"to": "file", "path": str(settings.data / "dj-wishes.jsonl")}]},
        presence=PresenceConfig(
            interval_s=ADVERT_S,
            leave_after_s=max(LEAVE_AFTER_S, EDGES_APART_S * settings.speed),
        ),
    )
    write_config(settings.data, config)
    return Home(settings.data, config)


def _register(home: Home, people: list[Attendee]) -> tuple[str, list[str]]:
    """Register everybody before the doors open; returns the organiser's password, some links."""
    links = []
    with home.store() as store:
        at_ms = _opens_ms(home)
        for person in people:
            registered = store.people.register(_new_person(person), at_ms)
            links.append(f"{home.public_url}/a/{registered.link_token}")
        password = _password(store, at_ms)
    return password, links


def _opens_ms(home: Home) -> int:
    return int(home.config.clock.split(":")[1]) - 3_600_000


def _password(store: Store, at_ms: int) -> str:
    password = secrets.token_urlsafe(9)
    store.accounts.create("demo", password, "organiser", at_ms)
    return password


def _new_person(person: Attendee) -> NewPerson:
    return NewPerson(
        name=f"{person.first_name} {person.last_name}",
        email=person.email,
        company=person.company,
        attributes=dict(person.attributes),
        consents=list(person.consents),
        badge=person.badge,
        source_key=person.badge,
    )


def _write_scripts(
    settings: DemoSettings, venue: doc.Venue, people: list[Attendee], home: Home
) -> dict[str, Path]:
    script = generate(venue, people, settings.seed, start_of(venue))
    folder = home.data / "scripts"
    folder.mkdir(exist_ok=True)
    return write_script(script, venue, folder)


def _parts(
    home: Home, venue: doc.Venue, settings: DemoSettings, scripts: dict[str, Path]
) -> list[Part]:
    logs = home.data / "logs"
    logs.mkdir(exist_ok=True)
    host, _, port = home.config.lights.address.partition(":")
    bridge = [sys.executable, "-m", "integrations.lights.emulator", "--host", host, "--port", port,
              "--lights", ",".join(venue.lamps), "--press"]  # fmt: skip
    parts = [Part("lights", bridge, log=logs / "lights.log")]
    parts += [
        Part(name, part_command(name, home, None), log=logs / f"{name}.log") for name in PARTS
    ]
    for number, edge in enumerate(venue.edges):
        command = _edge_command(home, venue, edge, scripts[edge.name], settings.seed + number)
        parts.append(Part(edge.name, command, log=logs / f"{edge.name}.log"))
    return parts


def _edge_command(
    home: Home, venue: doc.Venue, edge: doc.Edge, script: Path, seed: int
) -> list[str]:
    broker = home.config.broker
    command = [
        sys.executable, "-m", "edge", "run", "--event", home.event, "--name", edge.name,
        "--secret-file", str(home.secret_file(edge.name)),
        "--broker", f"{broker.host}:{broker.port}", "--data", str(home.data / "edges"),
        "--reader", "simulated", "--script", str(script), "--advert-s", str(ADVERT_S),
        "--seed", str(seed), "--clock", home.config.clock,
    ]  # fmt: skip
    places = sorted(set(edge.readers.values()))
    for place in places:
        command += ["--place", place]
    neighbours = sorted(heard_by(venue, edge) - set(places))
    return [*command, "--neighbours", ",".join(neighbours)] if neighbours else command


def _start(home: Home, parts: list[Part]) -> None:
    """Start all parts, each once what it needs answers."""
    by_name = {part.name: part for part in parts}
    by_name["lights"].start()
    by_name["broker"].start()
    host, _, port = home.config.lights.address.partition(":")
    _wait_for_port(host, int(port), "the lights")
    pair(home.config.lights.address, home.data / "hue.json")
    _wait_for_port(home.config.broker.host, home.config.broker.port, "the broker")
    for part in parts:
        if part.process is None:
            part.start()
    _wait_for_port(home.config.web.bind, home.config.web.port, "the pages")


def _wait_for_port(host: str, port: int, what: str) -> None:
    deadline = time.monotonic() + PORT_WAIT_S
    while True:
        try:
            socket.create_connection((host, port), 1).close()
        except OSError as error:
            if time.monotonic() > deadline:
                raise ConfigFault(f"{what} did not answer on {host}:{port}") from error
            threading.Event().wait(0.1)
        else:
            return


def _greet(console: Console, home: Home, password: str, links: list[str]) -> None:
    console.print(f"\n  Live page   [link]{home.public_url}/[/]   sign in as [bold]demo[/] with "
                  f"[bold]{password}[/]")  # fmt: skip
    console.print(f"  DJ          [link]{home.public_url}/dj[/]")
    console.print(f"  Attendee    [link]{links[0]}[/]")
    console.print(f"  Lamps       [link]http://{home.config.lights.address}/[/]")
    console.print(f"  Data        {home.data}   (stop with Ctrl-C)\n")


def _watch(
    console: Console,
    home: Home,
    parts: list[Part],
    stop: threading.Event,
    settings: DemoSettings,
) -> None:
    """Show the summary and keep the parts running until the end."""
    until_s = time.monotonic() + settings.seconds if settings.seconds else float("inf")
    with home.store() as store:
        summary = Summary(store, home.clock())
        if not console.is_terminal:
            _watch_lines(console, summary, parts, stop, until_s)
            return
        with Live(summary.table(), console=console, refresh_per_second=4) as live:
            while not stop.wait(SUMMARY_S) and time.monotonic() < until_s:
                for part in parts:
                    part.look()
                live.update(summary.table())


def _watch_lines(
    console: Console,
    summary: Summary,
    parts: list[Part],
    stop: threading.Event,
    until_s: float,
) -> None:
    """Without a terminal: one line every few seconds."""
    while not stop.wait(5) and time.monotonic() < until_s:
        for part in parts:
            part.look()
        console.print(summary.line())
    console.print(summary.line())


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
