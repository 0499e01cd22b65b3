"""The agent as a real process: killed without a word, stopped, and asked wrongly."""

import json
import random
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from contract.clock import SystemClock
from contract.readings import Sighting
from edge.anchors import Anchor
from edge.main import main
from edge.outbox import Outbox
from tests.edge.agents import last_line, start_process
from tests.edge.broker import Mosquitto, free_port
from tests.edge.hub import ScriptedHub
from tests.waiting import wait_until

pytestmark = pytest.mark.processes
TAPS = 4_000
MAP = "badge=badge,reader==door,time=ms"


def recording(folder: Path, rows: int, rssi: bool = False) -> Path:
    path = folder / "rows.csv"
    lines = (f"b{n},{1_000 * n},{-60 if rssi else ''}\n" for n in range(rows))
    path.write_text("badge,ms,rssi\n" + "".join(lines))
    return path


def replaying(path: Path, *more: str) -> list[str]:
    options = ["--reader", "replay", "--file", str(path), "--time-format", "ms", "--pace", "max"]
    return [*options, "--map", MAP, "--exit-when-drained", *more]


def kill_at_random(
    seed: int, port: int, folder: Path, options: Sequence[str], hub: ScriptedHub, rows: int
) -> int:
    """Kill the agent again and again while it works; returns how often."""
    chance = random.Random(seed)
    kills = 0
    while kills < 4:
        until = len(hub.records()) + chance.randrange(rows // 6)
        process = start_process(port, folder, *options)
        wait_until(
            lambda p=process, n=until: len(hub.records()) >= n or p.poll() is not None,  # type: ignore[misc]
            what="progress",
        )
        if process.poll() is not None:
            process.communicate()
            break
        process.send_signal(signal.SIGKILL)
        process.communicate()
        kills += 1
    return kills


@pytest.mark.needs_mosquitto
@pytest.mark.parametrize("what", ["taps", "sightings"])
def test_an_agent_killed_at_random_loses_and_repeats_nothing(
    broker: Mosquitto, hub: ScriptedHub, tmp_path: Path, what: str
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    sys.stdout.write(f"seed {seed}\n")
    path = recording(tmp_path, TAPS, rssi=what == "sightings")
    options = replaying(path)
    if what == "sightings":
        options[options.index("--map") + 1] += ",rssi=rssi"
    kills = kill_at_random(seed, broker.port, tmp_path / "data", options, hub, TAPS)
    process = start_process(broker.port, tmp_path / "data", *options)
    figures = last_line(process)
    assert process.returncode == 0
    assert figures["drained"]
    assert (figures["read"], figures["total"], figures["committed"]) == (TAPS, TAPS, TAPS)
    assert [record.badge for record in hub.records()] == [f"b{n}" for n in range(TAPS)]  # type: ignore[union-attr]
    assert kills > 0
    if what == "sightings":
        assert all(isinstance(r, Sighting) and r.count == 1 for r in hub.records())


@pytest.mark.needs_mosquitto
def test_progress_is_told_in_lines_of_json(
    broker: Mosquitto, hub: ScriptedHub, tmp_path: Path
) -> None:
    hub.say(alive=False)
    path = recording(tmp_path, 100)
    with path.open("a") as file:
        file.write("bad,never,\n")
    options = replaying(path, "--progress-json")
    process = start_process(broker.port, tmp_path / "data", *options)
    assert process.stdout is not None
    line = {"read": 0, "committed": 0}
    while line["read"] < 101:
        line = json.loads(process.stdout.readline())
        assert line["event"] == "progress"
    assert (line["total"], line["refused"], line["outbox_rows"]) == (101, 1, 100)
    assert line["committed"] == 1
    hub.say(alive=True)
    last = last_line(process)
    assert last["event"] == "stopped"
    assert (last["drained"], last["committed"]) == (True, 101)


@pytest.mark.needs_mosquitto
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_cleanly(
    broker: Mosquitto, hub: ScriptedHub, tmp_path: Path, number: signal.Signals
) -> None:
    process = start_process(
        broker.port, tmp_path / "data", "--reader", "keyboard", stdin=subprocess.PIPE
    )
    assert process.stdin is not None
    process.stdin.write("b1\n")
    process.stdin.flush()
    wait_until(lambda: hub.badges() == {"b1": 1}, what="the tap")
    process.send_signal(number)
    process.communicate()
    assert process.returncode == 0
    wait_until(lambda: not hub.health[-1].alive, what="the farewell")


@pytest.mark.needs_mosquitto
def test_a_script_is_played_through_an_outage(
    broker: Mosquitto, hub: ScriptedHub, tmp_path: Path
) -> None:
    script = tmp_path / "script.jsonl"
    lines = [{"badge": f"b{n}", "place": "bar", "tap_ms": 1_000 * n} for n in range(1, 31)]
    lines.append({"edge": "pi", "wifi_from_ms": 10_000, "wifi_until_ms": 20_000})
    lines.append({"badge": "s1", "place": "bar", "from_ms": 0, "until_ms": 30_000})
    script.write_text("".join(json.dumps(line) + "\n" for line in lines))
    options = ["--reader", "simulated", "--script", str(script), "--place", "bar"]
    options += ["--advert-s", "1", "--exit-when-drained", "--clock"]
    process = start_process(
        broker.port, tmp_path / "data", *options, f"paced:0:{SystemClock().wall_ms() + 1_000}:15"
    )
    assert last_line(process)["drained"]
    assert hub.badges() == {f"b{n}": 1 for n in range(1, 31)}
    assert [tap.boot_ms for tap in hub.taps()] == [1_000 * n for n in range(1, 31)]
    assert 20 < len(hub.sightings()) <= 30
    assert len({health.session for health in hub.health if health.alive}) == 2


def test_without_a_network_taps_are_kept(tmp_path: Path) -> None:
    path = recording(tmp_path, 500)
    process = start_process(free_port(), tmp_path / "data", *replaying(path, "--progress-json"))
    assert process.stdout is not None
    while json.loads(process.stdout.readline())["outbox_rows"] < 500:
        assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert not last_line(process)["drained"]
    assert process.returncode == 1
    outbox = Outbox(tmp_path / "data" / "pi")
    outbox.start("b007b007", Anchor(0, 0, "unset"))
    assert outbox.records["taps"].rows == 500
    outbox.stop()


def usual(folder: Path) -> list[str]:
    return ["run", "--event", "conf", "--name", "pi", "--reader", "keyboard", "--data", str(folder)]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--event", "Conf!"], "event 'Conf!': write 1 to 48 of a-z"),
        (["--name", "hub"], "edge 'hub': write"),
        (["--broker", "host:port"], "write host:port"),
        (["--clock", "sundial"], "write system, fixed:VENUE_MS, or paced:"),
        (["--reader", "replay"], "needs --file and --map"),
        (["--reader", "replay", "--file", "/none", "--map", MAP], "cannot read /none"),
        (["--reader", "simulated"], "needs --script"),
        (["--reader", "simulated", "--script", "/none"], "cannot read script /none"),
        (["--reader-name", ""], "--reader-name: write 1 to 64 characters"),
        (["--secret-file", "/none"], "cannot read the secret"),
        (["--tap-bounce-s", "99"], "tap_bounce_s must be from 0 to 60"),
        (["--outbox-bytes-max", "1"], "outbox_bytes_max must be from 65536"),
    ],
)
def test_what_is_asked_wrongly_is_answered_with_a_sentence(
    tmp_path: Path,
    options: list[str],
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("FOYER_EDGE_SECRET", "s")
    assert main([*usual(tmp_path), *options]) in (1, 2)
    assert sentence in capsys.readouterr().err


def test_no_secret_says_where_it_may_come_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("FOYER_EDGE_SECRET", raising=False)
    assert main(usual(tmp_path)) == 2
    assert "--secret-file FILE or the variable FOYER_EDGE_SECRET" in capsys.readouterr().err


def test_help_names_every_reader(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["run", "--help"])
    out = capsys.readouterr().out
    for word in ("keyboard", "replay", "simulated", "--exit-when-drained", "paced:VENUE_MS"):
        assert word in out


def test_a_second_agent_is_told_so(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "pi")
    outbox.start("b007b007", Anchor(0, 0, "unset"))
    done = subprocess.run(
        [sys.executable, "-m", "edge", *usual(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env={"FOYER_EDGE_SECRET": "s"},
    )
    outbox.stop()
    assert "is another agent running here?" in done.stderr
    assert done.returncode == 1
