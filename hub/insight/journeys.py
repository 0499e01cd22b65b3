"""A journey is the places that somebody visited, one after the other, as it really was.

Visits to the same place in a row are one stop. A journey is one person's whole event, or one of
their days at the venue. Only the first ``steps`` stops of each are looked at; who made more goes on
as ``longer``. Everything is counted from one tally of the cut journeys, so all figures agree.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final
from zoneinfo import ZoneInfo

from hub.insight.measures import share
from hub.insight.movements import Movements
from hub.insight.spans import day_of

STEPS_DEFAULT: Final = 6
STEPS_MAX: Final = 20
NODES_MAX: Final = 300
"""Most nodes of the tree; the commonest are kept."""
PATHS_MAX: Final = 50
"""Most journeys that are listed; the commonest are."""
STOPS_MAX: Final = 12
"""Most places of one step; the rarer ones are together ``OTHERS``."""
OTHERS: Final = "*"
"""No place is called so."""

Journey = tuple[str, ...]
Tally = Mapping[tuple[Journey, bool], int]
"""A journey cut to its first steps, and whether it was longer, to how many."""


@dataclass(frozen=True, slots=True)
class Step:
    """How many came to their ``step``-th place, how many ended there, and the share that went on.

    The share of the last step that is looked at counts those who went further.
    """

    step: int
    reached: int
    ended: int
    share_on: float | None


@dataclass(frozen=True, slots=True)
class Stop:
    """``people`` were at ``place`` as their ``step``-th; for ``ended`` of them it was the last."""

    step: int
    place: str
    people: int
    ended: int


@dataclass(frozen=True, slots=True)
class Band:
    """``people`` went from ``source``, their ``step``-th place, to ``target``."""

    step: int
    source: str
    target: str
    people: int


@dataclass(frozen=True, slots=True)
class Path:
    """A journey, cut, and how many made it; ``longer`` says that they then went on."""

    places: tuple[str, ...]
    people: int
    longer: bool


@dataclass(frozen=True, slots=True)
class Node:
    """All journeys that begin alike: ``people = ended + longer + others + those of its children``.

    ``others`` went on to children that are too rare to be kept. ``parent`` is None for the first
    place; ``id`` is the node's place in the list, parents come before their children.
    """

    id: int
    parent: int | None
    step: int
    place: str
    people: int
    ended: int
    longer: int
    others: int


@dataclass(frozen=True, slots=True)
class JourneysReport:
    """How people went through the venue, ``journeys`` in all."""

    journeys: int
    steps: list[Step]
    paths: list[Path]
    tree: list[Node]
    stops: list[Stop]
    bands: list[Band]


def journeys_of(movements: Movements, zone: str, *, by_day: bool = False) -> Iterator[Journey]:
    """Yield each person's journey, or with ``by_day`` each of their days'."""
    where = ZoneInfo(zone)
    for _, visits in movements.people():
        if by_day:
            for _, day in groupby(visits, key=lambda visit: day_of(visit.at_ms, where)):
                yield collapsed(movements.places[visit.place] for visit in day)
        else:
            yield collapsed(movements.places[visit.place] for visit in visits)


def collapsed(places: Iterable[str]) -> Journey:
    """Return the places without immediate repetition."""
    return tuple(place for place, _ in groupby(places))


def tally(journeys: Iterable[Journey], steps: int) -> Tally:
    """Count journeys cut to their first ``steps`` places; empty ones are none."""
    return Counter((one[:steps], len(one) > steps) for one in journeys if one)


def report(
    counted: Tally, steps: int = STEPS_DEFAULT, nodes_max: int = NODES_MAX
) -> JourneysReport:
    """Say everything that is counted."""
    stops, bands = _sankey(counted, steps)
    return JourneysReport(
        journeys=sum(counted.values()),
        steps=_steps(counted, steps),
        paths=_paths(counted),
        tree=_tree(counted, nodes_max),
        stops=stops,
        bands=bands,
    )


def _steps(counted: Tally, steps: int) -> list[Step]:
    reached: Counter[int] = Counter()
    ended: Counter[int] = Counter()
    for (journey, longer), number in counted.items():
        reached.update(dict.fromkeys(range(1, len(journey) + 1), number))
        ended[len(journey)] += 0 if longer else number
    return [
        Step(step, reached[step], ended[step], share(reached[step] - ended[step], reached[step]))
        for step in range(1, steps + 1)
        if reached[step]
    ]


def _paths(counted: Tally) -> list[Path]:
    order = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [Path(journey, number, longer) for (journey, longer), number in order[:PATHS_MAX]]


def _tree(counted: Tally, nodes_max: int) -> list[Node]:
    """Keep the commonest beginnings; one is at least as common as what it is the beginning of."""
    people: Counter[Journey] = Counter()
    ended: Counter[Journey] = Counter()
    further: Counter[Journey] = Counter()
    for (journey, longer), number in counted.items():
        people.update({journey[:step]: number for step in range(1, len(journey) + 1)})
        (further if longer else ended)[journey] += number
    kept = sorted(people, key=lambda begin: (-people[begin], len(begin), begin))[:nodes_max]
    ids = {begin: number for number, begin in enumerate(kept)}
    below: Counter[Journey] = Counter()
    for begin in kept:
        below[begin[:-1]] += people[begin]
    return [
        Node(
            id=ids[begin], parent=ids.get(begin[:-1]), step=len(begin), place=begin[-1],
            people=people[begin], ended=ended[begin], longer=further[begin],
            others=people[begin] - ended[begin] - further[begin] - below[begin],
        )
        for begin in kept
    ]  # fmt: skip


def _sankey(counted: Tally, steps: int) -> tuple[list[Stop], list[Band]]:
    common = _common(counted, steps)
    people: Counter[tuple[int, str]] = Counter()
    ended: Counter[tuple[int, str]] = Counter()
    went: Counter[tuple[int, str, str]] = Counter()
    for (journey, longer), number in counted.items():
        named = [place if (n, place) in common else OTHERS for n, place in enumerate(journey, 1)]
        people.update(dict.fromkeys(enumerate(named, 1), number))
        ended[len(named), named[-1]] += 0 if longer else number
        went.update({(n, *pair): number for n, pair in enumerate(_pairs(named), 1)})
    stops = [
        Stop(step, place, number, ended[step, place]) for (step, place), number in people.items()
    ]
    bands = [Band(*key, number) for key, number in went.items()]
    return (
        sorted(stops, key=lambda stop: (stop.step, stop.place == OTHERS, -stop.people, stop.place)),
        sorted(bands, key=lambda band: (band.step, -band.people, band.source, band.target)),
    )


def _common(counted: Tally, steps: int) -> set[tuple[int, str]]:
    found: Counter[tuple[int, str]] = Counter()
    for (journey, _), number in counted.items():
        found.update(dict.fromkeys(enumerate(journey, 1), number))
    common: set[tuple[int, str]] = set()
    for step in range(1, steps + 1):
        here = sorted((key for key in found if key[0] == step), key=lambda key: (-found[key], key))
        common.update(here if len(here) <= STOPS_MAX else here[: STOPS_MAX - 1])
    return common


def _pairs(places: Sequence[str]) -> Iterable[tuple[str, str]]:
    return pairwise(places)
