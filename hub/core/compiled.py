"""A venue's document, checked once and indexed by what can make each rule true."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import tzinfo
from typing import Literal

from hub.core import document as doc
from hub.core.asking import Ask, Ground, compile_condition
from hub.core.checks import (
    acts_of,
    check_acts,
    check_edges,
    check_rule,
    order_audiences,
    places_of,
    timezone,
    unique,
)
from hub.core.people.declared import check_attributes, check_sources
from hub.core.periods import Window, window
from hub.core.plan import (
    ANYTHING,
    ANYWHERE,
    Compiled,
    CompiledAudience,
    CompiledRule,
    Counting,
    Rules,
)
from hub.core.restraint.budgets import check_budgets
from hub.core.restraint.caps import compile_caps
from hub.core.restraint.limits import compile_limit
from hub.core.restraint.quiet import compile_quiet
from hub.core.spans import duration_ms, parse_local

__all__ = ["Compiled", "CompiledRule", "Counting", "acts_of", "compile_venue"]


def compile_venue(venue: doc.Venue, version: int) -> Compiled:
    """Check a document and index its rules.

    Raises:
        RulesFault: it names something that is not there, or says something twice; the text says
            where, and what there is.
    """
    zone = timezone(venue.event.zone)
    ground = _ground(venue, zone)
    check_edges(venue, ground.places)
    check_attributes(venue)
    check_sources(venue)
    pools = unique("pool", ((pool.id, pool) for pool in venue.pools))
    check_budgets(venue.budgets, pools)
    audiences = _audiences(venue, ground)
    rules = unique(
        "rule",
        ((one.name, _compile_rule(one, at, venue, ground)) for at, one in enumerate(venue.rules)),
    )
    asked = _numbered(rule for rule in rules.values() if rule.rule.stage in ("live", "shadow"))
    rules |= {rule.name: rule for rule in asked}
    return Compiled(
        version=version,
        venue=venue,
        zone=zone,
        starts_ms=parse_local(venue.event.starts, zone),
        ends_ms=parse_local(venue.event.ends, zone),
        places=dict(ground.places),
        groups=dict(ground.groups),
        pools=pools,
        attributes=dict(ground.attributes),
        edges={edge.name: edge.readers for edge in venue.edges},
        rules=rules,
        audiences={one.name: one for one in audiences},
        caps=compile_caps(venue.caps, venue.rules, zone),
        quiet=compile_quiet(venue.quiet, zone),
        counted=_counted(asked),
        audiences_of=_by_key(audiences),
        **_indexes(asked),  # type: ignore[arg-type]
    )


def _ground(venue: doc.Venue, zone: tzinfo) -> Ground:
    names = dict.fromkeys(group for place in venue.places for group in place.groups)
    return Ground(
        zone=zone,
        attributes=unique("attribute", ((one.name, one) for one in venue.attributes)),
        places=unique("place", ((place.id, place) for place in venue.places)),
        groups={
            group: tuple(place.id for place in venue.places if group in place.groups)
            for group in sorted(names)
        },
        pools=frozenset(pool.id for pool in venue.pools),
        audiences=frozenset(audience.name for audience in venue.audiences),
        rules=frozenset(rule.name for rule in venue.rules),
    )


def _audiences(venue: doc.Venue, ground: Ground) -> list[CompiledAudience]:
    asks = unique(
        "audience",
        (
            (one.name, compile_condition(f"audience {one.name!r}", one.if_, ground))
            for one in venue.audiences
        ),
    )
    ordered = order_audiences(asks)
    return [CompiledAudience(name, order, asks[name]) for order, name in enumerate(ordered)]


def _by_key(audiences: Iterable[CompiledAudience]) -> dict[str, tuple[CompiledAudience, ...]]:
    found: dict[str, list[CompiledAudience]] = {}
    for audience in audiences:
        for key in (*audience.ask.keys, ANYTHING):
            found.setdefault(key, []).append(audience)
    return {key: tuple(listed) for key, listed in found.items()}


def _compile_rule(rule: doc.Rule, order: int, venue: doc.Venue, ground: Ground) -> CompiledRule:
    where = f"rule {rule.name!r}"
    places = places_of(where, rule.when, ground)
    check_rule(where, rule, venue, ground)
    ask: Ask = compile_condition(where, rule.if_, ground)
    compiled = CompiledRule(
        rule=rule,
        order=order,
        about=about(rule.when),
        places=places,
        window=window(getattr(rule.when, "within", "event"), ground.zone),
        ask=ask,
        limit=compile_limit(rule.limit, where, ground.zone),
        tapped=_tapped(rule.when, places, ground),
        **_figures(rule.when, len(places)),
    )
    check_acts(where, compiled, venue)
    return compiled


def _tapped(when: doc.Trigger, places: tuple[str, ...], ground: Ground) -> tuple[str, ...]:
    """Where a tap makes a rule true by itself."""
    if isinstance(when, doc.OnVisit):
        return tuple(place for place in places if ground.places[place].visits_by == "tap")
    return places if isinstance(when, doc.OnTap) else ()


def about(when: doc.Trigger) -> Literal["person", "venue"]:
    """Whether a trigger is about a person or about the venue."""
    match when:
        case doc.OnOccupancy() | doc.WhilePresent() | doc.OnSchedule(each=None):
            return "venue"
        case doc.OnButton(about=whom) | doc.OnCall(about=whom):
            return whom
        case _:
            return "person"


def _figures(when: doc.Trigger, places: int) -> dict[str, int]:
    match when:
        case doc.OnVisits(count=count):
            return {"count": count}
        case doc.OnDistinct(count=count):
            return {"count": places if count is None else count}
        case doc.OnVisit(at_least=str(at_least)) | doc.OnLeft(at_least=str(at_least)):
            return {"at_least_ms": duration_ms(at_least)}
        case doc.OnDwell(at_least=at_least):
            return {"at_least_ms": duration_ms(at_least)}
        case doc.WhilePresent(every=every):
            return {"every_ms": duration_ms(every)}
        case (
            doc.OnAbsent(for_=str(length)) | doc.OnWithout(within=length) | doc.OnRule(after=length)
        ):
            return {"length_ms": duration_ms(length)}
        case doc.OnPoints(at_least=points):
            return {"count": points}
        case _:
            return {}


def _numbered(rules: Iterable[CompiledRule]) -> list[CompiledRule]:
    numbers: dict[tuple[tuple[str, ...], Window], int] = {}
    return [
        replace(rule, tally=numbers.setdefault((rule.places, rule.window), len(numbers)))
        for rule in rules
    ]


def _counted(rules: list[CompiledRule]) -> frozenset[str]:
    """Audiences that are counted at a place: by a trigger, or by a condition."""
    triggers = (rule.rule.when for rule in rules)
    names = {when.audience for when in triggers if isinstance(when, doc.OnOccupancy)}
    names |= {one.audience for rule in rules for one in _occupied(rule.rule.if_)}
    return frozenset(name for name in names if name is not None)


def _occupied(condition: doc.Condition | None) -> Iterator[doc.Occupied]:
    match condition:
        case doc.Occupied():
            yield condition
        case doc.All(of=of) | doc.AnyOf(of=of) | doc.NoneOf(of=of):
            for one in of:
                yield from _occupied(one)
        case _:
            pass


def _indexes(rules: list[CompiledRule]) -> dict[str, object]:
    def of(*kinds: type[doc.Trigger]) -> list[CompiledRule]:
        return [rule for rule in rules if isinstance(rule.rule.when, kinds)]

    lasting = of(doc.OnVisit, doc.OnDwell)
    absent = [rule for rule in of(doc.OnAbsent) if rule.length_ms]
    sequences, without = of(doc.OnSequence), of(doc.OnWithout)
    counting = _index(of(doc.OnVisits, doc.OnDistinct), lambda rule: rule.places)
    return {
        "sparked_by": _index(rules, _sparks),
        "counting": {place: _counting(listed) for place, listed in counting.items()},
        "on_stay": _index(lasting, lambda rule: set(rule.places).difference(rule.tapped)),
        "on_left": _index(of(doc.OnLeft), lambda rule: rule.places),
        "sequences_to": _index(sequences, lambda rule: rule.places[1:]),
        "sequences_from": _index(sequences, lambda rule: rule.places[:1]),
        "without": _index(without, lambda rule: rule.places[:1]),
        "absent": _index(absent, lambda rule: rule.places or (ANYWHERE,)),
        "never_ms": tuple(sorted({rule.length_ms for rule in absent})),
        "never": {
            length_ms: tuple(rule for rule in absent if rule.length_ms == length_ms)
            for length_ms in {rule.length_ms for rule in absent}
        },
        "points": tuple(sorted(of(doc.OnPoints), key=lambda rule: rule.count)),
        "occupancy": _index(of(doc.OnOccupancy), lambda rule: rule.places),
        "follows": _index(of(doc.WhilePresent), lambda rule: rule.places),
        "scheduled": tuple(rule for rule in of(doc.OnSchedule, doc.OnAbsent) if not rule.length_ms),
    }


def _sparks(rule: CompiledRule) -> tuple[str, ...]:
    """What makes a rule true by itself, without anything being counted or waited for."""
    match rule.rule.when:
        case doc.OnTap() | doc.OnVisit():
            return tuple(f"tap:{place}" for place in rule.tapped)
        case doc.OnLeftVenue():
            return ("left_venue",)
        case doc.OnAudience(audience=audience, change=change):
            return (f"audience:{audience}:{change}",)
        case doc.OnAttribute(name=name):
            return (f"attribute:{name}",)
        case doc.OnConsent(purpose=purpose, given=given):
            return (f"consent:{purpose}:{given}",)
        case doc.OnRedeemed(pool=pool):
            return (f"redeemed:{pool or ANYWHERE}",)
        case doc.OnRule(rule=name):
            return (f"rule:{name}",)
        case doc.OnButton(button=name) | doc.OnCall(call=name):
            return (f"{rule.rule.when.__struct_config__.tag}:{name}",)
        case _:
            return ()


def _counting(rules: Rules) -> tuple[Counting, ...]:
    """Sort the counting rules of a place, in the order in which they are written."""
    tallies = dict.fromkeys(rule.tally for rule in rules)
    together = [tuple(rule for rule in rules if rule.tally == tally) for tally in tallies]
    return tuple(
        Counting(
            rules=same,
            by_visits=_by_count(rule for rule in same if isinstance(rule.rule.when, doc.OnVisits)),
            by_places=_by_count(
                rule for rule in same if isinstance(rule.rule.when, doc.OnDistinct)
            ),
        )
        for same in together
    )


def _by_count(rules: Iterable[CompiledRule]) -> dict[int, Rules]:
    found: dict[int, list[CompiledRule]] = {}
    for rule in rules:
        found.setdefault(rule.count, []).append(rule)
    return {count: tuple(listed) for count, listed in found.items()}


def _index(
    rules: Iterable[CompiledRule], keys_of: Callable[[CompiledRule], Iterable[str]]
) -> dict[str, Rules]:
    found: dict[str, list[CompiledRule]] = {}
    for rule in rules:
        for key in keys_of(rule):
            found.setdefault(key, []).append(rule)
    return {key: tuple(listed) for key, listed in found.items()}
