"""A file of people is read whole and checked before anything of it is taken: all of it, or none.

CSV has a header and is UTF-8; JSON is a list of objects; JSON Lines is an object a line.
"""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from hub.people.errors import BadFile

FILE_BYTES_MAX: Final = 64 * 1_048_576
"""Largest file that is read."""
ROWS_MAX: Final = 100_000
"""Most records of one file."""
CELL_CHARS_MAX: Final = 2_000
"""Longest cell of a CSV."""
SURPLUS: Final = ""
"""Where a row of a CSV keeps the cells for which there is no column."""
FORMATS: Final = {".csv": "csv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl"}

_objects = msgspec.json.Decoder(list[dict[str, Any]])
_object = msgspec.json.Decoder(dict[str, Any])


class Numbered(Struct, frozen=True):
    """A record, and the line on which it ends; of a JSON list, which one it is from 1."""

    line: int
    record: dict[str, Any]


class RecordFile(Struct, frozen=True):
    """All records of a file, and the columns of a CSV (none for JSON)."""

    name: str
    records: list[Numbered]
    columns: tuple[str, ...] = ()


def read_file(path: Path, format_: str = "") -> RecordFile:
    """Read a file; its ending says what it is, unless ``format_`` does: csv, json or jsonl.

    Raises:
        BadFile: it cannot be read, is too large, or is not what it says it is.
    """
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise BadFile(f"{path} is over {FILE_BYTES_MAX} bytes: import it in parts")
        content = path.read_bytes()
    except OSError as error:
        raise BadFile(f"{path}: {error.strerror or error}") from error
    return read_content(content, format_ or FORMATS.get(path.suffix.lower(), "csv"), str(path))


def read_content(content: bytes, format_: str, name: str = "the file") -> RecordFile:
    """Read what a file holds.

    Raises:
        BadFile: as for :func:`read_file`.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile(f"{name} is not UTF-8 text: byte {error.start} is none") from error
    if format_ == "csv":
        return _csv(text, name)
    if format_ not in {"json", "jsonl"}:
        raise BadFile(f"{format_!r} is no format: write csv, json or jsonl")
    records = list(_json(text, name) if format_ == "json" else _lines(text, name))
    _check_count(len(records), name)
    return RecordFile(name, records)


def _csv(text: str, name: str) -> RecordFile:
    table = csv.DictReader(io.StringIO(text, newline=""), restkey=SURPLUS, strict=True)
    found: list[Numbered] = []
    try:
        header = tuple((column or "").strip() for column in table.fieldnames or ())
        _check_header(header, name)
        table.fieldnames = header
        for row in table:
            found.append(Numbered(table.line_num, {k: v for k, v in row.items() if v is not None}))
            _check_count(len(found), name)
    except csv.Error as error:
        raise BadFile(f"{name}, line {table.line_num}: {error}") from error
    return RecordFile(name, found, header)


def _check_header(header: tuple[str, ...], name: str) -> None:
    if not any(header):
        raise BadFile(f"{name} is empty: its first line has to name the columns")
    twice = sorted({one for one in header if one and header.count(one) > 1})
    if twice:
        raise BadFile(f"{name} has the column {twice[0]!r} twice")


def _json(text: str, name: str) -> Iterator[Numbered]:
    try:
        records = _objects.decode(text)
    except msgspec.DecodeError as error:
        raise BadFile(f"{name} is no JSON list of objects: {error}") from error
    return (Numbered(number, record) for number, record in enumerate(records, start=1))


def _lines(text: str, name: str) -> Iterator[Numbered]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield Numbered(number, _object.decode(line))
            except msgspec.DecodeError as error:
                raise BadFile(f"{name}, line {number}: no JSON object: {error}") from error


def _check_count(rows: int, name: str) -> None:
    if rows > ROWS_MAX:
        raise BadFile(f"{name} has over {ROWS_MAX} people: import them in parts")
