"""The first tables."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0001"
down_revision: Final = None


def upgrade() -> None:
    """Go up to this version."""
    _incoming()
    _state()
    _decisions()
    _rewards()
    _people()
    _access()


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=null)


def _big(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def _small(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=null)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _bytes(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def _table(name: str, key: str, *parts: sa.schema.SchemaItem) -> None:
    op.create_table(name, *parts, sa.PrimaryKeyConstraint(*key.split()))


def _numbered(name: str, *parts: sa.schema.SchemaItem) -> None:
    number = sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)
    op.create_table(name, number, *parts, sa.PrimaryKeyConstraint("id"), sqlite_autoincrement=True)


def _index(name: str, table: str, columns: str, where: str | None = None) -> None:
    if where is None:
        op.create_index(name, table, columns.split())
        return
    some = sa.text(where)
    op.create_index(name, table, columns.split(), sqlite_where=some, postgresql_where=some)


def _incoming() -> None:
    _table(
        "log", "event pos",
        _text("event"), _big("pos"), _text("key"), _text("person", null=True), _text("kind"),
        _big("at_ms"), _big("recorded_ms"), _bytes("body"),
        sa.UniqueConstraint("event", "key", name="log_key"),
    )  # fmt: skip
    _index("log_person", "log", "event person pos", "person IS NOT NULL")
    _table(
        "stream", "event edge stream",
        _text("event"), _text("edge"), _text("stream"), _big("upto"), _bytes("ranges"),
    )  # fmt: skip
    _numbered(
        "command",
        _text("event"), _text("key"), _bytes("body"), _big("at_ms"), _flag("done"),
        _text("error", null=True),
        sa.UniqueConstraint("event", "key", name="command_key"),
    )  # fmt: skip
    _index("command_open", "command", "event done id")
    _numbered(
        "quarantine",
        _text("event"), _text("source"), _text("edge"), _text("badge", null=True), _text("reason"),
        _bytes("payload"), _big("at_ms"), _text("status"), _big("settled_ms", null=True),
        _text("settled_by", null=True),
    )  # fmt: skip
    _index("quarantine_status", "quarantine", "event status id")


def _state() -> None:
    _table(
        "person_state", "event person",
        _text("event"), _text("person"), _text("place", null=True), _big("since_ms"),
        _bytes("body"),
    )  # fmt: skip
    _index("person_state_place", "person_state", "event place person since_ms", "place IS NOT NULL")
    _table(
        "zone_state", "event zone", _text("event"), _text("zone"), _small("present"), _bytes("body")
    )
    _table("pool_state", "event pool", _text("event"), _text("pool"), _bytes("body"))
    _table(
        "lease", "event badge",
        _text("event"), _text("badge"), _text("person", null=True), _big("from_ms"),
        _bytes("history"),
    )  # fmt: skip
    _index("lease_person", "lease", "event person")
    _table(
        "timer", "event key",
        _text("event"), _text("key"), _big("due_ms"), _text("person", null=True), _bytes("body"),
    )  # fmt: skip
    _table("status", "event name", _text("event"), _text("name"), _bytes("body"), _big("at_ms"))
    _table(
        "venue", "event version",
        _text("event"), _small("version"), _text("document"), _big("at_ms"), _text("by"),
    )  # fmt: skip


def _decisions() -> None:
    _numbered(
        "decision",
        _text("event"), _text("key"), _text("rule"), _text("person", null=True),
        _text("place", null=True), _big("at_ms"), _text("outcome"), _bytes("body"),
        sa.UniqueConstraint("event", "key", name="decision_key"),
    )  # fmt: skip
    _index("decision_person", "decision", "event person id")
    _index("decision_rule", "decision", "event rule id")
    _numbered(
        "action",
        _text("event"), _text("key"), _text("connector"), _text("rule"),
        _text("person", null=True), _big("cause_ms"), _big("expires_ms"), _bytes("body"),
        _text("status"), _big("not_before_ms"), _text("lease_owner", null=True),
        _big("lease_until_ms"), _small("attempts"), _small("replays"), _text("detail", null=True),
        _big("settled_ms", null=True),
        sa.UniqueConstraint("event", "key", name="action_key"),
    )  # fmt: skip
    _index("action_status", "action", "event status not_before_ms")
    _index("action_person", "action", "event person")
    _numbered(
        "message",
        _text("event"), _text("key"), _text("person"), _big("at_ms"), _text("title"),
        _text("text"), _text("reward_pool", null=True), _small("reward_index", null=True),
        _big("read_ms", null=True),
        sa.UniqueConstraint("event", "key", name="message_key"),
    )  # fmt: skip
    _index("message_person", "message", "event person id")


def _rewards() -> None:
    _table(
        "reward_code", "event pool index",
        _text("event"), _text("pool"), _small("index"), _text("code"), _text("status"),
        _text("person", null=True), _text("action", null=True), _big("at_ms"),
        _text("redeemed_by", null=True),
        sa.UniqueConstraint("event", "code", name="reward_code_code"),
    )  # fmt: skip
    _index("reward_code_person", "reward_code", "event person", "person IS NOT NULL")
    _index("reward_code_action", "reward_code", "event action")
    _numbered(
        "push_subscription",
        _text("event"), _text("person"), _text("endpoint"), _text("p256dh"), _text("auth"),
        _big("created_ms"),
        sa.UniqueConstraint("event", "endpoint", name="push_subscription_endpoint"),
    )  # fmt: skip
    _index("push_subscription_person", "push_subscription", "event person")


def _people() -> None:
    _table("person", "id", _text("id"), _big("created_ms"))
    _table(
        "registration", "event person",
        _text("event"), _text("person"), _text("source_key"), _text("name"),
        _text("email", null=True), _text("phone", null=True), _text("company", null=True),
        _text("link_hash"), _big("created_ms"),
        sa.ForeignKeyConstraint(["person"], ["person.id"]),
        sa.UniqueConstraint("event", "source_key", name="registration_source_key"),
        sa.UniqueConstraint("link_hash", name="registration_link_hash"),
    )  # fmt: skip
    _index("registration_email", "registration", "event email")


def _access() -> None:
    _table(
        "device", "event name",
        _text("event"), _text("name"), _text("secret_hash"), _text("role"), _flag("revoked"),
        _big("created_ms"),
    )  # fmt: skip
    _table(
        "edge_health", "event edge",
        _text("event"), _text("edge"), _big("session"), _flag("alive"), _bytes("body"),
        _big("at_ms"),
    )  # fmt: skip
    _table(
        "account", "name",
        _text("name"), _text("password_hash"), _text("role"), _flag("must_change"),
        _big("created_ms"), _small("failed"), _big("locked_until_ms"),
    )  # fmt: skip
    _table(
        "api_token", "event name",
        _text("event"), _text("name"), _text("token_hash"), _text("role"), _flag("revoked"),
        _big("created_ms"),
        sa.UniqueConstraint("token_hash", name="api_token_hash"),
    )  # fmt: skip
