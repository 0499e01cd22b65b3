"""Circles among rules and audiences: refused where they cannot end, else named."""

from hub.core import document as doc
from tests.core_checking.venue import TAP, of_parts, of_rules, rule

ONCE = doc.Limit(once=True)


def after(name: str, other: str, **more: object) -> doc.Rule:
    return rule(doc.OnRule(other, "5s"), doc.GiveTag(name), name=name, **more)


def test_rules_after_each_other_without_a_limit_are_refused() -> None:
    sentence = "the rule feeds itself without end: a -> b -> c -> a"
    assert of_rules(after("a", "c"), after("b", "a"), after("c", "b")) == [
        f"error: rule 'a', when: {sentence}"
    ]
    assert of_rules(after("a", "a"))[0].endswith("without end: a -> a")


def test_a_circle_that_something_may_end_is_named() -> None:
    sentence = "warning: rule 'a', when: the rule may feed itself: a -> b -> a"
    condition = doc.Attribute("t", exists=True)
    assert of_rules(after("a", "b"), after("b", "a", limit=ONCE)) == [sentence]
    assert of_rules(after("a", "b"), after("b", "a", if_=condition)) == [sentence]
    assert of_rules(after("a", "b"), after("b", "a", group="g")) == [sentence]
    assert of_rules(after("a", "b"), after("b", "a", stage="shadow")) == [sentence]
    found = of_rules(after("a", "b"), after("b", "a", stage="paused"))
    assert not any("feed" in one for one in found)


def test_a_chain_is_no_circle() -> None:
    assert of_rules(rule(TAP, doc.GiveTag("x"), name="a"), after("b", "a"), after("c", "b")) == []
    circle = (after("a", "b"), after("b", "a"))
    assert len(of_rules(*circle, after("d", "a"), after("e", "d"))) == 1


def test_a_tally_that_counts_itself_is_refused() -> None:
    counts = rule(doc.OnAttribute("t"), doc.SetAttribute("t", "x"))
    assert of_rules(counts, attributes=[doc.AttributeInfo("t", "tally")]) == [
        "error: rule 'a', when: the rule feeds itself without end: a -> a"
    ]
    assert of_rules(counts) == ["warning: rule 'a', when: the rule may feed itself: a -> a"]


def test_points_feed_points_when_they_rise() -> None:
    more = rule(doc.OnPoints(5), doc.AddPoints(5))
    assert of_rules(more) == ["warning: rule 'a', when: the rule may feed itself: a -> a"]
    less = rule(doc.OnPoints(5), doc.AddPoints(-5))
    assert of_rules(less, rule(TAP, doc.AddPoints(1), name="b")) == []


def test_through_audiences() -> None:
    asks: list[tuple[doc.Condition, doc.Act]] = [
        (doc.HasTag("x"), doc.GiveTag("x")),
        (doc.NoneOf([doc.HasTag("x")]), doc.TakeTag("x")),
        (doc.Attribute("t", equals="x"), doc.SetAttribute("t", "x")),
        (doc.HasHonour("x"), doc.AwardHonour("x")),
        (doc.HasStatus(["x"]), doc.SetStatus("x")),
        (doc.HasPoints(at_least=1), doc.AddPoints(1)),
        (doc.Counted("points", "sum", at_least=1), doc.AddPoints(1)),
    ]
    for condition, act in asks:
        audiences = [
            doc.Audience("keen", condition),
            doc.Audience("fans", doc.InAudience("keen")),
        ]
        gives = rule(TAP, doc.GiveTag("x"), name="tags")
        found = of_parts(
            audiences=audiences, rules=[rule(doc.OnAudience("fans"), act, limit=ONCE), gives]
        )
        assert [one for one in found if "feed" in one] == [
            (
                "warning: rule 'a', when: the rule may feed itself: "
                "a -> audience keen -> audience fans -> a"
            )
        ]


def test_two_ways_round_are_one_circle() -> None:
    either = doc.AnyOf([doc.HasTag("x"), doc.HasTag("y")])
    found = of_parts(
        audiences=[doc.Audience("keen", either)],
        rules=[rule(doc.OnAudience("keen"), doc.GiveTag("x"), doc.GiveTag("y"))],
    )
    assert found == ["warning: rule 'a', when: the rule may feed itself: a -> audience keen -> a"]


def test_audiences_are_not_made_of_themselves() -> None:
    found = of_parts(
        audiences=[
            doc.Audience("x", doc.InAudience("y")),
            doc.Audience("y", doc.AnyOf([doc.InAudience("x"), doc.InAudience("z")])),
            doc.Audience("z", doc.HasConsent("push")),
        ]
    )
    assert found == [
        "error: audience 'x', if: audiences refer to each other in a circle: x -> y -> x"
    ]


def test_audiences_are_about_people_alone() -> None:
    found = of_parts(
        audiences=[doc.Audience("x", doc.All([doc.Occupied("stage", 5), doc.InStock("card")]))]
    )
    assert found == [
        (
            "error: audience 'x', if.of[0]: an audience is about people alone: it cannot ask for "
            "occupancy"
        ),
        "error: audience 'x', if.of[1]: an audience is about people alone: it cannot ask for stock",
    ]
