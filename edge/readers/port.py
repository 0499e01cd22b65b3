"""A reader says what it heard and when; it does not know what becomes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from contract.limits import BADGE_CHARS_MAX, READER_CHARS_MAX

RSSI_DBM_MIN: Final = -150
RSSI_DBM_MAX: Final = 50
"""Strengths that ``contract.readings.Sighting`` takes."""

NOT_TEXT: Final = "\ufffd"
"""The mark that a decoder leaves where bytes were no text."""


@dataclass(frozen=True, slots=True)
class Read:
    """One time that a reader noticed a badge.

    ``rssi_dbm`` is the strength of a beacon; None makes it a tap. ``boot_ms`` is the venue's boot
    clock when it was heard. ``wall_ms`` and ``key`` are set only by a source that knows better, as
    in ``contract.readings``; a tap with a key is a fact already and never taken for a bounce.
    """

    badge: str
    reader: str
    boot_ms: int
    rssi_dbm: float | None = None
    wall_ms: int | None = None
    key: str | None = None
    via: str = "rfid"

    @property
    def event_ms(self) -> int:
        """When it happened, on the best clock of the read: comparable within one reader."""
        return self.boot_ms if self.wall_ms is None else self.wall_ms


@dataclass(frozen=True, slots=True)
class Chunk:
    """Reads that are stored together, or not at all.

    ``position`` is where the reader goes on once they are stored; None for a reader that cannot
    go back.
    """

    reader: str
    reads: tuple[Read, ...]
    position: str | None = None


Emit = Callable[[Chunk], None]
"""Hand over a chunk; waits while the agent is behind. Called from a thread of the reader's own."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a reader of something finite is: rows, of which ``refused`` were put aside."""

    read: int = 0
    total: int = 0
    refused: int = 0
    done: bool = False


class Reader(Protocol):
    """A source of reads. Constructing it opens nothing; ``start`` and ``stop`` may be repeated."""

    @property
    def name(self) -> str:
        """Unique in the agent: the position is kept under it."""

    @property
    def progress(self) -> Progress:
        """How far it is; ``total`` is 0 for a reader without an end."""

    @property
    def fault(self) -> Exception | None:
        """Why it stopped by itself; None while it works."""

    def start(self, emit: Emit, position: str | None) -> None:
        """Go on from ``position`` (None: from the beginning) in a thread of its own."""

    def stop(self) -> None:
        """End the thread; nothing is emitted after it returns."""


class Wifi(Protocol):
    """What a simulated reader needs to take the network away."""

    def cut(self) -> None:
        """Close the connection, and make no other until restored."""

    def restore(self) -> None:
        """Allow connections again."""


def unfit_read(read: Read) -> str | None:
    """Say why the hub would refuse a record of this read; None when it would not."""
    if read.rssi_dbm is not None and not RSSI_DBM_MIN <= read.rssi_dbm <= RSSI_DBM_MAX:
        return f"strength of {read.rssi_dbm} dBm"
    return unfit(read.badge, read.reader)


def unfit(badge: str, reader: str) -> str | None:
    """Say why a read cannot travel; None when it can. The text holds no badge number."""
    if not badge:
        return "no badge"
    if NOT_TEXT in badge or NOT_TEXT in reader:
        return "not UTF-8"
    if len(badge) > BADGE_CHARS_MAX:
        return f"badge of {len(badge)} characters is over the limit of {BADGE_CHARS_MAX}"
    if not reader:
        return "no reader"
    if len(reader) > READER_CHARS_MAX:
        return f"reader of {len(reader)} characters is over the limit of {READER_CHARS_MAX}"
    return None
