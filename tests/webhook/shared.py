"""What every connector that speaks HTTP to named targets promises, whatever it says there."""

import logging
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, Protocol

import pytest

from contract.clock import ManualClock
from hub.outbox.retry import Settle, decide
from integrations.port import Connector, Delivery, Done, Drop, RetryAt, RetryLater, Verdict
from integrations.webhook.emulator.faults import (
    LATE_FAULT,
    LOST_ANSWER,
    QUOTA_USED,
    Fault,
    too_many,
)
from integrations.webhook.emulator.server import EmulatedServer

NOW = 1_700_000_000_000
HOUR_MS = 3_600_000
PERSON = "person-7f3a"
TIMEOUT_S = 20.0
HASTY_S = 1.0


def patience_s(request: pytest.FixtureRequest) -> float:
    """How long an answer is waited for in a test: not long where none comes."""
    return HASTY_S if "hasty" in request.fixturenames else TIMEOUT_S


class Speaking(Connector, Protocol):
    """A connector with targets."""

    def stopped(self) -> dict[str, str]: ...


@dataclass
class Peer:
    """An emulator, the connector that speaks to it, and its clock."""

    server: EmulatedServer
    connector: Speaking
    clock: ManualClock
    body: dict[str, Any]
    acted: Callable[[], int]
    secret: str
    """What nobody may read anywhere."""
    hide_secret: Callable[[], None]
    """Take the secret away from where it lies."""
    show_secret: Callable[[], None]

    def delivery(self, key: str = f"rule/{PERSON}/1#0", **body: Any) -> Delivery:
        return Delivery(
            key=key,
            connector=self.connector.name,
            body=self.body | body,
            attempt=1,
            now_ms=self.clock.now_ms,
            expires_ms=NOW + HOUR_MS,
        )

    def deliver(self, key: str = f"rule/{PERSON}/1#0", after_ms: int = 1, **body: Any) -> Verdict:
        self.clock.advance(after_ms)
        return self.connector.deliver(self.delivery(key, **body))


def waiting_for(verdict: Verdict) -> int:
    """How long from the beginning of the test until the verdict's instant."""
    assert isinstance(verdict, RetryAt), verdict
    return verdict.at_ms - NOW


class HttpSuite:
    """Test classes inherit it and have a fixture ``peer``, of 1000 requests a second."""

    def test_what_was_taken_is_done_and_taken_once(self, peer: Peer) -> None:
        for _ in range(3):
            assert isinstance(peer.deliver(), Done)
        assert peer.acted() == 1
        assert len({(one.headers["idempotency-key"], one.body) for one in peer.server.asked}) == 1

    @pytest.mark.usefixtures("hasty")
    @pytest.mark.parametrize("fault", [LOST_ANSWER, LATE_FAULT, Fault("silence", acted=True)])
    def test_what_was_acted_on_without_a_good_answer_is_done_once(
        self, peer: Peer, fault: Fault
    ) -> None:
        peer.server.faults.switch(fault)
        assert isinstance(peer.deliver(), RetryLater)
        assert peer.acted() == 1
        assert isinstance(peer.deliver(after_ms=60_000), Done)
        assert peer.acted() == 1

    @pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
    def test_what_may_work_later_is_tried_again(self, peer: Peer, status: int) -> None:
        peer.server.faults.switch(Fault(status=status))
        verdict = peer.deliver()
        assert isinstance(verdict, RetryLater)
        assert f"HTTP {status}" in verdict.reason
        assert isinstance(peer.deliver(after_ms=60_000), Done)

    @pytest.mark.parametrize("status", [400, 404, 405, 409, 413, 422, 451])
    def test_what_is_refused_is_dropped_with_the_beginning_of_the_answer(
        self, peer: Peer, status: int
    ) -> None:
        text = f"wrong:\n\x1b[31m {peer.secret} {PERSON} " + "x" * 1_000_000
        peer.server.faults.switch(Fault(status=status, text=text))
        verdict = peer.deliver()
        assert isinstance(verdict, Drop)
        assert f"HTTP {status}: wrong:" in verdict.reason
        told = verdict.reason.partition(f"HTTP {status}: ")[2]
        assert len(told) == 200
        assert told.isprintable()
        assert PERSON not in verdict.reason

    @pytest.mark.parametrize("status", [301, 302, 307, 308])
    def test_a_redirect_is_not_followed(self, peer: Peer, status: int) -> None:
        there = f"http://127.0.0.1:{peer.server.port}/elsewhere"
        peer.server.faults.switch(Fault(status=status, headers={"Location": there}))
        verdict = peer.deliver()
        assert isinstance(verdict, Drop)
        assert "redirects are not followed" in verdict.reason
        assert "/elsewhere" not in [one.path for one in peer.server.asked]

    @pytest.mark.parametrize("status", [429, 503, 500])
    def test_who_says_when_to_come_back_is_obeyed(self, peer: Peer, status: int) -> None:
        peer.clock.speed = 60.0
        fault = Fault(status=status, headers={"Retry-After": "7"})
        peer.server.faults.switch(fault)
        assert waiting_for(peer.deliver(after_ms=0)) == 7 * 60 * 1_000

    def test_a_date_to_come_back_at_is_in_real_time(self, peer: Peer) -> None:
        peer.clock.speed = 60.0
        at = datetime.now(UTC) + timedelta(seconds=120)
        peer.server.faults.switch(too_many(format_datetime(at, usegmt=True)))
        wait_ms = waiting_for(peer.deliver(after_ms=0))
        assert 60 * 60 * 1_000 < wait_ms <= 120 * 60 * 1_000

    @pytest.mark.parametrize(
        "retry_after", ["0", "-3", "soon", "Wed, 21 Oct 2015 07:28:00 GMT", "٣", ""]
    )
    def test_nobody_makes_us_hurry(self, peer: Peer, retry_after: str) -> None:
        header = retry_after.encode().decode("latin-1")
        peer.server.faults.switch(Fault(status=500, headers={"Retry-After": header}))
        assert isinstance(peer.deliver(), RetryLater)

    def test_nobody_puts_us_off_for_more_than_a_day(self, peer: Peer) -> None:
        peer.server.faults.switch(too_many("9" * 30))
        assert waiting_for(peer.deliver(after_ms=0)) == 86_400_000

    def test_a_target_that_has_had_enough_is_left_alone_by_all(self, peer: Peer) -> None:
        peer.server.faults.switch(too_many("5"))
        assert waiting_for(peer.deliver("a", after_ms=0)) == 5_000
        assert waiting_for(peer.deliver("b", after_ms=4_999)) == 5_000
        assert len(peer.server.asked) == 1
        assert isinstance(peer.deliver("b", after_ms=1), Done)

    def test_the_rest_doubles_with_each_failure_and_ends_with_a_success(self, peer: Peer) -> None:
        waits = []
        for _ in range(8):
            peer.server.faults.switch(QUOTA_USED)
            assert isinstance(peer.deliver("a"), RetryLater)
            at_ms = NOW + waiting_for(peer.deliver("b", after_ms=0))
            waits.append((at_ms - peer.clock.now_ms) // 1_000)
            peer.clock.now_ms = at_ms
        assert waits == [1, 2, 4, 8, 16, 32, 64, 64]
        assert isinstance(peer.deliver("a"), Done)
        peer.server.faults.switch(QUOTA_USED)
        assert isinstance(peer.deliver("c"), RetryLater)
        wait_ms = waiting_for(peer.deliver("b", after_ms=0)) + NOW - peer.clock.now_ms
        assert wait_ms == 1_000

    @pytest.mark.usefixtures("hasty")
    @pytest.mark.parametrize(
        ("kind", "named"),
        [
            ("silence", "ReadTimeout"),
            ("trickle", "ReadTimeout"),
            ("hang-up", "RemoteProtocolError"),
        ],
    )
    def test_no_answer_is_tried_again(self, peer: Peer, kind: Any, named: str) -> None:
        peer.server.faults.switch(Fault(kind))
        verdict = peer.deliver()
        assert isinstance(verdict, RetryLater)
        assert verdict.reason.endswith(f"no answer: {named}")
        assert peer.acted() == 0

    def test_a_place_where_nobody_listens_is_tried_again(self, peer: Peer) -> None:
        peer.server.__exit__()
        verdict = peer.deliver()
        assert isinstance(verdict, RetryLater)
        assert verdict.reason.endswith("no answer: ConnectError")

    def test_a_name_that_is_not_known_is_tried_again(
        self, peer: Peer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def unknown(*_: object, **__: object) -> list[Any]:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")

        monkeypatch.setattr(socket, "getaddrinfo", unknown)
        verdict = peer.deliver()
        monkeypatch.undo()
        assert isinstance(verdict, RetryLater)

    def test_a_name_that_leads_elsewhere_just_now_is_not_connected_to(
        self, peer: Peer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def portal(*_: object, **__: object) -> list[Any]:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 80))]

        monkeypatch.setattr(socket, "getaddrinfo", portal)
        verdict = peer.deliver()
        monkeypatch.undo()
        assert isinstance(verdict, RetryLater)
        assert "leads" in verdict.reason
        assert peer.server.asked == []

    def test_a_target_that_is_gone_is_left_alone_and_says_so(self, peer: Peer) -> None:
        peer.server.faults.switch(Fault(status=410))
        for key in ("a", "b"):
            delivery = peer.delivery(key)
            verdict = peer.connector.deliver(delivery)
            step = decide(verdict, 1, peer.clock.now_ms, delivery.expires_ms)
            assert isinstance(step, Settle)
            assert step.outcome == "dead"
            assert "wants nothing more" in step.detail
        assert len(peer.server.asked) == 1
        (reason,) = peer.connector.stopped().values()
        assert "HTTP 410" in reason

    def test_without_its_secret_nothing_is_sent_and_with_it_all_goes_on(self, peer: Peer) -> None:
        assert peer.connector.stopped() == {}
        peer.hide_secret()
        assert waiting_for(peer.deliver(after_ms=0)) == 60_000
        assert peer.server.asked == []
        (reason,) = peer.connector.stopped().values()
        assert "put it there" in reason
        peer.show_secret()
        assert isinstance(peer.deliver(after_ms=60_000), Done)
        assert peer.connector.stopped() == {}

    def test_a_target_that_nobody_knows_is_dropped_with_those_that_are(self, peer: Peer) -> None:
        verdict = peer.deliver(target="nowhere")
        assert isinstance(verdict, Drop)
        assert "no target nowhere" in verdict.reason
        assert peer.body["target"] in verdict.reason

    @pytest.mark.parametrize(
        "wrong",
        [
            {"fields": {"a": 1}},
            {"rule": None},
            {"at_ms": -1},
            {"at_ms": 10**15},
            {"fields": {"score": "\ud800"}},
            {"fields": {"score": "x" * 70_000}},
        ],
    )
    def test_a_body_that_cannot_be_sent_is_dropped(self, peer: Peer, wrong: dict[str, Any]) -> None:
        assert isinstance(peer.deliver(**wrong), Drop)
        assert peer.server.asked == []

    def test_the_secret_is_nowhere_to_be_read(
        self, peer: Peer, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        echo = f"you said {peer.secret} for {PERSON}"
        verdicts = [peer.deliver("a")]
        for fault in (Fault(status=400, text=echo), Fault(status=503, text=echo), LOST_ANSWER):
            peer.server.faults.switch(fault)
            verdicts.append(peer.deliver("b", after_ms=60_000))
        peer.hide_secret()
        verdicts.append(peer.deliver("c", after_ms=120_000))
        connector: Any = peer.connector
        shown = [repr(verdicts), repr(vars(connector)), repr(connector.stopped()), caplog.text]
        shown += [repr(vars(target)) for target in connector._targets.values()]
        assert caplog.text
        for text in shown:
            assert peer.secret not in text
            assert PERSON not in text

    def test_starting_and_stopping_can_be_repeated(self, peer: Peer) -> None:
        peer.connector.start()
        peer.connector.start()
        assert isinstance(peer.deliver(), Done)
        peer.connector.stop()
        peer.connector.stop()
        assert isinstance(peer.deliver(), Done)
        peer.connector.stop()
