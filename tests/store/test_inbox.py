"""Messages stay in the inbox, browsers are known to one person each, what is held waits."""

import pytest

from hub.core.outcome import Decision, Message
from hub.core.state import Person, Pool, Zone
from hub.store import Group, QuarantineRow, Store
from hub.store.inbox import SUBSCRIPTIONS_MAX, Subscription
from hub.store.quarantine import PAYLOAD_BYTES_MAX
from hub.store.views_web import WebReads
from hub.store.web_values import RuleCount


def test_messages_newest_first(store: Store) -> None:
    store.commit(Group(messages=[Message(f"m{n}", "ann", n, f"title {n}", "") for n in range(3)]))
    found = store.inbox.of("ann")
    assert [message.key for message in found] == ["m2", "m1", "m0"]
    assert [message.key for message in store.inbox.of("ann", after_id=found[1].id)] == ["m2"]
    assert len(store.inbox.of("ann", limit=2)) == 2
    assert store.inbox.of("bob") == []
    assert store.inbox.mark_read("ann", found[1].id, 50) == 2
    assert store.inbox.mark_read("ann", found[1].id, 60) == 0
    assert [message.read_ms for message in store.inbox.of("ann")] == [None, 50, 50]


def test_subscriptions(store: Store) -> None:
    first = Subscription("https://push.example.org/1", "key", "auth")
    store.inbox.subscribe("ann", first, 1)
    store.inbox.subscribe("ann", first, 2)
    assert store.inbox.subscriptions("ann") == [first]
    store.inbox.subscribe("bob", first, 3)
    assert store.inbox.subscriptions("ann") == []
    assert store.inbox.subscriptions("bob") == [first]
    assert store.inbox.unsubscribe(first.endpoint)
    assert not store.inbox.unsubscribe(first.endpoint)


def test_the_oldest_browser_makes_room(store: Store) -> None:
    many = [Subscription(f"https://push.example.org/{n}", "key", "auth") for n in range(12)]
    for at_ms, subscription in enumerate(many):
        store.inbox.subscribe("ann", subscription, at_ms)
    assert store.inbox.subscriptions("ann") == many[-SUBSCRIPTIONS_MAX:]


def test_what_is_held_in_quarantine(store: Store) -> None:
    rows = [QuarantineRow("taps", "pi-1", f"reason {n}", b"\xff", n, None) for n in range(3)]
    store.commit(Group(quarantine=rows))
    third, second, first = store.quarantine.rows()
    assert (third.reason, third.payload, third.edge) == ("reason 2", b"\xff", "pi-1")
    assert store.quarantine.rows(before_id=second.id) == [first]
    assert store.quarantine.requeue(first.id, "eva", 10)
    assert not store.quarantine.requeue(first.id, "eva", 10)
    assert [held.id for held in store.quarantine.requested()] == [first.id]
    assert store.quarantine.hold_again(first.id, "still wrong", 11)
    assert store.quarantine.requeue(first.id, "eva", 12)
    assert store.quarantine.replayed(first.id, 13)
    assert store.quarantine.discard(second.id, "eva", 14)
    assert not store.quarantine.discard(second.id, "eva", 14)
    assert store.quarantine.counts() == {"held": 1, "replayed": 1, "discarded": 1}
    settled = store.quarantine.get(first.id)
    assert settled is not None
    assert (settled.status, settled.settled_by, settled.settled_ms) == ("replayed", "eva", 13)
    assert settled.reason == "still wrong"
    assert store.quarantine.get(9_999) is None


def decision(number: int, person: str, outcome: str = "fired") -> Decision:
    rule = f"rule-{number % 2}"
    return Decision(f"d{number}", rule, 1, person, None, number, outcome, "so")  # type: ignore[arg-type]


def test_views(store: Store) -> None:
    decisions = [
        decision(0, "ann"), decision(1, "bob"), decision(2, "ann", "suppressed"),
    ]  # fmt: skip
    store.commit(
        Group(
            decisions=decisions,
            people={"ann": Person("ann", place="bar"), "bob": Person("bob", place="bar")},
            zones={"bar": Zone("bar")},
            pools={"coffee": Pool("coffee", 3)},
        )
    )
    found = store.views.decisions()
    assert [row.decision for row in found] == decisions
    assert store.views.decisions(found[0].id) == found[1:]
    assert store.views.decisions(newest_first=True, limit=1) == [found[2]]
    assert store.views.decisions(person="ann") == [found[0], found[2]]
    assert store.views.decisions(rule="rule-1") == [found[1]]
    assert store.views.decision_counts() == {
        ("rule-0", "fired"): 1,
        ("rule-0", "suppressed"): 1,
        ("rule-1", "fired"): 1,
    }
    assert store.views.present() == {"bar": 2}
    assert store.views.zones() == [Zone("bar")]
    assert store.views.pools() == [Pool("coffee", 3)]
    assert store.views.log_counts() == {}


def test_anything_can_be_held(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.store.quarantine.KEPT_ROWS_MAX", 2)
    odd = QuarantineRow("taps", "pi\0", "lone \udc80", b"\0" * 2_000_000, 1, "b\0")
    for _ in range(3):
        store.commit(Group(quarantine=[odd]))
    held = store.quarantine.rows()
    assert len(held) == 2
    assert (held[0].edge, held[0].badge, held[0].reason) == ("pi\ufffd", "b\ufffd", "lone ?")
    assert len(held[0].payload) == PAYLOAD_BYTES_MAX


def test_notes_of_the_processes(store: Store, database_url: str) -> None:
    assert store.status.get("engine") is None
    store.status.put("engine", b"first", 1)
    store.status.put("engine", b"second", 2)
    assert store.status.get("engine") == b"second"
    with Store(database_url, "other") as other:
        assert other.status.get("engine") is None


def test_pages_tell_a_shadow_from_what_fired(store: Store) -> None:
    outcomes = ["fired", "suppressed", "shadow", "shadow"]
    made = [decision(2 * n, "ann", outcome) for n, outcome in enumerate(outcomes)]
    store.commit(Group(decisions=made))
    reads = WebReads(store.database, store.event)
    assert reads.rule_counts() == {"rule-0": RuleCount("rule-0", 1, 1, 6, shadow=2)}
