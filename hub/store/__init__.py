"""Keeps what the hub knows in a database."""

from hub.store.errors import (
    RewardReturned,
    SchemaForeign,
    SchemaMismatch,
    SchemaOutdated,
    SchemaTooNew,
    StoreConflict,
    StoreError,
    StoreRefused,
    StoreUnavailable,
    StoreUnreadable,
)
from hub.store.group import (
    Group,
    LogRow,
    PublishedVenue,
    QuarantineRow,
    RetryRow,
    SettledRow,
)
from hub.store.store import Store

__all__ = [
    "Group",
    "LogRow",
    "PublishedVenue",
    "QuarantineRow",
    "RetryRow",
    "RewardReturned",
    "SchemaForeign",
    "SchemaMismatch",
    "SchemaOutdated",
    "SchemaTooNew",
    "SettledRow",
    "Store",
    "StoreConflict",
    "StoreError",
    "StoreRefused",
    "StoreUnavailable",
    "StoreUnreadable",
]
