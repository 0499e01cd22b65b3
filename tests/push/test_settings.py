"""Settings, keys and endpoints are refused with a sentence that names what is wrong."""

import ipaddress
import socket
import stat
import threading
from base64 import urlsafe_b64decode
from pathlib import Path

import pytest

from integrations.push import endpoints
from integrations.push.endpoints import check_endpoint, resolve
from integrations.push.errors import (
    AddressRefused,
    KeyFileError,
    SettingsError,
    SubscriptionUnusable,
)
from integrations.push.keys import KEY_FILE, load_keys, public_key
from integrations.push.memory import Memory
from integrations.push.settings import read_settings


@pytest.mark.parametrize(
    "subject",
    [
        "mailto:a@localhost",
        "https://localhost",
        "a@b.c",
        "mailto:a@venue.local",
        "http://b.com",
        "",
    ],
)
def test_a_subject_that_services_refuse_is_refused_here(subject: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="push subject"):
        read_settings({"subject": subject, "data_dir": str(tmp_path)})


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"ttl_s_max": -1}, "ttl_s_max"),
        ({"timeout_s": 0}, "timeout_s"),
        ({"data_dir": 3}, "path"),
        ({"urgency": "now"}, "urgency"),
        ({"colour": 1}, "colour"),
    ],
)
def test_a_wrong_setting_is_named(changed: dict[str, object], named: str, tmp_path: Path) -> None:
    raw = {"subject": "mailto:a@b.com", "data_dir": str(tmp_path)}
    with pytest.raises(SettingsError, match=named):
        read_settings(raw | changed)
    assert read_settings(raw).data_dir == tmp_path


def test_the_key_is_made_once_and_only_for_its_owner(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    first = public_key(folder)
    assert public_key(folder) == first
    assert len(urlsafe_b64decode(first + "=")) == 65
    assert stat.S_IMODE((folder / KEY_FILE).stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == [KEY_FILE]


def test_processes_that_start_together_share_one_key(tmp_path: Path) -> None:
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(public_key(tmp_path))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_a_broken_key_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / KEY_FILE
    path.write_text("nonsense")
    path.chmod(0o600)
    with pytest.raises(KeyFileError, match="no private key"):
        load_keys(tmp_path)
    path.unlink()
    path.mkdir(0o700)
    with pytest.raises(KeyFileError, match="directory"):
        load_keys(tmp_path)


@pytest.mark.parametrize(
    "url",
    [
        "http://fcm.googleapis.com/x",
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://10.0.0.7/x",
        "https://2130706433/x",
        "https://0x7f.1/x",
        "https://[::1]/x",
        "https://[::ffff:10.0.0.1]/x",
        "https://169.254.169.254/latest",
        "https://printer/x",
        "https://printer.local/x",
        "https://user@push.example/x",
        "https://push.example:port/x",
        "https://push.example/a b",
        "https://push.example/\n",
        "https://pu\u2024sh.example/",
        "https://",
        "file:///etc/passwd",
        "https://push.example/" + "x" * 3_000,
        "https://[::1",
    ],
)
def test_an_endpoint_into_the_house_is_refused(url: str) -> None:
    with pytest.raises(SubscriptionUnusable):
        check_endpoint(url, allow_loopback=False)


def test_a_public_endpoint_is_taken_apart() -> None:
    endpoint = check_endpoint("https://Web.Push.Apple.com./Q", allow_loopback=False)
    assert endpoint.origin == "https://web.push.apple.com"
    other = check_endpoint("https://push.example:8443/Q", allow_loopback=False)
    assert other.origin == "https://push.example:8443"


def test_loopback_only_when_allowed() -> None:
    assert check_endpoint("http://127.0.0.1:81/x", allow_loopback=True).port == 81
    with pytest.raises(SubscriptionUnusable):
        check_endpoint("http://10.0.0.1/x", allow_loopback=True)
    assert resolve("127.0.0.1", 1, allow_loopback=True) == ["127.0.0.1"]


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_a_name_that_leads_into_the_house_is_not_connected_to(name: str) -> None:
    with pytest.raises(AddressRefused):
        resolve(name, 443, allow_loopback=False)


def test_an_unknown_name_is_a_network_error() -> None:
    with pytest.raises(socket.gaierror):
        resolve("no such name", 443, allow_loopback=False)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::808:808", True),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::", False),
        ("::ffff:192.168.0.1", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("fe80::1", False),
        ("0.0.0.0", False),
    ],
)
def test_which_addresses_are_public(address: str, *, public: bool) -> None:
    assert endpoints._is_public(ipaddress.ip_address(address)) is public


def test_memory_forgets_the_oldest() -> None:
    memory: Memory[str, int] = Memory(2)
    for key, value in (("a", 1), ("b", 2), ("a", 3), ("c", 4)):
        memory.put(key, value)
    assert (memory.get("a"), memory.get("b"), memory.get("c"), len(memory)) == (3, None, 4, 2)
