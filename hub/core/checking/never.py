"""A rule that can never fire, or whose work serves nobody, is warned of.

Only what the document itself says is looked at; a rule that is a draft or paused gives nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import Final

from hub.core import document as doc
from hub.core.checking import walk
from hub.core.checking.finding import Finding, Path, error, note, warning
from hub.core.checking.shapes import places_of

ALWAYS_ASKED: Final = (
    doc.OnTap,
    doc.OnVisit,
    doc.OnVisits,
    doc.OnLeft,
    doc.OnDistinct,
    doc.OnDwell,
)
"""Triggers that nobody can bring about where no edge reads a badge."""


@dataclass(frozen=True, slots=True)
class Gives:
    """What the rules of a document can give."""

    tags: frozenset[str]
    honours: frozenset[str]
    statuses: frozenset[str]
    pools: frozenset[str]
    points: float
    """The most that all rules together can give somebody."""
    read: frozenset[str] | None
    """Places that some edge reads; None where there are no edges at all."""
    holdouts: frozenset[str]
    """Rules that somebody is held out of."""


def gives_of(venue: doc.Venue) -> Gives:
    """Collect what rules give that are asked."""
    acts = [
        act
        for path, rule in walk.rules(venue)
        if walk.is_asked(rule)
        for _, act in walk.acts_of(path, rule)
    ]
    held = {rule.name for rule in venue.rules if rule.holdout or venue.holdout}
    read = frozenset(place for edge in venue.edges for place in edge.readers.values())
    return Gives(
        tags=frozenset(act.tag for act in acts if isinstance(act, doc.GiveTag)),
        honours=frozenset(act.honour for act in acts if isinstance(act, doc.AwardHonour)),
        statuses=frozenset(act.status for act in acts if isinstance(act, doc.SetStatus)),
        pools=frozenset(act.pool for act in acts if isinstance(act, doc.GiveReward)),
        points=sum(_points(path, rule) for path, rule in walk.rules(venue)),
        read=read if venue.edges else None,
        holdouts=frozenset(held),
    )


def _points(path: Path, rule: doc.Rule) -> float:
    """The most points that a rule can give one person."""
    acts = [act for _, act in walk.acts_of(path, rule) if isinstance(act, doc.AddPoints)]
    each = sum(max(0, act.points) for act in acts)
    if not each or not walk.is_asked(rule):
        return 0
    limit = rule.limit
    if limit.once and limit.per in ("person", "event"):
        return each
    if limit.at_most is not None and limit.within == "event" and limit.per != "visit":
        return each * limit.at_most
    return inf


def check_never(venue: doc.Venue) -> Iterator[Finding]:
    """Conditions, triggers, goals and rewards that nothing in the document can bring about."""
    gives = gives_of(venue)
    for path, condition in walk.conditions(venue):
        yield from _condition(path, condition, gives)
    empty = set()
    for path, audience in walk.audiences(venue):
        if not can_hold(audience.if_, gives):
            empty.add(audience.name)
            yield warning((*path, "if"), "nobody can come into this audience")
    for path, rule in walk.rules(venue):
        yield from _trigger((*path, "when"), rule, venue, gives, empty)
        if rule.if_ is not None and not can_hold(rule.if_, gives):
            yield warning((*path, "if"), "the rule can never fire: its condition never holds")
        yield from _goal((*path, "goal"), rule, gives)
    yield from _acts(venue)
    yield from _unread(venue, gives)


def can_hold(condition: doc.Condition, gives: Gives) -> bool:
    """Whether it may hold for somebody; when in doubt it may."""
    match condition:
        case doc.All(of=of):
            return all(can_hold(one, gives) for one in of)
        case doc.AnyOf(of=of):
            return any(can_hold(one, gives) for one in of)
        case _:
            return _lacking(condition, gives) is None


def _lacking(condition: doc.Condition, gives: Gives) -> str | None:
    """Why nobody can be what a condition asks for, or None."""
    match condition:
        case doc.HasTag(tag=tag) if tag not in gives.tags:
            return f"no rule gives the tag {tag!r}"
        case doc.HasHonour(honour=honour) if honour not in gives.honours:
            return f"no rule awards the honour {honour!r}"
        case doc.HasStatus(one_of=one_of) if one_of and gives.statuses.isdisjoint(one_of):
            return f"no rule sets the status {one_of[0]!r}"
        case doc.HasPoints(at_least=at_least) if at_least is not None and at_least > gives.points:
            return f"all rules together give {gives.points:g} points, and never {at_least}"
        case doc.InArm(rule=rule, arm="holdout") if rule not in gives.holdouts:
            return f"nobody is held out of the rule {rule!r}"
        case _:
            return None


def _condition(path: Path, condition: doc.Condition, gives: Gives) -> Iterator[Finding]:
    reason = _lacking(condition, gives)
    if reason is not None:
        yield warning(path, f"{reason}: this never holds")


def _trigger(
    path: Path, rule: doc.Rule, venue: doc.Venue, gives: Gives, empty: set[str]
) -> Iterator[Finding]:
    when = rule.when
    places = places_of(when, venue)
    if gives.read is not None and places and gives.read.isdisjoint(places):
        where = getattr(when, "group", None) or places[0]
        yield warning(path, f"the rule can never fire: no edge reads {where!r}")
    match when:
        case doc.OnDistinct(group=group, count=count) if places and (count or 0) > len(places):
            yield warning(
                (*path, "count"),
                f"the rule can never fire: the group {group!r} has {len(places)} places",
            )
        case doc.OnAudience(audience=audience) if audience in empty:
            yield warning(path, "the rule can never fire: nobody can come into the audience")
        case doc.OnPoints(at_least=at_least) if at_least > gives.points:
            message = f"all rules together give {gives.points:g} points"
            yield warning((*path, "at_least"), f"the rule can never fire: {message}")
        case doc.OnRedeemed(pool=pool) if pool is not None and pool not in gives.pools:
            yield warning(path, f"the rule can never fire: no rule gives rewards of {pool!r}")
        case doc.OnRule(rule=name) if _is_off(name, venue):
            yield warning(path, f"the rule can never fire: the rule {name!r} is not asked")
        case _:
            pass


def _is_off(name: str, venue: doc.Venue) -> bool:
    return any(rule.name == name and not walk.is_asked(rule) for rule in venue.rules)


def _goal(path: Path, rule: doc.Rule, gives: Gives) -> Iterator[Finding]:
    if rule.goal is None:
        return
    visit, redeemed = rule.goal.visit, rule.goal.redeemed
    if visit is not None and gives.read is not None and visit not in gives.read:
        yield warning(path, f"the goal is never reached: no edge reads {visit!r}")
    if redeemed is not None and redeemed not in gives.pools:
        yield warning(path, f"the goal is never reached: no rule gives rewards of {redeemed!r}")


def _acts(venue: doc.Venue) -> Iterator[Finding]:
    stock = {pool.id: pool.stock for pool in venue.pools}
    delayed = {
        rule.name
        for path, rule in walk.rules(venue)
        if any(isinstance(act, doc.FollowUp) for _, act in walk.acts_of(path, rule))
    }
    there = {rule.name for rule in venue.rules}
    for path, act in walk.acts(venue):
        if isinstance(act, doc.GiveReward) and stock.get(act.pool) == 0:
            yield warning((*path, "pool"), f"the pool {act.pool!r} has none to give")
        if isinstance(act, doc.CancelFollowUp) and act.rule in there - delayed:
            yield warning((*path, "rule"), f"the rule {act.rule!r} has no follow-ups")
        if isinstance(act, doc.SetMood) and not act.lamps:
            yield error((*path, "lamps"), "the mood is for no lamp")
        if isinstance(act, doc.AddPoints) and not act.points:
            yield note((*path, "points"), "no points are added")


def _unread(venue: doc.Venue, gives: Gives) -> Iterator[Finding]:
    if gives.read is None and any(isinstance(rule.when, ALWAYS_ASKED) for rule in venue.rules):
        yield note(("edges",), "there is no edge: nobody is seen anywhere")
