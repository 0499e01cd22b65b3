"""A recorded event is a header and its facts, a line of JSON for each; a ``.gz`` is packed.

It is read twice: all of it is checked before anything is decided, and a line that is wrong is named
with its number.
"""

import gzip
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

import msgspec
from msgspec import Struct

from hub.backtest.errors import RecordingFault
from hub.backtest.facts import FACTS, Fact
from hub.core import document as doc

FORMAT: Final = "foyer-event"
VERSION: Final = 1
LINE_BYTES_MAX: Final = 4_000_000
"""Longest line: the header holds the venue's document."""


class Header(Struct, frozen=True):
    """The first line: whose event it is, and what was in force when it was recorded."""

    format: str
    version: int
    event: str
    venue: doc.Venue
    begins_ms: int
    """When the first version of the document was put in force, Unix ms."""
    ends_ms: int
    """Up to when it was recorded."""
    settle_ms: int = 0
    """How long timers gave way to facts."""
    pseudonyms: bool = False
    """Whether people and badges are called by other names here."""


class Checked(Struct, frozen=True):
    """What a file holds."""

    header: Header
    facts: int


_header = msgspec.json.Decoder(Header).decode
_fact = msgspec.json.Decoder(Fact).decode
_encoder = msgspec.json.Encoder()


def check(path: Path) -> Checked:
    """Read a whole file.

    Raises:
        RecordingFault: it is no recorded event; the text names the line.
        OSError: it cannot be read.
    """
    count, last_pos = 0, 0
    with _reading(path) as file:
        header = _read_header(path, file)
        for number, line in enumerate(_lines(path, file), 2):
            fact = _read_fact(path, number, line)
            if fact.pos <= last_pos:
                raise _wrong(path, number, f"pos {fact.pos} does not follow {last_pos}")
            count, last_pos = count + 1, fact.pos
    return Checked(header, count)


def facts(path: Path) -> Iterator[Fact]:
    """The facts of a file that was checked, in order."""
    with _reading(path) as file:
        _read_header(path, file)
        for line in file:
            yield _fact(line)


def write(path: Path, header: Header, facts_: Iterable[Fact]) -> int:
    """Write a file for its owner's eyes, whole or not at all; returns how many facts.

    Raises:
        OSError: it cannot be written.
    """
    part = path.with_name(f"{path.name}.part")
    count = 0
    try:
        with _writing(part, packed=path.suffix == ".gz") as file:
            file.write(_encoder.encode(header) + b"\n")
            for fact in facts_:
                file.write(_encoder.encode(fact) + b"\n")
                count += 1
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return count


def _read_header(path: Path, file: IO[bytes]) -> Header:
    line = file.readline(LINE_BYTES_MAX)
    try:
        header = _header(line)
    except msgspec.DecodeError as error:
        raise _wrong(path, 1, f"this is no header of a recorded event: {error}") from error
    except (OSError, EOFError) as error:
        raise RecordingFault(f"{path}: {error}") from error
    if (header.format, header.version) != (FORMAT, VERSION):
        said = f"{header.format} {header.version}"
        raise _wrong(path, 1, f"it is {said!r}, and this reads {FORMAT} {VERSION}")
    return header


def _lines(path: Path, file: IO[bytes]) -> Iterator[bytes]:
    try:
        yield from file
    except (OSError, EOFError) as error:
        raise RecordingFault(f"{path} is damaged: {error}") from error


def _read_fact(path: Path, number: int, line: bytes) -> Fact:
    try:
        fact = _fact(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _wrong(path, number, f"this is no fact: {error}") from error
    kind = str(fact.event.__struct_config__.tag)
    if kind not in FACTS:
        raise _wrong(path, number, f"an event of kind {kind!r} is no fact: it is worked out anew")
    if fact.at_ms != fact.event.at_ms:
        raise _wrong(path, number, f"at_ms is {fact.at_ms}, and {fact.event.at_ms} in its event")
    return fact


def _wrong(path: Path, number: int, what: str) -> RecordingFault:
    return RecordingFault(f"{path}, line {number}: {what}")


@contextmanager
def _reading(path: Path) -> Iterator[IO[bytes]]:
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        if not packed:
            yield raw
            return
        with gzip.open(raw) as file:
            yield file  # type: ignore[misc]


@contextmanager
def _writing(path: Path, *, packed: bool) -> Iterator[IO[bytes]]:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as raw:
        if not packed:
            yield raw
            return
        with gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as file:
            yield file  # type: ignore[misc]
