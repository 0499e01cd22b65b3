"""Every name that a document uses is one that it declares, and nothing is declared twice."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from hub.core import document as doc
from hub.core.checking import walk
from hub.core.checking.finding import Finding, Path, error, listed, nearest, unknown, warning

KNOWN_OF_ALL: Final = frozenset(
    ("first_name", "last_name", "name", "email", "phone", "company", "favourite_colour",
     "favourite_artists", "quiet_from", "quiet_until")
)  # fmt: skip
"""Attributes that registering fills in: texts may name them though they are not declared."""

EVERYONE: Final = "everyone"
"""What ``each`` of a schedule may say besides the name of an audience."""

HOLDOUT: Final = "holdout"
"""The arm of those for whom a rule never acts."""

_FIELD = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Names:
    """What a document declares, by kind."""

    place: frozenset[str]
    group: frozenset[str]
    pool: frozenset[str]
    lamp: frozenset[str]
    audience: frozenset[str]
    rule: frozenset[str]
    id_kind: frozenset[str]
    rule_group: frozenset[str]
    attribute: frozenset[str] | None
    """None where the document declares none: then any name will do."""


def names_of(venue: doc.Venue) -> Names:
    """Collect the names."""
    attributes = frozenset(info.name for info in venue.attributes)
    return Names(
        place=frozenset(place.id for place in venue.places),
        group=frozenset(group for place in venue.places for group in place.groups),
        pool=frozenset(pool.id for pool in venue.pools),
        lamp=frozenset(venue.lamps),
        audience=frozenset(audience.name for audience in venue.audiences),
        rule=frozenset(rule.name for rule in venue.rules),
        id_kind=frozenset(kind.name for kind in venue.ids),
        rule_group=frozenset(rule.group for rule in venue.rules if rule.group),
        attribute=attributes or None,
    )


def check_names(venue: doc.Venue) -> Iterator[Finding]:
    """Names that are not there, and names that are there twice."""
    names = names_of(venue)
    yield from _twice(venue)
    yield from _of_parts(venue, names)
    for path, rule in walk.rules(venue):
        yield from _of_trigger((*path, "when"), rule.when, names)
        if rule.goal is not None:
            yield from _one((*path, "goal", "visit"), "place", rule.goal.visit, names.place)
            yield from _one((*path, "goal", "redeemed"), "pool", rule.goal.redeemed, names.pool)
    for path, condition in walk.conditions(venue):
        yield from _of_condition(path, condition, venue, names)
    for path, act in walk.acts(venue):
        yield from _of_act(path, act, names)


def _one(path: Path, what: str, name: str | None, there: Collection[str]) -> Iterator[Finding]:
    if name is not None and name not in there:
        yield unknown(path, what, name, there)


def _attribute(path: Path, name: str, names: Names) -> Iterator[Finding]:
    if names.attribute is not None:
        yield from _one(path, "attribute", name, names.attribute)


def _twice(venue: doc.Venue) -> Iterator[Finding]:
    yield from _unique("place", "places", "id", (place.id for place in venue.places))
    yield from _unique("edge", "edges", "name", (edge.name for edge in venue.edges))
    yield from _unique("pool", "pools", "id", (pool.id for pool in venue.pools))
    yield from _unique("lamp", "lamps", None, venue.lamps)
    yield from _unique("attribute", "attributes", "name", (one.name for one in venue.attributes))
    yield from _unique("kind of id", "ids", "name", (one.name for one in venue.ids))
    yield from _unique("source", "sources", "name", (one.name for one in venue.sources))
    yield from _unique("audience", "audiences", "name", (one.name for one in venue.audiences))
    yield from _unique("cap", "caps", "name", (one.name for one in venue.caps))
    yield from _unique("budget", "budgets", "name", (one.name for one in venue.budgets))
    yield from _unique("rule", "rules", "name", (one.name for one in venue.rules))
    for path, rule in walk.rules(venue):
        named = (variant.name for variant in rule.variants)
        yield from _unique("variant", (*path, "variants"), "name", named)


def _unique(
    what: str, part: str | Path, field: str | None, names: Iterable[str]
) -> Iterator[Finding]:
    seen: set[str] = set()
    start: Path = (part,) if isinstance(part, str) else part
    for index, name in enumerate(names):
        if name in seen:
            yield error(
                (*start, index, *([field] if field else [])), f"{what} {name!r} is there twice"
            )
        seen.add(name)


def _of_parts(venue: doc.Venue, names: Names) -> Iterator[Finding]:
    for index, edge in enumerate(venue.edges):
        for reader, place in edge.readers.items():
            yield from _one(("edges", index, "readers", reader), "place", place, names.place)
    for index, pool in enumerate(venue.pools):
        yield from _one(("pools", index, "redeem_at"), "place", pool.redeem_at, names.place)
    for index, cap in enumerate(venue.caps):
        if cap.of.startswith("group:"):
            group = cap.of.removeprefix("group:")
            yield from _one(("caps", index, "of"), "group of rules", group, names.rule_group)
    for index, budget in enumerate(venue.budgets):
        for number, name in enumerate(budget.pools):
            yield from _one(("budgets", index, "pools", number), "pool", name, names.pool)
    for index, source in enumerate(venue.sources):
        yield from _of_source(("sources", index, "fields"), source, names)


def _of_source(path: Path, source: doc.Source, names: Names) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, mapped in enumerate(source.fields):
        here = (*path, index, "to")
        kind, _, name = mapped.to.partition(".")
        if kind == "ids":
            yield from _one(here, "kind of id", name, names.id_kind)
        if kind == "attributes":
            yield from _attribute(here, name, names)
        if mapped.to in seen:
            yield error(here, f"field {mapped.to!r} is there twice")
        seen.add(mapped.to)


def _of_trigger(path: Path, when: doc.Trigger, names: Names) -> Iterator[Finding]:
    for field in ("place", "first", "then"):
        yield from _one((*path, field), "place", getattr(when, field, None), names.place)
    yield from _one((*path, "group"), "group", getattr(when, "group", None), names.group)
    yield from _one(
        (*path, "audience"), "audience", getattr(when, "audience", None), names.audience
    )
    match when:
        case doc.OnAttribute(name=name):
            yield from _attribute((*path, "name"), name, names)
        case doc.OnRedeemed(pool=pool):
            yield from _one((*path, "pool"), "pool", pool, names.pool)
        case doc.OnRule(rule=rule):
            yield from _one((*path, "rule"), "rule", rule, names.rule)
        case doc.OnSchedule(each=each) if each != EVERYONE:
            yield from _one((*path, "each"), "audience", each, names.audience)
        case _:
            pass


def _of_condition(
    path: Path, condition: doc.Condition, venue: doc.Venue, names: Names
) -> Iterator[Finding]:
    yield from _one((*path, "place"), "place", getattr(condition, "place", None), names.place)
    yield from _one((*path, "group"), "group", getattr(condition, "group", None), names.group)
    audience = getattr(condition, "audience", None)
    yield from _one((*path, "audience"), "audience", audience, names.audience)
    match condition:
        case doc.Attribute(name=name):
            yield from _attribute((*path, "name"), name, names)
        case doc.InStock(pool=pool):
            yield from _one((*path, "pool"), "pool", pool, names.pool)
        case doc.InArm(rule=rule, arm=arm):
            yield from _one((*path, "rule"), "rule", rule, names.rule)
            yield from _arm(path, rule, arm, venue)
        case _:
            pass


def _arm(path: Path, name: str, arm: str, venue: doc.Venue) -> Iterator[Finding]:
    rule = next((rule for rule in venue.rules if rule.name == name), None)
    if rule is not None:
        arms = {HOLDOUT, *(variant.name for variant in rule.variants)}
        if arm not in arms:
            message = f"the rule {name!r} has no arm {arm!r}; there is: {listed(arms)}"
            yield error((*path, "arm"), message, nearest(arm, arms))


def _of_act(path: Path, act: doc.Act, names: Names) -> Iterator[Finding]:
    match act:
        case doc.SetAttribute(attribute=attribute):
            yield from _attribute((*path, "attribute"), attribute, names)
        case doc.GiveReward(pool=pool):
            yield from _one((*path, "pool"), "pool", pool, names.pool)
        case doc.SetLight(lamp=lamp, colour=colour):
            yield from _one((*path, "lamp"), "lamp", lamp, names.lamp)
            yield from _texts((*path, "colour"), colour, names)
        case doc.SetMood(lamps=lamps):
            for index, lamp in enumerate(lamps):
                yield from _one((*path, "lamps", index), "lamp", lamp, names.lamp)
        case doc.CancelFollowUp(rule=rule):
            yield from _one((*path, "rule"), "rule", rule, names.rule)
        case _:
            pass
    for field in ("title", "text"):
        yield from _texts((*path, field), getattr(act, field, ""), names)
    for key, text in getattr(act, "fields", {}).items():
        yield from _texts((*path, "fields", key), text, names)


def _texts(path: Path, text: str, names: Names) -> Iterator[Finding]:
    """An attribute that a text names and nothing declares leaves a gap: a warning."""
    for name in dict.fromkeys(_FIELD.findall(text)):
        if names.attribute is not None and name not in names.attribute | KNOWN_OF_ALL:
            found = unknown(path, "attribute", name, names.attribute)
            yield warning(path, f"{found.message}; nothing stands there then", found.hint)
