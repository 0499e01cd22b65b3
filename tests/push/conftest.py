"""A push service, a hub's connector, and persons with browsers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from contract.clock import ManualClock, SystemClock
from integrations.port import Delivery, Verdict
from integrations.push.connector import PushConnector
from integrations.push.settings import PushSettings
from integrations.push.subscriptions import Subscription
from tests.push.receiver import Browser, PushService

NOW = 1_700_000_000_000
HOUR_MS = 3_600_000


@dataclass
class Register:
    """Subscriptions in memory: the port's plainest form."""

    rows: dict[str, list[Subscription]] = field(default_factory=dict)
    deleted: list[tuple[str, str]] = field(default_factory=list)

    def of(self, person: str) -> list[Subscription]:
        return list(self.rows.get(person, ()))

    def delete(self, endpoint: str, reason: str) -> None:
        self.deleted.append((endpoint, reason))
        for person, found in self.rows.items():
            self.rows[person] = [one for one in found if one.endpoint != endpoint]


@dataclass
class World:
    """All that a test of the connector needs in one place."""

    service: PushService
    register: Register
    clock: ManualClock
    connector: PushConnector

    def browser(self, person: str = "ann") -> Browser:
        browser = self.service.subscribe()
        self.register.rows.setdefault(person, []).append(browser.subscription)
        return browser

    def deliver(
        self, key: str = "k1", person: str = "ann", text: str = "Coffee", **body: object
    ) -> Verdict:
        return self.connector.deliver(
            Delivery(
                key=key,
                connector="push",
                body={"person": person, "title": "Hello", "text": text, **body},
                attempt=1,
                now_ms=self.clock.now_ms,
                expires_ms=self.clock.now_ms + HOUR_MS,
            )
        )


def settings(data_dir: Path, **changed: object) -> PushSettings:
    known: dict[str, object] = {
        "subject": "mailto:hub@venue.example",
        "data_dir": data_dir,
        "allow_loopback": True,
        "timeout_s": 2.0,
    }
    return PushSettings(**known | changed)  # type: ignore[arg-type]


@pytest.fixture
def service() -> Iterator[PushService]:
    with PushService() as service:
        yield service


@pytest.fixture
def world(service: PushService, tmp_path: Path) -> Iterator[World]:
    register, clock = Register(), ManualClock(NOW)
    connector = PushConnector(settings(tmp_path), register, clock, SystemClock())
    connector.start()
    yield World(service, register, clock, connector)
    connector.stop()
