"""The body of a delivery is one of three things that can be asked of lamps.

{"op": "claim", "lamp": "Photo corner", "source": "photo-colour", "priority": 50,
 "colour": "#ff8800", "brightness": 1.0, "hold_ms": 8000, "effect": "none"}
{"op": "release", "lamp": "Photo corner", "source": "photo-colour"}
{"op": "mood", "lamps": ["Dance 1", "Dance 2"], "source": "floor", "priority": 20,
 "colours": ["#ff0000", "#0000ff"], "brightness": 1.0, "hold_ms": null}
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from integrations.lights.arbiter import Claim, Look
from integrations.lights.colour import COLOUR_PATTERN
from integrations.lights.errors import BodyInvalid
from integrations.lights.limits import (
    HOLD_MS_MAX,
    MOOD_COLOURS_MAX,
    MOOD_LAMPS_MAX,
    NAME_CHARS_MAX,
)
from integrations.port import Delivery

Name = Annotated[str, Meta(min_length=1, max_length=NAME_CHARS_MAX)]
Colour = Annotated[str, Meta(pattern=COLOUR_PATTERN)]
Brightness = Annotated[float, Meta(ge=0, le=1)]
Priority = Annotated[int, Meta(ge=0, le=1000)]
HoldMs = Annotated[int, Meta(ge=1, le=HOLD_MS_MAX)]


class ClaimLamp(Struct, frozen=True, kw_only=True, tag_field="op", tag="claim",
                forbid_unknown_fields=True):  # fmt: skip
    """``source`` wants ``lamp`` in a colour, for ``hold_ms`` of venue time or until released.

    ``effect`` ``flash`` lets the lamp breathe once on top.
    """

    lamp: Name
    source: Name
    priority: Priority = 50
    colour: Colour
    brightness: Brightness = 1.0
    hold_ms: HoldMs | None = None
    effect: Literal["none", "flash"] = "none"


class ReleaseLamp(Struct, frozen=True, kw_only=True, tag_field="op", tag="release",
                  forbid_unknown_fields=True):  # fmt: skip
    """``source`` no longer wants ``lamp``."""

    lamp: Name
    source: Name


class SetMood(Struct, frozen=True, kw_only=True, tag_field="op", tag="mood",
              forbid_unknown_fields=True):  # fmt: skip
    """``source`` wants ``lamps`` in ``colours``, given out in turn: one set of claims."""

    lamps: Annotated[list[Name], Meta(min_length=1, max_length=MOOD_LAMPS_MAX)]
    source: Name
    priority: Priority = 50
    colours: Annotated[list[Colour], Meta(min_length=1, max_length=MOOD_COLOURS_MAX)]
    brightness: Brightness = 1.0
    hold_ms: HoldMs | None = None


Body = ClaimLamp | ReleaseLamp | SetMood


def read_body(body: dict[str, Any]) -> Body:
    """Check ``body``.

    Raises:
        BodyInvalid: it is none of the three; the text names the field.
    """
    try:
        read: Body = msgspec.convert(body, Body)
    except msgspec.ValidationError as error:
        raise BodyInvalid(f"not a request to lamps: {error}") from error
    return read


def claims_of(body: ClaimLamp | SetMood, delivery: Delivery) -> list[Claim]:
    """What ``body`` claims, lamp by lamp, when ``delivery`` brings it about."""
    lamps = [body.lamp] if isinstance(body, ClaimLamp) else list(dict.fromkeys(body.lamps))
    palette = [body.colour] if isinstance(body, ClaimLamp) else body.colours
    until_ms = None if body.hold_ms is None else delivery.now_ms + body.hold_ms
    return [
        Claim(
            lamp=lamp,
            source=body.source,
            priority=body.priority,
            look=Look(palette[i % len(palette)].lower(), body.brightness),
            from_ms=delivery.now_ms,
            until_ms=until_ms,
            flash=isinstance(body, ClaimLamp) and body.effect == "flash",
            key=delivery.key,
            lapses_ms=delivery.expires_ms,
        )
        for i, lamp in enumerate(lamps)
    ]


def overwrites(body: Body) -> str:
    """Name what ``body`` overwrites: what its source wanted of the same lamps before.

    The source is part of the name: a newer wish of a lower priority must not push out an older
    one of a higher, which only the board can settle.
    """
    lamps = body.lamps if isinstance(body, SetMood) else [body.lamp]
    return "|".join((body.source, *sorted(set(lamps))))
