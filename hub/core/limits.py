"""A rule's limit says no with a sentence, or nothing at all.

No stretch of a limit's length holds more firings than the limit allows, those that lie after a
cause that arrives late included.
"""

from datetime import tzinfo

from hub.core.compiled import CompiledRule
from hub.core.spans import clock_time, spell
from hub.core.state import Person
from hub.core.windows import Times, count_within


def suppressed_by_limit(
    compiled: CompiledRule, person: Person, at_ms: int, zone: tzinfo
) -> str | None:
    """The reason why the rule may not fire again for the person at ``at_ms``, or None."""
    limit = compiled.rule.limit
    fired = person.fired.get(compiled.name)
    if fired is None:
        return None
    last = clock_time(fired.recent_ms[-1], zone)
    if limit.once:
        return f"limit: once for each person, and it fired at {last}"
    every_ms = compiled.limit_every_ms
    if every_ms is not None and _most_within(fired.recent_ms, at_ms, every_ms):
        return f"limit: once every {spell(every_ms)}, and it fired at {last}"
    if limit.at_most is None:
        return None
    window = compiled.limit_window_ms
    count = fired.count if window is None else _most_within(fired.recent_ms, at_ms, window)
    if count < limit.at_most:
        return None
    stretch = "the event" if window is None else spell(window)
    return f"limit: {limit.at_most} within {stretch}, and it fired {count} times"


def _most_within(times: Times, at_ms: int, window_ms: int) -> int:
    """The most firings in any window that ``at_ms`` lies in."""
    ends = (at_ms, *(end_ms for end_ms in times if at_ms < end_ms < at_ms + window_ms))
    return max(count_within(times, end_ms, window_ms) for end_ms in ends)
