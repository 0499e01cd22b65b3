"""A database that goes away in the middle costs time, and neither a tap nor a second reward."""

import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from hub.engine.rebuild import differences
from tests import needs
from tests.drills.conftest import Install
from tests.drills.venues import stands
from tests.harness import ledger, recording
from tests.harness.installation import Installation
from tests.harness.postgres import PostgresServer
from tests.harness.recording import Read
from tests.waiting import wait_until

pytestmark = [pytest.mark.processes, pytest.mark.needs_postgres]

TAPS = 6_000
PEOPLE = 60
CRASHES = 6
SPREAD_MS = 14_000


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    programs = needs.postgres()
    folder = Path(tempfile.mkdtemp(prefix="foyer-pg-"))
    server = PostgresServer(programs, folder)
    server.create()
    server.start()
    yield server
    server.crash()
    shutil.rmtree(folder, ignore_errors=True)


def test_a_database_that_crashes_while_taps_come_loses_none(
    install: Install, server: PostgresServer, seed: int, tmp_path: Path
) -> None:
    dice = random.Random(seed)
    installation = install(stands(1, PEOPLE * 2), database=server.url)
    installation.start()
    persons = installation.register([f"badge-{n}" for n in range(PEOPLE)])
    reads = _record(installation, dice, tmp_path)
    before = installation.store.last_pos()
    installation.edges["pi-0"].start()
    for number in range(1, CRASHES + 1):
        due = before + TAPS * number // (CRASHES + 2)
        wait_until(partial(_has_come_to, installation, due), 60, "taps to arrive")
        server.crash()
        if number % 2:
            _wait_for_a_second_look(installation)
        server.start()
    installation.wait_drained()
    installation.wait_settled(90)

    store = installation.store
    assert installation.engine.starts == 1
    assert installation.engine.is_running
    assert ledger.taps_in(store) == Counter(reads)
    assert ledger.held(store) == []
    given = ledger.rewards(store)
    assert Counter(person for _, person, _ in given) == Counter(persons.values())
    assert {status for _, _, status in given} == {"issued"}
    assert differences(store) == []


def _has_come_to(installation: Installation, pos: int) -> bool:
    return installation.store.last_pos() >= pos


def _wait_for_a_second_look(installation: Installation) -> None:
    """Stay away until the engine, with a group in hand, has looked again and found nothing."""
    before = installation.engine.said.count("still away")
    wait_until(lambda: installation.engine.said.count("still away") > before, 60, "a second look")


def _record(installation: Installation, dice: random.Random, folder: Path) -> list[Read]:
    now_ms = time.time_ns() // 1_000_000
    reads = [
        Read(f"badge-{dice.randrange(PEOPLE)}", "stand-0", now_ms + n * SPREAD_MS // TAPS)
        for n in range(TAPS)
    ]
    reads = list(dict.fromkeys(reads))
    what = recording.write(folder / "taps.csv", reads)
    installation.edge("pi-0", *what, *recording.TAPS, "--exit-when-drained")
    return reads
