"""Every setting of the music connector has one name, one unit and one sentence when it is wrong."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from integrations.music.errors import SettingsError

KEYS_REMEMBERED_MAX: Final = 10_000
"""Most deliveries that a sink remembers having settled; then the oldest is forgotten."""
SONGS_FOUND_MAX: Final = 200
"""Most songs of one artist that a request chooses from."""
KEYS_PER_SONG_MAX: Final = 16
"""Most requests that are noted on one song."""
RETRY_AFTER_S_MAX: Final = 86_400
"""Furthest ahead a web service can put off a delivery."""
TIMEOUT_S_MAX: Final = 60.0
"""Longest that one exchange may be allowed."""
FILE_BYTES_MIN: Final = 4_096

_PREFIX = re.compile(r"[^+#\x00/]+(?:/[^+#\x00/]+)*")


class FileSettings(msgspec.Struct, frozen=True, kw_only=True, tag_field="to", tag="file"):
    """Append each wish to a file, a line of JSON each."""

    path: Path
    bytes_max: int = 64 * 1024 * 1024
    """When the file is larger it is renamed to ``<path>.1``, replacing the one before."""

    def __post_init__(self) -> None:
        """Refuse a limit under which no line would fit."""
        _demand(self.bytes_max >= FILE_BYTES_MIN, f"file bytes_max is at least {FILE_BYTES_MIN}")


class HttpSettings(msgspec.Struct, frozen=True, kw_only=True, tag_field="to", tag="http"):
    """Post each wish as JSON, with its key in the header ``Idempotency-Key``."""

    url: str
    token: str = ""
    """Sent as ``Authorization: Bearer`` when not empty."""
    timeout_s: float = 10.0

    def __post_init__(self) -> None:
        """Refuse what is no web address."""
        try:
            parts = urlsplit(self.url)
            usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        _demand(usable, "http url is not a web address (http://... or https://...)")
        _demand_timeout(self.timeout_s, "http")


class MqttSettings(msgspec.Struct, frozen=True, kw_only=True, tag_field="to", tag="mqtt"):
    """Publish to ``<prefix>/<zone>/request`` and ``<prefix>/<zone>/ranking``."""

    prefix: str = "music"

    def __post_init__(self) -> None:
        """Refuse what cannot stand in a topic."""
        usable = _PREFIX.fullmatch(self.prefix) is not None
        _demand(usable, "mqtt prefix is made of topic levels, without + and #")


class MpdSettings(msgspec.Struct, frozen=True, kw_only=True, tag_field="to", tag="mpd"):
    """Put requests into the queue of a Music Player Daemon."""

    host: str = "127.0.0.1"
    """Name, address, or path of a local socket."""
    port: int = 6600
    password: str = ""
    zones: tuple[str, ...] = ()
    """Where this player is heard; empty for everywhere."""
    queue_requests_max: int = 50
    """Most requests that may wait in the queue at once."""
    timeout_s: float = 5.0

    def __post_init__(self) -> None:
        """Refuse what cannot work."""
        _demand(bool(self.host), "mpd host is missing")
        _demand(0 < self.port < 65_536, "mpd port is between 1 and 65535")  # noqa: PLR2004 - TCP
        _demand(self.queue_requests_max > 0, "mpd queue_requests_max is at least 1")
        _demand_timeout(self.timeout_s, "mpd")


SinkSettings = FileSettings | HttpSettings | MqttSettings | MpdSettings


class MusicSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where wishes go; the DJ page needs none of these."""

    sinks: tuple[SinkSettings, ...] = ()


def read_settings(raw: Mapping[str, Any]) -> MusicSettings:
    """Make settings of a configuration file's mapping, each sink named by its ``to``.

    Raises:
        SettingsError: a setting is missing, unknown or out of range; the text names it.
    """
    try:
        return msgspec.convert(raw, MusicSettings, strict=False, dec_hook=_read_path)
    except msgspec.ValidationError as error:
        raise SettingsError(f"music: {error}") from error


def _read_path(kind: type, value: object) -> Path:
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise ValueError(f"expected a path, got {value!r}")


def _demand(holds: bool, sentence: str) -> None:
    if not holds:
        raise SettingsError(f"music {sentence}")


def _demand_timeout(timeout_s: float, sink: str) -> None:
    usable = 0 < timeout_s <= TIMEOUT_S_MAX
    _demand(usable, f"{sink} timeout_s is above 0, at most {TIMEOUT_S_MAX} seconds")
