"""Who, and what, may come in: devices, people who work here, stands; hashes only, no secrets."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.store.tables.columns import Instant


class DeviceRow(SQLModel, table=True):
    """A machine that may talk to the broker."""

    __tablename__ = "device"

    event: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    secret_hash: str
    role: str
    revoked: bool = False
    created_ms: int = Field(sa_type=Instant)


class EdgeHealth(SQLModel, table=True):
    """The last that an edge said of itself."""

    __tablename__ = "edge_health"

    event: str = Field(primary_key=True)
    edge: str = Field(primary_key=True)
    session: int = Field(sa_type=Instant)
    alive: bool
    body: bytes
    at_ms: int = Field(sa_type=Instant)


class AccountRow(SQLModel, table=True):
    """A person who works with the installation."""

    __tablename__ = "account"

    name: str = Field(primary_key=True)
    password_hash: str
    role: str
    must_change: bool = False
    created_ms: int = Field(sa_type=Instant)
    failed: int = 0
    """Sign-ins that went wrong since the last good one."""
    locked_until_ms: int = Field(default=0, sa_type=Instant)


class TokenRow(SQLModel, table=True):
    """A bearer token with which a stand calls the API at one event."""

    __tablename__ = "api_token"
    __table_args__ = (UniqueConstraint("token_hash", name="api_token_hash"),)

    event: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    token_hash: str
    role: str
    revoked: bool = False
    created_ms: int = Field(sa_type=Instant)
