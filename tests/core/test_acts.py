"""Each kind of action: what it changes of a person, what it hands to systems outside."""

from typing import Any

import pytest

from hub.core import events as ev
from hub.core.errors import RulesFault
from hub.core.outcome import Note
from tests.core.fold import CONSENTS, MIN, TAP, Fold, document, rule

TAG: dict[str, Any] = {"do": "tag", "tag": "guest"}
SHARING = [*CONSENTS, "sharing"]
BUTTON: dict[str, Any] = {"kind": "button", "button": "go"}


def fold_of(*then: dict[str, Any], consents: list[str] = SHARING, **more: Any) -> Fold:
    fold = Fold(document(rule(TAP, *then), **more))
    return fold.join("ann", "bob", consents=consents, first_name="Ann")


def after_a_while(*then: dict[str, Any], after: str = "30min") -> dict[str, Any]:
    return {"do": "follow_up", "then": list(then), "after": after}


# What is known of the person.


def test_a_tag_keeps_its_first_instant_and_can_be_taken_away() -> None:
    fold = fold_of(TAG).taps(1, 2)
    assert fold.person().tags == {"guest": fold.at_ms(1)}
    fold = fold_of(TAG, {"do": "untag", "tag": "guest"}, {"do": "untag", "tag": "none"}).taps(1)
    assert fold.person().tags == {}
    assert fold.decisions[0].actions == ["tag guest", "no longer tag guest", "no longer tag none"]


def test_honours_are_awarded_once_and_a_status_is_the_last_one() -> None:
    honour, status = {"do": "honour", "honour": "hero"}, {"do": "status", "status": "gold"}
    fold = fold_of(honour, status).taps(1, 2)
    ann = fold.person()
    assert (ann.honours, ann.status) == ({"hero": fold.at_ms(1)}, "gold")
    assert fold.decisions[0].actions == ["badge of honour hero", "status gold"]


def test_points_can_be_taken_away() -> None:
    fold = fold_of({"do": "points", "points": -3}).taps(1)
    assert (fold.person().points, fold.decisions[0].actions) == (-3, ["-3 points"])
    assert [(one.at_ms, one.points) for one in fold.person().earned] == [(fold.at_ms(1), -3)]


def test_of_many_additions_of_points_the_oldest_are_joined() -> None:
    fold = fold_of({"do": "points", "points": 2}).taps(*range(300))
    earned = fold.person().earned
    assert (len(earned), sum(one.points for one in earned), fold.person().points) == (256, 600, 600)


ATTRIBUTES: list[dict[str, Any]] = [
    {"name": "city"},
    {"name": "visits", "type": "number"},
    {"name": "likes", "type": "set"},
    {"name": "drinks", "type": "tally"},
    {"name": "first_name"},
]


@pytest.mark.parametrize(
    ("name", "value", "known", "line"),
    [
        ("city", "of {first_name}", "of Ann", "city is of Ann"),
        ("visits", 3, 3, "visits is 3"),
        ("likes", "tea", ["tea"], "likes is ['tea']"),
        ("drinks", "tea", {"tea": 2}, "drinks is {'tea': 1}"),
        ("first_name", None, None, "first_name is None"),
    ],
)
def test_an_attribute_is_set_as_its_type_has_it(
    name: str, value: ev.Value, known: ev.Value, line: str
) -> None:
    sets = {"do": "set", "attribute": name, "value": value}
    fold = fold_of(sets, attributes=ATTRIBUTES).taps(1, 2)
    assert fold.person().attributes.get(name) == known
    assert fold.decisions[0].actions == [line]


def test_a_value_that_an_attribute_cannot_hold_is_suppressed_with_a_sentence() -> None:
    sets = {"do": "set", "attribute": "visits", "value": "many"}
    fold = fold_of(sets, attributes=ATTRIBUTES).taps(1)
    (one,) = fold.decisions
    assert (one.outcome, one.because) == ("suppressed", "unknown")
    assert one.reason.startswith("set: ")
    assert "visits" not in fold.person().attributes


# Texts.


def test_a_text_names_what_is_known_and_consented_to() -> None:
    attributes = [{"name": "first_name"}, {"name": "likes", "type": "set"},
                  {"name": "city", "consent": "sharing"}]  # fmt: skip
    text = "{first_name} of {city} likes {likes}, has {points} and is {status}"
    acts = ({"do": "status", "status": "gold"}, {"do": "push", "title": text})
    fold = fold_of(*acts, attributes=attributes)
    fold.say(0, likes=["tea", "jazz"], city="Bonn")
    fold.taps(1)
    fold.say(2, consents=CONSENTS)
    fold.taps(3)
    assert [message.title for message in fold.messages] == [
        "Ann of Bonn likes jazz, tea, has 0 and is gold",
        "Ann of  likes jazz, tea, has 0 and is gold",
    ]


# Outside.


def test_staff_are_told_about_somebody_and_about_the_venue() -> None:
    staff = {"do": "staff", "title": "{first_name} is here", "text": "Say hello"}
    fold = Fold(document(rule(TAP, staff), rule(BUTTON, staff, name="b"))).join(
        "ann", first_name="Ann"
    )
    fold.taps(1).press(2)
    key = f"r/ann/{fold.at_ms(1)}#0"
    assert fold.notes == [
        Note(key, fold.at_ms(1), "Ann is here", "Say hello", "r", "ann"),
        Note(f"b/*/{fold.at_ms(2)}#0", fold.at_ms(2), "is here", "Say hello", "b"),
    ]
    assert fold.decisions[0].actions == ["note to staff “Ann is here”"]


FIELDS: dict[str, Any] = {"fields": {"who": "{first_name}"}}


@pytest.mark.parametrize(
    ("act", "connector", "body", "line", "life_ms"),
    [
        (
            {"do": "webhook", "target": "crm"}, "webhook", {"target": "crm", "person": "ann"},
            "calls crm", 60 * MIN,
        ),
        ({"do": "mqtt", "topic": "a/b"}, "mqtt", {"topic": "a/b"}, "publishes a/b", MIN),
        (
            {"do": "write", "target": "crm"}, "write",
            {"target": "crm", "person": "ann", "ids": {"email": ["ann@x.org"]}},
            "writes to crm", 7 * 24 * 60 * MIN,
        ),
    ],
)  # fmt: skip
def test_something_is_handed_to_a_system_outside(
    act: dict[str, Any], connector: str, body: dict[str, Any], line: str, life_ms: int
) -> None:
    fold = fold_of(act | FIELDS, ids=[{"name": "email", "normalise": "email"}])
    fold.say(0, ids={"email": [" Ann@X.org"]})
    fold.taps(1)
    (action,) = fold.actions
    at_ms = fold.at_ms(1)
    said = {"event": "fair", "rule": "r", "at_ms": at_ms, "fields": {"who": "Ann"}}
    assert (action.connector, action.body) == (connector, said | body)
    assert (action.consent, action.needs, action.person) == ("sharing", (), "ann")
    assert (action.cause_ms, action.expires_ms) == (at_ms, at_ms + life_ms)
    assert fold.decisions[0].actions == [line]


@pytest.mark.parametrize("kind", ["webhook", "mqtt", "write"])
@pytest.mark.parametrize(
    ("needs", "consents", "missing"),
    [
        (None, [], "sharing"),
        (["sharing", "profiling"], ["sharing"], "profiling"),
        (["sharing", "profiling"], ["profiling"], "sharing"),
        (["sharing", "profiling"], ["profiling", "sharing"], None),
        ([], [], None),
    ],
)
def test_it_needs_every_purpose_that_it_names(
    kind: str, needs: list[str] | None, consents: list[str], missing: str | None
) -> None:
    act = {"do": kind, "topic" if kind == "mqtt" else "target": "there"}
    fold = fold_of(act if needs is None else act | {"needs": needs}, consents=consents).taps(1)
    if missing is None:
        assert fold.fired() == [1]
        (action,) = fold.actions
        assert (action.consent, *action.needs) == tuple(needs or [None])
    else:
        assert fold.decisions[0].reason == f"{kind}: suppressed, no consent to {missing}"
        assert fold.because() == ["consent"]
        assert fold.actions == []


def test_about_the_venue_nobodys_consent_is_needed() -> None:
    acts = [{"do": "webhook", "target": "crm"}, {"do": "mqtt", "topic": "a"},
            {"do": "light", "lamp": "Door", "colour": "#00ff00"}]  # fmt: skip
    fold = Fold(document(rule(BUTTON, *acts)))
    fold.press(1)
    assert [one.connector for one in fold.actions] == ["webhook", "mqtt", "lights"]
    assert [(one.person, one.consent, one.needs) for one in fold.actions] == [(None, None, ())] * 3


@pytest.mark.parametrize(
    "act",
    [TAG, {"do": "push", "title": "x"}, {"do": "write", "target": "crm"},
     {"do": "light", "lamp": "Door", "colour": "{favourite_colour}"},
     after_a_while({"do": "points", "points": 1})],
)  # fmt: skip
def test_what_is_about_a_person_is_nothing_for_the_venue(act: dict[str, Any]) -> None:
    with pytest.raises(RulesFault, match=r"rule 'r': it is about the venue, and \w+ needs a"):
        Fold(document(rule(BUTTON, act)))


# How old a cause may be.


@pytest.mark.parametrize(("late_ms", "done"), [(-1, True), (0, True), (1, False)])
@pytest.mark.parametrize(
    "act",
    [
        {"do": "reward", "pool": "card", "title": "x"}, {"do": "push", "title": "x"},
        {"do": "staff", "title": "x"}, {"do": "webhook", "target": "crm"},
        {"do": "mqtt", "topic": "a"}, {"do": "write", "target": "crm"},
        {"do": "light", "lamp": "Door", "colour": "#00ff00"},
    ],
)  # fmt: skip
def test_a_cause_may_be_as_old_as_the_action_says_and_no_older(
    act: dict[str, Any], late_ms: int, done: bool
) -> None:
    fold = fold_of(act | {"max_age": "5min"})
    fold.tap(1, late=5 + late_ms / MIN)
    assert fold.because() == ["" if done else "late"]
    if not done:
        assert fold.decisions[0].reason.endswith("its cause is 5 min old, the limit is 5min")


# Follow-ups that are cancelled.


CANCEL = rule(
    {"kind": "button", "button": "cancel", "about": "person"}, {"do": "cancel", "rule": "r"},
    name="cancel",
)  # fmt: skip


@pytest.mark.parametrize("limit", [{}, {"once": True}])
def test_follow_ups_are_taken_back_nested_ones_and_those_of_variants_too(
    limit: dict[str, Any],
) -> None:
    nested = after_a_while(TAG, after_a_while(after_a_while(TAG)), after="10min")
    variants = [{"name": "a", "then": [TAG, nested]}, {"name": "b", "then": [nested]}]
    venue = document(rule(TAP, limit=limit, variants=variants) | {"then": []}, CANCEL)
    for minute, waiting in ((5, 1), (20, 1), (45, 1), (100, 0)):
        fold = Fold(venue).join("ann", "bob").taps(0)
        fold.tap(1, "bob")
        fold.pass_to(minute)
        fold.press(minute, "cancel", "ann")
        assert fold.decisions[-1].actions == [f"{waiting} follow-ups of r cancelled"]
        assert "ann" not in {timer.person for timer in fold.state.timers.values()}
        assert len(fold.state.timers) == waiting, "those of somebody else still come"


def test_follow_ups_of_several_firings_are_taken_back_together() -> None:
    fold = Fold(document(rule(TAP, after_a_while(TAG), after_a_while(TAG)), CANCEL)).join("ann")
    fold.taps(1, 2, 3)
    fold.press(4, "cancel", "ann")
    assert fold.decisions[-1].actions == ["6 follow-ups of r cancelled"]
    fold.pass_to(100)
    assert fold.person().tags == {}


def test_a_rule_without_follow_ups_has_none_to_cancel() -> None:
    fold = Fold(document(rule(TAP, TAG), CANCEL)).join("ann")
    fold.press(4, "cancel", "ann")
    assert fold.decisions[-1].actions == ["0 follow-ups of r cancelled"]


# Budgets.


def test_a_budget_is_for_all_its_pools_and_says_so() -> None:
    pools = [{"id": "card", "title": "A card", "stock": 9, "cost": 4},
             {"id": "mug", "title": "A mug", "stock": 9, "cost": 2.5}]  # fmt: skip
    budgets = [{"name": "gifts", "amount": 11, "pools": ["card", "mug"]}]
    acts = [{"do": "reward", "pool": one, "title": one} for one in ("card", "mug")]
    fold = fold_of(*acts, pools=pools, budgets=budgets).taps(1, 2)
    assert [(grant.pool, grant.index) for grant in fold.grants] == [
        ("card", 0), ("mug", 0), ("card", 1),
    ]  # fmt: skip
    assert fold.decisions[1].actions[1] == (
        "reward: suppressed, budget gifts: 11.00 EUR, and 10.50 are spent; one more is 2.50"
    )
    fold.taps(3)
    assert (fold.suppressed(), fold.because()[-1]) == ([3], "budget")
    fold.tell(ev.Settled("k", "dead", fold.at_ms(4), "", "ann", "card", 0))
    fold.taps(5)
    assert [(grant.pool, grant.index) for grant in fold.grants[3:]] == [("card", 0)]
