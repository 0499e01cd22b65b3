"""The only place that knows phue: what a Hue bridge says becomes a value or one of our errors.

phue 1.1 as it is met here:

- It logs the key (it is part of every address), so its logger is silenced, and its exceptions,
  whose texts hold the address, are never chained.
- ``set_light`` and ``set_group`` ask for the number of an unknown name and go on with "False",
  look at the first line of the answer only, and warn through a deprecated call. So names are
  resolved here, and commands go through ``Bridge.request``, whose whole answer is read.
- It does not look at the HTTP status. A bridge that refuses with 429 or 503 answers with
  something other than its list of successes and errors, which is how it is recognised.
- It has no limiter (see ``pace``) and waits ten seconds for a bridge.
- Without a path it writes the key into the home directory, and it registers itself from its own
  constructor, for ever deeper when a success holds no key. So it is always given a path and a
  key, and ``pairing`` asks for the key.
- One object is used by one thread.
"""

import http.client
import json
import logging
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from integrations.lights.answers import Answer, read_answer
from integrations.lights.colour import GAMUT_C, XY, Gamut
from integrations.lights.errors import (
    BridgeAway,
    BridgeBusy,
)

with warnings.catch_warnings():
    # phue compares a string with "is not"; Python says so wherever it compiles the module anew.
    warnings.simplefilter("ignore", SyntaxWarning)
    import phue

logging.getLogger("phue").addFilter(lambda _: False)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Lamp:
    """One lamp as the bridge lists it; ``reachable`` is False when it is switched off at a wall."""

    number: int
    name: str
    reachable: bool
    coloured: bool
    gamut: Gamut


@dataclass(frozen=True, slots=True)
class Group:
    """Lamps that obey one command together."""

    number: int
    name: str
    lamps: frozenset[str]


class HueBridge:
    """A bridge we have a key for, for use by one thread."""

    def __init__(self, address: str, key: str, key_file: Path) -> None:
        self._phue = phue.Bridge(address, key, str(key_file))
        self._root = f"/api/{key}"
        self._address = address

    def lamps(self) -> list[Lamp]:
        """List the lamps, lowest number first. Raises BridgeError."""
        listing = self._listing("/lights", _Light)
        return [_lamp(number, found) for number, found in sorted(listing.items())]

    def groups(self, lamps: list[Lamp]) -> list[Group]:
        """List the groups whose lamps are all among ``lamps``. Raises BridgeError."""
        names = {str(lamp.number): lamp.name for lamp in lamps}
        listing = self._listing("/groups", _LightGroup)
        return [
            Group(number, found.name, frozenset(names[i] for i in found.lights))
            for number, found in sorted(listing.items())
            if found.lights and all(i in names for i in found.lights)
        ]

    def set_lamp(self, lamp: Lamp, state: dict[str, Any]) -> Answer:
        """Give one lamp a new state. Raises BridgeError when nothing of it was taken."""
        return self._command(f"/lights/{lamp.number}/state", state)

    def set_group(self, group: Group, state: dict[str, Any]) -> Answer:
        """Give all lamps of a group a new state. Raises BridgeError when nothing was taken."""
        return self._command(f"/groups/{group.number}/action", state)

    def _command(self, path: str, state: dict[str, Any]) -> Answer:
        return read_answer(self._ask("PUT", path, state))

    def _listing(self, path: str, kind: type[T]) -> dict[int, T]:
        answer = self._ask("GET", path)
        if isinstance(answer, list):
            read_answer(answer)
        try:
            return msgspec.convert(answer, dict[int, kind], strict=False)  # type: ignore[valid-type]
        except msgspec.ValidationError:
            raise BridgeAway(
                f"the bridge at {self._address} answered with something unknown"
            ) from None

    def _ask(self, method: str, path: str, data: dict[str, Any] | None = None) -> Any:
        return self.request(method, self._root + path, data)

    def request(self, method: str, address: str, data: dict[str, Any] | None = None) -> Any:
        """Ask the bridge for ``address`` and return the JSON it answers. Raises BridgeError."""
        try:
            return self._phue.request(method, address, data)
        except (json.JSONDecodeError, UnicodeDecodeError):
            raise BridgeBusy(f"the bridge at {self._address} refused: too many commands") from None
        except (phue.PhueRequestTimeout, TimeoutError) as error:
            _close_left_open(error)
            raise BridgeAway(f"the bridge at {self._address} did not answer in time") from None
        except (OSError, http.client.HTTPException) as error:
            _close_left_open(error)
            what = type(error).__name__
            raise BridgeAway(f"the bridge at {self._address} cannot be reached ({what})") from None


def _close_left_open(error: BaseException) -> None:
    """Close the connection that phue leaves open when a request fails."""
    trace = error.__traceback__
    while trace is not None:
        left = trace.tb_frame.f_locals.get("connection")
        if isinstance(left, http.client.HTTPConnection):
            left.close()
        trace = trace.tb_next


class _Control(msgspec.Struct, frozen=True):
    colorgamut: tuple[XY, XY, XY] | None = None


class _Capabilities(msgspec.Struct, frozen=True):
    control: _Control = _Control()


class _State(msgspec.Struct, frozen=True):
    reachable: bool = True
    xy: XY | None = None


class _Light(msgspec.Struct, frozen=True):
    name: str
    state: _State
    capabilities: _Capabilities = _Capabilities()


class _LightGroup(msgspec.Struct, frozen=True):
    name: str
    lights: list[str] = []


def _lamp(number: int, found: _Light) -> Lamp:
    corners = found.capabilities.control.colorgamut
    return Lamp(
        number=number,
        name=found.name,
        reachable=found.state.reachable,
        coloured=found.state.xy is not None,
        gamut=Gamut(*corners) if corners else GAMUT_C,
    )
