"""A real player ends up with each song waiting once, at its place, whatever goes wrong."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from contract.clock import ManualClock
from integrations.music.connector import MusicConnector
from integrations.music.settings import MpdSettings, MusicSettings
from integrations.port import Delivery, Done, Drop, RetryLater, StopConnector, Verdict
from tests.music.conftest import NOW, Player, open_player, ranking, read_library, request

pytestmark = [pytest.mark.needs_mpd, pytest.mark.timeout(120)]


def connector(player: Player, **changed: object) -> MusicConnector:
    settings = MpdSettings(port=player.port, **changed)  # type: ignore[arg-type]
    return MusicConnector(MusicSettings(sinks=(settings,)), ManualClock(NOW))


@pytest.fixture
def music(player: Player) -> Iterator[MusicConnector]:
    found = connector(player)
    yield found
    found.stop()


def titled(key: str, artist: str, title: str, wanted_by: int) -> Delivery:
    return request(key, artist, title=title, wanted_by=wanted_by)


def deliver_afresh(player: Player, wish: Delivery, **changed: object) -> Verdict:
    """As after a restart of the hub: nothing is remembered."""
    other = connector(player, **changed)
    try:
        return other.deliver(wish)
    finally:
        other.stop()


def test_requests_wait_behind_the_dj_s_song_by_how_many_asked(
    player: Player, music: MusicConnector
) -> None:
    player.tell(lambda client: (client.add("2.wav"), client.add("5.wav"), client.play(0)))
    assert music.deliver(titled("a", "abba", "waterloo", 2)) == Done("0.wav is waiting")
    music.deliver(titled("b", "Can", "Vitamin C", 5))
    music.deliver(titled("c", "ABBA", "Mamma Mia", 2))
    wanted = ["Hyperballad", "Vitamin C", "Waterloo", "Mamma Mia", "Slash"]
    assert player.queue() == wanted
    assert player.tell(lambda client: client.status())["state"] == "play"
    music.deliver(titled("d", "ABBA", "Mamma Mia", 9))
    assert player.queue() == ["Hyperballad", "Mamma Mia", "Vitamin C", "Waterloo", "Slash"]


def test_a_stopped_and_a_shuffled_queue_take_requests_too(
    player: Player, music: MusicConnector
) -> None:
    music.deliver(titled("a", "Can", "Vitamin C", 1))
    music.deliver(titled("b", "ABBA", "Waterloo", 4))
    assert player.queue() == ["Waterloo", "Vitamin C"]
    player.tell(lambda client: client.random(1))
    music.deliver(titled("c", "ABBA", "Mamma Mia", 300))
    queue = player.tell(lambda client: client.playlistinfo())
    assert [song["prio"] for song in queue] == ["4", "1", "255"]


def test_the_same_request_twice_is_one_song(player: Player, music: MusicConnector) -> None:
    for _ in range(2):
        assert isinstance(music.deliver(request()), Done)
        assert isinstance(deliver_afresh(player, request()), Done)
    assert len(player.queue()) == 1


def test_a_song_that_is_playing_is_not_asked_for_again(
    player: Player, music: MusicConnector
) -> None:
    player.tell(lambda client: (client.add("2.wav"), client.play()))
    assert music.deliver(request(artist="Björk")) == Done("2.wav is playing now")
    assert player.queue() == ["Hyperballad"]


def test_a_retry_after_the_song_was_played_is_known_by_its_sticker(tmp_path: Path) -> None:
    player = open_player(tmp_path)
    read_library(player)
    try:
        assert isinstance(deliver_afresh(player, request()), Done)
        player.tell(lambda client: client.clear())
        assert deliver_afresh(player, request()) == Done("asked for before")
        assert player.queue() == []
        artist = {deliver_afresh(player, request(f"other {i}")).__class__ for i in range(9)}
        assert artist == {Done}
        assert sorted(player.queue()) == ["Mamma Mia", "Waterloo"]
    finally:
        player.kill()


def test_without_stickers_memory_knows_it(tmp_path: Path) -> None:
    player = open_player(tmp_path, stickers=False)
    read_library(player)
    music = connector(player)
    try:
        music.deliver(request())
        player.tell(lambda client: client.clear())
        assert isinstance(music.deliver(request()), Done)
        assert player.queue() == []
    finally:
        music.stop()
        player.kill()


def test_what_the_library_lacks_is_dropped(player: Player, music: MusicConnector) -> None:
    del player
    assert music.deliver(request(artist="Zappa")) == Drop("nothing by Zappa in the music library")
    assert isinstance(music.deliver(titled("t", "ABBA", "Vitamin C", 1)), Drop)


def test_part_of_a_name_is_found_and_quotes_are_only_text(
    player: Player, music: MusicConnector
) -> None:
    assert isinstance(music.deliver(request(artist="bjö")), Done)
    assert isinstance(music.deliver(request("k2", 'Quo\\te "Q"')), Done)
    assert player.queue() == ["Hyperballad", "Slash"]


def test_a_name_cannot_carry_a_second_command(player: Player, music: MusicConnector) -> None:
    player.tell(lambda client: client.add("2.wav"))
    for artist in ('x"\nclear\n"', "x\r", "x\n", "x\x00", "", "x" * 300, "\ud800"):
        verdict = music.deliver(request(artist=artist))
        assert isinstance(verdict, Drop)
        assert "body" in verdict.reason
    assert player.queue() == ["Hyperballad"]


def test_a_full_queue_waits_but_a_waiting_song_still_rises(player: Player) -> None:
    music = connector(player, queue_requests_max=1)
    music.deliver(titled("a", "ABBA", "Waterloo", 1))
    full = music.deliver(titled("b", "Can", "Vitamin C", 1))
    assert full == RetryLater("the queue of requests is full")
    assert isinstance(music.deliver(titled("c", "ABBA", "Waterloo", 7)), Done)
    assert player.tell(lambda client: client.playlistinfo())[0]["prio"] == "7"
    music.stop()


def test_rankings_and_other_zones_leave_the_queue_alone(player: Player) -> None:
    music = connector(player, zones=("lounge",))
    assert music.deliver(ranking()) == Done("a player takes requests only")
    assert music.deliver(request()) == Done("not heard in this zone")
    assert player.queue() == []
    assert isinstance(music.deliver(request("k2", zone="lounge")), Done)
    assert len(player.queue()) == 1
    music.stop()


def test_a_player_that_dies_is_found_again(tmp_path: Path) -> None:
    player = open_player(tmp_path)
    read_library(player)
    music = connector(player)
    try:
        music.deliver(request())
        player.kill()
        verdict = music.deliver(request("k2", "Can"))
        assert isinstance(verdict, RetryLater)
        assert verdict.reason.startswith("no answer from the music player")
        player.start()
        assert isinstance(music.deliver(request("k2", "Can")), Done)
        assert len(player.queue()) == 1
    finally:
        music.stop()
        player.kill()


@contextmanager
def cutting(port: int, command: str) -> Iterator[int]:
    """Stand before the player, and lose its first answer to ``command``."""
    left = [command]

    def relay(client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", port)) as server:
            up, down = client.makefile("rb"), server.makefile("rb")
            client.sendall(down.readline())
            for line in up:
                server.sendall(line)
                answer = b""
                while not answer.endswith(b"OK\n") and b"ACK" not in answer:
                    answer += down.readline()
                if left and line.decode().startswith(command):
                    left.clear()
                    client.shutdown(socket.SHUT_RDWR)
                    return
                client.sendall(answer)

    def serve() -> None:
        with suppress(OSError):
            while True:
                relay(listener.accept()[0])

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
    assert not left, "the command was given"


def test_an_answer_lost_at_any_step_still_makes_one_song(player: Player) -> None:
    for command in ("search", "addid", "prioid", "moveid", "sticker set", "playlistinfo"):
        player.tell(lambda client: client.clear())
        with cutting(player.port, command) as port:
            settings = MpdSettings(port=port)
            music = MusicConnector(MusicSettings(sinks=(settings,)), ManualClock(NOW))
            assert isinstance(music.deliver(request(command)), Done)
            music.stop()
        queue = player.tell(lambda client: client.playlistinfo())
        assert [song["artist"] for song in queue] == ["ABBA"], command


def test_a_player_that_keeps_its_stickers_to_itself_takes_requests(tmp_path: Path) -> None:
    player = open_player(tmp_path)
    read_library(player)
    player.kill()
    player.extra = 'default_permissions "read,add,control,player"\n'
    player.start()
    try:
        assert isinstance(deliver_afresh(player, request()), Done)
        assert len(player.queue()) == 1
    finally:
        player.kill()


def test_an_idle_connection_that_was_closed_is_opened_again(tmp_path: Path) -> None:
    player = open_player(tmp_path, extra='connection_timeout "1"\n')
    read_library(player)
    music = connector(player)
    try:
        music.deliver(request())
        sink = music._sinks[0][0]
        assert sink._client._sock.recv(1) == b"", "closed from the other side"  # type: ignore[attr-defined]
        assert isinstance(music.deliver(request("k2", "Can")), Done)
    finally:
        music.stop()
        player.kill()


def test_a_password_is_given_and_a_wrong_one_stops_the_connector(tmp_path: Path) -> None:
    permissions = 'password "secret@read,add,control,admin"\ndefault_permissions "read"\n'
    player = open_player(tmp_path, extra=permissions)
    try:
        player.tell(lambda client: (client.password("secret"), client.update()))
        read = connector(player, password="secret")
        assert isinstance(read.deliver(request(artist="Zappa")), Drop)
        read.stop()
        wrong = deliver_afresh(player, request(), password="wrong")
        assert wrong == StopConnector("the music player refused: incorrect password (ACK 3)")
    finally:
        player.kill()


def test_a_reader_without_permission_stops_the_connector(tmp_path: Path) -> None:
    player = open_player(tmp_path, extra='default_permissions "read,control,admin"\n')
    read_library(player)
    try:
        verdict = deliver_afresh(player, request())
        assert isinstance(verdict, StopConnector)
        assert "ACK 4" in verdict.reason
    finally:
        player.kill()


def test_a_queue_at_the_player_s_own_limit_waits(tmp_path: Path) -> None:
    player = open_player(tmp_path, extra='max_playlist_length "1"\n')
    read_library(player)
    try:
        player.tell(lambda client: client.add("2.wav"))
        verdict = deliver_afresh(player, request())
        assert isinstance(verdict, RetryLater)
        assert "ACK 51" in verdict.reason
    finally:
        player.kill()
