"""Many rows go to the database as one prepared statement; each statement's text is built once.

SQLite runs it row by row inside its own loop. PostgreSQL takes each column as one array, so that a
group of any size is one statement and one round trip.
"""

# ruff: noqa: S608 - the names in these texts are those of our own tables; values are parameters

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Column, Connection, Table
from sqlalchemy.dialects import postgresql

Row = Sequence[Any]

_PG = postgresql.dialect()  # type: ignore[no-untyped-call]


class Bulk:
    """One statement for any number of rows, on either database."""

    __slots__ = ("_postgresql", "_sqlite")

    def __init__(self, sqlite: str, postgres: str) -> None:
        self._sqlite = sqlite
        self._postgresql = postgres

    def run(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Run it for ``rows``, each a tuple in the order of the statement's columns."""
        if not rows:
            return
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(self._sqlite, list(rows))
        else:
            columns = tuple([list(column) for column in zip(*rows, strict=True)])
            connection.exec_driver_sql(self._postgresql, columns)


def insert(table: Table, columns: Iterable[str], on_conflict: str = "") -> Bulk:
    """Make an INSERT of ``columns``; ``on_conflict`` is what follows ON CONFLICT."""
    names = list(columns)
    listed = ", ".join(_name(name) for name in names)
    head = f"INSERT INTO {table.name} ({listed}) "
    tail = f" ON CONFLICT {on_conflict}" if on_conflict else ""
    marks = ", ".join("?" * len(names))
    return Bulk(
        f"{head}VALUES ({marks}){tail}",
        f"{head}SELECT * FROM {_arrays(table, names)}{tail}",
    )


def insert_new(table: Table, columns: Iterable[str], unique: Iterable[str]) -> Bulk:
    """Make an INSERT that leaves rows alone whose ``unique`` columns are there already."""
    return insert(table, columns, f"({', '.join(map(_name, unique))}) DO NOTHING")


def upsert(table: Table, columns: Iterable[str]) -> Bulk:
    """Make an INSERT that overwrites the row with the same primary key.

    One run must not hold the same key twice.
    """
    names = list(columns)
    keys = [column.name for column in table.primary_key.columns]
    changes = ", ".join(f"{_name(n)} = excluded.{_name(n)}" for n in names if n not in keys)
    return insert(table, names, f"({', '.join(map(_name, keys))}) DO UPDATE SET {changes}")


def update(table: Table, columns: Iterable[str], keys: Iterable[str], condition: str = "") -> Bulk:
    """Make an UPDATE of ``columns`` where ``keys`` match and ``condition`` holds.

    A row is the columns' values, then the keys'.
    """
    names, where = list(columns), list(keys)
    extra = f" AND {condition}" if condition else ""
    sets = ", ".join(f"{_name(n)} = ?" for n in names)
    match = " AND ".join(f"{_name(n)} = ?" for n in where)
    pg_sets = ", ".join(f"{_name(n)} = new.{_name(n)}" for n in names)
    pg_match = " AND ".join(f"{table.name}.{_name(n)} = new.key_{n}" for n in where)
    source = _arrays(table, names + where)
    aliases = ", ".join([_name(n) for n in names] + [f"key_{n}" for n in where])
    return Bulk(
        f"UPDATE {table.name} SET {sets} WHERE {match}{extra}",
        f"UPDATE {table.name} SET {pg_sets} FROM {source} AS new({aliases}) "
        f"WHERE {pg_match}{extra}",
    )


def delete(table: Table, keys: Iterable[str]) -> Bulk:
    """Make a DELETE of the rows whose ``keys`` match."""
    where = list(keys)
    match = " AND ".join(f"{_name(n)} = ?" for n in where)
    pg_match = " AND ".join(f"{table.name}.{_name(n)} = old.{_name(n)}" for n in where)
    return Bulk(
        f"DELETE FROM {table.name} WHERE {match}",
        f"DELETE FROM {table.name} USING {_arrays(table, where)} "
        f"AS old({', '.join(map(_name, where))}) WHERE {pg_match}",
    )


class Lookup:
    """A SELECT of the rows of one event whose key is among many."""

    __slots__ = ("_postgresql", "_sqlite")

    def __init__(self, table: Table, columns: Iterable[str], key: str) -> None:
        head = (
            f"SELECT {', '.join(map(_name, columns))} FROM {table.name} "
            f"WHERE event = {{mark}} AND {_name(key)}"
        )
        self._sqlite = head.format(mark="?") + " IN (SELECT value FROM json_each(?))"
        self._postgresql = head.format(mark="%s") + " = ANY(%s)"

    def rows(self, connection: Connection, event: str, keys: Collection[str]) -> Iterable[Row]:
        """Return the rows found, in no order."""
        if not keys:
            return []
        if connection.dialect.name == "sqlite":
            wanted: Any = msgspec.json.encode(list(keys)).decode()
            return connection.exec_driver_sql(self._sqlite, (event, wanted)).all()
        return connection.exec_driver_sql(self._postgresql, (event, list(keys))).all()


def _arrays(table: Table, names: Iterable[str]) -> str:
    return f"unnest({', '.join(f'%b::{_type(table.columns[name])}[]' for name in names)})"


def _type(column: Column[Any]) -> str:
    return column.type.compile(dialect=_PG)


def _name(name: str) -> str:
    return f'"{name}"'
