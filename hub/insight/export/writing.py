"""Rows become bytes a few at a time, so an export of any length needs little memory."""

import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import Final

import msgspec

from hub.insight.export.columns import Export, Row, csv_cell, harmless, json_value
from hub.insight.sheets import Sheet

ROWS_AT_ONCE: Final = 500

_json = msgspec.json.Encoder()


def csv_parts(export: Export) -> Iterator[bytes]:
    """Yield CSV as RFC 4180 has it: UTF-8, a header, lines end with CR LF."""
    kinds = [column.kind for column in export.columns]
    yield _csv([[column.name for column in export.columns]])
    for rows in _chunks(export.rows):
        yield _csv([list(map(csv_cell, kinds, row)) for row in rows])


def jsonl_parts(export: Export) -> Iterator[bytes]:
    """Yield JSON Lines: an object for each row, its keys in the order of the columns."""
    named = [(column.name, column.kind) for column in export.columns]
    for rows in _chunks(export.rows):
        yield b"".join(
            _json.encode(
                {
                    name: json_value(kind, value)
                    for (name, kind), value in zip(named, row, strict=True)
                }
            )
            + b"\n"
            for row in rows
        )


def sheet_csv(sheet: Sheet) -> bytes:
    """Return a report's table as CSV, its texts harmless for spreadsheets."""
    rows = [
        ["" if cell is None else harmless(cell) if isinstance(cell, str) else str(cell)
         for cell in row]
        for row in sheet.rows
    ]  # fmt: skip
    return _csv([list(sheet.columns), *rows])


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, ROWS_AT_ONCE)):
        yield chunk


def _csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
