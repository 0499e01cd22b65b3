"""State is a fold of the log: these tables can be emptied and filled again from it."""

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from hub.store.tables.columns import Instant


class PersonState(SQLModel, table=True):
    """One person at one event; ``place`` and ``since_ms`` repeat what the body says."""

    __tablename__ = "person_state"
    __table_args__ = (
        Index(
            "person_state_place", "event", "place", "person", "since_ms",
            sqlite_where=text("place IS NOT NULL"),
            postgresql_where=text("place IS NOT NULL"),
        ),
    )  # fmt: skip

    event: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    place: str | None
    since_ms: int = Field(sa_type=Instant)
    body: bytes


class ZoneState(SQLModel, table=True):
    """One place, with those who are there."""

    __tablename__ = "zone_state"

    event: str = Field(primary_key=True)
    zone: str = Field(primary_key=True)
    present: int
    body: bytes


class PoolState(SQLModel, table=True):
    """One pool of rewards, with its counts."""

    __tablename__ = "pool_state"

    event: str = Field(primary_key=True)
    pool: str = Field(primary_key=True)
    body: bytes


class BadgeLease(SQLModel, table=True):
    """To whom a badge belongs now; ``person`` is NULL when it lies in the drawer."""

    __tablename__ = "lease"
    __table_args__ = (Index("lease_person", "event", "person"),)

    event: str = Field(primary_key=True)
    badge: str = Field(primary_key=True)
    person: str | None
    from_ms: int = Field(sa_type=Instant)
    history: bytes
    """All leases of the badge, ascending, as JSON."""


class TimerRow(SQLModel, table=True):
    """Something that will fall due."""

    __tablename__ = "timer"

    event: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    due_ms: int = Field(sa_type=Instant)
    person: str | None
    body: bytes


class StatusRow(SQLModel, table=True):
    """The last that a process of the hub said of itself."""

    __tablename__ = "status"

    event: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    body: bytes
    at_ms: int = Field(sa_type=Instant)


class VenueVersion(SQLModel, table=True):
    """Each version of the venue and its rules that was ever in force."""

    __tablename__ = "venue"

    event: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    document: str
    at_ms: int = Field(sa_type=Instant)
    by: str
