"""One tree for what the store cannot do; no text in it holds anything personal.

StoreError
├── StoreConflict        what is unique is there already; nothing was written
├── RewardReturned       a reward that was given up is in its pool again
├── StoreRefused         a value that no database can hold: a NUL in a text, 2**63
├── StoreUnavailable     no database answers at the address, or it has gone away
├── StoreUnreadable      what is there is no database, or a damaged one
└── SchemaMismatch
    ├── SchemaOutdated   empty, or written by an older version: ``foyer db upgrade``
    ├── SchemaTooNew     written by a newer version than this one
    └── SchemaForeign    somebody else's tables
"""


class StoreError(Exception):
    """The store cannot do this; the text is for a person."""


class StoreConflict(StoreError):  # noqa: N818 - named after the thing that is wrong
    """Something that is unique is there already; the whole transaction was undone."""


class RewardReturned(StoreError):  # noqa: N818 - named after the thing that is wrong
    """A reward that was given up went back to its pool, and is not to be delivered any more."""


class StoreRefused(StoreError):  # noqa: N818 - named after the thing that is wrong
    """A value cannot be held; the whole transaction was undone, and trying again is in vain."""


class StoreUnavailable(StoreError):  # noqa: N818 - named after the thing that is wrong
    """No database answers, or it has gone away; trying again later may work."""


class StoreUnreadable(StoreError):  # noqa: N818 - named after the thing that is wrong
    """What lies at the address is no database, or a damaged one."""


class SchemaMismatch(StoreError):  # noqa: N818 - named after the thing that is wrong
    """The tables are not those that this version works with."""


class SchemaOutdated(SchemaMismatch):
    """The database is empty, or was written by an older version."""


class SchemaTooNew(SchemaMismatch):
    """The database was written by a newer version."""


class SchemaForeign(SchemaMismatch):
    """The database holds somebody else's tables."""
