"""A crowd that follows a script."""

import gzip
import statistics
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pytest

from contract.clock import ManualClock
from edge.errors import ReaderError
from edge.readers.port import Chunk, Read
from edge.readers.simulated import Outage, Script, SimulatedReader, Stay, TapAt, load_script
from edge.readers.simulated import script_of as select
from edge.readers.simulated.crowd import Crowd, Heard
from tests.waiting import wait_until

LINES: list[Stay | TapAt | Outage] = [
    Stay("b1", "bar", 10_000, 60_000),
    Stay("b2", "hall", 0, 90_000),
    Stay("b3", "far", 0, 90_000),
    TapAt("b1", "bar", 12_345),
    TapAt("b2", "hall", 13_000),
    Outage("pi-bar", 20_000, 30_000),
    Outage("pi-far", 0, 90_000),
]


def crowd(lines: Iterable[Stay | TapAt | Outage] = LINES, seed: int = 1) -> Crowd:
    script = select(lines, "pi-bar", {"bar", "hall"})
    return Crowd(script, ["bar"], ["hall"], advert_s=2.0, seed=seed)


class Switch:
    """Notes what was done to the network."""

    def __init__(self) -> None:
        self.away: list[bool] = []

    def cut(self) -> None:
        self.away.append(True)

    def restore(self) -> None:
        self.away.append(False)


def test_a_script_keeps_what_concerns_the_edge() -> None:
    script = select(LINES, "pi-bar", {"bar", "hall"})
    assert [stay.badge for stay in script.stays] == ["b2", "b1"]
    assert [tap.badge for tap in script.taps] == ["b1", "b2"]
    assert [outage.edge for outage in script.outages] == ["pi-bar"]
    assert (script.from_ms, script.until_ms) == (0, 90_000)
    assert (Script((), (), ()).from_ms, Script((), (), ()).until_ms) == (None, 0)


@pytest.mark.parametrize("name", ["script.jsonl", "script.jsonl.gz"])
def test_a_script_is_lines_of_json(tmp_path: Path, name: str) -> None:
    text = (
        b'{"badge":"b1","place":"bar","from_ms":10,"until_ms":20}\n\n'
        b'{"badge":"b1","place":"bar","tap_ms":15}\n'
        b'{"edge":"pi-bar","wifi_from_ms":1,"wifi_until_ms":2}\n'
    )
    path = tmp_path / name
    path.write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    script = load_script(path, "pi-bar", {"bar"})
    assert script == Script(
        (Stay("b1", "bar", 10, 20),), (TapAt("b1", "bar", 15),), (Outage("pi-bar", 1, 2),)
    )


@pytest.mark.parametrize("line", ["{}", "[]", "{", '{"badge":"b","place":"p","tap_ms":"x"}'])
def test_a_script_that_is_wrong_says_where(tmp_path: Path, line: str) -> None:
    path = tmp_path / "script.jsonl"
    path.write_text(f'{{"badge":"b1","place":"bar","tap_ms":15}}\n{line}\n')
    with pytest.raises(ReaderError, match="line 2"):
        load_script(path, "pi-bar", {"bar"})


def test_a_script_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ReaderError, match="cannot read script"):
        load_script(tmp_path / "none", "pi", {"bar"})


def test_those_here_are_heard_well_and_those_next_door_weakly() -> None:
    stays = [Stay(f"b{n}", "bar", 0, 200_000) for n in range(20)]
    stays += [Stay(f"c{n}", "hall", 0, 200_000) for n in range(20)]
    heard = list(crowd(stays).after(-1))
    here = [h.rssi_dbm or 0 for h in heard if h.badge.startswith("b")]
    near = [h.rssi_dbm or 0 for h in heard if h.badge.startswith("c")]
    assert abs(statistics.mean(here) + 62) < 1
    assert abs(statistics.mean(near) + 84) < 1
    assert abs(statistics.stdev(here) - 5) < 1
    assert 0.5 < len(near) / len(here) < 0.75
    assert all(h.place == "bar" for h in heard)


def test_what_is_heard_comes_in_order_within_its_stay_and_is_the_same_again() -> None:
    heard = list(crowd().after(-1))
    assert heard == list(crowd().after(-1))
    assert heard != list(crowd(seed=2).after(-1))
    assert all(one.at_ms <= other.at_ms for one, other in pairwise(heard))
    mine = [h.at_ms for h in heard if h.badge == "b1" and h.rssi_dbm is not None]
    assert all(10_000 <= ms < 60_000 for ms in mine)
    assert {ms % 2_000 for ms in mine} == {mine[0] % 2_000}
    assert [h for h in heard if h.rssi_dbm is None] == [Heard(12_345, "b1", "bar")]
    assert "b3" not in {h.badge for h in heard}


@pytest.mark.parametrize("ms", [-1, 12_344, 12_345, 30_000, 89_999, 90_000])
def test_going_on_from_an_instant_gives_the_rest(ms: int) -> None:
    everything = list(crowd().after(-1))
    assert list(crowd().after(ms)) == [h for h in everything if h.at_ms > ms]


def test_the_reader_plays_what_is_due_and_takes_the_network_away() -> None:
    clock, switch = ManualClock(-1_000, booted_ms=-5_000, speed=100), Switch()
    script = select(LINES, "pi-bar", {"bar", "hall"})
    reads: list[Read] = []
    positions: list[int] = []

    def emit(chunk: Chunk) -> None:
        reads.extend(chunk.reads)
        positions.append(int(chunk.position or ""))

    def start(position: str | None) -> SimulatedReader:
        reader = SimulatedReader(
            clock, script, ["bar"], switch, neighbours=["hall"], advert_s=2.0, seed=1
        )
        reader.start(emit, position)
        return reader

    reader = start(None)
    clock.advance(14_000)
    wait_until(lambda: any(read.rssi_dbm is None for read in reads), what="the tap")
    tap = next(read for read in reads if read.rssi_dbm is None)
    assert (tap.badge, tap.reader, tap.boot_ms, tap.wall_ms) == ("b1", "bar", 17_345, None)
    clock.advance(10_000)
    wait_until(lambda: switch.away == [True], what="no network")
    reader.stop()
    clock.advance(70_000)
    switch.away.clear()
    reader = start(str(positions[-1]))
    wait_until(lambda: reader.progress.done, what="the end")
    reader.stop()
    expected = [h.at_ms + 5_000 for h in crowd().after(-1)]
    assert [read.boot_ms for read in reads] == expected
    assert switch.away == []
