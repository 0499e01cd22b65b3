"""What cannot work is refused when it is read, and no sentence repeats a secret or an address."""

import socket
import ssl
from pathlib import Path
from typing import Any

import pytest

from contract.clock import ManualClock
from integrations.port import Done, RetryLater
from integrations.webhook.address import Guard, check_url, resolve
from integrations.webhook.connector import WebhookConnector
from integrations.webhook.emulator import Receiver
from integrations.webhook.errors import AddressRefused, SettingsError
from integrations.webhook.exchange import Request
from integrations.webhook.secret import Secret
from integrations.webhook.settings import read_settings
from tests.push.test_network import certificate
from tests.webhook.conftest import BODY, SECRET, VARIABLE
from tests.webhook.shared import NOW, Peer

GOOD = {"url": "https://crm.example.org/hooks/T0K3N", "secret": "env:CRM_SECRET"}


def test_defaults_are_those_of_the_page() -> None:
    one = read_settings({"crm": GOOD})["crm"]
    assert (one.timeout_s, one.per_second, one.insecure, one.allow_link_local) == (
        15.0,
        10.0,
        False,
        False,
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"secret": "T0K3N"}, "env:NAME or file:/PATH"),
        ({"secret": "file:relative/T0K3N"}, "env:NAME or file:/PATH"),
        ({"url": "http://crm.example.org/T0K3N"}, "not encrypted"),
        ({"url": "http://192.168.1.4/T0K3N"}, "not encrypted"),
        ({"url": "ftp://crm.example.org/T0K3N"}, "https://"),
        ({"url": "https:///T0K3N"}, "https://"),
        ({"url": "https://crm.example.org:0/T0K3N"}, "https://"),
        ({"url": "https://crm.example.org:x/T0K3N"}, "not a web address"),
        ({"url": "https://me:T0K3N@crm.example.org/"}, "no place for a name and password"),
        ({"url": "https://crm.example.org/T0K3N ö"}, "not a plain web address"),
        ({"url": "https://crm.example.org/" + "T0K3N" * 500}, "not a plain web address"),
        ({"timeout_s": 0}, "timeout_s"),
        ({"timeout_s": 31}, "timeout_s"),
        ({"timeout_s": float("nan")}, "timeout_s"),
        ({"per_second": 0}, "per_second"),
        ({"per_second": 1e9}, "per_second"),
        ({"tiemout_s": 3}, "tiemout_s"),
    ],
)
def test_what_cannot_work_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings({"crm": GOOD | wrong})
    text = str(raised.value)
    assert text.startswith("webhooks.crm: ")
    assert said in text
    assert "T0K3N" not in text


def test_what_is_missing_is_named() -> None:
    with pytest.raises(SettingsError, match=r"webhooks\.crm: .*secret"):
        read_settings({"crm": {"url": GOOD["url"]}})
    with pytest.raises(SettingsError, match=r"webhooks\.crm: "):
        read_settings({"crm": "https"})


@pytest.mark.parametrize("name", ["CRM", "", "a b", "-a", "x" * 49, 7])
def test_a_name_that_no_rule_can_write_is_refused(name: Any) -> None:
    with pytest.raises(SettingsError, match="name"):
        read_settings({name: GOOD})


def test_the_number_of_targets_is_bounded() -> None:
    with pytest.raises(SettingsError, match="at most 64"):
        read_settings({f"t{number}": GOOD for number in range(65)})


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8080/x",
        "http://127.0.0.1/x",
        "http://[::1]:9/x",
        "https://crm.example.org/x",
        "env:CRM_URL",
        "file:/run/secrets/crm-url",
    ],
)
def test_what_can_work_is_taken(url: str) -> None:
    assert read_settings({"crm": GOOD | {"url": url}})["crm"].url == url


def test_nothing_shows_its_secrets() -> None:
    one = read_settings({"crm": GOOD})["crm"]
    request = Request("POST", GOOD["url"], {"Authorization": "T0K3N"}, b"x", ("T0K3N",))
    for text in (repr(one), str(one), f"{one}", repr(Secret("T0K3N")), repr(request)):
        assert "T0K3N" not in text


def looked_up(
    monkeypatch: pytest.MonkeyPatch, url: str, *addresses: str, guard: Guard | None = None
) -> list[str]:
    """Resolve ``url`` where its name leads to ``addresses``."""

    def found(*_: object, **__: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in addresses]

    chosen = guard or Guard()
    place = check_url(url, "url", insecure=chosen.insecure)
    with monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", found)
        return resolve(place, chosen)


NAME = "https://crm.example.org/x"
LINK_LOCAL = [
    "169.254.1.1",
    "169.254.169.254",
    "fe80::1",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::",
    "fd00:ec2::254",
    "100.100.100.200",
]
NOBODY = ["0.0.0.0", "0.1.2.3", "::", "224.0.0.1", "ff02::1"]
HERE = ["127.0.0.1", "::1", "::ffff:127.0.0.1"]


@pytest.mark.parametrize("address", LINK_LOCAL + NOBODY + HERE)
def test_a_public_name_leads_to_none_of_these(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    with pytest.raises(AddressRefused, match="leads"):
        looked_up(monkeypatch, NAME, "93.184.215.14", address)


@pytest.mark.parametrize("address", NOBODY + HERE)
def test_what_may_be_link_local_may_still_not_be_nobody(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    with pytest.raises(AddressRefused, match="leads"):
        looked_up(monkeypatch, NAME, address, guard=Guard(allow_link_local=True))


@pytest.mark.parametrize("address", LINK_LOCAL)
def test_a_target_may_allow_the_addresses_of_its_link(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    guard = Guard(allow_link_local=True)
    assert looked_up(monkeypatch, NAME, address, guard=guard) == [address]


def test_the_venues_own_network_may_be_reached_encrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    for address in ("10.0.0.4", "192.168.1.4", "fd12::4", "93.184.215.14"):
        assert looked_up(monkeypatch, NAME, address) == [address]


def test_plain_http_leaves_this_machine_only_where_allowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = "http://localhost/x"
    assert looked_up(monkeypatch, here, "127.0.0.1", "::1") == ["127.0.0.1", "::1"]
    with pytest.raises(AddressRefused, match="nothing is encrypted"):
        looked_up(monkeypatch, here, "10.0.0.4")
    guard = Guard(insecure=True)
    assert looked_up(monkeypatch, "http://crm/x", "10.0.0.4", guard=guard) == ["10.0.0.4"]


def test_tls_is_checked_against_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cert, key = certificate(tmp_path)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(cert, key)
    trusting = ssl.create_default_context(cafile=str(cert))
    monkeypatch.setenv(VARIABLE, SECRET)
    with Receiver(SECRET, server) as receiver:
        for host, context, kind in (
            ("localhost", trusting, Done),
            ("127.0.0.1", trusting, RetryLater),
            ("localhost", None, RetryLater),
        ):
            url = f"https://{host}:{receiver.port}/hooks/foyer"
            target = {"url": url, "secret": f"env:{VARIABLE}"}
            clock = ManualClock(NOW)
            found = WebhookConnector(read_settings({"crm": target}), clock, context)
            peer = Peer(receiver, found, clock, BODY, int, SECRET, lambda: None, lambda: None)
            assert isinstance(peer.deliver(), kind)
            found.stop()
