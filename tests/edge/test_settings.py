"""What can be set, and what is answered to the rest."""

from pathlib import Path
from random import Random
from typing import Any

import pytest

from edge.caller import backoff_s
from edge.errors import SettingsError
from edge.hearing import load_config
from edge.limits import BACKOFF_S_MAX, BACKOFF_S_MIN
from edge.settings import Settings, Tunable, parse_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("hub.local", ("hub.local", 1883)),
        ("10.0.0.1:8883", ("10.0.0.1", 8883)),
        ("[::1]:1884", ("::1", 1884)),
    ],
)
def test_an_address_is_host_and_port(text: str, address: tuple[str, int]) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize("text", [":1883", "host:", "host:0", "host:65536", "host:mqtt"])
def test_an_address_that_is_none(text: str) -> None:
    with pytest.raises(SettingsError, match="write host:port"):
        parse_address(text)


def test_all_of_a_configuration_is_applied() -> None:
    config = {"tap_bounce_s": 3, "outbox_bytes_max": 1e6, "resend_s": 20}
    assert Tunable().changed(config) == Tunable(3.0, 1_000_000, 20.0)


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("colour", 1, "colour cannot be set: only outbox_bytes_max, resend_s, tap_bounce_s"),
        ("resend_s", "10", "resend_s must be a number, not str"),
        ("resend_s", True, "resend_s must be a number, not bool"),
        ("resend_s", 0, "resend_s must be from 1 to 3600, not 0"),
        ("tap_bounce_s", float("nan"), "must be from 0 to 60"),
    ],
)
def test_a_configuration_with_a_fault_is_refused(key: str, value: Any, sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence):
        Tunable().changed({"tap_bounce_s": 1, key: value})


@pytest.mark.parametrize("kept", ["{", '{"gone": 1}', '{"resend_s": -1}'])
def test_a_kept_configuration_that_is_no_longer_understood_is_left_out(kept: str) -> None:
    assert load_config(kept, Tunable(tap_bounce_s=4)) == Tunable(tap_bounce_s=4)
    assert load_config('{"resend_s": 5}', Tunable()) == Tunable(resend_s=5)


@pytest.mark.parametrize(("event", "name"), [("a b", "pi"), ("conf", "hub"), ("conf", "PI")])
def test_names_become_levels_of_topics(event: str, name: str) -> None:
    with pytest.raises(SettingsError, match="write 1 to 48"):
        Settings(event, name, "secret", "localhost", 1883, Path())


def test_waiting_doubles_within_bounds() -> None:
    random = Random(1)
    waits = [backoff_s(failures, random) for failures in range(2_000)]
    assert BACKOFF_S_MIN / 2 <= waits[0] <= BACKOFF_S_MIN
    assert 1.6 / 2 <= waits[3] <= 1.6
    assert all(BACKOFF_S_MAX / 2 <= wait <= BACKOFF_S_MAX for wait in waits[5:])
