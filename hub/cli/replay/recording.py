"""A recording is looked at once before it is replayed: who, where, from when to when."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from edge.readers.replay.mapping import CONSTANT, ISO, BadRow, Mapping, parse_mapping
from edge.readers.replay.table import header_of, rows_of
from hub.cli.replay.errors import ReplayFault

BADGES_MAX: Final = 100_000
"""Most different badges of one replay."""
PLACES_MAX: Final = 500
"""Most different places of one replay."""
PLAIN_DBM: Final = "-60"
"""Strength of a sighting whose recording has none."""
NAMES: Final = {"person": "badge", "place": "reader"}
"""What the agent's reader calls them."""

Kind = Literal["tap", "sighting"]


@dataclass(frozen=True, slots=True)
class Recording:
    """Files of one shape, and how to read them, in the agent's own terms."""

    files: tuple[Path, ...]
    kind: Kind
    columns_map: str
    where: tuple[str, ...]
    zone: str
    time_format: str
    origin_ms: int
    columns: tuple[str, ...] | None

    def mapping(self) -> Mapping:
        """The mapping as the agent's reader makes it.

        Raises:
            ReaderError: it makes no sense; the text says what is missing.
        """
        return parse_mapping(
            self.columns_map, self.where, self.time_format, self.zone, self.origin_ms
        )

    def arguments(self, file: Path) -> list[str]:
        """Options with which an agent replays one of the files."""
        options = ["--reader", "replay", "--file", str(file), "--map", self.columns_map]
        for one in self.where:
            options += ["--where", one]
        options += ["--time-format", self.time_format, "--zone", self.zone]
        options += ["--time-origin-ms", str(self.origin_ms)]
        return [*options, "--columns", ",".join(self.columns)] if self.columns else options


@dataclass(frozen=True, slots=True)
class Survey:
    """What a recording holds; places and badges in the order in which they first come."""

    rows: int
    refused: int
    first_ms: int
    last_ms: int
    places: tuple[str, ...]
    badges: tuple[str, ...]


def recording(
    files: Sequence[Path],
    mapping: str,
    kind: Kind | None,
    where: Sequence[str] = (),
    zone: str = "UTC",
    time_format: str = ISO,
    origin_ms: int = 0,
    columns: str | None = None,
) -> Recording:
    """Put the command line's words into the agent's.

    ``mapping`` says ``person``, ``place``, ``time`` and perhaps ``rssi``; without ``kind`` rows
    are sightings when there is a strength, else taps.
    """
    parts = [part.partition("=") for part in mapping.split(",") if part]
    named = {NAMES.get(name.strip(), name.strip()): column for name, _, column in parts}
    kind = kind or ("sighting" if "rssi" in named else "tap")
    if kind == "sighting":
        named.setdefault("rssi", CONSTANT + PLAIN_DBM)
    elif "kind" not in named:
        named.pop("rssi", None)
    text = ",".join(f"{name}={column}" for name, column in named.items())
    split = tuple(columns.split(",")) if columns else None
    return Recording(tuple(files), kind, text, tuple(where), zone, time_format, origin_ms, split)


def survey(what: Recording) -> Survey:
    """Read all of the files once.

    Raises:
        ReaderError: a file cannot be read, or lacks a column.
        ReplayFault: nothing in it can be replayed, or too much.
    """
    mapping = what.mapping()
    found = _Found()
    for file in what.files:
        mapping.check(what.columns or header_of(file))
        for _, row in rows_of(file, what.columns):
            if mapping.wants(row):
                found.take(mapping, row)
    if not found.rows:
        raise ReplayFault(
            f"no row of {what.files[0]} can be replayed ({found.refused} do not fit"
            f"{', for one: ' + found.reason if found.reason else ''}); check --map and --where"
        )
    return Survey(
        found.rows, found.refused, found.first_ms, found.last_ms,
        tuple(found.places), tuple(found.badges),
    )  # fmt: skip


class _Found:
    """What was seen so far; dicts keep the order in which things first came."""

    def __init__(self) -> None:
        self.rows = self.refused = 0
        self.first_ms = self.last_ms = 0
        self.reason = ""
        self.places: dict[str, None] = {}
        self.badges: dict[str, None] = {}

    def take(self, mapping: Mapping, row: dict[str, str | None]) -> None:
        try:
            entry = mapping.read(row)
        except BadRow as fault:
            self.refused += 1
            self.reason = self.reason or str(fault)
            return
        self.first_ms = min(self.first_ms, entry.wall_ms) if self.rows else entry.wall_ms
        self.last_ms = max(self.last_ms, entry.wall_ms) if self.rows else entry.wall_ms
        self.rows += 1
        self.places.setdefault(entry.reader)
        self.badges.setdefault(entry.badge)
        if len(self.badges) > BADGES_MAX or len(self.places) > PLACES_MAX:
            raise ReplayFault(
                f"over {BADGES_MAX} badges or {PLACES_MAX} places: is the right column mapped?"
            )
