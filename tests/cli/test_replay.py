"""``foyer replay``: through real processes, and what keeps it from starting, in one sentence."""

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from hub.cli.replay.processes import Process
from hub.cli.replay.processes import foyer as part
from hub.config import read_config
from hub.home import Home
from tests.cli.recorded import MAP, SCANS, VENUE, done, refused, replayed, said

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("cli")]


def test_says_what_came_of_it(kept: tuple[dict[str, Any], Path]) -> None:
    found = kept[0]
    assert found["rows"] == 8
    assert found["refused"] == 1
    assert found["people"] == found["registered"] == 3
    assert found["taps"] == 8
    assert found["visits"] == {"coffee": 7, "photo": 1}
    assert found["rules"] == {
        "coffee-lover": {"fired": 1, "suppressed": 0},
        "photo-light": {"fired": 0, "suppressed": 1},
    }
    assert found["rewards"] == {"card": 1}
    assert found["quarantined"] == {}
    assert found["places"] == {"Coffee!": "coffee", "Photo corner": "photo"}
    assert found["speed"] is None


def test_leaves_nothing_running_and_nothing_behind(kept: tuple[dict[str, Any], Path]) -> None:
    home = Home(kept[1], read_config(kept[1]))
    with home.only_one("engine"), home.store() as store:
        assert not store.pending_commands()
        assert {status for _, status in store.views.action_counts()} <= {"done", "dropped"}


def test_strangers_are_quarantined_when_nobody_is_registered(tmp_path: Path) -> None:
    found = replayed(tmp_path, "--no-register", "--parts", "2")
    assert found["taps"] == found["people"] == 0
    assert found["data"] is None
    assert sum(found["quarantined"].values()) == 8
    assert any("nobody holds badge 'ada' at 10:00:00" in reason for reason in found["quarantined"])


def test_one_row_from_the_future_costs_only_itself(tmp_path: Path) -> None:
    odd = tmp_path / "odd.csv"
    odd.write_text(SCANS + "bob,Coffee!,2099-01-01T00:00:00,ok\n")
    found = replayed(tmp_path, scans=[odd])
    assert found["taps"] == 8
    assert found["rewards"] == {"card": 1}
    [reason] = found["quarantined"]
    assert reason.startswith("dated in the future: 2099-01-01 00:00:00")


def test_at_a_pace_causes_are_fresh(tmp_path: Path) -> None:
    found = replayed(tmp_path, "--speed", "5000", "--keep", tmp_path / "kept")
    assert found["speed"] == 5000
    assert found["visits"] == {"coffee": 7, "photo": 1}
    assert found["rules"] == {
        "coffee-lover": {"fired": 1, "suppressed": 0},
        "photo-light": {"fired": 1, "suppressed": 0},
    }
    assert "give what is stored" in done("rebuild", "--check", "-d", tmp_path / "kept")


def test_a_venue_is_made_for_a_recording_without_one(tmp_path: Path) -> None:
    file = tmp_path / "blanks.dat"
    file.write_text("0 ada Bar_1\n60 ada Bar/1\n61 ada Bar_1\n30 bob Küche\n")
    found = said(
        "replay", file, "--columns", "t,who,where", "--map", "time=t,person=who,place=where",
        "--time-format", "s", "--time-origin-ms", "1791360000000", "--keep", tmp_path / "kept",
    )  # fmt: skip
    assert found["places"] == {"Bar_1": "bar-1", "Bar/1": "bar-1-2", "Küche": "k-che"}
    assert found["visits"] == {"bar-1": 2, "bar-1-2": 1, "k-che": 1}
    assert "bar-1-2" in done("people", "show", "ada", "--data", tmp_path / "kept")


def test_a_second_replay_into_the_same_installation_changes_nothing(morning: Path) -> None:
    config = morning / "foyer.yaml"
    config.write_text(config.read_text().replace("port: 1883", "port: 0"))
    scans = morning.parent / "again.csv"
    scans.write_text(SCANS + "bob,Photo corner,2026-10-08T10:50:00,ok\n")
    found = said("replay", scans, *MAP, "--data", morning)
    assert found["taps"] == 1
    assert found["registered"] == 0
    assert found["visits"] == {"photo": 1}
    assert found["rewards"] == {}


def test_into_an_installation_that_runs(morning: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ExitStack() as stack:
        broker = Process(
            "broker", part("broker", morning), morning / "b.log", {"FOYER_BROKER": "127.0.0.1:0"}
        )
        stack.callback(broker.stop)
        address = "127.0.0.1:" + broker.start("broker ").rpartition(":")[2]
        monkeypatch.setenv("FOYER_BROKER", address)
        monkeypatch.delenv("FOYER_CLOCK", raising=False)
        settings = {"FOYER_BROKER": address}
        engine = Process("engine", part("engine", morning), morning / "e.log", settings)
        stack.callback(engine.stop)
        engine.start("engine runs")
        scans = morning.parent / "more.csv"
        scans.write_text("who,at\nzoe,2026-10-08T10:50:00\n")
        words = ["--map", "person=who,place==photo,time=at", "--zone", "Europe/Berlin"]
        found = said("replay", scans, *words, "--data", morning)
        assert (found["taps"], found["registered"]) == (1, 1)
        sentence = refused("replay", scans, *words, "--data", morning, "--speed", "5")
        assert "runs at speed 1: say so, or max" in sentence
        engine.check()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--map", "person=person,place=where"], "--map says no time: add time=COLUMN"),
        (["--map", "person=nobody,place=where,time=when"], "no column 'nobody'; there are"),
        (["--zone", "Nowhere/Town"], "--zone 'Nowhere/Town' is no time zone"),
        (["--speed", "quick"], "--speed 'quick': write max, or a number"),
        (["--parts", "99"], "99 agents: from 1 to 32 are possible"),
        (["--where", "note=never"], "no row of"),
        (["--place-map", "Coffee!"], "--place-map 'Coffee!': write TEXT=PLACE"),
    ],
)
def test_what_cannot_be_meant_is_said(tmp_path: Path, words: list[str], sentence: str) -> None:
    (tmp_path / "scans.csv").write_text(SCANS)
    assert sentence in refused("replay", tmp_path / "scans.csv", *MAP, *words)


def test_a_venue_that_does_not_fit_is_said(tmp_path: Path) -> None:
    scans, venue = tmp_path / "scans.csv", tmp_path / "venue.yaml"
    scans.write_text(SCANS)
    venue.write_text(VENUE.replace(": coffee,", ": bar,"))
    mapped = MAP[:-2]
    assert "no place for 'Coffee!'" in refused("replay", scans, *mapped, "--venue", venue)
    assert "it has bar, photo" in refused("replay", scans, *MAP, "--venue", venue)
    venue.write_text(VENUE.replace("2026-10-08T", "2031-10-08T"))
    sentence = refused("replay", scans, *MAP, "--venue", venue)
    assert "the recording is of 2026-10-08 to 2026-10-08, the venue's event of 2031" in sentence
    assert "there is no file" in refused("replay", tmp_path / "none.csv", *MAP)
    full = tmp_path / "full"
    full.mkdir()
    (full / "something").touch()
    assert "is not empty" in refused("replay", scans, *mapped, "--keep", full)


def test_the_table_is_for_people(tmp_path: Path) -> None:
    (tmp_path / "scans.csv").write_text(SCANS)
    shown = done("replay", tmp_path / "scans.csv", *MAP[:-2])
    assert "rows in" in shown
    assert "all at once" in shown
    assert json.dumps("Photo corner").strip('"') in shown
