"""Readers that type."""

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from contract.clock import ManualClock
from edge.errors import ReaderError
from edge.readers.hid import EVENT, Keys, grab
from edge.readers.keyboard import LINE_BYTES_MAX, KeyboardReader, Lines
from edge.readers.port import Chunk
from tests.waiting import wait_until

SHIFT, ENTER = 42, 28
CODES = {**{c: 2 + i for i, c in enumerate("1234567890-")}, "a": 30, "f": 33, "s": 31}


def press(code: int) -> bytes:
    scan = EVENT.pack(0, 0, 4, 4, 458_756)
    return scan + EVENT.pack(0, 0, 1, code, 1) + EVENT.pack(0, 0, 1, code, 0)


def typed(text: str) -> bytes:
    return b"".join(press(CODES[c]) for c in text) + press(ENTER)


def test_lines_end_as_readers_end_them() -> None:
    lines = Lines()
    assert lines.feed(b"12") == []
    assert lines.feed(b"34\r\n56\r78\n\n  \n9") == ["1234", "56", "78"]
    assert lines.feed(b"\n") == ["9"]


def test_a_line_without_end_is_bounded() -> None:
    lines = Lines()
    for _ in range(10):
        lines.feed(b"x" * LINE_BYTES_MAX)
    assert len(lines.feed(b"\n")[0]) == LINE_BYTES_MAX


def test_key_events_become_lines_however_they_are_cut() -> None:
    data = typed("0042") + typed("7-f")
    for step in (1, 7, EVENT.size, len(data)):
        keys = Keys()
        parts = [data[i : i + step] for i in range(0, len(data), step)]
        assert [line for part in parts for line in keys.feed(part)] == ["0042", "7-f"]


def test_shift_makes_capitals_and_unknown_keys_nothing() -> None:
    down, up = EVENT.pack(0, 0, 1, SHIFT, 1), EVENT.pack(0, 0, 1, SHIFT, 0)
    data = down + press(CODES["a"]) + press(CODES["1"]) + up + press(CODES["a"]) + press(59)
    assert Keys().feed(data + press(96) + press(ENTER)) == ["A!a"]


def test_a_device_that_is_none_cannot_be_grabbed(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w") as file, pytest.raises(OSError, match="ioctl"):
        grab(file.fileno())


def test_a_pipe_is_read_on_when_its_writer_goes(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    chunks: list[Chunk] = []
    reader = KeyboardReader(ManualClock(5_000), str(pipe), "desk")
    reader.start(chunks.append, None)
    for badge in ("b1", "b2"):
        with pipe.open("w") as writer:
            writer.write(f"{badge}\n")
        wait_until(lambda: chunks and chunks[-1].reads[-1].badge == badge, what=badge)  # noqa: B023
    (read,) = chunks[0].reads
    assert (read.reader, read.boot_ms, read.via, read.rssi_dbm) == ("desk", 5_000, "keyboard", None)
    assert chunks[0].position is None
    reader.stop()
    reader.stop()


def test_a_file_is_read_to_its_end(tmp_path: Path) -> None:
    file = tmp_path / "lines"
    file.write_bytes(b"b1\nb2\n" + b"x" * 200 + b"\n\xff\xfe\nlast")
    chunks: list[Chunk] = []
    reader = KeyboardReader(ManualClock(0), str(file))
    reader.start(chunks.append, None)
    wait_until(lambda: reader.progress.done, what="the end")
    reader.stop()
    assert [read.badge for chunk in chunks for read in chunk.reads] == ["b1", "b2", "last"]
    assert (reader.progress.read, reader.progress.refused) == (3, 2)


def test_a_device_that_is_not_there() -> None:
    reader = KeyboardReader(ManualClock(0), "/dev/input/event-none")
    reader.start(lambda _: None, None)
    wait_until(lambda: reader.fault, what="the fault")
    assert isinstance(reader.fault, ReaderError)
    assert "cannot open" in str(reader.fault)


def test_standard_input_is_the_default() -> None:
    program = (
        "from contract.clock import ManualClock; from edge.readers.keyboard import KeyboardReader\n"
        "import time\n"
        "reader = KeyboardReader(ManualClock(0))\n"
        "reader.start(lambda chunk: print(*(read.badge for read in chunk.reads)), None)\n"
        "reader._worker._thread.join()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input="b1\nb2\n",
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["b1", "b2"]


def test_the_event_is_laid_out_as_the_kernel_does() -> None:
    assert EVENT.size == 2 * struct.calcsize("l") + 8
