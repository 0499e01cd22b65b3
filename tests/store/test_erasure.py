"""Whoever is forgotten is gone from every table and file; what concerns others stays as it was."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

from hub.core import events as ev
from hub.core.outcome import Action, Message
from hub.core.state import Lease, Person
from hub.store import Group, Store, StoreUnavailable
from hub.store.people import NewPerson
from hub.store.rewards import RedeemDone, RedeemRefused
from tests.databases import EVENT
from tests.store.erasing import BADGE, BOB, OTHER, SHARED, TRACES, forget, found, live, row


def everything(ann: str, store: Store) -> tuple[str, ...]:
    with store.database.read() as connection:
        links = connection.execute(text("SELECT link_hash FROM registration")).scalars().all()
    return (*TRACES, ann, *links)


def test_nothing_is_left_in_any_table(store: Store) -> None:
    ann = live(store)
    traces = everything(ann, store)
    before = {place.partition(":")[0] for place in found(store, traces)}
    tables = {place.partition(".")[0] for place in before}
    assert tables == {
        "action", "alias", "command", "decision", "identity", "lease", "log", "membership",
        "message", "note", "person", "person_state", "push_subscription", "quarantine",
        "registration", "reward_code", "timer",
    }  # fmt: skip
    forget(store, ann)
    assert list(found(store, traces)) == []


def test_nothing_is_left_in_the_file(tmp_path: Path, sqlite_template: Path) -> None:
    path = tmp_path / "foyer.sqlite"
    shutil.copy(sqlite_template, path)
    with Store(f"sqlite:///{path}", EVENT) as store:
        ann = live(store)
        traces = everything(ann, store)
        assert any(trace.encode() in path.read_bytes() + wal(path) for trace in traces)
        forget(store, ann)
        store.scrub()
        assert wal(path) == b""
        data = path.read_bytes()
        assert [trace for trace in traces if trace.encode() in data] == []


def wal(path: Path) -> bytes:
    beside = path.with_name(path.name + "-wal")
    return beside.read_bytes() if beside.exists() else b""


def test_scrubbing_changes_nothing(store: Store) -> None:
    live(store)
    before, log = store.folded(), list(store.log_from())
    store.scrub()
    assert store.folded() == before
    assert list(store.log_from()) == log


def test_a_file_that_is_being_read_is_not_scrubbed(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.store.database.SCRUB_WAIT_MS", 1)
    path = tmp_path / "foyer.sqlite"
    shutil.copy(sqlite_template, path)
    url = f"sqlite:///{path}"
    with Store(url, EVENT) as store, Store(url, EVENT) as other:
        with other.database.read() as connection:
            connection.execute(text("SELECT count(*) FROM log")).scalar()
            with pytest.raises(StoreUnavailable, match="try again later"):
                store.scrub()
        with other.database.write(), pytest.raises(StoreUnavailable, match="locked"):
            store.scrub()
        store.scrub()


def test_what_concerns_others_stays(store: Store) -> None:
    ann = live(store)
    forget(store, ann)
    assert store.load_people([ann, OTHER, BOB]) == {BOB: Person(BOB)}
    assert [m.key for m in store.inbox.of(BOB)] == ["greet/bob#0"]
    assert [one.decision.key for one in store.views.decisions()] == ["greet/bob", "mood/bar"]
    assert [one.action.key for one in store.views.actions("waiting")] == ["greet/bob#0"]
    assert store.load_ids(["crm:9", "crm:crm-4711"]) == {"crm:9": BOB}
    assert store.audiences.counts() == {"guests": 1}
    assert [note.key for note in store.notes.rows()] == ["n3"]
    assert [held.badge for held in store.quarantine.rows()] == ["04BOB"]
    assert store.load_engine().leases == {SHARED: (Lease(7_000, BOB),)}
    assert store.resolve(OTHER) == OTHER


def test_codes_keep_their_numbers_without_a_person(store: Store) -> None:
    ann = live(store)
    (issued,) = (reward for reward in store.rewards.of(ann) if reward.status == "issued")
    assert [grant.index for grant in store.reserved_of(ann)] == [0, 3]
    forget(store, ann)
    assert [store.rewards.at("coffee", index) is not None for index in range(4)] == [True] * 4
    assert store.reserved_of(ann) == []
    assert store.rewards.redeem(issued.code, "bar", 30_000) == RedeemDone("coffee", 1, "")
    assert isinstance(store.rewards.redeem(issued.code, "bar", 31_000), RedeemRefused)
    (command,) = store.pending_commands()
    assert command.event == ev.Tombstone(30_000, redeemed={"coffee": 1})


def test_what_was_asked_for_and_not_seen_to(store: Store) -> None:
    ann = live(store)
    (issued,) = (reward for reward in store.rewards.of(ann) if reward.status == "issued")
    store.rewards.redeem(issued.code, "bar", 19_000)
    store.add_command("change", ev.Registered(ann, 19_500), 19_500)
    store.add_command("hand-on", ev.Leased(BADGE, BOB, 19_600), 19_600)
    store.add_command(f"erase/{ann}", ev.Erased(ann, 19_700), 19_700)
    forget(store, ann)
    assert [command.event for command in store.pending_commands()] == [
        ev.Tombstone(19_000, redeemed={"coffee": 1}),
        ev.Leased(BADGE, BOB, 19_600),
    ]
    asked = store.command_result("erase/1")
    assert asked is not None
    assert asked.done
    assert store.command_result(f"erase/{ann}") is None


def test_somebody_known_at_another_event_is_known_there(store: Store, database_url: str) -> None:
    ann = live(store)
    with Store(database_url, "other") as other:
        other.people.register(NewPerson(name="Ann Elsewhere", person=ann), 1_000)
        forget(store, ann)
        assert store.people.get(ann) is None
        there = other.people.get(ann)
        assert there is not None
        assert there.name == "Ann Elsewhere"


def test_the_short_id_of_one_is_not_in_the_long_one_of_another(store: Store) -> None:
    for person in ("7", "77", "p-1", "p-12"):
        store.commit(
            Group(
                people={person: Person(person)},
                messages=[Message(f"m/{person}", person, 7, "", "")],
                actions=[Action(f"a/{person}", "push", {}, "r", person, 7, 77)],
            )
        )
        store.add_command(f"r/{person}", ev.Registered(person, 1_777), 1)
    log = [row(pos, ev.Registered(p, 7), p) for pos, p in enumerate(("7", "77", "p-1", "p-12"), 1)]
    store.commit(Group(log=log, forgotten={"7", "p-1"}))
    assert store.person_ids_after() == ["77", "p-12"]
    assert [command.key for command in store.pending_commands()] == ["r/77", "r/p-12"]
    assert [one.person for one in store.log_from()] == [None, "77", None, "p-12"]


def test_nobody_is_forgotten_twice(store: Store) -> None:
    ann = live(store)
    forget(store, ann)
    before = list(store.log_from())
    store.commit(Group(forgotten={ann}))
    assert list(store.log_from()) == before
