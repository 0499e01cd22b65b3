"""What lies inside and just outside of a window, as events that an organiser recognises."""

from collections.abc import Iterable
from datetime import tzinfo

from hub.core import document as doc
from hub.core.explaining.saying import when
from hub.core.explaining.values import Seen
from hub.core.periods import Window, window
from hub.core.plan import Compiled
from hub.core.spans import spell
from hub.core.state import Person

OUTSIDE_MAX = 3
"""Most events just outside of a window that are listed."""


def visits_seen(
    person: Person, places: Iterable[str], at_ms: int, within: Window, kind: str = "visit"
) -> tuple[Seen, ...]:
    """Visits (or taps) at the places up to the instant: those inside, and the last ones outside."""
    found: list[Seen] = []
    for place in places:
        times = (person.taps if kind == "tap" else person.visits).get(place, ())
        after_ms = within.after_ms(at_ms)
        known = [t for t in times if t <= at_ms]
        found += [Seen(t, kind, place, kind, is_counted=t > after_ms) for t in known]
    return _recent(found)


def stays_seen(
    person: Person, places: Iterable[str], at_ms: int, within: Window
) -> tuple[Seen, ...]:
    """Stays at the places, each by its end; the one that goes on by the instant."""
    found: list[Seen] = []
    after_ms = within.after_ms(at_ms)
    for place in places:
        for stay in person.stays.get(place, ()):
            if stay.until_ms <= at_ms:
                length = spell(stay.until_ms - stay.from_ms)
                what = f"stay of {length}"
                counts = stay.until_ms > after_ms
                found.append(Seen(stay.until_ms, "stay", place, what, is_counted=counts))
        if person.place == place and person.since_ms <= at_ms:
            length = spell(at_ms - person.since_ms)
            found.append(Seen(person.since_ms, "stay", place, f"here for {length}, and still is"))
    return _recent(found)


def points_seen(person: Person, at_ms: int, within: Window) -> tuple[Seen, ...]:
    """Points that were added."""
    after_ms = within.after_ms(at_ms)
    return _recent(
        Seen(one.at_ms, "points", None, f"{one.points:+d} points", is_counted=one.at_ms > after_ms)
        for one in person.earned
        if one.at_ms <= at_ms
    )


def _recent(found: Iterable[Seen]) -> tuple[Seen, ...]:
    """All that counts, and the last few of what does not."""
    ordered = sorted(found, key=lambda one: (one.at_ms, one.place or ""))
    outside = [one for one in ordered if not one.is_counted][-OUTSIDE_MAX:]
    return tuple(one for one in ordered if one.is_counted or one in outside)


def counted_window(rules: Compiled, test: doc.Counted) -> Window:
    """The window of a condition that counts."""
    return window(test.within, rules.zone)


def counted_seen(
    rules: Compiled, test: doc.Counted, person: Person, at_ms: int
) -> tuple[Seen, ...]:
    """What a condition that counts looks at."""
    within, places = counted_window(rules, test), counted_places(rules, test)
    match test.of:
        case "points":
            return points_seen(person, at_ms, within)
        case "stays":
            return stays_seen(person, places, at_ms, within)
        case _:
            return visits_seen(person, places, at_ms, within, test.of.removesuffix("s"))


def counted_places(rules: Compiled, test: doc.Counted) -> tuple[str, ...]:
    """The places of a condition that counts."""
    if test.place is not None:
        return (test.place,)
    return rules.groups[test.group] if test.group is not None else tuple(rules.places)


def outside(seen: Iterable[Seen], within: Window, at_ms: int, zone: tzinfo) -> str:
    """How far outside of a rolling window the last one lies that does not count."""
    gone = [one for one in seen if not one.is_counted]
    if not gone or within.length_ms is None:
        return ""
    last = gone[-1]
    by_ms = within.after_ms(at_ms) - last.at_ms
    far = f"by {spell(by_ms)}" if by_ms else "since that very instant"
    return f"the {last.kind} at {when(last.at_ms, at_ms, zone)} is outside the window {far}"
