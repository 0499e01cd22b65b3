"""A file is there whole or not at all: it is written beside its place, then put there."""

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from hub.insight.errors import UnknownName
from hub.insight.export import parquet
from hub.insight.export.columns import Export, Row
from hub.insight.export.writing import csv_parts, jsonl_parts

FORMATS: Final = ("csv", "jsonl", "parquet")

Progress = Callable[[int], None]
"""Is told how many rows have been taken so far."""


def write(export: Export, path: Path, format_: str, progress: Progress | None = None) -> int:
    """Write an export to ``path`` and return how many rows it has; its owner alone may read it.

    Raises:
        UnknownName: there is no such format.
        ParquetMissing: its library is not installed.
        OSError: the file cannot be written; what was there is still there.
    """
    if format_ not in FORMATS:
        raise UnknownName(f"there is no format {format_!r}; there is: {', '.join(FORMATS)}")
    if format_ == "parquet":
        parquet.library()
    counted = _Counted(export.rows, progress)
    counting = replace(export, rows=iter(counted))
    with put_at(path) as beside:
        if format_ == "parquet":
            parquet.write(counting, beside)
        else:
            _write_parts(csv_parts(counting) if format_ == "csv" else jsonl_parts(counting), beside)
    return counted.count


@contextmanager
def put_at(path: Path) -> Iterator[Path]:
    """Give a file beside ``path`` to write; it is put there when the block ends without a fault."""
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(number)
    beside = Path(name)
    try:
        yield beside
        with beside.open("rb+") as file:
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


class _Counted:
    """Counts rows while they pass."""

    def __init__(self, rows: Iterable[Row], progress: Progress | None) -> None:
        self._rows = rows
        self._progress = progress
        self.count = 0

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.count += 1
            if self._progress is not None:
                self._progress(self.count)
            yield row


def _write_parts(parts: Iterable[bytes], path: Path) -> None:
    with path.open("wb") as file:
        for part in parts:
            file.write(part)
