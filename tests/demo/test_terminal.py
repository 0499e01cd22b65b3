"""What the terminal says, and that nothing is left when it is over."""

import socket
import subprocess
import sys
from pathlib import Path

import httpx
import psutil
import pytest

from tests.demo.running import ROOT, running
from tests.harness.ports import HOST, free_port

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("demo")]
SECONDS_TO_STOP_MAX = 15.0


def test_a_demo_says_where_to_look_and_leaves_nothing_behind(tmp_path: Path) -> None:
    taken = free_port()
    with (
        socket.create_server((HOST, taken)),
        running("--port", str(taken), environment={"TMPDIR": str(tmp_path)}) as demo,
    ):
        first = demo.address("Open first")
        port = int(first.rstrip("/").rpartition(":")[2])
        assert taken < port <= taken + 20, "the next port that nobody has"
        assert f"{first.rstrip('/')}/dj" == demo.address("DJ")
        attendee = httpx.get(demo.address("Attendee"))
        assert (attendee.status_code, "Hello" in attendee.text) == (200, True)
        assert httpx.get(demo.address("Lamps")).status_code == 200
        folder = Path(demo.address("Data"))
        assert folder.parent == tmp_path
        assert "sign in as demo with" in demo.said
        children = demo.children()
        assert len(children) >= 16, "the bridge, broker, engine, web and twelve Pis"
        assert demo.interrupt() < SECONDS_TO_STOP_MAX
        assert not folder.exists()
        assert [child for child in children if psutil.pid_exists(child.pid)] == []


def test_a_demo_does_not_begin_in_a_folder_with_something_in_it(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("mine")
    done = _foyer("demo", "--data", str(tmp_path))
    assert done.returncode == 1
    assert "is not empty: a demo begins in an empty folder" in done.stderr
    assert (tmp_path / "kept.txt").read_text() == "mine"


def test_a_speed_at_which_nothing_happens_is_refused(tmp_path: Path) -> None:
    done = _foyer("demo", "--speed", "0", "--data", str(tmp_path / "new"))
    assert (done.returncode, "--speed 0" in done.stderr) == (1, True)


def test_help_names_every_option() -> None:
    said = _foyer("demo", "--help").stdout
    for option in ("--speed", "--seed", "--port", "--seconds", "--data", "--example", "--browser"):
        assert option in said


def _foyer(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hub.cli", *words],
        capture_output=True, text=True, check=False, cwd=ROOT, timeout=60,
    )  # fmt: skip
