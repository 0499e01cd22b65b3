"""What a rule does: state, messages and effects, or a sentence why not."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hub.core import events as ev
from hub.core.state import Person
from tests.core.fold import CONSENTS, MIN, TAP, Fold, document, rule

REWARD: dict[str, Any] = {"do": "reward", "pool": "card", "title": "For {first_name}"}
PUSH: dict[str, Any] = {"do": "push", "title": "Hello {first_name}", "text": "{nothing} there"}
LIGHT: dict[str, Any] = {
    "do": "light", "lamp": "Door", "colour": "{favourite_colour}", "priority": 60,
}  # fmt: skip
DRAW: dict[str, Any] = {"do": "draw", "draw": "grand"}
TAG: dict[str, Any] = {"do": "tag", "tag": "guest"}


def fold_of(*then: dict[str, Any], grace_ms: int = 0, **more: Any) -> Fold:
    fold = Fold(document(rule(TAP, *then, **more)), grace_ms=grace_ms)
    return fold.join("ann", "bob", "cid", first_name="Ann", favourite_colour="#ff8800")


def test_tag_points_and_draw_become_state() -> None:
    fold = fold_of(TAG, {"do": "points", "points": 5}, DRAW).taps(1, 2)
    ann = fold.person()
    assert ann.tags == {"guest": fold.at_ms(1)}
    assert ann.draws == {"grand": fold.at_ms(1)}
    assert ann.points == 10
    assert fold.decisions[0].actions == ["tag guest", "+5 points", "entered in the draw grand"]


def test_a_push_is_written_to_the_inbox_and_sent() -> None:
    fold = fold_of(PUSH).taps(1)
    (message,), (action,) = fold.messages, fold.actions
    assert (message.title, message.text, message.reward_pool) == ("Hello Ann", "there", None)
    assert (action.connector, action.consent, action.person) == ("push", "push", "ann")
    assert action.body == {
        "person": "ann", "title": "Hello Ann", "text": "there", "url": "", "tag": action.key,
    }  # fmt: skip
    assert action.expires_ms == fold.at_ms(61)


def test_a_light_takes_the_persons_colour() -> None:
    fold = fold_of(LIGHT).taps(1)
    (action,) = fold.actions
    assert action.body == {
        "op": "claim", "lamp": "Door", "source": "r", "priority": 60, "colour": "#ff8800",
        "hold_ms": 10_000, "effect": "none",
    }  # fmt: skip
    assert (action.coalesce, action.consent) == ("lights:Door:r", "lights")


@pytest.mark.parametrize(
    ("colour", "reason"),
    [
        (None, "light: suppressed, {favourite_colour} is unknown"),
        ("teal", "light: suppressed, {favourite_colour} is teal"),
    ],
)
def test_a_light_without_a_colour_stays_dark(colour: str | None, reason: str) -> None:
    fold = fold_of(LIGHT)
    fold.tell(ev.Registered("ann", fold.opens_ms, {"favourite_colour": colour}))
    fold.taps(1)
    assert (fold.suppressed(), fold.actions) == ([1], [])
    assert fold.decisions[0].reason == reason


def test_a_reward_reserves_the_next_number_and_is_told() -> None:
    fold = fold_of(REWARD).taps(1)
    (grant,), (message,) = fold.grants, fold.messages
    assert (grant.pool, grant.index, grant.person) == ("card", 0, "ann")
    assert (message.reward_pool, message.reward_index, message.title) == ("card", 0, "For Ann")
    reward, push = fold.actions
    assert (reward.connector, reward.key, reward.consent) == ("reward", grant.action, "rewards")
    assert reward.body == {"person": "ann", "pool": "card", "index": 0}
    assert reward.expires_ms - fold.at_ms(1) == 7 * 24 * 60 * MIN
    assert (push.connector, push.key) == ("push", f"{reward.key}.push")
    assert fold.decisions[0].actions == ["reward from card, 1 of 2 left"]


def test_a_reward_is_not_pushed_to_whom_did_not_ask_for_pushes() -> None:
    fold = fold_of(REWARD)
    fold.tell(ev.Registered("ann", fold.opens_ms, {}, ["rewards"]))
    fold.taps(1)
    assert [action.connector for action in fold.actions] == ["reward"]


def test_stock_runs_out_and_says_so() -> None:
    fold = fold_of(REWARD, limit={"once": True})
    for who in ("ann", "bob", "cid"):
        fold.tap(1, who)
    assert [grant.person for grant in fold.grants] == ["ann", "bob"]
    assert fold.decisions[-1].reason == "reward: suppressed, none of 2 left in card"
    assert (fold.suppressed(who="cid"), fold.person("cid").fired) == ([1], {})


# A reward goes back when it cannot be delivered.


def settled(fold: Fold, index: int, outcome: Any, pool: str | None = "card") -> None:
    fold.tell(ev.Settled("k", outcome, fold.at_ms(9), "", "ann", pool, index))


@pytest.mark.parametrize("outcome", ["dead", "dropped", "expired", "superseded"])
def test_a_reward_that_was_not_delivered_is_given_to_the_next(outcome: str) -> None:
    fold = fold_of(REWARD).taps(1, 2)
    assert fold.state.pools["card"].left == 0
    settled(fold, 0, outcome)
    settled(fold, 0, outcome)
    (released,) = fold.released
    assert (released.index, released.person, released.action) == (0, "ann", "k")
    assert fold.state.pools["card"].left == 1
    fold.tap(10, "bob")
    fold.tap(11, "bob")
    assert [(grant.person, grant.index) for grant in fold.grants[2:]] == [("bob", 0)]


def test_what_was_delivered_or_is_no_reward_returns_nothing() -> None:
    fold = fold_of(REWARD).taps(1)
    settled(fold, 0, "done")
    settled(fold, 0, "dead", pool=None)
    assert (fold.released, fold.state.pools["card"].left) == ([], 1)


def test_redeemed_is_counted() -> None:
    fold = fold_of(REWARD).taps(1)
    outcome = fold.tell(ev.Redeemed("ann", "card", 0, fold.at_ms(5), "stand"))
    assert (fold.state.pools["card"].redeemed, outcome.person_id) == (1, "ann")


def test_a_smaller_stock_takes_nothing_back_that_was_given() -> None:
    fold = fold_of(REWARD).taps(1, 2)
    for stock, left in ((1, 0), (5, 3)):
        fold.publish(document(pools=[{"id": "card", "title": "A card", "stock": stock}]))
        assert fold.state.pools["card"].left == left


# Consent.


@pytest.mark.parametrize(
    ("act", "purpose"),
    [(REWARD, "rewards"), (DRAW, "rewards"), (PUSH, "push"), (LIGHT, "lights")],
)
def test_without_consent_it_is_suppressed_and_has_not_fired(
    act: dict[str, Any], purpose: str
) -> None:
    fold = fold_of(act, limit={"once": True})
    fold.tell(ev.Registered("ann", fold.opens_ms, {}, [c for c in CONSENTS if c != purpose]))
    fold.taps(1)
    assert (fold.actions, fold.messages, fold.grants) == ([], [], [])
    assert fold.decisions[0].reason == f"{act['do']}: suppressed, no consent to {purpose}"
    fold.tell(ev.Registered("ann", fold.opens_ms, {}, CONSENTS))
    fold.taps(2)
    assert (fold.suppressed(), fold.fired()) == ([1], [2])


def test_the_rest_of_a_rule_is_done_and_the_decision_says_what_was_not() -> None:
    fold = fold_of(PUSH, TAG)
    fold.tell(ev.Registered("ann", fold.opens_ms, {}, []))
    fold.taps(1)
    assert fold.fired() == [1]
    assert fold.decisions[0].actions == ["push: suppressed, no consent to push", "tag guest"]


# Late is not never: each action says how old its cause may be.


@pytest.mark.parametrize(
    ("late_s", "grace_ms", "lit"),
    [(0, 0, True), (10, 0, True), (10.001, 0, False), (15, 5_000, True), (15.001, 5_000, False)],
)
def test_a_lamp_waits_for_nobody(late_s: float, grace_ms: int, lit: bool) -> None:
    fold = fold_of(LIGHT, TAG, grace_ms=grace_ms)
    fold.tap(1, late=late_s / 60)
    assert (len(fold.actions) == 1) is lit
    assert fold.fired() == [1]
    if lit:
        assert fold.actions[0].expires_ms == fold.at_ms(1) + 10_000 + grace_ms
    else:
        assert fold.decisions[0].actions[0] == (
            "light: suppressed, its cause is 10 s old, the limit is 10s"
        )


def test_an_hour_late_counts_and_rewards_but_flashes_nothing() -> None:
    fold = fold_of(LIGHT, REWARD, PUSH, TAG)
    fold.tap(1, late=61)
    assert [action.connector for action in fold.actions] == ["reward", "push"]
    assert fold.person().visits["coffee"] == (fold.at_ms(1),)


# Follow-ups.


def follow(*then: dict[str, Any], **when: str) -> dict[str, Any]:
    return {"do": "follow_up", "then": list(then), **when}


def test_a_follow_up_comes_after_a_while_and_once() -> None:
    fold = fold_of(TAG, follow(PUSH, after="30min")).taps(1)
    assert fold.decisions[0].actions == ["tag guest", "follow-up in 30min"]
    fold.pass_to(30.9)
    assert fold.messages == []
    fold.pass_to(31)
    assert [message.title for message in fold.messages] == ["Hello Ann"]
    assert (fold.fired(), fold.decisions[-1].reason) == ([1, 31], "follow-up of r")
    assert fold.person().fired["r"].count == 1
    assert fold.state.timers == {}


def test_a_follow_up_that_fell_due_long_ago_is_as_old_as_its_own_instant() -> None:
    fold = fold_of(follow(PUSH, after="30min")).taps(1)
    (timer,) = fold.state.timers.values()
    fold.tell(ev.Due(timer.key, timer.due_ms, "ann"), fold.at_ms(31 + 61))
    assert fold.suppressed() == [31]
    assert fold.decisions[-1].reason == (
        "push: suppressed, its cause is 1.02 h old, the limit is 1h"
    )


def test_a_follow_up_of_a_late_cause_is_due_at_once() -> None:
    fold = fold_of(follow(TAG, after="30min"))
    fold.tap(1, late=90)
    fold.pass_to(91)
    assert fold.fired() == [1, 31]


def test_follow_ups_nest_three_deep() -> None:
    deep = follow(follow(follow(TAG, after="3min"), after="2min"), after="1min")
    fold = fold_of(deep, limit={"once": True}).taps(0)
    fold.pass_to(60)
    assert fold.fired() == [0, 1, 3, 6]
    assert fold.person().tags == {"guest": fold.at_ms(6)}
    assert len({decision.key for decision in fold.decisions}) == 4


@pytest.mark.parametrize(
    "then", [[], [TAG], [follow(TAG, after="1min"), TAG]], ids=["empty", "shorter", "other"]
)
def test_a_follow_up_that_the_rule_no_longer_has_is_left_out(then: list[dict[str, Any]]) -> None:
    deep = follow(follow(TAG, after="1min"), after="1min")
    fold = fold_of(TAG, deep).taps(0)
    fold.publish(document(rule(TAP, *then)))
    fold.pass_to(60)
    assert fold.fired() == [0]


@pytest.mark.parametrize(
    ("opens", "tapped", "at", "due"),
    [
        # an ordinary evening, past midnight, and past five
        ("2026-10-08T08:00", "2026-10-08T20:00", "08:00 next morning", "2026-10-09T06:00Z"),
        ("2026-10-08T08:00", "2026-10-09T01:30", "08:00 next morning", "2026-10-09T06:00Z"),
        ("2026-10-08T08:00", "2026-10-09T04:59", "08:00 next morning", "2026-10-09T06:00Z"),
        ("2026-10-08T08:00", "2026-10-09T05:00", "08:00 next morning", "2026-10-10T06:00Z"),
        ("2026-10-08T08:00", "2026-10-09T04:59", "04:30 next morning", "2026-10-10T02:30Z"),
        # later today, exactly now, and tomorrow
        ("2026-10-08T08:00", "2026-10-08T20:00", "20:01", "2026-10-08T18:01Z"),
        ("2026-10-08T08:00", "2026-10-08T20:00", "20:00", "2026-10-09T18:00Z"),
        ("2026-10-08T08:00", "2026-10-08T20:00", "08:00", "2026-10-09T06:00Z"),
        # a night of 25 hours in autumn and one of 23 in spring: 08:00 is 08:00
        ("2026-10-24T08:00", "2026-10-24T22:00", "08:00 next morning", "2026-10-25T07:00Z"),
        ("2026-10-24T08:00", "2026-10-25T02:30", "08:00 next morning", "2026-10-25T07:00Z"),
        ("2027-03-27T08:00", "2027-03-27T22:00", "08:00 next morning", "2027-03-28T06:00Z"),
        # a time of day that there is twice is meant the first time, one that there is not comes
        # an hour later
        ("2026-10-24T08:00", "2026-10-24T22:00", "02:30", "2026-10-25T00:30Z"),
        ("2027-03-27T08:00", "2027-03-27T22:00", "02:30", "2027-03-28T01:30Z"),
        ("2026-12-31T08:00", "2026-12-31T22:00", "00:15", "2026-12-31T23:15Z"),
    ],
)
def test_a_follow_up_at_a_time_of_day(opens: str, tapped: str, at: str, due: str) -> None:
    venue = document(
        rule(TAP, follow(TAG, at=at)), event={"starts": opens, "ends": "2027-12-31T08:00"}
    )
    fold = Fold(venue).join("ann")
    moment = datetime.fromisoformat(tapped).replace(tzinfo=ZoneInfo("Europe/Berlin"))
    fold.taps((moment.timestamp() * 1000 - fold.opens_ms) / MIN)
    (timer,) = fold.state.timers.values()
    assert timer.due_ms == datetime.fromisoformat(due).timestamp() * 1000


def test_nobody_unknown_is_an_empty_person() -> None:
    fold = fold_of(TAG)
    fold.tell(ev.Moved("eve", "stage", "left", fold.at_ms(1)))
    assert fold.state.people.get("eve", Person("eve")) == Person("eve")
