r"""A column has one name and one type, whatever the format; its place in the row never changes.

| type | in a row | CSV | JSON Lines | Parquet |
|---|---|---|---|---|
| text | ``str`` | text | string | string |
| integer | ``int`` | digits | number | int64 |
| number | ``float`` | digits | number | double |
| boolean | ``bool`` | true, false | true, false | bool |
| instant | Unix ms, UTC | ISO 8601 in UTC | the same as string | timestamp[ms, UTC] |
| texts | ``tuple`` of ``str`` | joined with ``;`` | list of strings | list of string |
| json | JSON as ``str`` | JSON | the value | string |

None is an empty cell, or null. A ``;`` inside one of several texts is written ``\;``.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

import msgspec

from hub.insight.sheets import instant

Kind = Literal["text", "integer", "number", "boolean", "instant", "texts", "json"]
Value = str | int | float | bool | tuple[str, ...] | None
Row = tuple[Value, ...]

RISKY: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""Spreadsheets take a cell that begins so for a formula; ``'`` in front makes it text."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Export:
    """What is exported: its rows are made while they are written, once."""

    name: str
    columns: tuple[Column, ...]
    rows: Iterator[Row]


def columns(**kinds: Kind) -> tuple[Column, ...]:
    """Make columns of names and types."""
    return tuple(Column(name, kind) for name, kind in kinds.items())


def csv_cell(kind: Kind, value: Value) -> str:
    """Write a value for CSV, before quoting."""
    if value is None:
        return ""
    match kind:
        case "instant":
            return str(instant(int(value)))  # type: ignore[arg-type]
        case "boolean":
            return "true" if value else "false"
        case "texts":
            return harmless(_joined(value))  # type: ignore[arg-type]
        case "text":
            return harmless(str(value))
        case _:
            return str(value)


def harmless(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{text}" if text.startswith(RISKY) else text


def json_value(kind: Kind, value: Value) -> object:
    """Write a value for JSON Lines."""
    if value is None:
        return None
    if kind == "instant":
        return instant(int(value))  # type: ignore[arg-type]
    return msgspec.Raw(str(value).encode()) if kind == "json" else value


def _joined(texts: Iterable[str]) -> str:
    return ";".join(text.replace(";", "\\;") for text in texts)
