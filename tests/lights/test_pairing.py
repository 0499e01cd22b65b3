import logging
import stat
from pathlib import Path

import pytest

from integrations.lights.connector import LightsConnector
from integrations.lights.errors import ButtonNotPressed
from integrations.lights.keyfile import read_key
from integrations.lights.pairing import pair
from tests.lights.venue import LAMPS, Venue, venue


def test_pairing_waits_for_the_button(tmp_path: Path) -> None:
    with venue(tmp_path) as place:
        said: list[str] = []

        def press(sentence: str) -> None:
            said.append(sentence)
            place.emulator.press()

        new = tmp_path / "other" / "key.json"
        pair(place.emulator.address, new, timeout_s=5, say=press, poll_s=0.05)
        assert said == [f"press the button on the bridge at {place.emulator.address}"]
        assert stat.S_IMODE(new.stat().st_mode) == 0o600
        assert new.read_text() != place.key_file.read_text()
        with pytest.raises(ButtonNotPressed, match="nobody pressed"):
            pair(place.emulator.address, new, timeout_s=0.1, poll_s=0.05)
        assert list(new.parent.iterdir()) == [new]


def test_verify_lists_the_lamps(place: Venue) -> None:
    assert [lamp.name for lamp in place.lights.verify()] == list(LAMPS)


def test_the_key_is_nowhere_but_in_its_file(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    caplog.set_level(logging.DEBUG)
    with venue(tmp_path) as place:
        key = read_key(place.key_file, place.emulator.address)
        place.claim("Dance 1", "#ff0000")
        place.emulator.stop()
        verdict = place.claim("Dance 1", "#00ff00")
    assert len(key) == 40
    assert key not in caplog.text
    assert key not in str(verdict)
    assert key not in (tmp_path / "bridge.json").read_text()
    assert not list(home.iterdir())
    assert stat.S_IMODE((tmp_path / "bridge.json").stat().st_mode) == 0o600
    assert isinstance(place.lights, LightsConnector)
