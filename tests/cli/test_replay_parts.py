"""The pieces of ``foyer replay`` where they meet what goes wrong."""

import gzip
import sys
from pathlib import Path

import pytest

from contract.clock import PacedClock, parse_clock
from hub.cli.replay.command import show
from hub.cli.replay.errors import ReplayFault
from hub.cli.replay.outcome import Outcome
from hub.cli.replay.pace import LEAD_S, pace, parse_speed
from hub.cli.replay.parts import deal
from hub.cli.replay.processes import AgentProcess, Process
from hub.cli.replay.recording import BADGES_MAX, Survey, recording, survey
from hub.cli.replay.venue import slugs
from hub.config import read_config
from hub.home import Home
from tests.cli.recorded import VENUE, refused
from tests.waiting import wait_until

SPAN_S = 36_000
SEEN = Survey(1_000, 0, 1_000_000, 1_000_000 + SPAN_S * 1_000, ("bar",), ("ada",))


def _says(text: str, code: int = 0) -> list[str]:
    return [sys.executable, "-c", f"print({text!r}, flush=True); raise SystemExit({code})"]


@pytest.mark.processes
def test_a_process_that_does_not_start_is_quoted(tmp_path: Path) -> None:
    process = Process("the engine", _says("no database", 1), tmp_path / "log", {})
    with pytest.raises(ReplayFault, match="the engine did not start: no database"):
        process.start("engine runs")
    process.stop()
    silent = Process("the engine", _says("", 1), tmp_path / "log", {})
    with pytest.raises(ReplayFault, match="it said nothing"):
        silent.start("engine runs")


@pytest.mark.processes
def test_a_process_that_ends_is_noticed(tmp_path: Path) -> None:
    process = Process("the broker", _says("broker here"), tmp_path / "log", {})
    assert process.start("broker ") == "broker here"
    assert process.running is not None
    process.running.wait(10)
    with pytest.raises(ReplayFault, match="the broker has ended: broker here"):
        process.check()
    process.stop()
    process.check()


@pytest.mark.processes
def test_an_agent_that_ends_early_is_noticed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; print('{\"read\": 3}'); sys.exit('no broker')"]
    agent = AgentProcess("replay", command, tmp_path / "log", {})
    assert not agent.ended()
    agent.start()

    def faults() -> bool:
        try:
            return agent.ended()
        except ReplayFault as error:
            return str(error) == "the agent replay has ended: no broker"

    wait_until(faults)
    assert agent.figures == {"read": 3}
    agent.stop()


def test_settings_of_another_installation_are_not_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOYER_DATABASE", "sqlite:///somewhere/else.db")
    command = [sys.executable, "-c", "import os; print('has', sorted(os.environ))"]
    process = Process("it", command, tmp_path / "log", {"FOYER_CLOCK": "system"})
    line = process.start("has")
    assert "FOYER_CLOCK" in line
    assert "FOYER_DATABASE" not in line
    process.stop()


def test_rows_are_dealt_out_in_turn(tmp_path: Path) -> None:
    table, blanks = tmp_path / "a.csv", tmp_path / "b.dat.gz"
    table.write_text('name,note\nada,"two\nlines"\nbob,\ncy,\n')
    blanks.write_bytes(gzip.compress(b"1 a b\n2 c d\n3 e f\n"))
    assert deal(table, 1, tmp_path / "none", header=True) == [table]
    one, two = deal(table, 2, tmp_path / "parts", header=True)
    assert one.read_text().splitlines() == ["name,note", 'ada,"two', 'lines"', "cy,"]
    assert two.read_text().splitlines() == ["name,note", "bob,"]
    one, two = deal(blanks, 2, tmp_path / "parts", header=False)
    assert (one.read_text(), two.read_text()) == ("1 a b\n3 e f\n", "2 c d\n")


def test_the_clock_of_a_replay() -> None:
    still = pace("max", SEEN, silence_counts=False)
    assert (still.clock, still.speed, still.of_agents) == ("fixed:40600000", None, "max")
    quick = pace("max", SEEN, silence_counts=True)
    assert (quick.speed, quick.of_agents) == (7200, "clock")
    slow = pace(parse_speed("2.5"), SEEN, silence_counts=True)
    clock = parse_clock(slow.clock)
    assert isinstance(clock, PacedClock)
    assert clock.venue_origin_ms == SEEN.first_ms - LEAD_S * 2_500
    for text in ("0", "-1", "nan", "1e9"):
        with pytest.raises(ReplayFault, match="write max, or a number"):
            parse_speed(text)


def test_names_of_places_never_clash() -> None:
    texts = ["Bar", "bar", "BAR!", "???", "x" * 60, "x" * 61]
    named = slugs(texts)
    assert len(set(named.values())) == len(texts)
    assert [named[text] for text in texts[:4]] == ["bar", "bar-2", "bar-3", "place"]
    assert all(len(name) <= 48 for name in named.values())


def test_what_a_row_is(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("who,where,when,dbm\nada,bar,1,-70\n")
    mapped = "person=who,place=where,time=when"
    heard = recording([file], mapped + ",rssi=dbm", None, time_format="s")
    assert (heard.kind, heard.mapping().columns["rssi"]) == ("sighting", "dbm")
    assert recording([file], mapped, None).kind == "tap"
    plain = recording([file], mapped, "sighting")
    assert plain.mapping().columns["rssi"] == "=-60"
    assert "rssi" not in recording([file], mapped + ",rssi=dbm", "tap").mapping().columns


def test_the_wrong_column_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert BADGES_MAX >= 100_000
    monkeypatch.setattr("hub.cli.replay.recording.BADGES_MAX", 2)
    file = tmp_path / "a.csv"
    file.write_text("who,where,when\n" + "".join(f"p{n},bar,{n}\n" for n in range(9)))
    with pytest.raises(ReplayFault, match="is the right column mapped"):
        survey(recording([file], "person=who,place=where,time=when", None, time_format="s"))


def test_everything_that_came_of_it_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    show(
        Outcome(
            event="replay", rows=9, refused=1, people=2, registered=2, taps=7, moves=0,
            visits={"bar": 7}, rules={"thirsty": {"fired": 3, "suppressed": 2}},
            rewards={"beer": 1}, quarantined={"nobody holds badge 'b'": 2}, places={"Bar": "bar"},
            seconds=1.5, speed=60.0, data="kept",
        )
    )  # fmt: skip
    shown = capsys.readouterr().out
    for text in ("9 rows in 1.5 s, 60 times real time; 1 rows did not fit", "thirsty", "beer",
                 "nobody holds badge 'b'", "foyer why PERSON RULE --data kept"):  # fmt: skip
        assert text in shown


@pytest.mark.processes
@pytest.mark.xdist_group("cli")
def test_an_engine_that_does_not_answer(morning: Path, tmp_path: Path) -> None:
    file = tmp_path / "new.yaml"
    file.write_text(VENUE.replace("stock: 5", "stock: 6"))
    with Home(morning, read_config(morning)).only_one("engine"):
        sentence = refused("venue", "apply", file, "--wait-s", "0.1", "-d", morning)
    assert "the engine has not answered within 0.1 s" in sentence
