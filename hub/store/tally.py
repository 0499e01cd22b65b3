"""What only grows is counted on from where the last count stopped, not counted again."""

from collections.abc import Callable
from threading import Lock
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, func, select


def in_order(event: ColumnElement[str]) -> ColumnElement[str]:
    """Return the event column so that no index on it is chosen.

    Rows are then read in the order of their numbers, newest first and only as many as are wanted,
    instead of all of the event being read and sorted.
    """
    return func.coalesce(event, "")


class Tally:
    """Counts the rows that are ``mine`` and meet ``conditions``; ``number`` ascends with each row.

    When the oldest row is another one than before, the table was filled anew; when ``erased``
    returns another number, somebody was erased from it: then all is counted again.
    """

    def __init__(
        self,
        table: Table,
        number: ColumnElement[int],
        mine: ColumnElement[bool],
        *conditions: ColumnElement[bool],
        erased: Callable[[Connection], int] = lambda _: 0,
    ) -> None:
        self._table = table
        self._number = number
        self._mine = mine
        self._conditions = conditions
        self._lock = Lock()
        self._erased = erased
        self._era: tuple[int | None, int] = (None, 0)
        self._upto = 0
        self._count = 0

    def count(self, db: Connection) -> int:
        """Return how many there are now."""
        with self._lock:
            self._start_again_if_new(db)
            rows: Any = select(func.count(), func.max(self._number)).select_from(self._table)
            fresh = rows.where(self._mine, self._number > self._upto)
            newest = db.execute(fresh).one()[1]
            if newest is not None:
                within = rows.where(
                    self._mine,
                    self._number > self._upto,
                    self._number <= newest,
                    *self._conditions,
                )
                self._count += db.execute(within).one()[0]
                self._upto = newest
            return self._count

    def _start_again_if_new(self, db: Connection) -> None:
        first = select(self._number).where(self._mine).order_by(self._number).limit(1)
        era = (db.scalar(first), self._erased(db))
        if era != self._era:
            self._era, self._upto, self._count = era, 0, 0
