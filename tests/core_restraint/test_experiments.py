"""Arms: always the same, evenly spread, and one rule's independent of another's."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

import pytest

from hub.core.document import AddPoints, GiveTag, Goal, OnTap, Rule, Variant
from hub.core.errors import RulesFault
from hub.core.restraint.experiments import Arm, acts_for, arm, check_experiment, hash01

PEOPLE: Final = [f"person-{number}" for number in range(100_000)]
ONCE_IN_A_THOUSAND: Final = {1: 10.83, 9: 27.88, 99: 148.23}
"""What chi-square exceeds once in a thousand draws from an even spread, by degrees of freedom."""

ONE, TWO = GiveTag("one"), AddPoints(2)


def rule(name: str = "coffee", **more: Any) -> Rule:
    return Rule(name, OnTap("door"), **more)


def halves(name: str = "coffee", **more: Any) -> Rule:
    return rule(name, variants=[Variant("a", [ONE]), Variant("b", [TWO])], **more)


def chi_square(counts: Iterable[int], expected: Sequence[float]) -> float:
    pairs = zip(counts, expected, strict=True)
    return sum((count - value) ** 2 / value for count, value in pairs)


@pytest.mark.parametrize(
    ("salt", "person", "number"),
    [
        ("fair", "ann", 0.5374193415052357),
        ("fair", "bob", 0.20342943127793356),
        ("fair", "Zoë", 0.8943062319040888),
        ("fair", "", 0.8320950888784717),
        ("fair/r", "ann", 0.6398117758734696),
        ("fair/r", "bob", 0.29266464437374695),
        ("fair/r/variant", "ann", 0.10291910153704531),
        ("fair/r/variant", "bob", 0.7094340117764979),
    ],
)
def test_the_number_of_a_person_never_changes(salt: str, person: str, number: float) -> None:
    assert hash01(salt, person) == number


@pytest.mark.parametrize(
    ("person", "found"),
    [
        ("p0", Arm("holdout", is_held_out=True, by="rule")),
        ("p1", Arm("a")),
        ("p2", Arm("b")),
        ("p6", Arm("holdout", is_held_out=True, by="rule")),
        ("p9", Arm("a")),
        ("p11", Arm("b")),
    ],
)
def test_the_arm_of_a_person_never_changes(person: str, found: Arm) -> None:
    one = rule(holdout=30, variants=[Variant("a", [], 1), Variant("b", [], 3)])
    assert arm("fair", 10, one, person) == found


def test_the_holdout_of_the_event_comes_first() -> None:
    one = halves(holdout=100)
    assert arm("fair", 53.8, one, "ann") == Arm("holdout", is_held_out=True, by="global")
    assert arm("fair", 53.7, one, "ann") == Arm("holdout", is_held_out=True, by="rule")


def test_who_is_just_at_the_bound_is_not_held_out() -> None:
    percent = hash01("fair", "ann") * 100
    assert not arm("fair", percent, rule(), "ann").is_held_out
    of_rule = hash01("fair/coffee", "ann") * 100
    assert not arm("fair", 0, rule(holdout=of_rule), "ann").is_held_out
    share = hash01("fair/coffee/variant", "ann")
    one = rule(variants=[Variant("a", [], share), Variant("b", [], 1 - share)])
    assert arm("fair", 0, one, "ann") == Arm("b")


@pytest.mark.parametrize("person", PEOPLE[:50])
def test_none_and_all(person: str) -> None:
    assert arm("fair", 0, rule(), person) == Arm()
    assert arm("fair", 100, rule(), person).by == "global"
    assert arm("fair", 0, rule(holdout=100), person).by == "rule"
    only = rule(variants=[Variant("only", [ONE])])
    assert arm("fair", 0, only, person) == Arm("only")


@pytest.mark.parametrize("salt", ["fair", "fair/coffee", "fair/coffee/variant", "expo"])
def test_numbers_are_spread_evenly(salt: str) -> None:
    counts = Counter(int(hash01(salt, person) * 100) for person in PEOPLE)
    assert sorted(counts) == list(range(100))
    assert chi_square(counts.values(), [1_000] * 100) < ONCE_IN_A_THOUSAND[99]


@pytest.mark.parametrize(("share", "of_ten"), [(1, 5), (3, 7.5), (0.25, 2), (9, 9)])
def test_variants_have_their_shares(share: float, of_ten: float) -> None:
    one = rule(variants=[Variant("a", [], share), Variant("b", [])])
    counts = Counter(arm("fair", 0, one, person).name for person in PEOPLE)
    expected = [of_ten * 10_000, (10 - of_ten) * 10_000]
    assert chi_square((counts["a"], counts["b"]), expected) < ONCE_IN_A_THOUSAND[1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("fair", "fair/coffee"),
        ("fair/coffee", "fair/bacon"),
        ("fair/coffee", "fair/coffee/variant"),
        ("fair/coffee/variant", "fair/bacon/variant"),
        ("fair", "expo"),
    ],
)
def test_one_draw_says_nothing_about_another(one: str, other: str) -> None:
    """Of a table of four by four, all sixteen cells are as full as chance would have them."""
    cells = Counter(
        (int(hash01(one, person) * 4), int(hash01(other, person) * 4)) for person in PEOPLE
    )
    assert len(cells) == 16
    rows = Counter(int(hash01(one, person) * 4) for person in PEOPLE)
    columns = Counter(int(hash01(other, person) * 4) for person in PEOPLE)
    expected = [rows[row] * columns[column] / len(PEOPLE) for row, column in cells]
    assert chi_square(cells.values(), expected) < ONCE_IN_A_THOUSAND[9]


def test_rules_hold_out_and_divide_independently() -> None:
    coffee, bacon = halves("coffee", holdout=50), halves("bacon", holdout=50)
    arms = [(arm("fair", 0, coffee, one).name, arm("fair", 0, bacon, one).name) for one in PEOPLE]
    share = {"holdout": 0.5, "a": 0.25, "b": 0.25}
    pairs = [(one, other) for one in share for other in share]
    counts = Counter(arms)
    expected = [share[one] * share[other] * len(PEOPLE) for one, other in pairs]
    assert chi_square((counts[pair] for pair in pairs), expected) < ONCE_IN_A_THOUSAND[9]


def test_more_holdout_holds_out_the_same_people_and_more() -> None:
    before = {one for one in PEOPLE[:2_000] if arm("fair", 0, rule(holdout=10), one).is_held_out}
    after = {one for one in PEOPLE[:2_000] if arm("fair", 0, rule(holdout=20), one).is_held_out}
    assert 0 < len(before) < len(after)
    assert before < after


def test_what_a_rule_does_is_that_of_the_arm() -> None:
    assert acts_for(rule(then=[ONE, TWO]), Arm()) == [ONE, TWO]
    assert acts_for(halves(), Arm("a")) == [ONE]
    assert acts_for(halves(), Arm("b")) == [TWO]
    held_outs = [Arm("holdout", is_held_out=True, by=by) for by in ("global", "rule")]
    for held_out in held_outs:
        assert acts_for(rule(then=[ONE]), held_out) == acts_for(halves(), held_out) == []


@pytest.mark.parametrize(
    ("one", "sentence"),
    [
        (halves(then=[ONE]), "give then or variants, not both"),
        (
            rule(variants=[Variant("a", [ONE]), Variant("a", [TWO])]),
            "two of its variants have one name",
        ),
        (
            rule(variants=[Variant("a", [ONE]), Variant("holdout", [TWO])]),
            "no variant can be called 'holdout', which is kept for those whom it never acts for",
        ),
    ],
)
def test_refuses(one: Rule, sentence: str) -> None:
    with pytest.raises(RulesFault) as fault:
        check_experiment(one, ["door"], ["card"])
    assert str(fault.value) == f"rule 'coffee': {sentence}"


@pytest.mark.parametrize(
    ("goal", "sentence"),
    [
        (Goal(), "give exactly one of visit and redeemed"),
        (Goal("door", "card"), "give exactly one of visit and redeemed"),
        (Goal(visit="card"), "there is no place 'card'; there is: door"),
        (Goal(redeemed="door"), "there is no pool 'door'; there is: card"),
    ],
)
def test_refuses_a_goal(goal: Goal, sentence: str) -> None:
    with pytest.raises(RulesFault) as fault:
        check_experiment(rule(then=[ONE], goal=goal), ["door"], ["card"])
    assert str(fault.value) == f"rule 'coffee', goal: {sentence}"


@pytest.mark.parametrize(
    "one",
    [
        rule(),
        rule(then=[ONE]),
        halves(goal=Goal(visit="door")),
        halves(goal=Goal(redeemed="card"), holdout=5),
    ],
)
def test_accepts(one: Rule) -> None:
    check_experiment(one, ["door"], ["card"])
