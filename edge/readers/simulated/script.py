"""Who was where, who tapped when, and when the network was away: one JSON object a line.

    {"badge": "b1", "place": "coffee", "from_ms": 1000, "until_ms": 61000}
    {"badge": "b1", "place": "coffee", "tap_ms": 1500}
    {"edge": "pi-coffee", "wifi_from_ms": 20000, "wifi_until_ms": 40000}

Times are Unix milliseconds of the venue; a stay or an outage ends just before its ``until``. The
lines may come in any order; a file whose name ends in ``.gz`` is unpacked. Blank lines are skipped.
"""

import gzip
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import msgspec

from edge.errors import ReaderError


class Stay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A badge is at a place for a while."""

    badge: str
    place: str
    from_ms: int
    until_ms: int


class TapAt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A badge is presented at a place."""

    badge: str
    place: str
    tap_ms: int


class Outage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The network is away from an edge."""

    edge: str
    wifi_from_ms: int
    wifi_until_ms: int


Line = Stay | TapAt | Outage


@dataclass(frozen=True, slots=True)
class Script:
    """What concerns one edge, each in order of time."""

    stays: tuple[Stay, ...]
    taps: tuple[TapAt, ...]
    outages: tuple[Outage, ...]

    @property
    def from_ms(self) -> int | None:
        """When the first thing happens; None for an empty script."""
        return min((*(s.from_ms for s in self.stays), *(t.tap_ms for t in self.taps)), default=None)

    @property
    def until_ms(self) -> int:
        """When the last thing is over."""
        return max((*(s.until_ms for s in self.stays), *(t.tap_ms for t in self.taps)), default=0)


def script_of(lines: Iterable[Line], edge: str, places: Collection[str]) -> Script:
    """Choose the lines about ``edge`` and ``places`` (its own and its neighbours)."""
    stays: list[Stay] = []
    taps: list[TapAt] = []
    outages: list[Outage] = []
    for line in lines:
        if isinstance(line, Outage):
            if line.edge == edge:
                outages.append(line)
        elif line.place in places:
            (stays if isinstance(line, Stay) else taps).append(line)  # type: ignore[arg-type]
    return Script(
        tuple(sorted(stays, key=lambda stay: stay.from_ms)),
        tuple(sorted(taps, key=lambda tap: tap.tap_ms)),
        tuple(sorted(outages, key=lambda outage: outage.wifi_from_ms)),
    )


def load_script(path: Path, edge: str, places: Collection[str]) -> Script:
    """Read a script file, keeping what concerns ``edge`` and ``places``.

    Raises:
        ReaderError: it cannot be read, or a line is not one of the three; the text says which.
    """
    try:
        with _open(path) as file:
            return script_of(_lines(path, file), edge, places)
    except (OSError, EOFError) as error:
        raise ReaderError(f"cannot read script {path}: {error}") from error


def _lines(path: Path, file: IO[bytes]) -> Iterable[Line]:
    for number, text in enumerate(file, 1):
        if not text.isspace():
            try:
                yield parse_line(text)
            except msgspec.DecodeError as error:
                raise ReaderError(f"{path}, line {number}: {error}") from error


def parse_line(text: bytes) -> Line:
    """Read one line.

    Raises:
        msgspec.DecodeError: it is none of the three.
    """
    fields = msgspec.json.decode(text, type=dict[str, object])
    kind: type[Line] = Outage if "edge" in fields else TapAt if "tap_ms" in fields else Stay
    return msgspec.convert(fields, kind)


def _open(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")
