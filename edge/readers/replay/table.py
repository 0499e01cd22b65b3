"""A recording is read once from front to back, as rows with their line numbers."""

import csv
import gzip
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Final, cast

from edge.errors import ReaderError
from edge.readers.replay.mapping import SURPLUS

CHUNK_BYTES: Final = 1 << 20

Row = dict[str, str | None]


def fingerprint(path: Path) -> str:
    """Name the content of a file.

    Raises:
        ReaderError: it cannot be read.
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while part := file.read(CHUNK_BYTES):
                digest.update(part)
    except OSError as error:
        raise ReaderError(f"cannot read {path}: {error.strerror}") from error
    return digest.hexdigest()


def rows_of(path: Path, columns: Sequence[str] | None) -> Iterator[tuple[int, Row]]:
    """Read ``path`` (``.gz`` too): CSV with a header, or, given ``columns``, columns by blanks.

    Yields line number and row; a row that is too long has its surplus under ``SURPLUS``.

    Raises:
        ReaderError: it cannot be read, or it has no header.
    """
    try:
        with _open(path) as file:
            yield from _split(file, columns) if columns else _csv(file)
    except (OSError, EOFError, csv.Error) as error:
        raise ReaderError(f"cannot read {path}: {error}") from error


def header_of(path: Path) -> list[str]:
    """Read the names of the columns of a CSV.

    Raises:
        ReaderError: it cannot be read, or it is empty.
    """
    try:
        with _open(path) as file:
            header = next(csv.reader(file), None)
    except (OSError, EOFError, csv.Error) as error:
        raise ReaderError(f"cannot read {path}: {error}") from error
    if not header:
        raise ReaderError(f"{path} is empty")
    return header


def _open(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", errors="replace", newline="")
    return path.open(encoding="utf-8-sig", errors="replace", newline="")


def _csv(file: IO[str]) -> Iterator[tuple[int, Row]]:
    table = csv.DictReader(file, restkey=SURPLUS)
    for row in table:
        yield table.line_num, cast("Row", row)


def _split(file: IO[str], columns: Sequence[str]) -> Iterator[tuple[int, Row]]:
    for number, line in enumerate(file, 1):
        cells = line.split()
        if cells:
            row: Row = dict.fromkeys(columns)
            row.update(zip(columns, cells, strict=False))
            if len(cells) > len(columns):
                row[SURPLUS] = " ".join(cells[len(columns) :])
            yield number, row
