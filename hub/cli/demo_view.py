"""The live summary in the terminal: one table, worked out from the store each time."""

from collections import Counter
from datetime import tzinfo

import msgspec
from rich.table import Table

from contract.clock import Clock
from hub.core.compiled import compile_venue
from hub.core.document import Venue
from hub.core.spans import local
from hub.store import Store

FEED_ROWS = 6


class Summary:
    """What is going on, for a person who glances at it."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._after_id = 0
        self._pos = 0
        self._kinds: Counter[str] = Counter()
        self._feed: list[str] = []
        self._names = store.people.names()
        self._zone: tzinfo | None = None

    def table(self) -> Table:
        """The summary as a table."""
        self._read_feed()
        table = Table(title=self._time(), show_header=False, expand=False, pad_edge=False)
        table.add_column(style="bold cyan")
        table.add_column()
        for name, text in self._rows():
            table.add_row(name, text)
        for line in self._feed[-FEED_ROWS:]:
            table.add_row("", f"[dim]{line}[/]")
        return table

    def line(self) -> str:
        """The summary as a line."""
        self._read_feed()
        rows = " · ".join(f"{name} {text}" for name, text in self._rows())
        return f"{self._time()}  {rows}"

    def _rows(self) -> list[tuple[str, str]]:
        present = self._store.views.present()
        for row in self._store.log_from(self._pos):
            self._pos = row.pos
            self._kinds[row.kind] += 1
        log = self._kinds
        decided = self._store.views.decision_counts()
        fired = sum(n for (_, outcome), n in decided.items() if outcome == "fired")
        rewards = self._store.rewards.counts()
        given = sum(n for (_, status), n in rewards.items() if status in {"issued", "redeemed"})
        health = self._store.devices.health()
        alive = sum(1 for edge in health.values() if edge.alive)
        held = self._store.quarantine.counts().get("held", 0)
        busiest = sorted(present.items(), key=lambda item: -item[1])[:4]
        return [
            ("people", f"{sum(present.values())} inside: "
                       + ", ".join(f"{place} {n}" for place, n in busiest)),
            ("taps", f"{log['tapped']}, moves {log['moved']}"),
            ("decisions", f"{fired} fired"),
            ("rewards", f"{given} given"),
            ("edges", f"{alive} of {len(health)} online"),
            ("quarantine", str(held)),
        ]  # fmt: skip

    def _time(self) -> str:
        if self._zone is None:
            venue = self._store.venue_at()
            if venue is None:
                return "starting"
            document = msgspec.json.decode(venue.document, type=Venue)
            self._zone = compile_venue(document, venue.version).zone
        return f"{local(self._clock.wall_ms(), self._zone):%a %H:%M}"

    def _read_feed(self) -> None:
        for row in self._store.views.decisions(self._after_id, 200):
            self._after_id = row.id
            decision = row.decision
            who = self._names.get(decision.person or "", decision.place or "")
            self._feed.append(
                f"{who}: {decision.rule} {decision.outcome} - {decision.reason}"[:110]
            )
        del self._feed[:-FEED_ROWS]
