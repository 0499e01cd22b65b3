"""The next place is where people who share places with you went just now, and you did not yet.

A person counts for each place that they came to within the window: a little in any case, so that
whoever is new is sent where most people go, and more the more places they share with who asks (the
cosine of both sets of places). Why this and nothing else is measured in
``docs/decisions/0005-recommendations.md``. Counts of fewer than ``people_min`` are taken as none,
so that nobody can be told from them. Instants are Unix ms of venue time.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from math import sqrt
from typing import Final

from msgspec import Struct

from hub.recommending.settings import RecommendSettings

MINUTE_MS: Final = 60_000
STRANGER: Final = 0.05
"""What somebody counts with whom no place is shared; with whom all are, it is 1 more."""
TIE: Final = 1e-6
"""What everybody counts who ever went there: it decides between equals."""
NAMED_MAX: Final = 2
"""Most places that are named in a reason."""

History = Mapping[str, Sequence[int]]
"""Place to the instants of somebody's visits, ascending."""


class Recommendation(Struct, frozen=True):
    """A place to go to, better the higher its score; ``because`` is the reason to be shown."""

    place: str
    score: float
    because: str


class Crowd(Struct, frozen=True):
    """Who went where up to ``at_ms``; people are numbers."""

    at_ms: int
    ever: Mapping[str, Sequence[int]]
    """Place to who was there at all, ascending."""
    lately: Mapping[str, frozenset[int]]
    """Place to who came within the window."""
    lately_of: Sequence[Sequence[str]]
    """Of each person, where they came within the window."""
    places_of: Sequence[int]
    """Of each person, at how many places they were."""


def crowd_of(histories: Iterable[History], at_ms: int, window_ms: int) -> Crowd:
    """Count each person once for each place; what lies after ``at_ms`` does not count."""
    ever: dict[str, list[int]] = {}
    lately: dict[str, set[int]] = {}
    lately_of: list[list[str]] = []
    places_of: list[int] = []
    for number, history in enumerate(histories):
        came: list[str] = []
        seen = 0
        for place, visits in history.items():
            upto = bisect_right(visits, at_ms)
            if upto:
                seen += 1
                ever.setdefault(place, []).append(number)
                if visits[upto - 1] > at_ms - window_ms:
                    came.append(place)
                    lately.setdefault(place, set()).add(number)
        lately_of.append(came)
        places_of.append(seen)
    frozen = {place: frozenset(who) for place, who in lately.items()}
    return Crowd(at_ms, ever, frozen, lately_of, places_of)


def recommend(
    crowd: Crowd,
    names: Mapping[str, str],
    mine: Collection[str],
    not_these: Collection[str],
    settings: RecommendSettings,
) -> list[Recommendation]:
    """Return the best places, best first.

    ``names`` are the places that there are to recommend, id to name; ``mine`` are those that the
    person was at, ``not_these`` those that are not recommended.
    """
    alike = _alike(crowd, mine)
    scores = {
        place: _score(crowd, place, alike, settings)
        for place in names
        if place not in not_these and len(crowd.ever.get(place, ())) >= settings.people_min
    }
    best = sorted(scores, key=lambda place: (-scores[place], place))[: settings.places_max]
    return [
        Recommendation(place, scores[place], _because(crowd, place, names, mine, settings))
        for place in best
    ]


def _alike(crowd: Crowd, mine: Collection[str]) -> Counter[str]:
    """Place to how much those count together who share a place and came there lately."""
    shared = Counter(number for place in mine for number in crowd.ever.get(place, ()))
    found: Counter[str] = Counter()
    for number, places in shared.items():
        weight = places / sqrt(len(mine) * crowd.places_of[number])
        for place in crowd.lately_of[number]:
            found[place] += weight  # type: ignore[assignment]  # a Counter of floats
    return found


def _score(crowd: Crowd, place: str, alike: Counter[str], settings: RecommendSettings) -> float:
    lately = len(crowd.lately.get(place, ()))
    score = TIE * len(crowd.ever[place])
    if lately >= settings.people_min:
        score += alike[place] + STRANGER * lately
    return score


def _because(
    crowd: Crowd,
    place: str,
    names: Mapping[str, str],
    mine: Collection[str],
    settings: RecommendSettings,
) -> str:
    came = crowd.lately.get(place, frozenset())
    if len(came) < settings.people_min:
        return f"{len(crowd.ever[place])} people visited {names[place]} so far"
    through = {one: came.intersection(crowd.ever.get(one, ())) for one in mine if one in names}
    ranked = sorted(through, key=lambda one: (-len(through[one]), one))[:NAMED_MAX]
    named = [one for one in ranked if len(through[one]) >= settings.people_min]
    who = came.intersection(*(through[one] for one in named))
    if len(who) < settings.people_min:
        named = named[:1]
        who = came.intersection(*(through[one] for one in named))
    said = " and ".join(names[one] for one in named)
    visited = f" who visited {said} also" if named else ""
    minutes = settings.window_ms // MINUTE_MS
    return f"{len(who)} people{visited} visited {names[place]} in the last {minutes} minutes"
