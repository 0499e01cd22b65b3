"""Who should get what, counted over the whole script at once, from what the rules mean.

It shares no code with the engine and looks at nothing but the script and the document, so that the
two can be compared at the end of a demonstration.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from msgspec import Struct

from hub.core.document import (
    Act,
    FollowUp,
    GiveReward,
    OnDistinct,
    OnDwell,
    OnTap,
    OnVisits,
    Rule,
    Venue,
)
from hub.demo.people import Attendee
from hub.demo.script import Script

UNIT_MS: Final = {"ms": 1, "s": 1_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}

Instants = dict[str, list[int]]
"""Badge to instants, ascending Unix milliseconds."""


class Expected(Struct, frozen=True):
    """What a script should lead to; instants are Unix milliseconds.

    Dwell counts from the true stays, while a tracker sees people come and go some seconds later:
    compare its badges, not its instants.
    """

    taps: dict[str, int]
    """Place to how many taps there were, of all badges."""
    fired: dict[str, Instants]
    """Rule to badge to the instants at which its trigger and its limit say yes.

    A rule of which every action is then refused, for want of consent or because its cause is too
    old, is suppressed there: see ``rewarded``.
    """
    left_out: tuple[str, ...] = ()
    """Rules that are not counted here: those with a condition, an interval as limit, or another
    kind of trigger."""

    def who(self, rule: str) -> frozenset[str]:
        """Badges to which ``rule`` has something to say at least once.

        Raises:
            KeyError: there is no such rule, or it is left out.
        """
        return frozenset(self.fired[rule])


def expected(script: Script, venue: Venue) -> Expected:
    """Count what each live rule of ``venue`` does for the crowd of ``script``.

    Visits begin with taps, so a rule on visits of a place with ``visits_by: presence`` is left out.
    """
    fired: dict[str, Instants] = {}
    left_out = []
    for rule in venue.rules:
        if rule.stage != "live":
            continue
        instants = _instants(rule, script, venue)
        if instants is None:
            left_out.append(rule.name)
        else:
            fired[rule.name] = _limited(rule, instants)
    return Expected(
        taps=dict(Counter(tap.place for tap in script.taps)),
        fired=fired,
        left_out=tuple(left_out),
    )


def rewarded(
    should: Expected, venue: Venue, people: Iterable[Attendee]
) -> dict[str, frozenset[str]]:
    """Name for each pool the badges that get a reward of it, stocks being large enough.

    Those are the people for whom a rule fires that gives one, now or in a follow-up, and who
    consent to ``rewards``.
    """
    willing = {person.badge for person in people if "rewards" in person.consents}
    given: dict[str, set[str]] = {pool.id: set() for pool in venue.pools}
    for rule in venue.rules:
        for pool in _pools(rule.then):
            given[pool] |= willing & should.fired.get(rule.name, {}).keys()
    return {pool: frozenset(badges) for pool, badges in given.items()}


def _pools(acts: Iterable[Act]) -> Iterator[str]:
    for act in acts:
        if isinstance(act, GiveReward):
            yield act.pool
        elif isinstance(act, FollowUp):
            yield from _pools(act.then)


def _instants(rule: Rule, script: Script, venue: Venue) -> Instants | None:
    limit = rule.limit
    if rule.if_ is not None or limit.every is not None or limit.at_most is not None:
        return None
    by_tap = {place.id for place in venue.places if place.visits_by == "tap"}
    match rule.when:
        case OnTap(place=place):
            return _taps_at(script, {place})
        case OnVisits(place=place, count=int(count), within=within) if place in by_tap:
            return _each(
                _taps_at(script, {place}), lambda times: _nth_visits(times, count, _ms(within))
            )
        case OnDistinct(group=group, count=int(count), within=within):
            places = {place.id for place in venue.places if group in place.groups}
            return _distinct(script, places, count, _ms(within)) if places <= by_tap else None
        case OnDwell(place=place, at_least=at_least):
            return _dwell(script, place, _ms(at_least) or 0)
    return None


def _ms(duration: str) -> int | None:
    """Milliseconds; None for the whole event."""
    if duration == "event":
        return None
    unit = duration.lstrip("0123456789")
    return int(duration.removesuffix(unit)) * UNIT_MS[unit]


def _taps_at(script: Script, places: Iterable[str]) -> Instants:
    instants: Instants = {}
    for tap in sorted(script.taps, key=lambda tap: tap.tap_ms):
        if tap.place in places:
            instants.setdefault(tap.badge, []).append(tap.tap_ms)
    return instants


def _each(instants: Instants, choose: Callable[[list[int]], list[int]]) -> Instants:
    chosen = {badge: choose(times) for badge, times in instants.items()}
    return {badge: times for badge, times in chosen.items() if times}


def _inside(then_ms: int, now_ms: int, within_ms: int | None) -> bool:
    """A window reaches back to just after ``now - within`` and includes ``now``."""
    return then_ms <= now_ms and (within_ms is None or now_ms - within_ms < then_ms)


def _nth_visits(times: list[int], count: int, within_ms: int | None) -> list[int]:
    return [
        now_ms
        for index, now_ms in enumerate(times)
        if sum(_inside(then_ms, now_ms, within_ms) for then_ms in times[: index + 1]) == count
    ]


def _distinct(script: Script, places: set[str], count: int, within_ms: int | None) -> Instants:
    """The visits with which the number of different places rises to ``count``."""
    visits: dict[str, list[tuple[int, str]]] = {}
    for tap in script.taps:
        if tap.place in places:
            visits.setdefault(tap.badge, []).append((tap.tap_ms, tap.place))
    reached: Instants = {}
    for badge, way in visits.items():
        way.sort()
        for index, (now_ms, place) in enumerate(way):
            seen = {at for then_ms, at in way[:index] if _inside(then_ms, now_ms, within_ms)}
            if place not in seen and len(seen) == count - 1:
                reached.setdefault(badge, []).append(now_ms)
    return reached


def _dwell(script: Script, place: str, at_least_ms: int) -> Instants:
    """The instant at which all stays together have lasted long enough."""
    spent: Counter[str] = Counter()
    reached: Instants = {}
    for stay in sorted(script.stays, key=lambda stay: stay.from_ms):
        if stay.place != place:
            continue
        missing_ms = at_least_ms - spent[stay.badge]
        length_ms = stay.until_ms - stay.from_ms
        if 0 < missing_ms <= length_ms:
            reached.setdefault(stay.badge, []).append(stay.from_ms + missing_ms)
        spent[stay.badge] += length_ms
    return reached


def _limited(rule: Rule, instants: Instants) -> Instants:
    if not rule.limit.once:
        return instants
    return {badge: times[:1] for badge, times in instants.items()}
