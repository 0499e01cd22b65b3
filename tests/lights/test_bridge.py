import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from integrations.lights.answers import read_answer
from integrations.lights.arbiter import Look
from integrations.lights.bridge import HueBridge
from integrations.lights.connector import LightsConnector
from integrations.lights.errors import (
    BridgeAway,
    BridgeBusy,
    ColourInvalid,
    CommandRefused,
    KeyFileInvalid,
    KeyRefused,
    LampUnknown,
    PairingFailed,
)
from integrations.lights.keyfile import read_key
from integrations.lights.ledger import combine
from integrations.lights.pairing import register
from integrations.lights.settings import LightsSettings
from integrations.port import Connector, Done, Drop, RetryLater, StopConnector


def error(kind: int) -> dict[str, Any]:
    return {"error": {"type": kind, "address": "/x", "description": f"text {kind}"}}


TAKEN = {"success": {"/lights/1/state/on": True}}


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        ([error(1)], KeyRefused),
        ([error(3)], LampUnknown),
        ([error(6)], CommandRefused),
        ([error(7), error(6)], CommandRefused),
        ([error(201)], CommandRefused),
        ([error(901)], BridgeBusy),
        ([error(7), error(1)], KeyRefused),
        ({"what": "is this"}, BridgeAway),
        ([1, 2], BridgeAway),
        ("busy", BridgeAway),
    ],
)
def test_what_was_not_taken_at_all(answer: Any, raised: type[Exception]) -> None:
    with pytest.raises(raised):
        read_answer(answer)


def test_what_was_taken_in_part() -> None:
    answer = read_answer([TAKEN, error(7), error(6)])
    assert len(answer.taken) == 1
    assert answer.refused == ("text 7 (error 7)", "text 6 (error 6)")
    assert read_answer([]).taken == ()


def test_the_worst_of_several_lamps_that_can_be_mended() -> None:
    later, stop, drop = RetryLater("l"), StopConnector("s"), Drop("d")
    assert combine({"a": later, "b": stop, "c": drop}) == stop
    assert combine({"a": later, "b": Done(), "c": drop}) == later
    assert combine({"a": drop, "b": Drop("e")}) == Drop("d; e")
    assert combine({"a": drop, "b": Done("x"), "c": Done()}) == Done("x; d")


@contextmanager
def somebody_else(content: bytes) -> Iterator[str]:
    """A web server that is no bridge; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(content)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("content", "raised"),
    [
        (b"<html>busy</html>", BridgeBusy),
        (b"\xff\xfe", BridgeBusy),
        (b'{"config": {}}', BridgeAway),
        (b'{"1": {"name": 3}}', BridgeAway),
        (b"[]", BridgeAway),
        (b"5", BridgeAway),
    ],
)
def test_a_server_that_is_no_bridge(
    tmp_path: Path, content: bytes, raised: type[Exception]
) -> None:
    with somebody_else(content) as address, pytest.raises(raised):
        HueBridge(address, "abc", tmp_path / "key").lamps()


@pytest.mark.parametrize(
    ("content", "raised"),
    [
        (b"<html></html>", BridgeAway),
        (b'[{"error": {"type": 7}}]', PairingFailed),
        (b'[{"error": {"type": 5}}]', PairingFailed),
        (b'[{"success": {}}]', PairingFailed),
        (b'["?"]', BridgeAway),
        (b"{}", BridgeAway),
    ],
)
def test_pairing_with_what_is_no_bridge(
    tmp_path: Path, content: bytes, raised: type[Exception]
) -> None:
    with somebody_else(content) as address, pytest.raises(raised):
        register(address, tmp_path / "key")
    assert not list(tmp_path.iterdir())


def test_pairing_with_nobody(tmp_path: Path) -> None:
    with pytest.raises(BridgeAway, match=r"127\.0\.0\.1:1 cannot be reached"):
        register("127.0.0.1:1", tmp_path / "key")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"{}", b'{"a": {}}', b'{"a": {"username": 3}}', b'{"a": {"username": "/"}}'],
)
def test_a_key_file_without_a_key(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "key"
    file.write_bytes(content)
    with pytest.raises(KeyFileInvalid, match="pair with the bridge first"):
        read_key(file, "a")


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": "http://bridge/"},
        {"address": ""},
        {"transition_ms": -1},
        {"rest": Look("#ffffff", 1.5)},
        {"rest": Look("white", 1.0)},
    ],
)
def test_settings_no_bridge_could_obey(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises((ValueError, ColourInvalid)):
        LightsSettings(**{"address": "bridge", "key_file": tmp_path, **wrong})


def test_lamps_belong_to_areas(tmp_path: Path) -> None:
    settings = LightsSettings("bridge:80", tmp_path, areas={"floor": ("A", "B")})
    assert [settings.area_of(lamp) for lamp in "ABC"] == ["floor", "floor", ""]


def test_it_fits_the_port() -> None:
    kind: type[Connector] = LightsConnector
    assert kind.name == "lights"
