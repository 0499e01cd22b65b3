"""Identities, aliases, audiences, notes; decisions say why, in which arm, and at which position."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0002"
down_revision: Final = "0001"


def upgrade() -> None:
    """Go up to this version."""
    _identity()
    _membership()
    _note()
    _decision()
    _log()


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=null)


def _big(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def _index(name: str, table: str, columns: str) -> None:
    op.create_index(name, table, columns.split())


def _identity() -> None:
    op.create_table(
        "identity",
        _text("event"), _text("id_key"), _text("person"),
        sa.PrimaryKeyConstraint("event", "id_key"),
    )  # fmt: skip
    _index("identity_person", "identity", "event person")
    op.create_table(
        "alias",
        _text("event"), _text("other"), _text("survivor"),
        sa.PrimaryKeyConstraint("event", "other"),
    )  # fmt: skip
    _index("alias_survivor", "alias", "event survivor")


def _membership() -> None:
    op.create_table(
        "membership",
        _text("event"), _text("audience"), _text("person"), _big("since_ms"),
        sa.PrimaryKeyConstraint("event", "audience", "person"),
    )  # fmt: skip
    _index("membership_since", "membership", "event audience since_ms")
    _index("membership_person", "membership", "event person")


def _note() -> None:
    number = sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)
    op.create_table(
        "note",
        number, _text("event"), _text("key"), _big("at_ms"), _text("title"), _text("text"),
        _text("rule", null=True), _text("person", null=True), _big("read_ms", null=True),
        _text("read_by", null=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("event", "key", name="note_key"),
        sqlite_autoincrement=True,
    )  # fmt: skip
    _index("note_event", "note", "event id")


def _decision() -> None:
    """Rows that are there say nothing of it until the log is folded again."""
    for name in ("because", "arm"):
        op.add_column("decision", sa.Column(name, sa.String(), nullable=False, server_default=""))
    pos = sa.Column("pos", sa.BigInteger(), nullable=False, server_default="0")
    op.add_column("decision", pos)
    _index("decision_order", "decision", "event id")
    _index("decision_instant", "decision", "event at_ms")


def _log() -> None:
    naming = sa.text(
        "(kind IN ('swept', 'merged', 'unmerged', 'erased') "
        "OR (kind = 'leased' AND person IS NULL))"
    )
    op.create_index(
        "log_naming", "log", ["event", "pos"], sqlite_where=naming, postgresql_where=naming
    )
