"""A script says who is where, when they tap, when a Wi-Fi is away; it is data, played by readers.

In a file each of them is one line of JSON, without a name for its kind: its fields tell. Instants
are Unix milliseconds of the venue's time.
"""

from pathlib import Path

import msgspec
from msgspec import Struct

from hub.demo.errors import UnreadableScript


class Stay(Struct, frozen=True, forbid_unknown_fields=True):
    """A badge is at a place from ``from_ms`` until before ``until_ms``."""

    badge: str
    place: str
    from_ms: int
    until_ms: int

    @property
    def at_ms(self) -> int:
        """When its line begins to matter."""
        return self.from_ms


class Tap(Struct, frozen=True, forbid_unknown_fields=True):
    """A badge is presented to the reader of a place."""

    badge: str
    place: str
    tap_ms: int

    @property
    def at_ms(self) -> int:
        """When its line begins to matter."""
        return self.tap_ms


class Outage(Struct, frozen=True, forbid_unknown_fields=True):
    """An edge reads on, but reaches nobody."""

    edge: str
    wifi_from_ms: int
    wifi_until_ms: int

    @property
    def at_ms(self) -> int:
        """When its line begins to matter."""
        return self.wifi_from_ms


Line = Stay | Tap | Outage


class Script(Struct, frozen=True):
    """All that happens, each part in order of time."""

    stays: tuple[Stay, ...] = ()
    taps: tuple[Tap, ...] = ()
    outages: tuple[Outage, ...] = ()

    @property
    def lines(self) -> list[Line]:
        """Every line in order of time; of two at one instant the stay comes before the tap."""
        everything: list[Line] = [*self.outages, *self.stays, *self.taps]
        return sorted(everything, key=lambda line: line.at_ms)


def dump(script: Script) -> bytes:
    """Write ``script`` as lines of JSON."""
    return b"".join(msgspec.json.encode(line) + b"\n" for line in script.lines)


def load(path: Path) -> Script:
    """Read a script file back.

    Raises:
        UnreadableScript: a line is none of the three kinds; the text names its number.
        OSError: the file cannot be opened.
    """
    lines = [
        _line(text, f"{path.name} line {number}")
        for number, text in enumerate(path.read_bytes().splitlines(), start=1)
        if text.strip()
    ]
    return Script(
        stays=tuple(line for line in lines if isinstance(line, Stay)),
        taps=tuple(line for line in lines if isinstance(line, Tap)),
        outages=tuple(line for line in lines if isinstance(line, Outage)),
    )


def _line(text: bytes, where: str) -> Line:
    kinds: tuple[type[Line], ...] = (Stay, Tap, Outage)
    for kind in kinds:
        try:
            return msgspec.json.decode(text, type=kind)
        except msgspec.ValidationError:
            continue
        except msgspec.DecodeError as error:
            raise UnreadableScript(f"{where}: {error}") from error
    raise UnreadableScript(f"{where} is neither a stay, a tap nor an outage")
