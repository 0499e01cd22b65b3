"""Ways to guess where somebody goes next; each scores places from what was known until then."""

import importlib
import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from hub.recommending.crowd import STRANGER, crowd_of, recommend
from hub.recommending.settings import RecommendSettings

MINUTE_MS = 60_000
REFIT_MS = 15 * MINUTE_MS
FACTORS = 16
SHIPPED = "neighbours, last hour, from 5 people on (shipped)"

Scores = dict[str, float]


class Past:
    """All visits that are known, and what is counted from them."""

    def __init__(self) -> None:
        self.by_person: dict[str, dict[str, list[int]]] = {}
        self.people: Counter[str] = Counter()
        """Place to how many people went there."""
        self.both: dict[str, Counter[str]] = defaultdict(Counter)
        """Place to place to how many people went to both."""

    def add(self, at_ms: int, person: str, place: str) -> None:
        """Take in a visit; they come in the order of time."""
        mine = self.by_person.setdefault(person, {})
        if place not in mine:
            for other in mine:
                self.both[other][place] += 1
                self.both[place][other] += 1
            self.people[place] += 1
        mine.setdefault(place, []).append(at_ms)


Method = Callable[[Past, str, Sequence[str], int], Scores]


def popularity(past: Past, _person: str, places: Sequence[str], _at_ms: int) -> Scores:
    """How many people ever went there."""
    return {place: past.people[place] for place in places}


def chance(past: Past, person: str, places: Sequence[str], at_ms: int) -> Scores:
    """Anything."""
    del past
    dice = random.Random(f"{person}/{at_ms}")
    return {place: dice.random() for place in places}


def lately(window_min: int) -> Method:
    """How many people came there just now; among equals, how many ever did."""

    def method(past: Past, _person: str, places: Sequence[str], at_ms: int) -> Scores:
        crowd = crowd_of(past.by_person.values(), at_ms, window_min * MINUTE_MS)
        return {
            place: len(crowd.lately.get(place, ())) + 1e-6 * len(crowd.ever.get(place, ()))
            for place in places
        }

    return method


def shipped(people_min: int) -> Method:
    """What ``hub.recommending`` does."""
    settings = RecommendSettings(people_min=people_min, places_max=1_000)

    def method(past: Past, person: str, places: Sequence[str], at_ms: int) -> Scores:
        crowd = crowd_of(past.by_person.values(), at_ms, settings.window_ms)
        mine = past.by_person[person].keys()
        names = {place: place for place in places}
        found = recommend(crowd, names, mine, (), settings)
        return dict.fromkeys(places, 0.0) | {one.place: one.score for one in found}

    return method


def cosine(shrinkage: float) -> Method:
    """Item to item: people of both by the geometric mean of the people of each."""

    def method(past: Past, person: str, places: Sequence[str], _at_ms: int) -> Scores:
        def alike(one: str, other: str) -> float:
            mean = math.sqrt(past.people[one] * past.people[other])
            return past.both[one][other] / (mean + shrinkage)

        mine = past.by_person[person]
        return {place: sum(alike(one, place) for one in mine) for place in places}

    return method


def lift(shrinkage: float) -> Method:
    """Item to item: people of both by what chance would make of it."""

    def method(past: Past, person: str, places: Sequence[str], _at_ms: int) -> Scores:
        everybody = len(past.by_person)

        def alike(one: str, other: str) -> float:
            expected = past.people[one] * past.people[other] / everybody
            return (past.both[one][other] + shrinkage) / (expected + shrinkage)

        mine = past.by_person[person]
        return {place: sum(alike(one, place) for one in mine) for place in places}

    return method


def also_visited(shrinkage: float) -> Method:
    """Which share of the people of my places went there, shrunk towards that of all people."""

    def method(past: Past, person: str, places: Sequence[str], _at_ms: int) -> Scores:
        everybody = len(past.by_person)

        def share(one: str, other: str) -> float:
            usual = past.people[other] / everybody
            return (past.both[one][other] + shrinkage * usual) / (past.people[one] + shrinkage)

        mine = past.by_person[person]
        return {place: sum(share(one, place) for one in mine) for place in places}

    return method


def neighbours(past: Past, person: str, places: Sequence[str], _at_ms: int) -> Scores:
    """What people with places in common with me visited, the more in common the more it counts."""
    mine = past.by_person[person].keys()
    found: dict[str, float] = defaultdict(float)
    for theirs in past.by_person.values():
        weight = len(mine & theirs.keys()) / math.sqrt(len(mine) * len(theirs)) + STRANGER
        for place in theirs:
            found[place] += weight
    return {place: found[place] for place in places}


def factors(name: str) -> Method:
    """A model of the library ``implicit``, made anew every quarter of an hour of the event.

    Raises:
        ImportError: it is not installed.
    """
    importlib.import_module(f"implicit.{name}")
    state: dict[str, Any] = {}

    def method(past: Past, person: str, places: Sequence[str], at_ms: int) -> Scores:
        known = state.get("past") is past and at_ms - state["at_ms"] < REFIT_MS
        if not known or person not in state["rows"]:
            state.clear()
            state.update(_fitted(name, past), past=past, at_ms=at_ms)
        model, columns = state["model"], state["columns"]
        mine = model.user_factors[state["rows"][person]]
        guessed = model.item_factors @ mine
        return {p: float(guessed[columns[p]]) if p in columns else -1e9 for p in places}

    return method


def _fitted(name: str, past: Past) -> dict[str, Any]:
    sparse = importlib.import_module("scipy.sparse")
    rows = {person: number for number, person in enumerate(past.by_person)}
    columns = {place: number for number, place in enumerate(past.people)}
    cells = [(rows[p], columns[x]) for p, mine in past.by_person.items() for x in mine]
    shape = (len(rows), len(columns))
    data = ([1.0] * len(cells), tuple(zip(*cells, strict=True)))
    matrix = sparse.csr_matrix(data, shape=shape, dtype="float32")
    module = importlib.import_module(f"implicit.{name}")
    kind = {"als": "AlternatingLeastSquares", "bpr": "BayesianPersonalizedRanking"}[name]
    model = getattr(module, kind)(factors=FACTORS, random_state=1, num_threads=1)
    model.fit(matrix, show_progress=False)
    return {"model": model, "rows": rows, "columns": columns}


def methods() -> dict[str, Method]:
    """Return every way there is, popularity first; those of ``implicit`` when it is installed."""
    found = {
        "most visited": popularity,
        "by chance": chance,
        "most visited, last 30 min": lately(30),
        "most visited, last hour": lately(60),
        "most visited, last 2 hours": lately(120),
        "item-item cosine": cosine(5),
        "item-item lift": lift(5),
        "also visited": also_visited(20),
        "neighbours": neighbours,
        "neighbours, last hour": shipped(1),
        SHIPPED: shipped(5),
    }
    for name in ("als", "bpr"):
        try:
            found[f"implicit {name.upper()}"] = factors(name)
        except ImportError:
            continue
    return found
