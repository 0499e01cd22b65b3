"""A delivery reaches every browser once, and each refusal has its verdict."""

import json
import socket
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from contract.clock import ManualClock, SystemClock
from integrations.port import Delivery, Done, Drop, RetryAt, RetryLater, StopConnector
from integrations.push.connector import PushConnector
from integrations.push.keys import KEY_FILE, public_key
from integrations.push.settings import SUBSCRIPTIONS_PER_PERSON_MAX
from integrations.push.subscriptions import Subscription
from integrations.push.verdicts import Now, Response, judge
from tests.push.conftest import NOW, Register, World, settings
from tests.push.receiver import Answer, PushService


def test_the_browser_decrypts_what_was_sent(world: World) -> None:
    browser = world.browser()
    verdict = world.deliver(text="A coffee is waiting ☕", url="/r/1", tag="coffee")
    assert verdict == Done("accepted for 1 of 1 browsers")
    assert browser.inbox == [
        {"title": "Hello", "text": "A coffee is waiting ☕", "url": "/r/1", "tag": "coffee"}
    ]
    headers = browser.requests[0]
    assert headers["ttl"] == "3600"
    assert headers["urgency"] == "normal"
    assert len(headers["topic"]) == 32


def test_ttl_is_real_seconds_within_the_limit(world: World) -> None:
    browser = world.browser()
    world.clock.speed = 60.0
    world.deliver()
    assert browser.requests[0]["ttl"] == "60"


def test_no_browser_is_inbox_only(world: World) -> None:
    assert world.deliver() == Done("inbox only")


def test_every_browser_of_a_person_and_no_more_than_the_limit(world: World) -> None:
    browsers = [world.browser() for _ in range(SUBSCRIPTIONS_PER_PERSON_MAX + 1)]
    world.deliver()
    assert [len(browser.inbox) for browser in browsers] == [1] * SUBSCRIPTIONS_PER_PERSON_MAX + [0]


def test_a_retry_reaches_only_those_that_have_not_accepted(world: World) -> None:
    first, second = world.browser(), world.browser()
    second.answers.append(Answer(500))
    assert isinstance(world.deliver(), RetryLater)
    assert isinstance(world.deliver(), Done)
    assert isinstance(world.deliver(), Done)
    assert (len(first.inbox), len(second.inbox)) == (1, 1)


def test_an_undelivered_one_is_replaced_after_a_lost_answer(world: World) -> None:
    browser = world.browser()
    browser.online = False
    browser.answers.append(Answer(503, acted=True))
    assert isinstance(world.deliver(), RetryLater)
    assert isinstance(world.deliver(), Done)
    assert isinstance(world.deliver(key="k2", text="Bacon"), Done)
    browser.connect()
    assert [message["text"] for message in browser.inbox] == ["Coffee", "Bacon"]


@pytest.mark.parametrize("status", [404, 410])
def test_a_gone_subscription_is_deleted(world: World, status: int) -> None:
    browser, other = world.browser(), world.browser()
    browser.gone = status
    assert world.deliver() == Done("accepted for 1 of 2 browsers")
    assert [endpoint for endpoint, _ in world.register.deleted] == [browser.subscription.endpoint]
    other.gone = status
    assert world.deliver(key="k2") == Done("inbox only")


def test_too_large_is_dropped(world: World) -> None:
    world.browser().answers.append(Answer(413))
    assert world.deliver() == Drop("the message is too large (HTTP 413)")


@pytest.mark.parametrize("text", ["x" * 10_000, "☕" * 4_000, '"\\\n' * 4_000, "\x01" * 4_000])
def test_a_long_text_is_shortened_until_it_fits(world: World, text: str) -> None:
    browser = world.browser()
    assert isinstance(world.deliver(text=text), Done)
    received = browser.inbox[0]["text"]
    assert received.endswith("…")
    assert text.startswith(received[:-1])
    assert len(json.dumps(received, ensure_ascii=False).encode()) > 3_500


@pytest.mark.parametrize("status", [429, 500, 503])
def test_seconds_of_retry_after_are_honoured_in_venue_time(world: World, status: int) -> None:
    browser = world.browser()
    browser.answers.append(Answer(status, {"Retry-After": "120"}))
    world.clock.speed = 2.0
    verdict = world.deliver()
    assert isinstance(verdict, RetryAt)
    assert verdict.at_ms == NOW + 240_000
    assert isinstance(world.deliver(key="k2"), RetryAt), "others wait too"
    assert len(browser.requests) == 1
    world.clock.advance(240_000)
    assert isinstance(world.deliver(), Done)


def test_a_date_of_retry_after_is_honoured(world: World) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=300), usegmt=True)
    world.browser().answers.append(Answer(503, {"Retry-After": date}))
    verdict = world.deliver()
    assert isinstance(verdict, RetryAt)
    assert NOW + 280_000 < verdict.at_ms <= NOW + 300_000


@pytest.mark.parametrize("written", ["soon", "-5", "Wed, 21 Oct 2015 07:28:00 GMT", ""])
def test_a_retry_after_that_says_nothing_is_left_to_the_outbox(world: World, written: str) -> None:
    world.browser().answers.append(Answer(429, {"Retry-After": written}))
    assert isinstance(world.deliver(), RetryLater)


def test_one_browser_put_off_does_not_put_off_another(world: World) -> None:
    slow, quick = world.browser(), world.browser("bob")
    slow.answers.append(Answer(429, {"Retry-After": "60"}))
    assert isinstance(world.deliver(), RetryAt)
    assert isinstance(world.deliver(key="k2", person="bob"), Done)
    assert len(quick.inbox) == 1


def test_a_refused_token_stops_the_connector_with_the_remedy(world: World) -> None:
    world.browser().answers.append(Answer(403, body='{"reason": "BadJwtToken"}'))
    verdict = world.deliver()
    assert isinstance(verdict, StopConnector)
    assert "mailto:somebody@your-domain" in verdict.reason


def test_unauthorised_stops_the_connector(world: World) -> None:
    world.browser().answers.append(Answer(401))
    assert isinstance(world.deliver(), StopConnector)


def test_a_subscription_made_with_another_key_is_deleted(world: World) -> None:
    world.service.vapid_public = "another"
    world.browser()
    assert world.deliver() == Done("inbox only")
    assert world.register.deleted[0][1].startswith("the subscription was made with another key")


@pytest.mark.parametrize("status", [400, 302, 418])
def test_other_refusals_drop(world: World, status: int) -> None:
    world.browser().answers.append(Answer(status, {"Location": "http://127.0.0.1:1/"}))
    assert isinstance(world.deliver(), Drop)
    assert not world.service.strangers


def test_a_hung_up_connection_is_retried_after_a_while(world: World) -> None:
    browser = world.browser()
    browser.answers.append(Answer(0, hang_up=True))
    assert isinstance(world.deliver(), RetryLater)
    held = world.deliver()
    assert isinstance(held, RetryAt)
    world.clock.advance(held.at_ms - NOW)
    assert isinstance(world.deliver(), Done)
    assert len(browser.inbox) == 1


def test_a_push_service_that_is_down_is_retried(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    keys = world.service.subscribe().subscription
    world.register.rows["ann"] = [
        Subscription(f"http://127.0.0.1:{port}/x", keys.p256dh, keys.auth)
    ]
    verdict = world.deliver()
    assert verdict == RetryLater("no answer from 127.0.0.1: ConnectError")


def test_a_push_service_that_says_nothing_is_given_up_in_time(tmp_path: Path) -> None:
    register = Register()
    with PushService() as service, socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        keys = service.subscribe().subscription
        register.rows["ann"] = [Subscription(f"http://127.0.0.1:{port}/x", keys.p256dh, keys.auth)]
        connector = PushConnector(
            settings(tmp_path, timeout_s=0.2), register, ManualClock(NOW), SystemClock()
        )
        world = World(service, register, ManualClock(NOW), connector)
        assert world.deliver() == RetryLater("no answer from 127.0.0.1: ReadTimeout")
        connector.stop()


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [("", ""), ("####", "####"), ("AAAA", "AAAA"), ("é", "é"), (None, "AAAA"), ("zero", None)],
)
def test_keys_that_are_no_keys_delete_the_subscription(
    world: World, p256dh: str | None, auth: str | None
) -> None:
    good = world.browser().subscription
    zero = urlsafe_b64encode(bytes(65)).decode()
    broken = Subscription(
        good.endpoint,
        good.p256dh if p256dh is None else zero if p256dh == "zero" else p256dh,
        good.auth if auth is None else auth,
    )
    world.register.rows["ann"] = [broken]
    assert world.deliver() == Done("inbox only")
    assert len(world.register.deleted) == 1


def test_a_wrong_body_is_dropped_with_the_field(world: World) -> None:
    delivery = Delivery(
        key="k", connector="push", body={"person": "ann"}, attempt=1, now_ms=NOW, expires_ms=NOW + 1
    )
    verdict = world.connector.deliver(delivery)
    assert isinstance(verdict, Drop)
    assert "title" in verdict.reason


def test_an_expired_one_is_dropped(world: World) -> None:
    browser = world.browser()
    delivery = Delivery(
        key="k",
        connector="push",
        body={"person": "ann", "title": "x"},
        attempt=1,
        now_ms=NOW,
        expires_ms=NOW,
    )
    assert isinstance(world.connector.deliver(delivery), Drop)
    assert not browser.requests


def test_no_verdict_shows_an_endpoint_or_key(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    browser = world.browser()
    secret = browser.subscription.endpoint.rpartition("/")[0]
    verdicts = []
    for number, status in enumerate((400, 401, 403, 404, 410, 413, 429, 500)):
        world.register.rows["ann"] = [browser.subscription]
        browser.answers.append(Answer(status, body=browser.subscription.endpoint))
        verdicts.append(world.deliver(key=f"k{number}"))
    seen = str(verdicts) + caplog.text + str([reason for _, reason in world.register.deleted])
    assert secret not in seen
    assert browser.subscription.auth not in seen


def test_only_the_tag_of_a_person_is_coalesced(world: World) -> None:
    assert world.connector.coalesce_key({"person": "ann", "tag": "queue"}) == "push:ann:queue"
    assert world.connector.coalesce_key({"person": "ann", "tag": ""}) is None


def test_a_key_that_cannot_be_read_stops_the_connector(world: World, tmp_path: Path) -> None:
    world.connector.stop()
    (tmp_path / KEY_FILE).chmod(0o644)
    verdict = world.deliver()
    assert isinstance(verdict, StopConnector)
    assert "chmod 600" in verdict.reason


def test_start_and_stop_are_repeatable_and_keep_the_key(world: World, tmp_path: Path) -> None:
    browser = world.browser()
    world.service.vapid_public = public_key(tmp_path)
    for key in ("k1", "k2"):
        world.connector.stop()
        world.connector.stop()
        world.connector.start()
        world.connector.start()
        assert isinstance(world.deliver(key=key), Done)
    assert len(browser.inbox) == 2


def test_an_unknown_service_cannot_stop_the_connector_for_all(tmp_path: Path) -> None:
    answer = judge(Response(403, "BadJwtToken"), Now(NOW, 0.0), believed=False)
    assert answer.fate == "gone"
    connector = PushConnector(
        settings(tmp_path, allow_loopback=False), Register(), ManualClock(NOW)
    )
    assert connector._believes("web.push.apple.com")
    assert not connector._believes("evilpush.apple.com.example")
    assert not connector._believes("notweb-push.apple.com")


def test_ttl_is_capped_by_the_setting(service: PushService, tmp_path: Path) -> None:
    register, clock = Register(), ManualClock(NOW)
    connector = PushConnector(settings(tmp_path, ttl_s_max=60), register, clock)
    world = World(service, register, clock, connector)
    browser = world.browser()
    assert isinstance(world.deliver(), Done)
    assert browser.requests[0]["ttl"] == "60"
    connector.stop()
