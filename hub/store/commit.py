"""A group is written whole, each kind of row as one statement, in one transaction.

The order matters in three places: rewards are reserved before the actions that carry them are
settled, actions exist before they are settled, and whoever is to be forgotten is forgotten last.
"""

from typing import Final

import msgspec
from sqlalchemy import Connection

from hub.core.outcome import Action, Decision
from hub.store import audiences, bulk, codes, erasure, identity, notes, quarantine, tables
from hub.store.errors import StoreRefused
from hub.store.group import Group

_json = msgspec.json.Encoder()

_log = bulk.insert(
    tables.log, ("event", "pos", "key", "person", "kind", "at_ms", "recorded_ms", "body")
)
_people = bulk.upsert(tables.person_state, ("event", "person", "place", "since_ms", "body"))
_zones = bulk.upsert(tables.zone_state, ("event", "zone", "present", "body"))
_pools = bulk.upsert(tables.pool_state, ("event", "pool", "body"))
_leases = bulk.upsert(tables.lease, ("event", "badge", "person", "from_ms", "history"))
_leases_gone = bulk.delete(tables.lease, ("event", "badge"))
_timers = bulk.upsert(tables.timer, ("event", "key", "due_ms", "person", "body"))
_timers_gone = bulk.delete(tables.timer, ("event", "key"))
_streams = bulk.upsert(tables.stream, ("event", "edge", "stream", "upto", "ranges"))
_venue = bulk.insert(tables.venue, ("event", "version", "document", "at_ms", "by"))
_decisions = bulk.insert_new(
    tables.decision,
    (
        "event",
        "key",
        "rule",
        "person",
        "place",
        "at_ms",
        "outcome",
        "because",
        "arm",
        "pos",
        "body",
    ),
    ("event", "key"),
)
_ACTION_COLUMNS: Final = (
    "event", "key", "connector", "rule", "person", "cause_ms", "expires_ms", "body",
    "status", "not_before_ms", "lease_owner", "lease_until_ms", "attempts", "replays",
)  # fmt: skip
_actions = bulk.insert_new(tables.action, _ACTION_COLUMNS, ("event", "key"))
_settled = bulk.update(
    tables.action,
    ("status", "detail", "settled_ms", "lease_owner"),
    ("event", "key"),
    "action.status IN ('waiting', 'leased')",
)
_retries = bulk.update(
    tables.action,
    ("status", "attempts", "not_before_ms", "detail", "lease_owner"),
    ("event", "key"),
    "action.status IN ('waiting', 'leased')",
)
_messages = bulk.insert_new(
    tables.message,
    ("event", "key", "person", "at_ms", "title", "text", "reward_pool", "reward_index"),
    ("event", "key"),
)
_commands_done = bulk.update(tables.command, ("done", "error"), ("event", "id"))


def write(connection: Connection, event: str, group: Group) -> None:
    """Write everything of ``group`` inside the caller's transaction.

    Raises:
        sqlalchemy.exc.IntegrityError: a log key, log position or venue version is there already.
        StoreRefused: a NUL in a log key, a badge or an id: PostgreSQL cannot hold it, and SQLite
            holds it without finding it again.
    """
    keys = (*(row.key for row in group.log), *group.leases, *group.identities)
    if any("\0" in key for key in keys):
        raise StoreRefused("a NUL cannot be part of a log key, of a badge or of an id")
    before = erasure.look(connection, event, group.forgotten)
    _write_incoming(connection, event, group)
    _write_state(connection, event, group)
    _write_effects(connection, event, group)
    erasure.erase(connection, event, group.forgotten, before)


def _write_incoming(connection: Connection, event: str, group: Group) -> None:
    _log.run(
        connection,
        [
            (event, r.pos, r.key, r.person, r.kind, r.at_ms, r.recorded_ms, r.body)
            for r in group.log
        ],
    )
    _streams.run(
        connection,
        [
            (event, edge, stream, position.upto, _json.encode(position.ranges))
            for (edge, stream), position in group.streams.items()
        ],
    )
    if group.quarantine:
        quarantine.write(connection, event, group.quarantine)
    _commands_done.run(
        connection, [(True, error, event, number) for number, error in group.commands_done]
    )


def _write_state(connection: Connection, event: str, group: Group) -> None:
    encode = _json.encode
    if group.venue is not None:
        v = group.venue
        _venue.run(connection, [(event, v.version, v.document, v.at_ms, v.by)])
    _people.run(
        connection,
        [(event, p.id, p.place, p.since_ms, encode(p)) for p in group.people.values()],
    )
    _zones.run(connection, [(event, z.id, len(z.present), encode(z)) for z in group.zones.values()])
    _pools.run(connection, [(event, p.id, encode(p)) for p in group.pools.values()])
    _leases.run(
        connection,
        [
            (event, badge, leases[-1].person, leases[-1].from_ms, encode(leases))
            for badge, leases in group.leases.items()
            if leases
        ],
    )
    _leases_gone.run(connection, [(event, badge) for badge, ls in group.leases.items() if not ls])
    _timers.run(
        connection,
        [(event, t.key, t.due_ms, t.person, encode(t)) for t in group.timers.values() if t],
    )
    _timers_gone.run(connection, [(event, key) for key, t in group.timers.items() if t is None])
    identity.write(connection, event, group)
    audiences.write(connection, event, group)


def _write_effects(connection: Connection, event: str, group: Group) -> None:
    _decisions.run(connection, [_decision(event, decision) for decision in group.decisions])
    _actions.run(connection, [_action(event, group, action) for action in group.actions])
    _messages.run(
        connection,
        [
            (event, m.key, m.person, m.at_ms, m.title, m.text, m.reward_pool, m.reward_index)
            for m in group.messages
        ],
    )
    if group.grants or group.released:
        codes.write_grants(connection, event, group.grants, group.released)
    _retries.run(
        connection,
        [
            ("waiting", r.attempts, r.not_before_ms, r.error, None, event, r.key)
            for r in group.retries
        ],
    )
    _settled.run(
        connection, [(s.outcome, s.detail, s.at_ms, None, event, s.key) for s in group.settled]
    )
    codes.issue_settled(connection, event, group.settled)
    if group.notes:
        notes.write(connection, event, group.notes)


def _decision(event: str, d: Decision) -> tuple[object, ...]:
    return (
        event, d.key, d.rule, d.person, d.place, d.at_ms, d.outcome, d.because, d.arm, d.pos,
        _json.encode(d),
    )  # fmt: skip


def _action(event: str, group: Group, action: Action) -> tuple[object, ...]:
    not_before_ms = group.not_before_ms.get(action.key, action.not_before_ms)
    leased = group.lease_owner is not None and not not_before_ms
    return (
        event, action.key, action.connector, action.rule, action.person,
        action.cause_ms, action.expires_ms, _json.encode(action),
        "leased" if leased else "waiting", not_before_ms,
        group.lease_owner if leased else None, group.lease_until_ms if leased else 0, 0, 0,
    )  # fmt: skip
