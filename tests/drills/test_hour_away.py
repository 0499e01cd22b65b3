"""An hour's readings wait at every edge while link and hub are away, and every one arrives."""

import time
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from hub.broker.settings import Kind
from hub.core.state import Person
from hub.engine.rebuild import differences
from tests.drills.conftest import Install
from tests.drills.venues import stands
from tests.harness import ledger, recording
from tests.harness.installation import Installation
from tests.harness.program import Program
from tests.harness.recording import Read
from tests.waiting import wait_until

pytestmark = pytest.mark.processes

HOUR_S = 3600
EACH_S = 20
READINGS = HOUR_S * EACH_S
TAPPERS = 240
READ_S_MAX = 180.0
MINUTE_MS = 60_000


def test_72_000_of_72_000_arrive_from_each_edge(
    install: Install, broker_kind: Kind, tmp_path: Path
) -> None:
    installation = install(stands(1, TAPPERS), broker_kind=broker_kind)
    installation.start()
    persons = installation.register([f"badge-{n}" for n in range(TAPPERS)])
    heard = installation.register([f"beacon-{n}" for n in range(EACH_S)])
    first_ms = int(time.time() * 1000) - 2 * HOUR_S * 1000
    taps = [
        Read(f"badge-{n % TAPPERS}", "stand-0", first_ms + n * 1000 // EACH_S)
        for n in range(READINGS)
    ]
    sightings = [
        Read(f"beacon-{n % EACH_S}", "lounge", first_ms + n // EACH_S * 1000 + n % EACH_S)
        for n in range(READINGS)
    ]

    installation.engine.kill()
    _record(installation, "pi-0", taps, recording.TAPS, tmp_path)
    _record(installation, "pi-lounge", sightings, recording.SIGHTINGS, tmp_path)
    for name, edge in installation.edges.items():
        installation.cables[name].cut()
        edge.start()
    for edge in installation.edges.values():
        wait_until(partial(_waits, edge, READINGS // 3), READ_S_MAX, "a third")
        edge.kill()
        edge.start()
    for name, edge in installation.edges.items():
        wait_until(partial(_waits, edge, READINGS), READ_S_MAX, "all read")
        installation.cables[name].restore()
    installation.engine.start()
    installation.wait_drained()
    installation.wait_settled()

    assert ledger.taps_in(installation.store) == Counter(taps)
    assert ledger.positions(installation.store) == {
        "pi-0": [(READINGS, 0)],
        "pi-lounge": [(READINGS, 0)],
    }
    assert "gap" not in installation.store.views.log_counts()
    assert ledger.held(installation.store) == []
    assert len(ledger.rewards(installation.store)) == len(persons)
    _one_visit_of_an_hour(installation, heard, first_ms)
    assert differences(installation.store) == []


def _record(
    installation: Installation, name: str, reads: list[Read], how: tuple[str, ...], folder: Path
) -> None:
    what = recording.write(folder / f"{name}.csv", reads)
    installation.edge(name, *what, *how, "--pace", "max", "--exit-when-drained", "--progress-json")


def _waits(edge: Program, rows: int) -> bool:
    return bool(edge.figures.get("outbox_rows", 0) >= rows)


def _one_visit_of_an_hour(installation: Installation, heard: dict[str, str], first_ms: int) -> None:
    """Had a stretch of over a minute been lost, a visit would have been cut in two."""
    wait_until(
        lambda: all(p.place is None for p in _people(installation, heard)), what="all to have left"
    )
    for person in _people(installation, heard):
        (stay,) = person.stays["lounge"]
        assert stay.from_ms == pytest.approx(first_ms, abs=MINUTE_MS)
        assert stay.until_ms == pytest.approx(first_ms + HOUR_S * 1000, abs=MINUTE_MS)


def _people(installation: Installation, heard: dict[str, str]) -> list[Person]:
    return list(installation.store.load_people(heard.values()).values())
