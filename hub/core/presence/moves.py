"""Each way of changing somebody's place, as one function over their memory.

A change decided by silence is dated and made known by event time alone: ``seen_ms`` is the reading
that showed it, or the instant at which a tick could first have shown it, whichever is earlier.
"""

from hub.core.presence import contest
from hub.core.presence.changes import PresenceChange
from hub.core.presence.memory import Rival, Track
from hub.core.presence.settings import MS_PER_S, PresenceSettings


def next_due_ms(track: Track, settings: PresenceSettings) -> int:
    """Event time at which silence alone changes something; 0 is never."""
    if track.zone is not None:
        return track.heard_ms + settings.leave_after_ms + 1
    if track.rivals:
        return track.since_ms + settings.settle_ms
    return track.latest_ms + settings.venue_after_ms + 1 if track.in_venue else 0


def fall_due(
    person: str, track: Track, until_ms: int, trigger_ms: int, settings: PresenceSettings
) -> list[PresenceChange]:
    """Make the one change, if any, that has fallen due by ``until_ms``."""
    due_ms = next_due_ms(track, settings)
    if due_ms == 0 or due_ms > until_ms:
        return []
    seen_ms = _known(track, min(trigger_ms, due_ms + settings.reorder_ms))
    if track.zone is not None:
        return [_fall_silent(person, track, due_ms, seen_ms)]
    if track.rivals:
        return [_settle(person, track, seen_ms, settings)]
    return [_leave_venue(person, track, due_ms, seen_ms)]


def refresh(track: Track, at_ms: int, rssi_dbm: float, share: float) -> None:
    """The zone that they have just settled in heard them again.

    With nobody to compare it with nothing is noted, as on the hot path: else a later challenger
    would be compared with this sighting, however old it is by then.
    """
    assert at_ms >= track.heard_ms
    track.heard_ms = at_ms
    if track.rivals:
        contest.note(track, at_ms, rssi_dbm)
    track.heard_dbm = rssi_dbm
    track.level_dbm += share * (rssi_dbm - track.level_dbm)


def listen(track: Track, zone: str, at_ms: int, rssi_dbm: float, share: float) -> None:
    """Note that ``zone`` is a candidate for somebody who is in none."""
    if not track.rivals:
        track.since_ms = at_ms
    rival = contest.rival_of(track, zone)
    if rival is None:
        contest.add_rival(track, Rival(zone, at_ms, at_ms, rssi_dbm, rssi_dbm))
    elif not contest.nothing_new(rival, at_ms, rssi_dbm):
        rival.heard_ms = at_ms
        rival.heard_dbm = rssi_dbm
        rival.level_dbm += share * (rssi_dbm - rival.level_dbm)


def take_over(
    person: str, track: Track, rival: Rival, at_ms: int, seen_ms: int, reason: str
) -> list[PresenceChange]:
    """``rival`` has won the contest with a sighting at ``at_ms``."""
    since = [(later_ms, dbm) for later_ms, dbm, _ in rival.waiting]
    changes = move(person, track, rival.zone, at_ms, seen_ms, reason)
    track.heard_ms = max(track.heard_ms, rival.heard_ms)
    track.heard_dbm = rival.heard_dbm
    track.level_dbm = rival.level_dbm
    track.recent = since
    return changes


def tap(
    person: str, track: Track, zone: str, at_ms: int, settings: PresenceSettings
) -> list[PresenceChange]:
    """They presented a badge in ``zone``: all evidence for other zones is void."""
    if track.zone == zone:
        changes = []
        track.heard_ms = max(track.heard_ms, at_ms)
        contest.start_over(track, 0.0)
    else:
        changes = move(person, track, zone, at_ms, at_ms, "tap")
    track.held_until_ms = at_ms + settings.tap_hold_ms
    track.heard_dbm = track.level_dbm = settings.tap_dbm
    track.latest_ms = max(track.latest_ms, at_ms)
    return changes


def move(
    person: str, track: Track, zone: str, at_ms: int, seen_ms: int, reason: str
) -> list[PresenceChange]:
    """Go from wherever they are to ``zone``, not before they were last heard where they are."""
    changes = []
    moved_ms = max(at_ms, track.floor_ms, track.heard_ms if track.zone else 0)
    seen_ms = _known(track, max(seen_ms, moved_ms))
    track.rivals = [rival for rival in track.rivals if rival.zone != zone]
    if track.zone is not None:
        why = f"now in {zone}: {reason}"
        changes.append(PresenceChange(person, track.zone, "left", track.heard_ms, seen_ms, why))
        contest.add_rival(track, _step_down(track, track.zone))
    _enter(track, zone, since_ms=moved_ms, heard_ms=moved_ms)
    contest.start_over(track, 0.0)
    changes.append(PresenceChange(person, zone, "entered", moved_ms, seen_ms, reason))
    return changes


def _known(track: Track, seen_ms: int) -> int:
    track.seen_ms = max(track.seen_ms, seen_ms)
    return track.seen_ms


def _step_down(track: Track, zone: str) -> Rival:
    return Rival(zone, track.since_ms, track.heard_ms, track.heard_dbm, track.level_dbm)


def _enter(track: Track, zone: str, since_ms: int, heard_ms: int) -> None:
    track.zone = track.last_zone = zone
    track.since_ms = track.floor_ms = since_ms
    track.heard_ms = heard_ms
    track.held_until_ms = 0
    track.unsure = False
    track.in_venue = True


def _settle(person: str, track: Track, seen_ms: int, settings: PresenceSettings) -> PresenceChange:
    best = min(track.rivals, key=lambda rival: (-rival.level_dbm, rival.first_ms, rival.zone))
    reason = f"heard at {best.level_dbm:.0f} dBm{_better_than(track, best)}"
    track.rivals = [rival for rival in track.rivals if rival is not best]
    _enter(track, best.zone, since_ms=best.first_ms, heard_ms=best.heard_ms)
    track.level_dbm = track.heard_dbm = best.level_dbm
    track.unsure = True
    contest.start_over(track, settings.first_impression * settings.evidence_db)
    return PresenceChange(person, best.zone, "entered", best.first_ms, seen_ms, reason)


def _better_than(track: Track, best: Rival) -> str:
    others = [rival for rival in track.rivals if rival is not best]
    if not others:
        return ""
    second = max(others, key=lambda rival: (rival.level_dbm, rival.zone))
    return f", {best.level_dbm - second.level_dbm:.0f} dB over {second.zone}"


def _fall_silent(person: str, track: Track, due_ms: int, seen_ms: int) -> PresenceChange:
    assert track.zone is not None
    reason = f"silent for over {(due_ms - 1 - track.heard_ms) / MS_PER_S:.0f} s"
    change = PresenceChange(person, track.zone, "left", track.heard_ms, seen_ms, reason)
    track.zone = None
    track.floor_ms = due_ms
    track.rivals = []
    return change


def _leave_venue(person: str, track: Track, due_ms: int, seen_ms: int) -> PresenceChange:
    reason = f"silent everywhere for over {(due_ms - 1 - track.latest_ms) / MS_PER_S:.0f} s"
    track.in_venue = False
    track.floor_ms = due_ms
    return PresenceChange(person, track.last_zone, "left_venue", track.latest_ms, seen_ms, reason)
