"""Every bound of the wire protocol has one name, one unit and one place.

``docs/wire.md`` lists them; ``tests/docs`` holds the two together.
"""

from typing import Final

WIRE_VERSION: Final = 1
"""Version that every payload carries; another one is refused, never guessed at."""

PAYLOAD_BYTES_MAX: Final = 65_536
"""Largest payload an edge may publish and the hub will read."""

BATCH_RECORDS_MAX: Final = 500
"""Most records in one batch."""

TAP_BATCHES_OUTSTANDING_MAX: Final = 16
"""Most tap batches sent and not yet committed, for each edge."""

SIGHTING_BATCHES_OUTSTANDING_MAX: Final = 8
"""Most sighting batches sent and not yet committed, for each edge."""

COMMITTED_RANGES_MAX: Final = 64
"""Most ranges beyond the watermark that the hub keeps for one stream."""

FUTURE_MS_MAX: Final = 60_000
"""A record dated further ahead of the hub's clock than this is quarantined."""

INTEGER_MAX: Final = 2**53
"""Largest number, either way, that any field may hold: exact in JSON everywhere, and in any
database even when a few of them are added."""

BADGE_CHARS_MAX: Final = 128
READER_CHARS_MAX: Final = 64
NAME_PATTERN: Final = r"^[a-z0-9][a-z0-9-]{0,47}$"
"""Names of events and edges: they become topic levels."""
