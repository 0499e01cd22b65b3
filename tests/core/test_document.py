"""A document that cannot be meant is refused with a sentence: where, what, and what there is."""

from typing import Any

import msgspec
import pytest

from hub.core import document as doc
from hub.core.compiled import compile_venue
from hub.core.errors import CoreError, RulesFault
from hub.core.spans import clock_time, duration_ms, local_time, parse_local, spell, window_ms
from tests.core.fold import PLACES, POOLS, TAP, document, rule, visits

PRESENT = {"kind": "present", "place": "stage"}
MOOD = {"do": "mood", "lamps": ["Door"]}
POINT = {"do": "points", "points": 1}


def nested(depth: int) -> dict[str, Any]:
    inner = POINT if depth == 1 else nested(depth - 1)
    return {"do": "follow_up", "after": "1min", "then": [inner]}


@pytest.mark.parametrize(
    ("rules", "changes", "sentence"),
    [
        ([], {"event": {"zone": "Mars"}}, "event.zone: 'Mars' is no time zone; write one like Eu"),
        ([], {"event": {"zone": "../x"}}, "event.zone: '../x' is no time zone"),
        ([], {"event": {"starts": "soon"}}, "'soon' is no local time: write YYYY-MM-DDTHH:MM"),
        ([], {"places": PLACES + PLACES[:1]}, "place 'coffee' is there twice"),
        ([], {"pools": POOLS * 2}, "pool 'card' is there twice"),
        ([rule(TAP), rule(TAP)], {}, "rule 'r' is there twice"),
        ([], {"edges": [{"name": "pi", "readers": {}}] * 2}, "edge 'pi' is there twice"),
        (
            [],
            {"edges": [{"name": "pi", "readers": {"a": "sofa"}}]},
            "edge 'pi', reader 'a': there is no place 'sofa'; there is: bacon, coffee, floor",
        ),
        ([rule({"kind": "tap", "place": "sofa"})], {}, "there is no place 'sofa'"),
        (
            [rule({"kind": "visits", "group": "shops", "count": 1})],
            {},
            "rule 'r': there is no group 'shops'; there is: food, halls",
        ),
        (
            [rule({"kind": "visits", "group": "shops", "count": 1})],
            {"places": []},
            "there is no group 'shops'; there is: none",
        ),
        (
            [rule({"kind": "visits", "count": 1})],
            {},
            "rule 'r': give either a place or a group",
        ),
        (
            [rule({"kind": "visits", "count": 1, "place": "coffee", "group": "food"})],
            {},
            "rule 'r': give either a place or a group",
        ),
        (
            [rule({"kind": "visit", "place": "coffee", "at_least": "1min"})],
            {},
            "rule 'r': visits to 'coffee' are taps, which have no length",
        ),
        (
            [rule(TAP, {"do": "reward", "pool": "tea", "title": "x"})],
            {},
            "rule 'r': there is no pool 'tea'; there is: card",
        ),
        (
            [rule(TAP, {"do": "light", "lamp": "Sun", "colour": "#ffffff"})],
            {},
            "rule 'r': there is no lamp 'Sun'; there is: Door, Left, Right",
        ),
        (
            [rule(PRESENT, {"do": "mood", "lamps": ["Door", "Sun"]})],
            {},
            "rule 'r': there is no lamp 'Sun'",
        ),
        ([rule(TAP, MOOD)], {}, "rule 'r': mood and music belong to rules with kind: present"),
        ([rule(PRESENT, POINT)], {}, "rule 'r': mood and music belong to rules with kind: present"),
        (
            [rule(TAP, {"do": "follow_up", "after": "1min", "then": [MOOD]})],
            {},
            "rule 'r': mood and music belong to rules with kind: present",
        ),
        (
            [rule(TAP, {"do": "follow_up", "then": []})],
            {},
            "rule 'r': a follow-up has either after or at",
        ),
        (
            [rule(TAP, {"do": "follow_up", "after": "1min", "at": "08:00", "then": []})],
            {},
            "rule 'r': a follow-up has either after or at",
        ),
        (
            [rule(PRESENT, {"do": "music"}, limit={"once": True})],
            {},
            "rule 'r': a rule with kind: present follows a place, not a person",
        ),
        (
            [rule(PRESENT, {"do": "music"}, if_={"check": "tag", "tag": "x"})],
            {},
            "rule 'r': a rule with kind: present follows a place, not a person",
        ),
        ([rule(TAP, nested(4))], {}, "rule 'r': follow-ups are nested deeper than 3"),
        (
            [rule(TAP, if_={"check": "none", "of": [{"check": "at", "place": "sofa"}]})],
            {},
            "there is no place 'sofa'",
        ),
        (
            [rule(TAP, limit={"at_most": 65, "within": "1h"})],
            {},
            "rule 'r', limit: at_most is 64 or less unless it is within the event",
        ),
    ],
)
def test_what_cannot_be_meant(
    rules: list[dict[str, Any]], changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(RulesFault) as refused:
        compile_venue(document(*rules, **changes), 1)
    assert sentence in str(refused.value)
    assert isinstance(refused.value, CoreError)


@pytest.mark.parametrize(
    ("rules", "where"),
    [
        ([rule(visits(0))], "$.rules[0].when.count"),
        ([rule(visits(513))], "$.rules[0].when.count"),
        ([rule(visits(2, within="soon"))], "$.rules[0].when.within"),
        ([rule(visits(2, within="9999999h"))], "$.rules[0].when.within"),
        ([rule({"kind": "dance", "place": "stage"})], "$.rules[0].when.kind"),
        ([rule(TAP, {"do": "points", "points": "5"})], "$.rules[0].then[0].points"),
        ([rule(TAP, {"do": "points", "pionts": 5})], "`pionts` - at `$.rules[0].then[0]`"),
        ([rule(TAP, limit={"at_most": 0})], "$.rules[0].limit.at_most"),
        ([rule(TAP, name="A b")], "$.rules[0].name"),
        (
            [rule(TAP, {"do": "light", "lamp": "Door", "colour": "red"})],
            "$.rules[0].then[0].colour",
        ),
        (
            [rule(TAP, {"do": "follow_up", "at": "25:00", "then": []})],
            "$.rules[0].then[0].at",
        ),
        ([rule(TAP, if_={"check": "moon"})], "$.rules[0].if"),
    ],
)
def test_what_cannot_be_read(rules: list[dict[str, Any]], where: str) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        document(*rules)
    assert where in str(refused.value)


def test_a_good_document_comes_back_from_json_as_it_was() -> None:
    fields = {
        "check": "all",
        "of": [{"check": "tag", "tag": "x"}, {"check": "at", "place": "stage"}],
    }
    venue = document(
        rule(TAP, nested(3), if_=fields, limit={"at_most": 65}),
        rule(PRESENT, MOOD, name="mood"),
        edges=[{"name": "pi", "readers": {"a": "coffee"}}],
    )
    again = msgspec.json.decode(msgspec.json.encode(venue), type=doc.Venue)
    assert again == venue
    assert compile_venue(again, 3).venue == venue


def test_rules_with_the_same_places_and_window_share_their_counting() -> None:
    compiled = compile_venue(
        document(
            rule(visits(2, within="1h"), name="a"),
            rule(visits(5, within="60min"), name="b"),
            rule(visits(2, within="2h"), name="c"),
            rule(visits(2, "bacon", within="1h"), name="d"),
        ),
        1,
    )
    numbers = {one.name: one.tally for one in compiled.rules.values()}
    assert numbers["a"] == numbers["b"]
    assert len(set(numbers.values())) == 3


@pytest.mark.parametrize(
    ("text", "ms"),
    [("90s", 90_000), ("45min", 2_700_000), ("2h", 7_200_000), ("3d", 259_200_000), ("7ms", 7)],
)
def test_durations(text: str, ms: int) -> None:
    assert duration_ms(text) == window_ms(text) == ms


@pytest.mark.parametrize("text", ["", "2", "h", "-2h", "2 h", "2H", "1.5h", "1000000d", "2h "])
def test_no_durations(text: str) -> None:
    with pytest.raises(RulesFault, match="is no duration: write a number and ms, s, min, h or d"):
        duration_ms(text)


def test_the_whole_event_is_no_duration() -> None:
    assert window_ms("event") is None


@pytest.mark.parametrize(
    ("ms", "said"),
    [(0, "0 ms"), (999, "999 ms"), (12_500, "12.5 s"), (2_700_000, "45 min"),
     (5_400_000, "1.5 h"), (259_200_000, "3 d")],
)  # fmt: skip
def test_spelled(ms: int, said: str) -> None:
    assert spell(ms) == said


def test_times_are_those_of_the_venue() -> None:
    zone = compile_venue(document(), 1).zone
    summer, winter = parse_local("2026-10-24T08:00", zone), parse_local("2026-10-25T08:00", zone)
    assert winter - summer == 25 * 3_600_000
    assert clock_time(summer, zone) == clock_time(winter, zone) == "08:00:00"
    assert local_time(summer, zone) == "2026-10-24 08:00:00"
