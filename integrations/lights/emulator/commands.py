"""A command to lamps is counted, checked parameter by parameter, and done as far as it may be."""

from typing import Any

from integrations.lights.emulator import rates, reply
from integrations.lights.emulator.faults import Faults
from integrations.lights.emulator.house import House
from integrations.lights.emulator.ranges import LIGHT_RANGES, NEEDS_POWER
from integrations.lights.emulator.reply import Reply, error, refuse, success


class Commands:
    """PUT to a light's state and to a group's action."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._lights = rates.Rate(rates.LIGHT_COMMANDS_PER_S_MAX)
        self._groups = rates.Rate(rates.GROUP_COMMANDS_PER_S_MAX)
        self._faults = Faults()
        self._lost_left = 0
        self._internal_left = 0
        self.counts = {"light": 0, "group": 0, "refused": 0}

    def set_faults(self, faults: Faults) -> None:
        """Switch faults on and off."""
        self._faults = faults
        self._lost_left = faults.timeout_after_acting
        self._internal_left = faults.internal_error

    def light(self, number: str, data: dict[str, Any], now_ms: float) -> Reply:
        """PUT /lights/NUMBER/state."""
        address = f"/lights/{number}/state"
        refused = self._refused("light", self._lights, address, now_ms)
        if refused is not None:
            return refused
        return self._act([number], data, address, "light", now_ms)

    def group(self, number: str, data: dict[str, Any], now_ms: float) -> Reply:
        """PUT /groups/NUMBER/action; group 0 is every lamp."""
        address = f"/groups/{number}/action"
        refused = self._refused("group", self._groups, address, now_ms)
        if refused is not None:
            return refused
        lights = list(self._house.lamps) if number == "0" else self._house.groups[number].lights
        if "scene" in data:
            return self._recall(lights, data, address, now_ms)
        return self._act(lights, data, address, "group", now_ms)

    def _refused(self, kind: str, rate: rates.Rate, address: str, now_ms: float) -> Reply | None:
        if self._faults.refuse is not None:
            self.counts["refused"] += 1
            return Reply(self._faults.refuse, None)
        if not rate.take(now_ms):
            self.counts["refused"] += 1
            return Reply(rates.REFUSAL_STATUS, None)
        if self._internal_left > 0:
            self._internal_left -= 1
            return refuse(reply.INTERNAL_ERROR, address)
        self.counts[kind] += 1
        return None

    def _act(
        self, lights: list[str], data: dict[str, Any], address: str, via: str, now_ms: float
    ) -> Reply:
        if not data:
            return refuse(reply.MISSING_PARAMETERS, address)
        lines, taken = self._check(lights, data, address)
        if taken:
            self._change(lights, taken, via, now_ms)
        return self._answer(lines)

    def _answer(self, lines: list[dict[str, Any]]) -> Reply:
        if self._lost_left > 0:
            self._lost_left -= 1
            return Reply(200, None, lost=True)
        return reply.ok(lines)

    def _check(
        self, lights: list[str], data: dict[str, Any], address: str
    ) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        powered = data.get("on") is True or any(self._house.lamps[n].state["on"] for n in lights)
        lines, taken = [], {}
        for name, value in data.items():
            where = f"{address}/{name}"
            if name not in LIGHT_RANGES or name == self._faults.refuse_parameter:
                lines.append(error(reply.NO_SUCH_PARAMETER, where, name))
            elif not LIGHT_RANGES[name](value):
                lines.append(error(reply.INVALID_VALUE, where, name, value))
            elif name in NEEDS_POWER and (not powered or data.get("on") is False):
                lines.append(error(reply.DEVICE_IS_OFF, where, name))
            else:
                lines.append(success({where: value}))
                taken[name] = value
        return lines, taken

    def _change(self, lights: list[str], taken: dict[str, Any], via: str, now_ms: float) -> None:
        for number in lights:
            acts = self._house.lamps[number].name != self._faults.unreachable_light
            self._house.change(number, taken, via, now_ms, acts)

    def _recall(
        self, lights: list[str], data: dict[str, Any], address: str, now_ms: float
    ) -> Reply:
        scene = self._house.scenes.get(data["scene"]) if isinstance(data["scene"], str) else None
        if scene is None:
            where = f"{address}/scene"
            return refuse(reply.INVALID_VALUE, where, "scene", data["scene"])
        for number in scene.lights:
            if number in lights:
                state = {n: v for n, v in scene.states[number].items() if n in LIGHT_RANGES}
                mode = scene.states[number]["colormode"]
                others = {
                    "hs": ("xy", "ct"),
                    "xy": ("ct", "hue", "sat"),
                    "ct": ("xy", "hue", "sat"),
                }
                self._change(
                    [number], {n: v for n, v in state.items() if n not in others[mode]},
                    "scene", now_ms,
                )  # fmt: skip
        return self._answer([success({f"{address}/scene": data["scene"]})])
