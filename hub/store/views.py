"""What summaries and pages read; nothing here writes."""

from typing import Final

import msgspec
from msgspec import Struct
from sqlalchemy import func, select

from hub.core.outcome import Decision
from hub.core.state import Pool, Zone
from hub.store import identity, load, outbox, tables
from hub.store.database import Database
from hub.store.outbox import PendingAction

ROWS_MAX: Final = 1_000
"""Most rows read at once."""

_decision = msgspec.json.Decoder(Decision)
_d = tables.decision.c
_a = tables.action.c


class NumberedDecision(Struct, frozen=True):
    """A decision; ``id`` ascends in the order of commits."""

    id: int
    decision: Decision


class Views:
    """Reads over one event."""

    def __init__(self, database: Database, event: str) -> None:
        self._database = database
        self._event = event

    def decisions(
        self,
        after_id: int = 0,
        limit: int = 100,
        *,
        person: str | None = None,
        rule: str | None = None,
        newest_first: bool = False,
    ) -> list[NumberedDecision]:
        """Return decisions above number ``after_id``, of one person or rule if given.

        A person's are those under all of their ids; each keeps the one it was made with.
        """
        query = select(_d.id, _d.body).where(_d.event == self._event, _d.id > after_id)
        if rule is not None:
            query = query.where(_d.rule == rule)
        query = query.order_by(_d.id.desc() if newest_first else _d.id).limit(min(limit, ROWS_MAX))
        with self._database.read() as connection:
            if person is not None:
                query = query.where(_d.person.in_(identity.ids_of(connection, self._event, person)))
            rows = connection.execute(query)
            return [NumberedDecision(number, _decision.decode(body)) for number, body in rows]

    def zones(self) -> list[Zone]:
        """Return every place that anything is known of."""
        with self._database.read() as connection:
            return load.zones(connection, self._event)

    def pools(self) -> list[Pool]:
        """Return every pool of rewards with its counts."""
        with self._database.read() as connection:
            return load.pools(connection, self._event)

    def present(self) -> dict[str, int]:
        """Return place to how many are there now."""
        c = tables.person_state.c
        query = (
            select(c.place, func.count())
            .where(c.event == self._event, c.place.is_not(None))
            .group_by(c.place)
        )
        with self._database.read() as connection:
            return dict(connection.execute(query).all())

    def log_counts(self) -> dict[str, int]:
        """Return kind of event to how many are in the log. Reads the whole log."""
        c = tables.log.c
        query = select(c.kind, func.count()).where(c.event == self._event).group_by(c.kind)
        with self._database.read() as connection:
            return dict(connection.execute(query).all())

    def decision_counts(self) -> dict[tuple[str, str], int]:
        """Return (rule, outcome) to how many."""
        query = select(_d.rule, _d.outcome, func.count()).where(_d.event == self._event)
        with self._database.read() as connection:
            rows = connection.execute(query.group_by(_d.rule, _d.outcome))
            return {(rule, outcome): number for rule, outcome, number in rows}

    def action_counts(self) -> dict[tuple[str, str], int]:
        """Return (connector, status) to how many."""
        query = select(_a.connector, _a.status, func.count()).where(_a.event == self._event)
        with self._database.read() as connection:
            rows = connection.execute(query.group_by(_a.connector, _a.status))
            return {(connector, status): number for connector, status, number in rows}

    def actions(
        self, status: str, *, before_id: int | None = None, limit: int = 100
    ) -> list[PendingAction]:
        """Return actions with that status, newest first; ``dead`` are the dead letters."""
        with self._database.read() as connection:
            return outbox.by_status(
                connection, self._event, status, before_id, min(limit, ROWS_MAX)
            )

    def action(self, key: str) -> PendingAction | None:
        """Return one action."""
        with self._database.read() as connection:
            return outbox.one(connection, self._event, key)
