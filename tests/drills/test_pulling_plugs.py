"""Whatever is killed, whenever: each tap is in the log once, and each reward is given once."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from hub.config import Config
from hub.core import events as ev
from hub.engine.rebuild import differences
from tests.drills.conftest import Install
from tests.drills.venues import stands
from tests.harness import ledger, recording
from tests.harness.blows import KINDS, Storm, plan
from tests.harness.installation import Installation
from tests.harness.recording import Read

pytestmark = pytest.mark.processes

TAPS = 20_000
EDGES = 4
PEOPLE = 200
BLOWS_EACH = 12
LOUNGE_TAPS = 200
SPREAD_S_LEAST, SPREAD_S_MOST = 30.0, 60.0
"""The recording is spread over as long as a start takes for each blow, within these bounds."""


@pytest.mark.timeout(900)
def test_20_000_taps_while_everything_is_killed_at_random(
    install: Install, seed: int, scale: int, tmp_path: Path
) -> None:
    dice = random.Random(seed)
    sink = tmp_path / "wishes.jsonl"
    music = {"sinks": [{"to": "file", "path": str(sink)}]}
    installation = install(stands(EDGES, PEOPLE * 2), config=Config(music=music))
    began_s = time.monotonic()
    installation.start()
    start_s = time.monotonic() - began_s
    blows = plan(dice, BLOWS_EACH * scale)
    badges = [f"badge-{n}" for n in range(PEOPLE)]
    persons = installation.register(badges, attributes={"favourite_artists": ["Kite", "Ada"]})
    spread_s = min(max(len(blows) * start_s, SPREAD_S_LEAST * scale), SPREAD_S_MOST * scale)
    reads = _record(installation, dice, badges, TAPS * scale, spread_s, tmp_path)
    before = installation.store.last_pos()
    storm = Storm(installation, dice, lambda: installation.store.last_pos() - before, len(reads))
    for edge in installation.edges.values():
        edge.start()
    storm.rage(blows)
    for program in installation.programs:
        if program is not installation.web:
            program.start()
    installation.wait_drained()
    installation.wait_settled()

    assert storm.done == dict.fromkeys(KINDS, BLOWS_EACH * scale)
    assert min(storm.while_coming[kind] for kind in KINDS) >= 1
    assert ledger.taps_in(installation.store) == Counter(reads)
    assert ledger.held(installation.store) == []
    _rewarded_once(installation, set(persons.values()))
    _counted_once(installation, reads, persons)
    _asked_once(sink)
    assert differences(installation.store) == []


def _record(
    installation: Installation,
    dice: random.Random,
    badges: list[str],
    taps: int,
    spread_s: float,
    folder: Path,
) -> list[Read]:
    """Write a recording for each edge; all but the first come at their time, over ``spread_s``."""
    now_ms = int(time.time() * 1000)
    everything: list[Read] = []
    for number, edge in enumerate([*(f"pi-{n}" for n in range(EDGES)), "pi-lounge"]):
        count = taps // EDGES if edge != "pi-lounge" else LOUNGE_TAPS
        place = f"stand-{number}" if edge != "pi-lounge" else "lounge"
        first_ms = now_ms - 3_600_000 if number == 0 else now_ms
        step_ms = spread_s * 1000 / count
        reads = [
            Read(dice.choice(badges), place, first_ms + int(n * step_ms)) for n in range(count)
        ]
        what = recording.write(folder / f"{edge}.csv", reads)
        pace = "max" if number == 0 else "clock"
        installation.edge(edge, *what, *recording.TAPS, "--pace", pace, "--exit-when-drained")
        everything += reads
    assert len(set(everything)) == len(everything), "two taps of one badge at the same instant"
    return everything


def _rewarded_once(installation: Installation, persons: set[str]) -> None:
    store = installation.store
    given = ledger.rewards(store)
    assert {person for _, person, _ in given} == persons
    assert len(given) == len(persons)
    assert len({code for code, _, _ in given}) == len(given)
    assert {status for _, _, status in given} == {"issued"}
    counts = store.views.action_counts()
    assert {n for (connector, _), n in counts.items() if connector == "reward"} == {len(persons)}
    assert store.views.decision_counts()["third", "fired"] == len(persons)
    messages = [message for person in persons for message in store.inbox.of(person)]
    assert Counter(m.key for m in messages) == Counter({f"third/{p}#0" for p in persons})
    settled = [key for key in _settled_keys(installation) if key.startswith("third/")]
    assert Counter(settled) == Counter(
        [f"third/{p}#0" for p in persons] + [f"third/{p}#0.push" for p in persons]
    )


def _counted_once(installation: Installation, reads: list[Read], persons: dict[str, str]) -> None:
    people = installation.store.load_people(persons.values())
    expected = Counter((persons[read.badge], read.place, read.at_ms) for read in reads)
    assert ledger.taps_of(people) == expected
    at_stands = Counter(persons[read.badge] for read in reads if read.place != "lounge")
    assert {p.id: p.points for p in people.values()} == at_stands


def _asked_once(sink: Path) -> None:
    """Of what was sent outside nothing was written down twice."""
    keys = Counter(msgspec.json.decode(line)["id"] for line in sink.read_bytes().splitlines())
    assert keys
    assert set(keys.values()) == {1}


def _settled_keys(installation: Installation) -> Iterator[str]:
    for row in installation.store.log_from():
        if row.kind == "settled":
            yield msgspec.json.decode(row.body, type=ev.Settled).key
