"""One request in, one reply out, as the bridge's own API answers it; time is an argument."""

from collections.abc import Callable
from typing import Any

from integrations.lights.emulator import editing, listing, reply
from integrations.lights.emulator.button import Button, read_json
from integrations.lights.emulator.commands import Commands
from integrations.lights.emulator.faults import Faults
from integrations.lights.emulator.house import House
from integrations.lights.emulator.reply import Refused, Reply, ok, success

Data = dict[str, Any]
Room = Callable[[str, list[str], Data, float], Reply | None]


class HueApi:
    """Everything under ``/api``."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.faults = Faults()
        self.button = Button(house)
        self.commands = Commands(house)
        self._rooms: dict[str, Room] = {
            "lights": self._lights,
            "groups": self._groups,
            "scenes": self._scenes,
            "config": self._config,
        }

    def set_faults(self, faults: Faults) -> None:
        """Switch faults on and off."""
        self.faults = faults
        self.commands.set_faults(faults)

    def handle(self, method: str, path: str, body: bytes, now_ms: float) -> Reply:
        """Answer ``method`` on ``path`` (starts with ``/api``)."""
        levels = [level for level in path.split("/")[2:] if level]
        try:
            if not levels:
                return self._pair(method, body, now_ms)
            return self._with_key(method, levels, body, now_ms)
        except Refused as refused:
            return refused.reply

    def _pair(self, method: str, body: bytes, now_ms: float) -> Reply:
        if method != "POST":
            raise Refused(reply.NO_SUCH_METHOD, "/", method)
        return self.button.pair(body, now_ms)

    def _with_key(self, method: str, levels: list[str], body: bytes, now_ms: float) -> Reply:
        key, rest = levels[0], levels[1:]
        address = "/" + "/".join(rest)
        if not self.house.known(key):
            if method == "GET" and "config" in (levels[-1:] if len(levels) <= 2 else []):  # noqa: PLR2004 - /api/config or /api/ANY/config
                return ok(listing.config(self.house))
            raise Refused(reply.UNAUTHORISED, address)
        data = read_json(body, address) if method in {"PUT", "POST"} else {}
        if not rest and method == "GET":
            return ok(listing.everything(self.house, self.faults.unreachable_light))
        return self._enter(method, rest, data, now_ms)

    def _enter(self, method: str, rest: list[str], data: Data, now_ms: float) -> Reply:
        address = "/" + "/".join(rest)
        if rest and rest[0] in listing.EMPTY and len(rest) == 1 and method == "GET":
            return ok({})
        room = self._rooms.get(rest[0] if rest else "")
        if room is None:
            raise Refused(reply.NO_SUCH_RESOURCE, address)
        found = room(method, rest[1:], data, now_ms)
        if found is None:
            raise Refused(reply.NO_SUCH_METHOD, address, method)
        return found

    def _lights(self, method: str, rest: list[str], data: Data, now_ms: float) -> Reply | None:
        house, unreachable = self.house, self.faults.unreachable_light
        _exists("/lights", rest, house.lamps)
        match method, rest:
            case "GET", []:
                return ok(listing.lights(house, unreachable))
            case "GET", [number]:
                return ok(listing.light(number, house.lamps[number], unreachable))
            case "PUT", [number]:
                return editing.rename(house, house.lamps[number], f"/lights/{number}", data)
            case "PUT", [number, "state"]:
                return self.commands.light(number, data, now_ms)
        return None

    def _groups(self, method: str, rest: list[str], data: Data, now_ms: float) -> Reply | None:
        _exists("/groups", rest, {"0", *self.house.groups})
        match method, rest:
            case "GET", []:
                return ok(listing.groups(self.house))
            case "GET", [number]:
                return ok(listing.group(self.house, number))
            case "PUT", [number, "action"]:
                return self.commands.group(number, data, now_ms)
        return self._edit_groups(method, rest, data)

    def _edit_groups(self, method: str, rest: list[str], data: Data) -> Reply | None:
        match method, rest:
            case "POST", []:
                return editing.new_group(self.house, data)
            case ("PUT", [number]) if number != "0":
                return editing.edit_group(self.house, number, data)
            case ("DELETE", [number]) if number != "0":
                return self._delete(self.house.groups, f"/groups/{number}", number)
        return None

    def _scenes(self, method: str, rest: list[str], data: Data, _now_ms: float) -> Reply | None:
        _exists("/scenes", rest, self.house.scenes)
        match method, rest:
            case "GET", []:
                return ok(listing.scenes(self.house))
            case "GET", [number]:
                return ok(listing.scene(self.house.scenes[number]))
            case "POST", []:
                return editing.new_scene(self.house, data)
            case "DELETE", [number]:
                return self._delete(self.house.scenes, f"/scenes/{number}", number)
        return None

    def _config(self, method: str, rest: list[str], data: Data, _now_ms: float) -> Reply | None:
        match method, rest:
            case "GET", []:
                return ok(listing.whole_config(self.house))
            case "PUT", []:
                return editing.rename(self.house, self.house, "/config", data)
        return None

    def _delete(self, shelf: dict[str, Any], address: str, number: str) -> Reply:
        del shelf[number]
        self.house.save()
        return ok([success(f"{address} deleted.")])


def _exists(room: str, rest: list[str], known: Any) -> None:
    if rest and rest[0] not in known:
        raise Refused(reply.NO_SUCH_RESOURCE, "/".join([room, *rest]))
