"""What a source says again changes only what it says differently; said the same, it costs no event.

What a source has said of somebody stands in the log, under keys that begin with its own key for
them, and before the engine has taken it in the commands. What somebody changed since by themselves
is theirs: a source that repeats itself does not undo it.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from typing import Final, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, select, update

from hub.core import events as ev
from hub.core.state import Lease
from hub.store import bulk, commands, identity, people, quarantine, tables
from hub.store.database import Database
from hub.store.group import QuarantineRow
from hub.store.people import NewPerson

CHANGES_MAX: Final = 1_000
"""Most times that one source may say the same of somebody, with something else in between."""
DIGEST_BYTES: Final = 12

Came = Literal["new", "updated", "unchanged", "refused"]

_event = msgspec.json.Decoder(ev.Event)
_json = msgspec.json.Encoder(order="deterministic")
_history = msgspec.json.Decoder(tuple[Lease, ...])
_r = tables.registration.c
_c = tables.command.c
_l = tables.log.c
_q = tables.quarantine.c
_known = bulk.Lookup(
    tables.registration, ("source_key", "person", "name", "email", "phone", "company"), "source_key"
)
_leases = bulk.Lookup(tables.lease, ("badge", "person", "history"), "badge")


class Outcome(Struct, frozen=True):
    """What came, or would come, of one record; ``person`` is empty for somebody who is not yet."""

    came: Came
    person: str = ""
    link_token: str | None = None
    reason: str = ""


class _Known(Struct, frozen=True):
    """Somebody as a source's last record left them."""

    person: str
    row: tuple[str | None, ...]
    said: ev.Registered
    last_key: str


class DeskImport:
    """Takes records of sources in, at one event."""

    def __init__(self, database: Database, event: str) -> None:
        self._database = database
        self._event = event

    def plan(self, new: Sequence[NewPerson], at_ms: int) -> list[Outcome]:
        """Say what would come of each record; nothing is written."""
        with self._database.read() as connection:
            return self._each(connection, new, at_ms, write=False)

    def take(self, new: Sequence[NewPerson], at_ms: int) -> list[Outcome]:
        """Take all records in one transaction; the engine is asked for the rest by commands.

        Doing it again changes nothing. A badge that somebody else holds refuses its record.
        """
        with self._database.write() as connection:
            commands.take_turn(connection, self._event)
            return self._each(connection, new, at_ms, write=True)

    def people_of(self, source_keys: Collection[str]) -> dict[str, str]:
        """Return for those source keys that are known as whom they are known now."""
        with self._database.read() as connection:
            rows = _known.rows(connection, self._event, source_keys)
            found = {str(row[0]): str(row[1]) for row in rows}
            ends = identity.resolve_all(connection, self._event, set(found.values()))
        return {key: ends[person] for key, person in found.items()}

    def hold(self, rows: Sequence[QuarantineRow]) -> int:
        """Put refused records into the quarantine, those that are held already once; how many."""
        with self._database.write() as connection:
            query = select(_q.source, _q.payload).where(
                _q.event == self._event,
                _q.status == "held",
                _q.payload.in_([row.payload for row in rows]),
            )
            held = {(str(source), bytes(body)) for source, body in connection.execute(query)}
            fresh = [row for row in rows if (row.source, row.payload) not in held]
            quarantine.write(connection, self._event, fresh)
        return len(fresh)

    def _each(
        self, connection: Connection, new: Sequence[NewPerson], at_ms: int, *, write: bool
    ) -> list[Outcome]:
        known = self._known(connection, [str(one.source_key) for one in new])
        held = self._held(connection, [one.badge for one in new if one.badge is not None])
        found = []
        for one in new:
            before = known.get(str(one.source_key))
            came = self._one(connection, one, before, held, at_ms, write=write)
            found.append(came)
        return found

    def _one(
        self,
        connection: Connection,
        new: NewPerson,
        before: _Known | None,
        held: dict[str, tuple[str | None, set[str]]],
        at_ms: int,
        *,
        write: bool,
    ) -> Outcome:
        holder, holders = held.get(new.badge or "", (None, set()))
        mine = identity.resolve(connection, self._event, before.person) if before else ""
        if new.badge and holder not in {None, mine}:
            return Outcome("refused", mine, reason="somebody else holds that badge")
        if before is None:
            if not write:
                return Outcome("new")
            made = people.register(connection, self._event, new, at_ms)
            return Outcome("new", made.person, made.link_token)
        lent = bool(new.badge) and mine not in holders and not self._is_being_lent(connection, new)
        changed = self._change(connection, new, before, at_ms, write=write)
        if lent and write:
            key = f"lease/{new.source_key}#{new.badge}"
            body = ev.Leased(str(new.badge), before.person, at_ms)
            lent = commands.add(connection, self._event, key, body, at_ms)
        return Outcome("updated" if changed or lent else "unchanged", mine)

    def _is_being_lent(self, connection: Connection, new: NewPerson) -> bool:
        """Whether the badge that came with the first record is still on its way to them."""
        first = commands.result(connection, self._event, f"lease/{new.source_key}")
        return first is not None and not first.done

    def _change(
        self, connection: Connection, new: NewPerson, before: _Known, at_ms: int, *, write: bool
    ) -> bool:
        row = (new.name, new.email, new.phone, new.company)
        columns = dict(zip(("name", "email", "phone", "company"), row, strict=True))
        other = [name for (name, now), was in zip(columns.items(), before.row, strict=True)
                 if now is not None and now != was]  # fmt: skip
        event = _said_differently(new, before, at_ms)
        if event is not None and write:
            self._leave(connection, new, event, before, at_ms)
        if other and write:
            mine = (_r.event == self._event, _r.person == before.person)
            values = {name: columns[name] for name in other}
            connection.execute(update(tables.registration).where(*mine).values(**values))
        return bool(other) or event is not None

    def _leave(
        self,
        connection: Connection,
        new: NewPerson,
        event: ev.Registered,
        before: _Known,
        at_ms: int,
    ) -> None:
        """Ask the engine, under a key that is the same whoever brings the same record when."""
        whole = (new.attributes, new.consents, new.ids, before.last_key)
        digest = hashlib.blake2b(_json.encode(whole), digest_size=DIGEST_BYTES).hexdigest()
        first = f"register/{new.source_key}#{digest}"
        for number in range(CHANGES_MAX):
            key = f"{first}~{number}" if number else first
            if commands.add(connection, self._event, key, event, at_ms):
                return
            result = commands.result(connection, self._event, key)
            if result is not None and not result.done:
                return

    def _known(self, connection: Connection, source_keys: list[str]) -> dict[str, _Known]:
        rows = list(_known.rows(connection, self._event, source_keys))
        said = self._said(connection, {str(row[1]): str(row[0]) for row in rows})
        return {
            str(row[0]): _Known(str(row[1]), tuple(row[2:]), *said[str(row[1])]) for row in rows
        }

    def _said(
        self, connection: Connection, keys: dict[str, str]
    ) -> dict[str, tuple[ev.Registered, str]]:
        """What sources have said of people so far, put together; person to source key is given."""
        together = {person: (ev.Registered(person, 0), "") for person in keys}
        if not keys:
            return together
        for key, body in (*self._logged(connection, keys), *self._waiting(connection)):
            event = _event.decode(body)
            if isinstance(event, ev.Registered) and event.person in keys:
                plain = f"register/{keys[event.person]}"
                if key == plain or key.startswith(f"{plain}#"):
                    before = together[event.person][0]
                    together[event.person] = (_and_then(before, event), key)
        return together

    def _logged(
        self, connection: Connection, persons: Iterable[str]
    ) -> list[tuple[str, bytes]]:  # fmt: skip
        query = select(_l.key, _l.body).where(
            _l.event == self._event, _l.person.in_(list(persons)), _l.kind == "registered"
        )
        return [(str(key), bytes(body)) for key, body in
                connection.execute(query.order_by(_l.pos))]  # fmt: skip

    def _waiting(self, connection: Connection) -> list[tuple[str, bytes]]:
        query = select(_c.key, _c.body).where(
            _c.event == self._event, _c.done.is_(False), _c.key.startswith("register/")
        )
        return [(str(key), bytes(body)) for key, body in
                connection.execute(query.order_by(_c.id))]  # fmt: skip

    def _held(
        self, connection: Connection, badges: list[str]
    ) -> dict[str, tuple[str | None, set[str]]]:
        """Badge to who holds it now, and to all who ever did, as they are known now."""
        found = {}
        for badge, holder, body in _leases.rows(connection, self._event, badges):
            ever = {lease.person for lease in _history.decode(bytes(body)) if lease.person}
            ends = identity.resolve_all(connection, self._event, ever | {holder or ""})
            now = ends[str(holder)] if holder else None
            found[str(badge)] = (now, {ends[one] for one in ever})
        return found


def _said_differently(new: NewPerson, before: _Known, at_ms: int) -> ev.Registered | None:
    """What a record says that its source has not said before; None when nothing."""
    said = before.said
    attributes = {
        name: value
        for name, value in new.attributes.items()
        if name not in said.attributes or said.attributes[name] != value
    }
    consents = None if new.consents is None else sorted(set(new.consents))
    consents = None if consents == said.consents else consents
    ids = {
        kind: fresh
        for kind, values in new.ids.items()
        if (fresh := [one for one in values if one not in said.ids.get(kind, ())])
    }
    if not attributes and consents is None and not ids:
        return None
    return ev.Registered(before.person, at_ms, attributes, consents, ids, new.source)


def _and_then(before: ev.Registered, later: ev.Registered) -> ev.Registered:
    kinds = {**before.ids, **later.ids}
    ids = {kind: [*before.ids.get(kind, ()), *later.ids.get(kind, ())] for kind in kinds}
    return replace(
        before,
        attributes=before.attributes | later.attributes,
        consents=before.consents if later.consents is None else later.consents,
        ids=ids,
    )
