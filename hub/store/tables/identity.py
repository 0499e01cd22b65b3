"""Who is whom, who belongs to which audience, and what those who work here ought to know."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.store.tables.columns import NEVER_AGAIN, Instant, Serial


class IdentityRow(SQLModel, table=True):
    """Whose an id of another system is; ``id_key`` is ``kind:value``, the value normalised."""

    __tablename__ = "identity"
    __table_args__ = (Index("identity_person", "event", "person"),)

    event: str = Field(primary_key=True)
    id_key: str = Field(primary_key=True)
    person: str


class AliasRow(SQLModel, table=True):
    """Somebody who was merged, and as whom they are known since."""

    __tablename__ = "alias"
    __table_args__ = (Index("alias_survivor", "event", "survivor"),)

    event: str = Field(primary_key=True)
    other: str = Field(primary_key=True)
    survivor: str


class MembershipRow(SQLModel, table=True):
    """Somebody is a member of an audience."""

    __tablename__ = "membership"
    __table_args__ = (
        Index("membership_since", "event", "audience", "since_ms"),
        Index("membership_person", "event", "person"),
    )

    event: str = Field(primary_key=True)
    audience: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    since_ms: int = Field(sa_type=Instant)


class NoteRow(SQLModel, table=True):
    """Something that those who work here ought to know."""

    __tablename__ = "note"
    __table_args__ = (
        UniqueConstraint("event", "key", name="note_key"),
        Index("note_event", "event", "id"),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Serial)
    event: str
    key: str
    at_ms: int = Field(sa_type=Instant)
    title: str
    text: str
    rule: str | None
    person: str | None
    read_ms: int | None = Field(default=None, sa_type=Instant)
    read_by: str | None = None
