"""One installation: broker, engine, web and edges, each a real process on loopback.

Each edge, and the engine, reaches the broker through a cable of its own.
"""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from msgspec.structs import replace

from hub.bootstrap import apply_venue, prepare
from hub.broker.settings import Kind
from hub.config import BrokerConfig, Config, WebConfig, write_config
from hub.core import document as doc
from hub.home import Home
from hub.store import Store
from hub.store.people import NewPerson
from tests.harness.cable import Cable
from tests.harness.ports import HOST, free_port
from tests.harness.program import Program
from tests.waiting import wait_until

CONSENTS: Final = ("presence", "lights", "push", "rewards", "music")
DRAIN_S_MAX: Final = 240.0


class Installation:
    """A data folder and the processes that run on it."""

    def __init__(
        self,
        folder: Path,
        venue: doc.Venue,
        *,
        broker_kind: Kind = "embedded",
        database: str = "",
        clock: str = "system",
        config: Config | None = None,
    ) -> None:
        """Store how it is to be; ``config`` has whatever else is to be set."""
        self.folder = folder
        self.venue = venue
        self.config = replace(
            config or Config(),
            event=venue.event.id,
            database=database,
            clock=clock,
            broker=BrokerConfig(kind=broker_kind, port=free_port()),
            web=WebConfig(port=free_port()),
        )
        self.home = Home(folder, self.config)
        self.store: Store = self.home.store()
        self.hub_cable = Cable(self.config.broker.port)
        self.cables: dict[str, Cable] = {}
        self.edges: dict[str, Program] = {}
        self.broker = self._part("broker", "listening on")
        self.engine = self._part("engine", "engine runs")
        self.web = self._part("web", "")

    def start(self) -> None:
        """Make the data folder ready, then run broker and engine; repeatable."""
        write_config(self.folder, self.config)
        prepare(self.home, self.venue, lambda _: None)
        self.store.start()
        self.hub_cable.start()
        self.engine.environment["FOYER_BROKER"] = f"{HOST}:{self.hub_cable.port}"
        self.broker.start()
        self.engine.start()
        self.broker.wait_ready()
        self.engine.wait_ready()
        wait_until(lambda: not self.store.pending_commands(), what="the venue to be in force")

    def stop(self) -> None:
        """End everything, however it is; repeatable."""
        for program in self.programs:
            program.kill()
        for cable in [self.hub_cable, *self.cables.values()]:
            cable.stop()
        self.store.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def programs(self) -> list[Program]:
        """Every process, the edges first."""
        return [*self.edges.values(), self.web, self.engine, self.broker]

    def edge(self, name: str, *options: str) -> Program:
        """Make the agent of one edge, with a cable of its own; it is not started."""
        cable = self.cables.setdefault(name, Cable(self.config.broker.port))
        cable.start()
        command = [
            sys.executable, "-m", "edge", "run", "--event", self.venue.event.id, "--name", name,
            "--secret-file", str(self.home.secret_file(name)),
            "--broker", f"{HOST}:{cable.port}", "--data", str(self.folder / "edges"),
            "--clock", self.config.clock, *options,
        ]  # fmt: skip
        program = Program(name, command, self.folder / "logs" / f"{name}.log")
        self.edges[name] = program
        return program

    def register(self, badges: Iterable[str], **more: Any) -> dict[str, str]:
        """Register somebody for each badge, consenting to everything; returns badge to person."""
        now_ms = self.home.clock().wall_ms()
        details = {"consents": list(CONSENTS), **more}
        persons = {
            badge: self.store.people.register(
                NewPerson(name=f"Bearer of {badge}", badge=badge, source_key=badge, **details),
                now_ms,
            ).person
            for badge in badges
        }
        self.wait_commands()
        return persons

    def publish(self, venue: doc.Venue) -> None:
        """Put another version of the venue in force."""
        apply_venue(self.store, venue, "a test", self.home.clock().wall_ms())
        self.wait_commands()

    def wait_commands(self, timeout_s: float = 60.0) -> None:
        """Wait until the engine has seen to all that was asked."""
        wait_until(lambda: not self.store.pending_commands(limit=1), timeout_s, "the commands")

    def wait_drained(self, timeout_s: float = DRAIN_S_MAX) -> None:
        """Wait until every edge that is to end when it is drained has ended well."""
        wait_until(lambda: all(e.code is not None for e in self.edges.values()), timeout_s, "edges")
        assert {name: e.code for name, e in self.edges.items()} == dict.fromkeys(self.edges, 0)

    def wait_settled(self, timeout_s: float = 60.0) -> None:
        """Wait until every action has come to its end."""
        wait_until(lambda: not self.open_actions(), timeout_s, "the actions to be settled")

    def open_actions(self) -> int:
        """How many actions wait or are leased."""
        counts = self.store.views.action_counts()
        return sum(n for (_, status), n in counts.items() if status in {"waiting", "leased"})

    def logs(self) -> Sequence[tuple[str, str]]:
        """The end of what each process said."""
        return [(f"{p.name}, started {p.starts} times", p.tail) for p in self.programs if p.starts]

    def _part(self, name: str, ready: str) -> Program:
        command = [sys.executable, "-m", "hub.cli", name, "--data", str(self.folder)]
        return Program(name, command, self.folder / "logs" / f"{name}.log", ready=ready)
