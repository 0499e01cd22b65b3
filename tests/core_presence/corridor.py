"""The corridor recording (UCI 586): people standing still between two receivers.

``rssiOne`` is the receiver at the outside end, ``rssiTwo`` the one at the inside end. The rows of
those who stood in the vestibule, between the two, are left out.
"""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, islice
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


def stood(before: Stream, settings: PresenceSettings) -> bytes:
    """Snapshot of a tracker that heard ``before`` to its end, as of one called ``walker``."""
    tracker = Tracker(settings)
    for _ in feed(tracker, "walker", before.rows):
        pass
    return tracker.snapshot()


def walked_s(
    before: Stream,
    snapshot: bytes,
    after: Stream,
    settings: PresenceSettings,
    start: int = 0,
    rows_max: int = 60,
) -> float | None:
    """Seconds until the place is changed when ``after`` goes on for ``before`` from row ``start``.

    Counted from the first row of ``after``. None when it was not within ``rows_max`` rows.
    """
    tracker = Tracker.restore(settings, snapshot)
    first_ms = before.rows[-1].at_ms + STEP_MS
    rows = shifted(islice(after.rows, start, start + rows_max), first_ms)
    for at_ms, place, _ in feed(tracker, "walker", rows):
        if place == after.place:
            return (at_ms - first_ms) / 1000
    return None


def walks_s(
    streams: Sequence[Stream], settings: PresenceSettings, every: int | None = None
) -> list[float | None]:
    """Every ordered pair from different sides: from the first row, or from each ``every``-th."""
    found = []
    for before in streams:
        snapshot = stood(before, settings)
        for after in streams:
            starts = range(0, len(after.rows) - 60, every) if every else (0,)
            if after.place != before.place:
                found += [walked_s(before, snapshot, after, settings, start) for start in starts]
    return found


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def reported(stream: Stream) -> Stream:
    """The stream as an edge reports it: one sighting for each reader and second, a mean."""
    seconds = groupby(stream.rows, key=lambda row: row.at_ms // 1000)
    rows = []
    for _, same_second in seconds:
        batch = list(same_second)
        outside = _mean(row.outside_dbm for row in batch)
        rows.append(Row(batch[-1].at_ms, outside, _mean(row.inside_dbm for row in batch)))
    return stream._replace(rows=rows)


def mirrored(stream: Stream) -> Stream:
    """The same corridor with its ends, and so the order of the two reports, exchanged."""
    rows = [Row(row.at_ms, row.inside_dbm, row.outside_dbm) for row in stream.rows]
    return stream._replace(place=INSIDE if stream.place == OUTSIDE else OUTSIDE, rows=rows)
