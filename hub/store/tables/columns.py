"""What the columns of several tables have in common is written once."""

from typing import Any, Final, cast

from sqlalchemy import BigInteger, Integer, Table, inspect
from sqlmodel import SQLModel

Instant: Final = BigInteger
"""Unix milliseconds, UTC."""

# SQLModel asks for a type where SQLAlchemy also takes an instance of one
Serial: Final = cast("type[Any]", BigInteger().with_variant(Integer(), "sqlite"))
"""A number that the database hands out, ascending; SQLite does so for INTEGER alone."""

NEVER_AGAIN: Final = {"sqlite_autoincrement": True}
"""Numbers of deleted rows are not handed out a second time: readers follow them upwards."""


def table_of(model: type[SQLModel]) -> Table:
    """Return the table behind a model."""
    return cast("Table", inspect(model).local_table)
