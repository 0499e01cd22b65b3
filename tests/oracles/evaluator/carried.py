"""Who waited under the earlier form of a rule waits on: until then, and as the rule of then says.

It is about stays that have to last: ``visit`` with ``at_least``, and ``dwell``.
"""

from collections.abc import Iterator
from typing import NamedTuple

from hub.core import document as doc
from tests.oracles.evaluator.conditions import places_of
from tests.oracles.evaluator.instants import fallen
from tests.oracles.evaluator.spans import duration_ms
from tests.oracles.evaluator.view import View


class Carried(NamedTuple):
    """Somebody who was at a place since an instant, and when that was to be long enough."""

    due_ms: int
    place: str
    since_ms: int


def lasting(when: doc.Trigger) -> bool:
    """Whether it waits for a stay to last."""
    return isinstance(when, doc.OnDwell) or (
        isinstance(when, doc.OnVisit) and when.at_least is not None
    )


def waiting_now(when: doc.Trigger, view: View, venue: doc.Venue, now_ms: int) -> Iterator[Carried]:
    """What somebody waits for where they are, from now on."""
    group = getattr(when, "group", None)
    if view.place is None or view.place not in places_of(
        venue, getattr(when, "place", None), group
    ):
        return
    for due_ms in fallen(when, view, venue):
        if due_ms >= max(now_ms, view.since_ms):
            yield Carried(due_ms, view.place, view.since_ms)


def still_true(one: Carried, when: doc.Trigger, view: View, venue: doc.Venue) -> bool:
    """Whether they are still there, and the rule of today is satisfied at that instant."""
    if (view.place, view.since_ms) != (one.place, one.since_ms):
        return False
    match when:
        case doc.OnVisit(place, group, str() as at_least):
            long = one.due_ms - one.since_ms >= duration_ms(at_least)
            return long and one.place in places_of(venue, place, group)
        case doc.OnDwell(place, at_least) if place == one.place:
            stays = view.lengths([place])
            total = sum((one.due_ms if until is None else until) - s for s, until in stays)
            return total >= duration_ms(at_least)
    return False
