"""A tap is a fact, a sighting is a sample, a gap says what was given up.

Times of a record are milliseconds since the edge booted (``boot_ms``); the batch that carries it
says how that relates to wall time. ``wall_ms`` (Unix milliseconds, UTC) is set only by a source
that knows the instant better than the edge does, such as a recording that is replayed.
"""

from typing import Annotated

from msgspec import Meta, Struct

from contract.limits import BADGE_CHARS_MAX, INTEGER_MAX, READER_CHARS_MAX

Badge = Annotated[str, Meta(min_length=1, max_length=BADGE_CHARS_MAX)]
Reader = Annotated[str, Meta(min_length=1, max_length=READER_CHARS_MAX)]
Sequence = Annotated[int, Meta(ge=1, le=INTEGER_MAX)]
Millis = Annotated[int, Meta(ge=-INTEGER_MAX, le=INTEGER_MAX)]
StreamId = Annotated[str, Meta(pattern=r"^[0-9a-f]{16}$")]
BootId = Annotated[str, Meta(pattern=r"^[0-9a-f]{8,32}$")]


class Tap(Struct, frozen=True, tag_field="kind", tag="tap", omit_defaults=True):
    """A badge was presented to a reader: never lost, never applied twice."""

    badge: Badge
    reader: Reader
    boot_ms: Millis
    via: str = "rfid"
    wall_ms: Millis | None = None
    key: Annotated[str, Meta(max_length=128)] | None = None
    """The source's own id of this fact; two taps of one event with the same key are one tap."""


class Sighting(Struct, frozen=True, tag_field="kind", tag="sighting", omit_defaults=True):
    """A beacon was heard: mean strength over ``count`` adverts within one second."""

    badge: Badge
    reader: Reader
    boot_ms: Millis
    rssi_dbm: Annotated[float, Meta(ge=-150, le=50)]
    count: Annotated[int, Meta(ge=1, le=INTEGER_MAX)] = 1
    wall_ms: Millis | None = None


class Gap(Struct, frozen=True, tag_field="kind", tag="gap", omit_defaults=True):
    """Records ``first`` to ``last`` (both included) of ``stream`` were evicted unsent.

    It travels in the taps lane, so it is itself never lost. The times are ``boot_ms`` of the
    oldest and newest record given up.
    """

    stream: StreamId
    first: Sequence
    last: Sequence
    from_boot_ms: Millis
    until_boot_ms: Millis
    boot_ms: Millis
    reason: str = "outbox full"


Record = Tap | Sighting | Gap
