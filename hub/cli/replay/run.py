"""The recording goes the way of every reading: agent, broker, engine, each a real process."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from hub.cli.replay.bar import Bar
from hub.cli.replay.errors import ReplayFault
from hub.cli.replay.ground import REORDER_S, Ground, edges_of
from hub.cli.replay.order import Order
from hub.cli.replay.outcome import Outcome, outcome, tally
from hub.cli.replay.pace import Pace
from hub.cli.replay.parts import deal
from hub.cli.replay.people import register
from hub.cli.replay.processes import AgentProcess, Process, foyer
from hub.store import Store

LOOK_S: Final = 0.1
"""Real time between two looks at the processes."""
TAKEN_S_MAX: Final = 300.0
"""Longest wait for the engine to take what was asked of it before the replay."""
QUIET_S: Final = 1.2
"""Nothing new in the log for this long, over two looks of the engine: it is done."""
SETTLED_S_MAX: Final = 60.0
OPEN: Final = frozenset({"waiting", "leased"})


def replay(order: Order, ground: Ground, bar: Bar) -> Outcome:
    """Replay, wait until all is decided and delivered, and say what came of it.

    Raises:
        ReplayFault: a process did not start, or ended; the text has its last words.
    """
    started_s = time.monotonic()
    with ground.home.store() as store:
        before = tally(store)
        fresh = _register(order, ground, store, bar)
        with ExitStack() as stack:
            hub, broker, pace = _start_hub(ground, stack, bar)
            bar.step("waiting until the engine has taken them in")
            _until(lambda: not store.pending_commands(0, 1), TAKEN_S_MAX, "the engine", hub)
            agents = _start_agents(order, ground, stack, broker, pace)
            refused = _watch(agents, hub, bar, order)
            bar.step("letting the hub finish")
            _finish(order, ground, store, hub, pace)
        return outcome(
            before,
            tally(store),
            store,
            rows=order.seen.rows,
            refused=refused,
            registered=fresh,
            places=ground.places,
            seconds=round(time.monotonic() - started_s, 1),
            speed=pace.speed,
            data=str(ground.home.data) if order.keep else None,
        )


def _register(order: Order, ground: Ground, store: Store, bar: Bar) -> int:
    if not order.register:
        return 0
    bar.step("registering people", len(order.seen.badges))
    at_ms = ground.setting_up.clock().wall_ms()
    return register(store, order.seen.badges, at_ms, bar.done)


def _start_hub(ground: Ground, stack: ExitStack, bar: Bar) -> tuple[list[Process], str, Pace]:
    """Start what has to be; returns the processes, the broker's address, and the clock."""
    bar.step("starting broker and engine")
    data, settings = ground.home.data, dict(ground.settings)
    chosen = ground.home.config.broker
    address = f"{chosen.host}:{chosen.port}"
    hub = []
    if ground.broker:
        broker = Process("the broker", foyer("broker", data), data / "broker.log", settings)
        stack.callback(broker.stop)
        address = "127.0.0.1:" + broker.start("broker ").rpartition(":")[2]
        hub.append(broker)
    pace = ground.pace()
    if ground.engine:
        settings |= {"FOYER_BROKER": address, "FOYER_CLOCK": pace.clock}
        engine = Process("the engine", foyer("engine", data), data / "engine.log", settings)
        stack.callback(engine.stop)
        engine.start("engine runs")
        hub.append(engine)
    return hub, address, pace


def _start_agents(
    order: Order, ground: Ground, stack: ExitStack, broker: str, pace: Pace
) -> list[AgentProcess]:
    folder = ground.home.data / "agents"
    agents = []
    for name, file in zip(edges_of(order), _files(order, folder), strict=True):
        command = [sys.executable, "-m", "edge", "run", "--event", ground.home.event]
        command += ["--name", name, "--secret-file", str(ground.home.secret_file(name))]
        command += ["--broker", broker, "--data", str(folder), "--clock", pace.clock]
        command += ["--pace", pace.of_agents, "--exit-when-drained", "--progress-json"]
        command += order.what.arguments(file)
        agent = AgentProcess(name, command, folder / f"{name}.log", {})
        stack.callback(agent.stop)
        agent.start()
        agents.append(agent)
    return agents


def _files(order: Order, folder: Path) -> Iterator[Path]:
    for number, file in enumerate(order.what.files):
        yield from deal(
            file, order.parts, folder / f"parts-{number}", header=order.what.columns is None
        )


def _watch(agents: list[AgentProcess], hub: list[Process], bar: Bar, order: Order) -> int:
    """Show how far it is until every agent has ended; returns rows that they put aside."""
    bar.step("replaying", order.seen.rows)
    while True:
        ended = [agent.ended() for agent in agents]
        read = sum(int(agent.figures.get("read", 0)) for agent in agents)
        bar.rows(read, sum(int(agent.figures.get("committed", 0)) for agent in agents))
        if all(ended):
            return sum(int(agent.figures.get("refused", 0)) for agent in agents)
        for process in hub:
            process.check()
        time.sleep(LOOK_S)


def _finish(order: Order, ground: Ground, store: Store, hub: list[Process], pace: Pace) -> None:
    """Wait until everybody has left who falls silent, and all that was decided is delivered."""
    if ground.silence_counts and pace.speed is not None:
        silent_s = (order.leave_after_s + order.interval_s) / pace.speed
        wait_s = 2 * (silent_s + REORDER_S) + SETTLED_S_MAX
        _until(lambda: not store.views.present(), wait_s, "people to leave", hub)
    seen = [(-1, time.monotonic())]

    def is_quiet() -> bool:
        last, now_s = store.last_pos(), time.monotonic()
        if last != seen[0][0] or _open(store):
            seen[0] = (last, now_s)
        return now_s - seen[0][1] >= QUIET_S

    _until(is_quiet, SETTLED_S_MAX, "everything to be delivered", hub, must=False)


def _open(store: Store) -> bool:
    return any(status in OPEN for _, status in store.views.action_counts())


def _until(
    condition: Callable[[], bool],
    timeout_s: float,
    what: str,
    hub: list[Process],
    *,
    must: bool = True,
) -> None:
    deadline_s = time.monotonic() + timeout_s
    while not condition():
        for process in hub:
            process.check()
        if time.monotonic() > deadline_s:
            if must:
                raise ReplayFault(f"waited {timeout_s:.0f} s for {what} in vain")
            return
        time.sleep(LOOK_S)


__all__ = ["replay"]
