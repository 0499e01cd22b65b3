"""A venue's document, checked once and indexed by what can make each rule true."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hub.core import document as doc
from hub.core.errors import RulesFault
from hub.core.spans import duration_ms, parse_local, window_ms
from hub.core.state import FIRED_KEPT_MAX

T = TypeVar("T")

FOLLOW_UP_DEPTH_MAX = 3
"""A follow-up may have a follow-up, but not without end."""


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule with its durations in milliseconds."""

    rule: doc.Rule
    places: tuple[str, ...]
    window_ms: int | None = None
    tally: int = 0
    """Rules with the same places and window have the same number here."""
    by_tap: bool = False
    """Each tap at the place makes it true, and nothing else does."""
    count: int = 0
    at_least_ms: int = 0
    every_ms: int = 0
    limit_every_ms: int | None = None
    limit_window_ms: int | None = None

    @property
    def name(self) -> str:
        """The rule's name."""
        return self.rule.name


@dataclass(frozen=True, slots=True)
class Counting:
    """Rules that count over the same places and window: only those at their count can fire."""

    rules: tuple[CompiledRule, ...]
    by_visits: dict[int, tuple[CompiledRule, ...]]
    by_places: dict[int, tuple[CompiledRule, ...]]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A version of a venue in force: every look-up that a step needs, by key."""

    version: int
    venue: doc.Venue
    zone: tzinfo
    starts_ms: int
    ends_ms: int
    places: dict[str, doc.Place]
    pools: dict[str, doc.PoolInfo]
    edges: dict[str, dict[str, str]]
    """Edge to its readers, each with its place; the reader ``*`` stands for any other."""
    rules: dict[str, CompiledRule]
    on_tap: dict[str, tuple[CompiledRule, ...]] = field(default_factory=dict)
    on_visit: dict[str, tuple[CompiledRule, ...]] = field(default_factory=dict)
    counting: dict[str, tuple[Counting, ...]] = field(default_factory=dict)
    """The rules of ``on_visit`` once more, by what they count and by the count they wait for."""
    on_stay: dict[str, tuple[CompiledRule, ...]] = field(default_factory=dict)
    follows: dict[str, tuple[CompiledRule, ...]] = field(default_factory=dict)


def compile_venue(venue: doc.Venue, version: int) -> Compiled:
    """Check a document and index its rules.

    Raises:
        RulesFault: it names something that is not there, or says something twice; the text says
            where, and what there is.
    """
    zone = _zone(venue.event.zone)
    places = _unique("place", ((place.id, place) for place in venue.places))
    pools = _unique("pool", ((pool.id, pool) for pool in venue.pools))
    groups = _groups(venue.places)
    _check_edges(venue, places)
    rules = _unique(
        "rule", ((rule.name, _compile_rule(rule, venue, places, groups)) for rule in venue.rules)
    )
    active = _numbered(rule for rule in rules.values() if rule.rule.active)
    return Compiled(
        version=version,
        venue=venue,
        zone=zone,
        starts_ms=parse_local(venue.event.starts, zone),
        ends_ms=parse_local(venue.event.ends, zone),
        places=places,
        pools=pools,
        edges={edge.name: edge.readers for edge in venue.edges},
        rules=rules,
        on_tap=_index([rule for rule in active if rule.by_tap], doc.OnTap, doc.OnVisit),
        on_visit=(on_visit := _index(active, doc.OnVisits, doc.OnDistinct)),
        counting={place: _counting(listed) for place, listed in on_visit.items()},
        on_stay=_index([rule for rule in active if not rule.by_tap], doc.OnVisit, doc.OnDwell),
        follows=_index(active, doc.WhilePresent),
    )


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise RulesFault(
            f"event.zone: {name!r} is no time zone; write one like Europe/Berlin"
        ) from error


def _unique(what: str, pairs: Iterable[tuple[str, T]]) -> dict[str, T]:
    found: dict[str, T] = {}
    for key, value in pairs:
        if key in found:
            raise RulesFault(f"{what} {key!r} is there twice")
        found[key] = value
    return found


def _groups(places: list[doc.Place]) -> dict[str, tuple[str, ...]]:
    names = {group for place in places for group in place.groups}
    return {
        group: tuple(place.id for place in places if group in place.groups)
        for group in sorted(names)
    }


def _check_edges(venue: doc.Venue, places: dict[str, doc.Place]) -> None:
    _unique("edge", ((edge.name, edge) for edge in venue.edges))
    for edge in venue.edges:
        for reader, place in edge.readers.items():
            _known(f"edge {edge.name!r}, reader {reader!r}", "place", place, places)


def _known(where: str, what: str, name: str, there_are: Iterable[str]) -> str:
    names = sorted(there_are)
    if name not in names:
        listed = ", ".join(names) or "none"
        raise RulesFault(f"{where}: there is no {what} {name!r}; there is: {listed}")
    return name


def _numbered(rules: Iterable[CompiledRule]) -> list[CompiledRule]:
    numbers: dict[tuple[tuple[str, ...], int | None], int] = {}
    return [
        replace(rule, tally=numbers.setdefault((rule.places, rule.window_ms), len(numbers)))
        for rule in rules
    ]


def _counting(rules: tuple[CompiledRule, ...]) -> tuple[Counting, ...]:
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


def _by_count(rules: Iterable[CompiledRule]) -> dict[int, tuple[CompiledRule, ...]]:
    found: dict[int, list[CompiledRule]] = {}
    for rule in rules:
        found.setdefault(rule.count, []).append(rule)
    return {count: tuple(listed) for count, listed in found.items()}


def _index(
    rules: list[CompiledRule], *kinds: type[doc.Trigger]
) -> dict[str, tuple[CompiledRule, ...]]:
    found: dict[str, list[CompiledRule]] = {}
    for rule in rules:
        if isinstance(rule.rule.when, kinds):
            for place in rule.places:
                found.setdefault(place, []).append(rule)
    return {place: tuple(listed) for place, listed in found.items()}


def _compile_rule(
    rule: doc.Rule,
    venue: doc.Venue,
    places: dict[str, doc.Place],
    groups: dict[str, tuple[str, ...]],
) -> CompiledRule:
    where = f"rule {rule.name!r}"
    _check_acts(rule, venue)
    _check_conditions(where, rule.if_, places)
    limit = rule.limit
    found = _places_of(where, rule.when, places, groups)
    _check_limit(where, limit)
    by_tap = all(places[place].visits_by == "tap" for place in found)
    if by_tap and isinstance(rule.when, doc.OnVisit) and rule.when.at_least:
        raise RulesFault(
            f"{where}: visits to {rule.when.place!r} are taps, which have no length; leave out "
            "at_least, or let visits_by be presence"
        )
    return CompiledRule(
        rule=rule,
        places=found,
        by_tap=isinstance(rule.when, doc.OnTap) or (by_tap and isinstance(rule.when, doc.OnVisit)),
        limit_every_ms=duration_ms(limit.every) if limit.every else None,
        limit_window_ms=window_ms(limit.within),
        **_figures(rule.when),  # type: ignore[arg-type]
    )


def _check_limit(where: str, limit: doc.Limit) -> None:
    rolling = limit.within != "event"
    if rolling and limit.at_most is not None and limit.at_most > FIRED_KEPT_MAX:
        raise RulesFault(
            f"{where}, limit: at_most is {FIRED_KEPT_MAX} or less unless it is within the event"
        )


def _figures(when: doc.Trigger) -> dict[str, int | None]:
    match when:
        case doc.OnVisits(count=count, within=within) | doc.OnDistinct(count=count, within=within):
            return {"count": count, "window_ms": window_ms(within)}
        case doc.OnVisit(at_least=at_least):
            return {"at_least_ms": duration_ms(at_least) if at_least else 0}
        case doc.OnDwell(at_least=at_least):
            return {"at_least_ms": duration_ms(at_least)}
        case doc.WhilePresent(every=every):
            return {"every_ms": duration_ms(every)}
        case _:
            return {}


def _places_of(
    where: str,
    when: doc.Trigger,
    places: dict[str, doc.Place],
    groups: dict[str, tuple[str, ...]],
) -> tuple[str, ...]:
    group = getattr(when, "group", None)
    place = getattr(when, "place", None)
    if (group is None) == (place is None):
        raise RulesFault(f"{where}: give either a place or a group")
    if group is not None:
        return groups[_known(where, "group", group, groups)]
    return (_known(where, "place", str(place), places),)


def acts_of(acts: list[doc.Act]) -> Iterator[doc.Act]:
    """All actions of a rule, those of its follow-ups too."""
    for act in acts:
        yield act
        if isinstance(act, doc.FollowUp):
            yield from acts_of(act.then)


def _depth(acts: list[doc.Act]) -> int:
    return max((1 + _depth(act.then) for act in acts if isinstance(act, doc.FollowUp)), default=0)


def _check_acts(rule: doc.Rule, venue: doc.Venue) -> None:
    where = f"rule {rule.name!r}"
    if _depth(rule.then) > FOLLOW_UP_DEPTH_MAX:
        raise RulesFault(f"{where}: follow-ups are nested deeper than {FOLLOW_UP_DEPTH_MAX}")
    follows = isinstance(rule.when, doc.WhilePresent)
    if follows and (rule.if_ is not None or rule.limit != doc.Limit()):
        raise RulesFault(
            f"{where}: a rule with kind: present follows a place, not a person: "
            "it takes no if and no limit"
        )
    for act in acts_of(rule.then):
        of_place = isinstance(act, doc.SetMood | doc.RequestMusic)
        if of_place != follows:
            raise RulesFault(
                f"{where}: mood and music belong to rules with kind: present, and nothing else does"
            )
        _check_act(where, act, venue)


def _check_act(where: str, act: doc.Act, venue: doc.Venue) -> None:
    match act:
        case doc.GiveReward(pool=pool):
            _known(where, "pool", pool, (pool.id for pool in venue.pools))
        case doc.SetLight(lamp=lamp):
            _known(where, "lamp", lamp, venue.lamps)
        case doc.SetMood(lamps=lamps):
            for lamp in lamps:
                _known(where, "lamp", lamp, venue.lamps)
        case doc.FollowUp(after=after, at=at) if (after is None) == (at is None):
            raise RulesFault(f"{where}: a follow-up has either after or at")
        case _:
            pass


def _check_conditions(
    where: str, condition: doc.Condition | None, places: dict[str, doc.Place]
) -> None:
    match condition:
        case doc.All(of=of) | doc.AnyOf(of=of) | doc.NoneOf(of=of):
            for one in of:
                _check_conditions(where, one, places)
        case doc.IsAt(place=place):
            _known(where, "place", place, places)
        case _:
            pass
