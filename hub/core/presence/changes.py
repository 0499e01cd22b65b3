"""What the tracker says is always a change, dated with event time, with its reason."""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

ChangeKind = Literal["entered", "left", "left_venue"]


class PresenceChange(Struct, frozen=True):
    """Somebody entered a zone, left it, or left the venue.

    Of one person: ``entered`` comes only when they are in no zone, ``left`` only for the zone they
    are in, ``left_venue`` only when they are in none, and neither time ever goes back.
    """

    person: str
    zone: str
    """The zone entered or left; for ``left_venue`` the zone they were last in."""
    kind: ChangeKind
    at_ms: int
    """Event time the change is dated: first heard there, tapped, or last heard there."""
    seen_ms: int
    """Event time of the reading, or of the tick, that made it known; never before ``at_ms``."""
    reason: str
    """For a person to read."""


Changes = Sequence[PresenceChange]
NO_CHANGES: Changes = ()
"""Shared by all calls that change nothing, so that the hot path builds no list."""
