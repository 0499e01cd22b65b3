"""The processes of a demonstration: each is started once what it needs answers."""

import contextlib
import signal
import socket
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from hub.cli.demo_set_up import ADVERT_S
from hub.cli.running import PARTS, Part, part_command
from hub.config import ConfigFault
from hub.core import document as doc
from hub.demo.floor import heard_by
from hub.home import Home
from integrations.lights.pairing import pair

LIGHTS: Final = "lights"
STOPPED_LAST: Final = (("engine",), ("broker", LIGHTS))
"""What others speak to is stopped after them; all else is stopped first, and together."""
ANSWER_S_MAX: Final = 30.0
LOG_BYTES_TOLD: Final = 600


def parts_of(home: Home, venue: doc.Venue, scripts: Mapping[str, Path], seed: int) -> list[Part]:
    """All processes: the emulated bridge, the hub's own, an agent for each edge."""
    logs = home.data / "logs"
    logs.mkdir(exist_ok=True)
    commands = {LIGHTS: _bridge_command(home, venue)}
    commands |= {name: part_command(name, home, None) for name in PARTS}
    for number, edge in enumerate(venue.edges):
        commands[edge.name] = _edge_command(home, venue, edge, scripts[edge.name], seed + number)
    return [Part(name, command, log=logs / f"{name}.log") for name, command in commands.items()]


def start(home: Home, parts: list[Part], stop: threading.Event) -> None:
    """Start all parts, each once what it needs answers; gives up when ``stop`` is set.

    Raises:
        ConfigFault: one does not answer; the text has the last that it said.
    """
    by_name = {part.name: part for part in parts}
    by_name[LIGHTS].start()
    by_name["broker"].start()
    host, _, port = home.config.lights.address.partition(":")
    if not _answers(by_name[LIGHTS], host, int(port), stop):
        return
    pair(home.config.lights.address, home.data / "hue.json")
    if not _answers(by_name["broker"], home.config.broker.host, home.config.broker.port, stop):
        return
    for part in parts:
        if part.process is None:
            part.start()
    _answers(by_name["web"], home.config.web.bind, home.config.web.port, stop)


def stop_all(parts: list[Part]) -> None:
    """Stop every part, those at the same time that nobody else needs."""
    last = {name for wave in STOPPED_LAST for name in wave}
    first = tuple(part.name for part in parts if part.name not in last)
    for wave in (first, *STOPPED_LAST):
        going = [part for part in parts if part.name in wave]
        for part in going:
            if part.process is not None and part.process.poll() is None:
                part.process.send_signal(signal.SIGTERM)
        for part in going:
            part.stop()


def _answers(part: Part, host: str, port: int, stop: threading.Event) -> bool:
    """Wait until somebody listens; False when it is to end instead."""
    deadline_s = time.monotonic() + ANSWER_S_MAX
    while not stop.is_set():
        ended = part.process is not None and part.process.poll() is not None
        if ended or time.monotonic() > deadline_s:
            raise ConfigFault(f"{part.name} does not answer on {host}:{port}: {_last_words(part)}")
        with contextlib.suppress(OSError):
            socket.create_connection((host, port), 1).close()
            return True
        stop.wait(0.1)
    return False


def _last_words(part: Part) -> str:
    said = part.log.read_bytes()[-LOG_BYTES_TOLD:] if part.log and part.log.exists() else b""
    return said.decode(errors="replace").strip() or "it said nothing"


def _bridge_command(home: Home, venue: doc.Venue) -> list[str]:
    host, _, port = home.config.lights.address.partition(":")
    return [sys.executable, "-m", "integrations.lights.emulator", "--host", host, "--port", port,
            "--lights", ",".join(venue.lamps), "--press"]  # fmt: skip


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
