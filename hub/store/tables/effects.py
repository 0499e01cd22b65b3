"""What was decided, and what goes out because of it, is kept in these tables."""

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from hub.store.tables.columns import NEVER_AGAIN, Instant, Serial


class DecisionRow(SQLModel, table=True):
    """A rule fired or was suppressed; ``body`` is the whole decision with its clauses."""

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("event", "key", name="decision_key"),
        Index("decision_person", "event", "person", "id"),
        Index("decision_rule", "event", "rule", "id"),
        Index("decision_order", "event", "id"),
        Index("decision_instant", "event", "at_ms"),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Serial)
    event: str
    key: str
    rule: str
    person: str | None
    place: str | None
    at_ms: int = Field(sa_type=Instant)
    outcome: str
    because: str = ""
    """What suppressed it, in one word."""
    arm: str = ""
    """The arm of the rule's experiment that the person is in."""
    pos: int = Field(default=0, sa_type=Instant)
    """Where in the log the event stands that was decided; 0 in rows that say nothing of it."""
    body: bytes


class ActionRow(SQLModel, table=True):
    """One effect on an outside system, and how far it is."""

    __tablename__ = "action"
    __table_args__ = (
        UniqueConstraint("event", "key", name="action_key"),
        Index("action_status", "event", "status", "not_before_ms"),
        Index("action_person", "event", "person"),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Serial)
    event: str
    key: str
    connector: str
    rule: str
    person: str | None
    cause_ms: int = Field(sa_type=Instant)
    expires_ms: int = Field(sa_type=Instant)
    body: bytes
    status: str
    """``waiting``, ``leased``; then ``done``, ``dropped``, ``expired``, ``superseded``, ``dead``.
    """
    not_before_ms: int = Field(sa_type=Instant)
    lease_owner: str | None = None
    lease_until_ms: int = Field(sa_type=Instant)
    attempts: int = 0
    replays: int = 0
    """How often a person asked for it again after it had come to its end."""
    detail: str | None = None
    """The last error, or how it ended."""
    settled_ms: int | None = Field(default=None, sa_type=Instant)


class MessageRow(SQLModel, table=True):
    """One message in a person's inbox."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("event", "key", name="message_key"),
        Index("message_person", "event", "person", "id"),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Serial)
    event: str
    key: str
    person: str
    at_ms: int = Field(sa_type=Instant)
    title: str
    text: str
    reward_pool: str | None
    reward_index: int | None
    read_ms: int | None = Field(default=None, sa_type=Instant)


class RewardCode(SQLModel, table=True):
    """The secret code of one reward, and whose it is."""

    __tablename__ = "reward_code"
    __table_args__ = (
        UniqueConstraint("event", "code", name="reward_code_code"),
        Index(
            "reward_code_person", "event", "person",
            sqlite_where=text("person IS NOT NULL"),
            postgresql_where=text("person IS NOT NULL"),
        ),
        Index("reward_code_action", "event", "action"),
    )  # fmt: skip

    event: str = Field(primary_key=True)
    pool: str = Field(primary_key=True)
    index: int = Field(primary_key=True)
    code: str
    status: str = "free"
    """``free``, ``reserved``, ``issued``, ``redeemed``."""
    person: str | None = None
    action: str | None = None
    at_ms: int = Field(sa_type=Instant)
    """When it came to its present status."""
    redeemed_by: str | None = None


class PushSubscription(SQLModel, table=True):
    """A browser that wants a person's messages."""

    __tablename__ = "push_subscription"
    __table_args__ = (
        UniqueConstraint("event", "endpoint", name="push_subscription_endpoint"),
        Index("push_subscription_person", "event", "person"),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Serial)
    event: str
    person: str
    endpoint: str
    p256dh: str
    auth: str
    created_ms: int = Field(sa_type=Instant)
