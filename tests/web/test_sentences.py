"""Every kind of part that a document may have is said as a sentence."""

import re
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given

from hub.console import sentences as say
from hub.console.sentences_parts import bounds, joined
from hub.core import document as d
from tests.strategies_venue import venues

ODD = re.compile(r"\b(?:On|Has|In|At|Any|None|Set|Give|Call)[A-Z]\w*\(|\bNone\b|\{'")


def least(kind: type[msgspec.Struct]) -> Any:
    """A part of that kind with as little as it may have."""
    made: dict[str, Any] = {}
    info: Any = msgspec.inspect.type_info(kind)
    for field in info.fields:
        if field.required:
            made[field.name] = _least(field.type)
    return kind(**made)


def _least(kind: Any) -> Any:
    match kind:
        case msgspec.inspect.IntType() | msgspec.inspect.FloatType():
            return 1
        case msgspec.inspect.ListType():
            return []
        case msgspec.inspect.UnionType():
            return "v"
        case _:
            return "x"


def rule(**more: Any) -> d.Rule:
    return d.Rule(name="r", **{"when": d.OnTap(place="a"), "then": [d.GiveTag(tag="t")], **more})


@pytest.mark.parametrize("kind", get_args(d.Trigger), ids=lambda kind: kind.__name__)
def test_every_kind_of_trigger_is_said(kind: Any) -> None:
    said = say.sentence(rule(when=least(kind)))
    assert re.fullmatch(r"When \S.*[^ ]: tag t\.", said)
    assert not ODD.search(said) or kind is d.OnOccupancy


@pytest.mark.parametrize("kind", get_args(d.Condition), ids=lambda kind: kind.__name__)
def test_every_kind_of_condition_is_said(kind: Any) -> None:
    said = say.sentence(rule(if_=least(kind)))
    assert re.fullmatch(r"When somebody taps at a, if \S.*: tag t\.", said)
    assert not ODD.search(said)


@pytest.mark.parametrize("kind", get_args(d.Act), ids=lambda kind: kind.__name__)
def test_every_kind_of_action_is_said(kind: Any) -> None:
    said = say.sentence(rule(then=[least(kind)]))
    assert re.fullmatch(r"When somebody taps at a: \S.*\.", said)
    assert not ODD.search(said)


SAID: dict[str, d.Trigger] = {
    "all of the g have been visited during the event": d.OnDistinct(group="g"),
    "somebody visits b after a within 1h": d.OnSequence(first="a", then="b", within="1h"),
    "somebody visited a and has not come to b within 1h": d.OnWithout("a", "b", "1h"),
    "somebody has not visited any place for 2h": d.OnAbsent(for_="2h"),
    "somebody has not visited g by 2026-11-12T12:00": d.OnAbsent(group="g", by="2026-11-12T12:00"),
    "somebody leaves a after at least 5min": d.OnLeft(place="a", at_least="5min"),
    "somebody goes out of the audience x": d.OnAudience("x", "left"),
    "somebody withdraws consent to push": d.OnConsent("push", given=False),
    "the number of people of the audience x at a rises to 5 (again after it was at 3)":
        d.OnOccupancy("a", at_least=5, until=3, audience="x"),
    "the number of people at a falls to 0": d.OnOccupancy("a", at_most=0),
    "it is 08:00 on any day, for everyone": d.OnSchedule(daily="08:00", each="everyone"),
    "another 10min of the event have passed": d.OnSchedule(every="10min"),
    "it is 2026-11-12 09:00, for each member of x": d.OnSchedule(at="2026-11-12T09:00", each="x"),
    "5min have passed since the rule q fired for somebody": d.OnRule("q", "5min"),
    "the button go is pressed about the venue": d.OnButton("go"),
    "another system calls till about somebody": d.OnCall("till"),
}  # fmt: skip


@pytest.mark.parametrize("said", SAID)
def test_triggers_in_full(said: str) -> None:
    assert say.sentence(rule(when=SAID[said])) == f"When {said}: tag t."


CONDITIONS: dict[str, d.Condition] = {
    "the total of points added within 1h is at least 5":
        d.Counted("points", "sum", within="1h", at_least=5.0),
    "the time at Bar on the same day is from 10min to 1h":
        d.Counted("stays", "sum", place="a", within="day", at_least="10min", at_most="1h"),
    "between 22:00 and 02:00 on Monday or Sunday":
        d.AtTime(from_="22:00", until="02:00", days=["mon", "sun"]),
    "at least 3 people are at Bar": d.Occupied("a", at_least=3),
    "of status gold or silver": d.HasStatus(["gold", "silver"]),
    "vip is yes": d.Attribute("vip", equals=True),
    "drink is one of tea or beer": d.Attribute("drink", one_of=["tea", "beer"]),
    "vip is not known": d.Attribute("vip", exists=False),
    "(not (at Bar) and in the arm holdout of q)":
        d.All([d.NoneOf([d.IsAt("a")]), d.InArm("q", "holdout")]),
}  # fmt: skip


@pytest.mark.parametrize("said", CONDITIONS)
def test_conditions_in_full(said: str) -> None:
    audience = d.Audience(name="x", if_=CONDITIONS[said])
    assert say.audience_said(audience, {"a": "Bar"}) == f"Everybody for whom: {said}."


def test_restraints_are_said() -> None:
    limit = d.Limit(every="1h", also=[d.Period(3, "day")], per="visit")
    assert say.sentence(rule(limit=limit)).endswith(
        "(at most every 1h in each visit, at most 3 on the same day in each visit)."
    )
    assert say.sentence(rule(limit=d.Limit(once=True, per="event"))).endswith(
        "(once for all together)."
    )
    cap = d.Cap(name="c", of="push", at_most=2, within="1h")
    assert say.cap_said(cap) == "At most 2 messages within 1h, for each person."
    group = d.Cap(name="c", of="group:g", at_most=1, per="event")
    assert say.cap_said(group) == (
        "At most 1 firings of the group g during the event, for all together."
    )
    quiet: Any = d.Quiet
    assert say.quiet_said(quiet("22:00", "07:00", ("push", "light"))) == (
        "From 22:00 until 07:00, messages and lights wait until then, unless they expire before."
    )
    assert say.budget_said(d.Budget("b", 12.5, ["p", "q"])) == (
        "The rewards of p and q cost at most 12.5 EUR in all."
    )


def test_an_experiment_is_said() -> None:
    variants = [d.Variant("a", [d.GiveTag("t")]), d.Variant("b", [d.AddPoints(5)], share=3)]
    tried = rule(
        variants=variants, holdout=10, goal=d.Goal(visit="bar"), group="g", priority=4, then=[]
    )
    assert say.sentence(tried) == "When somebody taps at a: one of 2 variants, by lot."
    assert say.more_said(tried, {"bar": "Bar"}) == [
        "Of the group g only one acts at a time; this one has 4.",
        "For 10 of a hundred people it never acts, to compare with.",
        "Variant a, for 25 of a hundred: tag t.",
        "Variant b, for 75 of a hundred: +5 points.",
        "What counts is a visit to Bar within 2h.",
    ]


def test_names_and_bounds_are_joined() -> None:
    assert [joined(names) for names in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "", "a", "a and b", "a, b and c",
    ]  # fmt: skip
    assert [bounds(*pair) for pair in ((None, None), (1, None), (None, 2), (1, 2))] == [
        "", "at least 1", "at most 2", "from 1 to 2",
    ]  # fmt: skip


@given(venues())
def test_whatever_a_document_says_is_said(venue: d.Venue) -> None:
    places = {place.id: place.name for place in venue.places}
    said = [say.sentence(one, places) for one in venue.rules]
    said += [more for one in venue.rules for more in say.more_said(one, places)]
    said += [say.audience_said(one, places) for one in venue.audiences]
    said += [say.cap_said(one) for one in venue.caps]
    said += [say.quiet_said(one) for one in venue.quiet]
    said += [say.budget_said(one) for one in venue.budgets]
    assert all(one.endswith(".") and one[0].isupper() for one in said)
