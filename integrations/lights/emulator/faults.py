"""Faults that a test can switch on; none is on by itself."""

from typing import Annotated

from msgspec import Meta, Struct


class Faults(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is wrong with the bridge.

    ``refuse``: every command is refused with this HTTP status. ``slow_ms``: every answer takes
    this much longer. ``unreachable_light``: the named lamp is taken off the radio; commands to it
    are answered as always and change nothing. ``timeout_after_acting``: so many commands act and
    are never answered. ``refuse_parameter``: this parameter is not available, the others of the
    same command are. ``internal_error``: so many commands are answered with error 901.
    """

    refuse: Annotated[int, Meta(ge=400, le=599)] | None = None
    slow_ms: Annotated[int, Meta(ge=0, le=60_000)] = 0
    unreachable_light: str | None = None
    timeout_after_acting: Annotated[int, Meta(ge=0, le=1000)] = 0
    refuse_parameter: str | None = None
    internal_error: Annotated[int, Meta(ge=0, le=1000)] = 0
