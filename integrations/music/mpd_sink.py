"""A request is brought about, not sent: the song waits in the queue, at its place, once.

Each step looks at the player first, so that doing it again changes nothing. A song that waits
already moves up when more ask for it. The request's key is noted on the song as a sticker, which
outlives the song's turn; a player without stickers leaves that to this process's memory.
Nothing else is touched: the music is never started, stopped or cleared.

The song's priority is how many asked. That orders a shuffled queue; in a queue played in order,
the song is also moved behind the current one and those with at least its priority.
"""

from contextlib import suppress
from hashlib import sha256
from typing import Any, Final

from mpd.base import CommandError, MPDClient, MPDError
from mpd.base import FailureResponseCode as Ack

from integrations.music.settings import KEYS_PER_SONG_MAX, SONGS_FOUND_MAX, MpdSettings
from integrations.music.sink import Keys
from integrations.music.wish import Request, Wish
from integrations.port import Done, Drop, RetryLater, StopConnector, Verdict

STICKER: Final = "foyer"
PRIORITY_MAX: Final = 255
KEY_CHARS: Final = 16
TRIES: Final = 2
"""A connection that MPD has closed for idleness is only noticed when it is used."""

STOPPING: Final = frozenset({Ack.PASSWORD, Ack.PERMISSION, Ack.UNKNOWN})
WAITING: Final = frozenset({Ack.PLAYLIST_MAX, Ack.SYSTEM, Ack.PLAYER_SYNC, Ack.UPDATE_ALREADY})

_Client: Any = MPDClient
"""The library carries no types."""

Song = dict[str, Any]


class MpdSink:
    """One Music Player Daemon (protocol 0.21 or later)."""

    def __init__(self, settings: MpdSettings) -> None:
        self._settings = settings
        self._client: Any = None
        self._keys = Keys()

    def stop(self) -> None:
        """Close the connection."""
        if self._client is not None:
            self._client.disconnect()
            self._client = None

    def put(self, key: str, wish: Wish, now_ms: int) -> Verdict:  # noqa: ARG002 - part of the port
        """Let the song wait in the queue; a ranking is not for a player."""
        if not isinstance(wish, Request):
            return Done("a player takes requests only")
        if self._settings.zones and wish.zone not in self._settings.zones:
            return Done("not heard in this zone")
        reason = ""
        for _ in range(TRIES):
            try:
                return self._bring_about(key, wish)
            except CommandError as error:
                return _judge(error)
            except (MPDError, OSError, ValueError) as error:  # ValueError: an answer of no protocol
                self.stop()
                reason = f"no answer from the music player: {type(error).__name__}"
        return RetryLater(reason)

    def _connected(self) -> Any:
        if self._client is None:
            client: Any = _Client()
            client.timeout = self._settings.timeout_s
            client.connect(self._settings.host, self._settings.port)
            self._client = client
            if self._settings.password:
                client.password(self._settings.password)
        return self._client

    def _bring_about(self, key: str, request: Request) -> Verdict:
        client = self._connected()
        if key in self._keys:
            return Done("asked for before")
        song = choose(find_songs(client, request), key)
        if song is None:
            return Drop(f"nothing by {request.artist} in the music library")
        if key_mark(key) in _marks(client, song):
            return Done("asked for before")
        verdict = self._enqueue(client, song, request)
        if isinstance(verdict, Done):
            self._keys.add(key)
            _mark(client, song, key)
        return verdict

    def _enqueue(self, client: Any, song: str, request: Request) -> Verdict:
        status = client.status()
        current = int(status["song"]) if "song" in status else -1
        queue: list[Song] = client.playlistinfo()
        if (
            status["state"] == "play"
            and 0 <= current < len(queue)
            and queue[current]["file"] == song
        ):
            return Done(f"{song} is playing now")
        ahead = queue[current + 1 :]
        priority = min(PRIORITY_MAX, max(1, request.wanted_by))
        waiting = next((one for one in ahead if one["file"] == song), None)
        if waiting is not None:
            if priority > _priority(waiting):
                _place(client, waiting["id"], priority, ahead, status)
            return Done(f"{song} is waiting already")
        if sum(_priority(one) > 0 for one in ahead) >= self._settings.queue_requests_max:
            return RetryLater("the queue of requests is full")
        _place(client, client.addid(song), priority, ahead, status)
        return Done(f"{song} is waiting")


def _place(
    client: Any, song_id: str, priority: int, ahead: list[Song], status: dict[str, str]
) -> None:
    client.prioid(priority, song_id)
    if status.get("random") == "1":
        return
    place = 0
    for one in ahead:
        if one["id"] == song_id or _priority(one) < priority:
            break
        place += 1
    client.moveid(song_id, f"+{place}" if "song" in status else place)


def _priority(song: Song) -> int:
    return int(song.get("prio", 0))


def find_songs(client: Any, request: Request) -> list[str]:
    """Give the files of the artist's songs: those that match exactly, or else in part."""
    asked = ["artist", request.artist]
    if request.title is not None:
        asked += ["title", request.title]
    found: list[Song] = client.search(*asked, "window", (0, SONGS_FOUND_MAX))
    exact = [song for song in found if _same(song.get("artist"), request.artist)]
    if request.title is not None:
        exact = [song for song in exact if _same(song.get("title"), request.title)]
    return [song["file"] for song in exact or found]


def _same(tag: str | list[str] | None, wanted: str) -> bool:
    tags = tag if isinstance(tag, list) else [tag or ""]
    return wanted.casefold() in (one.casefold() for one in tags)


def choose(songs: list[str], key: str) -> str | None:
    """Choose one by the request's key: the same at each retry, also when the library grows.

    (Rendezvous hashing: a new song takes over only the keys that are now its own.)
    """
    return max(songs, key=lambda song: sha256(f"{key}\0{song}".encode()).digest(), default=None)


def key_mark(key: str) -> str:
    """Give the short form of a request's key that is noted on its song."""
    return sha256(key.encode()).hexdigest()[:KEY_CHARS]


def _marks(client: Any, song: str) -> list[str]:
    """Read which requests are noted on ``song``; none where stickers are off or not for us."""
    try:
        return str(client.sticker_get("song", song, STICKER)).split(",")
    except CommandError:
        return []


def _mark(client: Any, song: str, key: str) -> None:
    marks = [*_marks(client, song), key_mark(key)][-KEYS_PER_SONG_MAX:]
    with suppress(CommandError):
        client.sticker_set("song", song, STICKER, ",".join(marks))


def _judge(error: CommandError) -> Verdict:
    """Say what MPD's refusal means (its protocol's ACK codes)."""
    code = error.errno.value if error.errno else 0
    reason = f"the music player refused: {error.msg or 'no reason given'} (ACK {code})"
    if error.errno in STOPPING:
        return StopConnector(reason)
    if error.errno in WAITING or error.errno is None:
        return RetryLater(reason)
    return Drop(reason)
