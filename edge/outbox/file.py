"""A file that cannot be trusted is moved aside, never deleted, and a new one takes its place."""

import sqlite3
from pathlib import Path
from typing import Final

from edge.errors import OutboxError, OutboxInUse

SCHEMA_VERSION: Final = 1
SIDE_FILES: Final = ("", "-wal", "-shm")
WAL_BYTES_MAX: Final = 4 * 1024 * 1024

SCHEMA: Final = f"""
CREATE TABLE boots (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
    boot_ms INTEGER NOT NULL, wall_ms INTEGER NOT NULL,
    quality TEXT NOT NULL, doubt_ms REAL NOT NULL);
CREATE TABLE streams (
    lane INTEGER PRIMARY KEY, id TEXT NOT NULL, last INTEGER NOT NULL);
CREATE TABLE records (
    lane INTEGER NOT NULL, seq INTEGER NOT NULL,
    boot INTEGER NOT NULL REFERENCES boots(number), boot_ms INTEGER NOT NULL,
    body BLOB NOT NULL, PRIMARY KEY (lane, seq)) WITHOUT ROWID;
CREATE TABLE gaps (
    first INTEGER PRIMARY KEY, last INTEGER NOT NULL, boot INTEGER NOT NULL,
    from_boot_ms INTEGER NOT NULL, until_boot_ms INTEGER NOT NULL);
CREATE TABLE positions (reader TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
PRAGMA user_version = {SCHEMA_VERSION};
"""


def open_file(path: Path) -> tuple[sqlite3.Connection, str | None]:
    """Open the outbox at ``path``, making it when there is none.

    Returns the connection and, when an unusable file was moved aside, a sentence saying so.

    Raises:
        OutboxInUse: another process has it open.
        OutboxError: the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _connect(path), None
    except _Unusable as fault:
        kept = _move_aside(path)
        note = f"outbox was unusable ({fault}); kept as {kept.name}, new streams begun"
        return _connect(path), note
    except OSError as error:
        raise OutboxError(f"cannot write {path}: {error}") from error


class _Unusable(Exception):  # noqa: N818 - a fault that is always caught above
    pass


def _connect(path: Path) -> sqlite3.Connection:
    """Open and check; closes the connection again when the file is unusable."""
    try:
        database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=0.5)
    except sqlite3.OperationalError as error:
        raise OutboxError(f"cannot open {path}: {error}") from error
    try:
        _prepare(database)
    except sqlite3.DatabaseError as error:
        database.close()
        if "locked" in str(error):
            raise OutboxInUse(f"{path} is in use: is another agent running here?") from error
        if isinstance(error, sqlite3.OperationalError) and "readonly" in str(error):
            raise OutboxError(f"cannot write {path}: {error}") from error
        raise _Unusable(str(error)) from error
    except _Unusable:
        database.close()
        raise
    return database


def _prepare(database: sqlite3.Connection) -> None:
    # One process at a time: also saves the shared-memory file beside the log.
    database.execute("PRAGMA locking_mode = EXCLUSIVE")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute(f"PRAGMA journal_size_limit = {WAL_BYTES_MAX}")
    (version,) = database.execute("PRAGMA user_version").fetchone()
    database.execute("BEGIN IMMEDIATE")
    if version == 0 and not _has_tables(database):
        database.execute("COMMIT")
        database.executescript(f"BEGIN IMMEDIATE; {SCHEMA} COMMIT;")
        return
    database.execute("COMMIT")
    if version != SCHEMA_VERSION:
        raise _Unusable(f"of version {version}, not {SCHEMA_VERSION}")
    (verdict,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise _Unusable(str(verdict).splitlines()[-1])


def _has_tables(database: sqlite3.Connection) -> bool:
    (count,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return bool(count)


def _move_aside(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.name}.broken-{number}")).exists():
        number += 1
    for suffix in SIDE_FILES:
        side = path.with_name(path.name + suffix)
        if side.exists():
            side.rename(aside.with_name(aside.name + suffix))
    return aside
