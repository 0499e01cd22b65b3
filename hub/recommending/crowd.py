"""The next place is the one that most people went to just now and that you have not seen.

Nothing that was compared with it did better, and what is simpler did worse: the figures are in
``docs/decisions/0005-recommendations.md``. Counts of fewer than ``people_min`` are taken as none,
so that nobody can be told from them. Instants are Unix ms of venue time.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from hub.recommending.settings import RecommendSettings

MINUTE_MS: Final = 60_000

History = Mapping[str, Sequence[int]]
"""Place to the instants of somebody's visits, ascending."""


class Recommendation(Struct, frozen=True):
    """A place to go to, better the higher its score; ``because`` is the reason to be shown."""

    place: str
    score: float
    because: str


class Crowd(Struct, frozen=True):
    """How many people went to each place, at all and within the window up to ``at_ms``."""

    at_ms: int
    people: int
    ever: Mapping[str, int]
    lately: Mapping[str, int]


def crowd_of(histories: Iterable[History], at_ms: int, window_ms: int) -> Crowd:
    """Count each person once for each place; what lies after ``at_ms`` does not count."""
    ever: Counter[str] = Counter()
    lately: Counter[str] = Counter()
    people = 0
    for history in histories:
        people += 1
        for place, visits in history.items():
            upto = bisect_right(visits, at_ms)
            if upto:
                ever[place] += 1
                lately[place] += visits[upto - 1] > at_ms - window_ms
    return Crowd(at_ms, people, ever, lately)


def recommend(
    crowd: Crowd, places: Iterable[str], not_these: Collection[str], settings: RecommendSettings
) -> list[Recommendation]:
    """Return the best places that are in ``places`` and not in ``not_these``, best first."""
    found = [
        _one(crowd, place, settings)
        for place in places
        if place not in not_these and crowd.ever.get(place, 0) >= settings.people_min
    ]
    found.sort(key=lambda one: (-one.score, one.place))
    return found[: settings.places_max]


def _one(crowd: Crowd, place: str, settings: RecommendSettings) -> Recommendation:
    """Those of the window count first; among equals, all who ever went there."""
    ever, lately = crowd.ever[place], crowd.lately.get(place, 0)
    if lately < settings.people_min:
        lately = 0
    score = lately + ever / (crowd.people + 1)
    if lately:
        because = (
            f"{lately} people went there in the last {settings.window_ms // MINUTE_MS} minutes"
        )
    else:
        because = f"{ever} people went there so far"
    return Recommendation(place, score, because)
