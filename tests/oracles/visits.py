"""Visits and dwell from contacts, worked out in one plain pass over the whole file.

A contact line ``t i j`` says that badges i and j faced each other during the 20 s before second t.
Some badges are named as stands; a line with exactly one stand is a sighting of the other badge at
that stand at second t.

A person holds one stand at a time. The first sighting of somebody who holds none opens a visit.
While a visit is open, sightings at other stands belong to nobody, until the stand that is held was
silent for more than ``gap_s``; a silence of exactly ``gap_s`` keeps the visit open. A visit ends at
the second it was last heard. Of several stands in the second that opens a visit, the one whose
name sorts first is taken: the lines of a second have no order that means anything.

Dwell is last heard minus first heard, so a visit of a single line has a dwell of 0 s. The 20 s
before the first line, during which they faced each other too, are *not* added: who wants the time
spent face to face adds ``CONTACT_INTERVAL_S`` once for each visit (:attr:`Visit.facing_s`).
"""

import gzip
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

CONTACT_INTERVAL_S = 20
GAP_S = 60


class Seen(NamedTuple):
    """One person at one stand at one second."""

    at_s: int
    person: str
    stand: str


@dataclass(frozen=True, slots=True, order=True)
class Visit:
    """From the second somebody was first heard at a stand to the second they were last heard."""

    person: str
    stand: str
    first_s: int
    last_s: int

    @property
    def dwell_s(self) -> int:
        """Last heard minus first heard."""
        return self.last_s - self.first_s

    @property
    def facing_s(self) -> int:
        """Dwell and the contact interval that the first line stands for."""
        return self.dwell_s + CONTACT_INTERVAL_S


def read_contacts(path: Path) -> list[tuple[int, str, str]]:
    """All lines ``(t, i, j)`` of a gzipped contact file, in its order."""
    with gzip.open(path, "rt", encoding="ascii") as lines:
        split = (line.split() for line in lines)
        return [(int(at), one, other) for at, one, other in split]


def busiest(contacts: Iterable[tuple[int, str, str]], how_many: int = 12) -> list[str]:
    """The badges in most lines, the lower number first where two are in equally many."""
    lines = Counter(badge for _, one, other in contacts for badge in (one, other))
    return sorted(lines, key=lambda badge: (-lines[badge], int(badge)))[:how_many]


def sightings(contacts: Iterable[tuple[int, str, str]], stands: Sequence[str]) -> list[Seen]:
    """The lines between a stand and a person; two stands facing each other are nobody's visit."""
    named = set(stands)
    seen = []
    for at_s, one, other in contacts:
        if (one in named) != (other in named):
            person, stand = (other, one) if one in named else (one, other)
            seen.append(Seen(at_s, person, stand))
    return seen


def visits(seen: Iterable[Seen], gap_s: int = GAP_S) -> list[Visit]:
    """Every visit, sorted."""
    by_person: dict[str, list[Seen]] = defaultdict(list)
    for one in seen:
        by_person[one.person].append(one)
    found: list[Visit] = []
    for mine in by_person.values():
        found.extend(_visits_of_one(sorted(mine), gap_s))
    return sorted(found)


def _visits_of_one(mine: list[Seen], gap_s: int) -> list[Visit]:
    found: list[Visit] = []
    held: Visit | None = None
    for at_s, person, stand in mine:
        if held is None or at_s - held.last_s > gap_s:
            if held is not None:
                found.append(held)
            held = Visit(person, stand, at_s, at_s)
        elif stand == held.stand:
            held = Visit(person, stand, held.first_s, at_s)
    return found if held is None else [*found, held]


def dwell_by_stand(found: Iterable[Visit]) -> dict[str, tuple[int, int]]:
    """For each stand how many visits it had and the sum of their dwell in seconds."""
    totals: dict[str, tuple[int, int]] = {}
    for visit in found:
        how_many, dwell_s = totals.get(visit.stand, (0, 0))
        totals[visit.stand] = (how_many + 1, dwell_s + visit.dwell_s)
    return totals
