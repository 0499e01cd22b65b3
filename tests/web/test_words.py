"""How the console says things."""

import pytest

from hub.console import words
from hub.console.sentences import sentence
from hub.core import document as d
from hub.web.errors import BadInput
from hub.web.register import checked
from tests.web.world import NOW_MS

BERLIN = "Europe/Berlin"


def test_times_are_the_venues() -> None:
    assert words.clock(NOW_MS, BERLIN) == "16:32:15"
    assert words.minute(NOW_MS, "nowhere at all") == "15:32"
    assert words.day(NOW_MS, BERLIN) == "Thursday 12 November"
    assert words.when(NOW_MS, NOW_MS, BERLIN) == "16:32"
    assert words.when(NOW_MS, NOW_MS + 86_400_000, BERLIN) == "Thu 16:32"


@pytest.mark.parametrize(
    ("duration_ms", "said"),
    [
        (-5, "0 s"),
        (59_999, "59 s"),
        (60_000, "1 min"),
        (3_599_999, "59 min"),
        (7_500_000, "2 h 05"),
    ],
)
def test_durations(duration_ms: int, said: str) -> None:
    assert words.lasting(duration_ms) == said


def test_counts() -> None:
    assert words.count(12_345) == "12\u2009345"
    assert [words.ordinal(n) for n in (1, 2, 3, 4, 11, 22, 112)] == [
        "1st", "2nd", "3rd", "4th", "11th", "22nd", "112th",
    ]  # fmt: skip
    assert (words.backlog(249), words.backlog(1_525, ": ")) == ("", ": 1\u2009525 waiting")
    assert (words.people(1), words.people(2)) == ("1 person", "2 people")
    assert (words.speed(1.0), words.speed(120.0)) == ("", "\u00d7120")


TRIGGERS: dict[str, d.Trigger] = {
    "somebody taps at a": d.OnTap(place="a"),
    "somebody visits a": d.OnVisit(place="a"),
    "somebody has been at a for 5min": d.OnVisit(place="a", at_least="5min"),
    "the 3rd visit to a within 2h begins": d.OnVisits(place="a", count=3, within="2h"),
    "the 3rd visit to g during the event begins": d.OnVisits(group="g", count=3),
    "4 different g have been visited during the event": d.OnDistinct(group="g", count=4),
    "somebody has spent 45min in all at a": d.OnDwell(place="a", at_least="45min"),
    "people are at a (looked at every 30s)": d.WhilePresent(place="a", every="30s"),
}


@pytest.mark.parametrize("said", TRIGGERS)
def test_every_trigger_is_a_sentence(said: str) -> None:
    rule = d.Rule(name="r", when=TRIGGERS[said], then=[d.GiveTag(tag="t")])
    assert sentence(rule) == f"When {said}: tag t."


def test_a_place_is_called_by_its_name() -> None:
    rule = d.Rule(name="r", when=d.OnTap(place="a"), then=[d.GiveTag(tag="t")])
    assert sentence(rule, {"a": "Bar"}) == "When somebody taps at Bar: tag t."
    assert sentence(rule, {"b": "Bar"}) == "When somebody taps at a: tag t."


CONDITIONS: dict[str, d.Condition] = {
    "age is 5": d.Attribute(name="age", equals=5),
    "age is at least 1.0 and is at most 9.0": d.Attribute(name="age", at_least=1.0, at_most=9.0),
    "age is anything": d.Attribute(name="age"),
    "tagged t": d.HasTag(tag="t"),
    "consents to push": d.HasConsent(purpose="push"),
    "at a": d.IsAt(place="a"),
    "(tagged t and at a)": d.All(of=[d.HasTag(tag="t"), d.IsAt(place="a")]),
    "(tagged t or at a)": d.AnyOf(of=[d.HasTag(tag="t"), d.IsAt(place="a")]),
    "not (tagged t or at a)": d.NoneOf(of=[d.HasTag(tag="t"), d.IsAt(place="a")]),
}


@pytest.mark.parametrize("said", CONDITIONS)
def test_every_condition_is_said(said: str) -> None:
    rule = d.Rule(
        name="r", when=d.OnTap(place="a"), then=[d.GiveTag(tag="t")], if_=CONDITIONS[said]
    )
    assert sentence(rule) == f"When somebody taps at a, if {said}: tag t."


ACTS: dict[str, d.Act] = {
    "tag t": d.GiveTag(tag="t"),
    "+5 points": d.AddPoints(points=5),
    "into the draw x": d.EnterDraw(draw="x"),
    "give \u201cCard\u201d": d.GiveReward(pool="p", title="Card"),
    "write \u201cHello\u201d": d.SendPush(title="Hello"),
    "turn Lamp to their colour for 10s": d.SetLight(lamp="Lamp", colour="{favourite_colour}"),
    "turn Lamp to #ff0000 for 10s": d.SetLight(lamp="Lamp", colour="#ff0000"),
    "spread the colours of those there over 2 lamps": d.SetMood(lamps=["a", "b"]),
    "ask the DJ for their music": d.RequestMusic(),
    "at 08:00: tag t": d.FollowUp(then=[d.GiveTag(tag="t")], at="08:00"),
    "after 2h: tag t": d.FollowUp(then=[d.GiveTag(tag="t")], after="2h"),
}


@pytest.mark.parametrize("said", ACTS)
def test_every_action_is_said(said: str) -> None:
    rule = d.Rule(name="r", when=d.OnTap(place="a"), then=[ACTS[said]])
    assert sentence(rule) == f"When somebody taps at a: {said}."


def test_limits_are_said() -> None:
    limit = d.Limit(once=True, every="1h", at_most=3, within="1d")
    rule = d.Rule(name="r", when=d.OnTap(place="a"), then=[d.GiveTag(tag="t")], limit=limit)
    assert sentence(rule).endswith(
        "tag t (once for each person, at most every 1h, at most 3 within 1d)."
    )


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"email": "x@example.org"}, "a name is needed"),
        ({"name": "x" * 301}, "name is over 300"),
        ({"name": "x", "badge": "b" * 200}, "at most 128"),
        ({"name": "x", "favourite_colour": "red"}, "#rrggbb"),
        ({"name": "x", "consents": "lights;mail"}, "'mail' is not something"),
    ],
)
def test_a_row_that_cannot_be_meant_is_told_by_its_column(row: dict[str, str], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        checked(row)


def test_a_row_becomes_a_person() -> None:
    new = checked({" name ": " Ada Okafor ", "badge": "b-1", "team": "red", "phone": ""}, "file")
    assert (new.name, new.badge, new.phone, new.source_key) == (
        "Ada Okafor",
        "b-1",
        None,
        "file/b-1",
    )
    assert new.attributes == {"team": "red", "first_name": "Ada"}
