"""Counts for Prometheus, read from the store when they are asked for, kept for a few seconds.

No label names a person. Every label is bounded: rules, places, pools, audiences and edges are those
of the document in force, all others together ``other``; of connectors, statuses and reasons there
are few, and of each label ``VALUES_MAX`` are kept. ``METRICS`` says what there is.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from threading import Lock
from typing import Final, TypeVar

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from contract.clock import Clock
from hub.core.document import Venue
from hub.store import Store
from hub.store.insight import InsightReads

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
KEPT_MS: Final = 5_000
"""How long the text is kept (real time): who asks oftener gets the same."""
VALUES_MAX: Final = 64
"""Most values of a label that the document does not bound."""
OTHER: Final = "other"

METRICS: Final[dict[str, tuple[str, tuple[str, ...], str]]] = {
    "foyer_decisions": (
        "counter", ("rule", "outcome", "because"), "Decisions of rules.",
    ),
    "foyer_visits": ("counter", ("place",), "Visits, as the core counts them."),
    "foyer_actions": ("gauge", ("connector", "status"), "Actions by how far they are."),
    "foyer_rewards": ("gauge", ("pool", "status"), "Rewards reserved, issued, redeemed."),
    "foyer_rewards_left": ("gauge", ("pool",), "Rewards that can still be given."),
    "foyer_people_registered": ("gauge", (), "Registered people."),
    "foyer_people_present": ("gauge", ("place",), "People at a place now."),
    "foyer_audience_members": ("gauge", ("audience",), "Members of an audience now."),
    "foyer_quarantine_held": ("gauge", (), "Readings in quarantine."),
    "foyer_log_position": ("gauge", (), "Newest position in the log of events."),
    "foyer_edge_alive": ("gauge", ("edge",), "1 for an edge that says it is there, else 0."),
    "foyer_edge_outbox_rows": ("gauge", ("edge",), "Rows that an edge has not been rid of."),
}  # fmt: skip
"""Name, without the ``_total`` of a counter, to its type, its labels and its help."""

Labelled = Mapping[tuple[str, ...], int]
Labels = TypeVar("Labels", bound=tuple[str, ...])


class Metrics:
    """The text for one event; safe to ask from many threads. ``wall`` is real time."""

    def __init__(self, store: Store, wall: Clock) -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(StoreCollector(store))
        self._wall = wall
        self._lock = Lock()
        self._kept: tuple[int, bytes] | None = None

    def text(self) -> bytes:
        """Return the metrics as Prometheus reads them, at most ``KEPT_MS`` old."""
        with self._lock:
            now_ms = self._wall.boot_ms()
            if self._kept is None or now_ms - self._kept[0] >= KEPT_MS:
                self._kept = (now_ms, generate_latest(self._registry))
            return self._kept[1]


class StoreCollector(Collector):
    """Reads every count anew; visits are counted on from where the last reading stopped."""

    def __init__(self, store: Store) -> None:
        self._reads = InsightReads(store.database, store.event)
        self._pos = 0
        self._visits: Counter[str] = Counter()

    def describe(self) -> Iterable[Metric]:
        """Ask for nothing while it is registered."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Read the store."""
        venue = self._reads.venue()
        for name, counted in self._counted(venue).items():
            yield _family(name, counted)

    def _counted(self, venue: Venue | None) -> dict[str, Labelled]:
        reads = self._reads
        rules = {rule.name for rule in venue.rules} if venue else set()
        places = {place.id for place in venue.places} if venue else set()
        pools = {pool.id for pool in venue.pools} if venue else set()
        edges = {edge.name for edge in venue.edges} if venue else set()
        audiences = {one.name for one in venue.audiences} if venue else set()
        decided = {
            (d.rule, d.outcome, d.because): d.number for d in reads.decision_counts(None, None)
        }
        said = reads.edges()
        left = {pool.id: pool.left for pool in reads.pools().values()}
        stock = {pool.id: pool.stock for pool in venue.pools} if venue else {}
        return {
            "foyer_decisions": _of(decided, rules),
            "foyer_visits": _of(_one(self._visited(venue)), places),
            "foyer_actions": _bounded(reads.action_states()),
            "foyer_rewards": _of(reads.reward_states(), pools),
            "foyer_rewards_left": _of(_one(stock | left), pools),
            "foyer_people_registered": {(): reads.registered()},
            "foyer_people_present": _of(_one(dict.fromkeys(places, 0) | reads.present()), places),
            "foyer_audience_members": _of(
                _one(dict.fromkeys(audiences, 0) | reads.members()), audiences
            ),
            "foyer_quarantine_held": {(): reads.held()},
            "foyer_log_position": {(): reads.last_pos()},
            "foyer_edge_alive": {(e.edge,): int(e.alive) for e in said if e.edge in edges},
            "foyer_edge_outbox_rows": _of(_one({e.edge: e.outbox_rows for e in said}), edges),
        }

    def _visited(self, venue: Venue | None) -> dict[str, int]:
        by_tap = {place.id: place.visits_by == "tap" for place in venue.places} if venue else {}
        for move in self._reads.moves(self._pos):
            self._pos = move.pos
            if move.place in by_tap:
                kind = "tapped" if by_tap[move.place] else "entered"
                self._visits[move.place] += move.kind == kind
        return dict.fromkeys(by_tap, 0) | self._visits


def _one(counted: Mapping[str, int]) -> Labelled:
    return {(name,): number for name, number in counted.items()}


def _of(counted: Mapping[Labels, int], known: set[str]) -> Labelled:
    """Add up what stands under a first label that the document does not have."""
    found: Counter[tuple[str, ...]] = Counter()
    for (first, *rest), number in counted.items():
        found[first if first in known else OTHER, *rest] += number
    return found


def _bounded(counted: Mapping[Labels, int]) -> Labelled:
    names = sorted({labels[0] for labels in counted})[:VALUES_MAX]
    return _of(counted, set(names))


def _family(name: str, counted: Labelled) -> Metric:
    kind, labels, text = METRICS[name]
    made = CounterMetricFamily if kind == "counter" else GaugeMetricFamily
    family = made(name, text, labels=labels)
    for values, number in sorted(counted.items()):
        family.add_metric(values, number)
    return family
