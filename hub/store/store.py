"""The store is the one door to the database: the engine's path here, all else at its own desk.

One Store serves one event in one process. Reading is safe from any thread; ``commit`` belongs to
the engine's one writing thread, everything else that writes may be called from any.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from hub.core.events import Event
from hub.core.outcome import Grant
from hub.core.state import Person
from hub.store import (
    commands,
    commit,
    erasure,
    erasure_log,
    identity,
    load,
    outbox,
    rebuild,
    schema,
    tables,
)
from hub.store.accounts import Accounts
from hub.store.audiences import Audiences
from hub.store.commands import CommandResult, CommandRow
from hub.store.database import Database
from hub.store.devices import Devices
from hub.store.group import Group, LogRow, PublishedVenue
from hub.store.inbox import Inbox
from hub.store.load import EngineState, VenueVersionInfo
from hub.store.notes import Notes
from hub.store.outbox import PendingAction
from hub.store.people import People
from hub.store.quarantine import Quarantine
from hub.store.rebuild import Folded
from hub.store.rewards import Rewards
from hub.store.status import Status
from hub.store.views import Views


class Store:
    """Everything that is kept about one event.

    ``url`` is ``sqlite:///FILE`` or ``postgresql://USER:PASSWORD@HOST/NAME``.
    """

    def __init__(self, url: str, event: str) -> None:
        self.database = Database(url)
        self.event = event
        self.people = People(self.database, event)
        self.rewards = Rewards(self.database, event)
        self.inbox = Inbox(self.database, event)
        self.devices = Devices(self.database, event)
        self.accounts = Accounts(self.database, event)
        self.quarantine = Quarantine(self.database, event)
        self.status = Status(self.database, event)
        self.views = Views(self.database, event)
        self.audiences = Audiences(self.database, event)
        self.notes = Notes(self.database, event)

    def start(self, *, migrate: bool = False) -> None:
        """Open the database and check its tables, or bring them up to date first; repeatable.

        Raises:
            StoreUnavailable, StoreUnreadable: no database, or a damaged one.
            SchemaMismatch: the tables are not this version's; the text says what to do.
        """
        with ExitStack() as undo:
            undo.callback(self.database.stop)
            self.database.start()
            if migrate:
                schema.migrate(self.database)
            with self.database.read() as connection:
                schema.check(connection, self.database.where)
            undo.pop_all()

    def tidy(self) -> None:
        """Do the database's own housekeeping that would otherwise make a commit wait."""
        self.database.checkpoint()

    def scrub(self) -> None:
        """Let nothing be left in the database's files of what was deleted or overwritten in it.

        It rewrites them whole, so it takes time and room; copies and backups keep what they hold.

        Raises:
            StoreUnavailable: the database has gone away, or another process is using it just now.
        """
        self.database.scrub(tables.METADATA.tables)

    def stop(self) -> None:
        """Close every connection; repeatable."""
        self.database.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    # The engine's path: one writing thread.

    def commit(self, group: Group) -> None:
        """Write everything of ``group`` in one transaction.

        Of those in ``group.forgotten``, and of all who were merged into them, nothing is left.

        Decisions, actions and messages whose key is there already are left alone: they are
        deterministic, so writing them twice is harmless.

        Raises:
            StoreConflict: a log key, log position or venue version is there already.
            StoreRefused: a value cannot be held, such as a NUL in a key on PostgreSQL.
            StoreUnavailable: the database has gone away. In both cases nothing was written.
        """
        with self.database.write() as connection:
            commit.write(connection, self.event, group)

    def known_keys(self, keys: Collection[str]) -> set[str]:
        """Return those of ``keys`` that are in the log."""
        with self.database.read() as connection:
            return load.known_keys(connection, self.event, keys)

    def load_people(self, ids: Collection[str]) -> dict[str, Person]:
        """Return the state of those of ``ids`` that have any."""
        with self.database.read() as connection:
            return load.people(connection, self.event, ids)

    def load_engine(self) -> EngineState:
        """Return all that an engine needs to go on, but the people."""
        with self.database.read() as connection:
            return load.engine_state(connection, self.event)

    def last_pos(self) -> int:
        """Return the newest position in the log, 0 when it is empty."""
        with self.database.read() as connection:
            return load.last_pos(connection, self.event)

    def venue_at(self, at_ms: int | None = None) -> PublishedVenue | None:
        """Return the version of the venue in force at an instant, or now."""
        with self.database.read() as connection:
            return load.latest_venue(connection, self.event, at_ms)

    def log_from(self, after_pos: int = 0, limit: int | None = None) -> Iterator[LogRow]:
        """Yield log rows in order, at most ``limit``, from the one after ``after_pos``.

        They are read a page at a time, so no transaction stays open between them.
        """
        left = limit
        while left is None or left > 0:
            rows = load.LOG_PAGE_ROWS if left is None else min(left, load.LOG_PAGE_ROWS)
            with self.database.read() as connection:
                page = load.log_page(connection, self.event, after_pos, rows)
            if not page:
                return
            yield from page
            after_pos = page[-1].pos
            left = None if left is None else left - len(page)

    def venue_version(self, version: int) -> PublishedVenue | None:
        """Return one version of the venue."""
        with self.database.read() as connection:
            return load.venue_version(connection, self.event, version)

    def venue_versions(self) -> list[VenueVersionInfo]:
        """Return every version of the venue that was ever in force, newest first."""
        with self.database.read() as connection:
            return load.venue_versions(connection, self.event)

    def log_of(self, ids: str | Collection[str], until_ms: int | None = None) -> list[LogRow]:
        """Return the log rows written under these ids, those up to and at ``until_ms``, in order.

        Rows keep the id of their event; for all of a person ask for their :meth:`aliases_of`.
        """
        raw = [ids] if isinstance(ids, str) else ids
        with self.database.read() as connection:
            return load.log_of(connection, self.event, raw, until_ms)

    def resolve(self, person: str) -> str:
        """Return as whom somebody is known now: themselves when they were not merged."""
        with self.database.read() as connection:
            return identity.resolve(connection, self.event, person)

    def aliases_of(self, person: str) -> set[str]:
        """Return all ids of whoever ``person`` is known as now, that one included."""
        with self.database.read() as connection:
            return set(identity.ids_of(connection, self.event, person))

    def load_ids(self, keys: Collection[str]) -> dict[str, str]:
        """Return those of ``keys`` (``kind:value``) that belong to somebody, and to whom now."""
        with self.database.read() as connection:
            return identity.holders(connection, self.event, keys)

    def person_ids_after(self, after: str = "", limit: int = 500) -> list[str]:
        """Return people with state, ascending in the database's order, from the one after.

        Somebody who was merged is left out. Two databases may sort differently.
        """
        with self.database.read() as connection:
            return load.person_ids(connection, self.event, after, limit)

    def count_people(self) -> int:
        """Return how many people have state at this event, those who were merged not counted."""
        with self.database.read() as connection:
            return load.count_people(connection, self.event)

    def reserved_of(self, person: str) -> list[Grant]:
        """Return the rewards that are on their way to somebody: reserved, and not delivered yet."""
        with self.database.read() as connection:
            ids = identity.ids_of(connection, self.event, person)
            return erasure.reserved_of(connection, self.event, ids)

    def last_erasure_pos(self) -> int:
        """Return the position of the newest erasure in the log, 0 when there was none.

        What was decided about places before it is not decided again: :func:`rebuild.is_settled`.
        """
        with self.database.read() as connection:
            return erasure_log.last_pos(connection, self.event)

    def reset_state(self) -> None:
        """Empty what the log can fill again: state, venues, identities, audiences and decisions.

        Decisions about places stay that were made before somebody was erased.
        The log, positions, codes, people, quarantine and commands stay. So do actions,
        messages and notes: they have gone out, and replaying the log leaves alone what is there.
        """
        with self.database.write() as connection:
            rebuild.reset(connection, self.event)

    def refill_state(self, groups: Iterable[Group]) -> None:
        """Empty what the log can fill again and write ``groups`` instead, in one transaction.

        The groups may be made while they are written: reading the log meanwhile is possible.
        """
        with self.database.write() as connection:
            rebuild.refill(connection, self.event, groups)

    def folded(self) -> Folded:
        """Return all that the log can fill again; everybody is read into memory."""
        with self.database.read() as connection:
            return rebuild.folded(connection, self.event)

    # Commands: how every other process asks for a change.

    def add_command(self, key: str, event_body: Event, at_ms: int) -> bool:
        """Leave a command for the engine; returns False when one with that key was left before."""
        with self.database.write() as connection:
            return commands.add(connection, self.event, key, event_body, at_ms)

    def pending_commands(self, after_id: int = 0, limit: int = 500) -> list[CommandRow]:
        """Return the unsettled commands in order, from the one after number ``after_id``."""
        with self.database.read() as connection:
            return commands.waiting(connection, self.event, after_id, limit)

    def command_result(self, key: str) -> CommandResult | None:
        """Return how far a command is, or None when there is none of that key."""
        with self.database.read() as connection:
            return commands.result(connection, self.event, key)

    # The dispatcher's path.

    def actions_to_deliver(self, now_ms: int, limit: int) -> list[PendingAction]:
        """Return actions that are waiting and due, or whose lease has run out; oldest first."""
        with self.database.read() as connection:
            return outbox.to_deliver(connection, self.event, now_ms, limit)

    def actions_waiting_of(self, person: str) -> list[PendingAction]:
        """Return what waits to be sent to somebody, held or to be tried again; oldest first."""
        with self.database.read() as connection:
            ids = identity.ids_of(connection, self.event, person)
            return outbox.waiting_of(connection, self.event, ids)

    def next_action_due_ms(self) -> int | None:
        """Return the earliest instant at which an action may be leased; it may be past."""
        with self.database.read() as connection:
            return outbox.next_due_ms(connection, self.event)

    def lease(self, keys: Collection[str], owner: str, until_ms: int, now_ms: int) -> set[str]:
        """Lease actions that are free, or prolong one's own; returns what ``owner`` holds now."""
        with self.database.write() as connection:
            return outbox.lease(connection, self.event, keys, owner, until_ms, now_ms)

    def unlease(self, owner: str) -> int:
        """Let go of everything that ``owner`` has leased; returns how many."""
        with self.database.write() as connection:
            return outbox.unlease(connection, self.event, owner)

    def replay_action(self, key: str, now_ms: int, valid_ms: int) -> bool:
        """Start a dead, dropped or expired action again, with ``valid_ms`` to be delivered.

        Returns False when there is no such action, or it came to no bad end.

        Raises:
            RewardReturned: it is a reward; its number may be somebody else's by now.
        """
        with self.database.write() as connection:
            return outbox.replay(connection, self.event, key, now_ms, valid_ms)
