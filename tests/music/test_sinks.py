"""File, web and MQTT take a wish once, and say what to do when they cannot."""

import json
import resource
import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from contract.clock import ManualClock
from integrations.music.connector import MusicConnector, combine
from integrations.music.errors import SettingsError
from integrations.music.settings import MusicSettings, read_settings
from integrations.music.sink import Keys
from integrations.port import Done, Drop, RetryAt, RetryLater, StopConnector, Verdict
from tests.music.conftest import NOW, WebService, delivery, ranking, request


def connector(*sinks: dict[str, Any], speed: float = 1.0, **more: Any) -> MusicConnector:
    settings = read_settings({"sinks": list(sinks)})
    return MusicConnector(settings, ManualClock(NOW, speed=speed), **more)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_line_for_each_wish_and_one_for_a_retry(tmp_path: Path) -> None:
    path = tmp_path / "new" / "wishes.ndjson"
    sink = {"to": "file", "path": str(path)}
    for _ in range(2):
        music = connector(sink)
        music.start()
        for wish in (request(), request(), ranking(), request("k2", title="Waterloo")):
            assert isinstance(music.deliver(wish), Done)
        music.stop()
        music.stop()
    first, second, third = lines(path)
    assert first == {
        "id": "k1",
        "at_ms": NOW,
        "op": "request",
        "zone": "floor",
        "artist": "ABBA",
        "title": None,
        "wanted_by": 3,
        "reason": "r",
    }
    assert second["entries"] == [{"artist": "ABBA", "wanted_by": 3, "score": 2.5}]
    assert third["title"] == "Waterloo"


@pytest.mark.parametrize(
    ("torn", "left"), [(b'{"id":"k9","at', 0), (b'{"i', 0), (b"a note of the DJ", 1)]
)
def test_a_half_written_line_of_ours_is_taken_off(tmp_path: Path, torn: bytes, left: int) -> None:
    path = tmp_path / "wishes"
    music = connector({"to": "file", "path": str(path)})
    music.deliver(request())
    music.stop()
    with path.open("ab") as file:
        file.write(b"not json\n" + torn)
    music = connector({"to": "file", "path": str(path)})
    assert isinstance(music.deliver(request("k2")), Done)
    music.stop()
    kept = path.read_bytes().splitlines()
    assert len(kept) == 3 + left
    assert json.loads(kept[-1])["id"] == "k2"


def test_a_large_file_makes_room_and_its_keys_are_still_known(tmp_path: Path) -> None:
    path = tmp_path / "wishes"
    music = connector({"to": "file", "path": str(path), "bytes_max": 4096})
    for number in range(60):
        music.deliver(request(f"k{number}"))
    music.deliver(request("k0"))
    music.stop()
    assert path.stat().st_size <= 4096
    kept = [line["id"] for part in (tmp_path / "wishes.1", path) for line in lines(part)]
    assert kept == [f"k{number}" for number in range(60)][-len(kept) :]


def test_a_path_that_is_no_file_stops_the_connector(tmp_path: Path) -> None:
    verdict = connector({"to": "file", "path": str(tmp_path)}).deliver(request())
    assert isinstance(verdict, StopConnector)
    assert "directory" in verdict.reason


def test_a_full_disk_is_tried_again_and_leaves_no_half_line(tmp_path: Path) -> None:
    path = tmp_path / "wishes"
    music = connector({"to": "file", "path": str(path)})
    music.deliver(request())
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 20, hard))
    try:
        verdict = music.deliver(request("k2"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    assert isinstance(verdict, RetryLater)
    assert [line["id"] for line in lines(path)] == ["k1"]
    assert isinstance(music.deliver(request("k2")), Done)
    assert [line["id"] for line in lines(path)] == ["k1", "k2"]
    music.stop()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_file_that_cannot_be_read_back_is_tried_again() -> None:
    music = connector({"to": "file", "path": "/dev/full"})
    assert isinstance(music.deliver(request()), RetryLater)
    music.stop()


def test_a_post_carries_its_key_and_is_the_same_at_each_retry(web: WebService) -> None:
    music = connector({"to": "http", "url": web.url, "token": "T"})
    web.answer = (503, {})
    assert isinstance(music.deliver(request()), RetryLater)
    web.answer = (201, {})
    assert isinstance(music.deliver(request()), Done)
    assert isinstance(music.deliver(request()), Done)
    music.stop()
    (headers, first), (_, second) = web.seen
    assert first == second
    assert json.loads(first)["id"] == headers["idempotency-key"] == "k1"
    assert headers["authorization"] == "Bearer T"
    assert headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (200, Done),
        (204, Done),
        (302, StopConnector),
        (400, Drop),
        (401, StopConnector),
        (403, StopConnector),
        (404, StopConnector),
        (408, RetryLater),
        (409, RetryLater),
        (422, Drop),
        (429, RetryLater),
        (500, RetryLater),
        (503, RetryLater),
    ],
)
def test_each_status_has_its_verdict(web: WebService, status: int, verdict: type) -> None:
    music = connector({"to": "http", "url": web.url})
    web.answer = (status, {})
    assert isinstance(music.deliver(request()), verdict)
    music.stop()


def test_retry_after_is_venue_time(web: WebService) -> None:
    music = connector({"to": "http", "url": web.url}, speed=10.0)
    web.answer = (429, {"Retry-After": "30"})
    verdict = music.deliver(request())
    assert isinstance(verdict, RetryAt)
    assert verdict.at_ms == NOW + 300_000
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    web.answer = (503, {"Retry-After": date})
    verdict = music.deliver(request())
    assert isinstance(verdict, RetryAt)
    assert NOW + 500_000 < verdict.at_ms <= NOW + 600_000
    web.answer = (503, {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"})
    assert isinstance(music.deliver(request()), RetryLater)
    music.stop()


def test_nobody_there_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    music = connector({"to": "http", "url": f"http://127.0.0.1:{port}/"})
    verdict = music.deliver(request())
    assert verdict == RetryLater("no answer from the music service: ConnectError")
    music.stop()


def test_an_address_that_httpx_refuses_stops_the_connector() -> None:
    music = connector({"to": "http", "url": "http://venue.example/\x7f"})
    assert isinstance(music.deliver(request()), StopConnector)
    music.stop()


def test_mqtt_is_done_when_the_broker_has_it() -> None:
    sent: list[tuple[str, bytes]] = []
    reachable = [False, True, True]

    def publish(topic: str, payload: bytes) -> bool:
        sent.append((topic, payload))
        return reachable[len(sent) - 1]

    music = connector({"to": "mqtt", "prefix": "venue/music"}, publish=publish)
    assert isinstance(music.deliver(request()), RetryLater)
    assert isinstance(music.deliver(request()), Done)
    assert isinstance(music.deliver(ranking()), Done)
    assert [topic.rpartition("/")[2] for topic, _ in sent] == ["request", "request", "ranking"]
    assert sent[0] == sent[1]
    assert json.loads(sent[2][1])["id"] == "r1"
    music.stop()


def test_a_retry_reaches_only_the_sinks_that_have_not_taken_it(
    web: WebService, tmp_path: Path
) -> None:
    path = tmp_path / "wishes"
    sent: list[str] = []
    music = connector(
        {"to": "mqtt"},
        {"to": "file", "path": str(path)},
        {"to": "http", "url": web.url},
        publish=lambda topic, _: not sent.append(topic),  # type: ignore[func-returns-value]
    )
    web.answer = (500, {})
    assert isinstance(music.deliver(request()), RetryLater)
    web.answer = (200, {})
    assert isinstance(music.deliver(request()), Done)
    assert (len(sent), len(lines(path)), len(web.seen)) == (1, 1, 2)
    music.stop()


def test_several_verdicts_make_one() -> None:
    done, drop, later = Done("d"), Drop("x"), RetryLater("l")
    at, stop = RetryAt(1, "a"), StopConnector("s")
    cases: list[tuple[list[Verdict], Verdict]] = [
        ([], Done("DJ page only")),
        ([done, drop], Done("d; x")),
        ([drop, drop], Drop("x; x")),
        ([done, at, drop], at),
        ([at, later], later),
        ([later, stop, done], stop),
    ]
    for verdicts, wanted in cases:
        assert combine(verdicts) == wanted


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "op"),
        ({"op": "sing"}, "op"),
        ({"op": "request", "zone": "floor"}, "artist"),
        ({"op": "request", "zone": "a/b", "artist": "x"}, "zone"),
        ({"op": "request", "zone": "#", "artist": "x"}, "zone"),
        ({"op": "request", "zone": "a", "artist": "x", "wanted_by": -1}, "wanted_by"),
        ({"op": "ranking", "zone": "a", "entries": [{"artist": "x"}]}, "wanted_by"),
    ],
)
def test_a_body_that_is_no_wish_is_dropped_with_the_field(body: dict[str, Any], named: str) -> None:
    verdict = MusicConnector(MusicSettings(), ManualClock(NOW)).deliver(delivery("k", body))
    assert isinstance(verdict, Drop)
    assert named in verdict.reason


def test_only_rankings_are_coalesced() -> None:
    music = MusicConnector(MusicSettings(), ManualClock(NOW))
    assert music.coalesce_key(ranking().body) == "music:floor"
    assert music.coalesce_key(request().body) is None
    assert music.deliver(request()) == Done("DJ page only")


@pytest.mark.parametrize(
    ("sink", "named"),
    [
        ({"to": "radio"}, "radio"),
        ({"to": "file"}, "path"),
        ({"to": "file", "path": 3}, "path"),
        ({"to": "file", "path": "x", "bytes_max": 1}, "bytes_max"),
        ({"to": "http", "url": "ftp://x"}, "url"),
        ({"to": "http", "url": "http://[x"}, "url"),
        ({"to": "http", "url": "http://x:99999"}, "url"),
        ({"to": "http", "url": "http://x", "timeout_s": 0}, "timeout_s"),
        ({"to": "mqtt", "prefix": "a/#"}, "prefix"),
        ({"to": "mpd", "port": 0}, "port"),
        ({"to": "mpd", "host": ""}, "host"),
        ({"to": "mpd", "queue_requests_max": 0}, "queue_requests_max"),
        ({"to": "mpd", "timeout_s": 100}, "timeout_s"),
    ],
)
def test_a_wrong_setting_is_named(sink: dict[str, Any], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        read_settings({"sinks": [sink]})


def test_mqtt_without_a_client_is_refused() -> None:
    with pytest.raises(SettingsError, match="MQTT"):
        connector({"to": "mqtt"})


def test_keys_forget_the_oldest() -> None:
    keys = Keys(2)
    for key in ("a", "b", "a", "c"):
        keys.add(key)
    assert [key in keys for key in "abc"] == [True, False, True]
