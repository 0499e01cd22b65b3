"""What follows from who is at a place: lamps in their colours, wishes for the DJ."""

from typing import Any

import pytest

from hub.core import events as ev
from hub.core.follow import palette
from tests.core.fold import Fold, document, rule

PRESENT: dict[str, Any] = {"kind": "present", "place": "floor", "every": "1min"}
MOOD: dict[str, Any] = {"do": "mood", "lamps": ["Left", "Right"]}
MUSIC: dict[str, Any] = {"do": "music"}
RED, BLUE = "#ff0000", "#0000ff"


def fold_of(*then: dict[str, Any], **more: Any) -> Fold:
    fold = Fold(document(rule(PRESENT, *then), **more))
    fold.join("ann", favourite_colour=RED, favourite_artists=["Abba", "Blur"])
    fold.join("bob", favourite_colour=BLUE, favourite_artists="Abba")
    return fold.join("cid")


def colours(fold: Fold) -> list[list[str]]:
    return [action.body["colours"] for action in fold.actions if action.connector == "lights"]


def artists(fold: Fold) -> list[list[str]]:
    return [
        [entry["artist"] for entry in action.body["entries"]]
        for action in fold.actions
        if action.connector == "music"
    ]


@pytest.mark.parametrize(
    ("worn", "lamps", "shown"),
    [
        ([], 3, []),
        (["#A"], 2, ["#a", "#a"]),
        (["b", "a"], 2, ["a", "b"]),
        (["a", "a", "b"], 3, ["a", "a", "b"]),
        (["a", "a", "b"], 6, ["a"] * 4 + ["b"] * 2),
        (["a", "a", "a", "b"], 2, ["a", "a"]),
        (["a", "b", "c"], 2, ["a", "b"]),
        (["a", "b"], 0, []),
    ],
)
def test_lamps_are_shared_out_by_how_many_wear_a_colour(
    worn: list[str], lamps: int, shown: list[str]
) -> None:
    assert palette(worn, lamps) == shown


def test_the_first_change_shows_at_once_and_the_next_when_it_may() -> None:
    fold = fold_of(MOOD)
    fold.enter(0, "floor", "ann")
    fold.enter(0.5, "floor", "bob")
    assert colours(fold) == [[RED, RED]]
    fold.pass_to(0.99)
    assert len(fold.actions) == 1
    fold.pass_to(1)
    assert colours(fold)[1:] == [[BLUE, RED]]
    fold.leave(5, "floor", "ann")
    fold.leave(5.2, "floor", "bob")
    fold.pass_to(7)
    assert colours(fold)[2:] == [[BLUE, BLUE], ["#000000"]]
    assert fold.state.timers == {}
    assert [decision.reason for decision in fold.decisions][-1] == (
        "floor takes the colours of 0 people"
    )


def test_the_mood_is_an_effect_of_the_place() -> None:
    fold = fold_of(MOOD)
    fold.enter(0, "floor")
    (action,), (decision,) = fold.actions, fold.decisions
    assert action.body | {"colours": []} == {
        "op": "mood", "lamps": ["Left", "Right"], "source": "r", "priority": 20, "colours": [],
    }  # fmt: skip
    assert (action.person, action.consent, action.coalesce) == (None, None, "lights:floor:r")
    assert action.expires_ms - action.cause_ms == 120_000
    assert (decision.place, decision.person, decision.clauses[0].saw) == ("floor", None, "1")


def test_a_change_that_shows_nothing_new_is_not_sent() -> None:
    fold = fold_of(MOOD)
    fold.enter(0, "floor")
    fold.enter(2, "floor", "cid")
    assert len(fold.actions) == 1


def test_never_more_often_than_every_so_often() -> None:
    """Also when the hub is behind: what waited is shown with the change that comes first."""
    fold = fold_of(MOOD)
    fold.enter(0, "floor", "ann")
    fold.enter(0.5, "floor", "bob")
    (timer,) = fold.state.timers.values()
    fold.tell(ev.Moved("ann", "floor", "left", fold.at_ms(1.1)))
    assert fold.state.timers == {}
    fold.tell(ev.Moved("ann", "floor", "entered", fold.at_ms(1.2)))
    fold.tell(ev.Due(timer.key, timer.due_ms), fold.at_ms(1.3))
    fold.pass_to(10)
    shown = [(action.cause_ms - fold.opens_ms) / 60_000 for action in fold.actions]
    assert shown == [0, 1.1, 2.1]


def test_only_what_they_consented_to_is_shown() -> None:
    fold = fold_of(MOOD, MUSIC)
    fold.enter(0, "floor")
    fold.tell(ev.Registered("ann", fold.at_ms(2), {}, ["presence"]))
    assert colours(fold) == [[RED, RED], ["#000000"]]
    assert artists(fold) == [["Abba", "Blur"], []]
    fold.tell(ev.Registered("ann", fold.at_ms(3), {"favourite_colour": BLUE}, ["lights"]))
    fold.pass_to(4)
    assert colours(fold)[2:] == [[BLUE, BLUE]]


@pytest.mark.parametrize(("colour", "wishes"), [(7, 7), (True, ["Abba"]), ("#ff0000", "")])
def test_attributes_of_another_type_show_nothing(colour: ev.Value, wishes: ev.Value) -> None:
    fold = fold_of(MOOD, MUSIC)
    attributes = {"favourite_colour": colour, "favourite_artists": wishes}
    fold.tell(ev.Registered("ann", fold.opens_ms, attributes))
    fold.enter(0, "floor")
    present = fold.state.zones["floor"].present["ann"]
    assert present.colour == (colour if isinstance(colour, str) else None)
    assert present.artists == (tuple(wishes) if isinstance(wishes, list) else ())


def test_wishes_are_ranked_and_what_was_played_waits() -> None:
    fold = fold_of(MUSIC)
    fold.enter(0, "floor", "ann")
    fold.enter(2, "floor", "bob")
    assert artists(fold) == [["Abba", "Blur"]]
    assert fold.decisions[0].reason == "Abba is wanted by 1"
    fold.tell(ev.Played("floor", "Abba", fold.at_ms(4)))
    assert artists(fold)[1:] == [["Blur"]]
    (play,) = fold.state.zones["floor"].plays
    assert play.persons == ("ann", "bob")
    fold.tell(ev.Played("floor", "Blur", fold.at_ms(6), skipped=True))
    assert fold.state.zones["floor"].plays[1].persons == ()
    assert artists(fold)[2:] == [[]]
    assert fold.decisions[-1].reason == "nobody wishes for music"


def test_plays_are_kept_in_bounds() -> None:
    fold = fold_of(MUSIC)
    for minute in range(210):
        fold.tell(ev.Played("floor", f"Band {minute}", fold.at_ms(minute)))
    assert len(fold.state.zones["floor"].plays) == 200


def test_each_action_of_a_rule_has_a_slot_of_its_own() -> None:
    fold = fold_of(MOOD, MUSIC, {"do": "mood", "lamps": ["Door"]})
    fold.enter(0, "floor")
    assert [action.coalesce for action in fold.actions] == [
        "lights:floor:r", "music:floor:r#1", "lights:floor:r#2",
    ]  # fmt: skip
    assert len({action.key for action in fold.actions}) == 3


@pytest.mark.parametrize(
    "instead",
    [
        rule(PRESENT, MOOD, stage="paused"),
        rule({"kind": "tap", "place": "floor"}),
        rule({"kind": "present", "place": "stage"}, MOOD),
        rule(PRESENT, MOOD, name="other"),
    ],
    ids=["off", "another kind", "elsewhere", "gone"],
)
def test_a_rule_that_is_no_longer_so_shows_no_more(instead: dict[str, Any]) -> None:
    fold = fold_of(MOOD)
    fold.enter(0, "floor", "ann")
    fold.enter(0.5, "floor", "bob")
    fold.publish(document(instead))
    fold.pass_to(5)
    assert len(fold.actions) == 1


def test_what_waits_to_be_shown_waits_once() -> None:
    fold = fold_of(MOOD)
    fold.enter(0, "floor", "ann")
    fold.enter(0.2, "floor", "bob")
    fold.enter(0.4, "floor", "cid")
    assert [timer.due_ms for timer in fold.state.timers.values()] == [fold.at_ms(1)]


def test_registering_again_without_news_shows_nothing() -> None:
    fold = fold_of(MOOD)
    fold.enter(0, "floor")
    outcome = fold.tell(ev.Registered("ann", fold.at_ms(5), {"age": 3}))
    assert outcome.zones == ()


def test_going_where_one_is_already_changes_nothing_there() -> None:
    fold = fold_of(MOOD)
    fold.enter(0, "stage")
    fold.state.people["cid"] = fold.person("ann")
    fold.tell(ev.Moved("bob", "stage", "left", fold.at_ms(1)))
    assert fold.actions == []
    assert fold.state.zones["stage"].present.keys() == {"ann"}


def test_a_person_at_a_place_that_never_heard_of_them_may_leave() -> None:
    fold = fold_of(MOOD)
    fold.enter(0, "floor")
    fold.state.zones.clear()
    fold.leave(1, "floor")
    assert fold.person().place is None


def requests(fold: Fold) -> list[str]:
    return [action.body["artist"] for action in fold.actions if action.body.get("op") == "request"]


def test_a_player_is_asked_for_the_best_wish_now_and_then() -> None:
    fold = fold_of(MUSIC | {"ask_every": "3min"})
    fold.enter(0, "floor", "ann")
    assert requests(fold) == ["Abba"]
    fold.enter(2, "floor", "bob")
    assert requests(fold) == ["Abba"], "too early for another"
    fold.leave(4, "floor", "bob")
    assert requests(fold) == ["Abba", "Blur"], "what was asked for lately rests"
    fold.enter(8, "floor", "bob")
    assert requests(fold) == ["Abba", "Blur"], "nothing is left to ask for"
    fold.leave(60, "floor", "bob")
    assert requests(fold) == ["Abba", "Blur", "Abba"], "it has rested long enough"


def test_nobody_is_asked_without_being_told_to() -> None:
    fold = fold_of(MUSIC)
    fold.enter(0, "floor", "ann")
    assert requests(fold) == []
