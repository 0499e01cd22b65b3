"""Twelve badges of a congress as stands: visits and dwell are those of the batch computation."""

import csv
import os
from pathlib import Path

import pytest

from hub.app import presence_settings
from hub.config import Config, PresenceConfig
from hub.core.presence import CONTACT
from hub.home import Home
from tests import needs
from tests.cli.recorded import done, said
from tests.oracles import visits as oracle
from tests.real_data.kept import people_of, store_of

DAY_S = 86_400
"""Without CI the first day is enough: it has half of the lines."""


def test_the_settings_are_those_for_contact_badges(tmp_path: Path) -> None:
    presence = PresenceConfig(interval_s=20, leave_after_s=60)
    assert presence_settings(Home(tmp_path, Config(presence=presence))) == CONTACT


@pytest.mark.needs_shared
@pytest.mark.processes
@pytest.mark.xdist_group("real-data")
def test_visits_and_dwell_at_each_stand(tmp_path: Path) -> None:
    contacts = oracle.read_contacts(needs.shared_data("sfhh2009_contacts.dat.gz"))
    until_s = None if os.environ.get("CI") else DAY_S
    seen = [
        one
        for one in oracle.sightings(contacts, oracle.busiest(contacts))
        if until_s is None or one.at_s < until_s
    ]
    expected = oracle.visits(seen)
    assert len(expected) > 1_000
    found = said(
        "replay", _csv(tmp_path / "contacts.csv", seen),
        "--map", "person=person,place=stand,time=at_s,rssi=rssi", "--time-format", "s",
        "--interval-s", "20", "--leave-after-s", "60", "--keep", tmp_path / "kept",
    )  # fmt: skip
    assert found["rows"] == len(seen)
    assert found["quarantined"] == {}
    visits = _visits(tmp_path / "kept")
    assert visits == expected
    assert "give what is stored" in done("rebuild", "--check", "--data", tmp_path / "kept")
    assert oracle.dwell_by_stand(visits) == oracle.dwell_by_stand(expected)


def _csv(path: Path, seen: list[oracle.Seen]) -> Path:
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(("person", "stand", "at_s", "rssi"))
        table.writerows((one.person, one.stand, one.at_s, -60) for one in seen)
    return path


def _visits(kept: Path) -> list[oracle.Visit]:
    found = []
    with store_of(kept) as store:
        for badge, state in people_of(store).items():
            assert state.place is None
            for stand, stays in state.stays.items():
                assert tuple(stay.from_ms for stay in stays) == state.visits[stand]
                found += [
                    oracle.Visit(badge, stand, stay.from_ms // 1000, stay.until_ms // 1000)
                    for stay in stays
                ]
    return sorted(found)
