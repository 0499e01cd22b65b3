"""A zone takes a person over when it is clearly louder now, or a little louder for long enough.

*Clearly louder*: its smoothed level is ``challenge_db`` over the other's (habluetooth's rule).

*A little louder for long enough* is Page's cumulative sum (E. S. Page, Continuous inspection
schemes, Biometrika 41, 1954) over the lead of the challenger. A step of the sum is the lead minus
a reference, and the sum never falls below 0. The reference that detects a shift of the mean
soonest lies half way between the mean before and the mean after it (D. C. Montgomery,
Introduction to Statistical Quality Control, section 9.1): before, the challenger trails by the
*usual margin*, which is learned slowly for each person and pair of zones; after, it leads by at
least ``real_lead_db``. So somebody who is plainly in one place is moved by a plain turn of the
tables within seconds, and somebody between two readers needs more. Whatever the sum says, a
challenger whose own smoothed level is not ahead does not win, so one of the same strength never
does.

Both sides of a lead are single sightings of about the same time, since a body or a crowd in the
way dampens all readers at once, and readers report in their own time: a challenger's sighting
waits until the zone the person is in was heard at that time or later, and is compared with the
nearest one in time. When ``reorder_ms`` pass without it, that zone missed a turn; missing more
than ``stale_intervals`` of them makes it fade.

A reader earns the say of one sighting in each interval, up to ``burst_intervals`` of them, so a
chatty reader counts for no more than a quiet one, while adverts that arrive in a burst after a
silence all count.
"""

from typing import Final

from hub.core.presence.memory import Rival, Track
from hub.core.presence.settings import RECENT_MAX, RIVALS_MAX, WAITING_MAX, PresenceSettings

_MIDDLE: Final = 0.5


def gain(settings: PresenceSettings, count: int) -> float:
    """Share of the mean over ``count`` adverts in a level: that of ``count`` single ones."""
    if count == 1:
        return settings.smoothing
    return 1.0 - (1.0 - settings.smoothing) ** count


def rival_of(track: Track, zone: str) -> Rival | None:
    """The memory of ``zone``, when it heard this person before."""
    for rival in track.rivals:
        if rival.zone == zone:
            return rival
    return None


def add_rival(track: Track, rival: Rival) -> None:
    """Remember one more zone; of too many the one not heard for longest is forgotten."""
    if len(track.rivals) >= RIVALS_MAX:
        track.rivals.remove(min(track.rivals, key=lambda other: (other.heard_ms, other.zone)))
    track.rivals.append(rival)


def opening_db(track: Track, at_ms: int, settings: PresenceSettings) -> float:
    """Evidence that a rival first heard at ``at_ms`` starts with."""
    fresh_ms = settings.evidence_keep_intervals * settings.interval_ms
    fresh = track.unsure and at_ms - track.since_ms <= fresh_ms
    return settings.first_impression * settings.evidence_db if fresh else 0.0


def start_over(track: Track, evidence_db: float) -> None:
    """The person has another zone now: what was learned against the former one is void."""
    for rival in track.rivals:
        rival.evidence_db = evidence_db
        rival.usual_margin_db = 0.0
        rival.waiting = []
    track.waiting = False
    track.recent = []


def note(track: Track, at_ms: int, rssi_dbm: float) -> None:
    """Keep a sighting in the zone they are in, to compare others with."""
    track.recent.append((at_ms, rssi_dbm))
    if len(track.recent) > RECENT_MAX:
        del track.recent[0]


def faded_db(track: Track, until_ms: int, settings: PresenceSettings) -> float:
    """Loudness that the zone the person is in has lost by being silent up to ``until_ms``."""
    fresh_until_ms = track.heard_ms + settings.stale_intervals * settings.interval_ms
    late_ms = until_ms - max(fresh_until_ms, track.held_until_ms)
    return 0.0 if late_ms <= 0 else settings.fade_db * late_ms / settings.interval_ms


def nothing_new(rival: Rival, at_ms: int, rssi_dbm: float) -> bool:
    """Whether a sighting is older than, or the same as, the last one of that zone."""
    return at_ms < rival.heard_ms or (at_ms == rival.heard_ms and rssi_dbm == rival.heard_dbm)


def hear(
    track: Track,
    rival: Rival,
    at_ms: int,
    rssi_dbm: float,
    share: float,
    settings: PresenceSettings,
) -> None:
    """Take a newer sighting into the memory of a rival, to be compared."""
    intervals = (at_ms - rival.heard_ms) / settings.interval_ms
    if intervals > settings.evidence_keep_intervals:
        rival.evidence_db = 0.0
        rival.level_dbm = rssi_dbm
    rival.heard_ms = at_ms
    rival.heard_dbm = rssi_dbm
    rival.level_dbm += share * (rssi_dbm - rival.level_dbm)
    rival.credit = min(rival.credit + intervals, settings.burst_intervals)
    _let_wait(track, rival, at_ms, rssi_dbm)


def first_heard(
    track: Track, zone: str, at_ms: int, rssi_dbm: float, settings: PresenceSettings
) -> None:
    """Begin the memory of a rival with a sighting, to be compared."""
    rival = Rival(zone, at_ms, at_ms, rssi_dbm, rssi_dbm)
    rival.evidence_db = opening_db(track, at_ms, settings)
    rival.credit = 1.0
    add_rival(track, rival)
    _let_wait(track, rival, at_ms, rssi_dbm)


def _let_wait(track: Track, rival: Rival, at_ms: int, rssi_dbm: float) -> None:
    share = min(1.0, rival.credit)
    rival.credit -= share
    rival.waiting.append((at_ms, rssi_dbm, share))
    track.waiting = True
    if not track.recent:
        track.recent.append((track.heard_ms, track.heard_dbm))


def compare(track: Track, rival: Rival, settings: PresenceSettings) -> tuple[int, str] | None:
    """Weigh the sightings of a rival that are ready to be; when and why it takes over, if so."""
    while rival.waiting:
        at_ms, rssi_dbm, share = rival.waiting[0]
        if _clear(track, rival, settings):
            return rival.heard_ms, f"{rival.level_dbm - track.level_dbm:.0f} dB over {track.zone}"
        if _may_be_met(track, at_ms, settings) and len(rival.waiting) < WAITING_MAX:
            return None
        del rival.waiting[0]
        faded = faded_db(track, at_ms, settings)
        _weigh(rival, share, rssi_dbm - _beside(track, at_ms), faded, settings)
        if reason := _verdict(track, rival, at_ms, faded, settings):
            return at_ms, reason
    return None


def _clear(track: Track, rival: Rival, settings: PresenceSettings) -> bool:
    return rival.level_dbm - track.level_dbm >= settings.challenge_db


def _may_be_met(track: Track, at_ms: int, settings: PresenceSettings) -> bool:
    """Whether a sighting of about that time, in the zone they are in, may still come."""
    return track.heard_ms < at_ms and track.latest_ms < at_ms + settings.reorder_ms


def _beside(track: Track, at_ms: int) -> float:
    """Strength in the zone they are in, in the sighting nearest to that time."""
    nearest_ms, strength = track.recent[-1]
    for own_ms, rssi_dbm in reversed(track.recent):
        if abs(at_ms - own_ms) > abs(at_ms - nearest_ms):
            break
        if abs(at_ms - own_ms) < abs(at_ms - nearest_ms):
            nearest_ms, strength = own_ms, rssi_dbm
    return strength


def _weigh(
    rival: Rival, share: float, lead: float, faded: float, settings: PresenceSettings
) -> None:
    """Add one lead to the evidence and to the usual margin."""
    margin = min(max(rival.usual_margin_db, 0.0), settings.usual_margin_max_db)
    reference = (settings.real_lead_db - margin) * _MIDDLE
    evidence = rival.evidence_db + share * (lead + faded - reference)
    rival.evidence_db = min(max(evidence, 0.0), settings.evidence_db)
    rival.usual_margin_db -= share * settings.usual_share * (lead + rival.usual_margin_db)


def _verdict(
    track: Track, rival: Rival, at_ms: int, faded: float, settings: PresenceSettings
) -> str | None:
    lead = rival.level_dbm - (track.level_dbm - faded)
    missed = f", which missed {settings.stale_intervals:g} turns and more" if faded else ""
    if lead >= settings.challenge_db:
        return f"{lead:.0f} dB over {track.zone}{missed}"
    held = at_ms < track.held_until_ms
    if held or lead <= 0 or rival.evidence_db < settings.evidence_db:
        return None
    return f"steadily louder than {track.zone}, now by {lead:.0f} dB{missed}"
