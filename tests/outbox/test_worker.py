"""One connector, one thread: in order, the newest of what overwrites, never twice at a time."""

import pytest

from hub.outbox import worker as worker_module
from hub.outbox.retry import STOPPED_PROBE_MS
from integrations.port import Done, Drop, RetryAt, RetryLater, StopConnector
from tests.outbox.recording import Desk, pending
from tests.waiting import wait_until


def test_in_the_order_in_which_they_were_handed_in(desk: Desk) -> None:
    keys = [f"k{number}" for number in range(50)]
    desk.send(*keys)
    desk.outcome(keys[-1])
    assert desk.connector.keys == keys
    assert [report.key for report in desk.settled] == keys
    first = desk.connector.deliveries[0]
    assert (first.attempt, first.now_ms, first.body) == (1, 0, {"n": "k0"})
    end = desk.settled[0]
    assert (end.outcome, end.detail, end.person, end.connector) == (
        "done", "recorded", "ann", "lights",
    )  # fmt: skip


def test_one_that_may_not_go_yet_lets_the_others_pass(desk: Desk) -> None:
    desk.send("later", not_before_ms=500)
    desk.send("now")
    desk.outcome("now")
    assert desk.connector.keys == ["now"]
    desk.clock.advance(500)
    desk.outcome("later")


# Never twice.


def test_what_is_under_way_or_unconfirmed_is_not_taken_again(desk: Desk) -> None:
    desk.connector.open.clear()
    desk.send("a")
    desk.under_way()
    desk.send("a", "a")
    desk.connector.open.set()
    desk.outcome("a")
    desk.send("a", "b")
    desk.outcome("b")
    assert desk.connector.keys == ["a", "b"]


def test_once_its_end_is_confirmed_it_may_be_replayed(desk: Desk) -> None:
    desk.send("a")
    desk.outcome("a")
    desk.worker.confirm("a")
    desk.reports.clear()
    desk.send("a")
    desk.outcome("a")
    assert desk.connector.keys == ["a", "a"]


def test_confirming_what_is_not_held_is_harmless(desk: Desk) -> None:
    desk.worker.confirm("never heard of")
    desk.send("a")
    assert desk.outcome("a").outcome == "done"


def test_there_is_room_for_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "QUEUE_ACTIONS_MAX", 3)
    desk = Desk()
    desk.send("a", "b", "c")
    assert desk.worker.room == 0
    assert not desk.worker.submit(pending("d"))
    desk.worker.start()
    desk.outcome("c")
    desk.worker.confirm("a")
    assert desk.worker.room == 1
    desk.send("d")
    desk.outcome("d")
    desk.worker.stop()


# The newest wins.


def test_of_those_that_overwrite_each_other_the_newest_is_sent(desk: Desk) -> None:
    desk.connector.open.clear()
    desk.send("first")
    desk.under_way()
    desk.send("a", coalesce="lamp")
    desk.send("other", coalesce="other lamp")
    desk.send("b", body={"overwrites": "lamp"})
    desk.send("c", coalesce="lamp")
    assert [(r.key, r.outcome, r.detail) for r in desk.settled] == [
        ("a", "superseded", "by b"), ("b", "superseded", "by c"),
    ]  # fmt: skip
    desk.connector.open.set()
    desk.outcome("c")
    assert desk.connector.keys == ["first", "other", "c"]


def test_what_is_under_way_already_is_not_superseded(desk: Desk) -> None:
    desk.connector.open.clear()
    desk.send("a", coalesce="lamp")
    desk.under_way()
    desk.send("b", coalesce="lamp")
    desk.connector.open.set()
    desk.outcome("b")
    assert [(r.key, r.outcome) for r in desk.settled] == [("a", "done"), ("b", "done")]


def test_the_next_after_a_delivered_one_supersedes_nothing(desk: Desk) -> None:
    for key in ("a", "b"):
        desk.send(key, coalesce="lamp")
        assert desk.outcome(key).outcome == "done"
        desk.worker.confirm(key)


def test_a_newer_one_supersedes_one_that_waits_for_another_try(desk: Desk) -> None:
    desk.connector.answers["old"] = [RetryLater("lamp is away")]
    desk.send("old", coalesce="lamp")
    desk.postponed("old")
    desk.send("new", coalesce="lamp")
    assert desk.outcome("old").outcome == "superseded"
    assert desk.outcome("new").outcome == "done"
    desk.clock.advance(60_000)
    desk.send("last")
    desk.outcome("last")
    assert desk.connector.keys == ["old", "new", "last"]


def test_one_that_fails_while_a_newer_one_waits_is_not_tried_again(desk: Desk) -> None:
    desk.connector.answers["old"] = [RetryLater("lamp is away")]
    desk.connector.open.clear()
    desk.send("old", coalesce="lamp")
    desk.under_way()
    desk.send("new", coalesce="lamp")
    desk.connector.open.set()
    assert desk.outcome("new").outcome == "done"
    assert desk.outcome("old").outcome == "superseded"
    desk.clock.advance(60_000)
    desk.send("last")
    desk.outcome("last")
    assert desk.connector.keys == ["old", "new", "last"]


# Again, later.


def test_a_failure_is_tried_again_after_a_while(desk: Desk) -> None:
    desk.connector.answers["a"] = [RetryLater("busy"), RetryLater("busy"), Done("at last")]
    desk.send("a")
    first = desk.postponed("a")
    assert (first.attempts, first.not_before_ms, first.reason) == (1, 1_000, "busy")
    desk.clock.advance(1_000)
    assert desk.postponed("a", 2).not_before_ms == 3_000
    desk.clock.advance(2_000)
    assert desk.outcome("a").detail == "at last"
    assert [(d.attempt, d.now_ms) for d in desk.connector.deliveries] == [
        (1, 0), (2, 1_000), (3, 3_000),
    ]  # fmt: skip


def test_the_outside_says_when_to_come_back(desk: Desk) -> None:
    desk.connector.answers["a"] = [RetryAt(7_000, "too many")]
    desk.send("a")
    assert desk.postponed("a").not_before_ms == 7_000
    desk.clock.advance(6_999)
    desk.send("b")
    desk.outcome("b")
    assert desk.connector.keys == ["a", "b"]
    desk.clock.advance(1)
    desk.outcome("a")


def test_what_would_be_tried_again_too_late_is_dead(desk: Desk) -> None:
    desk.connector.answers["a"] = [RetryLater("busy"), RetryLater("busy")]
    desk.send("a", expires_ms=2_000)
    desk.postponed("a")
    desk.clock.advance(1_000)
    end = desk.outcome("a")
    assert (end.outcome, end.detail) == ("dead", "gave up after 2 tries: busy")


def test_what_is_too_old_before_its_first_try_is_not_tried(desk: Desk) -> None:
    desk.clock.advance(2_000)
    desk.send("a", expires_ms=2_000)
    assert desk.outcome("a").outcome == "expired"
    assert desk.connector.keys == []


def test_what_expired_between_two_tries_is_not_tried_again(desk: Desk) -> None:
    """A restart, or a connector that rested, may lie between them."""
    desk.clock.advance(2_000)
    desk.send("a", expires_ms=2_000, attempts=1)
    assert desk.outcome("a").outcome == "dead"
    assert desk.connector.keys == []


def test_a_refusal_is_final(desk: Desk) -> None:
    desk.connector.answers["a"] = [Drop("no such lamp")]
    desk.send("a")
    end = desk.outcome("a")
    assert (end.outcome, end.detail) == ("dropped", "no such lamp")


def test_a_connector_that_raises_stops_nothing(desk: Desk) -> None:
    desk.connector.answers["a"] = [ValueError("a fault")]
    desk.send("a", "b")
    assert desk.outcome("b").outcome == "done"
    assert desk.postponed("a").reason == "fault in the connector: ValueError"
    desk.clock.advance(1_000)
    assert desk.outcome("a").outcome == "done"


# A connector that stands still.


def test_a_stopped_connector_rests_and_is_probed(desk: Desk) -> None:
    desk.connector.answers["a"] = [StopConnector("key refused"), StopConnector("still refused")]
    desk.send("a")
    desk.postponed("a")
    assert desk.worker.stopped_reason == "key refused"
    desk.send("b")
    desk.clock.advance(STOPPED_PROBE_MS - 1)
    assert desk.connector.keys == ["a"]
    desk.clock.advance(1)
    wait_until(lambda: len(desk.connector.deliveries) >= 2)
    wait_until(lambda: desk.worker.stopped_reason != "key refused")
    desk.clock.advance(STOPPED_PROBE_MS)
    assert {desk.outcome("a").outcome, desk.outcome("b").outcome} == {"done"}
    assert desk.worker.stopped_reason is None


def test_a_stopped_connector_rests_though_the_action_cannot_wait(desk: Desk) -> None:
    """Lamps are claimed for seconds: each claim is dead at once, and the bridge is left alone."""
    desk.connector.answers["a"] = [StopConnector("key refused")]
    desk.send("a", expires_ms=10_000)
    assert desk.outcome("a").outcome == "dead"
    wait_until(lambda: desk.worker.stopped_reason == "key refused")
    desk.send("b", expires_ms=10_000)
    desk.clock.advance(STOPPED_PROBE_MS)
    assert desk.outcome("b").outcome == "expired"
    desk.send("c")
    assert desk.outcome("c").outcome == "done"
    assert desk.connector.keys == ["a", "c"]
    assert desk.worker.stopped_reason is None


# Consent, asked again when it is delivered.


def test_withdrawn_consent_stops_what_is_queued(desk: Desk) -> None:
    willing = {("ann", "lights"), ("bob", "lights")}
    desk.consenting = lambda person, purpose: not purpose or (person, purpose) in willing
    desk.connector.open.clear()
    desk.send("first")
    desk.under_way()
    desk.send("a", consent="lights")
    desk.send("b", consent="lights", person="bob")
    desk.send("place", consent="lights", person=None)
    willing.discard(("ann", "lights"))
    desk.connector.open.set()
    desk.outcome("place")
    end = desk.outcome("a")
    assert (end.outcome, end.detail) == ("dropped", "consent to lights was withdrawn")
    assert desk.connector.keys == ["first", "b", "place"]


def test_consent_that_cannot_be_asked_for_is_asked_later(desk: Desk) -> None:
    answers: list[bool | Exception] = [OSError("the store is away"), True]

    def asked(person: str, purpose: str) -> bool:
        assert (person, purpose) == ("ann", "push")
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    desk.consenting = asked
    desk.send("a", consent="push")
    desk.postponed("a")
    assert desk.connector.keys == []
    desk.clock.advance(1_000)
    assert desk.outcome("a").outcome == "done"


# Start and stop.


def test_starting_and_stopping_are_repeatable() -> None:
    desk = Desk()
    desk.worker.stop()
    desk.send("a")
    for _ in range(2):
        desk.worker.start()
        desk.worker.start()
    desk.outcome("a")
    for _ in range(2):
        desk.worker.stop()
    assert desk.connector.runs == 0
    desk.send("b")
    desk.worker.start()
    desk.outcome("b")
    desk.worker.stop()
    assert desk.connector.keys == ["a", "b"]


def test_stopping_finishes_what_is_in_hand_and_leaves_the_rest(desk: Desk) -> None:
    desk.connector.open.clear()
    desk.send("a", "b")
    desk.under_way()
    desk.connector.open.set()
    desk.worker.stop()
    assert desk.outcome("a").outcome == "done"
    desk.worker.start()
    assert desk.outcome("b").outcome == "done"
    assert desk.connector.keys == ["a", "b"]
