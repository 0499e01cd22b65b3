"""Publishing never fires for the past unless it is asked to; what lies ahead loses nothing."""

from typing import Any

import pytest

from hub.core import events as ev
from hub.core.sweeps import sweep_of
from tests.core.fold import MIN, TAP, Fold, document, rule, visits

TAG: dict[str, Any] = {"do": "tag", "tag": "guest"}
STAFF: dict[str, Any] = {"do": "staff", "title": "x"}
A_THEN_B: dict[str, Any] = {
    "kind": "sequence", "first": "coffee", "then": "bacon", "within": "30min",
}  # fmt: skip
A_NOT_B: dict[str, Any] = A_THEN_B | {"kind": "without"}
ABSENT: dict[str, Any] = {"kind": "absent", "place": "coffee", "for": "30min"}
ENTERED: dict[str, Any] = {"kind": "audience", "audience": "some"}
SOME: dict[str, Any] = {"name": "some", "if": {"check": "counted", "place": "coffee",
                                               "at_least": 2}}  # fmt: skip
HISTORY = (("coffee", 1.0), ("coffee", 2.0), ("bacon", 3.0), ("coffee", 4.0))


def with_history(*rules: dict[str, Any], **more: Any) -> Fold:
    """Ann has done all that, and was at the stage from 10 to 20."""
    fold = Fold(document(*rules, **more)).join("ann", "bob")
    for place, minute in HISTORY:
        fold.tap(minute, place=place)
    fold.enter(10)
    fold.leave(20)
    return fold


@pytest.mark.parametrize(
    ("when", "fires"),
    [
        (TAP, [1, 2, 4]),
        ({"kind": "visit", "place": "coffee"}, [1, 2, 4]),
        ({"kind": "visit", "group": "food"}, [1, 2, 3, 4]),
        ({"kind": "visit", "place": "stage"}, [10]),
        ({"kind": "visit", "place": "stage", "at_least": "5min"}, []),
        ({"kind": "dwell", "place": "stage", "at_least": "5min"}, []),
        ({"kind": "left", "place": "stage"}, []),
        (visits(2), [2]),
        (visits(2, within="2min"), [2]),
        ({"kind": "distinct", "group": "food", "count": 2}, [3]),
        (A_THEN_B, [3]),
        (ABSENT, []),
        (A_NOT_B | {"then": "juice"}, []),
        (ENTERED, [50]),
        (ENTERED | {"change": "left"}, []),
        ({"kind": "points", "at_least": 0}, []),
    ],
)
@pytest.mark.parametrize("past", [False, True])
def test_it_fires_for_the_past_if_it_is_asked_to_and_else_not(
    when: dict[str, Any], fires: list[float], past: bool
) -> None:
    fold = with_history()
    fold.pass_to(50)
    fold.publish(document(rule(when, TAG), audiences=[SOME]), 50, past=past)
    assert fold.fired() == (fires if past else [])
    assert fold.decisions == [one for one in fold.decisions if one.person == "ann"]
    keys = [one.key for one in fold.decisions]
    assert len(keys) == len(set(keys))
    fold.publish(document(rule(when, TAG), audiences=[SOME]), 51)
    assert fold.fired() == (fires if past else [])


def test_for_the_past_limits_consents_and_ages_hold_as_ever() -> None:
    fold = with_history()
    push = {"do": "push", "title": "x", "max_age": "48min"}
    rules = [rule(TAP, TAG, limit={"once": True}, name="once"), rule(TAP, push, name="push")]
    fold.publish(document(*rules), 50, past=True)
    assert (fold.fired("once"), fold.suppressed("once")) == ([1], [2, 4])
    assert (fold.fired("push"), fold.because("push")) == ([2, 4], ["late", "", ""])


@pytest.mark.parametrize("edge_ms", [-1, 0, 1])
@pytest.mark.parametrize(
    ("when", "due"),
    [
        (ABSENT | {"place": "stage"}, 40.0),
        (A_NOT_B | {"first": "bacon", "then": "juice"}, 33.0),
        ({"kind": "absent", "place": "juice", "for": "30min"}, 31.0),
    ],
)
def test_what_falls_due_after_the_publishing_is_waited_for(
    when: dict[str, Any], due: float, edge_ms: int
) -> None:
    fold = with_history()
    published = due + edge_ms / MIN
    fold.publish(document(rule(when, TAG)), published)
    fold.pass_to(500)
    assert fold.fired() == ([due] if edge_ms < 0 else [])


def test_resumed_after_a_pause_it_does_not_fire_for_the_time_it_was_paused() -> None:
    rules = [
        rule(TAP, name="tap"), rule(visits(2), name="two"), rule(ABSENT, name="absent"),
        rule(A_NOT_B, name="without"), rule(ENTERED, name="entered"),
    ]  # fmt: skip
    paused = [one | {"stage": "paused"} for one in rules]
    fold = Fold(document(*rules, audiences=[SOME])).join("ann").taps(0)
    fold.publish(document(*paused, audiences=[SOME]), 1)
    fold.taps(20)
    fold.pass_to(70)
    fold.publish(document(*rules, audiences=[SOME]), 70)
    fold.pass_to(100)
    assert [one.rule for one in fold.decisions] == ["tap"]
    assert fold.person().audiences == {"some": fold.at_ms(20)}, "audiences are never paused"
    fold.taps(110)
    fold.pass_to(300)
    fired = {one.rule: (one.at_ms - fold.opens_ms) / MIN for one in fold.decisions[1:]}
    assert fired == {"tap": 110, "absent": 140, "without": 140}


def test_resumed_before_what_it_waits_for_it_fires() -> None:
    fold = Fold(document(rule(ABSENT))).join("ann").taps(0)
    fold.publish(document(rule(ABSENT, stage="paused")), 5)
    fold.publish(document(rule(ABSENT)), 10)
    fold.pass_to(100)
    assert fold.fired() == [30]


@pytest.mark.parametrize(
    ("then", "fires"),
    [
        (ABSENT | {"for": "20min"}, [24]),
        (ABSENT | {"for": "10min"}, []),
        (ABSENT | {"for": "60min"}, [64]),
        (ABSENT | {"place": "bacon"}, [33]),
        (A_NOT_B | {"first": "bacon", "then": "juice"}, [33]),
        (visits(9), []),
    ],
)
def test_a_rule_that_is_changed_while_it_waits_is_the_one_that_counts(
    then: dict[str, Any], fires: list[float]
) -> None:
    """Ann was at coffee at 4, and it is 15 minutes past the opening."""
    fold = with_history(rule(ABSENT))
    fold.publish(document(rule(then)), 20)
    fold.pass_to(500)
    assert fold.fired() == fires
    assert fold.state.timers == {}


# Audiences.


def test_creating_an_audience_includes_those_who_already_qualify_and_fires_nothing() -> None:
    fold = with_history()
    points = rule({"kind": "points", "at_least": 1}, STAFF, name="points")
    venue = document(rule(ENTERED), points, audiences=[SOME])
    outcomes = len(fold.outcomes)
    fold.publish(venue, 50)
    assert fold.person().audiences == {"some": fold.at_ms(50)}
    assert fold.person("bob").audiences == {}
    assert fold.decisions == []
    told = [one for outcome in fold.outcomes[outcomes:] for one in outcome.memberships]
    assert [(one.audience, one.person, one.since_ms) for one in told] == [
        ("some", "ann", fold.at_ms(50))
    ]


def test_an_audience_that_is_changed_or_taken_away_lets_go_of_those_who_do_not_qualify() -> None:
    entered, left = rule(ENTERED), rule(ENTERED | {"change": "left"}, name="left")
    fold = with_history(entered, left, audiences=[SOME])
    assert (fold.fired(), fold.fired("left")) == ([2], [])
    more = SOME | {"if": SOME["if"] | {"at_least": 4}}
    fold.publish(document(entered, left, audiences=[more]), 50)
    assert (fold.person().audiences, fold.fired("left")) == ({}, [])
    fold.publish(document(entered, left, audiences=[SOME]), 51)
    assert fold.person().audiences == {"some": fold.at_ms(51)}
    fold.publish(document(), 52)
    assert fold.person().audiences == {}
    (gone,) = fold.outcomes[-1].memberships
    assert (gone.audience, gone.person, gone.since_ms) == ("some", "ann", None)
    assert len(fold.decisions) == 1


def test_an_audience_about_an_audience_follows_a_change_of_that() -> None:
    about = {"name": "others", "if": {"check": "none", "of": [
        {"check": "audience", "audience": "some"}]}}  # fmt: skip
    fold = with_history(audiences=[SOME, about])
    assert fold.person().audiences.keys() == {"some"}
    fold.publish(document(audiences=[about, SOME | {"if": SOME["if"] | {"at_least": 9}}]), 50)
    assert fold.person().audiences.keys() == {"others"}


def test_an_audience_with_a_window_that_is_created_late_lets_go_in_time() -> None:
    recent = SOME | {"if": SOME["if"] | {"within": "1h", "at_least": 1}}
    fold = with_history()
    fold.publish(document(audiences=[recent]), 50)
    fold.pass_to(64 - 1 / MIN)
    assert fold.person().audiences == {"some": fold.at_ms(50)}
    fold.pass_to(64)
    assert fold.person().audiences == {}


# Sweeps.


def test_publishing_what_means_the_same_looks_at_nobody() -> None:
    fold = with_history(rule(TAP, TAG), audiences=[SOME])
    venue = document(rule(TAP, STAFF, text="Hello"), audiences=[SOME | {"text": "Some"}])
    outcomes = len(fold.outcomes)
    fold.publish(venue, 50)
    assert [outcome.people for outcome in fold.outcomes[outcomes:]] == [()]


def test_a_place_that_is_counted_otherwise_concerns_every_rule_and_audience() -> None:
    fold = with_history(rule(TAP, TAG), audiences=[SOME])
    places = [{"id": one, "name": one} for one in ("coffee", "bacon", "juice", "stage", "floor")]
    fold.tell(ev.Moved("ann", "", "left_venue", fold.at_ms(40)))
    fold.publish(document(rule(TAP, TAG), audiences=[SOME], places=places), 50)
    (timer,) = (one for one in fold.outcomes[-2].timers_set if one.kind == "sweep")
    assert (sweep_of(timer).rules, sweep_of(timer).audiences) == (("r",), (SOME["name"],))
    assert fold.outcomes[-1].timers_cancelled == (timer.key,)


def test_a_part_at_a_time_and_rules_of_today_count() -> None:
    fold = with_history()
    tap, paused = rule(TAP, TAG), rule(TAP, TAG, stage="paused")
    fold.previous, fold.rules = fold.rules, Fold(document(tap, audiences=[SOME])).rules
    fold.tell(ev.VenuePublished(2, fold.at_ms(50), "{}", past=True))
    (timer,) = fold.state.timers.values()
    assert (timer.key, sweep_of(timer).rules) == ("sweep:version/2", ("r",))
    fold.tell(ev.Swept(timer.key, fold.at_ms(51), ["ann"]))
    assert fold.fired() == [1, 2, 4]
    assert sweep_of(fold.state.timers[timer.key]).after == "ann"
    fold.tap(52, "bob")
    fold.rules = Fold(document(paused)).rules
    fold.tell(ev.Swept(timer.key, fold.at_ms(53), ["bob"], last=True))
    assert fold.fired(who="bob") == [52], "by then the rule is paused and the audience is gone"
    assert fold.state.timers == {}


def test_whoever_is_forgotten_or_merged_while_a_sweep_goes_on_does_not_come_back_with_it() -> None:
    nobody = {"name": "nobody", "if": {"check": "none", "of": [{"check": "tag", "tag": "x"}]}}
    fold = with_history().join("cid")
    fold.previous, fold.rules = fold.rules, Fold(document(audiences=[nobody])).rules
    fold.tell(ev.VenuePublished(2, fold.at_ms(50), "{}"))
    (timer,) = fold.state.timers.values()
    fold.erase(51)
    fold.merge(51, "bob", "cid")
    people = ["ann", "bob", "cid"]
    outcome = fold.tell(ev.Swept(timer.key, fold.at_ms(52), people, last=True))
    assert {one.id for one in outcome.people} <= {"bob"}
    assert {one.person for one in outcome.memberships} <= {"bob"}
    assert fold.state.people.keys() == {"bob", "cid"}
    assert fold.state.people["cid"].audiences == {}
