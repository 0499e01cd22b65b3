"""What differs between how lamps should look and what they were last told becomes commands.

Used by one thread. Lamps are known to it by name; numbers are the bridge's business.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from integrations.lights.answers import Answer
from integrations.lights.arbiter import Look
from integrations.lights.bridge import Group, HueBridge, Lamp
from integrations.lights.colour import to_lamp
from integrations.lights.keyfile import read_key
from integrations.lights.limits import (
    LISTING_S,
    REQUEST_WINDOW_MS,
    REQUESTS_PER_WINDOW_MAX,
    SETTLED_KEYS_MAX,
)
from integrations.lights.pace import Change, Pace
from integrations.lights.settings import LightsSettings

GROUP_LAMPS_MIN = 2
LISTING_REQUESTS = 2
LAMP_ALONE_MS = REQUEST_WINDOW_MS // REQUESTS_PER_WINDOW_MAX
"""What a lamp by itself costs: a group is waited for while that is quicker than its lamps."""

MS_PER_S = 1000


@dataclass(frozen=True, slots=True)
class Target:
    """How a lamp should look; ``flash`` is the key of a breath it owes, or ""."""

    look: Look
    flash: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """One request to the bridge that gives ``lamps`` their ``target``; may leave in ``wait_ms``."""

    lamps: tuple[str, ...]
    target: Target
    changes: tuple[Change, ...]
    group: Group | None
    wait_ms: int


def real_ms() -> int:
    """Milliseconds of the machine's monotonic clock: eyes and bridges live in real time."""
    return time.monotonic_ns() // 1_000_000


class Sender:
    """The bridge, what its lamps were told, and the pace it can take."""

    def __init__(self, settings: LightsSettings) -> None:
        self._settings = settings
        self._pace = Pace()
        self._bridge: HueBridge | None = None
        self._groups: list[Group] = []
        self._listed_ms: int | None = None
        self._told: dict[str, Look] = {}
        self._pending_since_ms: dict[str, int] = {}
        self._flashed: dict[str, None] = {}
        self.lamps: dict[str, Lamp] = {}

    def listing_age_ms(self) -> int | None:
        """Real time since the lamps were listed, or None."""
        return None if self._listed_ms is None else real_ms() - self._listed_ms

    def listing_due(self) -> bool:
        """Say whether the lamps should be listed again."""
        age_ms = self.listing_age_ms()
        return age_ms is None or age_ms >= LISTING_S * MS_PER_S

    def listing_wait_ms(self) -> int:
        """How long until the bridge may be asked for its lamps."""
        return self._pace.requests.wait_ms(real_ms(), LISTING_REQUESTS)

    def list_lamps(self) -> None:
        """Ask for lamps and groups (two requests). Raises BridgeError or KeyFileInvalid."""
        bridge = self._connect()
        try:
            found = bridge.lamps()
            self._groups = bridge.groups(found)
        finally:
            self._pace.requests.record(real_ms(), LISTING_REQUESTS)
        for lamp in found:
            if lamp.reachable and lamp.name in self.lamps and not self.lamps[lamp.name].reachable:
                self._told.pop(lamp.name, None)
        self.lamps = {lamp.name: lamp for lamp in reversed(found)}
        self._listed_ms = real_ms()

    def forget(self) -> None:
        """Nothing is known any more: the bridge was away, its lamps may have lost their state."""
        self._told.clear()
        self._listed_ms = None
        self._bridge = None

    def next_command(self, targets: Mapping[str, Target]) -> Command | None:
        """The command that may leave soonest, or None when every known lamp is as it should be."""
        pending = self._pending(targets)
        if not pending:
            return None
        now_ms = real_ms()
        grouped = self._grouped(pending, now_ms)
        choices = [] if grouped is None else [grouped]
        alone = [lamp for lamp in pending if grouped is None or lamp not in grouped.lamps]
        choices += [self._command((lamp,), pending[lamp], None, now_ms) for lamp in alone]
        return min(choices, key=lambda command: command.wait_ms)

    def send(self, command: Command) -> Answer:
        """Send ``command``. Raises BridgeError; what was refused for good is not sent again."""
        bridge = self._connect()
        lamp = self.lamps[command.lamps[0]]
        state = self._state(command, lamp)
        for name in command.lamps:
            self._told.pop(name, None)
        try:
            if command.group is not None:
                return bridge.set_group(command.group, state)
            return bridge.set_lamp(lamp, state)
        finally:
            self._pace.record(command.changes, real_ms(), group=command.group is not None)

    def told(self, command: Command) -> None:
        """Note that the bridge has decided on ``command``: do not send it again."""
        for name in command.lamps:
            self._told[name] = command.target.look
        if command.target.flash:
            self._flashed[command.target.flash] = None
            while len(self._flashed) > SETTLED_KEYS_MAX:
                del self._flashed[next(iter(self._flashed))]

    def as_told(self, lamp: str, target: Target) -> bool:
        """Say whether ``lamp`` has been told ``target``."""
        owes = target.flash and target.flash not in self._flashed
        return self._told.get(lamp) == target.look and not owes

    def doubt(self, lamp: str) -> str:
        """A sentence on a lamp that may not have heard what the bridge took, or ""."""
        found = self.lamps.get(lamp)
        reached = found is None or found.reachable
        return "" if reached else f"{lamp}: the bridge cannot reach it now; it is told again later"

    def _connect(self) -> HueBridge:
        if self._bridge is None:
            key_file = self._settings.key_file
            key = read_key(key_file, self._settings.address)
            self._bridge = HueBridge(self._settings.address, key, key_file)
        return self._bridge

    def _pending(self, targets: Mapping[str, Target]) -> dict[str, Target]:
        pending = {
            lamp: target
            for lamp, target in targets.items()
            if lamp in self.lamps and not self.as_told(lamp, target)
        }
        now_ms = real_ms()
        self._pending_since_ms = {
            lamp: self._pending_since_ms.get(lamp, now_ms) for lamp in pending
        }
        return dict(sorted(pending.items(), key=lambda item: self._pending_since_ms[item[0]]))

    def _grouped(self, pending: Mapping[str, Target], now_ms: int) -> Command | None:
        for group in sorted(self._groups, key=lambda g: len(g.lamps), reverse=True):
            targets = {pending.get(lamp) for lamp in group.lamps}
            target = targets.pop()
            if targets or target is None or target.flash or len(group.lamps) < GROUP_LAMPS_MIN:
                continue
            command = self._command(tuple(sorted(group.lamps)), target, group, now_ms)
            if command.wait_ms <= len(group.lamps) * LAMP_ALONE_MS:
                return command
        return None

    def _command(
        self, lamps: tuple[str, ...], target: Target, group: Group | None, now_ms: int
    ) -> Command:
        flash = bool(target.flash) and target.flash not in self._flashed
        changes = tuple(
            Change(lamp, self._settings.area_of(lamp), self._told.get(lamp), target.look, flash)
            for lamp in lamps
        )
        wait_ms = self._pace.wait_ms(changes, now_ms, group=group is not None)
        return Command(lamps, target, changes, group, wait_ms)

    def _state(self, command: Command, lamp: Lamp) -> dict[str, Any]:
        look = command.target.look
        soft = {"transitiontime": self._settings.transition_ms // 100}
        xy, bri = to_lamp(look.colour, look.brightness, lamp.gamut)
        if bri == 0:
            return {"on": False, **soft}
        breath = {"alert": "select"} if command.changes[0].flash else {}
        colour = {"xy": [xy.x, xy.y]} if lamp.coloured or command.group else {}
        return {"on": True, "bri": bri, **colour, **soft, **breath}
