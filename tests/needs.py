"""What a test needs beyond Python: used when found, skipped with a reason, required in CI."""

import os
import shutil
from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def _missing(what: str, hint: str) -> None:
    reason = f"{what} is not here: {hint}"
    if os.environ.get("CI"):
        pytest.fail(f"{reason} (required in CI)")
    pytest.skip(reason)


def _program(name: str, hint: str, *elsewhere: Path) -> Path:
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    for candidate in ([Path(found)] if found else []) + list(elsewhere):
        if candidate.exists():
            return candidate
    _missing(name, hint)
    raise AssertionError


def mosquitto() -> Path:
    """Path of the Mosquitto broker program."""
    return _program("mosquitto", "install Debian's package mosquitto")


def postgres() -> Path:
    """Path of the folder with PostgreSQL's server programs (initdb, postgres)."""
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), reverse=True)
    return _program("postgres", "install Debian's package postgresql", *homes).resolve().parent


def chromium() -> Path:
    """Path of the Chromium browser program."""
    return _program("chromium", "install Debian's package chromium")


def mpd() -> Path:
    """Path of the Music Player Daemon program."""
    return _program("mpd", "install Debian's package mpd")


def shared_data(name: str) -> Path:
    """Path of one file of the recorded conference data, which lies beside the project."""
    path = SHARED_DATA / name
    if not path.exists():
        _missing(name, "the recorded conference data lies beside the project in shared/data")
    return path
