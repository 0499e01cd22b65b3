"""Each line that somebody, or a reader that types, ends with Enter is one tap."""

import os
import select
import stat
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

from contract.clock import Clock
from edge.errors import ReaderError
from edge.readers.hid import Keys, grab
from edge.readers.port import Chunk, Emit, Progress, Read, unfit
from edge.readers.worker import Worker

STDIN: Final = "-"
INPUT_DEVICES: Final = Path("/dev/input")
READ_BYTES: Final = 4_096
WAIT_S: Final = 0.2
LINE_BYTES_MAX: Final = 1_024


class Decoder(Protocol):
    """Turns what a device gives into lines."""

    def feed(self, data: bytes) -> list[str]:
        """Return the lines that are complete now."""


class Lines:
    """Text as it is typed: lines end with a line feed or a carriage return.

    A line that is no UTF-8, or too long, becomes a line of replacement marks or is cut: it is
    refused later, being no badge.
    """

    def __init__(self) -> None:
        """Begin with an empty line."""
        self._rest = b""

    def feed(self, data: bytes) -> list[str]:
        """Return the lines that are complete now, without blanks around them."""
        *lines, rest = (self._rest + data).replace(b"\r", b"\n").split(b"\n")
        self._rest = rest[:LINE_BYTES_MAX]
        texts = (line.decode("utf-8", "replace").strip() for line in lines)
        return [text for text in texts if text]


class KeyboardReader:
    """Reads badge numbers from a terminal, a device that types, or a pipe."""

    def __init__(self, clock: Clock, path: str = STDIN, reader: str = "keyboard") -> None:
        """Store what to read (``-``: standard input) and what the records call the reader."""
        self.name = f"keyboard:{path}"
        self._clock = clock
        self._path = path
        self._reader = reader
        self._worker = Worker(self.name)
        self._taps = self._refused = 0
        self._ended = False

    @property
    def progress(self) -> Progress:
        """Taps so far; done at the end of a file or of standard input."""
        return Progress(read=self._taps, refused=self._refused, done=self._ended)

    @property
    def fault(self) -> Exception | None:
        """Why it stopped by itself."""
        return self._worker.fault

    def start(self, emit: Emit, position: str | None) -> None:
        """Begin to read; what was typed before is gone, so there is no position."""
        del position
        self._worker.start(lambda stopping: self._work(emit, stopping))

    def stop(self) -> None:
        """End the thread."""
        self._worker.stop()

    def _work(self, emit: Emit, stopping: threading.Event) -> None:
        device = self._open()
        try:
            decoder: Decoder = Keys() if self._is_input_device else Lines()
            while not stopping.is_set() and not self._ended:
                if select.select([device], [], [], WAIT_S)[0]:
                    self._take(os.read(device, READ_BYTES), decoder, emit)
        except OSError as error:
            raise ReaderError(f"{self._path} cannot be read any more: {error}") from error
        finally:
            if self._path != STDIN:
                os.close(device)

    def _take(self, data: bytes, decoder: Decoder, emit: Emit) -> None:
        self._ended = not data
        lines = decoder.feed(data or b"\n")
        boot_ms = self._clock.boot_ms()
        reads = [self._read(line, boot_ms) for line in lines]
        fit = tuple(read for read in reads if not unfit(read.badge, read.reader))
        self._refused += len(reads) - len(fit)
        self._taps += len(fit)
        if fit:
            emit(Chunk(self.name, fit))

    def _read(self, badge: str, boot_ms: int) -> Read:
        return Read(badge=badge, reader=self._reader, boot_ms=boot_ms, via="keyboard")

    @property
    def _is_input_device(self) -> bool:
        return Path(self._path).parent == INPUT_DEVICES

    def _open(self) -> int:
        if self._path == STDIN:
            return sys.stdin.fileno()
        try:
            # A pipe opened for writing too does not end when the last writer goes.
            is_pipe = stat.S_ISFIFO(os.stat(self._path).st_mode)  # noqa: PTH116 - a device path
            device = os.open(self._path, os.O_RDWR if is_pipe else os.O_RDONLY)
        except OSError as error:
            raise ReaderError(f"cannot open {self._path}: {error.strerror}") from error
        if self._is_input_device:
            with suppress(OSError):
                grab(device)
        return device
