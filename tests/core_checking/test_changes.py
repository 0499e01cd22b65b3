"""What is different between two documents is said part by part."""

import msgspec
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from hub.core import document as doc
from hub.core.checking import compare, plain
from tests.core_checking.venue import TAP, VENUE, rule
from tests.strategies_venue import venues


def told(before: doc.Venue, after: doc.Venue) -> list[str]:
    return [one.sentence() for one in compare(before, after)]


def with_rules(*rules: doc.Rule) -> doc.Venue:
    return replace(VENUE, rules=list(rules))


def test_parts_come_and_go() -> None:
    one, two = with_rules(rule(name="one")), with_rules(rule(name="two"))
    assert told(one, two) == ["rule 'one' removed", "rule 'two' added"]
    assert compare(one, two)[0].before["name"] == "one"
    assert told(VENUE, replace(VENUE, lamps=["Floor", "Stage"])) == [
        "lamps: [Floor] -> [Floor, Stage]"
    ]


def test_fields_change() -> None:
    before = rule(text="x", priority=1)
    after = rule(
        TAP, doc.AddPoints(5), limit=doc.Limit(once=True), if_=doc.HasTag("y"), holdout=2.5,
        priority=1,
    )  # fmt: skip
    assert told(with_rules(before), with_rules(after)) == [
        "rule 'a', then[0].points: 1 -> 5",
        "rule 'a', text removed: x",
        "rule 'a', if added: {check: tag, tag: y}",
        "rule 'a', limit added: {once: true}",
        "rule 'a', holdout added: 2.5",
    ]


def test_a_part_of_another_kind_changes_as_a_whole() -> None:
    before = rule(TAP, doc.AddPoints(1), doc.GiveTag("x"))
    after = rule(doc.OnVisit("coffee"), doc.AddPoints(1), doc.AddPoints(2))
    assert told(with_rules(before), with_rules(after)) == [
        "rule 'a', when: {kind: tap, place: coffee} -> {kind: visit, place: coffee}",
        "rule 'a', then[1]: {do: tag, tag: x} -> {do: points, points: 2}",
    ]
    set_one = rule(TAP, doc.SetAttribute("t", 1))
    set_true, set_none = (rule(TAP, doc.SetAttribute("t", value)) for value in (True, None))
    assert told(with_rules(set_one), with_rules(set_true)) == ["rule 'a', then[0].value: 1 -> true"]
    assert told(with_rules(set_true), with_rules(set_none)) == [
        "rule 'a', then[0].value removed: true"
    ]


def test_the_venue_itself_changes() -> None:
    event = replace(VENUE.event, ends="2026-10-10T10:00")
    assert told(VENUE, replace(VENUE, event=event, holdout=0.5)) == [
        "event, ends: 2026-10-09T10:00 -> 2026-10-10T10:00",
        "holdout added",
    ]


def test_another_order() -> None:
    one, two = rule(name="one"), rule(name="two")
    assert told(with_rules(one, two), with_rules(two, one)) == ["rules: in another order"]
    assert told(with_rules(one, two), with_rules(two)) == ["rule 'one' removed"]


def test_what_is_written_out_is_no_change() -> None:
    written = msgspec.convert(
        {**msgspec.to_builtins(VENUE), "holdout": 0, "rules": [
            {"name": "a", "when": {"kind": "tap", "place": "coffee"},
             "then": [{"do": "points", "points": 1}], "limit": {}, "priority": 0}
        ]},
        doc.Venue,
    )  # fmt: skip
    assert compare(with_rules(rule()), written) == []
    assert plain(written) == plain(with_rules(rule()))
    assert plain(1e300) == 1e300
    assert repr(plain(2.0)) == "2"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(venues(), venues())
def test_only_what_is_the_same_has_no_change(one: doc.Venue, other: doc.Venue) -> None:
    assert compare(one, one) == []
    assert (compare(one, other) == []) == (plain(one) == plain(other))
    assert plain(msgspec.json.decode(msgspec.json.encode(one), type=doc.Venue)) == plain(one)
