"""What the log can fill again may be emptied; what has gone out of the house may not."""

from typing import Final

from sqlalchemy import Connection, delete

from hub.store import tables

FOLDED: Final = (
    tables.person_state,
    tables.zone_state,
    tables.pool_state,
    tables.lease,
    tables.timer,
    tables.venue,
    tables.decision,
)


def reset(connection: Connection, event: str) -> None:
    """Empty the folded tables of one event."""
    for table in FOLDED:
        connection.execute(delete(table).where(table.c.event == event))
