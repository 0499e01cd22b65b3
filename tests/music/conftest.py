"""A delivery, a web service, and a real music player with a library made on the spot."""

import os
import signal
import socket
import struct
import subprocess
import threading
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from mpd.base import MPDClient

from integrations.port import Delivery
from tests import needs
from tests.waiting import wait_until

NOW = 1_700_000_000_000
LIBRARY = [
    ("ABBA", "Waterloo"),
    ("ABBA", "Mamma Mia"),
    ("Björk", "Hyperballad"),
    ("Can", "Vitamin C"),
    ("Can", "Halleluhwah"),
    ('Quo\\te "Q"', "Slash"),
]
_Client: Any = MPDClient


def request(key: str = "k1", artist: str = "ABBA", **more: Any) -> Delivery:
    body = {"op": "request", "zone": "floor", "artist": artist, "wanted_by": 3, "reason": "r"}
    return delivery(key, body | more)


def ranking(key: str = "r1") -> Delivery:
    entries = [{"artist": "ABBA", "wanted_by": 3, "score": 2.5}]
    return delivery(key, {"op": "ranking", "zone": "floor", "entries": entries})


def delivery(key: str, body: dict[str, Any]) -> Delivery:
    return Delivery(
        key=key, connector="music", body=body, attempt=1, now_ms=NOW, expires_ms=NOW + 60_000
    )


@dataclass
class WebService:
    """Notes what is posted and answers as told."""

    url: str = ""
    seen: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answer: tuple[int, dict[str, str]] = (200, {})


@pytest.fixture
def web() -> Iterator[WebService]:
    found = WebService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.seen.append(({k.lower(): v for k, v in self.headers.items()}, body))
            status, headers = found.answer
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_address[1]}/wishes"
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


def tone(path: Path, artist: str, title: str) -> None:
    """Write a minute of silence that says in its RIFF INFO chunk what it is."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8_000)
        file.writeframes(b"\x80" * 8_000 * 60)
    info = b"INFO" + _chunk(b"IART", artist) + _chunk(b"INAM", title)
    whole = path.read_bytes() + b"LIST" + struct.pack("<I", len(info)) + info
    path.write_bytes(whole[:4] + struct.pack("<I", len(whole) - 8) + whole[8:])


def _chunk(name: bytes, text: str) -> bytes:
    data = text.encode() + b"\0"
    data += b"\0" * (len(data) % 2)
    return name + struct.pack("<I", len(data)) + data


@dataclass
class Player:
    """A Music Player Daemon with a null output, on a free port of this machine."""

    home: Path
    stickers: bool
    extra: str = ""
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = needs.mpd()
        if not self.port:
            with socket.create_server(("127.0.0.1", 0)) as server:
                self.port = server.getsockname()[1]
        config = self.home / "mpd.conf"
        sticker = f'sticker_file "{self.home}/stickers"\n' if self.stickers else ""
        config.write_text(
            f'music_directory "{self.home}/music"\ndb_file "{self.home}/db"\n'
            f'state_file "{self.home}/state"\nbind_to_address "127.0.0.1"\nport "{self.port}"\n'
            f'auto_update "no"\nzeroconf_enabled "no"\n{sticker}{self.extra}'
            'audio_output {\n type "null"\n name "silence"\n}\n'
        )
        log = (self.home / "log").open("ab")
        self.process = subprocess.Popen(
            [program, "--no-daemon", "--stderr", str(config)], stderr=log, stdout=log
        )
        log.close()
        wait_until(self._listens, 20, "the music player")

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True

    def kill(self) -> None:
        if self.process is not None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def tell(self, work: Callable[[Any], Any]) -> Any:
        """Do ``work`` with a client of one's own."""
        client = _Client()
        client.connect("127.0.0.1", self.port)
        try:
            return work(client)
        finally:
            client.disconnect()

    def queue(self) -> list[str]:
        return [song["title"] for song in self.tell(lambda client: client.playlistinfo())]


def open_player(home: Path, *, stickers: bool = True, extra: str = "") -> Player:
    (home / "music").mkdir()
    for number, (artist, title) in enumerate(LIBRARY):
        tone(home / "music" / f"{number}.wav", artist, title)
    player = Player(home, stickers, extra)
    player.start()
    return player


def read_library(player: Player) -> None:
    player.tell(lambda client: client.update())
    wait_until(
        lambda: int(player.tell(lambda client: client.stats()).get("songs", 0)) == len(LIBRARY),
        20,
        "the library",
    )


@pytest.fixture(params=[True, False], ids=["stickers", "no stickers"])
def player(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Player]:
    found = open_player(tmp_path, stickers=request.param)
    read_library(found)
    yield found
    found.kill()
