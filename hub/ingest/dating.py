"""When a record happened, worked out from the clocks of its edge and of the hub.

A wall time that was learned from the hub or by NTP is believed. Any other is not: then the age of
the record on the edge's own boot clock is taken off the instant at which the hub received it.
"""

from contract.envelope import Batch
from contract.readings import Record, Sighting, Tap

TRUSTED = frozenset({"hub", "ntp"})


def event_time_ms(batch: Batch, record: Record, received_ms: int) -> int | None:
    """Unix milliseconds of ``record``, or None when nothing tells: an old boot, clock never set."""
    if isinstance(record, Tap | Sighting) and record.wall_ms is not None:
        return record.wall_ms
    base_ms = base_ms_of(batch, received_ms)
    return None if base_ms is None else base_ms + record.boot_ms


def base_ms_of(batch: Batch, received_ms: int) -> int | None:
    """Unix milliseconds at which the batch's boot began, or None when nothing tells."""
    if batch.clock.quality in TRUSTED:
        return batch.clock.wall_ms - batch.clock.boot_ms
    if batch.sent_boot_ms is not None:
        return received_ms - batch.sent_boot_ms
    return None
