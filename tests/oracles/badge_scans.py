"""Who was where how often, and who went to three sessions within two hours: one plain pass.

A scan is a fact: the same person, session and second written down twice is one scan. Three within
two hours means that some scan has at least two others in the two hours before it; a scan exactly
two hours earlier no longer counts. It does not matter whether it is the same session.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

WITHIN = timedelta(hours=2)
HOW_MANY = 3


class Join(NamedTuple):
    """Somebody's badge was read at the door of a session, at a local time."""

    person: str
    session: str
    at: datetime


def read_joins(path: Path) -> set[Join]:
    """Every scan of the kind ``Join``."""
    with path.open(encoding="utf-8", newline="") as file:
        return {
            Join(row["Name"], row["session"], datetime.fromisoformat(row["updated_at"]))
            for row in csv.DictReader(file)
            if row["participation"] == "Join"
        }


def visits(joins: Iterable[Join]) -> dict[tuple[str, str], int]:
    """(person, session) to how often."""
    return dict(Counter((join.person, join.session) for join in joins))


def keen(joins: Iterable[Join]) -> set[str]:
    """Who went to three sessions within two hours."""
    times: dict[str, list[datetime]] = defaultdict(list)
    for join in joins:
        times[join.person].append(join.at)
    return {
        person
        for person, mine in times.items()
        if any(sum(1 for other in mine if at - WITHIN < other <= at) >= HOW_MANY for at in mine)
    }
