"""Everything that travels between an edge and the hub, one struct for each payload."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from contract.limits import BATCH_RECORDS_MAX, INTEGER_MAX, WIRE_VERSION
from contract.readings import BootId, Millis, Record, Sequence, StreamId

ClockQuality = Literal["hub", "ntp", "rtc", "unset"]
"""Where an edge's wall time comes from, best first. ``rtc`` and ``unset`` are not trusted."""

Number = Annotated[int, Meta(ge=-INTEGER_MAX, le=INTEGER_MAX)]

Version = Annotated[int, Meta(ge=WIRE_VERSION, le=WIRE_VERSION)]


class Clock(Struct, frozen=True):
    """The same instant on the edge's two clocks."""

    boot_ms: Millis
    wall_ms: Millis
    quality: ClockQuality


class Batch(Struct, frozen=True, kw_only=True):
    """Consecutive records of one stream, read during one boot: the payload of taps and sightings.

    Record ``i`` has the sequence number ``first + i``. ``clock`` is an anchor of the boot that the
    records belong to. ``sent_boot_ms`` is the edge's boot clock when it sent this message, present
    when the records belong to the running boot: the hub can then work out the age of a record even
    where wall time is not known.
    """

    v: Version = WIRE_VERSION
    stream: StreamId
    first: Sequence
    boot: BootId
    clock: Clock
    sent_boot_ms: Millis | None = None
    records: Annotated[list[Record], Meta(min_length=1, max_length=BATCH_RECORDS_MAX)]


class StreamPosition(Struct, frozen=True):
    """All up to ``upto`` is committed, and the inclusive ``ranges`` beyond it, ascending."""

    upto: Annotated[int, Meta(ge=0)]
    ranges: list[tuple[int, int]] = []


class Committed(Struct, frozen=True, kw_only=True):
    """Retained, down: what the edge may forget, for each of its streams."""

    v: Version = WIRE_VERSION
    streams: dict[str, StreamPosition]


class Health(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Retained, up: birth (``alive``), repeated with figures, and will (not ``alive``).

    A will counts only against the birth with the same session number.
    """

    v: Version = WIRE_VERSION
    session: Number
    alive: bool
    boot: str = ""
    software: str = ""
    readers: list[str] = []
    outbox_rows: Number = 0
    outbox_bytes: Number = 0
    evicted_rows: Number = 0
    clock_quality: ClockQuality = "unset"
    notes: list[str] = []


class HubState(Struct, frozen=True, kw_only=True):
    """Retained: edges send readings only while the hub is alive."""

    v: Version = WIRE_VERSION
    session: Number
    alive: bool


class ClockRequest(Struct, frozen=True, kw_only=True):
    """Up: what time is it? ``boot_ms`` comes back in the answer, so that delay can be halved."""

    v: Version = WIRE_VERSION
    boot: str
    boot_ms: Millis


class ClockReply(Struct, frozen=True, kw_only=True):
    """Down, not retained."""

    v: Version = WIRE_VERSION
    boot: str
    boot_ms: Millis
    hub_ms: Millis


class Desired(Struct, frozen=True, kw_only=True):
    """Retained, down: the configuration the hub wants this edge to run."""

    v: Version = WIRE_VERSION
    revision: Number
    config: dict[str, Any]


class Reported(Struct, frozen=True, kw_only=True):
    """Retained, up: the revision that runs, or why it does not."""

    v: Version = WIRE_VERSION
    revision: Number
    error: str | None = None
