"""Parquet needs a library that most installations do not: it is loaded when it is asked for."""

from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any, Final

from hub.insight.errors import ParquetMissing
from hub.insight.export.columns import Column, Export, Kind

GROUP_ROWS: Final = 10_000
"""Rows of one row group: so many are in memory at once."""
MISSING: Final = (
    "Parquet needs the library pyarrow, which is not installed: pip install 'foyer[parquet]'; "
    "csv and jsonl need nothing"
)


def write(export: Export, path: Path) -> None:
    """Write all rows to a file, compressed with zstd.

    Raises:
        ParquetMissing: the library is not installed.
    """
    arrow = library()
    schema = arrow.schema([arrow.field(c.name, _type(arrow, c.kind)) for c in export.columns])
    with import_module("pyarrow.parquet").ParquetWriter(path, schema, compression="zstd") as file:
        while rows := list(islice(export.rows, GROUP_ROWS)):
            arrays = [
                arrow.array(_values(column, values), field.type)
                for column, values, field in zip(
                    export.columns, zip(*rows, strict=True), schema, strict=True
                )
            ]
            file.write_table(arrow.Table.from_arrays(arrays, schema=schema))


def library() -> Any:
    """Return pyarrow.

    Raises:
        ParquetMissing: it is not installed.
    """
    try:
        return import_module("pyarrow")
    except ImportError as error:
        raise ParquetMissing(MISSING) from error


def _type(arrow: Any, kind: Kind) -> Any:
    match kind:
        case "integer":
            return arrow.int64()
        case "number":
            return arrow.float64()
        case "boolean":
            return arrow.bool_()
        case "instant":
            return arrow.timestamp("ms", tz="UTC")
        case "texts":
            return arrow.list_(arrow.string())
        case _:
            return arrow.string()


def _values(column: Column, values: tuple[Any, ...]) -> list[Any]:
    if column.kind == "texts":
        return [None if value is None else list(value) for value in values]
    return list(values)
