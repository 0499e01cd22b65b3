"""One transaction is all or nothing on either database, and its errors are ours.

SQLite runs in WAL mode with ``synchronous=FULL``, so that a commit survives a power cut. A writing
transaction begins with BEGIN IMMEDIATE: it waits for its turn at once instead of failing half-way.
What is deleted is overwritten with zeros.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, exc, make_url
from sqlalchemy.engine import URL

from hub.store.errors import (
    StoreConflict,
    StoreError,
    StoreRefused,
    StoreUnavailable,
    StoreUnreadable,
)

BUSY_WAIT_MS: Final = 20_000
"""Longest wait for another process's transaction on SQLite."""
SCRUB_WAIT_MS: Final = 2_000
"""Longest wait for readers when a SQLite file is rewritten."""
CONNECTIONS_MAX: Final = 8
"""Most connections of one process."""
CONNECTION_WAIT_S: Final = 30
"""Longest wait for one of them."""
CONNECT_WAIT_S: Final = 10
"""Longest wait for PostgreSQL to accept a connection."""
CHECKPOINT_PAGES: Final = 4_000
"""SQLite's write-ahead log is folded into the file after about this many pages of 4 KiB."""

_PRAGMAS: Final = (
    f"PRAGMA busy_timeout={BUSY_WAIT_MS}",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",
    f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}",
)
_DRIVERS: Final = {
    "sqlite": "sqlite+pysqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
}


class Database:
    """The connections of one process to one database; safe to use from many threads."""

    def __init__(self, url: str) -> None:
        self._url = parse_url(url)
        self._engine: Engine | None = None
        self._turn = threading.Lock()

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._url.get_backend_name()

    @property
    def where(self) -> str:
        """The address without its password."""
        return self._url.set(drivername=self.dialect).render_as_string(hide_password=True)

    def start(self) -> None:
        """Make connections possible; repeatable. The first is opened when it is needed."""
        if self._engine is None:
            self._engine = _open(self._url)

    def stop(self) -> None:
        """Close every connection; repeatable."""
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Read in one snapshot (SQLite) or statement by statement (PostgreSQL).

        Raises:
            StoreUnavailable: no database answers.
        """
        with self._translated(), self._started().connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Write in one transaction, committed at the end of the block or undone by an exception.

        Raises:
            StoreConflict: something that is unique is there already.
            StoreRefused: a value cannot be held.
            StoreUnavailable: no database answers.
        """
        with self._translated(), self._in_turn(), self._started().connect() as connection:
            writing = connection.execution_options(foyer_writes=True)
            with writing.begin():
                yield writing

    def checkpoint(self) -> None:
        """Fold SQLite's write-ahead log into the file without holding anybody up; else nothing.

        Done now and then beside the writer, it keeps that work out of a commit.

        Raises:
            StoreUnavailable: no database answers.
        """
        if self.dialect != "sqlite":
            return
        with self._translated(), closing(self._started().raw_connection()) as connection:
            cursor = connection.cursor()
            cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
            cursor.close()

    def scrub(self, tables: Iterable[str]) -> None:
        """Rewrite ``tables`` (SQLite: all) without what was deleted or overwritten in them.

        Raises:
            StoreUnavailable: no database answers, or somebody else is reading or writing (SQLite).
        """
        with self._translated(), self._in_turn():
            if self.dialect == "sqlite":
                self._scrub_file()
                return
            names = ", ".join(f'"{table}"' for table in tables)
            engine = self._started().execution_options(isolation_level="AUTOCOMMIT")
            with engine.connect() as connection:
                connection.exec_driver_sql(f"VACUUM FULL {names}")

    def _scrub_file(self) -> None:
        with closing(self._started().raw_connection()) as connection:
            cursor = connection.cursor()
            try:
                cursor.execute(f"PRAGMA busy_timeout={SCRUB_WAIT_MS}")
                cursor.execute("VACUUM")
                busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            except sqlite3.OperationalError as error:
                raise StoreUnavailable(f"{self.where}: {error}") from error
            finally:
                cursor.execute(f"PRAGMA busy_timeout={BUSY_WAIT_MS}")
                cursor.close()
        if busy:
            raise StoreUnavailable(f"{self.where} is being read just now: try again later")

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        if self.dialect != "sqlite":
            yield
            return
        with self._turn:
            yield

    def _started(self) -> Engine:
        if self._engine is None:
            raise StoreUnavailable("the store is not started")
        return self._engine

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except exc.IntegrityError as error:
            # its whole text may name people or codes, so nothing of it but the constraint goes on
            raise StoreConflict(_first_line(error)) from None
        except (exc.DataError, OverflowError, UnicodeEncodeError) as error:
            raise StoreRefused(f"{self.where} cannot hold a value: {_first_line(error)}") from None
        except exc.DBAPIError as error:
            raise self._ours(error) from error
        except exc.TimeoutError as error:
            raise StoreUnavailable(f"{CONNECTIONS_MAX} connections are all in use") from error

    def _ours(self, error: exc.DBAPIError) -> StoreError:
        text = f"{self.where}: {_first_line(error)}"
        damaged = ("not a database", "malformed", "unsupported file format")
        if any(words in text for words in damaged):
            return StoreUnreadable(text)
        return StoreUnavailable(text)


def parse_url(url: str) -> URL:
    """Read a database address and choose its driver.

    Raises:
        StoreError: it is neither ``sqlite:///FILE`` nor ``postgresql://...``.
    """
    try:
        parsed = make_url(url)
        driver = _DRIVERS[parsed.drivername.partition("+")[0]]
    except (exc.ArgumentError, KeyError) as error:
        raise StoreError("a database is sqlite:///FILE or postgresql://USER@HOST/NAME") from error
    if driver.startswith("sqlite") and parsed.database in {None, "", ":memory:"}:
        raise StoreError("SQLite needs a file, since several processes share it: sqlite:///FILE")
    return parsed.set(drivername=driver)


def _open(url: URL) -> Engine:
    sqlite = url.get_backend_name() == "sqlite"
    arguments: dict[str, Any] = (
        {"check_same_thread": False, "isolation_level": None, "timeout": BUSY_WAIT_MS / 1000}
        if sqlite
        else {"connect_timeout": CONNECT_WAIT_S}
    )
    engine = create_engine(
        url,
        connect_args=arguments,
        hide_parameters=True,
        pool_size=CONNECTIONS_MAX,
        max_overflow=0,
        pool_timeout=CONNECTION_WAIT_S,
        pool_pre_ping=not sqlite,
    )
    if sqlite:
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin)
    return engine


def _set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in _PRAGMAS:
        connection.execute(pragma).close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("foyer_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", error)).partition("\n")[0]
