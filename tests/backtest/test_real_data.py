"""Three days of badge scans: who would have got a coffee is what plain counting says."""

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from hub.backtest import recording
from hub.backtest.facts import Fact
from hub.backtest.recording import FORMAT, VERSION, Header
from hub.core import document as doc
from hub.core import events as ev
from hub.core.spans import instant_ms
from tests import needs
from tests.backtest.files import report
from tests.oracles import badge_scans as oracle

pytestmark = pytest.mark.needs_shared
ZONE = ZoneInfo("America/Sao_Paulo")


def keen(joins: set[oracle.Join], count: int, within: timedelta) -> set[str]:
    """Who was scanned so often within so long: for each scan, all of theirs are looked at."""
    return {
        join.person
        for join in joins
        if sum(
            other.person == join.person and join.at - within < other.at <= join.at
            for other in joins
        )
        >= count
    }


def rule(count: int, within: str) -> dict[str, object]:
    return {
        "name": "keen",
        "when": {"kind": "visits", "group": "sessions", "count": count, "within": within},
        "limit": {"once": True},
        "then": [{"do": "points", "points": 1}],
    }


@pytest.fixture(scope="module")
def joins() -> set[oracle.Join]:
    return oracle.read_joins(needs.shared_data("sbrc2019_badge_scans.csv"))


@pytest.fixture
def event(joins: set[oracle.Join], tmp_path: Path) -> Path:
    """The scans as a recorded event; three within two hours make somebody keen."""
    ordered = sorted(joins, key=lambda join: (join.at, join.person, join.session))
    known = [instant_ms(join.at.replace(tzinfo=ZONE)) for join in ordered]
    begins_ms = known[0] - 3_600_000
    venue = msgspec.convert(
        {
            "event": {"id": "sbrc", "name": "SBRC", "zone": ZONE.key,
                      "starts": "2019-05-06T08:00", "ends": "2019-05-08T20:00"},
            "places": [
                {"id": name.lower(), "name": name, "groups": ["sessions"], "visits_by": "tap"}
                for name in sorted({join.session for join in joins})
            ],
            "rules": [rule(3, "2h")],
        },
        doc.Venue,
    )  # fmt: skip
    people = sorted({join.person for join in joins})
    events: list[tuple[int, ev.Event]] = []
    for person in people:
        events.append((begins_ms, ev.Registered(person, begins_ms)))
        events.append((begins_ms, ev.Leased(person, person, begins_ms)))
    for join, at_ms in zip(ordered, known, strict=True):
        events.append((at_ms, ev.Tapped(join.person, join.session.lower(), at_ms)))
    facts = [Fact(pos, f"f/{pos}", at, at, event) for pos, (at, event) in enumerate(events, 2)]
    header = Header(FORMAT, VERSION, "sbrc", venue, begins_ms, known[-1])
    path = tmp_path / "sbrc.jsonl.gz"
    recording.write(path, header, facts)
    return path


@pytest.mark.parametrize(("count", "hours"), [(2, 2), (4, 2), (3, 1), (3, 4)])
def test_who_gains_and_who_loses(
    joins: set[oracle.Join], event: Path, count: int, hours: int
) -> None:
    live = oracle.keen(joins)
    proposed = keen(joins, count, timedelta(hours=hours))
    assert live == keen(joins, 3, timedelta(hours=2))
    assert live != proposed
    found = report(event, {"rules": [rule(count, f"{hours}h")]})
    assert {one.person for one in found.gains} == proposed - live
    assert {one.person for one in found.losses} == live - proposed
    [one] = found.rules
    assert (one.fired.live, one.fired.proposed) == (len(live), len(proposed))
    assert one.unchanged + one.moved == len(live & proposed)
