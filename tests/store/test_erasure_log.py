"""The log keeps every position; a tombstone says what the event did to pools, and no more."""

import msgspec

from hub.core import events as ev
from hub.core.outcome import Decision
from hub.core.state import Lease
from hub.store import Group, LogRow, Store
from hub.store.rebuild import is_settled
from hub.store.views_web import WebReads
from tests.store.erasing import BOB, OTHER, SHARED, decision, forget, gift, live, row

_event = msgspec.json.Decoder(ev.Event)


def test_rows_become_tombstones(store: Store) -> None:
    ann = live(store)
    before = list(store.log_from())
    forget(store, ann)
    after = list(store.log_from())
    assert [one.pos for one in after] == list(range(1, 16))
    events = {one.pos: _event.decode(one.body) for one in after}
    assert events[2] == ev.Tombstone(2_000, {"coffee": [0]})
    assert events[8] == ev.Tombstone(8_000, {"coffee": [1, 3]})
    assert events[10] == ev.Tombstone(10_000, returned={"coffee": [0]})
    assert events[11] == ev.Tombstone(11_000, redeemed={"coffee": 1})
    assert all(events[pos] == ev.Tombstone(pos * 1_000) for pos in (4, 6, 12, 13))
    assert events[5] == ev.Leased(SHARED, None, 5_000)
    assert events[9] == ev.Swept("at-noon", 9_000, [BOB])
    assert events[15] == ev.Erased("", 20_000)
    assert [after[pos - 1] for pos in (1, 3, 7, 14)] == [before[pos - 1] for pos in (1, 3, 7, 14)]


def test_a_tombstone_keeps_its_instant_and_no_more(store: Store) -> None:
    ann = live(store)
    forget(store, ann)
    (eighth,), (erased,) = store.log_from(7, limit=1), store.log_from(14)
    stone = ev.Tombstone(8_000, {"coffee": [1, 3]})
    assert eighth == LogRow(
        8, "tombstone/8", None, "tombstone", 8_000, 8_000, msgspec.json.encode(stone)
    )
    assert (erased.key, erased.person, erased.kind) == ("erased/15", None, "erased")
    assert store.last_erasure_pos() == 15


def test_what_an_event_of_others_gave_is_with_the_row_before(store: Store) -> None:
    message, grant, _ = gift("noon/ann#0", "ann", 5, 9_000)
    log = [
        row(1, ev.Registered("ann", 1_000), "ann"),
        row(2, ev.Swept("noon", 2_000, ["ann", "bob"])),
        row(3, ev.Registered("ann", 3_000), "ann"),
    ]
    made = [decision("noon/ann", "ann", 2)]
    store.commit(Group(log=log, decisions=made, messages=[message], grants=[grant]))
    store.commit(Group(forgotten={"ann"}))
    assert [_event.decode(one.body) for one in store.log_from()] == [
        ev.Tombstone(1_000, {"coffee": [5]}),
        ev.Swept("noon", 2_000, ["bob"]),
        ev.Tombstone(3_000),
    ]


def test_a_decision_that_does_not_say_where_it_stands(store: Store) -> None:
    log = [row(pos, ev.Registered("ann", pos * 1_000), "ann") for pos in (1, 2, 3)]
    gifts = [gift(f"noon/ann/{n}#0", "ann", n, n * 2_000) for n in (1, 2)]
    made = [Decision("noon/ann/1", "noon", 1, "ann", None, 2_000, "fired", "so")]
    store.commit(Group(log=log, decisions=made, grants=[grant for _, grant, _ in gifts]))
    store.commit(Group(messages=[message for message, _, _ in gifts]))
    store.commit(Group(forgotten={"ann"}))
    assert [_event.decode(one.body) for one in store.log_from()] == [
        ev.Tombstone(1_000),
        ev.Tombstone(2_000, {"coffee": [1]}),
        ev.Tombstone(3_000, {"coffee": [2]}),
    ]


def test_somebody_without_a_row_in_the_log(store: Store) -> None:
    message, grant, _ = gift("noon/ann#0", "ann", 5, 9_000)
    store.commit(Group(messages=[message], grants=[grant], forgotten={"ann"}))
    assert store.inbox.of("ann") == []
    assert list(store.log_from()) == []


def test_folding_again_leaves_what_places_decided_before(store: Store) -> None:
    ann = live(store)
    forget(store, ann)
    store.commit(Group(decisions=[decision("mood/bar/2", None, 16)]))
    assert set(store.folded().decisions) == {"greet/bob", "mood/bar/2"}
    again = [decision("mood/bar/again", None, 8), decision("greet/bob", BOB, 3)]
    store.refill_state([Group(decisions=again, leases={"b": (Lease(1, BOB),)})])
    keys = [one.decision.key for one in store.views.decisions()]
    assert keys == ["mood/bar", "greet/bob"]
    assert set(store.folded().decisions) == {"greet/bob"}


def test_which_decisions_are_settled() -> None:
    assert is_settled(decision("d", None, 4), 5)
    assert not is_settled(decision("d", None, 6), 5)
    assert not is_settled(decision("d", "ann", 4), 5)
    assert not is_settled(decision("d", None, 4), 0)


def test_pages_count_again_once_somebody_is_erased(store: Store) -> None:
    reads = WebReads(store.database, store.event)
    ann = live(store)
    before = reads.totals()
    assert (before.taps, before.decisions, before.messages, before.people) == (2, 4, 4, 1)
    forget(store, ann)
    after = reads.totals()
    assert (after.taps, after.decisions, after.messages, after.people) == (1, 2, 1, 0)
    assert reads.person(OTHER) is None
