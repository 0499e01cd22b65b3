"""What a person was told stays in their inbox; browsers that want to know are kept beside it.

Rows keep the id they were written with; whoever was merged has one inbox for all of their ids.
"""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct
from sqlalchemy import delete, select, update

from hub.store import bulk, identity, tables
from hub.store.database import Database

SUBSCRIPTIONS_MAX: Final = 10
"""Most browsers under one id of a person; the oldest makes room."""
MESSAGES_MAX: Final = 500
"""Most messages read at once."""

_m = tables.message.c
_s = tables.push_subscription.c
_subscribe = bulk.insert(
    tables.push_subscription,
    ("event", "person", "endpoint", "p256dh", "auth", "created_ms"),
    '("event", "endpoint") DO UPDATE SET person = excluded.person, p256dh = excluded.p256dh, '
    "auth = excluded.auth, created_ms = excluded.created_ms",
)


class InboxMessage(Struct, frozen=True):
    """One message; ``id`` ascends in the order of commits."""

    id: int
    key: str
    at_ms: int
    title: str
    text: str
    reward_pool: str | None
    reward_index: int | None
    read_ms: int | None


class Subscription(Struct, frozen=True):
    """A browser, as Web Push names it."""

    endpoint: str
    p256dh: str
    auth: str


class Inbox:
    """The messages and subscriptions of one event."""

    def __init__(self, database: Database, event: str) -> None:
        self._database = database
        self._event = event

    def of(self, person: str, after_id: int = 0, limit: int = 100) -> list[InboxMessage]:
        """Return somebody's messages above number ``after_id``, newest first."""
        columns = (
            _m.id, _m.key, _m.at_ms, _m.title, _m.text, _m.reward_pool, _m.reward_index, _m.read_ms,
        )  # fmt: skip
        query = select(*columns).where(_m.event == self._event, _m.id > after_id)
        newest = query.order_by(_m.id.desc()).limit(min(limit, MESSAGES_MAX))
        with self._database.read() as connection:
            ids = identity.ids_of(connection, self._event, person)
            newest = newest.where(_m.person.in_(ids))
            return [InboxMessage(*row) for row in connection.execute(newest)]

    def all_of(self, person: str) -> Iterator[InboxMessage]:
        """Yield all messages of somebody, oldest first, read a page at a time."""
        columns = (
            _m.id, _m.key, _m.at_ms, _m.title, _m.text, _m.reward_pool, _m.reward_index, _m.read_ms,
        )  # fmt: skip
        after = 0
        while True:
            with self._database.read() as connection:
                ids = identity.ids_of(connection, self._event, person)
                query = select(*columns).where(
                    _m.event == self._event, _m.person.in_(ids), _m.id > after
                )
                rows = connection.execute(query.order_by(_m.id).limit(MESSAGES_MAX)).all()
            if not rows:
                return
            yield from (InboxMessage(*row) for row in rows)
            after = rows[-1][0]

    def mark_read(self, person: str, up_to_id: int, at_ms: int) -> int:
        """Mark somebody's messages up to a number as read; returns how many were not before."""
        statement = (
            update(tables.message)
            .where(_m.event == self._event, _m.id <= up_to_id)
            .where(_m.read_ms.is_(None))
            .values(read_ms=at_ms)
        )
        with self._database.write() as connection:
            ids = identity.ids_of(connection, self._event, person)
            return connection.execute(statement.where(_m.person.in_(ids))).rowcount

    def subscribe(self, person: str, subscription: Subscription, at_ms: int) -> None:
        """Keep a browser; one that is known belongs to ``person`` from now on."""
        s = subscription
        row = (self._event, person, s.endpoint, s.p256dh, s.auth, at_ms)
        with self._database.write() as connection:
            _subscribe.run(connection, [row])
            mine = select(_s.id).where(_s.event == self._event, _s.person == person)
            newest = mine.order_by(_s.created_ms.desc(), _s.id.desc()).limit(SUBSCRIPTIONS_MAX)
            keep = list(connection.scalars(newest))
            connection.execute(
                delete(tables.push_subscription).where(
                    _s.event == self._event, _s.person == person, _s.id.not_in(keep)
                )
            )

    def subscriptions(self, person: str) -> list[Subscription]:
        """Return somebody's browsers, those of all their ids."""
        with self._database.read() as connection:
            ids = identity.ids_of(connection, self._event, person)
            query = select(_s.endpoint, _s.p256dh, _s.auth).where(
                _s.event == self._event, _s.person.in_(ids)
            )
            return [Subscription(*row) for row in connection.execute(query.order_by(_s.id))]

    def unsubscribe(self, endpoint: str) -> bool:
        """Forget a browser; returns False when it is not known."""
        gone = delete(tables.push_subscription).where(
            _s.event == self._event, _s.endpoint == endpoint
        )
        with self._database.write() as connection:
            return connection.execute(gone).rowcount > 0
