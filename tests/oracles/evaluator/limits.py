"""How often: no stretch of a limit's length may hold more than it allows, whatever comes late."""

from collections.abc import Iterator, Sequence
from hashlib import blake2b

from hub.core import document as doc
from tests.oracles.evaluator.conditions import places_of
from tests.oracles.evaluator.spans import inside
from tests.oracles.evaluator.view import View, gather


def too_many(done_ms: Sequence[int], at_ms: int, at_most: int, window: str, zone: str) -> bool:
    """Whether one more at ``at_ms`` makes some stretch too full."""
    all_ms = [*done_ms, at_ms]
    return any(
        sum(inside(window, t, end_ms, zone) for t in all_ms) > at_most
        for end_ms in all_ms
        if inside(window, at_ms, end_ms, zone)
    )


def periods(limit: doc.Limit) -> Iterator[tuple[int, str]]:
    """Everything that a limit says, as so many within a window."""
    if limit.once:
        yield 1, "event"
    if limit.every is not None:
        yield 1, limit.every
    if limit.at_most is not None:
        yield limit.at_most, limit.within
    for period in limit.also:
        yield period.at_most, period.within


def limited(
    rule: doc.Rule, done_ms: Sequence[int], at_ms: int, view: View | None, venue: doc.Venue
) -> bool:
    """Whether the rule's limit holds it back, when it fired at these instants."""
    if rule.limit.per == "visit" and view is not None:
        started = _visit(rule, at_ms, view, venue)
        done_ms = [t for t in done_ms if _visit(rule, t, view, venue) == started]
    return any(
        too_many(done_ms, at_ms, at_most, window, venue.event.zone)
        for at_most, window in periods(rule.limit)
    )


def _visit(rule: doc.Rule, at_ms: int, view: View, venue: doc.Venue) -> int | None:
    place, group = getattr(rule.when, "place", None), getattr(rule.when, "group", None)
    times = gather(view.visits, places_of(venue, place, group))
    return max((t for t in times if t <= at_ms), default=None)


def share(salt: str, person: str) -> float:
    """A number in [0, 1) that is always the same for a person."""
    digest = blake2b(f"{salt}/{person}".encode(), digest_size=8).digest()
    return float(int.from_bytes(digest, "big") / 2**64)


def arm_of(venue: doc.Venue, rule: doc.Rule, person: str) -> str:
    """``holdout``, the name of a variant, or nothing."""
    event = venue.event.id
    if share(event, person) * 100 < venue.holdout:
        return "holdout"
    if share(f"{event}/{rule.name}", person) * 100 < rule.holdout:
        return "holdout"
    drawn = share(f"{event}/{rule.name}/variant", person) * sum(v.share for v in rule.variants)
    for variant in rule.variants:
        if drawn < variant.share:
            return variant.name
        drawn -= variant.share
    return ""
