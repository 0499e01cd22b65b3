"""What the terminal shows of a demonstration: where to look, then a summary out of the store."""

from collections import Counter, deque
from datetime import datetime
from typing import Final

import msgspec
from rich.box import SIMPLE
from rich.console import Group
from rich.table import Table
from rich.text import Text

from contract.clock import MS_PER_S, Clock
from hub.cli.demo_set_up import ACCOUNT, Ready
from hub.core.compiled import compile_venue
from hub.core.document import Venue
from hub.core.outcome import Decision
from hub.core.spans import local
from hub.store import Store

FEED_ROWS: Final = 8
FEED_CHARS_MAX: Final = 120
BUSIEST: Final = 4
BACKLOG_ROWS: Final = 250
"""An edge with fewer readings in its outbox than this is up to date, give or take a moment."""
DECISIONS_READ_MAX: Final = 500


class _Said(msgspec.Struct):
    """What is shown of an edge's health."""

    outbox_rows: int = 0


_said = msgspec.json.Decoder(_Said)


def introduction(venue: Venue, people: int, speed: float) -> Text:
    """The first line: what is about to be shown."""
    pace = f"one second here is {_lasting(speed)} there"
    counts = f"{people} attendees, {len(venue.edges)} Pis, {len(venue.rules)} rules"
    return Text.assemble((venue.event.name, "bold"), f" \u00b7 {counts} \u00b7 {pace}")


def greeting(ready: Ready, *, kept: bool) -> Group:
    """Where to look, what to open first; an address is never broken over two lines."""
    base = ready.home.public_url
    rows = [
        ("Open first", f"{base}/", f"sign in as {ACCOUNT} with {ready.password}"),
        ("DJ", f"{base}/dj", "the dance floor fills from 19:00 on"),
        ("Stand", f"{base}/stand", "type the code of a reward: it works once"),
        ("Attendee", ready.guest_url, ready.guest),
        ("Lamps", f"http://{ready.home.config.lights.address}/", "the emulated Hue bridge"),
        ("Data", str(ready.home.data), "stays there" if kept else "gone when this ends"),
    ]
    lines = [
        Text.assemble(f"  {name:<12}", (where, "bold cyan"), f"   {what}")
        for name, where, what in rows
    ]
    return Group("", *lines, Text("  Stop with Ctrl-C", "dim"), "")


class Summary:
    """What is going on, for a person who glances at it."""

    def __init__(self, store: Store, clock: Clock, venue: Venue) -> None:
        self._store = store
        self._clock = clock
        self._zone = compile_venue(venue, 1).zone
        self._places = {place.id: place.name for place in venue.places}
        self._event = venue.event.name
        ends = datetime.fromisoformat(venue.event.ends).replace(tzinfo=self._zone)
        self._ends_ms = int(ends.timestamp() * MS_PER_S)
        self._names = store.people.names()
        self._after_id = 0
        self._pos = 0
        self._kinds: Counter[str] = Counter()
        self._feed: deque[str] = deque(maxlen=FEED_ROWS)

    def table(self) -> Group:
        """The summary as a table, and the newest decisions below it."""
        self._read_feed()
        table = Table(box=SIMPLE, show_header=False, pad_edge=False)
        table.add_column(style="bold")
        table.add_column(overflow="ellipsis", no_wrap=True)
        for name, text in self._rows():
            table.add_row(name, Text(text))
        newest = [Text(line, "dim", overflow="ellipsis", no_wrap=True) for line in self._feed]
        return Group(Text(self._time(), "bold yellow"), table, *newest)

    def line(self) -> str:
        """The summary as a line."""
        rows = " \u00b7 ".join(f"{name} {text}" for name, text in self._rows() if text)
        return f"{self._time()}  {rows}"

    def _rows(self) -> list[tuple[str, str]]:
        store = self._store
        for row in store.log_from(self._pos):
            self._pos = row.pos
            self._kinds[row.kind] += 1
        decided: Counter[str] = Counter()
        for (_, outcome), number in store.views.decision_counts().items():
            decided[outcome] += number
        held = store.quarantine.counts().get("held", 0)
        return [
            ("In the house", self._in_the_house()),
            ("Taps", f"{self._kinds['tapped']}, and {self._kinds['moved']} changes of place"),
            ("Decisions", f"{decided['fired']} fired, {decided['suppressed']} held back"),
            ("Rewards", self._rewards()),
            ("Pis", self._edges()),
            ("Quarantine", f"{held} to look at" if held else "empty"),
        ]

    def _in_the_house(self) -> str:
        present = self._store.views.present()
        busiest = sorted(present.items(), key=lambda item: -item[1])[:BUSIEST]
        where = ", ".join(f"{self._places.get(place, place)} {n}" for place, n in busiest)
        inside = f"{sum(present.values())} of {len(self._names)}"
        return f"{inside}: {where}" if where else inside

    def _rewards(self) -> str:
        counts: Counter[str] = Counter()
        for (_, status), number in self._store.rewards.counts().items():
            counts[status] += number
        return f"{counts['issued'] + counts['redeemed']} given, {counts['redeemed']} redeemed"

    def _edges(self) -> str:
        health = self._store.devices.health()
        away = [name for name, edge in health.items() if not edge.alive]
        behind = {name: _said.decode(edge.body).outbox_rows for name, edge in health.items()}
        told = [f"{name} has no network" for name in away]
        told += [
            f"{name} catches up with {rows}"
            for name, rows in behind.items()
            if rows >= BACKLOG_ROWS and name not in away
        ]
        return ", ".join([f"{len(health) - len(away)} of {len(health)} online", *told])

    def _time(self) -> str:
        now_ms = self._clock.wall_ms()
        time = f"{local(now_ms, self._zone):%a %H:%M}"
        left_s = (self._ends_ms - now_ms) / MS_PER_S / self._clock.speed
        if left_s <= 0:
            return f"{time} \u00b7 {self._event} is over; the pages stay until you stop it"
        return f"{time} \u00b7 {_lasting(left_s)} left"

    def _read_feed(self) -> None:
        for row in self._store.views.decisions(self._after_id, DECISIONS_READ_MAX):
            self._after_id = row.id
            if row.decision.person is not None:
                self._feed.append(self._told(row.decision))

    def _told(self, decision: Decision) -> str:
        who = self._names.get(decision.person or "", "somebody")
        time = f"{local(decision.at_ms, self._zone):%H:%M}"
        did = "; ".join(decision.actions) or decision.reason
        return f"  {time}  {who} \u00b7 {decision.rule}: {did}"[:FEED_CHARS_MAX]


def _lasting(seconds: float) -> str:
    """``45 s``, ``3 min``, ``2 min 30 s``."""
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"
