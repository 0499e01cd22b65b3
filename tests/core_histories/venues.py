"""Small random documents: four places, a few rules over everything that a rule can say."""

from random import Random
from typing import Any, Final

from tests.core_histories.history import Written

TAP_PLACES: Final = ["coffee", "bacon"]
HALLS: Final = ["stage", "floor"]
PLACES: Final[list[dict[str, Any]]] = [
    {"id": "coffee", "name": "Coffee", "groups": ["food"], "visits_by": "tap"},
    {"id": "bacon", "name": "Bacon", "groups": ["food", "mixed"], "visits_by": "tap"},
    {"id": "stage", "name": "Stage", "groups": ["halls", "mixed"]},
    {"id": "floor", "name": "Floor", "groups": ["halls"]},
]
EVENT: Final = {
    "id": "fair", "name": "Fair", "zone": "Europe/Berlin",
    "starts": "2026-10-08T08:00", "ends": "2026-10-31T10:00",
}  # fmt: skip
ATTRIBUTES: Final[list[dict[str, Any]]] = [
    {"name": "company"},
    {"name": "age", "type": "number", "merge": "highest"},
    {"name": "drinks", "type": "tally"},
    {"name": "likes", "type": "set"},
    {"name": "diet", "consent": "profiling"},
    {"name": "mark"},
]
PURPOSES: Final = ["rewards", "push", "lights", "sharing", "profiling"]
IDS: Final[list[dict[str, Any]]] = [
    {"name": "crm", "priority": 40, "per_person": 2, "blocked": ["unknown"]},
    {"name": "email", "priority": 60},
]
CLOCKS: Final = ["10:01", "11:00", "23:59", "00:00", "00:01", "02:00", "02:30", "03:00"]
INSTANTS: Final = [
    "2026-10-10T10:00", "2026-10-10T10:01", "2026-10-10T10:02", "2026-10-10T11:00",
    "2026-10-11T00:00", "2026-10-25T02:00", "2026-10-25T00:00", "2026-10-26T00:00",
]  # fmt: skip
"""Shortly after the histories begin."""
CRONS: Final = [
    "* * * * *", "*/2 * * * *", "1-2 * * * *", "0 * * * *", "0 0 * * *", "0 2,3 * * *",
    "*/30 2 * * *", "1 10 * * sat", "0 0 * * mon",
]  # fmt: skip
LENGTHS: Final = ["3s", "5s", "10s", "15s", "30s", "1min"]
WINDOWS: Final = [*LENGTHS, "hour", "day", "week", "event", "event"]
POOLS: Final[list[dict[str, Any]]] = [
    {"id": "card", "title": "A card", "stock": 2, "cost": 3},
    {"id": "big", "title": "Plenty", "stock": 1000, "cost": 1},
]
TAGS: Final = ["red", "blue"]
STAGES: Final = [*["live"] * 8, "shadow"]


def optional(random: Random, chance: float, **fields: Any) -> dict[str, Any]:
    """The fields, or nothing."""
    return fields if random.random() < chance else {}


def somewhere(random: Random, places: list[str], groups: list[str]) -> dict[str, Any]:
    """A place, or a group."""
    return (
        {"group": random.choice(groups)}
        if random.random() < 0.3
        else {"place": random.choice(places)}
    )


def trigger(random: Random, audiences: list[str], others: list[str]) -> dict[str, Any]:
    """Any of the kinds but ``present``."""
    anywhere = TAP_PLACES + HALLS
    length = random.choice(LENGTHS)
    kinds: list[dict[str, Any]] = [
        {"kind": "tap", "place": random.choice(anywhere)},
        {"kind": "visit"} | somewhere(random, anywhere, ["food", "halls", "mixed"]),
        {"kind": "visit", "at_least": length} | somewhere(random, HALLS, ["halls"]),
        {"kind": "left"} | somewhere(random, HALLS, ["halls"])
        | optional(random, 0.5, at_least=length),
        {"kind": "left_venue"},
        {"kind": "visits", "count": random.randint(1, 4), "within": random.choice(WINDOWS)}
        | somewhere(random, anywhere, ["food", "halls", "mixed"]),
        {"kind": "visits", "count": random.randint(2, 3), "within": random.choice(WINDOWS)}
        | somewhere(random, TAP_PLACES, ["food"]),
        {"kind": "distinct", "group": random.choice(["food", "halls", "mixed"])}
        | {"within": random.choice(WINDOWS)} | optional(random, 0.3, count=random.randint(1, 2)),
        {"kind": "dwell", "place": random.choice(HALLS), "at_least": length},
        {"kind": "sequence", "within": random.choice(WINDOWS)} | _two(random, anywhere),
        {"kind": "without", "within": length} | _two(random, anywhere),
        {"kind": "absent", "for": length}
        | (somewhere(random, anywhere, ["food", "halls"]) if random.random() < 0.8 else {}),
        {"kind": "attribute", "name": random.choice(["company", "age", "drinks", "mark"])},
        {"kind": "consent", "purpose": random.choice(PURPOSES), "given": random.random() < 0.5},
        {"kind": "redeemed"} | optional(random, 0.5, pool="card"),
        {"kind": "points", "at_least": random.randint(1, 6)},
        {"kind": "occupancy", "place": random.choice(HALLS)} | _crowd(random, audiences),
        random.choice(
            [{"every": random.choice(["20s", "1min", "7min"])}, {"daily": random.choice(CLOCKS)},
             {"at": random.choice(INSTANTS)}, {"cron": random.choice(CRONS)}]
        ) | {"kind": "schedule"}
        | optional(random, 0.7, each=random.choice(["everyone", *audiences])),
        {"kind": "absent", "by": random.choice(INSTANTS)}
        | (somewhere(random, anywhere, ["food", "halls"]) if random.random() < 0.8 else {}),
        {"kind": "button", "button": "go", "about": random.choice(["person", "venue"])},
        {"kind": "call", "call": "go", "about": random.choice(["person", "venue"])},
    ]  # fmt: skip
    for audience in audiences:
        kinds += [
            {"kind": "audience", "audience": audience, "change": change}
            for change in ("entered", "left")
        ]
    if others:
        after = random.choice(["0s", *LENGTHS])
        kinds += [{"kind": "rule", "rule": random.choice(others), "after": after}] * 2
    return random.choice(kinds)


def _two(random: Random, places: list[str]) -> dict[str, Any]:
    first, then = random.sample(places, 2)
    return {"first": first, "then": then}


def _crowd(random: Random, audiences: list[str]) -> dict[str, Any]:
    bound = random.choice(["at_least", "at_most"])
    number = random.randint(1, 2) if bound == "at_least" else random.randint(0, 1)
    until = number - 1 if bound == "at_least" else number + 1
    counts = optional(random, 0.3, audience=random.choice(audiences)) if audiences else {}
    return {bound: number} | optional(random, 0.3, until=until) | counts


def condition(
    random: Random, audiences: list[str], depth: int = 0, *, plain: bool = False
) -> dict[str, Any]:
    """Any kind; ``plain`` leaves out what an audience may not ask."""
    bound = random.choice(["at_least", "at_most"])
    kinds: list[dict[str, Any]] = [
        {"check": "attribute", "name": "company", "equals": random.choice(["north", "south"])},
        {"check": "attribute", "name": "company", "matches": "n*"},
        {"check": "attribute", "name": "age", bound: random.choice([18, 30, 50])},
        {"check": "attribute", "name": "drinks", "contains": "tea"},
        {"check": "attribute", "name": "likes", "contains": "tea"},
        {"check": "attribute", "name": "diet", "one_of": ["vegan", "none"]},
        {"check": "attribute", "name": random.choice(["diet", "company", "mark"]),
         "exists": random.random() < 0.5},
        {"check": "tag", "tag": random.choice(TAGS)},
        {"check": "tag", "tag": random.choice(TAGS)},
        {"check": "consent", "purpose": random.choice(PURPOSES)},
        {"check": "honour", "honour": "hero"},
        {"check": "status", "one_of": ["gold"]},
        {"check": "points", bound: random.randint(0, 5)},
        {"check": "at"} | somewhere(random, HALLS, ["halls"]),
        _time(random),
    ]  # fmt: skip
    kinds += [_counted(random) for _ in range(5)]
    if audiences:
        kinds += [{"check": "audience", "audience": random.choice(audiences)}] * 2
    if not plain:
        kinds += [
            {"check": "occupancy", "place": random.choice(HALLS), bound: random.randint(0, 2)},
            {"check": "stock", "pool": "card", "at_least": random.randint(1, 2)},
            {"check": "arm", "rule": "r0", "arm": random.choice(["holdout", "one"])},
        ]
    if depth < 2:
        of = [condition(random, audiences, depth + 1, plain=plain) for _ in range(2)]
        kinds += [{"check": check, "of": of} for check in ("all", "any", "none", "none")]
    return random.choice(kinds)


def _counted(random: Random) -> dict[str, Any]:
    of = random.choice(["visits", "visits", "taps", "stays", "stays", "points"])
    takes = {
        "visits": ["count", "distinct"], "taps": ["count", "distinct"],
        "stays": ["count", "distinct", "sum", "min", "max"], "points": ["count", "sum", "max"],
    }[of]  # fmt: skip
    take = random.choice(takes)
    where = {} if of == "points" else somewhere(random, TAP_PLACES + HALLS, ["food", "halls"])
    figure: Any = random.randint(0, 3)
    if of == "stays" and take in ("sum", "min", "max"):
        figure, where = random.choice(LENGTHS), somewhere(random, HALLS, ["halls"])
    if take == "distinct":
        where = {"group": random.choice(["food", "halls", "mixed"])}
    bound = random.choice(["at_least", "at_most"])
    return {
        "check": "counted", "of": of, "take": take, "within": random.choice(WINDOWS), bound: figure,
    } | where  # fmt: skip


def _time(random: Random) -> dict[str, Any]:
    clocks = ["10:01", "10:02", "23:59", "00:00", "00:01", "03:00"]
    from_, until = random.sample(clocks, 2)
    days = [random.choice(["sat", "sun", "mon"])]
    return {"check": "time"} | random.choice(
        [{"from": from_, "until": until}, {"from": from_}, {"until": until}, {"days": days}]
    )


def action(random: Random, *, deep: bool = True) -> dict[str, Any]:
    """Something that can be done for a person."""
    tag = random.choice(TAGS)
    kinds: list[dict[str, Any]] = [
        {"do": "points", "points": random.choice([1, 1, 2, 3, -1])},
        {"do": "points", "points": 1},
        {"do": "tag", "tag": tag},
        {"do": "tag", "tag": tag},
        {"do": "untag", "tag": tag},
        {"do": "set", "attribute": "mark", "value": random.choice(["x", "y"])},
        {"do": "honour", "honour": "hero"},
        {"do": "status", "status": random.choice(["gold", "silver"])},
        {"do": "draw", "draw": "grand"},
        *[
            {"do": "reward", "pool": random.choice(["card", "card", "big"]), "title": "For you"}
            | optional(random, 0.3, max_age="15s")
            for _ in range(3)
        ],
        {"do": "push", "title": "Hello"} | optional(random, 0.3, max_age="10s"),
        {"do": "light", "lamp": "Door", "colour": "#ff0000"},
        {"do": "staff", "title": "Look"},
        {"do": "mqtt", "topic": "out"}
        | optional(random, 0.5, needs=random.choice([[], ["profiling"], ["push", "sharing"]])),
    ]
    if deep:
        kinds += [
            {"do": "follow_up", "then": [action(random, deep=random.random() < 0.3)]} | when
            for when in ({"after": random.choice(LENGTHS)}, {"after": random.choice(LENGTHS)},
                         {"at": random.choice(CLOCKS)})
        ]  # fmt: skip
        kinds.append({"do": "cancel", "rule": "r0"})
    return random.choice(kinds)


def limit(random: Random) -> dict[str, Any]:
    """How often a rule may fire; most may at any time."""
    if random.random() < 0.5:
        return {}
    period = {"at_most": random.randint(1, 2), "within": random.choice(WINDOWS)}
    return (
        optional(random, 0.2, once=True)
        | optional(random, 0.4, every=random.choice(LENGTHS))
        | (period if random.random() < 0.5 else {})
        | optional(random, 0.2, also=[{"at_most": 2, "within": random.choice(WINDOWS)}])
        | optional(random, 0.4, per=random.choice(["visit", "event", "event"]))
    )


def about_people(when: Written) -> bool:
    """Whether a trigger is about a person."""
    if when["kind"] == "schedule":
        return "each" in when
    return when["kind"] != "occupancy" and when.get("about") != "venue"


def rule(
    random: Random,
    name: str,
    audiences: list[str],
    others: list[str],
    when: dict[str, Any] | None = None,
) -> Written:
    """A rule of any kind, or one that is true when another is."""
    when = when or trigger(random, audiences, others)
    made: Written = {"name": name, "when": when}
    if not about_people(when):
        return made | {"then": [{"do": "staff", "title": "Look"}]}
    how_often = limit(random)
    if "place" not in when and "group" not in when and how_often.get("per") == "visit":
        del how_often["per"]
    made |= {"then": [action(random) for _ in range(random.randint(1, 3))]}
    made |= {"limit": how_often} if how_often else {}
    if random.random() < 0.4:
        made["if"] = condition(random, audiences)
    made |= optional(random, 0.4, group="g", priority=random.randint(0, 2))
    made |= optional(random, 0.1, holdout=50)
    if random.random() < 0.1:
        del made["then"]
        made["variants"] = [
            {"name": "one", "then": [action(random)]},
            {"name": "two", "then": [action(random)], "share": 2},
        ]
    stage = random.choice(STAGES)
    return made | ({"stage": stage} if stage != "live" else {})


def event(random: Random) -> Written:
    """Mostly one that goes on all the time; some begin or end meanwhile."""
    return EVENT | random.choice(
        [{}, {}, {}, {}, {"starts": "2026-10-10T10:01"}, {"ends": "2026-10-10T10:02"}]
    )


def venue(random: Random) -> Written:
    """A whole document."""
    audiences: list[Written] = []
    for index in range(random.choice([0, 1, 1, 2])):
        known = [one["name"] for one in audiences]
        audiences.append({"name": f"a{index}", "if": condition(random, known, plain=True)})
    names = [one["name"] for one in audiences]
    rules: list[Written] = []
    for index in range(random.randint(1, 4)):
        same = random.choice(rules)["when"] if rules and random.random() < 0.3 else None
        rules.append(rule(random, f"r{index}", names, [one["name"] for one in rules], same))
    return {
        "event": event(random), "places": PLACES, "pools": POOLS, "lamps": ["Door"],
        "attributes": ATTRIBUTES, "audiences": audiences, "caps": _caps(random, rules),
        "quiet": _quiet(random), "budgets": _budgets(random),
        "ids": IDS if random.random() < 0.35 else [],
        "holdout": 30 if random.random() < 0.05 else 0, "rules": rules,
    }  # fmt: skip


def _caps(random: Random, rules: list[Written]) -> list[Written]:
    if random.random() < 0.6:
        return []
    of = random.choice(["push", "reward", "light", "staff", "mqtt", "everything"])
    if any("group" in one for one in rules):
        of = random.choice([of, "group:g"])
    return [
        {"name": "cap", "of": of, "at_most": random.randint(1, 2), "within": random.choice(WINDOWS)}
        | optional(random, 0.3, per="event")
    ]


def _quiet(random: Random) -> list[Written]:
    if random.random() < 0.7:
        return []
    hours = random.choice([("10:00", "10:01"), ("23:00", "00:01"), ("10:01", "10:30")])
    then = random.choice(["hold", "drop", "inbox"])
    channels = ["push"] if then == "inbox" else ["push", "reward", "staff"]
    return [{"from": hours[0], "until": hours[1], "channels": channels, "then": then}]


def _budgets(random: Random) -> list[Written]:
    if random.random() < 0.6:
        return []
    return [
        {"name": name, "amount": random.choice([1, 3, 4, 7]), "pools": pools}
        for name, pools in (("money", ["card", "big"]), ("cards", ["card"]), ("more", ["big"]))
        if random.random() < 0.5
    ]


def changed(random: Random, before: Written) -> Written:
    """Another version: rules go, come, pause and are rewritten."""
    names = [one["name"] for one in before["audiences"]]
    rules: list[Written] = []
    for one in before["rules"]:
        others = [other["name"] for other in rules]
        kept = one["when"].get("rule") is None or one["when"]["rule"] in others
        match random.randint(0, 5):
            case 0 | 1 | 2 if kept:
                rules.append(one)
            case 3:
                other = rule(random, one["name"], names, others)
                if other.get("limit", {}).get("per") == "event":
                    del other["limit"]
                rules.append(other)
            case 4 if kept:
                rules.append(one | {"stage": random.choice(["paused", "live"])})
    others = [other["name"] for other in rules]
    name = "r9" if "r9" not in others else "r8"
    if (random.random() < 0.5 or not rules) and name not in others:
        another = rule(random, name, names, others)
        if another.get("limit", {}).get("per") == "event":
            del another["limit"]
        rules.append(another)
    return before | {"rules": rules}
