"""A call arrives signed, by its own target's key, and can be told from what anybody else sends."""

import base64
import hashlib
import hmac
import json
import time
from pathlib import Path
from typing import Any

import pytest

from contract.clock import ManualClock
from integrations.port import Done, Drop, RetryAt, RetryLater
from integrations.webhook.connector import WebhookConnector
from integrations.webhook.emulator import Receiver
from integrations.webhook.emulator.faults import QUOTA_USED, Fault
from integrations.webhook.emulator.server import Asked
from integrations.webhook.errors import SecretUnusable
from integrations.webhook.keys import public_key
from integrations.webhook.secret import Secret
from integrations.webhook.settings import read_settings
from integrations.webhook.signature import signed_headers
from tests.webhook.conftest import BODY, SECRET, VARIABLE, connector
from tests.webhook.shared import NOW, PERSON, HttpSuite, Peer


class TestWebhook(HttpSuite):
    """The shared suite."""


def test_the_signature_is_that_of_the_specifications_own_example() -> None:
    headers = signed_headers(
        Secret(SECRET), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_what_arrives_says_what_was_decided_and_is_signed_now(peer: Peer) -> None:
    before_s = int(time.time())
    assert peer.deliver("some/key#1") == Done("webhook crm answered HTTP 202")
    (asked,) = peer.server.asked
    name = public_key("some/key#1")
    assert json.loads(asked.body) == {
        "type": "rule.fired",
        "timestamp": "2023-11-14T22:13:19.995Z",
        "key": name,
        "data": {
            "event": "demo-night",
            "rule": "third-stand",
            "person": PERSON,
            "at_ms": NOW - 5,
            "fields": {"score": "7", "name": "Ann Ö"},
        },
    }
    at = asked.headers["webhook-timestamp"]
    assert before_s <= int(at) <= time.time()
    key = base64.b64decode(SECRET[len("whsec_") :])
    mac = hmac.new(key, f"{name}.{at}.".encode() + asked.body, hashlib.sha256)
    signature = base64.b64encode(mac.digest()).decode()
    assert asked.headers["webhook-signature"] == f"v1,{signature}"
    assert PERSON not in " ".join(asked.headers.values())


def test_a_call_about_nobody_names_nobody(peer: Peer) -> None:
    assert isinstance(peer.deliver(person=None), Done)
    assert json.loads(peer.server.asked[0].body)["data"]["person"] is None


def test_a_name_outside_is_the_same_each_time_and_another_for_each_action() -> None:
    names = [public_key(key) for key in ("a", "a", "b", f"{PERSON}/ö")]
    assert names[0] == names[1]
    assert len(set(names)) == 3
    assert all(name.isascii() and "." not in name for name in names)


def test_the_emulator_refuses_another_key_an_old_time_and_a_changed_body(
    peer: Peer, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(peer.deliver("a"), Done)
    good = receiver.asked[0]
    assert receiver.answer(good).status == 200
    for headers, body in (
        (good.headers | {"webhook-timestamp": str(int(time.time()) - 301)}, good.body),
        (good.headers, good.body + b" "),
        (good.headers | {"webhook-signature": "v1,AAAA"}, good.body),
        ({**good.headers, "webhook-id": "x"}, good.body),
    ):
        asked = type(good)(good.method, good.path, headers, body)
        assert receiver.answer(asked).status in {400, 401}
    monkeypatch.setenv(VARIABLE, "whsec_" + base64.b64encode(b"k" * 32).decode())
    verdict = peer.deliver("b")
    assert isinstance(verdict, Drop)
    assert "HTTP 401" in verdict.reason
    assert len(receiver.calls) == 1


def test_the_emulator_refuses_what_a_strict_receiver_would(peer: Peer, receiver: Receiver) -> None:
    assert isinstance(peer.deliver(), Done)
    good = receiver.asked[0]
    name, at = good.headers["webhook-id"], good.headers["webhook-timestamp"]

    def answered(method: str = "POST", path: str = "", body: bytes = b"", **more: str) -> int:
        content = body or good.body
        spelled = {name.replace("_", "-"): value for name, value in more.items()}
        key = base64.b64decode(SECRET[len("whsec_") :])
        mac = hmac.new(key, f"{name}.{at}.".encode() + content, hashlib.sha256).digest()
        signed = {"webhook-signature": f"v1,{base64.b64encode(mac).decode()}"}
        asked = Asked(method, path or good.path, good.headers | signed | spelled, content)
        return receiver.answer(asked).status

    assert answered() == 200
    assert answered("PUT") == 404
    assert answered(path="/elsewhere") == 404
    assert answered(content_type="text/plain") == 415
    assert answered(idempotency_key="another") == 400
    assert answered(body=b"no JSON") == 400
    assert answered(body=b'{"type": "rule.fired"}') == 400
    assert answered(body=good.body + b" ") == 422
    assert len(receiver.calls) == 1


def test_while_a_secret_is_replaced_both_keys_sign(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = "whsec_" + base64.b64encode(b"k" * 64).decode()
    monkeypatch.setenv(VARIABLE, f"{other} {SECRET}")
    assert isinstance(peer.deliver(), Done)
    assert peer.server.asked[0].headers["webhook-signature"].count("v1,") == 2


def test_a_secret_replaced_in_its_file_is_in_force_at_once(
    receiver: Receiver, tmp_path: Path
) -> None:
    file = tmp_path / "secret"
    file.write_text("whsec_" + base64.b64encode(b"k" * 24).decode())
    clock = ManualClock(NOW)
    found = connector(receiver, clock, secret=f"file:{file}")
    peer = Peer(receiver, found, clock, BODY, lambda: 0, SECRET, lambda: None, lambda: None)
    assert isinstance(peer.deliver(), Drop)
    file.write_text(f"{SECRET}\n")
    assert isinstance(peer.deliver(), Done)
    file.unlink()
    assert isinstance(peer.deliver(), RetryAt)
    assert "No such file" in str(found.stopped())
    found.stop()


@pytest.mark.parametrize(
    "text",
    [
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_not base64",
        "whsec_!!!!",
        "whsec_" + base64.b64encode(b"k" * 23).decode(),
        "whsec_" + base64.b64encode(b"k" * 65).decode(),
        " ".join([SECRET] * 5),
        "",
    ],
)
def test_what_is_no_signing_key_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(SecretUnusable, match="no signing key") as raised:
        signed_headers(Secret(text), "x", 1, b"")
    assert not text or text not in str(raised.value)


def test_a_secret_that_is_no_plain_text_sends_nothing(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "whsec_\x07")
    assert isinstance(peer.deliver(), RetryAt)
    assert "no plain ASCII text" in str(peer.connector.stopped())


def test_an_address_that_is_a_secret_lies_elsewhere_and_is_not_told(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, SECRET)
    monkeypatch.setenv("TEST_WEBHOOK_URL", receiver.url)
    clock = ManualClock(NOW)
    found = connector(receiver, clock, url="env:TEST_WEBHOOK_URL")
    peer = Peer(receiver, found, clock, BODY, lambda: 0, SECRET, lambda: None, lambda: None)
    assert isinstance(peer.deliver(), Done)
    receiver.faults.switch(Fault(status=400, text="no /hooks/foyer here"))
    verdict = peer.deliver()
    assert isinstance(verdict, Drop)
    assert "foyer" not in verdict.reason
    monkeypatch.setenv("TEST_WEBHOOK_URL", "http://example.org/hooks")
    verdict = peer.deliver()
    assert isinstance(verdict, RetryAt)
    assert "not encrypted" in verdict.reason
    assert "example" not in verdict.reason
    found.stop()


def test_one_target_that_fails_holds_up_no_other(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, SECRET)
    clock = ManualClock(NOW)
    one: dict[str, Any] = {"url": receiver.url, "secret": f"env:{VARIABLE}", "per_second": 1_000}
    with Receiver(SECRET) as bad:
        targets = {"crm": one, "bad": one | {"url": bad.url}}
        found = WebhookConnector(read_settings(targets), clock)
        peer = Peer(receiver, found, clock, BODY, lambda: 0, SECRET, lambda: None, lambda: None)
        bad.faults.switch(QUOTA_USED)
        assert isinstance(peer.deliver("a", target="bad"), RetryLater)
        assert isinstance(peer.deliver("b", target="bad"), RetryAt)
        assert isinstance(peer.deliver("c"), Done)
        bad.faults.switch(Fault(status=410))
        assert isinstance(peer.deliver("d", 60_000, target="bad"), RetryAt)
        assert list(found.stopped()) == ["webhook bad"]
        assert isinstance(peer.deliver("e"), Done)
        found.stop()


def test_every_call_counts() -> None:
    found = WebhookConnector({}, ManualClock(NOW))
    assert found.coalesce_key(BODY) is None


def test_without_targets_a_call_is_dropped_with_a_sentence() -> None:
    peer_clock = ManualClock(NOW)
    found = WebhookConnector({}, peer_clock)
    with Receiver(SECRET) as receiver:
        peer = Peer(
            receiver, found, peer_clock, BODY, lambda: 0, SECRET, lambda: None, lambda: None
        )
        verdict = peer.deliver()
    assert verdict == Drop("foyer.yaml has no target crm under webhooks; it has none")
