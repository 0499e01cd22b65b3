"""Three days of badge scans of a conference: visits and flows are those of a batch computation."""

import itertools
from collections import Counter, defaultdict
from zoneinfo import ZoneInfo

import msgspec
import pytest

from contract.clock import ManualClock
from hub.core import document as d
from hub.core.events import Tapped
from hub.insight.journeys import PATHS_MAX
from hub.insight.service import Insight
from hub.insight.spans import Asked
from hub.store import Group, LogRow, PublishedVenue, Store
from tests import needs
from tests.oracles import badge_scans as oracle

ZONE = "America/Sao_Paulo"


@pytest.fixture(scope="module")
def joins() -> set[oracle.Join]:
    return oracle.read_joins(needs.shared_data("sbrc2019_badge_scans.csv"))


@pytest.fixture
def insight(empty: Store, joins: set[oracle.Join]) -> Insight:
    sessions = sorted({join.session for join in joins})
    venue = d.Venue(
        d.EventInfo("sbrc", "SBRC", ZONE, "2019-05-06T08:00", "2019-05-08T20:00"),
        [d.Place(name.lower(), name, visits_by="tap") for name in sessions],
    )
    group = Group(venue=PublishedVenue(1, msgspec.json.encode(venue).decode(), 0))
    # the log has them in an order that has nothing to do with time
    for pos, join in enumerate(sorted(joins, key=lambda one: (one.session, one.person, one.at)), 1):
        at_ms = round(join.at.replace(tzinfo=ZoneInfo(ZONE)).timestamp() * 1000)
        body = msgspec.json.encode(Tapped(join.person[:16], join.session.lower(), at_ms))
        group.log.append(LogRow(pos, f"k{pos}", join.person, "tapped", at_ms, at_ms, body))
    empty.commit(group)
    return Insight(empty, ManualClock(0))


@pytest.mark.needs_shared
def test_visits(insight: Insight, joins: set[oracle.Join]) -> None:
    expected = oracle.visits(joins)
    report = insight.places(Asked(width="1h"))
    assert sum(place.visits for place in report.places) == len(joins) == 1017
    for place in report.places:
        often = [n for (_, session), n in expected.items() if session.lower() == place.place]
        assert (place.visits, place.visitors) == (sum(often), len(often))
        assert place.repeat_visitors == sum(n > 1 for n in often)
        assert sum(place.visits_over_time) == place.visits
        assert place.dwell_median_ms is None


@pytest.mark.needs_shared
def test_flows_and_journeys(insight: Insight, joins: set[oracle.Join]) -> None:
    people: dict[tuple[str, str], set[str]] = defaultdict(set)
    routes: Counter[tuple[str, ...]] = Counter()
    by_person = itertools.groupby(sorted(joins, key=lambda one: one.person), lambda one: one.person)
    for person, mine in by_person:
        # scans of one second stand in the log by session, as they were written
        scans = sorted(mine, key=lambda one: (one.at, one.session))
        routes[tuple(name for name, _ in itertools.groupby(s.session for s in scans))[:6]] += 1
        for one, then in itertools.pairwise(scans):
            if one.session != then.session and one.at.date() == then.at.date():
                people[one.session.lower(), then.session.lower()].add(person)
    flows = insight.flows(Asked())
    found = {
        (one, then): number
        for one, row in zip(flows.places, flows.people, strict=True)
        for then, number in zip(flows.places, row, strict=True)
        if number
    }
    assert found == {pair: len(who) for pair, who in people.items()}
    journeys = insight.journeys(Asked())
    assert journeys.journeys == routes.total()
    top = [number for _, number in routes.most_common(10)]
    assert [path.people for path in journeys.paths][:10] == top
    assert len(journeys.paths) == min(PATHS_MAX, len(routes))
