"""A line is on the disk, whole, before it counts as written; a key is written once.

The keys of the last lines are read back at the start, so a retry after a restart writes nothing.
A line that a power cut left half is taken off first.
"""

import errno
import os
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from integrations.music.settings import FileSettings
from integrations.music.sink import Keys
from integrations.music.wish import Wish, record
from integrations.port import Done, RetryLater, StopConnector, Verdict

TAIL_BYTES_MAX: Final = 4 * 1024 * 1024
"""Most that is read back of the file to learn which keys it has."""
CLOSED_TO_US: Final = (PermissionError, FileNotFoundError, IsADirectoryError, NotADirectoryError)
_BEGINNING: Final = b'{"id":'
"""How each of our lines begins; what begins otherwise is somebody else's and stays."""


class _Line(msgspec.Struct):
    id: str


class FileSink:
    """Appends to a file that others may read meanwhile, but nobody else writes."""

    def __init__(self, settings: FileSettings) -> None:
        self._settings = settings
        self._file: BinaryIO | None = None
        self._keys = Keys()

    def stop(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def put(self, key: str, wish: Wish, now_ms: int) -> Verdict:
        """Append ``wish`` with its key as ``id`` and the venue time as ``at_ms``."""
        try:
            file = self._opened()
            if key in self._keys:
                return Done("already in the file")
            self._append(file, record(key, wish, at_ms=now_ms) + b"\n")
        except CLOSED_TO_US as error:
            return StopConnector(f"file {self._settings.path}: {error.strerror}")
        except OSError as error:
            return RetryLater(f"file {self._settings.path}: {error.strerror}")
        self._keys.add(key)
        return Done(f"written to {self._settings.path.name}")

    def _opened(self) -> BinaryIO:
        if self._file is None:
            path = self._settings.path
            path.parent.mkdir(parents=True, exist_ok=True)
            file = path.open("a+b", buffering=0)
            try:
                self._read_back(file)
                _sync_folder(path)
            except OSError:
                file.close()
                raise
            self._file = file
        return self._file

    def _read_back(self, file: BinaryIO) -> None:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - TAIL_BYTES_MAX))
        tail = file.read(TAIL_BYTES_MAX)
        whole = tail.rfind(b"\n") + 1
        half = tail[whole:]
        if half and _BEGINNING.startswith(half[: len(_BEGINNING)]):
            file.truncate(size - len(half))
        elif half:
            _write_whole(file, b"\n")
        for line in tail[:whole].splitlines():
            try:
                self._keys.add(msgspec.json.decode(line, type=_Line).id)
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue

    def _append(self, file: BinaryIO, line: bytes) -> None:
        size = os.fstat(file.fileno()).st_size
        if size and size + len(line) > self._settings.bytes_max:
            file = self._rotated()
            size = 0
        try:
            _write_whole(file, line)
            os.fsync(file.fileno())
        except OSError:
            file.truncate(size)
            raise

    def _rotated(self) -> BinaryIO:
        path = self._settings.path
        self.stop()
        path.replace(path.with_name(path.name + ".1"))
        return self._opened()


def _write_whole(file: BinaryIO, line: bytes) -> None:
    if file.write(line) != len(line):
        raise OSError(errno.ENOSPC, "the disk is full")


def _sync_folder(path: Path) -> None:
    """Make the file's name itself survive a power cut."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
