"""A colour on a screen becomes a place in the lamp's gamut by published figures alone.

Source of the matrices and of the gamut triangles: Philips' "RGB to xy Color conversion"
(application design notes of the Hue SDK) and the bridge's own ``colorgamut`` of a lamp; the gamma
is that of sRGB (IEC 61966-2-1). One departure: Philips takes Y as brightness, which would make a
favourite blue nearly dark; here the strongest channel is the brightness, as in HSV.
"""

import re
from typing import Final, NamedTuple

from integrations.lights.errors import ColourInvalid

BRI_MIN: Final = 1
BRI_MAX: Final = 254
COLOUR_PATTERN: Final = r"^#[0-9a-fA-F]{6}$"

_COLOUR = re.compile(COLOUR_PATTERN)
_WHITE_D65: Final = (0.3127, 0.3290)
_EPSILON: Final = 1e-12
_STRAIGHT_CODED: Final = 0.04045
_STRAIGHT_LINEAR: Final = 0.0031308
"""Where the straight foot of sRGB's curve ends, with and without gamma."""


class XY(NamedTuple):
    """A chromaticity: both coordinates 0 to 1, no unit."""

    x: float
    y: float


class Gamut(NamedTuple):
    """The triangle of what a lamp can show."""

    red: XY
    green: XY
    blue: XY


class LampColour(NamedTuple):
    """What a lamp is told: chromaticity, and brightness 1 to 254, or 0 for off."""

    xy: XY
    bri: int


GAMUT_B: Final = Gamut(XY(0.675, 0.322), XY(0.409, 0.518), XY(0.167, 0.04))
GAMUT_C: Final = Gamut(XY(0.6915, 0.3083), XY(0.17, 0.7), XY(0.1532, 0.0475))
"""Gamuts of the second and the third generation of colour lamps."""


def channels(colour: str) -> tuple[float, float, float]:
    """Split ``#rrggbb`` into red, green and blue, each 0 to 1, still with gamma.

    Raises:
        ColourInvalid: another form.
    """
    if not _COLOUR.match(colour):
        raise ColourInvalid(f"colour {colour!r}: write it as #rrggbb")
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def linear(channel: float) -> float:
    """Take the gamma of sRGB off a channel, 0 to 1."""
    return channel / 12.92 if channel <= _STRAIGHT_CODED else ((channel + 0.055) / 1.055) ** 2.4


def with_gamma(channel: float) -> float:
    """Put the gamma of sRGB on a linear channel, 0 to 1."""
    return channel * 12.92 if channel <= _STRAIGHT_LINEAR else 1.055 * channel ** (1 / 2.4) - 0.055


def to_lamp(colour: str, brightness: float = 1.0, gamut: Gamut = GAMUT_C) -> LampColour:
    """What shows ``colour`` (``#rrggbb``) on a lamp, at ``brightness`` 0 to 1 of its own.

    Coordinates have four decimals, as the bridge keeps them.

    Raises:
        ColourInvalid: ``colour`` is written in another form.
    """
    red, green, blue = channels(colour)
    level = max(red, green, blue) * brightness
    bri = 0 if level <= 0 else max(BRI_MIN, round(level * BRI_MAX))
    xy = clamp(_chromaticity(linear(red), linear(green), linear(blue)), gamut)
    return LampColour(XY(round(xy.x, 4), round(xy.y, 4)), bri)


def to_screen(xy: XY, bri: int = BRI_MAX) -> str:
    """How a lamp at ``xy`` and ``bri`` (0 to 254) looks on a screen, ``#rrggbb``."""
    x, y = xy.x, max(xy.y, 1e-4)
    big_x, big_y, big_z = x / y, 1.0, (1 - x - y) / y
    red = big_x * 1.656492 - big_y * 0.354851 - big_z * 0.255038
    green = -big_x * 0.707196 + big_y * 1.655397 + big_z * 0.036152
    blue = big_x * 0.051713 - big_y * 0.121364 + big_z * 1.011530
    strongest = max(red, green, blue, 1e-6)
    level = bri / BRI_MAX
    parts = (with_gamma(max(0.0, c) / strongest) * level for c in (red, green, blue))
    return "#" + "".join(f"{min(255, round(part * 255)):02x}" for part in parts)


def relative_luminance(colour: str, brightness: float) -> float:
    """WCAG 2.2's relative luminance of ``colour`` at ``brightness`` 0 to 1, 0 to 1."""
    red, green, blue = (linear(c * brightness) for c in channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def red_share(colour: str) -> float:
    """Share of red in the linear sum of ``colour``'s channels, 0 to 1; black has none."""
    red, green, blue = (linear(c) for c in channels(colour))
    total = red + green + blue
    return red / total if total > 0 else 0.0


def clamp(xy: XY, gamut: Gamut) -> XY:
    """The point of ``gamut`` nearest to ``xy``; ``xy`` itself where the lamp can show it."""
    if _inside(xy, gamut):
        return xy
    red, green, blue = gamut
    edges = ((red, green), (green, blue), (blue, red))
    nearest = (_nearest_on(xy, a, b) for a, b in edges)
    return min(nearest, key=lambda p: (p.x - xy.x) ** 2 + (p.y - xy.y) ** 2)


def _chromaticity(red: float, green: float, blue: float) -> XY:
    big_x = red * 0.664511 + green * 0.154324 + blue * 0.162028
    big_y = red * 0.283881 + green * 0.668433 + blue * 0.047685
    big_z = red * 0.000088 + green * 0.072310 + blue * 0.986039
    total = big_x + big_y + big_z
    return XY(big_x / total, big_y / total) if total > 0 else XY(*_WHITE_D65)


def _side(p: XY, a: XY, b: XY) -> float:
    return (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x)


def _inside(p: XY, gamut: Gamut) -> bool:
    red, green, blue = gamut
    sides = (_side(p, red, green), _side(p, green, blue), _side(p, blue, red))
    return all(s >= -_EPSILON for s in sides) or all(s <= _EPSILON for s in sides)


def _nearest_on(p: XY, a: XY, b: XY) -> XY:
    length_squared = (b.x - a.x) ** 2 + (b.y - a.y) ** 2
    if length_squared == 0:
        return a
    along = ((p.x - a.x) * (b.x - a.x) + (p.y - a.y) * (b.y - a.y)) / length_squared
    along = min(1.0, max(0.0, along))
    return XY(a.x + along * (b.x - a.x), a.y + along * (b.y - a.y))
