"""How names, durations and windows are written, wherever they stand in the document."""

from typing import Annotated

from msgspec import Meta, Struct

Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,47}$")]
Field = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
"""The name of an attribute, of a purpose of consent or of a kind of id."""
Duration = Annotated[str, Meta(pattern=r"^\d{1,6}(ms|s|min|h|d)$")]
Window = Annotated[str, Meta(pattern=r"^(\d{1,6}(ms|s|min|h|d)|hour|day|week|event)$")]
"""A rolling stretch; a calendar hour, day or week (from Monday) of the venue; or the event."""
Colour = Annotated[str, Meta(pattern=r"^(#[0-9a-fA-F]{6}|\{[a-z_]+\})$")]
"""``#rrggbb``, or ``{attribute}`` for the person's own."""
TimeOfDay = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Percent = Annotated[float, Meta(ge=0, le=100)]
Count = Annotated[int, Meta(ge=1, le=512)]


class Part(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A field that is not known is an error, not a surprise."""
