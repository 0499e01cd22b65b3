"""Who is in an audience is what its condition says, at every instant: by event and by time."""

import heapq

from msgspec.structs import replace

from hub.core.asking import View
from hub.core.crowds import came
from hub.core.outcome import Membership
from hub.core.plan import CompiledAudience
from hub.core.state import Timer
from hub.core.world import Draft


def refresh(draft: Draft) -> None:
    """Look at the audiences that the changes of this step can touch, each after those it asks."""
    while draft.touched:
        person, keys = draft.touched.popitem()
        if not draft.knows(person):
            continue
        of = draft.rules.audiences_of
        waiting = {one.order: one for key in keys for one in of[key]}
        queue = list(waiting)
        heapq.heapify(queue)
        while queue:
            audience = waiting[heapq.heappop(queue)]
            if look(draft, audience, person):
                for further in of.get(f"audience:{audience.name}", ()):
                    if further.order not in waiting:
                        waiting[further.order] = further
                        heapq.heappush(queue, further.order)


def look(draft: Draft, audience: CompiledAudience, person_id: str) -> bool:
    """Let somebody in or out, and look again when time may change that; whether it has changed."""
    person = draft.person(person_id)
    at_ms = max(draft.at_ms, person.looked_ms)
    view = View(person, at_ms, draft)
    held = audience.ask.holds(view)
    changed = held != (audience.name in person.audiences)
    if at_ms != person.looked_ms and (changed or not draft.is_silent):
        # A sweep that changes nothing about somebody leaves them as they are: it looks at many.
        draft.put(replace(person, looked_ms=at_ms))
    if changed:
        put(draft, audience.name, person_id, draft.at_ms, is_in=held)
    if audience.ask.is_timed:
        _wait(draft, audience, person_id, audience.ask.until_ms(view))
    return changed


def put(draft: Draft, name: str, person_id: str, at_ms: int, *, is_in: bool) -> None:
    """Let somebody in, or out."""
    person = draft.person(person_id)
    audiences = {known: since_ms for known, since_ms in person.audiences.items() if known != name}
    if is_in:
        audiences[name] = at_ms
    draft.put(replace(person, audiences=audiences))
    since_ms = at_ms if is_in else None
    draft.memberships[name, person_id] = Membership(name, person_id, since_ms)
    if person.place is not None and name in draft.rules.counted:
        came(draft, person.place, person_id)
    if not draft.is_silent:
        draft.happened(f"audience:{name}:{'entered' if is_in else 'left'}", person_id, at_ms)


def _wait(draft: Draft, audience: CompiledAudience, person: str, until_ms: int | None) -> None:
    key = f"audience:{audience.name}/{person}"
    if until_ms is None:
        draft.cancel_timer(key)
    else:
        draft.set_timer(Timer(key, until_ms, "audience", audience.name, person))


def fell_due(draft: Draft, timer: Timer, person: str) -> None:
    """Time may have changed who is in."""
    audience = draft.rules.audiences.get(timer.rule)
    if audience is not None and look(draft, audience, person):
        draft.touch(person, f"audience:{audience.name}")
