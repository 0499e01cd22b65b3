"""The venue that the benchmarks run: active rules of mixed kinds, and people."""

import time
from collections.abc import Iterable
from pathlib import Path

import msgspec

from contract.clock import Clock as VenueClock
from contract.clock import ManualClock
from contract.codec import encode
from contract.envelope import Batch, Clock, Desired, StreamPosition
from contract.readings import Sighting, Tap
from contract.topics import up
from hub.core import document as doc
from hub.core import events as ev
from hub.engine.engine import Engine
from hub.engine.settings import EngineSettings
from hub.outbox.pending import Pending
from hub.store import Store

EVENT = "bench"
PLACES = 40
EDGES = 40
"""Most edges; with more places than that, each has several readers."""
START_MS = 1_780_000_000_000


def venue(rules: int = 200, places: int = PLACES, far: int = 0) -> doc.Venue:
    """A venue of ``places`` in groups of ten with active rules of ten kinds, spread evenly.

    ``far`` more rules are about places that nobody goes to, one place for every five of them.
    """
    away = range(places, places + far // 5)
    return doc.Venue(
        event=doc.EventInfo(
            id=EVENT, name="Bench", zone="UTC", starts="2026-05-28T00:00", ends="2026-06-28T00:00"
        ),
        places=[
            doc.Place(
                id=f"place-{n}", name=f"Place {n}", groups=[f"group-{n // 10}"], visits_by="tap"
            )
            for n in (*range(places), *away)
        ],
        edges=[
            doc.Edge(
                name=f"pi-{edge}",
                readers={f"r{n}": f"place-{n}" for n in range(places) if n % EDGES == edge},
            )
            for edge in range(min(EDGES, places))
        ],
        pools=[doc.PoolInfo(id="cards", title="Card", stock=1_000_000)],
        lamps=["lamp"],
        audiences=[
            *(_audience(number, number % places) for number in range(7, rules, 10)),
            *(_audience(rules + number, away[number // 5]) for number in range(7, far, 10)),
        ],
        rules=[
            *(_rule(number, number * 7 % places, range(places)) for number in range(rules)),
            *(_rule(rules + number, away[number // 5], away) for number in range(far)),
        ],
    )


def _audience(number: int, place: int) -> doc.Audience:
    counted = doc.Counted(place=f"place-{place}", within="1h", at_least=3)
    return doc.Audience(name=f"audience-{number}", if_=counted)


def _rule(number: int, place: int, among: range) -> doc.Rule:
    """Two of ten ask about a group, whose ten places can all touch them."""
    kind = number % 10
    here, there = f"place-{place}", f"place-{among[(place + 3 - among[0]) % len(among)]}"
    group = f"group-{place // 10}"
    triggers: list[doc.Trigger] = [
        doc.OnVisits(count=3 + number % 7, place=here, within="2h"),
        doc.OnTap(place=here),
        doc.OnVisits(count=20, place=here),
        doc.OnVisits(count=5 + number % 5, group=group, within="day"),
        doc.OnDistinct(group=group, count=8),
        doc.OnSequence(first=here, then=there, within="1h"),
        doc.OnAbsent(place=here, for_="30min"),
        doc.OnAudience(audience=f"audience-{number}"),
        doc.OnPoints(at_least=100 + number),
        doc.OnWithout(first=here, then=there, within="10min"),
    ]
    acts: list[doc.Act] = [doc.GiveTag(tag=f"tag-{number}"), doc.AddPoints(points=1)]
    if kind == 1:
        acts.append(doc.GiveReward(pool="cards", title="For you"))
    only = doc.HasTag(tag="nobody") if kind == 1 and number // 10 % 4 else None
    return doc.Rule(
        name=f"rule-{number}",
        when=triggers[kind],
        then=acts,
        if_=only,
        limit=doc.Limit(once=True),
    )


class Nowhere:
    """Takes what the engine hands on and does nothing with it."""

    def __init__(self) -> None:
        self.noted: list[tuple[Pending, float]] | None = None
        self.wall: VenueClock | None = None

    def publish_committed(self, edge: str, streams: dict[str, StreamPosition]) -> None:
        """Tell nobody."""

    def publish_desired(self, edge: str, desired: Desired) -> None:
        """Set nobody."""

    def submit(self, actions: Iterable[Pending]) -> None:
        """Note when they were handed over, if anybody asks for it."""
        if self.noted is not None:
            now = time.perf_counter() if self.wall is None else float(self.wall.wall_ms())
            self.noted.extend((action, now) for action in actions)

    def confirm(self, connector: str, key: str) -> None:
        """Nothing to forget."""

    def at(self, due_ms: int | None, wake: object) -> None:
        """Wake nobody."""


def engine_on(
    folder: Path, people: int, rules: int = 200, places: int = PLACES, far: int = 0
) -> tuple[Engine, Store, ManualClock]:
    """An engine with a venue in force and people registered, on SQLite in ``folder``."""
    store = Store(f"sqlite:///{folder}/bench.db", EVENT)
    store.start(migrate=True)
    clock = ManualClock(START_MS)
    document = msgspec.json.encode(venue(rules, places, far)).decode()
    store.add_command("venue", ev.VenuePublished(1, START_MS, document), START_MS)
    engine = Engine(store, clock, EngineSettings(poll_s=0.0, group_items_max=20_000), EVENT)
    nowhere = Nowhere()
    engine.connect(nowhere, nowhere, nowhere)
    engine.load()
    engine.run_group([])
    register(engine, people)
    return engine, store, clock


def register(engine: Engine, people: int, at_ms: int = START_MS) -> None:
    """Register people ``p0`` ... with badges ``b0`` ..., as the engine does it with commands."""
    for first in range(0, people, 5_000):
        work = engine.new_work()
        for number in range(first, min(first + 5_000, people)):
            known = {"first_name": f"N{number}", "favourite_colour": "#ff8800"}
            consents = ["rewards", "presence", "lights", "push"]
            person = ev.Registered(f"p{number}", at_ms, {**known}, consents)
            work.decide(f"register/{number}", person)
            work.decide(f"lease/{number}", ev.Leased(f"b{number}", f"p{number}", at_ms))
        engine.commit(work)


def tap_message(place: int, sequence: int, badges: list[str], at_ms: int) -> tuple[str, bytes]:
    """A batch of taps as an edge sends it: topic and payload."""
    edge = place % EDGES
    batch = Batch(
        stream=f"{edge:016x}",
        first=sequence,
        boot="ab" * 8,
        clock=Clock(boot_ms=0, wall_ms=at_ms, quality="hub"),
        records=[
            Tap(badge=badge, reader=f"r{place}", boot_ms=index)
            for index, badge in enumerate(badges)
        ],
    )
    return up(EVENT, f"pi-{edge}", "taps"), encode(batch)


def sighting_message(
    edge: int, stream: str, sequence: int, badges: list[str], at_ms: int
) -> tuple[str, bytes]:
    """A batch of sightings of one second, as an edge sends it: topic and payload."""
    batch = Batch(
        stream=stream,
        first=sequence,
        boot="ab" * 8,
        clock=Clock(0, at_ms, "hub"),
        records=[
            Sighting(badge, f"r{edge}", index, -61.5, 3) for index, badge in enumerate(badges)
        ],
    )
    return up(EVENT, f"pi-{edge}", "sightings"), encode(batch)
