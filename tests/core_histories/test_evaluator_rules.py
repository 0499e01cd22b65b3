"""The evaluator against tables written by hand: what holds rules back, and what follows."""

from typing import Any, Final

import pytest

from tests.core_histories.telling import POINT, Told, document, rule, taps
from tests.oracles.evaluator.limits import share

TAP: Final = {"kind": "tap", "place": "coffee"}
CARD: Final = {"do": "reward", "pool": "card", "title": "A card"}
PUSH: Final = {"do": "push", "title": "Hello", "max_age": "10s"}
TAG: Final = {"do": "tag", "tag": "red"}


@pytest.mark.parametrize(
    ("limit", "at", "fires"),
    [
        ({"once": True}, [1, 2, 500], [1]),
        ({"every": "10s"}, [0, 9.999, 10, 19, 20], [0, 10, 20]),
        ({"at_most": 2}, [0, 1, 2], [0, 1]),
        ({"at_most": 2, "within": "1min"}, [0, 1, 59, 60, 60.5, 61], [0, 1, 60, 61]),
        ({"at_most": 1, "within": "hour"}, [0, 3599.999, 3600], [0, 3600]),
        ({"every": "5s", "also": [{"at_most": 2, "within": "20s"}]}, [0, 5, 10, 20], [0, 5, 20]),
        ({"once": True, "per": "visit"}, [0, 1], [0, 1]),
    ],
)
def test_limits(limit: dict[str, Any], at: list[float], fires: list[float]) -> None:
    told = taps(Told(document(rule(TAP, limit=limit))), *at)
    assert told.said() == fires
    assert told.said("suppressed") == [second for second in at if second not in fires]
    assert set(told.because()) <= {"", "limit"}


@pytest.mark.parametrize(
    ("limit", "first", "late", "fires"),
    [
        ({"every": "10s"}, [10], 5, False),
        ({"every": "10s"}, [10], 0, True),
        ({"at_most": 2, "within": "1min"}, [30, 80], 29, False),
        ({"at_most": 2, "within": "1min"}, [30, 80], 20, True),
    ],
)
def test_late_causes(limit: dict[str, Any], first: list[float], late: float, fires: bool) -> None:
    told = taps(Told(document(rule(TAP, limit=limit))), *first)
    told.tap(late, late=300)
    assert (late in told.said()) is fires


def test_once_for_each_visit_by_presence() -> None:
    told = Told(
        document(rule({"kind": "tap", "place": "stage"}, limit={"once": True, "per": "visit"}))
    )
    told.play([
        (0, "in", "stage"), (1, "tap", "stage"), (2, "tap", "stage"), (3, "out", "stage"),
        (4, "tap", "stage"), (5, "in", "stage"), (6, "tap", "stage"),
    ])  # fmt: skip
    assert told.said() == [1, 6]


def test_once_for_all_at_the_event() -> None:
    told = Told(document(rule(TAP, limit={"once": True, "per": "event"})))
    told.register("bob", 0)
    told.tap(1, who="bob")
    told.tap(2)
    assert (told.said(who="bob"), told.said(), told.said("suppressed")) == ([1], [], [2])


def test_the_best_of_a_group_acts() -> None:
    rules = [
        rule(TAP, name="low", group="g"),
        rule(TAP, name="high", group="g", priority=2, limit={"once": True}),
        rule(TAP, name="other"),
    ]
    told = taps(Told(document(*rules)), 1, 2)
    assert (told.said(name="high"), told.said(name="low")) == ([1], [2])
    assert told.said(name="other") == [1, 2]
    assert told.because() == ["", "priority", "", "limit", "", ""]


def test_conditions_see_what_rules_before_did() -> None:
    has = {"check": "tag", "tag": "red"}
    told = taps(Told(document(rule(TAP, if_=has, name="a"), rule(TAP, TAG, name="b"))), 1, 2)
    assert (told.said(name="a"), told.said(name="b")) == ([2], [1, 2])


def test_a_shadow_does_nothing_and_keeps_its_limit() -> None:
    told = taps(Told(document(rule(TAP, CARD, stage="shadow", limit={"once": True}))), 1, 2)
    assert (told.said("shadow"), told.said("suppressed")) == ([1], [2])
    assert told.evaluator.ledger.left_in("card") == 2


@pytest.mark.parametrize("stage", ["draft", "paused"])
def test_who_sleeps_is_not_asked(stage: str) -> None:
    assert taps(Told(document(rule(TAP, stage=stage))), 1).because() == []


def test_holdouts_are_always_the_same_people() -> None:
    ann = share("fair/r", "ann") * 100
    for percent, because in ((ann + 0.01, "holdout"), (ann, "")):
        assert taps(Told(document(rule(TAP, holdout=percent))), 1).because() == [because]
    everybody = share("fair", "ann") * 100 + 0.01
    assert taps(Told(document(rule(TAP), holdout=everybody)), 1).because() == ["holdout"]
    assert share("fair/r", "ann") == pytest.approx(0.6398, abs=1e-4)


def test_variants_share_people_out() -> None:
    variants = [{"name": "one", "then": [TAG]}, {"name": "two", "then": [POINT], "share": 3}]
    venue = document({"name": "r", "when": TAP, "variants": variants})
    told = taps(Told(venue), 1)
    one = share("fair/r/variant", "ann") * 4 < 1
    assert told.evaluator.deciding.arm_of("r", "ann") == ("one" if one else "two")
    assert told.evaluator.ledger.view("ann").points == (0 if one else 1)


@pytest.mark.parametrize(
    ("cap", "because"),
    [
        ({"of": "push", "at_most": 1}, ["", "cap", ""]),
        ({"of": "everything", "at_most": 1}, ["", "cap", ""]),
        ({"of": "reward", "at_most": 1}, ["", "", ""]),
        ({"of": "push", "at_most": 1, "per": "event"}, ["", "cap", "cap"]),
        ({"of": "push", "at_most": 1, "within": "5s"}, ["", "", ""]),
        ({"of": "group:g", "at_most": 1}, ["", "cap", ""]),
    ],
)
def test_caps(cap: dict[str, Any], because: list[str]) -> None:
    told = Told(document(rule(TAP, PUSH, group="g"), caps=[cap | {"name": "cap"}]))
    told.register("bob", 0)
    taps(told, 1, 6).tap(6, who="bob")
    assert told.because() == because


@pytest.mark.parametrize(
    ("then", "second", "because"),
    [
        ("hold", 50, ["quiet"]), ("hold", 50.001, [""]), ("drop", 59.999, ["quiet"]),
        ("drop", 60, [""]), ("inbox", 1, [""]),
    ],
)  # fmt: skip
def test_quiet_hours(then: str, second: float, because: list[str]) -> None:
    quiet = [{"from": "10:00", "until": "10:01", "then": then}]
    assert taps(Told(document(rule(TAP, PUSH), quiet=quiet)), second).because() == because


def test_somebodys_own_quiet_hours_after_those_of_the_venue() -> None:
    quiet = [{"from": "10:00", "until": "10:01", "then": "hold"}]
    told = Told(document(rule(TAP, PUSH | {"max_age": "2min"}), quiet=quiet))
    told.register("bob", 0, quiet_from="10:01", quiet_until="10:03")
    told.register("cid", 0, quiet_from="10:01", quiet_until="10:02")
    told.tap(10, who="bob")
    told.tap(10, who="cid")
    assert told.because() == ["quiet", ""]


def test_a_push_that_disturbs_nobody_is_not_held() -> None:
    quiet = [{"from": "10:00", "until": "10:01", "then": "inbox"}]
    told = Told(document(rule(TAP, PUSH), quiet=quiet))
    told.register("bob", 0, quiet_from="10:00", quiet_until="10:03")
    told.tap(10, who="bob")
    told.tap(60, who="bob")
    assert told.because() == ["", "quiet"]


def test_consent_age_stock_and_budget() -> None:
    budget = [{"name": "b", "amount": 3, "pools": ["card"]}]
    told = Told(document(rule(TAP, CARD | {"max_age": "5s"}), budgets=budget))
    told.register("bob", 0, consents=[])
    told.tap(1, who="bob")
    told.tap(1, late=5.001)
    told.tap(7)
    told.tap(8)
    assert told.because() == ["consent", "late", "", "budget"]
    told = taps(Told(document(rule(TAP, CARD))), 1, 2, 3)
    assert told.because() == ["", "", "stock"]


def test_what_is_refused_is_not_fired() -> None:
    told = Told(document(rule(TAP, PUSH, TAG, limit={"once": True})))
    told.register("bob", 0, consents=[])
    told.tap(1, who="bob")
    assert told.said(who="bob") == [1]
    told = Told(document(rule(TAP, PUSH, limit={"once": True})))
    told.tap(1, late=11)
    told.tap(20)
    assert (told.said("suppressed"), told.said()) == ([1], [20])


# What follows.


def follow(*then: dict[str, Any], **when: str) -> dict[str, Any]:
    return {"do": "follow_up", "then": list(then), **when}


def test_follow_ups_fall_due_and_nest() -> None:
    told = taps(Told(document(rule(TAP, follow(TAG, follow(POINT, after="5s"), after="10s")))), 1)
    assert (told.until(10.999).said(), told.until(11).said()) == ([1], [1, 11])
    assert told.until(30).said() == [1, 11, 16]
    assert told.evaluator.ledger.view("ann").points == 1


@pytest.mark.parametrize(
    ("at", "begins", "due"),
    [
        ("10:01", 0, 60),
        ("09:59", 0, 86_340),
        ("08:00 next morning", 0, 79_200),
        ("08:00 next morning", 61_200, 79_200),
        ("08:00 next morning", 68_401, 79_200 + 86_400),
    ],
)
def test_follow_ups_at_a_time(at: str, begins: float, due: float) -> None:
    told = taps(Told(document(rule(TAP, follow(POINT, at=at)))), begins).until(500_000)
    assert told.said() == [begins, due]


def test_what_is_cancelled_does_not_follow() -> None:
    cancel = rule({"kind": "tap", "place": "bacon"}, {"do": "cancel", "rule": "r"}, name="c")
    told = taps(Told(document(rule(TAP, follow(POINT, after="10s")), cancel)), 1, 5)
    told.tap(10.999, "bacon")
    assert told.until(100).said() == [1, 5]
    told.tap(101)
    assert told.until(200).said() == [1, 5, 101, 111]


@pytest.mark.parametrize(("after", "fires"), [("0s", [1]), ("10s", [11])])
def test_a_rule_after_a_rule(after: str, fires: list[float]) -> None:
    other = rule({"kind": "rule", "rule": "r", "after": after}, name="after")
    assert taps(Told(document(rule(TAP), other)), 1).until(99).said(name="after") == fires


def test_points_attributes_and_audiences_make_rules_true_in_the_same_step() -> None:
    red = {"name": "reds", "if": {"check": "tag", "tag": "red"}}
    rules = [
        rule(TAP, POINT, POINT, TAG, {"do": "set", "attribute": "mark", "value": "x"}),
        rule({"kind": "points", "at_least": 3}, name="points"),
        rule({"kind": "attribute", "name": "mark"}, name="mark"),
        rule({"kind": "audience", "audience": "reds"}, name="reds"),
    ]  # fmt: skip
    told = taps(Told(document(*rules, audiences=[red])), 1, 2)
    assert told.said(name="mark") == told.said(name="reds") == [1]
    assert told.said(name="points") == [1]


def test_nine_rules_in_a_row_are_too_many() -> None:
    rules = [rule(TAP, name="r0")]
    rules += [rule({"kind": "rule", "rule": f"r{n}"}, name=f"r{n + 1}") for n in range(8)]
    told = taps(Told(document(*rules)), 1)
    assert told.because() == [""] * 8 + ["depth"]


# Audiences, by event and by time.

COUNTED: Final[dict[str, Any]] = {"check": "counted", "place": "coffee", "within": "10s"}
GROWS: Final = {
    "check": "counted",
    "of": "stays",
    "take": "sum",
    "place": "stage",
    "within": "1min",
}


@pytest.mark.parametrize(
    ("condition", "script", "entered", "left"),
    [
        (COUNTED | {"at_least": 2}, [(0, "tap", "coffee"), (4, "tap", "coffee")], [4], [10]),
        (COUNTED | {"at_most": 1, "at_least": 1}, [(0, "tap", "coffee"), (4, "tap", "coffee")],
         [0, 10], [4, 14]),
        (COUNTED | {"at_least": 1}, [(0, "tap", "coffee"), (10, "tap", "coffee")], [0], [20]),
        (GROWS | {"at_least": "10s"}, [(0, "in", "stage"), (4, "out", "stage"), (9, "in", "stage"),
         (18, "out", "stage")], [15], [64]),
        (GROWS | {"at_most": "10s"}, [(0, "in", "stage"), (30, "out", "stage")],
         [-1, 90], [10.001]),
        ({"check": "at", "place": "stage"}, [(1, "in", "stage"), (3, "out", "stage")], [1], [3]),
        ({"check": "time", "from": "10:00", "until": "10:01"}, [], [0], [60]),
    ],
)  # fmt: skip
def test_audiences(
    condition: dict[str, Any],
    script: Any,
    entered: list[float],
    left: list[float],
) -> None:
    rules = [
        rule({"kind": "audience", "audience": "a", "change": change}, name=change)
        for change in ("entered", "left")
    ]
    told = Told(document(*rules, audiences=[{"name": "a", "if": condition}]))
    told.play(script).until(150)
    assert (told.said(name="entered"), told.said(name="left")) == (entered, left)


def test_how_many_are_somewhere() -> None:
    rules = [
        rule({"kind": "occupancy", "place": "stage", "at_least": 2, "until": 0}, name="full"),
        rule({"kind": "occupancy", "place": "stage", "at_most": 1}, name="few"),
    ]
    for one in rules:
        one["then"] = [{"do": "staff", "title": "Look"}]
    told = Told(document(*rules))
    for who in ("bob", "cid"):
        told.register(who, 0)
    for second, who, kind in (
        (1, "ann", "entered"), (2, "bob", "entered"), (3, "bob", "left"), (4, "bob", "entered"),
        (5, "cid", "entered"), (6, "cid", "left"), (7, "bob", "left"), (8, "ann", "left"),
        (9, "ann", "entered"), (10, "bob", "entered"),
    ):  # fmt: skip
        told.move(second, kind, who=who)
    assert told.said(who=None, name="full") == [2, 10]
    assert told.said(who=None, name="few") == [3, 7]
