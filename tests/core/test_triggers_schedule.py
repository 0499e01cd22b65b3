"""The calendar makes rules true: for the venue, for all who are registered, for an audience."""

from typing import Any

import pytest

from hub.core import events as ev
from hub.core.errors import RulesFault
from tests.core.fold import MIN, Fold, document, rule

STAFF: dict[str, Any] = {"do": "staff", "title": "It is time"}
TAG: dict[str, Any] = {"do": "tag", "tag": "told"}
NOON = 240.0
"""Doors open at 08:00, and close at 10:00 of the next day."""


def schedule(**more: Any) -> dict[str, Any]:
    return {"kind": "schedule", **more}


@pytest.mark.parametrize(
    ("when", "fires"),
    [
        ({"at": "2026-10-08T12:00"}, [NOON]),
        ({"daily": "09:00"}, [60, 1500]),
        ({"daily": "12:00"}, [NOON]),
        ({"every": "10h"}, [600, 1200]),
        ({"every": "26h"}, [1560]),
        ({"cron": "0 */12 * * *"}, [NOON, 960]),
        ({"at": "2026-10-08T08:00"}, []),  # published at that very instant: it is past
    ],
)
def test_about_the_venue_at_each_instant_while_the_event_lasts(
    when: dict[str, str], fires: list[float]
) -> None:
    fold = Fold(document(rule(schedule(**when), STAFF)))
    for minute in fires:
        fold.pass_to(minute - 1 / MIN)
        assert minute not in fold.fired(who=None)
        fold.pass_to(minute)
        assert fold.fired(who=None)[-1] == minute
    fold.pass_to(20_000)
    assert fold.fired(who=None) == fires
    assert fold.state.timers == {}


def test_it_says_what_time_it_is() -> None:
    fold = Fold(document(rule(schedule(daily="12:00"), STAFF)))
    fold.pass_to(NOON)
    (clause,) = fold.decisions[0].clauses
    assert (clause.text, clause.saw) == ("it is time: 12:00", "2026-10-08 12:00:00")


def test_each_of_those_who_are_registered() -> None:
    fold = Fold(document(rule(schedule(daily="12:00", each="everyone"), TAG))).join("bob", "ann")
    fold.tell(ev.Leased("b9", "eve", fold.at_ms(1)))
    fold.tap(2, "b9")
    fold.pass_to(NOON - 1 / MIN)
    assert fold.decisions == []
    fold.pass_to(NOON)
    assert [(one.person, one.at_ms) for one in fold.decisions] == [
        ("ann", fold.at_ms(NOON)), ("bob", fold.at_ms(NOON)),
    ]  # fmt: skip
    assert fold.decisions[0].clauses[0].text == "it is time: 12:00"


def test_each_of_an_audience_walk_ins_too() -> None:
    guests = [{"name": "guests", "if": {"check": "counted", "place": "coffee", "at_least": 1}}]
    venue = document(rule(schedule(daily="12:00", each="guests"), TAG), audiences=guests)
    fold = Fold(venue).join("ann", "bob")
    fold.tell(ev.Leased("b9", "eve", fold.at_ms(1)))
    fold.tap(2, "b9")
    fold.tap(3, "ann")
    fold.pass_to(NOON)
    assert [one.person for one in fold.decisions] == ["ann", "eve"]


def test_people_are_looked_at_in_parts_as_of_the_instant_of_the_schedule() -> None:
    fold = Fold(document(rule(schedule(daily="12:00", each="everyone"), TAG))).join("ann", "bob")
    (timer,) = fold.state.timers.values()
    fold.tell(ev.Due(timer.key, timer.due_ms))
    key = f"sweep:r/{timer.due_ms}"
    fold.tell(ev.Swept(key, fold.at_ms(NOON + 1), ["ann"]))
    assert (fold.fired(), fold.fired(who="bob")) == ([NOON], [])
    assert '"after":"ann"' in fold.state.timers[key].occurrence
    fold.tell(ev.Swept(key, fold.at_ms(NOON + 2), ["bob"]))
    assert fold.fired(who="bob") == [NOON]
    fold.tell(ev.Swept(key, fold.at_ms(NOON + 3), [], last=True))
    assert fold.state.timers == {}
    fold.tell(ev.Swept(key, fold.at_ms(NOON + 4), ["ann"], last=True))
    assert len(fold.decisions) == 2


def test_a_sweep_is_no_timer_that_falls_due_and_another_timer_no_sweep() -> None:
    fold = Fold(document(rule(schedule(daily="12:00", each="everyone"), TAG))).join("ann")
    (timer,) = fold.state.timers.values()
    fold.tell(ev.Swept(timer.key, timer.due_ms, ["ann"], last=True))
    fold.tell(ev.Due(timer.key, timer.due_ms))
    key = f"sweep:r/{timer.due_ms}"
    fold.tell(ev.Due(key, timer.due_ms))
    assert (key in fold.state.timers, fold.decisions) == (True, [])


def test_a_rule_that_is_paused_meanwhile_asks_nobody_and_goes_on_when_it_is_resumed() -> None:
    live = rule(schedule(every="4h"), STAFF)
    paused = live | {"stage": "paused"}
    fold = Fold(document(live))
    fold.pass_to(NOON)
    fold.publish(document(paused), NOON + 1)
    fold.pass_to(2 * NOON)
    fold.publish(document(live), 2 * NOON + 60)
    fold.pass_to(3 * NOON)
    assert fold.fired(who=None) == [NOON, 3 * NOON]


def test_a_rule_that_is_gone_before_the_people_were_looked_at_asks_nobody() -> None:
    for instead in (document(), document(rule({"kind": "tap", "place": "coffee"}))):
        fold = Fold(document(rule(schedule(daily="12:00", each="everyone"), TAG))).join("ann")
        (timer,) = fold.state.timers.values()
        fold.tell(ev.Due(timer.key, timer.due_ms))
        fold.publish(instead, NOON + 1)
        assert (fold.decisions, fold.state.timers) == ([], {})


def test_a_rule_that_is_no_schedule_any_more_is_not_waited_for() -> None:
    fold = Fold(document(rule(schedule(daily="12:00"), STAFF)))
    fold.publish(document(rule({"kind": "tap", "place": "coffee"})), 5)
    fold.pass_to(20_000)
    assert (fold.decisions, fold.state.timers) == ([], {})


def test_what_is_due_at_the_instant_of_the_publishing_and_still_meant_is_not_lost() -> None:
    fold = Fold(document(rule(schedule(daily="12:00"), STAFF)))
    hourly = rule(schedule(every="1h"), STAFF, name="hourly")
    same = document(rule(schedule(daily="12:00"), STAFF), hourly)
    fold.publish(same, NOON)
    fold.pass_to(NOON)
    assert fold.fired(who=None) == [NOON]
    fold = Fold(document(rule(schedule(daily="12:00"), STAFF)))
    fold.publish(document(rule(schedule(daily="13:00"), STAFF)), NOON)
    fold.pass_to(20_000)
    assert fold.fired(who=None) == [NOON + 60]


def test_another_instant_than_the_one_that_was_waited_for_does_not_count() -> None:
    fold = Fold(document(rule(schedule(daily="12:00"), STAFF)))
    timers = dict(fold.state.timers)
    fold.publish(document(rule(schedule(daily="13:00"), STAFF)), 1)
    fold.state.timers = timers
    fold.pass_to(NOON)
    assert fold.decisions == []
    fold.pass_to(NOON + 60)
    assert fold.fired(who=None) == [NOON + 60]


def test_a_schedule_that_cannot_be_is_refused_and_so_is_an_audience_that_is_not_there() -> None:
    with pytest.raises(RulesFault, match=r"rule 'r': .*exactly one of at, daily, every and cron"):
        Fold(document(rule(schedule(), STAFF)))
    with pytest.raises(RulesFault, match="rule 'r': there is no audience 'guests'"):
        Fold(document(rule(schedule(daily="12:00", each="guests"), TAG)))
