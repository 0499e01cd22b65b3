"""Every figure the tracker uses has a name, a unit and a source; the defaults are for BLE badges.

The medium is described by ``interval_ms`` (how often a badge is reported) and ``leave_after_ms``
alone; all other figures hold for every medium, and those of the contest count in intervals.
"""

from typing import Final

from msgspec import Struct

MS_PER_S: Final = 1000


class PresenceSettings(Struct, frozen=True, kw_only=True):
    """How readily the tracker believes that somebody is somewhere else."""

    interval_ms: int = 1_000
    """Usual time between two sightings of a badge by one reader. An edge reports once a second."""

    leave_after_ms: int = 60_000
    """A zone that was silent for *more* than this is left, at the time it was last heard."""

    venue_after_ms: int = 900_000
    """Silence everywhere for more than this is leaving the venue. Judgement: a trip outside or
    to a room without a reader is shorter."""

    settle_ms: int = 1_000
    """Somebody in no zone is put in one this long after the first sighting, in the one heard
    best: readers report the same advert one after the other. 0 enters on the first sighting."""

    reorder_ms: int = 3_000
    """How far behind the newest reading of a person another reader's may come and still count;
    silence is judged this much later, for the same reason. Scale it with ``clock.speed``."""

    smoothing: float = 0.3
    """Share of a new sighting in a zone's level: habluetooth, RSSI_SMOOTHING_FACTOR."""

    challenge_db: float = 16.0
    """A zone whose level is louder by this takes over at once: habluetooth,
    ADV_RSSI_SWITCH_THRESHOLD."""

    evidence_db: float = 22.5
    """Leads summed over intervals that make a less loud zone take over (measured)."""

    real_lead_db: float = 2.5
    """Smallest mean lead of another zone that is worth acting on (measured)."""

    first_impression: float = 0.7
    """Share of ``evidence_db`` that others start with against a zone entered from nowhere:
    there is one second of hearing behind it, not a visit (measured)."""

    usual_share: float = 0.035
    """Share of a new sighting in the usual margin by which a zone is ahead: a memory of about
    half a minute (measured)."""

    usual_margin_max_db: float = 8.0
    """Most of that margin that is used, so that nobody is moved for a small dip (measured)."""

    burst_intervals: float = 3.0
    """Most intervals that a burst of sightings after a silence makes up for (measured)."""

    stale_intervals: float = 3.0
    """A zone silent for more intervals than this fades. habluetooth takes 1.5 to 2.5 windows; one
    more keeps a reader that loses every third report."""

    fade_db: float = 5.0
    """Loudness a stale zone loses for each further interval (judgement)."""

    evidence_keep_intervals: float = 15.0
    """Evidence of a zone that was not heard for longer than this is void (judgement)."""

    tap_dbm: float = -45.0
    """Level that a tap gives its zone: a badge held to an antenna (judgement)."""

    tap_hold_ms: int = 15_000
    """After a tap only a clear contest (``challenge_db``) moves the person (judgement)."""

    seed_dbm: float = -70.0
    """Level of a zone known from stored facts alone: a badge in the middle of a room."""

    def __post_init__(self) -> None:
        """Refuse figures that contradict each other."""
        if not 0 < self.leave_after_ms <= self.venue_after_ms:
            raise ValueError("leave_after_ms must be over 0, and not over venue_after_ms")
        if not 0 < self.smoothing <= 1 or self.interval_ms <= 0:
            raise ValueError("smoothing must be in (0, 1] and interval_ms over 0")
        if min(self.settle_ms, self.reorder_ms, self.tap_hold_ms) < 0:
            raise ValueError("settle_ms, reorder_ms and tap_hold_ms cannot be negative")


RIVALS_MAX: Final = 6
"""Zones remembered beside the one a person is in; the one not heard for longest makes room."""

WAITING_MAX: Final = 6
"""Sightings of one rival that wait to be compared; the oldest of too many is compared as it is."""

RECENT_MAX: Final = 4
"""Sightings of the zone a person is in that are kept to be compared with."""

CONTACT: Final = PresenceSettings(interval_ms=20_000)
"""For contact badges that report every 20 s (SocioPatterns)."""
