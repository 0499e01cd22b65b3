"""Master data of people: a person outlives an event, a registration belongs to one."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.store.tables.columns import Instant


class PersonRow(SQLModel, table=True):
    """Somebody, whatever event they come to."""

    __tablename__ = "person"

    id: str = Field(primary_key=True)
    created_ms: int = Field(sa_type=Instant)


class RegistrationRow(SQLModel, table=True):
    """Somebody at one event, as the desk knows them."""

    __tablename__ = "registration"
    __table_args__ = (
        UniqueConstraint("event", "source_key", name="registration_source_key"),
        UniqueConstraint("link_hash", name="registration_link_hash"),
        Index("registration_email", "event", "email"),
    )

    event: str = Field(primary_key=True)
    person: str = Field(primary_key=True, foreign_key="person.id")
    source_key: str
    """What the source calls this registration; importing it again changes nothing."""
    name: str
    email: str | None
    phone: str | None
    company: str | None
    link_hash: str
    """SHA-256 of the token in the person's own link; the token itself is kept nowhere."""
    created_ms: int = Field(sa_type=Instant)
