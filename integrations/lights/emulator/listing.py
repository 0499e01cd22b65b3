"""What the house knows, in the words and shapes of the bridge's API."""

from typing import Any

from integrations.lights.emulator.house import Group, House, Lamp, Scene, gamut_corners

EMPTY = ("schedules", "rules", "sensors", "resourcelinks")
"""Rooms of the API that an emulated bridge has nothing in."""


def lights(house: House, unreachable: str | None) -> dict[str, Any]:
    """All lamps by number."""
    return {n: light(n, lamp, unreachable) for n, lamp in house.lamps.items()}


def light(number: str, lamp: Lamp, unreachable: str | None) -> dict[str, Any]:
    """One lamp."""
    return {
        "state": {**lamp.state, "reachable": lamp.name != unreachable},
        "type": "Extended color light",
        "name": lamp.name,
        "modelid": "LCT015",
        "manufacturername": "Signify Netherlands B.V.",
        "uniqueid": f"00:17:88:01:00:00:00:{int(number):02x}-0b",
        "swversion": "1.0.0-emulated",
        "capabilities": {"control": {"colorgamuttype": "C", "colorgamut": gamut_corners()}},
    }


def groups(house: House) -> dict[str, Any]:
    """All groups by number; group 0, every lamp, is never listed."""
    return {n: group(house, n) for n in house.groups}


def group(house: House, number: str) -> dict[str, Any]:
    """One group; 0 is every lamp."""
    found = Group("Group 0", list(house.lamps)) if number == "0" else house.groups[number]
    on = [house.lamps[n].state["on"] for n in found.lights]
    return {
        "name": found.name,
        "lights": found.lights,
        "type": "LightGroup",
        "action": house.lamps[found.lights[0]].state if found.lights else {},
        "state": {"all_on": bool(on) and all(on), "any_on": any(on)},
    }


def scenes(house: House) -> dict[str, Any]:
    """All scenes by id."""
    return {i: scene(found) for i, found in house.scenes.items()}


def scene(found: Scene) -> dict[str, Any]:
    """One scene."""
    return {"name": found.name, "lights": found.lights, "type": "LightScene", "version": 2}


def config(house: House) -> dict[str, Any]:
    """What the bridge tells anybody about itself."""
    return {
        "name": house.name,
        "apiversion": "1.41.0",
        "swversion": "1941132080",
        "modelid": "BSB002",
        "bridgeid": "001788FFFE000000",
        "mac": "00:17:88:00:00:00",
        "factorynew": False,
        "replacesbridgeid": None,
        "datastoreversion": "90",
        "starterkitid": "",
    }


def whole_config(house: House) -> dict[str, Any]:
    """What it tells an app about itself; keys are shown by their hashes' beginnings."""
    keys = {h[:12]: {"name": k.name, "create date": k.created} for h, k in house.keys.items()}
    return {**config(house), "linkbutton": False, "whitelist": keys}


def everything(house: House, unreachable: str | None) -> dict[str, Any]:
    """The whole of it."""
    return {
        "lights": lights(house, unreachable),
        "groups": groups(house),
        "scenes": scenes(house),
        "config": whole_config(house),
        **{name: {} for name in EMPTY},
    }
