"""Each service's command line, run as a plain process until it is ready; then taps go through."""

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from hub.bootstrap import read_venue
from hub.config import Config, WebConfig, read_config, write_config
from hub.demo.crowd import start_of
from hub.home import Home
from tests import needs
from tests.compose.services import ROOT, Outside, read
from tests.databases import Postgres, postgres
from tests.harness.ports import HOST, free_port
from tests.harness.program import Program
from tests.waiting import wait_until

__all__ = ["postgres"]  # a fixture that is used here

SPEED: Final = 600
"""The doors of the example open within seconds."""
ONE_SHOT_S_MAX: Final = 60.0

pytestmark = [
    pytest.mark.processes,
    pytest.mark.needs_postgres,
    pytest.mark.needs_mosquitto,
    pytest.mark.xdist_group("compose"),
]


@dataclass(slots=True)
class Set:
    """All services of the file, each run as a process when it is asked for."""

    services: dict[str, dict[str, Any]]
    outside: Outside
    home: Home
    programs: dict[str, Program] = field(default_factory=dict)

    def finish(self, name: str) -> str:
        """Run a service that does one thing; returns what it said."""
        service = self.services[name]
        done = subprocess.run(
            self.outside.command(service), env={**os.environ, **self.outside.environment(service)},
            cwd=self.outside.volumes, capture_output=True, text=True, timeout=ONE_SHOT_S_MAX,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, name: str, is_ready: Callable[[Program], bool]) -> Program:
        """Start a service that stays, and wait until it is ready."""
        service = self.services[name]
        log = self.outside.volumes / "logs" / f"{name}.log"
        environment = self.outside.environment(service)
        program = Program(name, self.outside.command(service), log, environment)
        self.programs[name] = program
        program.start()
        wait_until(lambda: is_ready(program) or not program.is_running, 40, f"{name} to be ready")
        assert program.is_running, program.tail
        return program

    def check(self, name: str) -> bool:
        """Run a service's own check of its health."""
        service = self.services[name]
        kind, *words = service["healthcheck"]["test"]
        command = ["sh", "-c", words[0]] if kind == "CMD-SHELL" else words
        done = subprocess.run(
            [self.outside.translated(word, service) for word in command],
            env={**os.environ, **self.outside.environment(service)},
            capture_output=True, check=False, timeout=10,
        )  # fmt: skip
        return done.returncode == 0

    def stop(self) -> None:
        """Ask everything to end, last started first."""
        for program in reversed(self.programs.values()):
            program.stop()


@pytest.fixture
def compose(tmp_path: Path, postgres: Postgres) -> Iterator[Set]:
    needs.mosquitto()
    web, broker = free_port(), free_port()
    database = postgres.create()
    outside = Outside(
        tmp_path,
        {
            "postgresql://foyer@postgres/foyer": postgres.url_of(database),
            "mosquitto:1883": f"{HOST}:{broker}",
            "127.0.0.1:8000": f"{HOST}:{web}",
            "0.0.0.0": HOST,
        },
    )
    services = read({"FOYER_DATABASE_PASSWORD": "unused", "FOYER_CLOCK": _clock()})["services"]
    data = outside.folder("data")
    write_config(data, Config(web=WebConfig(port=web)))
    made = Set(services, outside, Home(data, read_config(data)))
    yield made
    made.stop()
    postgres.drop(database)


def _clock() -> str:
    venue = read_venue(ROOT / "examples" / "martech" / "venue.yaml")
    return f"paced:{start_of(venue)}:{time.time_ns() // 1_000_000 + 10_000}:{SPEED}"


def _says(text: str) -> Callable[[Program], bool]:
    return lambda program: text in program.said


@pytest.mark.timeout(180)
def test_every_service_comes_up_and_taps_go_through(compose: Set) -> None:
    said = compose.finish("init")
    assert "one-time password" in said
    assert "Mosquitto's files" in said
    assert "one-time password" not in compose.finish("init"), "a second start changes nothing"
    compose.finish("crowd")
    compose.start("mosquitto", _listens(compose.outside.hosts["mosquitto:1883"]))
    assert not compose.check("engine")
    compose.start("engine", _says("engine runs martech"))
    wait_until(lambda: compose.check("engine"), 10, "the engine's check")
    compose.start("web", _listens(compose.outside.hosts["127.0.0.1:8000"]))
    wait_until(lambda: compose.check("web"), 20, "the web's check")
    edges = [name for name in compose.services if name.startswith("pi-")]
    for name in edges:
        compose.start(name, _says("connected"))
    _taps_arrive(compose)
    for name, program in reversed(compose.programs.items()):
        assert program.stop() == 0, f"{name}: {program.tail}"


def _listens(address: str) -> Callable[[Program], bool]:
    host, _, port = address.partition(":")

    def answers(_: Program) -> bool:
        try:
            socket.create_connection((host, int(port)), 1).close()
        except OSError:
            return False
        return True

    return answers


def _taps_arrive(compose: Set) -> None:
    """A tap at the entrance is in the log, and the rule of the entrance has fired for it."""
    home = Home(compose.home.data, read_config(compose.home.data))
    assert home.event == "martech"
    assert home.config.database.startswith("postgresql://")
    with home.store() as store:
        rows = wait_until(
            lambda: [row for row in store.log_from() if row.kind == "tapped"], 60, "a tap"
        )
        assert rows[0].key.startswith("pi-")
        wait_until(
            lambda: store.views.decision_counts().get(("welcome", "fired"), 0) > 0, 20, "a welcome"
        )
