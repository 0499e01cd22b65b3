"""Through the hub's own outbox everything arrives once, whatever the receivers do in between."""

from collections.abc import Iterator
from typing import Any

import pytest

from contract.clock import SystemClock
from hub.outbox.dispatcher import Dispatcher
from hub.outbox.pending import Pending, Report, Settlement
from integrations.records.connector import RecordsConnector
from integrations.records.emulator import System
from integrations.records.settings import read_settings as read_records
from integrations.webhook.connector import WebhookConnector
from integrations.webhook.emulator import Receiver
from integrations.webhook.emulator.faults import LATE_FAULT, LOST_ANSWER, Fault, too_many
from integrations.webhook.keys import public_key
from integrations.webhook.settings import read_settings
from tests.records import conftest as records
from tests.waiting import wait_until
from tests.webhook.conftest import BODY, SECRET, VARIABLE

CALLS = 30


class Outbox:
    """A dispatcher that notes how each action ended."""

    def __init__(self, *connectors: Any) -> None:
        self.ended: dict[str, Settlement] = {}
        self.dispatcher = Dispatcher(connectors, SystemClock(), self._note, lambda *_: True)

    def _note(self, report: Report) -> None:
        if isinstance(report, Settlement):
            assert report.key not in self.ended
            self.ended[report.key] = report
            self.dispatcher.confirm(report.connector, report.key)

    def submit(self, connector: str, *bodies: dict[str, Any]) -> None:
        first = len(self.ended)
        self.dispatcher.submit(
            Pending(
                key=f"k{first + number}",
                connector=connector,
                body=body,
                person=None,
                consent=None,
                coalesce=None,
                expires_ms=SystemClock().wall_ms() + 3_600_000,
            )
            for number, body in enumerate(bodies)
        )

    def outcomes(self) -> set[str]:
        return {one.outcome for one in self.ended.values()}


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    monkeypatch.setenv(records.VARIABLE, records.TOKEN)
    with System("Authorization", f"Bearer {records.TOKEN}") as found:
        yield found


def test_every_call_arrives_once_at_its_own_target(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, SECRET)
    with Receiver(SECRET) as other:
        target = {"secret": f"env:{VARIABLE}", "per_second": 100}
        targets = {"crm": {"url": receiver.url}, "other": {"url": other.url}}
        settings = read_settings({name: target | one for name, one in targets.items()})
        outbox = Outbox(WebhookConnector(settings, SystemClock()))
        receiver.faults.switch(LOST_ANSWER, LATE_FAULT, too_many("1"), Fault("hang-up"))
        outbox.dispatcher.start()
        bodies = [BODY | {"target": name} for name in targets]
        outbox.submit("webhook", *bodies * CALLS)
        wait_until(lambda: len(outbox.ended) == 2 * CALLS, 60, "all calls")
        outbox.dispatcher.stop()
        assert outbox.outcomes() == {"done"}
        assert set(receiver.calls) == {public_key(f"k{n}") for n in range(0, 2 * CALLS, 2)}
        assert set(other.calls) == {public_key(f"k{n}") for n in range(1, 2 * CALLS, 2)}
        assert other.duplicates == 0


def test_the_newest_record_is_what_remains(system: System) -> None:
    target = records.settings_of(system, per_second=100)
    outbox = Outbox(RecordsConnector(read_records({"crm": target}), SystemClock()))
    system.faults.switch(LATE_FAULT, LOST_ANSWER)
    bodies = [records.BODY | {"fields": {"score": str(number)}} for number in range(CALLS)]
    outbox.submit("write", *bodies)
    outbox.dispatcher.start()
    wait_until(lambda: len(outbox.ended) == CALLS, 60, "all writes")
    outbox.dispatcher.stop()
    assert outbox.outcomes() == {"done", "superseded"}
    assert system.contacts["0032/ö?x"]["Score"] == str(CALLS - 1)
