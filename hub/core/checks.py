"""A document is refused with one sentence that says where, what is wrong and what there is."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import tzinfo
from graphlib import CycleError, TopologicalSorter
from typing import Final, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hub.core import document as doc
from hub.core.asking import Ask, Ground
from hub.core.errors import RulesFault
from hub.core.plan import CompiledRule
from hub.core.restraint.experiments import check_experiment
from hub.core.schedules import check_schedule
from hub.core.spans import parse_local

T = TypeVar("T")

FOLLOW_UP_DEPTH_MAX: Final = 3
"""A follow-up may have a follow-up, but not without end."""

EVERYONE: Final = "everyone"

OF_PERSONS: Final = (
    doc.GiveTag, doc.TakeTag, doc.SetAttribute, doc.AddPoints, doc.AwardHonour, doc.SetStatus,
    doc.EnterDraw, doc.GiveReward, doc.SendPush, doc.WriteRecord, doc.CancelFollowUp,
)  # fmt: skip
"""Actions that are about a person, so that a rule about the venue cannot have them."""

OF_ANYBODY: Final = (doc.AtTime, doc.Occupied, doc.InStock, doc.All, doc.AnyOf, doc.NoneOf)
"""Conditions that are not about a person."""


def timezone(name: str) -> tzinfo:
    """The venue's time zone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise RulesFault(
            f"event.zone: {name!r} is no time zone; write one like Europe/Berlin"
        ) from error


def unique(what: str, pairs: Iterable[tuple[str, T]]) -> dict[str, T]:
    """Pairs as a mapping; a name that is there twice is refused."""
    found: dict[str, T] = {}
    for key, value in pairs:
        if key in found:
            raise RulesFault(f"{what} {key!r} is there twice")
        found[key] = value
    return found


def known(where: str, what: str, name: str, there_are: Iterable[str]) -> str:
    """The name, if it is one of those there are."""
    names = sorted(there_are)
    if name not in names:
        listed = ", ".join(names) or "none"
        raise RulesFault(f"{where}: there is no {what} {name!r}; there is: {listed}")
    return name


def check_edges(venue: doc.Venue, places: Mapping[str, doc.Place]) -> None:
    """Each edge once, each reader at a place that there is."""
    unique("edge", ((edge.name, edge) for edge in venue.edges))
    for edge in venue.edges:
        for reader, place in edge.readers.items():
            known(f"edge {edge.name!r}, reader {reader!r}", "place", place, places)


def order_audiences(asks: Mapping[str, Ask]) -> list[str]:
    """The audiences in an order in which each comes after those that it asks about."""
    graph = {
        name: [key.removeprefix("audience:") for key in sorted(ask.keys) if key[:9] == "audience:"]
        for name, ask in asks.items()
    }
    for name, ask in asks.items():
        if not ask.is_personal:
            raise RulesFault(
                f"audience {name!r}: an audience is about people; it cannot ask how many are at a "
                "place or how many rewards are left: put that into a rule's if"
            )
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = " -> ".join(reversed(error.args[1]))
        raise RulesFault(f"audiences ask about each other in a circle: {circle}") from error


def places_of(where: str, when: doc.Trigger, ground: Ground) -> tuple[str, ...]:
    """The places that a trigger is about; of a sequence the first comes first."""
    if isinstance(when, doc.OnSequence | doc.OnWithout):
        named = (when.first, when.then)
        return tuple(known(where, "place", name, ground.places) for name in named)
    if not hasattr(when, "place") and not hasattr(when, "group"):
        return ()
    group: str | None = getattr(when, "group", None)
    place: str | None = getattr(when, "place", None)
    if group is None and place is None and isinstance(when, doc.OnAbsent):
        return ()
    if (group is None) == (place is None):
        raise RulesFault(f"{where}: give either a place or a group")
    if group is not None:
        return ground.groups[known(where, "group", group, ground.groups)]
    return (known(where, "place", str(place), ground.places),)


def check_rule(where: str, rule: doc.Rule, venue: doc.Venue, ground: Ground) -> None:
    """What a rule says about its trigger, its conditions and its experiment."""
    _check_when(where, rule.when, venue, ground)
    check_experiment(rule, ground.places, ground.pools)
    if isinstance(rule.when, doc.WhilePresent) and not _is_plain(rule):
        raise RulesFault(
            f"{where}: a rule with kind: present follows a place, not a person: "
            "it takes no if and no limit"
        )


def _is_plain(rule: doc.Rule) -> bool:
    return (rule.if_, rule.limit, rule.group, rule.holdout, rule.variants) == (
        None, doc.Limit(), None, 0, [],
    )  # fmt: skip


def _check_when(where: str, when: doc.Trigger, venue: doc.Venue, ground: Ground) -> None:
    match when:
        case doc.OnVisit() | doc.OnLeft() | doc.OnDwell() | doc.OnOccupancy() | doc.WhilePresent():
            _check_stay(where, when, ground)
        case doc.OnAbsent(for_=length, by=by):
            if (length is None) == (by is None):
                raise RulesFault(f"{where}: absent has either for or by")
            if by is not None:
                parse_local(by, ground.zone)
        case doc.OnAudience(audience=audience):
            known(where, "audience", audience, ground.audiences)
        case doc.OnAttribute(name=name) if ground.attributes:
            known(where, "attribute", name, ground.attributes)
        case doc.OnRedeemed(pool=str(pool)):
            known(where, "pool", pool, ground.pools)
        case doc.OnRule(rule=name):
            known(where, "rule", name, ground.rules)
        case doc.OnSchedule():
            info, zone = venue.event, ground.zone
            starts_ms, ends_ms = parse_local(info.starts, zone), parse_local(info.ends, zone)
            check_schedule(when, where, zone, starts_ms, ends_ms)
            if when.each not in (None, EVERYONE):
                known(where, "audience", str(when.each), ground.audiences)
        case _:
            pass


Lasting = doc.OnVisit | doc.OnLeft | doc.OnDwell | doc.OnOccupancy | doc.WhilePresent


def _check_stay(where: str, when: Lasting, ground: Ground) -> None:
    by_tap = [
        place for place in places_of(where, when, ground) if ground.places[place].visits_by == "tap"
    ]
    if by_tap and isinstance(when, doc.OnVisit) and when.at_least:
        raise RulesFault(
            f"{where}: visits to {by_tap[0]!r} are taps, which have no length; leave out "
            "at_least, or let visits_by be presence"
        )
    if by_tap and isinstance(when, doc.OnLeft):
        raise RulesFault(
            f"{where}: visits to {by_tap[0]!r} are taps, which nobody leaves; "
            "let visits_by be presence"
        )
    if isinstance(when, doc.OnOccupancy):
        _check_occupancy(where, when, ground)


def _check_occupancy(where: str, when: doc.OnOccupancy, ground: Ground) -> None:
    if (when.at_least is None) == (when.at_most is None):
        raise RulesFault(f"{where}: occupancy has either at_least or at_most")
    if when.until is not None and when.at_least is not None and when.until >= when.at_least:
        raise RulesFault(f"{where}: until {when.until} has to be below at_least {when.at_least}")
    if when.until is not None and when.at_most is not None and when.until <= when.at_most:
        raise RulesFault(f"{where}: until {when.until} has to be above at_most {when.at_most}")
    if when.audience is not None:
        known(where, "audience", when.audience, ground.audiences)


def acts_of(acts: Iterable[doc.Act]) -> Iterator[doc.Act]:
    """All actions of a rule, those of its follow-ups too."""
    for act in acts:
        yield act
        if isinstance(act, doc.FollowUp):
            yield from acts_of(act.then)


def all_acts(rule: doc.Rule) -> Iterator[doc.Act]:
    """All actions that a rule may take, in whatever variant."""
    yield from acts_of(rule.then)
    for variant in rule.variants:
        yield from acts_of(variant.then)


def _depth(acts: list[doc.Act]) -> int:
    return max((1 + _depth(act.then) for act in acts if isinstance(act, doc.FollowUp)), default=0)


def check_acts(where: str, compiled: CompiledRule, venue: doc.Venue) -> None:
    """What a rule does fits what it is about, and names what there is."""
    rule = compiled.rule
    if max(map(_depth, (rule.then, *(variant.then for variant in rule.variants)))) > (
        FOLLOW_UP_DEPTH_MAX
    ):
        raise RulesFault(f"{where}: follow-ups are nested deeper than {FOLLOW_UP_DEPTH_MAX}")
    follows = isinstance(rule.when, doc.WhilePresent)
    for act in all_acts(rule):
        if isinstance(act, doc.SetMood | doc.RequestMusic) != follows:
            raise RulesFault(
                f"{where}: mood and music belong to rules with kind: present, and nothing else does"
            )
        if compiled.about == "venue":
            _check_venue_act(where, act)
        _check_act(where, act, venue)
    if compiled.about == "venue":
        _check_venue_condition(where, rule)


def _check_venue_act(where: str, act: doc.Act) -> None:
    personal = isinstance(act, OF_PERSONS)
    if personal or (isinstance(act, doc.SetLight) and act.colour.startswith("{")):
        name = act.__struct_config__.tag
        raise RulesFault(f"{where}: it is about the venue, and {name} needs a person")


def _check_venue_condition(where: str, rule: doc.Rule) -> None:
    for condition in _conditions(rule.if_):
        if not isinstance(condition, OF_ANYBODY):
            name = condition.__struct_config__.tag
            raise RulesFault(f"{where}: it is about the venue, and check: {name} needs a person")
    if rule.limit.per == "visit" or rule.holdout or rule.variants:
        raise RulesFault(f"{where}: it is about the venue, which has no visits and no arms")


def _conditions(condition: doc.Condition | None) -> Iterator[doc.Condition]:
    if condition is not None:
        yield condition
    if isinstance(condition, doc.All | doc.AnyOf | doc.NoneOf):
        for one in condition.of:
            yield from _conditions(one)


def _check_act(where: str, act: doc.Act, venue: doc.Venue) -> None:
    match act:
        case doc.GiveReward(pool=pool):
            known(where, "pool", pool, (pool.id for pool in venue.pools))
        case doc.SetLight(lamp=lamp):
            known(where, "lamp", lamp, venue.lamps)
        case doc.SetMood(lamps=lamps):
            for lamp in lamps:
                known(where, "lamp", lamp, venue.lamps)
        case doc.FollowUp(after=after, at=at) if (after is None) == (at is None):
            raise RulesFault(f"{where}: a follow-up has either after or at")
        case doc.CancelFollowUp(rule=name):
            known(where, "rule", name, (rule.name for rule in venue.rules))
        case doc.PublishMqtt(topic=topic) if topic.split("/")[0] in ("up", "down"):
            raise RulesFault(
                f"{where}: topic {topic!r} begins like a lane of an edge; choose another"
            )
        case doc.SetAttribute(attribute=name) if venue.attributes:
            known(where, "attribute", name, (one.name for one in venue.attributes))
        case _:
            pass
