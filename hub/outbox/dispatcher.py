"""Hands each action to its connector's worker, at once after the commit that decided it."""

from collections.abc import Callable, Iterable, Mapping

from contract.clock import Clock
from hub.outbox.pending import Pending, Report, Settlement
from hub.outbox.worker import Worker
from integrations.port import Connector, Delivery, Done, Verdict


class Dispatcher:
    """All connectors of a hub."""

    def __init__(
        self,
        connectors: Iterable[Connector],
        clock: Clock,
        report: Callable[[Report], None],
        consents: Callable[[str, str], bool],
    ) -> None:
        self._report = report
        self._workers: Mapping[str, Worker] = {
            connector.name: Worker(connector, clock, report, consents) for connector in connectors
        }

    def start(self) -> None:
        """Start every worker."""
        for worker in self._workers.values():
            worker.start()

    def stop(self) -> None:
        """Stop every worker; what waits stays in the store."""
        for worker in self._workers.values():
            worker.stop()

    def submit(self, actions: Iterable[Pending]) -> None:
        """Take actions that are committed; one without a connector is dropped with a reason."""
        for action in actions:
            worker = self._workers.get(action.connector)
            if worker is not None:
                worker.submit(action)
                continue
            self._report(
                Settlement(
                    key=action.key,
                    outcome="dropped",
                    detail=f"no connector {action.connector} is configured",
                    person=action.person,
                    connector=action.connector,
                    body=action.body,
                )
            )

    def confirm(self, connector: str, key: str) -> None:
        """The end of an action is committed."""
        worker = self._workers.get(connector)
        if worker is not None:
            worker.confirm(key)

    def stopped(self) -> dict[str, str]:
        """Connectors that rest until somebody acts, with the reason."""
        return {
            name: worker.stopped_reason
            for name, worker in self._workers.items()
            if worker.stopped_reason is not None
        }


class RewardDesk:
    """The connector of our own rewards: the code becomes valid when the delivery is settled."""

    name = "reward"

    def start(self) -> None:
        """Nothing to open."""

    def stop(self) -> None:
        """Nothing to close."""

    def deliver(self, delivery: Delivery) -> Verdict:
        """The reward lies in the attendee's inbox already, written with the decision."""
        return Done(f"reward {delivery.body.get('index')} of {delivery.body.get('pool')}")

    def coalesce_key(self, body: dict[str, object]) -> str | None:
        """A reward overwrites nothing."""
        del body
        return None
