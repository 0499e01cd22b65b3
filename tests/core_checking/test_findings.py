"""What is said of each thing that can be wrong, and of its neighbour that is right."""

import pytest
from msgspec.structs import replace

from hub.core import document as doc
from hub.core.checking import Finding, check, listed, nearest, spell_path, with_name
from hub.core.checking.times import span_of, zone_of
from tests.core_checking.venue import (
    EVENT,
    PLACES,
    POINT,
    TAP,
    VENUE,
    of_parts,
    of_rules,
    rule,
    said,
)  # fmt: skip

HAVE = doc.Attribute("t", exists=True)
EVERYONE = {"each": "everyone"}
TASTES = [doc.AttributeInfo("tastes", "set"), doc.AttributeInfo("age", "number")]


def test_nothing_is_said_of_what_is_right() -> None:
    assert check(VENUE) == []
    assert of_rules(rule()) == []


def test_sentences() -> None:
    assert Finding("", "no").sentence() == "no"
    assert Finding("event.zone", "no").sentence() == "event.zone: no"
    assert spell_path(("edges", 0, "readers", "*")) == 'edges[0].readers["*"]'
    assert spell_path(()) == ""
    names = {"rules": ["a", ""]}
    assert with_name(Finding("rules[0].then[1]", ""), names).where == "rule 'a', then[1]"
    assert with_name(Finding("rules[0]", ""), names).where == "rule 'a'"
    assert with_name(Finding("rules[1]", ""), names).where == ""
    assert with_name(Finding("rules[2]", ""), names).where == ""
    assert with_name(Finding("quiet[0]", ""), names).where == ""
    assert listed([]) == "none"
    assert listed(f"n{number:02}" for number in range(14)).endswith("n11 and 2 more")
    assert nearest("cofee", ["coffee"]) == "did you mean 'coffee'?"
    assert nearest("tea", ["coffee"]) == ""


NAMES = [
    (doc.OnTap("tea"), "when.place: there is no place 'tea'; there is: bacon, coffee, stage"),
    (doc.OnSequence("tea", "stage"),
     "when.first: there is no place 'tea'; there is: bacon, coffee, stage"),
    (doc.OnDistinct("drinks"), "when.group: there is no group 'drinks'; there is: food"),
    (doc.OnAudience("x"), "when.audience: there is no audience 'x'; there is: none"),
    (doc.OnRule("b"), "when.rule: there is no rule 'b'; there is: a"),
    (doc.OnRedeemed("cards"), "when.pool: there is no pool 'cards'; there is: card"),
    (doc.OnSchedule(daily="09:00", each="x"),
     "when.each: there is no audience 'x'; there is: none"),
    (doc.OnVisit(), "when: give either a place or a group"),
    (doc.OnVisit("coffee", "food"), "when: give either a place or a group"),
    (doc.OnAbsent("coffee", "food", "5min"),
     "when: give either a place or a group, or neither for any place at all"),
    (doc.OnAbsent(), "when: give either for or by"),
    (doc.OnSchedule(**EVERYONE), "when: give one of at, daily, every and cron"),
    (doc.OnVisit("coffee", at_least="5min"),
     ("when.at_least: visits to 'coffee' are taps, which have no length; leave out at_least, or "
      "let visits_by be presence")),
    (doc.OnLeft(group="food"),
     "when: visits to 'food' are taps, which nobody leaves; let visits_by be presence"),
    (doc.OnAbsent(by="soon"), "when.by: 'soon' is no local time: write YYYY-MM-DDTHH:MM"),
    (doc.OnSchedule(at="2026-10-32T08:00", **EVERYONE),
     "when.at: '2026-10-32T08:00' is no local time: write YYYY-MM-DDTHH:MM"),
    (doc.OnSchedule(every="0s", **EVERYONE), "when.every: every is more than nothing"),
    (doc.OnSchedule(cron="x", **EVERYONE),
     "when.cron: 'x' is no cron expression: Wrong number of fields"),
]  # fmt: skip


@pytest.mark.parametrize(("when", "sentence"), NAMES, ids=lambda value: str(value)[:50])
def test_errors_of_triggers(when: doc.Trigger, sentence: str) -> None:
    assert f"error: rule 'a', {sentence}" in of_rules(rule(when))


RIGHT: list[doc.Trigger] = [
    doc.OnVisit("coffee"), doc.OnVisit(group="food"), doc.OnVisit("stage", at_least="5min"),
    doc.OnLeft("stage"), doc.OnLeftVenue(), doc.OnAbsent(for_="5min"),
    doc.OnAbsent("coffee", by="2026-10-08T18:00"), doc.OnSequence("coffee", "stage"),
    doc.OnSchedule(at="2026-10-08T18:00", **EVERYONE), doc.OnSchedule(daily="09:00", **EVERYONE),
    doc.OnSchedule(every="30min", **EVERYONE), doc.OnSchedule(cron="0 9 * * *", **EVERYONE),
    doc.OnDistinct("food", 2), doc.OnButton("go", "person"), doc.OnCall("go"),
    doc.OnConsent("push"), doc.OnAttribute("t"),
]  # fmt: skip


@pytest.mark.parametrize("when", RIGHT, ids=str)
def test_triggers_that_are_right(when: doc.Trigger) -> None:
    assert of_rules(rule(when)) == []


NEVER = [
    (doc.OnSchedule(at="2026-11-08T18:00", **EVERYONE), "error",
     "when.at: 2026-11-08T18:00 has no instant between the start and the end of the event"),
    (doc.OnSchedule(every="3d", **EVERYONE), "note",
     "when.every: 3d is longer than the event: it comes once, at the start"),
    (doc.OnSchedule(cron="0 9 1 1 *", **EVERYONE), "error",
     "when.cron: '0 9 1 1 *' has no instant between the start and the end of the event"),
    (doc.OnDistinct("food", 3), "warning",
     "when.count: the rule can never fire: the group 'food' has 2 places"),
    (doc.OnPoints(2), "warning",
     "when.at_least: the rule can never fire: all rules together give 1 points"),
    (doc.OnRedeemed("card"), "warning",
     "when: the rule can never fire: no rule gives rewards of 'card'"),
]  # fmt: skip


@pytest.mark.parametrize(("when", "severity", "sentence"), NEVER)
def test_triggers_that_never_come(when: doc.Trigger, severity: str, sentence: str) -> None:
    found = of_rules(rule(when, limit=doc.Limit(once=True)))
    assert f"{severity}: rule 'a', {sentence}" in found


def test_a_daily_time_that_a_short_event_does_not_have() -> None:
    day = replace(EVENT, ends="2026-10-08T18:00")
    for clock, comes in (("08:00", True), ("18:00", True), ("07:59", False), ("18:01", False)):
        when = doc.OnSchedule(daily=clock, **EVERYONE)
        found = of_rules(rule(when), event=day)
        assert (found == []) is comes, clock
    night = replace(EVENT, starts="2026-10-08T20:00", ends="2026-10-09T04:00")
    assert of_rules(rule(doc.OnSchedule(daily="03:00", **EVERYONE)), event=night) == []


def test_times_of_the_event() -> None:
    assert "error: event.zone: 'Moon' is no time zone; write one like Europe/Berlin" in of_parts(
        event=replace(EVENT, zone="Moon")
    )
    for field in ("starts", "ends"):
        wrong = replace(EVENT, **{field: "soon"})
        sentence = f"error: event.{field}: 'soon' is no local time: write YYYY-MM-DDTHH:MM"
        assert of_parts(event=wrong) == [sentence]
        assert span_of(replace(VENUE, event=wrong)) is None
    back = replace(EVENT, ends="2026-10-08T08:00")
    assert of_parts(event=back) == [
        "error: event.ends: the event ends before it starts, at 2026-10-08T08:00"
    ]
    assert str(zone_of(VENUE)) == "Europe/Berlin"
    assert str(zone_of(replace(VENUE, event=replace(EVENT, zone="Moon")))) == "UTC"


@pytest.mark.parametrize(
    "when",
    [
        doc.OnSchedule(at="2026-11-08T18:00", **EVERYONE),
        doc.OnSchedule(every="3d", **EVERYONE),
        doc.OnSchedule(daily="09:00", **EVERYONE),
        doc.OnSchedule(cron="0 9 1 1 *", **EVERYONE),
    ],
)
def test_schedules_of_an_event_without_times(when: doc.Trigger) -> None:
    (only,) = of_rules(rule(when), event=replace(EVENT, zone="Moon"))
    assert "no time zone" in only


def test_quiet_hours() -> None:
    assert of_parts(quiet=[doc.Quiet("22:00", "06:00")]) == []
    assert of_parts(quiet=[doc.Quiet("22:00", "06:00", then="inbox")]) == []
    found = of_parts(
        quiet=[
            doc.Quiet("22:00", "22:00"),
            doc.Quiet("22:00", "06:00", ()),
            doc.Quiet("22:00", "06:00", ("push", "light"), "inbox"),
        ]
    )
    assert found == [
        "error: quiet[0]: from 22:00 until 22:00 is no time at all",
        "error: quiet[2].then: inbox is for push alone, and light is among channels",
        "warning: quiet[1].channels: these hours are quiet for no channel",
    ]


def test_nothing_is_there_twice() -> None:
    found = of_parts(
        places=[*PLACES, PLACES[0]],
        edges=[*VENUE.edges, VENUE.edges[0]],
        pools=[*VENUE.pools, VENUE.pools[0]],
        lamps=["Floor", "Floor"],
        attributes=[doc.AttributeInfo("t")] * 2,
        ids=[doc.IdKind("crm")] * 2,
        sources=[doc.Source("crm", [])] * 2,
        audiences=[doc.Audience("x", HAVE)] * 2,
        caps=[doc.Cap("c", "push", 1)] * 2,
        budgets=[doc.Budget("b", 5, ["card"])] * 2,
        rules=[rule(name="r"), replace(rule(name="r"), then=[doc.AddPoints(2)])],
    )
    twice = [one.split(": ")[-1] for one in found if "twice" in one]
    assert twice == [
        "place 'coffee' is there twice", "edge 'pi' is there twice", "pool 'card' is there twice",
        "lamp 'Floor' is there twice", "attribute 't' is there twice",
        "kind of id 'crm' is there twice", "source 'crm' is there twice",
        "audience 'x' is there twice", "cap 'c' is there twice", "budget 'b' is there twice",
        "rule 'r' is there twice",
    ]  # fmt: skip


def test_variants() -> None:
    one, holdout = doc.Variant("one", [POINT]), doc.Variant("holdout", [POINT])
    assert said(replace(VENUE, rules=[doc.Rule("a", TAP, variants=[one])])) == []
    found = said(replace(VENUE, rules=[doc.Rule("a", TAP, [POINT], variants=[one, one, holdout])]))
    assert found == [
        "error: rule 'a', variants[1].name: variant 'one' is there twice",
        "error: rule 'a', variants: variants are tried instead of then: give only one of them",
        (
            "error: rule 'a', variants[2].name: 'holdout' is what those are called for whom "
            "nothing is done"
        ),
    ]
    assert said(replace(VENUE, rules=[doc.Rule("a", TAP)])) == [
        "error: rule 'a': there is nothing to do: give then or variants"
    ]


def test_names_of_parts() -> None:
    found = of_parts(
        edges=[doc.Edge("pi", {"*": "tea"})],
        pools=[doc.PoolInfo("card", "Card", 5, redeem_at="tea")],
        caps=[doc.Cap("c", "group:x", 1), doc.Cap("d", "push", 1)],
        budgets=[doc.Budget("b", 5, ["cards"])],
        attributes=[doc.AttributeInfo("t")],
        sources=[
            doc.Source("crm", [
                doc.Mapped("ids.crm", ["id"]), doc.Mapped("attributes.u", ["u"]),
                doc.Mapped("attributes.t", ["t"]), doc.Mapped("attributes.t", ["v"]),
                doc.Mapped("email", []),
            ])
        ],
    )  # fmt: skip
    others = [one for one in found if "attribute 'u'" not in one and "costs anything" not in one]
    assert others == [
        "error: edge 'pi', readers[\"*\"]: there is no place 'tea'; there is: bacon, coffee, stage",
        "error: pool 'card', redeem_at: there is no place 'tea'; there is: bacon, coffee, stage",
        "error: cap 'c', of: there is no group of rules 'x'; there is: none",
        "error: budget 'b', pools[0]: there is no pool 'cards'; there is: card",
        "error: source 'crm', fields[0].to: there is no kind of id 'crm'; there is: none",
        "error: source 'crm', fields[3].to: field 'attributes.t' is there twice",
        "error: source 'crm', fields[4].from: from is empty: name at least one field of the source",
    ]
    assert any("fields[1].to: there is no attribute 'u'" in one for one in found)


def test_names_of_goals() -> None:
    found = of_rules(rule(goal=doc.Goal("tea", "cards"), holdout=10))
    assert found[:3] == [
        "error: rule 'a', goal.visit: there is no place 'tea'; there is: bacon, coffee, stage",
        "error: rule 'a', goal.redeemed: there is no pool 'cards'; there is: card",
        "error: rule 'a', goal: give either visit or redeemed",
    ]
    assert of_rules(rule(goal=doc.Goal("stage"))) == [
        "note: rule 'a', goal: there is no holdout and no variant of this rule to compare with"
    ]
    assert of_rules(rule(goal=doc.Goal("stage"), holdout=5)) == []
    unread = of_rules(
        rule(goal=doc.Goal("stage"), holdout=5), edges=[doc.Edge("p", {"a": "coffee"})]
    )
    assert unread == [
        "warning: rule 'a', goal: the goal is never reached: no edge reads 'stage'"
    ]  # fmt: skip
    assert of_rules(rule(goal=doc.Goal(redeemed="card"), holdout=5)) == [
        "warning: rule 'a', goal: the goal is never reached: no rule gives rewards of 'card'"
    ]
