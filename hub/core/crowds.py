"""How many are at a place: rules become true when the number gets there, once until it is back."""

from msgspec.structs import replace

from hub.core import document as doc
from hub.core import follow, profile
from hub.core.plan import CompiledRule
from hub.core.state import Presence, Zone
from hub.core.world import Draft, Spark


def came(draft: Draft, place: str, person: str) -> None:
    """Somebody is at the place, or what it knows of them has changed."""
    presence = profile.presence_of(draft.person(person), draft.rules.counted)
    follow.joined(draft, place, person, presence)
    draft.crowded.add(place)


def went(draft: Draft, place: str, person: str) -> None:
    """Somebody is no longer at the place."""
    follow.went(draft, place, person)
    draft.crowded.add(place)


def number(present: dict[str, Presence], audience: str | None) -> int:
    """How many are there, of an audience if one is given."""
    if audience is None:
        return len(present)
    return sum(audience in seen.audiences for seen in present.values())


def count(draft: Draft) -> None:
    """Look at the places where people came or went: once for all that the step has changed."""
    crowded, draft.crowded = sorted(draft.crowded), set()
    for place in crowded:
        _count(draft, place)


def _count(draft: Draft, place: str) -> None:
    for compiled in draft.rules.occupancy.get(place, ()):
        if _look(draft, compiled, place) and not draft.is_silent:
            zone = draft.zone(place)
            when = compiled.rule.when
            assert isinstance(when, doc.OnOccupancy)
            count = number(zone.present, when.audience)
            draft.sparks.append(Spark(compiled, None, draft.at_ms, count))


def _look(draft: Draft, compiled: CompiledRule, place: str) -> bool:
    """Whether the rule becomes true now; the place remembers until the number is back."""
    when, zone = compiled.rule.when, draft.zone(place)
    assert isinstance(when, doc.OnOccupancy)
    count, is_spent = number(zone.present, when.audience), compiled.name in zone.spent
    if when.at_least is not None:
        until = when.at_least - 1 if when.until is None else when.until
        if not is_spent and count >= when.at_least:
            _spend(draft, zone, compiled.name, is_spent=True)
            return True
        if is_spent and count <= until:
            _spend(draft, zone, compiled.name, is_spent=False)
        return False
    # Falling to a number: what is remembered is that it was above.
    assert when.at_most is not None
    until = when.at_most + 1 if when.until is None else when.until
    if not is_spent and count >= until:
        _spend(draft, zone, compiled.name, is_spent=True)
    if is_spent and count <= when.at_most:
        _spend(draft, zone, compiled.name, is_spent=False)
        return True
    return False


def _spend(draft: Draft, zone: Zone, rule: str, *, is_spent: bool) -> None:
    spent = {name: at_ms for name, at_ms in zone.spent.items() if name != rule}
    if is_spent:
        spent[rule] = draft.at_ms
    draft.put(replace(zone, spent=spent))


def published(draft: Draft) -> None:
    """Take the numbers as they are: what has been reached lies in the past."""
    for place, listed in draft.rules.occupancy.items():
        for compiled in listed:
            _look(draft, compiled, place)
