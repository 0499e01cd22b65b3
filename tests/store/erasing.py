"""Somebody who has left something in every table, and a search for it in all of them."""

from collections.abc import Iterator

import msgspec
from sqlalchemy import inspect

from hub.core import events as ev
from hub.core.outcome import Action, Decision, Grant, Message, Note
from hub.core.state import Lease, Person, Pool, Timer
from hub.store import Group, LogRow, QuarantineRow, SettledRow, Store
from hub.store.inbox import Subscription
from hub.store.people import NewPerson

OTHER = "p-walk-in-77"
BOB = "p-bob-11"
BADGE, SHARED = "04ANNBADGE", "04SHARED"
TRACES = (
    "Ann Erasable", "ann@erasable.example", "+49 30 5550123", BADGE, "Erasable Ltd", "crm-4711",
    "anns-endpoint", OTHER,
)  # fmt: skip
_json = msgspec.json.Encoder()


def row(pos: int, event: ev.Event, person: str | None = None, key: str = "") -> LogRow:
    """Return the log row of an event."""
    tag = event.__struct_config__.tag
    at_ms = event.at_ms
    return LogRow(pos, key or f"k{pos}", person, str(tag), at_ms, at_ms + 5, _json.encode(event))


def decision(key: str, person: str | None, pos: int) -> Decision:
    """Return a decision that fired."""
    return Decision(key, "greet", 1, person, "bar", pos * 1_000, "fired", "so", pos=pos)


def gift(key: str, person: str, index: int, at_ms: int) -> tuple[Message, Grant, Action]:
    """Return what giving a reward leaves."""
    body = {"person": person, "pool": "coffee", "index": index}
    return (
        Message(key, person, at_ms, "A coffee", f"for {person}", "coffee", index),
        Grant("coffee", index, person, key, at_ms),
        Action(key, "reward", body, "greet", person, at_ms, at_ms + 9_000),
    )


def live(store: Store) -> str:
    """Let Ann, who was a walk-in first, do everything; returns her id."""
    new = NewPerson(
        name="Ann Erasable", email="ann@erasable.example", phone="+49 30 5550123",
        company="Erasable Ltd", source_key="crm-4711",
    )  # fmt: skip
    ann = store.people.register(new, 1_000).person
    for command in store.pending_commands():
        store.commit(Group(commands_done=[(command.id, None)]))
    store.commit(_incoming(ann))
    store.commit(_effects(ann))
    store.inbox.subscribe(ann, Subscription("https://push.example/anns-endpoint", "k", "a"), 1_000)
    return ann


def _incoming(ann: str) -> Group:
    unknown = ev.Tapped(BADGE, "bar", 12_000)
    return Group(
        log=[
            row(1, ev.VenuePublished(1, 500, "{}")),
            row(2, ev.Registered(ann, 2_000, {"name": "Ann Erasable"}), ann, f"register/{ann}"),
            row(3, ev.Registered(BOB, 3_000), BOB),
            row(4, ev.Leased(BADGE, OTHER, 4_000), OTHER),
            row(5, ev.Leased(SHARED, ann, 5_000), ann),
            row(6, ev.Merged(ann, OTHER, 6_000), ann),
            row(7, ev.Leased(SHARED, BOB, 7_000), BOB),
            row(8, ev.Tapped(BADGE, "bar", 8_000), OTHER),
            row(9, ev.Swept("at-noon", 9_000, [BOB, ann]), None),
            row(10, ev.Settled(f"greet/{ann}#0", "dead", 10_000, "", ann, "coffee", 0), ann),
            row(11, ev.Redeemed(ann, "coffee", 1, 11_000), ann),
            row(12, ev.Leased(BADGE, None, 12_000), None),
            row(13, ev.Unmerged(BOB, ann, 13_000), BOB),
            row(14, ev.Tapped(SHARED, "bar", 14_000), BOB),
        ],
        people={
            ann: Person(ann, attributes={"name": "Ann Erasable"}, place="bar", since_ms=8_000),
            BOB: Person(BOB),
        },
        pools={"coffee": Pool("coffee", 9, 4)},
        leases={
            BADGE: (Lease(4_000, OTHER), Lease(12_000, None)),
            SHARED: (Lease(5_000, ann), Lease(7_000, BOB)),
        },
        quarantine=[
            QuarantineRow("tap", "pi", "nobody holds it", _json.encode(unknown), 1, BADGE),
            QuarantineRow("crm", "", "no name: ann@erasable.example", b"{}", 1),
            QuarantineRow("taps", "pi", "not readable", b"\xff04BOB", 1, "04BOB"),
        ],
    )


def _effects(ann: str) -> Group:
    gifts = [
        gift(f"greet/{ann}#0", ann, 0, 2_000),
        gift(f"greet/{OTHER}/8000#0", OTHER, 1, 8_000),
        gift(f"greet/{OTHER}/8000#0#0.1", OTHER, 3, 8_000),
        gift("greet/bob#0", BOB, 2, 3_000),
    ]
    return Group(
        decisions=[
            decision(f"greet/{ann}", ann, 2),
            decision("greet/bob", BOB, 3),
            decision(f"greet/{OTHER}/8000", OTHER, 8),
            decision("mood/bar", None, 8),
        ],
        messages=[message for message, _, _ in gifts],
        grants=[grant for _, grant, _ in gifts],
        actions=[action for _, _, action in gifts],
        settled=[SettledRow(f"greet/{OTHER}/8000#0", "done", "Ann Erasable was told", 9_000)],
        timers={f"t/{ann}": Timer(f"t/{ann}", 99_000, "stay", "greet", ann)},
        identities={"crm:crm-4711": ann, "email:ann@erasable.example": OTHER, "crm:9": BOB},
        aliases={OTHER: ann},
        memberships={("guests", ann): 2_000, ("guests", BOB): 3_000},
        notes=[
            Note("n1", 1, "Too many", "crm-4711 would join too many"),
            Note("n2", 1, "Hello", "", None, OTHER),
            Note("n3", 1, "Hello", "Bob", None, BOB),
        ],
    )


def forget(store: Store, ann: str) -> None:
    """Erase Ann, as the engine does at a command's request."""
    at_ms, pos = 20_000, store.last_pos() + 1
    store.add_command("erase/1", ev.Erased(ann, at_ms), at_ms)
    (command,) = (one for one in store.pending_commands() if one.key == "erase/1")
    store.commit(
        Group(
            log=[row(pos, ev.Erased(ann, at_ms), ann, f"erase/{ann}")],
            people={ann: Person(ann)},
            commands_done=[(command.id, None)],
            forgotten={ann},
        )
    )


def found(store: Store, words: tuple[str, ...]) -> Iterator[str]:
    """Yield where in the database any of ``words`` is."""
    needles = [form for word in words for form in (word.encode(), word.lower().encode())]
    with store.database.read() as connection:
        for table in inspect(connection).get_table_names():
            for line in connection.exec_driver_sql(f'SELECT * FROM "{table}"').mappings():  # noqa: S608
                for column, value in line.items():
                    data = bytes(value) if isinstance(value, bytes) else str(value).encode()
                    yield from (
                        f"{table}.{column}: {needle!r}" for needle in needles if needle in data
                    )
