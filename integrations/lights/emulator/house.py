"""Lamps, groups, scenes and hashed keys: all that outlives a restart of the bridge."""

import datetime as dt
import hashlib
import os
import secrets
from collections import deque
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from integrations.lights.colour import GAMUT_C, XY, to_screen

HISTORY_MAX = 20_000
GROUPS_MAX = 64
SCENES_MAX = 64
KEYS_MAX = 40
STATE_FILE_MODE = 0o600
NEW_LAMP: dict[str, Any] = {
    "on": False, "bri": 254, "hue": 8402, "sat": 140, "effect": "none",
    "xy": [0.4573, 0.41], "ct": 366, "alert": "none", "colormode": "ct",
}  # fmt: skip


class Lamp(msgspec.Struct):
    """One lamp with its state in the bridge's own words."""

    name: str
    state: dict[str, Any] = msgspec.field(default_factory=lambda: dict(NEW_LAMP))


class Group(msgspec.Struct):
    """Lamps by number (as text, as the bridge wants them) that obey one command."""

    name: str
    lights: list[str]


class Scene(msgspec.Struct):
    """States of lamps to go back to."""

    name: str
    lights: list[str]
    states: dict[str, dict[str, Any]]


class KeyHolder(msgspec.Struct):
    """An app that was paired; its key itself is nowhere."""

    name: str
    created: str


class Saved(msgspec.Struct):
    """The state file."""

    keys: dict[str, KeyHolder] = {}
    lamps: dict[str, dict[str, Any]] = {}
    groups: dict[str, Group] = {}
    scenes: dict[str, Scene] = {}


class Change(msgspec.Struct, frozen=True):
    """A lamp was given ``state`` at ``at_ms`` (monotonic milliseconds)."""

    at_ms: float
    light: str
    name: str
    via: str
    state: dict[str, Any]
    acted: bool


class House:
    """What the bridge knows."""

    def __init__(
        self,
        lights: Iterable[str],
        groups: Mapping[str, Iterable[str]] | None = None,
        state_file: Path | None = None,
    ) -> None:
        self.lamps = {str(i): Lamp(name) for i, name in enumerate(lights, start=1)}
        self.groups: dict[str, Group] = {}
        self.scenes: dict[str, Scene] = {}
        self.keys: dict[str, KeyHolder] = {}
        self.history: deque[Change] = deque(maxlen=HISTORY_MAX)
        self.name = "Emulated bridge"
        self._state_file = state_file
        numbers = {lamp.name: number for number, lamp in self.lamps.items()}
        for i, (name, members) in enumerate((groups or {}).items(), start=1):
            self.groups[str(i)] = Group(name, [numbers[member] for member in members])
        self._load()

    def known(self, key: str) -> bool:
        """Say whether ``key`` was given out here."""
        return _hash(key) in self.keys

    def new_key(self, name: str) -> str:
        """Give out a key and keep its hash."""
        key = secrets.token_hex(20)
        while len(self.keys) >= KEYS_MAX:
            del self.keys[next(iter(self.keys))]
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        self.keys[_hash(key)] = KeyHolder(name, now)
        self.save()
        return key

    def change(self, number: str, new: dict[str, Any], via: str, at_ms: float, acts: bool) -> None:
        """Give a lamp new values (those already checked), and write it down."""
        lamp = self.lamps[number]
        self.history.append(Change(at_ms, number, lamp.name, via, dict(new), acts))
        if not acts:
            return
        kept = {name: value for name, value in new.items() if name in lamp.state}
        lamp.state.update(kept)
        mode = next((mode for mode in ("xy", "ct", "hue", "sat") if mode in kept), None)
        if mode is not None:
            lamp.state["colormode"] = "hs" if mode in ("hue", "sat") else mode

    def save(self) -> None:
        """Write the state file, all or nothing, for the owner's eyes."""
        if self._state_file is None:
            return
        lamps = {lamp.name: lamp.state for lamp in self.lamps.values()}
        content = msgspec.json.encode(Saved(self.keys, lamps, self.groups, self.scenes))
        fresh = self._state_file.with_name(self._state_file.name + ".new")
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, STATE_FILE_MODE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        fresh.replace(self._state_file)

    def _load(self) -> None:
        if self._state_file is None or not self._state_file.exists():
            return
        saved = msgspec.json.decode(self._state_file.read_bytes(), type=Saved)
        self.keys = saved.keys
        self.scenes = saved.scenes
        for lamp in self.lamps.values():
            lamp.state.update(saved.lamps.get(lamp.name, {}))
        for number, group in saved.groups.items():
            if number not in self.groups and set(group.lights) <= set(self.lamps):
                self.groups[number] = group


def shine(state: dict[str, Any]) -> str:
    """How a lamp in ``state`` looks on a screen at full strength, ``#rrggbb``."""
    if state["colormode"] == "xy":
        return to_screen(XY(*state["xy"]))
    if state["colormode"] == "hs":
        return _from_hue(state["hue"] / 65_535, state["sat"] / 254)
    return to_screen(_from_mired(state["ct"]))


def _from_hue(hue: float, saturation: float) -> str:
    channels = []
    for shift in (5, 3, 1):
        k = (shift + hue * 6) % 6
        channels.append(1 - saturation * max(0.0, min(k, 4 - k, 1.0)))
    return "#" + "".join(f"{round(c * 255):02x}" for c in channels)


def _from_mired(mired: float) -> XY:
    """Chromaticity of daylight and lamplight by the cubic of Kang and others (2002)."""
    t = max(1667.0, min(25_000.0, 1_000_000 / mired))
    if t <= 4000:  # noqa: PLR2004 - where the two pieces of the source meet
        x = -0.2661239e9 / t**3 - 0.2343589e6 / t**2 + 0.8776956e3 / t + 0.179910
        y = -0.9549476 * x**3 - 1.37418593 * x**2 + 2.09137015 * x - 0.16748867
    else:
        x = -3.0258469e9 / t**3 + 2.1070379e6 / t**2 + 0.2226347e3 / t + 0.240390
        y = 3.0817580 * x**3 - 5.87338670 * x**2 + 3.75112997 * x - 0.37001483
    return XY(x, y)


def gamut_corners() -> list[list[float]]:
    """The gamut that every lamp here says it has."""
    return [list(corner) for corner in GAMUT_C]


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
