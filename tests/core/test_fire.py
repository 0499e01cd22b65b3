"""A rule that became true fires, is suppressed with a reason, or is a plain no: in that order."""

from typing import Any

import pytest

from hub.core.errors import RulesFault
from hub.core.restraint.experiments import arm
from tests.core.fold import MIN, TAP, Fold, document, rule, visits

TAG: dict[str, Any] = {"do": "tag", "tag": "guest"}
PUSH: dict[str, Any] = {"do": "push", "title": "Hello"}
NEVER: dict[str, Any] = {"check": "tag", "tag": "never"}
PEOPLE = [f"p{number}" for number in range(40)]


def grouped(name: str, priority: int, *then: dict[str, Any], **more: Any) -> dict[str, Any]:
    return rule(TAP, *(then or (TAG,)), name=name, group="g", priority=priority, **more)


def outcomes(fold: Fold, who: str = "ann") -> list[tuple[str, str]]:
    return [(one.rule, one.because or one.outcome) for one in fold.decisions if one.person == who]


# Exclusion groups: the best one is sent, the others say who suppressed them.


def test_of_a_group_the_highest_priority_acts_and_the_others_say_so() -> None:
    rules = [grouped("low", 1), grouped("best", 9), grouped("mid", 5)]
    fold = Fold(document(*rules)).join("ann").taps(1)
    assert outcomes(fold) == [("best", "fired"), ("mid", "priority"), ("low", "priority")]
    assert fold.decisions[2].reason == "priority: suppressed by best"
    assert [clause.text for clause in fold.decisions[2].clauses] == ["taps at coffee"]


def test_of_equals_the_one_that_is_written_first() -> None:
    rules = [grouped("second", 0), grouped("third", 0), grouped("first", 1, if_=NEVER)]
    fold = Fold(document(*rules)).join("ann").taps(1)
    assert outcomes(fold) == [("second", "fired"), ("third", "priority")]


def test_one_that_is_suppressed_by_its_own_limit_or_does_nothing_makes_way() -> None:
    rules = [
        grouped("once", 9, limit={"once": True}),
        grouped("consent", 8, {"do": "webhook", "target": "crm"}),
        grouped("last", 1),
    ]
    fold = Fold(document(*rules)).join("ann").taps(1, 2)
    assert outcomes(fold) == [
        ("once", "fired"), ("consent", "priority"), ("last", "priority"),
        ("once", "limit"), ("consent", "consent"), ("last", "fired"),
    ]  # fmt: skip


def test_four_actions_in_two_groups_with_equal_and_unequal_priorities() -> None:
    def of(group: str, name: str, priority: int) -> dict[str, Any]:
        title = {"do": "push", "title": name}
        return rule(TAP, title, name=name, group=group, priority=priority)

    rules = [of("a", "a-low", 1), of("b", "b-one", 3), of("a", "a-high", 2), of("b", "b-two", 3)]
    fold = Fold(document(*rules, rule(TAP, PUSH, name="free"))).join("ann").taps(1)
    assert [message.title for message in fold.messages] == ["a-high", "b-one", "Hello"]
    reasons = {one.rule: one.reason for one in fold.decisions if one.outcome == "suppressed"}
    assert reasons == {
        "a-low": "priority: suppressed by a-high", "b-two": "priority: suppressed by b-one",
    }  # fmt: skip


def test_groups_are_each_persons_own_and_each_rounds_own() -> None:
    later = rule({"kind": "rule", "rule": "best"}, TAG, name="later", group="g")
    fold = Fold(document(grouped("best", 9), grouped("low", 1), later)).join("ann", "bob")
    fold.tap(1)
    fold.tap(1, "bob")
    assert outcomes(fold) == [("best", "fired"), ("low", "priority"), ("later", "fired")]
    assert outcomes(fold, "bob") == outcomes(fold)


def test_a_rule_that_is_true_at_several_instants_does_not_suppress_itself() -> None:
    twice = rule(visits(2, within="10min"), TAG, name="twice", group="g", priority=1)
    every = rule(visits(3, within="10min"), TAG, name="three", group="g")
    fold = Fold(document(twice, every)).join("ann").taps(0, 15)
    fold.tap(8, late=20)
    assert fold.fired("twice") == [8, 15]


def test_a_shadow_loses_to_those_that_act_and_beats_nobody() -> None:
    rules = [grouped("shade", 9, stage="shadow"), grouped("live", 5), grouped("dim", 1,
             stage="shadow")]  # fmt: skip
    fold = Fold(document(*rules)).join("ann").taps(1)
    assert outcomes(fold) == [("shade", "shadow"), ("live", "fired"), ("dim", "priority")]


# Stages.


@pytest.mark.parametrize("stage", ["draft", "paused"])
def test_a_draft_and_a_paused_rule_are_not_asked(stage: str) -> None:
    fold = Fold(document(rule(TAP, TAG, stage=stage))).join("ann").taps(1)
    assert (fold.decisions, fold.person().tags, fold.person().fired) == ([], {}, {})


def test_a_shadow_decides_and_does_nothing_and_keeps_its_own_limit() -> None:
    acts = [TAG, PUSH, {"do": "reward", "pool": "card", "title": "x"},
            {"do": "points", "points": 5}, {"do": "staff", "title": "x"},
            {"do": "follow_up", "then": [TAG], "after": "1min"}]  # fmt: skip
    caps = [{"name": "few", "of": "push", "at_most": 1},
            {"name": "group", "of": "group:g", "at_most": 1}]  # fmt: skip
    rules = [
        rule(TAP, *acts, stage="shadow", limit={"at_most": 2}, group="g"),
        rule({"kind": "rule", "rule": "r"}, TAG, name="after"),
        rule({"kind": "points", "at_least": 1}, TAG, name="points"),
    ]
    fold = Fold(document(*rules, caps=caps)).join("ann").taps(1, 2, 3)
    assert [one.outcome for one in fold.decisions] == ["shadow", "shadow", "suppressed"]
    assert fold.because() == ["", "", "limit"]
    assert fold.decisions[0].key == f"r/ann/{fold.at_ms(1)}/{fold.at_ms(1)}/shadow"
    assert fold.decisions[0].actions[0] == "tag guest"
    ann = fold.person()
    assert (ann.tags, ann.points, ann.sent) == ({}, 0, {})
    assert ann.fired.keys() == {"r~shadow"}
    assert (fold.actions, fold.messages, fold.grants, fold.notes) == ([], [], [], [])
    assert (fold.state.timers, fold.state.pools["card"].left) == ({}, 2)


def test_what_a_shadow_could_not_do_is_suppressed_too() -> None:
    fold = Fold(document(rule(TAP, PUSH, stage="shadow"))).join("ann", consents=[]).taps(1)
    assert outcomes(fold) == [("r", "consent")]


def test_a_rule_that_goes_live_begins_its_limit_anew_and_a_paused_one_keeps_it() -> None:
    once: dict[str, Any] = {"limit": {"once": True}}
    fold = Fold(document(rule(TAP, TAG, stage="shadow", **once))).join("ann").taps(1)
    fold.publish(document(rule(TAP, TAG, **once)), 2)
    fold.taps(3)
    assert fold.fired() == [3]
    fold.publish(document(rule(TAP, TAG, stage="paused", **once)), 4)
    fold.taps(5)
    fold.publish(document(rule(TAP, TAG, **once)), 6)
    fold.taps(7)
    assert (fold.fired(), fold.suppressed()) == ([3], [7])


# Holdouts and variants.


def test_whom_the_event_or_the_rule_holds_out_is_never_acted_for() -> None:
    venue = document(
        rule(TAP, TAG, holdout=50), rule(TAP, TAG, name="all"), holdout=20,
    )  # fmt: skip
    fold = Fold(venue).join(*PEOPLE)
    for who in PEOPLE:
        fold.tap(1, who)
    held: dict[str, set[str]] = {"global": set(), "rule": set()}
    for who in PEOPLE:
        found = arm("fair", 20, venue.rules[0], who)
        if found.by:
            held[found.by].add(who)
    out = {one.person: one for one in fold.decisions if one.because == "holdout"}
    assert set(out) == held["global"] | held["rule"]
    assert held["global"]
    assert held["rule"]
    assert all((out[who].reason, out[who].arm) == (
        "holdout: in the event's holdout, to compare with", "holdout",
    ) for who in held["global"])  # fmt: skip
    rules_own = [one for one in fold.decisions if one.rule == "r" and one.person in held["rule"]]
    assert {one.reason for one in rules_own} == {"holdout: in the rule's holdout, to compare with"}
    everybody = {one.person for one in fold.decisions if one.rule == "all" and not one.because}
    assert everybody == set(PEOPLE) - held["global"]


def test_each_is_always_in_the_same_variant_and_follow_ups_are_its_own() -> None:
    def variant(name: str) -> dict[str, Any]:
        later = {"do": "follow_up", "then": [{"do": "tag", "tag": f"{name}-later"}],
                 "after": "1min"}  # fmt: skip
        return {"name": name, "then": [{"do": "tag", "tag": name}, later]}

    in_a = {"check": "arm", "rule": "r", "arm": "a"}
    rules = [
        rule(TAP, variants=[variant("a"), variant("b")]) | {"then": []},
        rule(TAP, {"do": "tag", "tag": "in-a"}, name="arm", if_=in_a),
    ]
    fold = Fold(document(*rules)).join(*PEOPLE)
    for minute in (1, 2):
        for who in PEOPLE:
            fold.tap(minute, who)
    fold.pass_to(30)
    found = {who: frozenset(fold.person(who).tags) for who in PEOPLE}
    assert set(found.values()) == {
        frozenset({"a", "a-later", "in-a"}), frozenset({"b", "b-later"}),
    }  # fmt: skip
    assert {one.arm for one in fold.decisions if one.rule == "r"} == {"a", "b"}


def test_the_venue_is_in_no_experiment() -> None:
    button = {"kind": "button", "button": "go"}
    fold = Fold(document(rule(button, {"do": "staff", "title": "x"}), holdout=100))
    fold.press(1)
    assert fold.fired(who=None) == [1]
    for more in ({"holdout": 10}, {"limit": {"per": "visit", "once": True}}):
        with pytest.raises(RulesFault, match="which has no visits and no arms"):
            Fold(document(rule(button, {"do": "staff", "title": "x"}, **more)))
    asked = {"check": "any", "of": [NEVER]}
    with pytest.raises(RulesFault, match="it is about the venue, and check: tag needs a person"):
        Fold(document(rule(button, {"do": "staff", "title": "x"}, if_=asked)))


# Limits for each visit and for all together.


def test_once_for_each_visit() -> None:
    fold = Fold(document(rule(TAP | {"place": "stage"}, limit={"once": True, "per": "visit"})))
    fold.join("ann")
    for minute, who in ((0, "enter"), (1, ""), (2, ""), (9, "enter"), (9.5, ""), (10, "")):
        if who:
            fold.enter(minute)
        else:
            fold.tap(minute, place="stage")
    assert (fold.fired(), fold.suppressed()) == ([1, 9.5], [2, 10])


def test_so_many_for_all_at_the_event_together() -> None:
    fold = Fold(document(rule(TAP, TAG, limit={"at_most": 2, "per": "event"})))
    fold.join("ann", "bob", "cid")
    for minute, who in enumerate(("ann", "bob", "cid", "ann"), 1):
        fold.tap(minute, who)
    assert [one.because for one in fold.decisions] == ["", "", "limit", "limit"]
    assert fold.decisions[2].reason.startswith("limit: 2 within the event for all together")
    assert fold.state.zones["*"].fired["r"].count == 2


@pytest.mark.parametrize("edge_ms", [-1, 0, 1])
def test_every_so_often_allows_again_exactly_then(edge_ms: int) -> None:
    fold = Fold(document(rule(TAP, TAG, limit={"every": "10min"}))).join("ann").taps(0)
    fold.tap(10 + edge_ms / MIN)
    assert fold.because() == ["", "limit" if edge_ms < 0 else ""]


def test_every_period_of_a_limit_has_to_allow() -> None:
    also = [{"at_most": 1, "within": "10min"}, {"at_most": 2, "within": "hour"}]
    fold = Fold(document(rule(TAP, TAG, limit={"at_most": 3, "within": "day", "also": also})))
    fold.join("ann").taps(0, 5, 10, 20, 60, 70, 200)
    assert fold.fired() == [0, 10, 60]


# The order of the checks.


RESTRAINTS = ("if", "priority", "limit", "holdout", "group", "consent", "late", "cap", "quiet")


@pytest.mark.parametrize(
    ("lifted", "because"),
    list(
        enumerate(
            ["a plain no", "priority", "limit", "holdout", "cap", "consent", "late", "cap",
             "quiet", ""]
        )
    ),
)  # fmt: skip
def test_of_all_that_holds_a_rule_back_what_comes_first_is_said(lifted: int, because: str) -> None:
    """It fires once; then all is in its way, but for the first ``lifted`` restraints."""
    in_force = RESTRAINTS[lifted:]

    def venue(in_force: tuple[str, ...]) -> Any:
        options: dict[str, dict[str, Any]] = {
            "if": {"if_": NEVER}, "limit": {"limit": {"at_most": 1}}, "holdout": {"holdout": 100},
            "late": {},
        }  # fmt: skip
        more = {key: one for name in in_force for key, one in options.get(name, {}).items()}
        push = PUSH | {"max_age": "1min" if "late" in in_force else "1h"}
        best = grouped("best", 9, stage="live" if "priority" in in_force else "paused")
        most = 2 if "priority" in in_force else 1
        return document(
            grouped("r", 0, push, **more),
            best,
            caps=[
                {"name": "all", "of": "group:g", "at_most": most if "group" in in_force else 9},
                {"name": "few", "of": "push", "at_most": 1 if "cap" in in_force else 9},
            ],
            quiet=[{"from": "08:00", "until": "23:00", "then": "drop"}][: "quiet" in in_force],
        )

    fold = Fold(venue(())).join("ann").taps(1)
    assert fold.because() == [""]
    fold.publish(venue(in_force), 2)
    fold.say(3, consents=[] if "consent" in in_force else ["push"])
    fold.tap(4, late=5)
    assert [*fold.because()[1:], "a plain no"][0] == because


def test_the_decision_says_the_first_actions_reason_when_none_was_taken() -> None:
    acts = [{"do": "webhook", "target": "crm"}, PUSH]
    fold = Fold(document(rule(TAP, *acts))).join("ann", consents=["rewards"]).taps(1)
    (one,) = fold.decisions
    assert (one.because, one.actions) == ("consent", [
        "webhook: suppressed, no consent to sharing", "push: suppressed, no consent to push",
    ])  # fmt: skip
    assert one.reason == "; ".join(one.actions)
    assert one.key == f"r/ann/{fold.at_ms(1)}/{fold.at_ms(1)}/no"


def test_a_rule_without_actions_fires() -> None:
    fold = Fold(document(rule(TAP, name="r") | {"then": []})).join("ann").taps(1)
    assert (fold.fired(), fold.decisions[0].actions) == ([1], [])


def test_a_key_is_of_the_rule_the_person_and_the_instant() -> None:
    once = rule(TAP, TAG, limit={"once": True}, name="once")
    fold = Fold(document(rule(TAP, TAG), once)).join("ann").taps(1, 2)
    assert [one.key for one in fold.decisions] == [
        f"r/ann/{fold.at_ms(1)}", "once/ann",
        f"r/ann/{fold.at_ms(2)}", f"once/ann/{fold.at_ms(2)}/no",
    ]  # fmt: skip


def test_terse_decisions_go_without_clauses() -> None:
    fold = Fold(document(rule(TAP, TAG, text="Coffee"), rule(TAP, TAG, name="s"), rule(
        TAP, TAG, name="no", limit={"at_most": 1})), is_terse=True)  # fmt: skip
    fold.join("ann").taps(1, 2)
    assert [one.clauses for one in fold.decisions] == [[]] * 6
    assert [one.reason for one in fold.decisions[:2]] == ["Coffee", ""]
    assert fold.because("no") == ["", "limit"]
