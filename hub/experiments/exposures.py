"""Everybody counts once, in one arm, from the instant at which their arm first decided.

Whoever the rule was to act for counts, also when consent, a cap, quiet hours or an empty pool kept
it from them: such people are in the holdout too, and nobody can tell there who they are.
Instants are Unix ms (UTC).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby

from msgspec import Struct

from hub.core.document import Rule, Venue
from hub.core.restraint.experiments import HOLDOUT, hash01
from hub.store.insight.experiments_reads import ArmLine, InForce


class Exposure(Struct, frozen=True):
    """Somebody is in an arm since an instant; ``acted`` says whether anything came of it."""

    person: str
    arm: str
    at_ms: int
    acted: bool


class LeftOut(Struct, frozen=True):
    """How many are in no arm, and why.

    ``merged``: of two arms before it was known that they are one. ``earlier``: the rule was decided
    for them before it had its present arms. ``whole_event``: in the holdout of the whole event,
    where the rule has one of its own or variants.
    """

    merged: int = 0
    earlier: int = 0
    whole_event: int = 0


def exposures(
    lines: Iterable[ArmLine],
    aliases: Mapping[str, str],
    since_ms: int,
    is_apart: Callable[[str], bool],
) -> tuple[list[Exposure], LeftOut]:
    """Put everybody into one arm, or leave them out.

    ``is_apart`` says of an id of then whether it is left out with its holdout.
    """
    by_person: dict[str, list[ArmLine]] = {}
    for line in lines:
        by_person.setdefault(aliases.get(line.person, line.person), []).append(line)
    found: list[Exposure] = []
    merged = earlier = whole_event = 0
    for person, mine in by_person.items():
        first_ms = min(line.first_ms for line in mine)
        if first_ms < since_ms:
            earlier += 1
        elif len({line.arm for line in mine}) > 1:
            merged += 1
        elif any(line.arm == HOLDOUT and is_apart(line.person) for line in mine):
            whole_event += 1
        else:
            acted = any(line.fired_ms is not None for line in mine)
            found.append(Exposure(person, mine[0].arm, first_ms, acted))
    return found, LeftOut(merged, earlier, whole_event)


def in_whole_holdout(venue: Venue, person: str) -> bool:
    """Say whether somebody is in the holdout of the whole event."""
    return hash01(venue.event.id, person) * 100 < venue.holdout


def same_since_ms(versions: Iterable[InForce], rule: str) -> int:
    """Return since when a rule has the arms that it has now; ``versions`` come newest first."""
    _, newest = next(groupby(versions, lambda version: _arms(version.venue, rule)), (None, ()))
    return min((version.at_ms for version in newest), default=0)


def split_event(
    people: Sequence[str], aliases: Mapping[str, str], venue: Venue
) -> tuple[dict[str, bool], int]:
    """Return person to whether they are in the holdout of the whole event, and how many in both.

    Those in both, before it was known that they are one, are left out.
    """
    ids: dict[str, list[str]] = {}
    for other, person in aliases.items():
        ids.setdefault(person, []).append(other)
    found: dict[str, bool] = {}
    mixed = 0
    for person in people:
        sides = {in_whole_holdout(venue, one) for one in (person, *ids.get(person, ()))}
        if len(sides) > 1:
            mixed += 1
        else:
            found[person] = sides.pop()
    return found, mixed


def _arms(venue: Venue, rule: str) -> tuple[object, ...] | None:
    found: Rule | None = next((one for one in venue.rules if one.name == rule), None)
    if found is None or found.stage in ("draft", "shadow"):
        return None
    shares = tuple((variant.name, variant.share) for variant in found.variants)
    return (venue.holdout, found.holdout, shares)
