"""On held-back visits of a real event what is shipped is better than the most visited."""

from statistics import fmean

import pytest

from bench import recommending as bench
from bench.recommending_methods import Method, popularity, shipped
from tests import needs
from tests.oracles import badge_scans as oracle


@pytest.fixture(scope="module")
def answers() -> bench.Answers:
    needs.shared_data("sbrc2019_badge_scans.csv")
    ways: dict[str, Method] = {"most visited": popularity, "shipped": shipped(5)}
    return bench.asked(bench.as_it_happens(bench.scans()), ways)


@pytest.mark.needs_shared
def test_it_is_better_beyond_chance(answers: bench.Answers) -> None:
    hit, reciprocal = bench.against(answers, "shipped", "most visited")
    assert hit[0] > 0.2
    assert reciprocal[0] > 0.2
    assert fmean(hit for hit, _ in bench.rates(answers, "shipped").values()) > 0.8


@pytest.mark.needs_shared
def test_nothing_later_is_known_when_it_is_asked() -> None:
    joins = oracle.read_joins(needs.shared_data("sbrc2019_badge_scans.csv"))
    came = bench.scans()
    assert len(came) == len(joins)
    for past, person, at_ms, wanted in bench.as_it_happens(came):
        assert wanted not in past.by_person[person]
        assert all(at[-1] <= at_ms for mine in past.by_person.values() for at in mine.values())


@pytest.mark.needs_shared
def test_stands_have_visits_with_pauses() -> None:
    path = needs.shared_data("sfhh2009_contacts.dat.gz")
    assert path.exists()
    visits = bench.stands(bench.SEEDS[0])
    assert visits == sorted(visits)
    assert len({place for _, _, place in visits}) == bench.STANDS
    last: dict[tuple[str, str], int] = {}
    for at_ms, person, place in visits:
        assert at_ms - last.get((person, place), -bench.PAUSE_MS) >= bench.PAUSE_MS
        last[person, place] = at_ms


def test_ranks() -> None:
    assert bench.rank({"a": 3, "b": 2, "c": 2, "d": 1}, "a") == 1
    assert bench.rank({"a": 3, "b": 2, "c": 2, "d": 1}, "c") == 2.5
    assert bench.rank({"a": 3, "b": 2, "c": 2, "d": 1}, "d") == 4
