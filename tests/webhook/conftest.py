"""An emulated receiver, and a connector that speaks to it."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from contract.clock import ManualClock
from integrations.webhook.connector import WebhookConnector
from integrations.webhook.emulator import Receiver
from integrations.webhook.settings import read_settings
from tests.webhook.shared import NOW, PERSON, TIMEOUT_S, Peer, patience_s

SECRET: Final = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
VARIABLE: Final = "TEST_WEBHOOK_SECRET"
BODY: Final[dict[str, Any]] = {
    "target": "crm",
    "event": "demo-night",
    "rule": "third-stand",
    "person": PERSON,
    "at_ms": NOW - 5,
    "fields": {"score": "7", "name": "Ann Ö"},
}


def connector(receiver: Receiver, clock: ManualClock, **changed: Any) -> WebhookConnector:
    target = {
        "url": receiver.url,
        "secret": f"env:{VARIABLE}",
        "timeout_s": TIMEOUT_S,
        "per_second": 1_000,
    }
    return WebhookConnector(read_settings({"crm": target | changed}), clock)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver(SECRET) as found:
        yield found


@pytest.fixture
def hasty() -> None:
    """For tests in which the time runs out: let it be short."""


@pytest.fixture
def peer(
    request: pytest.FixtureRequest, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Peer]:
    clock = ManualClock(NOW)
    monkeypatch.setenv(VARIABLE, SECRET)
    found = connector(receiver, clock, timeout_s=patience_s(request))
    yield Peer(
        receiver,
        found,
        clock,
        BODY,
        lambda: len(receiver.calls),
        SECRET,
        lambda: monkeypatch.delenv(VARIABLE),
        lambda: monkeypatch.setenv(VARIABLE, SECRET),
    )
    found.stop()
