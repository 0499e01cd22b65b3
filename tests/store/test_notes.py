"""Notes wait until somebody has read them; effects of a decision are kept as they were made."""

import pytest

from hub.core.outcome import Action, Decision, Note, Outcome
from hub.store import Group, PublishedVenue, Store, StoreRefused
from hub.store.load import VenueVersionInfo


def test_notes_are_kept_once_and_read_once(store: Store) -> None:
    group = Group()
    group.add(Outcome(notes=(Note("n1", 5, "First"), Note("n2", 6, "Second", "text", "r", "ann"))))
    store.commit(group)
    store.commit(Group(notes=[Note("n1", 9, "Again")]))
    second, first = store.notes.rows()
    assert (first.key, first.title, first.at_ms, first.read_ms) == ("n1", "First", 5, None)
    assert (second.text, second.rule, second.person) == ("text", "r", "ann")
    assert store.notes.mark_read([first.id, 99], "eva", 10) == 1
    assert store.notes.mark_read([first.id], "dora", 11) == 0
    assert store.notes.rows(unread=True) == [second]
    assert store.notes.count_unread() == 1
    (read,) = store.notes.rows(before_id=second.id)
    assert (read.read_ms, read.read_by) == (10, "eva")
    assert store.notes.mark_read([], "eva", 12) == 0


def test_the_oldest_notes_make_room(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.store.notes.KEPT_ROWS_MAX", 2)
    store.commit(Group(notes=[Note(f"n{n}", n, "") for n in range(4)]))
    assert [note.key for note in store.notes.rows()] == ["n3", "n2"]


def test_an_action_that_is_held_waits_and_keeps_what_it_needs(store: Store) -> None:
    held = Action(
        "a1", "push", {}, "greet", "ann", 1_000, 90_000, "push", not_before_ms=6_000,
        needs=("night", "offers"),
    )  # fmt: skip
    now = Action("a2", "push", {}, "greet", "ann", 1_000, 90_000)
    later = Group(
        actions=[held, now], lease_owner="one", lease_until_ms=5_000, not_before_ms={"a2": 7_000}
    )
    store.commit(later)
    assert store.actions_to_deliver(5_999, 10) == []
    (due,) = store.actions_to_deliver(6_000, 10)
    assert (due.action, due.status, due.not_before_ms) == (held, "waiting", 6_000)
    assert store.next_action_due_ms() == 6_000


def test_why_in_which_arm_and_where(store: Store) -> None:
    made = Decision("d", "r", 1, "ann", None, 1, "shadow", "so", "cap", "b", pos=7)
    store.commit(Group(decisions=[made]))
    assert store.views.decisions()[0].decision == made
    with store.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT because, arm, pos FROM decision").all()
    assert [tuple(row) for row in rows] == [("cap", "b", 7)]


def test_versions_of_the_venue(store: Store) -> None:
    for version in (1, 2):
        store.commit(Group(venue=PublishedVenue(version, f'"{version}"', version * 100, "eva")))
    assert store.venue_versions() == [
        VenueVersionInfo(2, 200, "eva"),
        VenueVersionInfo(1, 100, "eva"),
    ]
    assert store.venue_version(1) == PublishedVenue(1, '"1"', 100, "eva")
    assert store.venue_version(3) is None


def test_an_id_that_cannot_be_held(store: Store) -> None:
    with pytest.raises(StoreRefused, match="NUL"):
        store.commit(Group(identities={"crm:\0": "ann"}))


def test_a_badge_without_leases_is_forgotten(store: Store) -> None:
    store.commit(Group(leases={"b1": ()}))
    assert store.load_engine().leases == {}
