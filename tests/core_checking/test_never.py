"""Rules that can never fire, and what takes turns with what."""

from hub.core import document as doc
from hub.core.checking import check
from tests.core_checking.venue import POINT, TAP, VENUE, of_if, of_parts, of_rules, rule

ONCE = doc.Limit(once=True)
HAVE = doc.Attribute("t", exists=True)


def test_what_no_rule_gives() -> None:
    for condition, reason in (
        (doc.HasTag("x"), "no rule gives the tag 'x'"),
        (doc.HasHonour("x"), "no rule awards the honour 'x'"),
        (doc.HasStatus(["x"]), "no rule sets the status 'x'"),
        (doc.InArm("a", "holdout"), "nobody is held out of the rule 'a'"),
    ):
        assert of_if(condition) == [
            f"warning: rule 'a', if: {reason}: this never holds",
            "warning: rule 'a', if: the rule can never fire: its condition never holds",
        ]
    acts = (doc.GiveTag("x"), doc.AwardHonour("x"), doc.SetStatus("x"))
    asks = doc.All([doc.HasTag("x"), doc.HasHonour("x"), doc.HasStatus(["x", "y"])])
    assert of_rules(rule(TAP, *acts), rule(name="b", if_=asks)) == []
    assert of_if(doc.InArm("a", "holdout"), holdout=5) == []
    either = doc.AnyOf([doc.HasTag("x"), HAVE])
    assert of_if(either) == [
        "warning: rule 'a', if.of[0]: no rule gives the tag 'x': this never holds"
    ]


def test_points_that_cannot_be_reached() -> None:
    reach = rule(doc.OnPoints(10), doc.GiveTag("x"), name="b")

    def reached(*rules: doc.Rule) -> bool:
        return of_rules(*rules, reach) == []

    five = doc.AddPoints(5)
    assert reached(rule(TAP, five))
    assert not reached(rule(TAP, five, limit=ONCE))
    assert reached(rule(TAP, five, limit=doc.Limit(at_most=2)))
    assert not reached(rule(TAP, five, limit=doc.Limit(at_most=1)))
    assert reached(rule(TAP, five, limit=doc.Limit(at_most=1, within="2h")))
    assert reached(rule(TAP, five, limit=doc.Limit(at_most=1, per="visit")))
    assert reached(rule(TAP, five, limit=doc.Limit(once=True, per="visit")))
    assert not reached(rule(TAP, five, stage="draft"))
    assert not reached(rule(TAP, doc.AddPoints(-5)))
    asked = of_rules(rule(limit=ONCE), rule(TAP, doc.GiveTag("x"), name="b", if_=doc.HasPoints(2)))
    assert asked[0] == (
        "warning: rule 'b', if: all rules together give 1 points, and never 2: this never holds"
    )


def test_places_that_no_edge_reads() -> None:
    edges = [doc.Edge("pi", {"a": "coffee"})]
    assert of_rules(rule(doc.OnTap("stage")), edges=edges) == [
        "warning: rule 'a', when: the rule can never fire: no edge reads 'stage'"
    ]
    assert of_rules(rule(doc.OnDistinct("food")), edges=edges) == []
    assert of_rules(rule(), edges=[]) == ["note: edges: there is no edge: nobody is seen anywhere"]
    assert of_rules(rule(doc.OnCall("x")), edges=[]) == []


def test_audiences_that_nobody_enters() -> None:
    found = of_parts(
        audiences=[doc.Audience("x", doc.HasTag("y")), doc.Audience("z", HAVE)],
        rules=[rule(doc.OnAudience("x")), rule(doc.OnAudience("z"), name="b")],
    )
    assert found == [
        "warning: audience 'x', if: no rule gives the tag 'y': this never holds",
        "warning: audience 'x', if: nobody can come into this audience",
        "warning: rule 'a', when: the rule can never fire: nobody can come into the audience",
    ]


def test_rules_after_a_rule_that_is_not_asked() -> None:
    for stage, off in (("draft", True), ("paused", True), ("shadow", False), ("live", False)):
        found = of_rules(rule(stage=stage), rule(doc.OnRule("a"), name="b"))
        expected = "warning: rule 'b', when: the rule can never fire: the rule 'a' is not asked"
        assert (found == [expected]) is off


def test_equal_priorities_and_who_goes_first() -> None:
    one, two = rule(group="g"), rule(TAP, doc.AddPoints(2), name="b", group="g")
    assert of_rules(one, two) == [
        "warning: rule 'b': 'a' of the same group goes first whenever this one could act",
        (
            "note: rule 'b', priority: 'a' has the same priority in the group 'g': the one that is "
            "written first goes first"
        ),
    ]
    held = rule(group="g", priority=5, if_=HAVE)
    assert of_rules(held, two) == []
    higher = rule(TAP, doc.AddPoints(2), name="b", group="g", priority=1)
    assert of_rules(one, higher) == [
        "warning: rule 'a': 'b' of the same group goes first whenever this one could act"
    ]
    other = rule(doc.OnTap("stage"), name="b", group="g", priority=1)
    assert of_rules(one, other) == []
    assert of_rules(rule(group="g", stage="paused"), two) == []
    assert of_rules(rule(group="g", stage="shadow", priority=5), two) == []


def test_doubles() -> None:
    assert of_rules(rule(), rule(name="b")) == ["note: rule 'b': it is the same as 'a': both act"]
    assert of_rules(rule(), rule(name="b", stage="draft")) == []


def test_errors_come_first() -> None:
    venue = VENUE.__class__(
        VENUE.event, VENUE.places, rules=[rule(), rule(doc.OnTap("tea"), name="b")]
    )
    assert [one.severity for one in check(venue)] == ["error", "note"]
    assert POINT.points == 1
