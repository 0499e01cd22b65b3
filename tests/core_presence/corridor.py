"""The corridor recording (UCI 586): people standing still between two receivers.

``rssiOne`` is the receiver at the outside end, ``rssiTwo`` the one at the inside end. The rows of
those who stood in the vestibule, between the two, are left out.
"""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from hub.core.presence import PresenceSettings, Tracker

OUTSIDE = "OUTSIDE"
INSIDE = "INSIDE"
STEP_MS = 1_200
"""Median time between two rows of a person: what lies between two spliced streams."""


class Row(NamedTuple):
    """One advert at both receivers; None is one that a receiver did not hear."""

    at_ms: int
    outside_dbm: float | None
    inside_dbm: float | None


class Stream(NamedTuple):
    """All rows of one person, who stood in ``place`` all the time."""

    person: str
    place: str
    rows: Sequence[Row]


class Marks(NamedTuple):
    """How a tracker did on people who stand still."""

    samples: int
    right: int
    changes_of_mind: int

    @property
    def share(self) -> float:
        """Share of samples after which the right place was named."""
        return self.right / self.samples


Drop = Callable[[], bool]
"""Says of each sighting whether it is lost."""


def read(path: Path) -> list[Stream]:
    """The streams of all who stood outside or inside, in the order of the file."""
    rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["locationStatus"] in {OUTSIDE, INSIDE}:
                at_ms, one, two = int(row["timestamp"]), row["rssiOne"], row["rssiTwo"]
                rows[row["name"], row["locationStatus"]].append(Row(at_ms, float(one), float(two)))
    return [Stream(person, place, sorted(mine)) for (person, place), mine in rows.items()]


def feed(
    tracker: Tracker, person: str, rows: Iterable[Row], drop: Drop | None = None
) -> Iterator[tuple[int, str | None, int]]:
    """For each row: its time, the place named after it, and how many zones were entered by it."""
    for row in rows:
        entered = 0
        for zone, dbm in ((OUTSIDE, row.outside_dbm), (INSIDE, row.inside_dbm)):
            if dbm is None or (drop is not None and drop()):
                continue
            changes = tracker.sighted(person, zone, row.at_ms, dbm)
            entered += sum(change.kind == "entered" for change in changes)
        yield row.at_ms, tracker.where(person), entered


def standing(
    streams: Iterable[Stream], settings: PresenceSettings, drop: Drop | None = None
) -> Marks:
    """Feed each stream to a tracker; a sample before the first assignment counts as wrong."""
    samples = right = changes = 0
    tracker = Tracker(settings)
    for stream in streams:
        entered = 0
        for _, place, came in feed(tracker, stream.person, stream.rows, drop):
            samples += 1
            right += place == stream.place
            entered += came
        changes += entered - 1
    return Marks(samples, right, changes)


def shifted(rows: Iterable[Row], first_ms: int) -> Iterator[Row]:
    """The same rows, the first of them at ``first_ms``."""
    shift_ms: int | None = None
    for row in rows:
        shift_ms = first_ms - row.at_ms if shift_ms is None else shift_ms
        yield row._replace(at_ms=row.at_ms + shift_ms)


def walked_s(
    before: Stream, after: Stream, settings: PresenceSettings, start: int = 0, rows_max: int = 120
) -> float | None:
    """Seconds until the place is changed when ``after`` goes on, from row ``start``, for ``before``.

    Counted from the first row of ``after``. None when it was not within ``rows_max`` rows.
    """
    tracker = Tracker(settings)
    for _ in feed(tracker, "walker", before.rows):
        pass
    if tracker.where("walker") != before.place:
        return None
    first_ms = before.rows[-1].at_ms + STEP_MS
    rows = shifted(islice(after.rows, start, start + rows_max), first_ms)
    for at_ms, place, _ in feed(tracker, "walker", rows):
        if place == after.place:
            return (at_ms - first_ms) / 1000
    return None


def pairs(streams: Sequence[Stream]) -> list[tuple[Stream, Stream]]:
    """All ordered pairs of people from different sides."""
    return [(one, two) for one in streams for two in streams if one.place != two.place]
