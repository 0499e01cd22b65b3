"""Which column is what; a row that does not fit is refused with a sentence, never guessed at."""

import hashlib
from collections.abc import Mapping as Row
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from contract.clock import MS_PER_S
from edge.errors import ReaderError
from edge.readers.port import RSSI_DBM_MAX, RSSI_DBM_MIN, unfit

FIELDS: Final = ("badge", "reader", "time", "rssi", "kind")
NEEDED: Final = ("badge", "reader", "time")
CONSTANT: Final = "="
SURPLUS: Final = "<surplus>"
"""Name under which cells stand that no column is there for."""

ISO: Final = "iso"
SECONDS: Final = "s"
MILLISECONDS: Final = "ms"
KEY_CHARS: Final = 32


class BadRow(ValueError):  # noqa: N818 - the row is bad, the program is not
    """A row that cannot be replayed; the text says why, and holds no badge number."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row, understood. ``rssi_dbm`` is None for a tap."""

    wall_ms: int
    badge: str
    reader: str
    rssi_dbm: float | None

    @property
    def key(self) -> str | None:
        """The tap's own id, the same each time that it is replayed; None for a sighting."""
        if self.rssi_dbm is not None:
            return None
        fact = f"{self.reader}|{self.badge}|{self.wall_ms}"
        return hashlib.sha256(fact.encode()).hexdigest()[:KEY_CHARS]


@dataclass(frozen=True, slots=True)
class Mapping:
    """From a row to an :class:`Entry`.

    ``columns`` gives, for each field, the name of a column, or ``=`` with a constant. Of ``where``
    each column must have one of the values. ``time_format`` is ``iso``, ``s`` or ``ms`` (a number
    since ``origin_ms``), or a pattern of ``strptime``; a time without a zone is in ``zone``.
    """

    columns: dict[str, str]
    where: dict[str, tuple[str, ...]] = field(default_factory=dict)
    time_format: str = ISO
    zone: tzinfo = UTC
    origin_ms: int = 0

    def wants(self, row: Row[str, str | None]) -> bool:
        """Say whether the row passes the filter."""
        return all(row.get(column) in values for column, values in self.where.items())

    def read(self, row: Row[str, str | None]) -> Entry:
        """Understand one row.

        Raises:
            BadRow: a field is missing, or is not what it should be.
        """
        if SURPLUS in row:
            raise BadRow("more cells than columns")
        badge, reader = self._text(row, "badge"), self._text(row, "reader")
        fault = unfit(badge, reader)
        if fault:
            raise BadRow(fault)
        return Entry(self._wall_ms(self._text(row, "time")), badge, reader, self._rssi_dbm(row))

    def check(self, header: Sequence[str]) -> None:
        """Compare with the columns that the file has.

        Raises:
            ReaderError: a column that is mapped or filtered by is not there.
        """
        named = [name for name in self.columns.values() if not name.startswith(CONSTANT)]
        for name in (*named, *self.where):
            if name not in header:
                raise ReaderError(f"no column {name!r}; there are {', '.join(map(repr, header))}")

    def _text(self, row: Row[str, str | None], what: str) -> str:
        source = self.columns[what]
        if source.startswith(CONSTANT):
            return source[1:]
        text = row.get(source)
        if text is None or not text.strip():
            raise BadRow(f"no {what}")
        return text.strip()

    def _rssi_dbm(self, row: Row[str, str | None]) -> float | None:
        has_rssi = "rssi" in self.columns
        kind = self._text(row, "kind") if "kind" in self.columns else None
        if kind not in (None, "tap", "sighting"):
            raise BadRow(f"kind {kind!r} is neither tap nor sighting")
        if kind == "tap" or (kind is None and not has_rssi):
            return None
        if not has_rssi:
            raise BadRow("a sighting without a strength: map rssi")
        return _number(self._text(row, "rssi"), "rssi", RSSI_DBM_MIN, RSSI_DBM_MAX)

    def _wall_ms(self, text: str) -> int:
        if self.time_format in (SECONDS, MILLISECONDS):
            unit = MS_PER_S if self.time_format == SECONDS else 1
            return self.origin_ms + round(_number(text, "time", -1e15, 1e15) * unit)
        try:
            if self.time_format == ISO:
                instant = datetime.fromisoformat(text)
            else:
                # A pattern may have no zone, which is then the venue's.
                instant = datetime.strptime(text, self.time_format)  # noqa: DTZ007
        except ValueError as error:
            raise BadRow(f"time {text!r} is not of the form {self.time_format}") from error
        if instant.tzinfo is None:
            instant = instant.replace(tzinfo=self.zone)
        return round(instant.timestamp() * MS_PER_S)


def _number(text: str, what: str, low: float, high: float) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise BadRow(f"{what} {text!r} is no number") from error
    if not low <= value <= high:
        raise BadRow(f"{what} {text} is not between {low:g} and {high:g}")
    return value


def parse_mapping(
    columns: str,
    where: Sequence[str] = (),
    time_format: str = ISO,
    zone: str = "UTC",
    origin_ms: int = 0,
) -> Mapping:
    """Read a mapping from its command-line form.

    ``columns`` is ``field=column`` parts between commas, as in ``badge=Name,reader=session,
    time=updated_at``; ``field==constant`` for something that no column says. Each of ``where`` is
    ``column=value`` or ``column=one|other``.

    Raises:
        ReaderError: an unknown field, one that is needed and missing, or an unknown zone.
    """
    parts = dict(_pair(part, "--map") for part in columns.split(",") if part)
    for name in parts:
        if name not in FIELDS:
            raise ReaderError(f"--map {name!r}: there are {', '.join(FIELDS)}")
    for name in NEEDED:
        if name not in parts:
            raise ReaderError(f"--map says no {name}: add {name}=COLUMN")
    filters = {name: tuple(values.split("|")) for name, values in map(_where, where)}
    return Mapping(parts, filters, time_format, _zone(zone), origin_ms)


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ReaderError(f"no time zone {name!r}: write one as Europe/Berlin") from error


def _where(text: str) -> tuple[str, str]:
    return _pair(text, "--where")


def _pair(text: str, option: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name or not value:
        raise ReaderError(f"{option} {text!r}: write name=value")
    return name.strip(), value
