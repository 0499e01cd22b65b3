"""Each parameter of a lamp has one range; what is outside is refused, never bent."""

from collections.abc import Callable
from typing import Any, Final


def _whole(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and low <= value <= high


def _one_of(*names: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value in names


def _coordinates(value: Any) -> bool:
    if not isinstance(value, list) or len(value) != 2:  # noqa: PLR2004 - x and y
        return False
    return all(type(c) in (int, float) and 0 <= c <= 1 for c in value)


LIGHT_RANGES: Final[dict[str, Callable[[Any], bool]]] = {
    "on": lambda value: isinstance(value, bool),
    "bri": _whole(1, 254),
    "hue": _whole(0, 65_535),
    "sat": _whole(0, 254),
    "xy": _coordinates,
    "ct": _whole(153, 500),
    "alert": _one_of("none", "select", "lselect"),
    "effect": _one_of("none", "colorloop"),
    "transitiontime": _whole(0, 65_535),
}
"""Ranges of the v1 lights API, from memory of the vendor's pages."""

NEEDS_POWER: Final = frozenset({"bri", "hue", "sat", "xy", "ct", "alert", "effect"})
"""What cannot be changed while the lamp is off."""
