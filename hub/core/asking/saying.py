"""What a count over a window asks, and what it saw, as people read it."""

from collections.abc import Callable
from datetime import tzinfo
from typing import Final

from hub.core import document as doc
from hub.core.asking.flips import GROWING, figure
from hub.core.asking.history import Read, Seen
from hub.core.asking.naming import Bounds
from hub.core.asking.view import View
from hub.core.periods import Window
from hub.core.spans import clock_time, spell

SHOWN_MAX: Final = 5
"""Most instants that are listed: the last ones."""

_WHICH: Final = {
    "stays": {"min": "shortest", "max": "longest"},
    "points": {"min": "smallest", "max": "largest"},
}


def is_length(test: doc.Counted) -> bool:
    """Whether the figure is a length of time in milliseconds."""
    return test.of == "stays" and test.take in GROWING


def length(span_ms: float) -> str:
    """A length of time."""
    return spell(int(span_ms))


def text(test: doc.Counted, asked: Bounds, inside: Window) -> str:
    """What is asked, such as ``at least 3 visits at coffee within 2 h``."""
    where = "" if test.of == "points" else f" at {test.place or test.group or 'any place'}"
    one = "addition of points" if test.of == "points" else "stay"
    match test.take:
        case "count":
            many = "additions of points" if test.of == "points" else test.of
            return f"{asked.text} {many}{where} within {inside.text}"
        case "distinct":
            group = f" of {test.group}" if test.group else ""
            return f"{asked.text} different places{group} with {test.of} within {inside.text}"
        case "sum":
            verb = "points added" if test.of == "points" else "spent"
            return f"{asked.text} {verb}{where} within {inside.text}"
        case _:
            which = _WHICH[test.of][test.take]
            return f"{which} {one}{where} within {inside.text}: {asked.text}"


def saw(test: doc.Counted, read: Read, places_count: int, zone: tzinfo) -> Callable[[View], str]:
    """What is seen; of visits and taps when the last ones were."""

    def shown(view: View) -> str:
        seen = read(view)
        found = figure(test.take, seen, view.at_ms)
        if found is None:
            return "unknown"
        if test.take == "distinct":
            names = sorted({place for _, _, place in seen.items} | ({seen.place} - {""}))
            return f"{found} of {places_count}: {', '.join(names) or 'none'}"
        if is_length(test):
            return length(found)
        if test.take == "count" and test.of != "stays":
            return _instants(found, seen, zone)
        return str(found)

    return shown


def _instants(found: int, seen: Seen, zone: tzinfo) -> str:
    if not found:
        return "none"
    shown = ", ".join(clock_time(at_ms, zone) for at_ms, _, _ in seen.items[-SHOWN_MAX:])
    return f"{found}: {'... ' if found > SHOWN_MAX else ''}{shown}"
