"""How late a due instant is acted on, in real time, with nobody moving."""

import statistics
import tempfile
import threading
import time
from pathlib import Path

import msgspec

from bench import world
from contract.clock import SystemClock
from hub.core import document as doc
from hub.core import events as ev
from hub.engine.engine import Engine
from hub.engine.settings import EngineSettings
from hub.outbox.pending import Pending
from hub.schedule.alarm import Alarm
from hub.store import Store

TIMERS = 200
SPACING_MS = 20

Row = tuple[str, float, str]


def measure() -> list[Row]:
    """The fourth row of the design's table."""
    with tempfile.TemporaryDirectory() as name:
        late_ms = _late_ms(Path(name))
    return [
        ("a due instant acted on late: p50", statistics.median(late_ms), "ms"),
        ("a due instant acted on late: worst", max(late_ms), "ms"),
    ]


def _late_ms(folder: Path) -> list[float]:
    clock = SystemClock()
    store = Store(f"sqlite:///{folder}/due.db", world.EVENT)
    store.start(migrate=True)
    now_ms = clock.wall_ms()
    venue = msgspec.structs.replace(world.venue(0), rules=[_rule()])
    document = msgspec.json.encode(venue).decode()
    store.add_command("venue", ev.VenuePublished(1, now_ms, document), now_ms)
    engine = Engine(store, clock, EngineSettings(), world.EVENT)
    nowhere = world.Nowhere()
    actions: list[tuple[Pending, float]] = []
    nowhere.noted, nowhere.wall = actions, clock
    alarm = Alarm(clock)
    engine.connect(nowhere, nowhere, alarm)
    engine.load()
    engine.run_group([])
    world.register(engine, TIMERS, now_ms)
    alarm.start()
    engine.start()
    for number in range(TIMERS):
        at_ms = now_ms - TIMERS * SPACING_MS + number * SPACING_MS
        topic, payload = world.tap_message(0, 1 + number, [f"b{number}"], at_ms)
        engine.arrived(topic, payload, clock.wall_ms())
    deadline_s = time.monotonic() + 60
    while len(actions) < TIMERS and time.monotonic() < deadline_s:
        threading.Event().wait(0.01)
    engine.stop()
    alarm.stop()
    store.stop()
    due_ms = [now_ms - TIMERS * SPACING_MS + n * SPACING_MS + 8_000 for n in range(TIMERS)]
    return [
        at_ms - due_ms[int(str(action.person)[1:])]
        for action, at_ms in actions
        if action.connector == "push"
    ]


def _rule() -> doc.Rule:
    push: list[doc.Act] = [doc.SendPush(title="Now")]
    return doc.Rule(
        name="later",
        when=doc.OnTap(place="place-0"),
        then=[doc.FollowUp(then=push, after="8s")],
    )
