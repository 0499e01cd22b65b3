"""A recording is a CSV that the replay reader reads; the same rows are what must arrive."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple


class Read(NamedTuple):
    """One row: who, where, when (Unix milliseconds)."""

    badge: str
    place: str
    at_ms: int


TAPS: Final = ("--map", "badge=badge,reader=place,time=at_ms", "--time-format", "ms")
SIGHTINGS: Final = (
    "--map", "badge=badge,reader=place,time=at_ms,rssi==-60", "--time-format", "ms",
)  # fmt: skip


def write(path: Path, reads: Iterable[Read]) -> tuple[str, ...]:
    """Write ``reads`` to ``path``; returns the options that say what to replay."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(Read._fields)
        table.writerows(reads)
    return ("--reader", "replay", "--file", str(path))
