"""Which place is next, and why; counts are those of a plain recount."""

from collections import Counter
from math import sqrt

from hypothesis import given
from hypothesis import strategies as st

from hub.recommending.crowd import STRANGER, TIE, crowd_of, recommend
from hub.recommending.settings import RecommendSettings

MIN_MS = 60_000
NOW_MS = 1_000 * MIN_MS
NAMES = {"a": "Alderfold", "b": "Brightmoor", "c": "Cindral", "d": "Dunewick"}
FEW = RecommendSettings(people_min=2)

histories = st.lists(
    st.dictionaries(
        st.sampled_from([*NAMES, "entrance"]),
        st.lists(st.integers(900, 1_010).map(lambda m: m * MIN_MS), min_size=1, max_size=3).map(
            sorted
        ),
        max_size=4,
    ),
    max_size=12,
)


def people(count: int, **minutes_ago: int) -> list[dict[str, list[int]]]:
    """So many people, who visited these places so many minutes ago."""
    return [{p: [NOW_MS - ago * MIN_MS] for p, ago in minutes_ago.items()} for _ in range(count)]


@given(histories, st.sets(st.sampled_from(sorted(NAMES))), st.integers(1, 4))
def test_scores_are_those_of_a_plain_recount(
    many: list[dict[str, list[int]]], mine: set[str], people_min: int
) -> None:
    settings = RecommendSettings(people_min=people_min, places_max=10)
    found = recommend(crowd_of(many, NOW_MS, settings.window_ms), NAMES, mine, mine, settings)
    expected: dict[str, float] = {}
    for place in NAMES.keys() - mine:
        ever = lately = 0
        score = 0.0
        for history in many:
            known = {one: [t for t in at if t <= NOW_MS] for one, at in history.items()}
            seen = {one for one, at in known.items() if at}
            ever += place in seen
            if place in seen and known[place][-1] > NOW_MS - settings.window_ms:
                lately += 1
                shared = len(seen & mine)
                score += STRANGER + (shared / sqrt(len(mine) * len(seen)) if shared else 0)
        if ever >= people_min:
            expected[place] = TIE * ever + (score if lately >= people_min else 0)
    assert {one.place for one in found} == expected.keys()
    for one in found:
        assert abs(one.score - expected[one.place]) < 1e-9
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    for one in found:
        assert int(one.because.split()[0]) >= people_min


def test_people_who_share_places_lead_the_way() -> None:
    crowd = crowd_of([*people(6, a=90, c=80, b=20), *people(9, d=10)], NOW_MS, 60 * MIN_MS)
    found = recommend(crowd, NAMES, ["a", "c"], ["a", "c"], RecommendSettings())
    assert [one.place for one in found] == ["b", "d"]
    assert found[0].because == (
        "6 people who visited Alderfold and Cindral also visited Brightmoor in the last 60 minutes"
    )
    assert found[1].because == "9 people visited Dunewick in the last 60 minutes"


def test_who_is_new_is_sent_where_most_people_go() -> None:
    crowd = crowd_of([*people(6, b=20), *people(9, d=10), *people(20, c=70)], NOW_MS, 60 * MIN_MS)
    found = recommend(crowd, NAMES, [], [], RecommendSettings())
    assert [one.place for one in found] == ["d", "b", "c"]
    assert found[2].because == "20 people visited Cindral so far"


def test_few_people_are_neither_used_nor_said() -> None:
    crowd = crowd_of([*people(4, b=20), *people(5, c=90), *people(1, c=5)], NOW_MS, 60 * MIN_MS)
    (only,) = recommend(crowd, NAMES, [], [], RecommendSettings())
    assert (only.place, only.because) == ("c", "6 people visited Cindral so far")


def test_a_reason_names_as_many_places_as_enough_people_share() -> None:
    many = [*people(3, a=90, b=20), *people(3, c=90, b=20), *people(1, a=9, c=9, b=9)]
    (best, *_) = recommend(crowd_of(many, NOW_MS, 60 * MIN_MS), NAMES, ["a", "c"], ["a", "c"], FEW)
    assert best.because.startswith("4 people who visited Alderfold also visited Brightmoor in ")


def test_window_and_future() -> None:
    many = [{"a": [NOW_MS - 60 * MIN_MS]}, {"a": [NOW_MS - 60 * MIN_MS + 1]}, {"a": [NOW_MS + 1]}]
    crowd = crowd_of(many, NOW_MS, 60 * MIN_MS)
    assert crowd.ever == {"a": [0, 1]}
    assert crowd.lately == {"a": {1}}
    assert Counter(crowd.places_of) == {1: 2, 0: 1}
