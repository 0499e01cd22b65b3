"""What comes in: the log, its sources' positions, what still waits, what was refused."""

from typing import Final

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from hub.store.tables.columns import NEVER_AGAIN, Instant, Serial

NAMING: Final = text(
    "(kind IN ('swept', 'merged', 'unmerged', 'erased') OR (kind = 'leased' AND person IS NULL))"
)
"""Rows of the log that may name somebody whose own rows they are not; a query that repeats it word
for word uses the index on them."""


class LogEntry(SQLModel, table=True):
    """The truth: every event, in the order in which it was applied."""

    __tablename__ = "log"
    __table_args__ = (
        UniqueConstraint("event", "key", name="log_key"),
        Index(
            "log_person", "event", "person", "pos",
            sqlite_where=text("person IS NOT NULL"),
            postgresql_where=text("person IS NOT NULL"),
        ),
        Index(
            "log_naming", "event", "pos", sqlite_where=NAMING, postgresql_where=NAMING,
        ),
    )  # fmt: skip

    event: str = Field(primary_key=True)
    pos: int = Field(primary_key=True, sa_type=Instant)
    key: str
    person: str | None
    kind: str
    at_ms: int = Field(sa_type=Instant)
    recorded_ms: int = Field(sa_type=Instant)
    body: bytes


class StreamRow(SQLModel, table=True):
    """How far each stream of each edge is committed."""

    __tablename__ = "stream"

    event: str = Field(primary_key=True)
    edge: str = Field(primary_key=True)
    stream: str = Field(primary_key=True)
    upto: int = Field(sa_type=Instant)
    ranges: bytes


class Command(SQLModel, table=True):
    """What the web and the command line ask for; the engine alone turns it into the log."""

    __tablename__ = "command"
    __table_args__ = (
        UniqueConstraint("event", "key", name="command_key"),
        Index("command_open", "event", "done", "id"),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Serial)
    event: str
    key: str
    body: bytes
    at_ms: int = Field(sa_type=Instant)
    done: bool = False
    error: str | None = None


class Quarantined(SQLModel, table=True):
    """What could not be taken in, with a reason that a person can read."""

    __tablename__ = "quarantine"
    __table_args__ = (Index("quarantine_status", "event", "status", "id"), NEVER_AGAIN)

    id: int | None = Field(default=None, primary_key=True, sa_type=Serial)
    event: str
    source: str
    edge: str
    badge: str | None
    reason: str
    payload: bytes
    at_ms: int = Field(sa_type=Instant)
    status: str = "held"
    """``held``, ``requested`` (to be taken in again), ``replayed`` or ``discarded``."""
    settled_ms: int | None = Field(default=None, sa_type=Instant)
    settled_by: str | None = None
