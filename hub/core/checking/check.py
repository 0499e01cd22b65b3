"""All findings of a typed document at once: errors first, each where it stands."""

from collections.abc import Callable, Iterator
from typing import Final

from hub.core import document as doc
from hub.core.checking.changes import NAMED
from hub.core.checking.declared import check_declared
from hub.core.checking.finding import Finding, with_name
from hub.core.checking.holding import check_holding
from hub.core.checking.loops import check_loops
from hub.core.checking.names import check_names
from hub.core.checking.never import check_never
from hub.core.checking.priority import check_priority
from hub.core.checking.shapes import check_shapes
from hub.core.checking.times import check_times

CHECKS: Final[tuple[Callable[[doc.Venue], Iterator[Finding]], ...]] = (
    check_names, check_shapes, check_times, check_declared, check_holding, check_loops,
    check_never, check_priority,
)  # fmt: skip
SEVERITIES: Final = ("error", "warning", "note")


def check(venue: doc.Venue) -> list[Finding]:
    """Everything that is to be said of a document: errors, then warnings, then notes."""
    names = {
        part: [getattr(one, key) for one in getattr(venue, part)] for part, key in NAMED.items()
    }
    found = dict.fromkeys(one for checked in CHECKS for one in checked(venue))
    ordered = sorted(found, key=lambda one: SEVERITIES.index(one.severity))
    return [with_name(one, names) for one in ordered]
