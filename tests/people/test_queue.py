"""Consent that is withdrawn stops what is queued: asked through the real outbox."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from hub.attendee.changes import About, about
from hub.core.events import Erased, Leased, Registered
from hub.outbox.dispatcher import Dispatcher
from hub.store import Store
from hub.store.outbox import PendingAction
from integrations.port import RetryLater
from tests.core.fold import TAP
from tests.engine.parts import OPENS_MS, Hub, message, tap
from tests.outbox.recording import RecordingConnector
from tests.people.conftest import VENUE
from tests.waiting import wait_until

WITHIN_S: Final = 1.0
"""So soon a change of consents has to count, in real seconds."""
HALF_HOUR_MS: Final = 1_800_000
PUSH: Final[dict[str, Any]] = {
    "name": "hello", "when": TAP, "then": [{"do": "push", "title": "Hello"}]
}  # fmt: skip
QUIET: Final = {"quiet_from": "07:00", "quiet_until": "08:30"}
"""The doors open at 08:00 at the venue."""


class Outbox:
    """A hub that delivers through the real dispatcher, to a connector that writes down."""

    def __init__(self, store: Store) -> None:
        self.hub = Hub(store)
        self.connector = RecordingConnector("push")
        hub = self.hub
        self.dispatcher = Dispatcher(
            [self.connector], hub.clock, hub.engine.report, hub.engine.consents
        )
        hub.engine.connect(hub.publisher, self.dispatcher, hub.waker)
        assert hub.publish(PUSH, **VENUE) is None

    def join(self, person: str, **attributes: str) -> None:
        said = Registered(person, OPENS_MS, dict(attributes), ["push", "rewards"])
        self.hub.ask(said)
        self.hub.ask(Leased(person, person, OPENS_MS))
        self.hub.run()

    @contextmanager
    def running(self) -> Iterator[None]:
        self.dispatcher.start()
        with self.hub.running():
            yield
        self.dispatcher.stop()

    def tap(self, badge: str, first: int = 1) -> None:
        self.hub.engine._inbox.put(message(tap(badge), first=first, at_ms=self.hub.clock.now_ms))

    def action(self, person: str) -> PendingAction | None:
        for status in ("waiting", "leased", "dropped", "done", "dead"):
            for one in self.hub.store.views.actions(status):
                if one.action.person == person:
                    return one
        return None

    def ended(self, person: str) -> PendingAction:
        def end() -> PendingAction | None:
            found = self.action(person)
            return found if found and found.status not in {"waiting", "leased"} else None

        return wait_until(end, what=f"the end of what {person} was to get")

    def withdraw(self, person: str) -> None:
        """As the attendee's page does it: a command, and a nudge."""
        change = about(person, About(consents=["rewards"]), self.hub.clock.now_ms)
        self.hub.ask(change)
        self.hub.engine.nudge()

        def counts() -> bool:
            return not self.hub.engine.consents(person, "push")

        wait_until(counts, WITHIN_S, "the change to count")


def test_a_push_that_quiet_hours_hold(store: Store) -> None:
    outbox = Outbox(store)
    for person in ("ann", "bob"):
        outbox.join(person, **QUIET)
    with outbox.running():
        outbox.tap("ann")
        outbox.tap("bob", 2)
        wait_until(lambda: outbox.action("ann") and outbox.action("bob"))
        held = outbox.action("ann")
        assert held is not None
        assert (held.status, held.not_before_ms) == ("waiting", OPENS_MS + HALF_HOUR_MS)
        outbox.withdraw("ann")
        outbox.hub.clock.advance(HALF_HOUR_MS)
        outbox.hub.engine.wake()
        assert outbox.ended("bob").status == "done", "who still consents gets it afterwards"
        assert outbox.ended("ann").status == "dropped"
    assert [one.body["person"] for one in outbox.connector.deliveries] == ["bob"]


def test_a_push_that_waits_to_be_tried_again(store: Store) -> None:
    outbox = Outbox(store)
    outbox.join("ann")
    with outbox.running():
        key = _failing(outbox)
        outbox.withdraw("ann")
        _pass_time(outbox, 60_000)
        ended = outbox.ended("ann")
    assert (ended.action.key, ended.status) == (key, "dropped")
    assert ended.detail == "consent to push was withdrawn"
    assert len(outbox.connector.deliveries) == 1


def test_nothing_is_sent_to_who_is_forgotten(store: Store) -> None:
    outbox = Outbox(store)
    outbox.join("ann", **QUIET)
    outbox.join("bob")
    with outbox.running():
        outbox.tap("ann")
        wait_until(lambda: outbox.action("ann"))
        for person in ("ann",):
            outbox.hub.ask(Erased(person, outbox.hub.clock.now_ms))
        outbox.hub.engine.nudge()
        wait_until(lambda: outbox.action("ann") is None, what="ann's action to be gone")
        outbox.hub.clock.advance(HALF_HOUR_MS)
        outbox.tap("bob", 2)
        assert outbox.ended("bob").status == "done"
    assert [one.body["person"] for one in outbox.connector.deliveries] == ["bob"]


def _failing(outbox: Outbox) -> str:
    """Let the first delivery fail, so that it waits for another try."""
    outbox.connector.open.clear()
    outbox.tap("ann")
    assert outbox.connector.entered.acquire(timeout=20)
    [delivery] = outbox.connector.deliveries
    outbox.connector.answers[delivery.key] = [RetryLater("the push service is away")]
    outbox.connector.open.set()

    def tried() -> bool:
        found = outbox.action("ann")
        return found is not None and found.attempts == 1

    wait_until(tried, what="the first try to be written down")
    return delivery.key


def _pass_time(outbox: Outbox, duration_ms: int) -> None:
    outbox.hub.clock.advance(duration_ms)
    outbox.hub.engine.wake()
