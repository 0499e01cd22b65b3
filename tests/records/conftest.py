"""An emulated system that keeps records, and a connector that speaks to it."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from contract.clock import ManualClock
from integrations.records.connector import RecordsConnector
from integrations.records.emulator import System
from integrations.records.settings import read_settings
from tests.webhook.shared import NOW, PERSON, TIMEOUT_S, Peer, patience_s

TOKEN: Final = "t0ken-4711-secret"
VARIABLE: Final = "TEST_RECORDS_TOKEN"
BODY: Final[dict[str, Any]] = {
    "target": "crm",
    "event": "demo-night",
    "rule": "third-stand",
    "person": PERSON,
    "ids": {"crm": ["0032/ö?x"], "mail": ["ann@example.org"]},
    "at_ms": NOW - 5,
    "fields": {"score": "7", "first_name": "Ann Ö", "private": "no"},
}
FIELDS: Final = {"score": "Score", "first_name": "First_Name", "_at": "Last_Seen", "gone": "Gone"}


def settings_of(system: System, **changed: Any) -> dict[str, Any]:
    """A target as a configuration has it."""
    return {
        "url": f"{system.url}/contacts/{{id}}",
        "id": "crm",
        "fields": FIELDS,
        "secret": f"env:{VARIABLE}",
        "timeout_s": TIMEOUT_S,
        "per_second": 1_000,
    } | changed


def adding(system: System, **changed: Any) -> dict[str, Any]:
    """A target to which each write adds something."""
    url = f"{system.url}/activities"
    return settings_of(system, url=url, method="POST", id_field="Id", **changed)


def peer_of(
    system: System,
    monkeypatch: pytest.MonkeyPatch,
    target: dict[str, Any],
    **body: Any,
) -> Peer:
    clock = ManualClock(NOW)
    monkeypatch.setenv(VARIABLE, TOKEN)
    return Peer(
        system,
        RecordsConnector(read_settings({"crm": target}), clock),
        clock,
        BODY | body,
        lambda: len(system.contacts) + len(system.activities),
        TOKEN,
        lambda: monkeypatch.delenv(VARIABLE),
        lambda: monkeypatch.setenv(VARIABLE, TOKEN),
    )


@pytest.fixture
def system() -> Iterator[System]:
    with System("Authorization", f"Bearer {TOKEN}") as found:
        yield found


@pytest.fixture
def hasty() -> None:
    """For tests in which the time runs out: let it be short."""


@pytest.fixture(params=["put", "post"])
def peer(
    request: pytest.FixtureRequest, system: System, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Peer]:
    make = settings_of if request.param == "put" else adding
    target = make(system, timeout_s=patience_s(request))
    found = peer_of(system, monkeypatch, target)
    yield found
    found.connector.stop()
