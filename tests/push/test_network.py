"""The deadline and the address check hold on the wire, with and without TLS."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from contract.clock import ManualClock
from integrations.port import Done, RetryLater
from integrations.push.connector import PushConnector
from integrations.push.subscriptions import Subscription
from tests.push.conftest import NOW, Register, World, settings
from tests.push.receiver import Answer, PushService


def certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for ``localhost`` that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(signed.public_bytes(Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return paths


def world(
    service: PushService, folder: Path, context: ssl.SSLContext | None = None, **changed: object
) -> World:
    register, clock = Register(), ManualClock(NOW)
    connector = PushConnector(settings(folder, **changed), register, clock, ssl_context=context)
    return World(service, register, clock, connector)


def test_tls_is_checked_against_the_name_not_the_address(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(cert, key)
    trusting = ssl.create_default_context(cafile=str(cert))
    with PushService(server, host="localhost") as service:
        trusted = world(service, tmp_path, trusting)
        browser = trusted.browser()
        assert isinstance(trusted.deliver(), Done)
        assert len(browser.inbox) == 1
        trusted.connector.stop()
        wary = world(service, tmp_path)
        wary.browser()
        assert wary.deliver() == RetryLater("no answer from localhost: ConnectError")
        wary.connector.stop()


@contextmanager
def trickling() -> Iterator[int]:
    """Answer one byte at a time, for ever."""
    done = threading.Event()

    def serve(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            while not done.wait(0.01):
                try:
                    connection.sendall(b"a")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=(server,))
        thread.start()
        yield server.getsockname()[1]
        done.set()
        thread.join()


def test_a_service_that_trickles_is_given_up_at_the_deadline(tmp_path: Path) -> None:
    with PushService() as service, trickling() as port:
        slow = world(service, tmp_path, timeout_s=0.3)
        keys = service.subscribe().subscription
        endpoint = f"http://127.0.0.1:{port}/x"
        slow.register.rows["ann"] = [Subscription(endpoint, keys.p256dh, keys.auth)]
        assert slow.deliver() == RetryLater("no answer from 127.0.0.1: ReadTimeout")
        slow.connector.stop()


def test_a_public_name_that_leads_into_the_house_is_tried_again_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As behind a captive portal: nothing is connected to, and the subscription stays."""

    def portal(*_: object, **__: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443))]

    with PushService() as service:
        outside = world(service, tmp_path, allow_loopback=False)
        keys = service.subscribe().subscription
        endpoint = "https://push.example/x"
        outside.register.rows["ann"] = [Subscription(endpoint, keys.p256dh, keys.auth)]
        monkeypatch.setattr(socket, "getaddrinfo", portal)
        verdict = outside.deliver()
        monkeypatch.undo()
        assert verdict == RetryLater("the push service's name leads into a private network")
        assert not outside.register.deleted
        outside.connector.stop()


def test_an_unknown_name_is_tried_again_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object, **__: object) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    with PushService() as service:
        outside = world(service, tmp_path)
        keys = service.subscribe().subscription
        endpoint = "https://push.example/x"
        outside.register.rows["ann"] = [Subscription(endpoint, keys.p256dh, keys.auth)]
        monkeypatch.setattr(socket, "getaddrinfo", unknown)
        verdict = outside.deliver()
        monkeypatch.undo()
        assert verdict == RetryLater("no answer from push.example: ConnectError")
        outside.connector.stop()


def test_a_long_answer_is_read_only_to_the_limit(world_with_long_answer: World) -> None:
    assert isinstance(world_with_long_answer.deliver(), Done)


@pytest.fixture
def world_with_long_answer(tmp_path: Path) -> Iterator[World]:

    with PushService() as service:
        found = world(service, tmp_path)
        found.browser().answers.append(Answer(201, body="x" * 1_000_000))
        yield found
        found.connector.stop()
