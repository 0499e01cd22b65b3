"""Every bound inside the agent has one name, one unit and one place.

The bounds of the wire itself are in ``contract.limits``.
"""

from typing import Final

READS_WAITING_MAX: Final = 2_000
"""Reads handed over by readers and not yet stored; a reader waits when there are more."""

POSTS_WAITING_MAX: Final = 64
"""Different messages from the hub waiting for the agent; of each the latest is kept."""

BOUNCE_CARDS_MAX: Final = 4_096
"""Cards whose last read is remembered to recognise a bounce."""

SUMMARY_ROWS_MAX: Final = 10_000
"""Summaries of sightings being made; more are stored before their second is over."""

OUTBOX_BYTES_MAX: Final = 64 * 1024 * 1024
"""Default bound of the outbox."""

OUTBOX_BYTES_MIN: Final = 64 * 1024
"""Smallest bound of the outbox that may be set."""

ROW_OVERHEAD_BYTES: Final = 24
"""What SQLite needs for a record besides its body: measured, rounded up."""

GAP_BYTES: Final = 48
"""What a gap not yet sent needs."""

SHRINK_TO: Final = 0.9
"""Share of its bound that the outbox is shrunk to once it is over it."""

SHRINK_ROWS: Final = 2_000
"""Sightings looked at in one step of thinning or evicting."""

THIN_MS: Final = 10_000
"""A thinned outbox keeps one sighting of a badge at a reader in this time."""

THIN_CARDS_MAX: Final = 10_000
"""Badges remembered while thinning."""

GAPS_RELEASED_MAX: Final = 100
"""Most gaps put into the taps lane at once."""

SIGHTINGS_COMMIT_MS: Final = 1_000
"""Venue time between two commits of sightings."""

SIGHTINGS_COMMIT_REAL_S_MIN: Final = 0.1
"""Least real time between two commits of sightings, however fast the venue runs."""

TIDY_REAL_S: Final = 0.5
"""Records that the hub has committed are deleted with the next commit, or after this time."""

LIVE_TAP_BATCHES_RESERVED: Final = 4
"""Places among the outstanding tap batches that a backlog may not take."""

RANGES_BEYOND_MAX: Final = 32
"""With more committed ranges than this, live taps wait their turn behind the backlog."""

COMMITTED_WAIT_S: Final = 0.3
"""How long a backlog waits after connecting to hear what the hub has already."""

BACKOFF_S_MIN: Final = 0.2
BACKOFF_S_MAX: Final = 5.0
"""Shortest and longest wait before connecting again; it doubles, with jitter."""

CALL_S_MAX: Final = 20.0
"""A broker that has not let this edge subscribe by then is called again."""

SESSIONS_RESERVED: Final = 100
"""Session numbers taken from the file at once, so that dialling in vain writes nothing."""

CLOCK_REQUEST_S: Final = 60.0
CLOCK_RETRY_S: Final = 5.0
"""Real time between two questions for the hub's time; the shorter until it was answered once."""

CLOCK_DRIFT: Final = 50e-6
"""How far a Pi's crystal may be off: its data sheet says tens of parts in a million."""

READER_RESTART_S_MAX: Final = 30.0
"""Longest wait before a reader that died is started again."""
