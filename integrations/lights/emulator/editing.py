"""Groups and scenes are made, names are changed, and the house is saved each time."""

from typing import Any

from integrations.lights.emulator import reply
from integrations.lights.emulator.house import GROUPS_MAX, SCENES_MAX, Group, House, Lamp, Scene
from integrations.lights.emulator.reply import Refused, Reply, ok, success

NAME_CHARS_MAX = 32


def rename(house: House, thing: Lamp | House | Group, address: str, data: dict[str, Any]) -> Reply:
    """PUT with a name and nothing else. Raises Refused."""
    for name in sorted(set(data) - {"name"}):
        raise Refused(reply.NO_SUCH_PARAMETER, f"{address}/{name}", name)
    thing.name = _name(data, address)
    house.save()
    return ok([success({f"{address}/name": thing.name})])


def new_group(house: House, data: dict[str, Any]) -> Reply:
    """POST /groups. Raises Refused."""
    members = _members(house, data, "/groups")
    free = (str(i) for i in range(1, GROUPS_MAX + 1) if str(i) not in house.groups)
    number = next(free, None)
    if number is None:
        raise Refused(reply.GROUP_TABLE_FULL, "/groups")
    house.groups[number] = Group(_name({"name": f"Group {number}", **data}, "/groups"), members)
    house.save()
    return ok([success({"id": number})])


def edit_group(house: House, number: str, data: dict[str, Any]) -> Reply:
    """PUT /groups/NUMBER: its name or its lights. Raises Refused."""
    address = f"/groups/{number}"
    if "lights" not in data:
        return rename(house, house.groups[number], address, data)
    house.groups[number].lights = _members(house, data, address)
    house.save()
    return ok([success({f"{address}/lights": data["lights"]})])


def new_scene(house: House, data: dict[str, Any]) -> Reply:
    """POST /scenes: the lamps as they are now. Raises Refused."""
    members = _members(house, data, "/scenes")
    free = (f"scene-{i}" for i in range(1, SCENES_MAX + 1) if f"scene-{i}" not in house.scenes)
    number = next(free, None)
    if number is None:
        raise Refused(reply.GROUP_TABLE_FULL, "/scenes")
    states = {n: {**house.lamps[n].state, "alert": "none"} for n in members}
    house.scenes[number] = Scene(_name({"name": number, **data}, "/scenes"), members, states)
    house.save()
    return ok([success({"id": number})])


def _name(data: dict[str, Any], address: str) -> str:
    name = data.get("name")
    if name is None:
        raise Refused(reply.MISSING_PARAMETERS, address)
    if not isinstance(name, str) or not 0 < len(name) <= NAME_CHARS_MAX:
        raise Refused(reply.INVALID_VALUE, f"{address}/name", "name", name)
    return name


def _members(house: House, data: dict[str, Any], address: str) -> list[str]:
    lights = data.get("lights")
    if lights is None:
        raise Refused(reply.MISSING_PARAMETERS, address)
    known = isinstance(lights, list) and all(isinstance(n, str) for n in lights)
    if not known or not set(lights) <= set(house.lamps):
        raise Refused(reply.INVALID_VALUE, f"{address}/lights", "lights", lights)
    return list(lights)
